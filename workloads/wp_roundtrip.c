// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_roundtrip: a write to a protected page, by who resolves the fault.
 *
 * Path: do_wp_page() -> handle_userfault(), then userfaultfd_writeprotect() by
 * the handler, which wakes the writer (mm/memory.c, fs/userfaultfd.c; read in
 * 6.12).
 *
 * An op is one store to a slot of its own, with a stamp before and one behind
 * it (some 50 ns).  A handler of userfaultfd, a thread on the same CPU or on
 * another, is told of the fault and unprotects the slot.  Its rivals learn of
 * the same write without a second thread: by a signal in the writer
 * (bad_area_access_error(), arch/x86/mm/fault.c), or by the bit that the
 * kernel clears in the fault (userfaultfd_wp_async() in do_wp_page()).  They
 * run in the same launches, while the handler waits.  One that spins on the
 * same CPU takes half of their time.
 *
 * The controls are faults that no user space asked for: of a page that is
 * reused, the shortest that a write can take, and a first touch.
 */
#include "lib/roundtrip.h"
#include "lib/wp_slots.h"

enum {
	CPU_SAME,
	CPU_OTHER
};

/* In the order of enum roundtrip_way. */
enum {
	ARM_ROUNDTRIP,
	ARM_MPROTECT,
	ARM_WP_ASYNC,
	ARM_REUSE,
	ARM_FIRST_TOUCH,
};

enum {
	METRIC_LATENCY,
	METRIC_ROUNDTRIP,
	METRIC_DELIVER,
	METRIC_RESOLVE,
	METRIC_RESUME,
};

struct wp_roundtrip_params {
	uint64_t range;
	uint64_t backing;
	uint64_t populated;
	uint64_t align;
	uint64_t remote;
	uint64_t handler;
	uint64_t handler_cpu;
	uint64_t rivals;
};

static struct roundtrip_spec spec_of(const struct wp_roundtrip_params *p)
{
	return (struct roundtrip_spec){
		.slots = wp_slots_spec(p->backing, p->align, p->range),
		.populated = p->populated,
		.rivals = p->rivals && p->populated,
		.how = (enum fault_handler_how)p->handler,
	};
}

static uint64_t wp_roundtrip_max_ops(const void *params)
{
	struct roundtrip_spec spec = spec_of(params);

	return wp_slots_nr(&spec.slots);
}

static uint64_t wp_roundtrip_pool(const void *params)
{
	struct roundtrip_spec spec = spec_of(params);

	return roundtrip_pool_pages(&spec);
}

static uint64_t wp_roundtrip_memory(const void *params)
{
	struct roundtrip_spec spec = spec_of(params);

	return roundtrip_bytes(&spec);
}

static int wp_roundtrip_setup(struct fl_run *run)
{
	struct roundtrip_spec spec = spec_of(fl_params(run));

	return roundtrip_init(run, fl_state(run), &spec);
}

static void wp_roundtrip_teardown(struct fl_run *run)
{
	roundtrip_finish(fl_state(run));
}

static enum roundtrip_way way_of(const struct fl_thread *th)
{
	return (enum roundtrip_way)fl_thread_arm(th);
}

static int wp_roundtrip_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);

	return roundtrip_prepare(run, fl_state(run), way_of(th), nops);
}

static int wp_roundtrip_op(struct fl_thread *th, uint64_t nops)
{
	fl_stage(th, "writing to pages that fault");
	roundtrip_store(fl_state(fl_thread_run(th)), way_of(th), nops);
	return 0;
}

static int wp_roundtrip_check(struct fl_thread *th, uint64_t nops)
{
	fl_stage(th, "checking what was resolved");
	return roundtrip_check(th, fl_state(fl_thread_run(th)), way_of(th),
			       nops, METRIC_ROUNDTRIP);
}

static uint64_t remote_count(const void *params)
{
	return ((const struct wp_roundtrip_params *)params)->remote;
}

static bool handler_on_same_cpu(const void *params)
{
	const struct wp_roundtrip_params *p = params;

	return p->handler_cpu == CPU_SAME;
}

static int handler_enter(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);

	return roundtrip_enter(run, fl_state(run));
}

static int handler_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);

	fl_stage(th, "waiting for an event, or resolving one");
	return roundtrip_step(run, fl_state(run));
}

static void handler_wake(struct fl_thread *th)
{
	struct roundtrip *rt = fl_state(fl_thread_run(th));

	fault_handler_wake(&rt->handler);
}

static int spinner_step(struct fl_thread *th)
{
	roundtrip_read(fl_state(fl_thread_run(th)), way_of(th));
	return 1;
}

static const char *const cpu_names[] = {
	[CPU_SAME] = "same",
	[CPU_OTHER] = "other",
	NULL,
};

static const struct fl_param wp_roundtrip_params[] = {
	FL_PARAM_ENUM(struct wp_roundtrip_params, handler, fault_handler_names,
		      "poll", "how the fault handler waits"),
	FL_PARAM_ENUM(struct wp_roundtrip_params, handler_cpu, cpu_names,
		      "other", "where the fault handler runs"),
	FL_PARAM_BOOL(struct wp_roundtrip_params, rivals, "yes",
		      "also other ways to learn of a write, in each launch",
		      .when = "populated=yes"),
	WP_SLOTS_PARAMS(struct wp_roundtrip_params),
	FL_PARAM_U64(struct wp_roundtrip_params, remote, "0", 0, 1024,
		     "threads", "other CPUs that read the pages in user space"),
	{ 0 },
};

