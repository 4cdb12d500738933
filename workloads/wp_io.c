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
 * mapping alone, shows none.  A step of a reader is a fault that the kernel
 * counts as major, or as minor in the arms -resident; others are not counted.
 * The readers share a CPU, where they sleep; the protector has its own.
 */
#include "lib/evicted_file.h"
#include "lib/snapshot.h"
#include "lib/thread_faults.h"

enum {
	ARM_SHIPPED,
	ARM_SHIPPED_RESIDENT,
	ARM_MPROTECT,
	ARM_MPROTECT_RESIDENT,
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

static const struct snapshot_policy policies[] = {
	[ARM_SHIPPED] = { { .kind = WP_AREA_SYNC } },
	[ARM_SHIPPED_RESIDENT] = { { .kind = WP_AREA_SYNC } },
	[ARM_MPROTECT] = { { .kind = WP_AREA_PLAIN } },
	[ARM_MPROTECT_RESIDENT] = { { .kind = WP_AREA_PLAIN } },
};

static bool evicts(unsigned arm)
{
	return arm == ARM_SHIPPED || arm == ARM_MPROTECT;
}

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
	struct wp_io *s = fl_state(fl_thread_run(th));

	(void)nops;
	snapshot_release(&s->snapshot);
	return 0;
}

static int protector_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_io *s = fl_state(run);
	struct snapshot_protect done;
	int err = snapshot_protect(run, &s->snapshot,
				   &policies[fl_thread_arm(th)], &done);

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

static int reader_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_io *s = fl_state(run);
	bool evict = evicts(fl_thread_arm(th));
	size_t place = next_place(th);
	struct thread_faults before;
	uint64_t t0, ns;
	int err = evicted_file_drop(&s->file, place, evict);

	if (err)
		return fl_fail(run, err, "evicting a page of the file");

	before = thread_faults_now();
	t0 = fl_clock_ns();
	evicted_file_read(&s->file, place);
	ns = fl_clock_ns() - t0;
	if (!thread_faults_since(&before, evict))
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
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "shipped",
			   .differs = "mprotect: write lock",
			   .why = "what a write lock would wait for" },
	[ARM_MPROTECT_RESIDENT] = { .name = "mprotect-resident",
				    .reference = "mprotect",
				    .differs = "faults without I/O",
				    .why = "what the wait for I/O adds" },
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

static const struct fl_expect wp_io_expects[] = {
	{ .counter = "tlb:tlb_flush/local",
	  .role = "protector",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.05 },
	{ .counter = "page-faults",
	  .role = "reader",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.05 },
	{ 0 },
};

static const struct fl_role wp_io_roles[] = {
	{ .name = "protector", .kind = FL_ROLE_THREAD, .step = protector_step },
	{ .name = "reader",
	  .kind = FL_ROLE_THREAD,
	  .count = reader_count,
	  .same_cpu = on_same_cpu,
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
	.teardown = wp_io_teardown,
};
