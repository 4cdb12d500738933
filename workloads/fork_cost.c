// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork_cost: what fork() costs for the memory that the parent has.
 *
 * Path: kernel_clone() -> dup_mm() -> dup_mmap() -> copy_page_range(),
 * mm/memory.c (read in 6.12).  Private memory is shared for copy-on-write: each
 * entry is write-protected here and copied to the child.  Shared memory is not
 * walked, the child faults it in again.  Pages that are pinned for long are
 * copied at once, so that the pin stays with the parent
 * (copy_present_page(), folio_needs_cow_for_dma()): the arm pinned has memory of
 * its own, part of which is a registered buffer of io_uring.  A pin of one page
 * of a huge page counts for all of it.
 *
 * An op is one clone() without CLONE_VM, up to its return in the parent.  The
 * child waits until it is let go, on a stack in shared memory, and writes to no
 * private page.  How long its exit takes from then on, its address space torn
 * down and the parent woken, is a metric of its own.
 *
 * Before each op all pages were written since the fork before it, so that each
 * must be protected anew; with written=no they were not.  Controls: the same
 * memory left out of the fork (MADV_DONTFORK), and a child that shares the
 * address space (CLONE_VM).  While the child waits, pagemap tells whether it has
 * the pages: shared, pinned and so copied, or not at all.  A fork takes some
 * pages of the parent's stack with it: their faults are part of every fork and of
 * every arm but the last.
 */
#include "lib/pagemap.h"
#include "lib/pin.h"
#include "lib/wp_area.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ARM_PLAIN,
	ARM_PINNED,
	ARM_DONTFORK,
	ARM_SHARED_MM,
};

enum {
	MEMORY_PLAIN,
	MEMORY_PINNED,
	NR_MEMORIES
};

enum {
	METRIC_FORK,
	METRIC_EXIT,
};

enum {
	STACK_BYTES = 16 << 10,
	OWN_FAULTS = 8 /* of the parent's stack and data, at most */
};

struct fork_cost_params {
	uint64_t size;
	uint64_t backing;
	uint64_t written;
	uint64_t pinned; /* % */
};

struct fork_cost {
	struct region memory[NR_MEMORIES];
	bool stale[NR_MEMORIES]; /* forked since it was written */
	struct pin pin;
	struct pagemap pagemap;
	pid_t child;
	int gate[2]; /* a child reads one byte, and exits */
	bool has_gate;
	_Alignas(16) char stack[STACK_BYTES];
};

static uint64_t fork_cost_max_ops(const void *params)
{
	(void)params;
	return 1;
}

static uint64_t fork_cost_memory(const void *params)
{
	const struct fork_cost_params *p = params;

	return p->pinned ? 2 * p->size : p->size;
}

static uint64_t pinned_pages(const struct fork_cost_params *p)
{
	return p->size / (uint64_t)sysconf(_SC_PAGESIZE) * p->pinned / 100;
}