static const struct fl_arm wp_roundtrip_arms[] = {
	[ARM_ROUNDTRIP] = { .name = "roundtrip",
			    .switches = 1,
			    .differs = "a write to a protected page",
			    .why = "fault, event, ioctl and wake-up" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "roundtrip",
			   .when = "populated=yes rivals=yes",
			   .differs = "a write to a page of PROT_READ, which a "
				      "handler of SIGSEGV makes writable",
			   .why = "a signal in the writer, and the mapping "
				  "split; no second thread" },
	[ARM_WP_ASYNC] = { .name = "wp-async",
			   .reference = "roundtrip",
			   .when = "populated=yes rivals=yes",
			   .needs = FL_FEATURE_WP_ASYNC,
			   .differs = "a write to a protected page of WP_ASYNC "
				      "memory",
			   .why = "a fault in which the kernel clears the bit; "
				  "nobody is told" },
	[ARM_REUSE] = { .name = "reuse",
			.reference = "roundtrip",
			.when = "populated=yes rivals=yes",
			.differs = "a write to a page that a child had, which "
				   "has exited",
			.why = "the shortest fault of a write: the page is "
			       "reused" },
	[ARM_FIRST_TOUCH] = { .name = "first-touch",
			      .reference = "roundtrip",
			      .differs = "a write to memory without a page, "
					 "which is not registered",
			      .why = "a fault that the kernel resolves alone" },
	{ 0 },
};

#define LATENCY(name_, help_)                                             \
	{                                                                 \
		.name = (name_), .unit = "ns", .better = FL_BETTER_LOWER, \
		.kind = FL_KIND_LATENCY, .help = (help_)                  \
	}

static const struct fl_metric wp_roundtrip_metrics[] = {
	[METRIC_LATENCY] = LATENCY("latency", "time of an op"),
	[METRIC_ROUNDTRIP] = LATENCY("roundtrip",
				     "store to next instruction, one op"),
	[METRIC_DELIVER] = LATENCY("deliver",
				   "store to event read by the handler"),
	[METRIC_RESOLVE] = LATENCY("resolve",
				   "until the call that unprotects returns, or "
				   "until the resume if that is earlier"),
	[METRIC_RESUME] = LATENCY("resume",
				  "return of that call to the writer's next "
				  "instruction, 0 if that is earlier"),
	{ 0 },
};

static const struct fl_need wp_roundtrip_needs[] = {
	WP_AREA_NEEDS,
	{ FL_FEATURE_WP_UNPOPULATED,
	  "populated=no backing!=shmem backing!=hugetlb" },
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ 0 },
};

static const struct fl_system wp_roundtrip_system[] = {
	WP_AREA_POOL(wp_roundtrip_pool),
	{ 0 },
};

#define FAULTS(arm_, when_, relation_, per_op_)                              \
	{                                                                    \
		"page-faults", (arm_), (when_), (relation_), (per_op_), 0.05 \
	}

/*
 * Pages that mprotect() gives back stay read-only in the page table of older
 * kernels, and the write that is repeated faults again, to reuse them.
 */
static const struct fl_expect wp_roundtrip_expects[] = {
	FAULTS("roundtrip", "populated=yes", FL_EXACTLY, 1),
	FAULTS("roundtrip", "populated=no", FL_EXACTLY, 2),
	FAULTS("mprotect", NULL, FL_AT_LEAST, 1),
	FAULTS("mprotect", NULL, FL_AT_MOST, 2),
	FAULTS("wp-async", NULL, FL_EXACTLY, 1),
	FAULTS("reuse", NULL, FL_EXACTLY, 1),
	FAULTS("first-touch", NULL, FL_EXACTLY, 1),
	{ 0 },
};

static const struct fl_role wp_roundtrip_roles[] = {
	{ .name = "handler",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = handler_on_same_cpu,
	  .enter = handler_enter,
	  .step = handler_step,
	  .wake = handler_wake,
	  .switches = 1 },
	{ .name = "spinner",
	  .when = "remote>0",
	  .kind = FL_ROLE_THREAD,
	  .count = remote_count,
	  .step = spinner_step,
	  .gates = true },
	{ 0 },
};

FL_DEFINE_WORKLOAD(wp_roundtrip) = {
	.name = "wp_roundtrip",
	.summary = "a write to a protected page, by who resolves the fault",
	.kernel_path = "do_wp_page(), mm/memory.c; handle_userfault(), "
		       "fs/userfaultfd.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct wp_roundtrip_params),
	.state_size = sizeof(struct roundtrip),
	.params = wp_roundtrip_params,
	.arms = wp_roundtrip_arms,
	.metrics = wp_roundtrip_metrics,
	.needs = wp_roundtrip_needs,
	.system = wp_roundtrip_system,
	.expects = wp_roundtrip_expects,
	.roles = wp_roundtrip_roles,
	.max_ops = wp_roundtrip_max_ops,
	.memory = wp_roundtrip_memory,
	.setup = wp_roundtrip_setup,
	.prepare = wp_roundtrip_prepare,
	.op = wp_roundtrip_op,
	.check = wp_roundtrip_check,
	.teardown = wp_roundtrip_teardown,
};
