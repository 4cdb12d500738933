// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_io: what a large protect waits for while others wait for I/O.
 *
 * Path: mwriteprotect_range() under mmap_read_lock(), mprotect_fixup() under
 * mmap_write_lock(), against filemap_fault() (mm/userfaultfd.c, mm/mprotect.c,
 * mm/filemap.c; read in 6.12).
 *
 * The objection of December 2020 to a write lock: a large protect would wait
 * for every fault that holds mmap_lock while it waits for I/O, as in a live
 * snapshot.  Threads read pages of a mapped file that were evicted just before,
 * each read of which is a fault that waits for the disk; the protector protects
 * anonymous memory by UFFDIO_WRITEPROTECT or by mprotect().  In the arms
 * -resident the pages are in memory and only not mapped: the same faults, and
 * no I/O.  What an arm costs above its -resident one is the wait for I/O.
 *
 * A kernel whose faults drop the lock before they wait, or take a lock of the
 * mapping alone, shows none.  In the arms -held the readers read through
 * /proc/self/mem, where a fault cannot be retried and keeps mmap_lock while it
 * waits: what the objection was about, and the proof that a wait would be seen.
 * Without I/O these show what a lock costs that is only taken: a reader that
 * slept for it has been given it before it runs again.
 *
 * A step of a reader is a fault that the kernel counts as major, or as minor in
 * the arms -resident; others are not counted.  The readers share a CPU, where
 * they sleep; the protector has its own.
 */
#include "lib/evicted_file.h"
#include "lib/snapshot.h"
#include "lib/thread_faults.h"

enum {
	ARM_SHIPPED,
	ARM_SHIPPED_RESIDENT,
	ARM_SHIPPED_HELD,
	ARM_MPROTECT,
	ARM_MPROTECT_RESIDENT,
	ARM_MPROTECT_HELD,
	ARM_MPROTECT_HELD_RESIDENT,
};

enum {
	METRIC_RATE,
	METRIC_PROTECT,
	METRIC_FAULT,
};

struct wp_io_params {
	uint64_t range;
	uint64_t readers;
	uint64_t file;
};

struct wp_io {
	struct snapshot snapshot;
	struct evicted_file file;
};

static const struct wp_io_arm {
	struct snapshot_policy policy;
	bool resident; /* else evicted */
	bool held;     /* the fault keeps mmap_lock */
} arms[] = {
	[ARM_SHIPPED] = { { { .kind = WP_AREA_SYNC } } },
	[ARM_SHIPPED_RESIDENT] = { { { .kind = WP_AREA_SYNC } },
				   .resident = true },
	[ARM_SHIPPED_HELD] = { { { .kind = WP_AREA_SYNC } }, .held = true },
	[ARM_MPROTECT] = { { { .kind = WP_AREA_PLAIN } } },
	[ARM_MPROTECT_RESIDENT] = { { { .kind = WP_AREA_PLAIN } },
				    .resident = true },
	[ARM_MPROTECT_HELD] = { { { .kind = WP_AREA_PLAIN } }, .held = true },
	[ARM_MPROTECT_HELD_RESIDENT] = { { { .kind = WP_AREA_PLAIN } },
					 .resident = true,
					 .held = true },
};

static struct snapshot_spec spec_of(const void *params)
{
	const struct wp_io_params *p = params;

	return (struct snapshot_spec){
		.range = p->range,
		.memory = p->range,
		.chunk = p->range,
	};
}

static uint64_t wp_io_memory(const void *params)
{
	const struct wp_io_params *p = params;
	struct snapshot_spec spec = spec_of(params);

	return snapshot_bytes(&spec) + p->file;
}

static int wp_io_setup(struct fl_run *run)
{
	const struct wp_io_params *p = fl_params(run);
	struct wp_io *s = fl_state(run);
	struct snapshot_spec spec = spec_of(p);
	int err = evicted_file_init(
		run, &s->file, p->file / EVICTED_FILE_STEP * EVICTED_FILE_STEP);

	fl_fact(run, "mprotect",
		"the kernel's write lock, beside it what mprotect() does to "
		"a mapping");
	return err ? err : snapshot_init(run, &s->snapshot, &spec);
}

static void wp_io_teardown(struct fl_run *run)
{
	struct wp_io *s = fl_state(run);

	snapshot_finish(&s->snapshot);
	evicted_file_finish(&s->file);
}

static int wp_io_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_io *s = fl_state(run);

	(void)nops;
	return snapshot_begin(th, &s->snapshot,
			      &arms[fl_thread_arm(th)].policy);
}

static int wp_io_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_io_params *p = fl_params(run);
	struct wp_io *s = fl_state(run);

	(void)nops;
	return snapshot_check(run, &s->snapshot, p->readers + 1);
}

static int enter(struct fl_thread *th)
{
	struct wp_io *s = fl_state(fl_thread_run(th));

	snapshot_enter(&s->snapshot);
	return 0;
}

static int protector_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_io *s = fl_state(run);
	struct snapshot_protect done;
	int err = snapshot_protect(run, &s->snapshot,
				   &arms[fl_thread_arm(th)].policy, &done);

	if (err)
		return err;

	fl_observe(th, METRIC_PROTECT, done.ns);
	return 1;
}

/* Readers do not meet: each has every so-many-th place. */
static size_t next_place(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_io_params *p = fl_params(run);
	struct wp_io *s = fl_state(run);
	size_t own = evicted_file_places(&s->file) / p->readers;

	return (fl_rand(th) % own) * p->readers + th->index;
}

static int read_place(const struct evicted_file *f, size_t place, bool held)
{
	if (held)
		return evicted_file_read_held(f, place);

	evicted_file_read(f, place);
	return 0;
}

