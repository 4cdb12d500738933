// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_policy: what the locking and flushing that was proposed in December 2020
 * would cost those who protect memory and those who write to it meanwhile.
 *
 * Path: mwriteprotect_range() -> change_protection(), do_wp_page() ->
 * handle_userfault(); pagemap_scan_pmd_entry() (mm/userfaultfd.c,
 * mm/mprotect.c, mm/memory.c, fs/userfaultfd.c, fs/proc/task_mmu.c; read in
 * 6.12).
 *
 * It is a live snapshot that begins again and again.  The protector takes
 * range after range of the memory: it makes a range writable and writes to each
 * page of it, and then protects it, which alone is timed.  Writers store to
 * pages anywhere; a step is a store that faulted, as the kernel counts.  The
 * unprotector reads the events and unprotects the page of each.
 *
 * What no stock kernel does is emulated.  The write lock is a lock in user
 * space: the protector holds it around its call, an unprotect takes it for
 * reading and a writer takes and drops it just before its store, for the kernel
 * drops mmap_lock too before it waits for the event.  The arm read-lock shows
 * what that costs by itself.  A flush under the page-table lock exists in
 * PAGEMAP_SCAN, which needs memory where a write unprotects by itself: there
 * the fault does the unprotector's work and the arm async-shipped is what
 * compares.
 *
 * The first writer and the unprotector share a CPU, the protector has one of
 * its own.  How long a CPU can still write through an old TLB entry needs
 * another CPU and is another workload, stale_window; locks do not change it.
 */
#include "lib/snapshot.h"

enum {
	ARM_SHIPPED,
	ARM_BY_PAGE,
	ARM_CHUNKED,
	ARM_MPROTECT,
	ARM_READ_LOCK,
	ARM_WRITE_LOCK,
	ARM_ASYNC_SHIPPED,
	ARM_SCAN,
	ARM_HYBRID,
};

enum {
	METRIC_RATE,
	METRIC_PROTECT,
	METRIC_FAULT,
	METRIC_PARALLEL,
};

struct wp_policy_params {
	uint64_t range;
	uint64_t memory;
	uint64_t chunk;
	uint64_t writers;
};

static const struct snapshot_policy policies[] = {
	[ARM_SHIPPED] = { { .kind = WP_AREA_SYNC } },
	[ARM_BY_PAGE] = { { .kind = WP_AREA_SYNC, .piece = WP_WAY_PAGE } },
	[ARM_CHUNKED] = { { .kind = WP_AREA_SYNC, .piece = WP_WAY_CHUNK } },
	[ARM_MPROTECT] = { { .kind = WP_AREA_PLAIN } },
	[ARM_READ_LOCK] = { { .kind = WP_AREA_SYNC }, STAND_IN_READ },
	[ARM_WRITE_LOCK] = { { .kind = WP_AREA_SYNC }, STAND_IN_WRITE },
	[ARM_ASYNC_SHIPPED] = { { .kind = WP_AREA_ASYNC } },
	[ARM_SCAN] = { { .kind = WP_AREA_ASYNC, .scan = true } },
	[ARM_HYBRID] = { { .kind = WP_AREA_ASYNC }, STAND_IN_WRITE },
};

/* The hybrid goes by the length of the call. */
static struct snapshot_policy policy_of(const void *params, unsigned arm)
{
	const struct wp_policy_params *p = params;
	bool small = p->range <= region_pmd_bytes();

	return policies[arm == ARM_HYBRID && small ? ARM_SCAN : arm];
}

static struct snapshot_spec spec_of(const void *params)
{
	const struct wp_policy_params *p = params;

	return (struct snapshot_spec){
		.range = p->range,
		.memory = p->memory,
		.chunk = p->chunk,
		.writers = (unsigned)p->writers,
	};
}

static uint64_t wp_policy_memory(const void *params)
{
	struct snapshot_spec spec = spec_of(params);

	return snapshot_bytes(&spec);
}

static int wp_policy_setup(struct fl_run *run)
{
	struct snapshot_spec spec = spec_of(fl_params(run));

	fl_fact(run, "by-page",
		"a call a page, flushed after the page-table lock: dearer "
		"than a kernel that does not defer");
	fl_fact(run, "mprotect",
		"the kernel's write lock; a fault is a signal and splits a "
		"mapping: its rate says nothing of userfaultfd");
	fl_fact(run, "write-lock",
		"a lock in user space, taken just before a store: a fault "
		"that passed it is not held up");
	fl_fact(run, "scan",
		"a flush a page table inside its lock, not one an entry; "
		"writes unprotect by themselves");
	fl_fact(run, "hybrid",
		"by the length of the call: up to a huge page as scan, above "
		"it as write-lock");
	return snapshot_init(run, fl_state(run), &spec);
}

static void wp_policy_teardown(struct fl_run *run)
{
	snapshot_finish(fl_state(run));
}

