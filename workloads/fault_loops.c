// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_loops: the loops that page fault figures are usually quoted from.
 *
 * page_fault1-3, mmap1-2 and tlb_flush1-2 of will-it-scale: the same sizes, the
 * same mappings, the same thing counted, so that a number from here stands
 * beside one from there.  Each task, a process or a thread, repeats mmap(),
 * something with each page, munmap():
 *
 *   page_fault1  write to each page of 128 MiB of anonymous memory
 *   page_fault2  of a file of its own, mapped privately: each page is copied
 *   page_fault3  of a file of its own, mapped shared
 *   mmap1        nothing, 128 MiB of anonymous memory
 *   mmap2        nothing, a file of its own
 *   tlb_flush1   write, drop by MADV_DONTNEED and read each page of 128 MiB of a
 *                file of its own, mapped privately
 *   tlb_flush2   the same with 1 MiB of anonymous memory
 *
 * Path: do_anonymous_page(), do_cow_fault(), do_shared_fault(), finish_fault(),
 * mm/memory.c; madvise_dontneed_single_vma(), mm/madvise.c; do_vmi_munmap(),
 * mm/mmap.c (read in 6.12).
 *
 * What the numbers do not tell: munmap() is timed with the rest, so a slower
 * munmap() looks like slower faults.  An iteration of page_fault3 is a write,
 * and no fault where one maps a whole large folio (seen in 6.18: 12 writes a
 * fault after readahead of 8 MiB); folios=base makes it one.  As processes the
 * tasks share no address space, and tlb_flush1-2 reach no CPU but their own.
 *
 * Huge pages are off for anonymous memory, where one page in 512 would fault,
 * and not for files, whose large folios may be mapped as such.
 *
 * A window may be shorter than a loop.  If each began with mmap(), the
 * munmap() would be missing from most.  So the first begins at any moment of
 * the loop, and each goes on where the last of its arm ended: what is timed is
 * the loop as it would run by itself, cut into pieces.
 */
#include "lib/fault_loop.h"
#include "lib/scratch_file.h"
#include "lib/thread_faults.h"

#include <inttypes.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	LOOP_PAGE_FAULT1,
	LOOP_PAGE_FAULT2,
	LOOP_PAGE_FAULT3,
	LOOP_MMAP1,
	LOOP_MMAP2,
	LOOP_TLB_FLUSH1,
	LOOP_TLB_FLUSH2,
};

enum {
	FOLIOS_READAHEAD,
	FOLIOS_BASE,
};

enum {
	ARM_PROCESSES,
	ARM_THREADS,
	NR_ARMS
};

enum {
	MIB = 1 << 20,
	LARGE = 128 * MIB,
	MAX_TASKS = 2048,
};

struct fault_loops_params {
	uint64_t loop;
	uint64_t tasks;
	uint64_t folios;
};

struct task {
	struct fault_task loop;
	bool ran_in[NR_ARMS];
	size_t left[NR_ARMS]; /* where the last window of an arm ended */
};

struct fault_loops {
	struct task *task; /* memory that processes share */
	uint64_t nr;	   /* of them */
	bool thp_off;	   /* by us */
};

static const struct fault_loop loops[] = {
	[LOOP_PAGE_FAULT1] = { LARGE, MAP_PRIVATE | MAP_ANONYMOUS,
			       FAULT_LOOP_WRITE },
	[LOOP_PAGE_FAULT2] = { LARGE, MAP_PRIVATE, FAULT_LOOP_WRITE },
	[LOOP_PAGE_FAULT3] = { LARGE, MAP_SHARED, FAULT_LOOP_WRITE },
	[LOOP_MMAP1] = { LARGE, MAP_PRIVATE | MAP_ANONYMOUS,
			 FAULT_LOOP_NOTHING },
	[LOOP_MMAP2] = { LARGE, MAP_PRIVATE, FAULT_LOOP_NOTHING },
	[LOOP_TLB_FLUSH1] = { LARGE, MAP_PRIVATE, FAULT_LOOP_DROP },
	[LOOP_TLB_FLUSH2] = { MIB, MAP_PRIVATE | MAP_ANONYMOUS,
			      FAULT_LOOP_DROP },
};

