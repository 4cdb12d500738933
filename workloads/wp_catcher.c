// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_catcher: what a write fault costs while other memory of the address space
 * is being protected.
 *
 * Path: do_wp_page(), mm/memory.c: in memory that is registered for
 * write-protection it flushes the page first if a TLB flush of the address
 * space is pending, mm_tlb_flush_pending() (read in 6.12).  That is how stale
 * entries are caught while UFFDIO_WRITEPROTECT defers its flush.  The count of
 * pending flushes is one of the whole address space, so it fires for any page
 * while any range is worked on.
 *
 * An op is a store to a protected page of a WP_ASYNC region: a fault that the
 * kernel resolves by itself.  A role on another CPU protects other memory all
 * the time, in batches of the arm protecting, and spins in the others.  It
 * protects what is protected already, which changes nothing and flushes
 * nothing, so no interrupt comes from it; the count is up all the same.
 *
 * With mm=other that role is a process with memory of its own: the same work
 * for the machine, and nothing to catch.  What mm=same costs above mm=other is
 * the catcher.  tlb:tlb_flush/local, an op, is the share of the faults in which
 * it fired.
 */
#include "lib/wp_area.h"

#include <unistd.h>

enum {
	MM_SAME,
	MM_OTHER
};

enum {
	ARM_ALONE,
	ARM_PROTECTING
};

enum {
	MAX_OPS = 512,
	SPINS = 500
};

struct wp_catcher_params {
	uint64_t mm;
	uint64_t range;
};

/* What is protected all the time. */
struct other_memory {
	pid_t owner; /* 0: there is none */
	struct uffd uffd;
	struct region region;
};

struct wp_catcher {
	struct wp_area area;
	struct other_memory other;
};

static struct wp_area_spec area_spec(void)
{
	return (struct wp_area_spec){
		.kind = WP_AREA_ASYNC,
		.slots = { .backing = REGION_ANON_4K,
			   .len = (size_t)sysconf(_SC_PAGESIZE),
			   .max_bytes = SIZE_MAX,
			   .max_nr = MAX_OPS },
		.populated = true,
	};
}

static uint64_t wp_catcher_max_ops(const void *params)
{
	(void)params;
	return MAX_OPS;
}

static uint64_t wp_catcher_memory(const void *params)
{
	const struct wp_catcher_params *p = params;

	return p->range + MAX_OPS * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int wp_catcher_setup(struct fl_run *run)
{
	const struct wp_catcher_params *p = fl_params(run);
	struct wp_catcher *s = fl_state(run);
	struct wp_area_spec spec = area_spec();

	if (p->range % run->page_bytes)
		return fl_skip(run, "range is not a multiple of this machine's "
				    "page: use range=page");
	return wp_area_init(run, &s->area, &spec);
}

static void finish_other(struct other_memory *o)
{
	if (o->owner != getpid())
		return;

	uffd_close(&o->uffd);
	region_finish(&o->region);
	o->owner = 0;
}

static void wp_catcher_teardown(struct fl_run *run)
{
	struct wp_catcher *s = fl_state(run);

	finish_other(&s->other);
	wp_area_finish(&s->area);
}

static int wp_catcher_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_catcher *s = fl_state(run);
	int err = wp_area_clean(run, &s->area, nops);

	return err ? err : wp_area_protect(run, &s->area, nops);
}

static int wp_catcher_op(struct fl_thread *th, uint64_t nops)
{
	struct wp_catcher *s = fl_state(fl_thread_run(th));

	for (uint64_t i = 0; i < nops; i++)
		*(volatile char *)(s->area.region.base +
				   region_slot(&s->area.slots, i)) = 1;
	return 0;
}

static int wp_catcher_check(struct fl_thread *th, uint64_t nops)
{
	struct wp_catcher *s = fl_state(fl_thread_run(th));

	return wp_area_check(th, &s->area, nops, false);
}

static int init_other(struct other_memory *o, size_t bytes)
{
	struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	int err = uffd_open(&o->uffd, &options);

	if (!err)
		err = region_init(&o->region, REGION_ANON_4K, bytes);
	if (!err)
		err = uffd_register(&o->uffd, o->region.base, o->region.bytes,
				    UFFDIO_REGISTER_MODE_WP);
	if (!err)
		region_write(&o->region, 0, o->region.bytes);
	return err;
}

