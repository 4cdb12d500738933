// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_roundtrip: a write to a page that is write-protected with userfaultfd.
 *
 * Path: do_wp_page() -> handle_userfault(), then userfaultfd_writeprotect() by
 * the handler, which wakes the writer (mm/memory.c, fs/userfaultfd.c; read in
 * 6.12).
 *
 * An op is one store to a slot of its own, with a stamp before and one behind
 * it (some 50 ns).  A handler, a thread on the same CPU or on another, is told
 * of the fault and unprotects the slot.  The control is a first touch: a fault
 * that no user space sees.
 */
#include "lib/roundtrip.h"
#include "lib/wp_slots.h"

#include <unistd.h>

enum {
	CPU_SAME,
	CPU_OTHER
};

enum {
	ARM_ROUNDTRIP,
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
};

struct wp_roundtrip {
	struct wp_area area;
	struct roundtrip roundtrip;
};

static struct region_slots_spec slots_spec(const struct wp_roundtrip_params *p)
{
	return wp_slots_spec(p->backing, p->align, p->range);
}

static uint64_t wp_roundtrip_max_ops(const void *params)
{
	struct region_slots_spec spec = slots_spec(params);

	return wp_slots_nr(&spec);
}

static uint64_t wp_roundtrip_pool(const void *params)
{
	struct region_slots_spec spec = slots_spec(params);

	return wp_area_pool_pages(&spec);
}

static uint64_t wp_roundtrip_memory(const void *params)
{
	struct region_slots_spec spec = slots_spec(params);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return wp_slots_bytes(&spec) + wp_slots_table_bytes(&spec) +
	       wp_slots_nr(&spec) * roundtrip_op_bytes(page);
}

static int wp_roundtrip_setup(struct fl_run *run)
{
	const struct wp_roundtrip_params *p = fl_params(run);
	struct wp_roundtrip *s = fl_state(run);
	struct wp_area_spec spec = {
		.slots = slots_spec(p),
		.populated = p->populated,
		.blocking = p->handler == FAULT_HANDLER_BLOCK,
	};
	int err = wp_area_init(run, &s->area, &spec);

	return err ? err
		   : roundtrip_init(run, &s->roundtrip, &s->area,
				    (enum fault_handler_how)p->handler);
}

static void wp_roundtrip_teardown(struct fl_run *run)
{
	struct wp_roundtrip *s = fl_state(run);

	roundtrip_finish(&s->roundtrip);
	wp_area_finish(&s->area);
}

static int wp_roundtrip_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_roundtrip *s = fl_state(run);

	return roundtrip_prepare(run, &s->roundtrip, nops,
				 fl_thread_arm(th) == ARM_ROUNDTRIP);
}

static int wp_roundtrip_op(struct fl_thread *th, uint64_t nops)
{
	struct wp_roundtrip *s = fl_state(fl_thread_run(th));

	roundtrip_store(&s->roundtrip, nops,
			fl_thread_arm(th) == ARM_ROUNDTRIP);
	return 0;
}

static int wp_roundtrip_check(struct fl_thread *th, uint64_t nops)
{
	struct wp_roundtrip *s = fl_state(fl_thread_run(th));

	if (fl_thread_arm(th) == ARM_ROUNDTRIP)
		return roundtrip_check(th, &s->roundtrip, nops,
				       METRIC_ROUNDTRIP);
	return roundtrip_check_control(th, &s->roundtrip, nops,
				       METRIC_ROUNDTRIP);
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
	struct wp_roundtrip *s = fl_state(fl_thread_run(th));

	return roundtrip_enter(fl_thread_run(th), &s->roundtrip);
}

static int handler_step(struct fl_thread *th)
{
	struct wp_roundtrip *s = fl_state(fl_thread_run(th));

	return roundtrip_step(fl_thread_run(th), &s->roundtrip);
}

static void handler_wake(struct fl_thread *th)
{
	struct wp_roundtrip *s = fl_state(fl_thread_run(th));

	fault_handler_wake(&s->roundtrip.handler);
}

static int spinner_step(struct fl_thread *th)
{
	struct wp_roundtrip *s = fl_state(fl_thread_run(th));

	wp_area_read(&s->area);
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
				   "event read to the return of the ioctl, or "
				   "to the resume if that is earlier"),
	[METRIC_RESUME] = LATENCY("resume",
				  "return of the ioctl to the writer's next "
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

#define FAULTS(arm_, when_, per_op_)                                       \
	{                                                                  \
		"exceptions:page_fault_user", (arm_), (when_), FL_EXACTLY, \
			(per_op_), 0.05                                    \
	}

static const struct fl_expect wp_roundtrip_expects[] = {
	FAULTS("roundtrip", "populated=yes", 1),
	FAULTS("roundtrip", "populated=no", 2),
	FAULTS("first-touch", NULL, 1),
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
	.state_size = sizeof(struct wp_roundtrip),
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