static const struct fault_loop *loop_of(const void *params)
{
	const struct fault_loops_params *p = params;

	return &loops[p->loop];
}

static uint64_t fault_loops_tasks(const void *params)
{
	const struct fault_loops_params *p = params;

	return p->tasks;
}

/* What the tasks have of it in the page cache. */
static uint64_t file_bytes(const void *params)
{
	const struct fault_loop *l = loop_of(params);

	return fault_loop_has_file(l) && l->touch
		       ? fault_loops_tasks(params) * l->bytes
		       : 0;
}

static uint64_t fault_loops_memory(const void *params)
{
	const struct fault_loop *l = loop_of(params);

	return (l->touch ? fault_loops_tasks(params) * l->bytes : 0) +
	       file_bytes(params);
}

static int check_space(struct fl_run *run, int fd)
{
	uint64_t wanted = file_bytes(fl_params(run)), has;
	const char *folder = scratch_file_folder();
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return fl_fail(run, -errno, "statfs of %s", folder);

	fl_fact(run, "files", "in %s, file system of type 0x%lx%s", folder,
		(unsigned long)fs.f_type,
		fs.f_type == TMPFS_MAGIC ? " (tmpfs)" : "");
	has = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	if (has >= wanted)
		return 0;

	return fl_skip(run,
		       "%s has %" PRIu64 " MiB free, the files take %" PRIu64
		       ": set TMPDIR to a folder with more",
		       folder, has / MIB, wanted / MIB);
}

static int open_files(struct fl_run *run, struct fault_loops *s)
{
	const struct fault_loop *l = loop_of(fl_params(run));
	const char *folder = scratch_file_folder();

	for (uint64_t i = 0; i < s->nr; i++) {
		int fd = scratch_file_open();

		if (fd < 0)
			return fl_fail(run, fd, "file %" PRIu64 " in %s", i + 1,
				       folder);
		s->task[i].loop.fd = fd;
		if (ftruncate(fd, (off_t)l->bytes))
			return fl_fail(run, -errno, "a file of %zu MiB in %s",
				       l->bytes / MIB, folder);
	}
	return check_space(run, s->task[0].loop.fd);
}

static int make_tasks(struct fl_run *run, struct fault_loops *s)
{
	uint64_t nr = fault_loops_tasks(fl_params(run));
	void *p = mmap(NULL, nr * sizeof(*s->task), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return fl_fail(run, -errno, "%" PRIu64 " tasks", nr);

	s->task = p;
	s->nr = nr;
	for (uint64_t i = 0; i < nr; i++)
		s->task[i].loop.fd = -1;
	return 0;
}

/* For all that is mapped from now on, here and in children. */
static int no_huge_pages(struct fl_run *run, struct fault_loops *s)
{
	if (prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) > 0)
		return 0;

	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		return fl_fail(run, -errno, "prctl(PR_SET_THP_DISABLE)");

	s->thp_off = true;
	return 0;
}

static int fault_loops_setup(struct fl_run *run)
{
	struct fault_loops *s = fl_state(run);
	int err = make_tasks(run, s);

	if (err)
		return err;

	return fault_loop_has_file(loop_of(fl_params(run)))
		       ? open_files(run, s)
		       : no_huge_pages(run, s);
}