/* A folio counts as pinned as a whole, so fork copies all of a huge page. */
static uint64_t copied_bytes(const struct fork_cost_params *p)
{
	uint64_t unit = p->backing == REGION_ANON_THP
				? region_pmd_bytes()
				: (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t bytes = pinned_pages(p) * (uint64_t)sysconf(_SC_PAGESIZE);

	bytes = (bytes + unit - 1) / unit * unit;
	return bytes < p->size ? bytes : p->size;
}

static int map_memory(struct fl_run *run, unsigned which)
{
	const struct fork_cost_params *p = fl_params(run);
	struct fork_cost *s = fl_state(run);
	struct region *r = &s->memory[which];
	int err = wp_area_map(run, r, (enum region_backing)p->backing, p->size);

	if (!err)
		region_write(r, 0, r->bytes);
	return err;
}

static int fork_cost_setup(struct fl_run *run)
{
	const struct fork_cost_params *p = fl_params(run);
	struct fork_cost *s = fl_state(run);
	int err;

	if (pipe2(s->gate, O_CLOEXEC))
		return fl_fail(run, -errno, "pipe2");

	s->has_gate = true;
	err = pagemap_open(&s->pagemap);
	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	err = map_memory(run, MEMORY_PLAIN);
	if (err || !pinned_pages(p))
		return err;

	err = map_memory(run, MEMORY_PINNED);
	return err ? err
		   : pin_ring(run, &s->pin, s->memory[MEMORY_PINNED].base,
			      pinned_pages(p));
}

static int reap(struct fl_run *run)
{
	struct fork_cost *s = fl_state(run);
	pid_t child = s->child;
	int status = 0;

	s->child = 0;
	if (!child)
		return 0;
	if (write(s->gate[1], "", 1) != 1)
		return fl_fail(run, -errno, "letting the child go");

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fl_fail(run, -errno, "waitpid");
	return status ? fl_fail(run, -ECHILD, "wait status %d", status) : 0;
}

static void fork_cost_teardown(struct fl_run *run)
{
	struct fork_cost *s = fl_state(run);

	reap(run);
	for (unsigned i = 0; s->has_gate && i < 2; i++)
		close(s->gate[i]);
	pin_finish(&s->pin);
	pagemap_close(&s->pagemap);
	for (unsigned i = 0; i < NR_MEMORIES; i++)
		region_finish(&s->memory[i]);
}

static int set_forked(struct fl_run *run, unsigned which, bool forked)
{
	struct fork_cost *s = fl_state(run);
	struct region *r = &s->memory[which];
	int advice = forked ? MADV_DOFORK : MADV_DONTFORK;

	if (r->base && madvise(r->base, r->bytes, advice))
		return fl_fail(run, -errno, "madvise(%s)",
			       forked ? "MADV_DOFORK" : "MADV_DONTFORK");
	return 0;
}

static int fork_cost_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct fork_cost_params *p = fl_params(run);
	struct fork_cost *s = fl_state(run);
	const bool forked[NR_MEMORIES] = {
		[MEMORY_PLAIN] = fl_thread_arm(th) == ARM_PLAIN,
		[MEMORY_PINNED] = fl_thread_arm(th) == ARM_PINNED,
	};
	int err = 0;

	(void)nops;
	for (unsigned i = 0; i < NR_MEMORIES && !err; i++) {
		if (forked[i] && s->stale[i] && p->written)
			region_write(&s->memory[i], 0, s->memory[i].bytes);
		s->stale[i] |= forked[i];
		err = set_forked(run, i, forked[i]);
	}
	return err;
}

static int child_main(void *arg)
{
	const struct fork_cost *s = arg;
	char byte;

	return read(s->gate[0], &byte, 1) == 1 ? 0 : 1;
}

static int fork_cost_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct fork_cost *s = fl_state(run);
	int flags = fl_thread_arm(th) == ARM_SHARED_MM ? CLONE_VM : 0;
	pid_t pid;

	(void)nops;
	pid = clone(child_main, s->stack + sizeof(s->stack), flags | SIGCHLD,
		    s);
	if (pid < 0)
		return fl_fail(run, -errno, "clone");

	s->child = pid;
	return 0;
}

static int expect_page(struct fl_run *run, unsigned which, size_t offset,
		       bool shared)
{
	struct fork_cost *s = fl_state(run);
	uint64_t entry;
	int err = pagemap_entry(&s->pagemap, s->memory[which].base + offset,
				&entry);

	if (err)
		return fl_fail(run, err, "reading pagemap");
	if (shared == !(entry & PAGEMAP_EXCLUSIVE))
		return 0;

	return fl_fail(run, -EPROTO, "a page that is %s by the child",
		       shared ? "not shared" : "shared");
}

/*
 * While the child waits: has it what it should have?  Shared memory it maps by
 * its faults alone, and of huge pages of the pool pagemap says too little.
 */
static int check_sharing(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct fork_cost_params *p = fl_params(run);
	unsigned arm = fl_thread_arm(th);
	size_t last = p->size / run->page_bytes * run->page_bytes -
		      run->page_bytes;
	int err = 0;

	if (p->backing == REGION_SHMEM || p->backing == REGION_HUGETLB)
		return 0;
	if (arm != ARM_PINNED)
		return expect_page(run, MEMORY_PLAIN, last, arm == ARM_PLAIN);

	err = expect_page(run, MEMORY_PINNED, 0, !pinned_pages(p));
	if (!err && last >= copied_bytes(p))
		err = expect_page(run, MEMORY_PINNED, last, true);
	return err;
}

static int fork_cost_check(struct fl_thread *th, uint64_t nops)
{
	int err = check_sharing(th), reaped;
	uint64_t t0 = fl_clock_ns();

	(void)nops;
	reaped = reap(fl_thread_run(th));
	fl_observe(th, METRIC_EXIT, fl_clock_ns() - t0);
	return err ? err : reaped;
}

static uint64_t fork_cost_pool(const void *params)
{
	const struct fork_cost_params *p = params;

	return region_pool_pages((enum region_backing)p->backing,
				 fork_cost_memory(p));
}