/* In the thread or the process whose memory it is. */
static int protector_enter(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_catcher_params *p = fl_params(run);
	struct wp_catcher *s = fl_state(run);
	int err;

	s->other.owner = getpid();
	err = init_other(&s->other, p->range);
	return err ? fl_fail(run, err, "other memory to protect") : 0;
}

static int protector_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_catcher *s = fl_state(run);
	struct other_memory *o = &s->other;
	int err;

	if (fl_thread_arm(th) != ARM_PROTECTING) {
		for (unsigned i = 0; i < SPINS; i++)
			__asm__ volatile("" ::: "memory");
		return 1;
	}
	err = uffd_protect(&o->uffd, o->region.base, o->region.bytes);
	return err ? fl_fail(run, err, "protecting other memory") : 1;
}

static const char *const mm_names[] = {
	[MM_SAME] = "same",
	[MM_OTHER] = "other",
	NULL,
};

static const struct fl_param wp_catcher_table[] = {
	FL_PARAM_ENUM(struct wp_catcher_params, mm, mm_names, "same",
		      "whose memory is protected: that of the address space, "
		      "or of another process"),
	FL_PARAM_SIZE(struct wp_catcher_params, range, "hpage", 4096, 1 << 30,
		      "bytes that are protected at a time"),
	{ 0 },
};

static const struct fl_arm wp_catcher_arms[] = {
	[ARM_ALONE] = { .name = "alone",
			.differs = "nothing is being protected",
			.why = "a fault that the kernel resolves by itself" },
	[ARM_PROTECTING] = { .name = "protecting",
			     .reference = "alone",
			     .differs = "other memory is being protected, on "
					"another CPU",
			     .why = "with mm=same the page is flushed first; "
				    "with mm=other that other CPU is busy" },
	{ 0 },
};

static const struct fl_metric wp_catcher_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of a store that faults" },
	{ 0 },
};

static const struct fl_need wp_catcher_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ FL_FEATURE_WP_ANON, NULL },
	{ FL_FEATURE_WP_ASYNC, NULL },
	{ 0 },
};

#define LOCAL(arm_, when_, relation_, per_op_)                                 \
	{                                                                      \
		.counter = "tlb:tlb_flush/local", .arm = (arm_),               \
		.when = (when_), .relation = (relation_), .per_op = (per_op_), \
		.tolerance = 0.05                                              \
	}

static const struct fl_expect wp_catcher_expects[] = {
	{ .counter = "page-faults",
	  .relation = FL_EXACTLY,
	  .per_op = 1,
	  .tolerance = 0.01 },
	LOCAL("alone", NULL, FL_EXACTLY, 0),
	LOCAL("protecting", "mm=other", FL_EXACTLY, 0),
	LOCAL("protecting", "mm=same", FL_AT_MOST, 1),
	{ 0 },
};

#define PROTECTOR(name_, kind_, when_)                             \
	{                                                          \
		.name = (name_), .when = (when_), .kind = (kind_), \
		.gates = true, .enter = protector_enter,           \
		.step = protector_step                             \
	}

static const struct fl_role wp_catcher_roles[] = {
	PROTECTOR("protector", FL_ROLE_THREAD, "mm=same"),
	PROTECTOR("other-protector", FL_ROLE_PROCESS, "mm=other"),
	{ 0 },
};

FL_DEFINE_WORKLOAD(wp_catcher) = {
	.name = "wp_catcher",
	.summary = "a write fault while other memory is being protected",
	.kernel_path = "do_wp_page(), mm/memory.c; mm_tlb_flush_pending(), "
		       "include/linux/mm_types.h (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct wp_catcher_params),
	.state_size = sizeof(struct wp_catcher),
	.params = wp_catcher_table,
	.arms = wp_catcher_arms,
	.metrics = wp_catcher_metrics,
	.needs = wp_catcher_needs,
	.expects = wp_catcher_expects,
	.roles = wp_catcher_roles,
	.max_ops = wp_catcher_max_ops,
	.memory = wp_catcher_memory,
	.setup = wp_catcher_setup,
	.prepare = wp_catcher_prepare,
	.op = wp_catcher_op,
	.check = wp_catcher_check,
	.teardown = wp_catcher_teardown,
};