/* Each window begins when a snapshot of all has just begun. */
static int wp_policy_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct snapshot_policy policy = policy_of(fl_params(run),
						  fl_thread_arm(th));

	(void)nops;
	return snapshot_begin(th, fl_state(run), &policy);
}

static int wp_policy_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_policy_params *p = fl_params(run);

	(void)nops;
	/* The protector and the unprotector too. */
	return snapshot_check(run, fl_state(run), p->writers + 2);
}

static int enter(struct fl_thread *th)
{
	snapshot_enter(fl_state(fl_thread_run(th)));
	return 0;
}

static int writer_enter(struct fl_thread *th)
{
	snapshot_enter_writer(fl_state(fl_thread_run(th)), th->index);
	return 0;
}

static int writer_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct snapshot_policy policy = policy_of(fl_params(run),
						  fl_thread_arm(th));
	uint64_t ns;

	if (!snapshot_store(th, fl_state(run), &policy, &ns))
		return 0;
	/* What the end of the window resolved was no usual fault. */
	if (!fl_stopped(run))
		fl_observe(th, METRIC_FAULT, ns);
	return 1;
}

static void writer_wake(struct fl_thread *th)
{
	snapshot_release(fl_state(fl_thread_run(th)));
}

static int protector_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct snapshot_policy policy = policy_of(fl_params(run),
						  fl_thread_arm(th));
	struct snapshot_protect done;
	int err = snapshot_protect(run, fl_state(run), &policy, &done);

	if (err)
		return err;

	fl_observe(th, METRIC_PROTECT, done.ns);
	fl_observe(th, METRIC_PARALLEL, done.inside);
	return 1;
}

static int unprotector_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct snapshot_policy policy = policy_of(fl_params(run),
						  fl_thread_arm(th));

	return snapshot_unprotect(run, fl_state(run), &policy);
}

static uint64_t writer_count(const void *params)
{
	return ((const struct wp_policy_params *)params)->writers;
}

static bool on_same_cpu(const void *params)
{
	(void)params;
	return true;
}

static const struct fl_param wp_policy_table[] = {
	FL_PARAM_SIZE(struct wp_policy_params, range, "hpage", 4096, 1 << 30,
		      "bytes that the protector protects at a time"),
	FL_PARAM_SIZE(struct wp_policy_params, memory, "16M", 4096, 1 << 30,
		      "under test, if range is not larger"),
	FL_PARAM_SIZE(struct wp_policy_params, chunk, "hpage", 4096, 1 << 30,
		      "bytes a call of the arm chunked"),
	FL_PARAM_U64(struct wp_policy_params, writers, "1", 1,
		     SNAPSHOT_MAX_WRITERS, "threads",
		     "that store to the memory"),
	{ 0 },
};

static const struct fl_arm wp_policy_arms[] = {
	[ARM_SHIPPED] = { .name = "shipped",
			  .differs = "UFFDIO_WRITEPROTECT: read lock, one "
				     "flush at the end",
			  .why = "what kernels do" },
	[ARM_BY_PAGE] = { .name = "by-page",
			  .reference = "shipped",
			  .when = "range>page range<=2048page",
			  .differs = "a call a page: read lock, a flush a page",
			  .why = "upper bound of a flush that is not "
				 "deferred" },
	[ARM_CHUNKED] = { .name = "chunked",
			  .reference = "shipped",
			  .when = "range>chunk",
			  .differs = "calls of `chunk` bytes, a flush each",
			  .why = "between the two" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "shipped",
			   .differs = "mprotect: the kernel's write lock; "
				      "SIGSEGV and mprotect resolve",
			   .why = "a real write lock, with its own faults" },
	[ARM_READ_LOCK] = { .name = "read-lock",
			    .reference = "shipped",
			    .differs = "all take a lock in user space for "
				       "reading",
			    .why = "control: what the stand-in costs" },
	[ARM_WRITE_LOCK] = { .name = "write-lock",
			     .reference = "shipped",
			     .differs = "the protector takes that lock for "
					"writing",
			     .why = "stand-in for mmap_write_lock()" },
	[ARM_ASYNC_SHIPPED] = { .name = "async-shipped",
				.reference = "shipped",
				.needs = FL_FEATURE_WP_ASYNC,
				.differs = "WP_ASYNC: a write unprotects by "
					   "itself",
				.why = "bridge to scan and hybrid" },
	[ARM_SCAN] = { .name = "scan",
		       .reference = "async-shipped",
		       .needs = FL_FEATURE_PAGEMAP_SCAN,
		       .differs = "PAGEMAP_SCAN: read lock, a flush a page "
				  "table inside its lock",
		       .why = "nearest to a flush that is not deferred" },
	[ARM_HYBRID] = { .name = "hybrid",
			 .reference = "async-shipped",
			 .needs = FL_FEATURE_PAGEMAP_SCAN,
			 .differs = "up to a huge page as scan, above it "
				    "deferred under the stand-in",
			 .why = "the rule by the length of the call" },
	{ 0 },
};