static struct fl_amount each_fork(const void *params, unsigned arm)
{
	(void)params;
	return (struct fl_amount){ .count = arm != ARM_SHARED_MM, .size = 1 };
}

/* 1 ms is 10^6 ns, so that the coefficient comes out in ms/GiB. */
static struct fl_amount shared(const void *params, unsigned arm)
{
	const struct fork_cost_params *p = params;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t bytes = arm == ARM_PLAIN    ? p->size
			 : arm == ARM_PINNED ? p->size - pinned_pages(p) * page
					     : 0;

	return (struct fl_amount){
		.count = 1e6 * (double)bytes / (double)(1 << 30),
		.size = 1,
	};
}

static struct fl_amount copied(const void *params, unsigned arm)
{
	const struct fork_cost_params *p = params;
	double pages = (double)copied_bytes(p) / (double)sysconf(_SC_PAGESIZE);

	return (struct fl_amount){ .count = arm == ARM_PINNED ? pages : 0,
				   .size = 1 };
}

static const struct fl_term fork_cost_terms[] = {
	{ .name = "fork",
	  .unit = "ns",
	  .words = "a fork without the memory",
	  .amount = each_fork },
	{ .name = "shared",
	  .unit = "ms/GiB",
	  .words = "sharing memory with the child",
	  .amount = shared },
	{ .name = "copied",
	  .unit = "ns/page",
	  .words = "copying a page of a folio that is pinned",
	  .amount = copied },
	{ 0 },
};

static const struct fl_param fork_cost_table[] = {
	FL_PARAM_SIZE(struct fork_cost_params, size, "16M", 4096, 1ULL << 40,
		      "memory of the parent"),
	FL_PARAM_ENUM(struct fork_cost_params, backing, region_backing_names,
		      "anon-4k", "kind of memory"),
	FL_PARAM_BOOL(struct fork_cost_params, written, "yes",
		      "all of it was written since the fork before"),
	FL_PARAM_U64(struct fork_cost_params, pinned, "0", 0, 100, "%",
		     "of the memory of the arm pinned, held by io_uring",
		     .when = "backing!=shmem"),
	{ 0 },
};

static const struct fl_arm fork_cost_arms[] = {
	[ARM_PLAIN] = { .name = "plain",
			.differs = "a fork",
			.why = "what people pay" },
	[ARM_PINNED] = { .name = "pinned",
			 .reference = "plain",
			 .when = "pinned>0",
			 .differs = "some of the memory is pinned for long",
			 .why = "pages that fork copies at once" },
	[ARM_DONTFORK] = { .name = "dontfork",
			   .reference = "plain",
			   .differs = "the memory is left out (MADV_DONTFORK)",
			   .why = "a fork without it" },
	[ARM_SHARED_MM] = { .name = "shared-mm",
			    .reference = "plain",
			    .differs =
				    "no copy of the address space (CLONE_VM)",
			    .why = "a new task and nothing else" },
	{ 0 },
};

static const struct fl_metric fork_cost_metrics[] = {
	[METRIC_FORK] = { .name = "fork",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .help = "clone(), until it returns in the parent" },
	[METRIC_EXIT] = { .name = "exit",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .help = "the child's exit, until waitpid() returns" },
	{ 0 },
};

static const struct fl_need fork_cost_needs[] = {
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ FL_FEATURE_IO_URING, "pinned>0" },
	{ 0 },
};

static const struct fl_system fork_cost_system[] = {
	WP_AREA_POOL(fork_cost_pool),
	{ 0 },
};

static const struct fl_expect fork_cost_expects[] = {
	{ .counter = "page-faults",
	  .relation = FL_AT_MOST,
	  .per_op = OWN_FAULTS },
	{ 0 },
};

FL_DEFINE_WORKLOAD(fork_cost) = {
	.name = "fork_cost",
	.summary = "fork against the memory that the parent has",
	.kernel_path = "copy_page_range(), copy_present_page(), mm/memory.c "
		       "(6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct fork_cost_params),
	.state_size = sizeof(struct fork_cost),
	.params = fork_cost_table,
	.arms = fork_cost_arms,
	.metrics = fork_cost_metrics,
	.terms = fork_cost_terms,
	.needs = fork_cost_needs,
	.system = fork_cost_system,
	.expects = fork_cost_expects,
	.max_ops = fork_cost_max_ops,
	.memory = fork_cost_memory,
	.setup = fork_cost_setup,
	.prepare = fork_cost_prepare,
	.op = fork_cost_op,
	.check = fork_cost_check,
	.teardown = fork_cost_teardown,
};