static int reader_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_io *s = fl_state(run);
	const struct wp_io_arm *arm = &arms[fl_thread_arm(th)];
	size_t place = next_place(th);
	struct thread_faults before;
	uint64_t t0, ns;
	int err = evicted_file_drop(&s->file, place, !arm->resident);

	if (err)
		return fl_fail(run, err, "evicting a page of the file");

	before = thread_faults_now();
	t0 = fl_clock_ns();
	err = read_place(&s->file, place, arm->held);
	ns = fl_clock_ns() - t0;
	if (err)
		return fl_fail(run, err, "reading the file");
	if (!thread_faults_since(&before, !arm->resident))
		return 0;

	fl_observe(th, METRIC_FAULT, ns);
	return 1;
}

static uint64_t reader_count(const void *params)
{
	return ((const struct wp_io_params *)params)->readers;
}

static bool on_same_cpu(const void *params)
{
	(void)params;
	return true;
}

static const struct fl_param wp_io_table[] = {
	FL_PARAM_SIZE(struct wp_io_params, range, "32M", 4096, 1 << 30,
		      "bytes that are protected at a time"),
	FL_PARAM_U64(struct wp_io_params, readers, "4", 1, 64, "threads",
		     "that read the file"),
	FL_PARAM_SIZE(struct wp_io_params, file, "16M", 4 << 20, 1 << 30,
		      "of the file"),
	{ 0 },
};

static const struct fl_arm wp_io_arms[] = {
	[ARM_SHIPPED] = { .name = "shipped",
			  .differs = "UFFDIO_WRITEPROTECT: read lock",
			  .why = "what kernels do" },
	[ARM_SHIPPED_RESIDENT] = { .name = "shipped-resident",
				   .reference = "shipped",
				   .differs = "faults without I/O",
				   .why = "what the wait for I/O adds" },
	[ARM_SHIPPED_HELD] = { .name = "shipped-held",
			       .reference = "shipped",
			       .differs = "faults that keep mmap_lock while "
					  "they wait",
			       .why = "readers beside a reader" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "shipped",
			   .differs = "mprotect: write lock",
			   .why = "what a write lock would wait for" },
	[ARM_MPROTECT_RESIDENT] = { .name = "mprotect-resident",
				    .reference = "mprotect",
				    .differs = "faults without I/O",
				    .why = "what the wait for I/O adds" },
	[ARM_MPROTECT_HELD] = { .name = "mprotect-held",
				.reference = "mprotect",
				.differs = "faults that keep mmap_lock while "
					   "they wait",
				.why = "the objection to a write lock" },
	[ARM_MPROTECT_HELD_RESIDENT] = {
		.name = "mprotect-held-resident",
		.reference = "mprotect-held",
		.differs = "such faults without I/O",
		.why = "what waiting for the lock costs by itself",
	},
	{ 0 },
};

static const struct fl_metric wp_io_metrics[] = {
	[METRIC_RATE] = { .name = "protects",
			  .unit = "1/s",
			  .better = FL_BETTER_HIGHER,
			  .kind = FL_KIND_RATE,
			  .help = "ranges protected, each made writable and "
				  "written to before" },
	[METRIC_PROTECT] = { .name = "protect",
			     .unit = "ns",
			     .better = FL_BETTER_LOWER,
			     .kind = FL_KIND_LATENCY,
			     .help = "protecting a range" },
	[METRIC_FAULT] = { .name = "fault",
			   .unit = "ns",
			   .better = FL_BETTER_LOWER,
			   .kind = FL_KIND_LATENCY,
			   .help = "a read of the file that faulted" },
	{ 0 },
};

static const struct fl_need wp_io_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ FL_FEATURE_WP_ANON, NULL },
	{ 0 },
};

/* What /proc/self/mem faults in is no exception of the reader's. */
#define FAULTS_OF(arm_)                                                    \
	{                                                                  \
		.counter = "page-faults", .role = "reader", .arm = (arm_), \
		.relation = FL_AT_LEAST, .per_op = 1, .tolerance = 0.05    \
	}

/* One that another thread's flush has made needless leaves no event. */
static const struct fl_expect wp_io_expects[] = {
	{ .counter = "tlb:tlb_flush/local",
	  .role = "protector",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.5 },
	FAULTS_OF("shipped"),
	FAULTS_OF("shipped-resident"),
	FAULTS_OF("mprotect"),
	FAULTS_OF("mprotect-resident"),
	{ 0 },
};

static const struct fl_role wp_io_roles[] = {
	{ .name = "protector",
	  .kind = FL_ROLE_THREAD,
	  .enter = enter,
	  .step = protector_step },
	{ .name = "reader",
	  .kind = FL_ROLE_THREAD,
	  .count = reader_count,
	  .same_cpu = on_same_cpu,
	  .enter = enter,
	  .step = reader_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(wp_io) = {
	.name = "wp_io",
	.summary = "what a large protect waits for while others wait for I/O",
	.kernel_path = "mwriteprotect_range(), mm/userfaultfd.c; "
		       "mprotect_fixup(), mm/mprotect.c; filemap_fault(), "
		       "mm/filemap.c (6.12)",
	.mode = FL_MODE_WINDOW,
	.params_size = sizeof(struct wp_io_params),
	.state_size = sizeof(struct wp_io),
	.params = wp_io_table,
	.arms = wp_io_arms,
	.metrics = wp_io_metrics,
	.needs = wp_io_needs,
	.expects = wp_io_expects,
	.roles = wp_io_roles,
	.memory = wp_io_memory,
	.setup = wp_io_setup,
	.prepare = wp_io_prepare,
	.check = wp_io_check,
	.teardown = wp_io_teardown,
};