static void fault_loops_teardown(struct fl_run *run)
{
	struct fault_loops *s = fl_state(run);

	for (uint64_t i = 0; i < s->nr; i++)
		if (s->task[i].loop.fd >= 0)
			close(s->task[i].loop.fd);
	if (s->task)
		munmap(s->task, s->nr * sizeof(*s->task));
	if (s->thp_off)
		prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

/* What a process had mapped went with it. */
static int fault_loops_check(struct fl_thread *th, uint64_t nops)
{
	const struct fault_loop *l = loop_of(fl_params(fl_thread_run(th)));
	struct fault_loops *s = fl_state(fl_thread_run(th));
	unsigned arm = fl_thread_arm(th);

	(void)nops;
	for (uint64_t i = 0; i < s->nr; i++) {
		struct task *t = &s->task[i];

		t->left[arm] = fault_task_at(&t->loop);
		if (arm == ARM_THREADS)
			fault_task_end(l, &t->loop);
		t->loop.base = NULL;
	}
	return 0;
}

/* How many faults an iteration of the whole loop is. */
static int count_faults(struct fl_run *run, const struct fault_loop *l,
			struct fault_task *t)
{
	uint64_t before = thread_faults(), faults;
	int err = fault_task_begin(run, l, t, l->bytes);

	if (err)
		return err;

	faults = thread_faults() - before;
	fl_fact(run, "faults", "%.3f an iteration of a whole loop",
		(double)faults * (double)run->page_bytes / (double)t->at);
	fault_task_end(l, t);
	return 0;
}

/* On its own CPU, so that the page cache lies near it. */
static int fill_cache(struct fl_thread *th, const struct fault_loop *l,
		      struct fault_task *t)
{
	struct fl_run *run = fl_thread_run(th);
	const struct fault_loops_params *p = fl_params(run);
	int err = fault_task_fill(run, l, t, p->folios == FOLIOS_BASE);

	if (!err && p->loop == LOOP_PAGE_FAULT3 && !th->index)
		err = count_faults(run, l, t);
	return err;
}

/* Drops take so long beside munmap() that a page will do for a moment. */
static int run_in(struct fl_thread *th, const struct fault_loop *l,
		  struct fault_task *t)
{
	struct fl_run *run = fl_thread_run(th);
	double share = (double)(fl_rand(th) >> 32) / (1ULL << 32);
	uint64_t pages = l->bytes / run->page_bytes;

	if (l->touch == FAULT_LOOP_WRITE)
		return fault_task_run_in(run, l, t, share);

	return fault_task_begin(
		run, l, t, (size_t)(share * (double)pages) * run->page_bytes);
}

static int task_enter(struct fl_thread *th)
{
	const struct fault_loop *l = loop_of(fl_params(fl_thread_run(th)));
	struct fault_loops *s = fl_state(fl_thread_run(th));
	struct task *t = &s->task[th->index];
	unsigned arm = fl_thread_arm(th);
	int err = 0;

	if (!l->touch)
		return 0;

	if (fault_loop_has_file(l) && !t->loop.cached)
		err = fill_cache(th, l, &t->loop);
	if (err)
		return err;

	if (t->ran_in[arm])
		return fault_task_begin(fl_thread_run(th), l, &t->loop,
					t->left[arm]);
	t->ran_in[arm] = true;
	return run_in(th, l, &t->loop);
}

static int task_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct fault_loops *s = fl_state(run);

	return fault_task_step(run, loop_of(fl_params(run)),
			       &s->task[th->index].loop);
}

static const char *const loop_names[] = {
	[LOOP_PAGE_FAULT1] = "page_fault1",
	[LOOP_PAGE_FAULT2] = "page_fault2",
	[LOOP_PAGE_FAULT3] = "page_fault3",
	[LOOP_MMAP1] = "mmap1",
	[LOOP_MMAP2] = "mmap2",
	[LOOP_TLB_FLUSH1] = "tlb_flush1",
	[LOOP_TLB_FLUSH2] = "tlb_flush2",
	NULL,
};

static const char *const folios_names[] = {
	[FOLIOS_READAHEAD] = "readahead",
	[FOLIOS_BASE] = "base",
	NULL,
};

static const struct fl_param fault_loops_table[] = {
	FL_PARAM_ENUM(struct fault_loops_params, loop, loop_names,
		      "page_fault1", "which loop of will-it-scale"),
	FL_PARAM_U64(struct fault_loops_params, tasks, "1", 1, MAX_TASKS, "",
		     "processes, or threads, each on a CPU of its own"),
	FL_PARAM_ENUM(struct fault_loops_params, folios, folios_names,
		      "readahead",
		      "of the file: as readahead makes them, which is what "
		      "will-it-scale has, or single pages",
		      .when = "loop=page_fault3"),
	{ 0 },
};