static const struct fl_metric wp_policy_metrics[] = {
	[METRIC_RATE] = { .name = "faults",
			  .unit = "1/s",
			  .better = FL_BETTER_HIGHER,
			  .kind = FL_KIND_RATE,
			  .help = "write faults of all writers, resolved" },
	[METRIC_PROTECT] = { .name = "protect",
			     .unit = "ns",
			     .better = FL_BETTER_LOWER,
			     .kind = FL_KIND_LATENCY,
			     .help = "protecting a range, with the wait for "
				     "locks" },
	[METRIC_FAULT] = { .name = "fault",
			   .unit = "ns",
			   .better = FL_BETTER_LOWER,
			   .kind = FL_KIND_LATENCY,
			   .help = "a store that faulted" },
	[METRIC_PARALLEL] = { .name = "parallel",
			      .unit = "unprotects",
			      .better = FL_BETTER_HIGHER,
			      .kind = FL_KIND_COUNT,
			      .help = "unprotects of a page that began and "
				      "ended within one protect" },
	{ 0 },
};

static const struct fl_need wp_policy_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ FL_FEATURE_WP_ANON, NULL },
	{ 0 },
};

static double flushes_of(const void *params, unsigned arm)
{
	struct snapshot_policy policy = policy_of(params, arm);
	struct snapshot_spec spec = spec_of(params);
	struct wp_shape shape = snapshot_shape(&spec);

	return wp_way_counts(&policy.way, &shape).flushes;
}

#define FLUSHES(name, arm)                              \
	static double least_##name(const void *params)  \
	{                                               \
		return flushes_of(params, arm);         \
	}                                               \
	static double most_##name(const void *params)   \
	{                                               \
		/* Making the range writable is one. */ \
		return flushes_of(params, arm) + 1;     \
	}

FLUSHES(shipped, ARM_SHIPPED)
FLUSHES(by_page, ARM_BY_PAGE)
FLUSHES(chunked, ARM_CHUNKED)
FLUSHES(scan, ARM_SCAN)
FLUSHES(hybrid, ARM_HYBRID)

/*
 * A flush that another thread's has made needless leaves no event, and where
 * unprotecting leaves pages read-only the write to them may flush: hence the
 * tolerance.  The tracepoint does not see what the hardware broadcasts, see
 * tlb_flush.c.
 */
#define PROTECTOR(arm_, relation_, of_)                                      \
	{                                                                    \
		.counter = "tlb:tlb_flush/local", .role = "protector",       \
		.arm = (arm_), .when = "writers<3", .relation = (relation_), \
		.of = (of_), .tolerance = 0.5, .relative = true              \
	}
#define FLUSHES_OF(arm_, name)                      \
	PROTECTOR(arm_, FL_AT_LEAST, least_##name), \
		PROTECTOR(arm_, FL_AT_MOST, most_##name)

static const struct fl_expect wp_policy_expects[] = {
	/* A page may be protected again before the writer has its CPU back. */
	{ .counter = "page-faults",
	  .role = "writer",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.05 },
	FLUSHES_OF("shipped", shipped),
	FLUSHES_OF("by-page", by_page),
	FLUSHES_OF("chunked", chunked),
	FLUSHES_OF("mprotect", shipped),
	FLUSHES_OF("read-lock", shipped),
	FLUSHES_OF("write-lock", shipped),
	FLUSHES_OF("async-shipped", shipped),
	FLUSHES_OF("scan", scan),
	FLUSHES_OF("hybrid", hybrid),
	{ 0 },
};

static const struct fl_role wp_policy_roles[] = {
	{ .name = "writer",
	  .kind = FL_ROLE_THREAD,
	  .count = writer_count,
	  .first_here = true,
	  .enter = writer_enter,
	  .step = writer_step,
	  .wake = writer_wake },
	{ .name = "protector",
	  .kind = FL_ROLE_THREAD,
	  .enter = enter,
	  .step = protector_step },
	{ .name = "unprotector",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = on_same_cpu,
	  .enter = enter,
	  .step = unprotector_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(wp_policy) = {
	.name = "wp_policy",
	.summary = "locks and flushes as proposed in 2020: protector against "
		   "faulting writers",
	.kernel_path = "mwriteprotect_range(), mm/userfaultfd.c; "
		       "change_protection(), mm/mprotect.c; do_wp_page(), "
		       "mm/memory.c (6.12)",
	.mode = FL_MODE_WINDOW,
	.params_size = sizeof(struct wp_policy_params),
	.state_size = sizeof(struct snapshot),
	.params = wp_policy_table,
	.arms = wp_policy_arms,
	.metrics = wp_policy_metrics,
	.needs = wp_policy_needs,
	.expects = wp_policy_expects,
	.roles = wp_policy_roles,
	.memory = wp_policy_memory,
	.setup = wp_policy_setup,
	.prepare = wp_policy_prepare,
	.check = wp_policy_check,
	.teardown = wp_policy_teardown,
};