static const struct fl_arm fault_loops_arms[] = {
	[ARM_PROCESSES] = { .name = "processes",
			    .differs = "each task has an address space",
			    .why = "what will-it-scale runs by default" },
	[ARM_THREADS] = { .name = "threads",
			  .reference = "processes",
			  .differs = "the tasks share one",
			  .why = "what sharing costs: nothing at one task" },
	{ 0 },
};

static const struct fl_metric fault_loops_metrics[] = {
	{ .name = "rate",
	  .unit = "1/s",
	  .better = FL_BETTER_HIGHER,
	  .kind = FL_KIND_RATE,
	  .help = "iterations of all tasks: pages, or pairs of mmap() and "
		  "munmap()" },
	{ 0 },
};

static const struct fl_need fault_loops_needs[] = {
	{ FL_FEATURE_POPULATE_WRITE, NULL },
	{ 0 },
};

static double faults_of(const void *params)
{
	static const double faults[] = {
		[FAULT_LOOP_NOTHING] = 0,
		[FAULT_LOOP_WRITE] = 1,
		[FAULT_LOOP_DROP] = 2,
	};

	return faults[loop_of(params)->touch];
}

#define LOCKED_TWICE(when_)                                           \
	{                                                             \
		.counter = "mmap_lock:mmap_lock_start_locking",       \
		.when = (when_), .relation = FL_EXACTLY, .per_op = 2, \
		.tolerance = 0.05                                     \
	}
/*
 * A flush that another thread's has made needless leaves no event of its own,
 * but then that one is counted.
 */
#define FLUSHED(when_)                                                         \
	{ .counter = "tlb:tlb_flush/local",                                    \
	  .arm = "processes",                                                  \
	  .when = (when_),                                                     \
	  .relation = FL_AT_LEAST,                                             \
	  .per_op = 1,                                                         \
	  .tolerance = 0.05 },                                                 \
	{                                                                      \
		.counter = "tlb:tlb_flush", .arm = "threads", .when = (when_), \
		.relation = FL_AT_LEAST, .per_op = 1, .tolerance = 0.05        \
	}

static const struct fl_expect fault_loops_expects[] = {
	{ .counter = "page-faults",
	  .when = "loop!=page_fault3",
	  .relation = FL_EXACTLY,
	  .of = faults_of,
	  .tolerance = 0.01 },
	{ .counter = "page-faults",
	  .when = "loop=page_fault3 folios=base",
	  .relation = FL_EXACTLY,
	  .per_op = 1,
	  .tolerance = 0.01 },
	{ .counter = "page-faults",
	  .when = "loop=page_fault3 folios=readahead",
	  .relation = FL_AT_MOST,
	  .per_op = 1,
	  .tolerance = 0.01 },
	LOCKED_TWICE("loop=mmap1"),
	LOCKED_TWICE("loop=mmap2"),
	FLUSHED("loop=tlb_flush1"),
	FLUSHED("loop=tlb_flush2"),
	{ 0 },
};

#define TASK(name_, arm_, kind_)                                 \
	{                                                        \
		.name = (name_), .arm = (arm_), .kind = (kind_), \
		.count = fault_loops_tasks, .first_here = true,  \
		.enter = task_enter, .step = task_step           \
	}

static const struct fl_role fault_loops_roles[] = {
	TASK("process", "processes", FL_ROLE_PROCESS),
	TASK("thread", "threads", FL_ROLE_THREAD),
	{ 0 },
};

FL_DEFINE_WORKLOAD(fault_loops) = {
	.name = "fault_loops",
	.summary = "page_fault1-3, mmap1-2 and tlb_flush1-2 of will-it-scale",
	.kernel_path = "handle_mm_fault(), mm/memory.c; do_vmi_munmap(), "
		       "mm/mmap.c (6.12)",
	.mode = FL_MODE_WINDOW,
	.params_size = sizeof(struct fault_loops_params),
	.state_size = sizeof(struct fault_loops),
	.params = fault_loops_table,
	.arms = fault_loops_arms,
	.metrics = fault_loops_metrics,
	.needs = fault_loops_needs,
	.expects = fault_loops_expects,
	.roles = fault_loops_roles,
	.memory = fault_loops_memory,
	.setup = fault_loops_setup,
	.check = fault_loops_check,
	.teardown = fault_loops_teardown,
};
