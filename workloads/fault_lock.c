// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_lock: page faults while somebody holds mmap_lock.
 *
 * Path: lock_vma_under_rcu() or mmap_read_lock(), then handle_mm_fault(),
 * mm/memory.c, against what lib/holder.h lists (read in 6.12).
 *
 * Faulters take one fault after another, a step each; a holder on another CPU
 * walks its memory meanwhile.  lib/faulter.h says how the way of faulting
 * chooses the lock.  Faults of different ways cost different times without any
 * holder too, so each is held against its own: what a holder costs is the
 * difference between the arm held, where it has the faulters' address space,
 * and the arm other-mm, where it is a process that does the same in its own:
 * the same load on CPU and caches, and no lock in common.  (It does interrupt
 * the faulters' CPUs less: a flush reaches those that run its address space.)
 *
 * holder=walk is the clean pair: change_protection() over page tables that
 * were filled and emptied again, under the read lock and under the write lock,
 * so that nothing is changed and nothing flushed and only the mode of the lock
 * differs between held and held-write.
 *
 * Without a holder and with more than one thread the arm processes tells what
 * the faulters cost each other: the same number of them, placed alike, with
 * nothing in common.
 */
#include "lib/faulter.h"
#include "lib/holder.h"

#include <unistd.h>

enum {
	ARM_NONE,
	ARM_PROCESSES,
	ARM_OTHER_MM,
	ARM_HELD,
	ARM_OTHER_MM_WRITE,
	ARM_HELD_WRITE,
};

enum {
	METRIC_RATE,
	METRIC_FAULT,
	METRIC_HOLD,
};

/* Where the holder's memory lies. */
enum {
	WHERE_OTHER,	/* a mapping elsewhere */
	WHERE_ADJACENT, /* the next one, a page between them */
	WHERE_SAME,	/* the mapping that the first faulter faults in */
};

enum {
	MAX_FAULTERS = 512,
	MAX_HOLDERS = 64
};

struct fault_lock_params {
	uint64_t faulter;
	uint64_t kind;
	uint64_t holder;
	uint64_t where;
	uint64_t threads;
	uint64_t holders;
	uint64_t rate;
	uint64_t duty;
	uint64_t size;
	uint64_t pages;
};

struct fault_lock {
	size_t read_bytes; /* of holder=walk */
	struct faulter faulters[MAX_FAULTERS];
	struct holder holders[MAX_HOLDERS];
};

/* Of a role that is a process: its copy is its own. */
static struct faulter own_faulter;
static struct holder own_holder;

static uint64_t fault_lock_memory(const void *params)
{
	const struct fault_lock_params *p = params;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return p->threads * p->pages * page + 2 * p->holders * p->size;
}

static struct faulter_spec faulter_spec(const struct fault_lock_params *p)
{
	return (struct faulter_spec){
		.way = (enum faulter_way)p->faulter,
		.kind = (enum faulter_kind)p->kind,
		.pages = p->pages,
	};
}

static struct holder_spec holder_spec(struct fl_run *run)
{
	const struct fault_lock_params *p = fl_params(run);
	const struct fault_lock *s = fl_state(run);

	return (struct holder_spec){
		.kind = (enum holder_kind)p->holder,
		.bytes = p->size,
		.read_bytes = s->read_bytes,
		.may_stop_writes = p->where != WHERE_SAME,
	};
}

/* Only those that walk one mapping can be sent into another one. */
static int check_where(struct fl_run *run)
{
	const struct fault_lock_params *p = fl_params(run);
	bool walks = p->holder == HOLDER_PROTECT || p->holder == HOLDER_SCAN ||
		     p->holder == HOLDER_PAGEMAP ||
		     p->holder == HOLDER_MPROTECT;

	if (p->where == WHERE_OTHER)
		return 0;
	if (p->where == WHERE_ADJACENT &&
	    p->pages * run->page_bytes + run->page_bytes > region_pmd_bytes())
		return fl_skip(run, "where=adjacent needs pages to be fewer "
				    "than what a page table holds");
	if (p->where == WHERE_ADJACENT)
		return 0;
	if (!walks || p->faulter == FAULTER_FRESH || p->holders > 1)
		return fl_skip(run, "where=same is for one holder that is "
				    "protect, scan, pagemap or mprotect, and "
				    "for faulters in one mapping");
	if (p->holder == HOLDER_PROTECT && p->kind != FAULTER_ARMED)
		return fl_skip(run, "holder=protect with where=same needs "
				    "memory registered with userfaultfd: use "
				    "kind=armed");
	return 0;
}

static int add_holders(struct fl_run *run)
{
	const struct fault_lock_params *p = fl_params(run);
	struct fault_lock *s = fl_state(run);
	struct holder_spec spec = holder_spec(run);
	int err = 0;

	if (p->where == WHERE_SAME) {
		spec.at = s->faulters[0].base;
		spec.bytes = faulter_bytes(&s->faulters[0]);
		spec.uffd = &s->faulters[0].uffd;
	}
	for (uint64_t i = 0; i < p->holders && !err; i++) {
		err = holder_init(run, &s->holders[i], &spec);
		if (!err && !i && p->holder == HOLDER_WALK)
			err = holder_even_walks(run, &s->holders[0],
						&spec.read_bytes);
	}
	s->read_bytes = spec.read_bytes;
	return err;
}

/* Behind the holder's memory there is a page table's worth of nothing. */
static int add_faulters(struct fl_run *run)
{
	const struct fault_lock_params *p = fl_params(run);
	struct fault_lock *s = fl_state(run);
	struct faulter_spec spec = faulter_spec(p);
	int err = 0;

	if (p->where == WHERE_ADJACENT)
		spec.at = s->holders[0].base + s->holders[0].region.bytes +
			  run->page_bytes;
	for (uint64_t i = 0; i < p->threads && !err; i++) {
		err = faulter_init(run, &s->faulters[i], &spec);
		spec.at = NULL;
	}
	return err;
}

static int fault_lock_setup(struct fl_run *run)
{
	const struct fault_lock_params *p = fl_params(run);
	bool holds = p->holder != HOLDER_NONE;
	int err = holds ? check_where(run) : 0;

	if (!err && holds && p->where != WHERE_SAME)
		err = add_holders(run);
	if (!err)
		err = add_faulters(run);
	if (!err && holds && p->where == WHERE_SAME)
		err = add_holders(run);
	return err;
}

static void fault_lock_teardown(struct fl_run *run)
{
	const struct fault_lock_params *p = fl_params(run);
	struct fault_lock *s = fl_state(run);

	for (uint64_t i = 0; i < p->threads; i++)
		faulter_finish(&s->faulters[i]);
	for (uint64_t i = 0; i < p->holders; i++)
		holder_finish(&s->holders[i]);
}

static int faulter_thread_enter(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct fault_lock *s = fl_state(run);

	th->scratch = &s->faulters[th->index];
	return faulter_enter(run, th->scratch);
}

static int faulter_process_enter(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct faulter_spec spec = faulter_spec(fl_params(run));

	th->scratch = &own_faulter;
	return faulter_init(run, &own_faulter, &spec);
}

static int faulter_step(struct fl_thread *th)
{
	struct faulter *f = th->scratch;
	uint64_t t0;
	int err;

	if (faulter_is_used_up(f)) {
		fl_untimed_begin(th);
		err = faulter_refill(fl_thread_run(th), f);
		fl_untimed_end(th);
		if (err)
			return err;
	}

	t0 = fl_clock_ns();
	err = faulter_fault(f);
	fl_observe(th, METRIC_FAULT, fl_clock_ns() - t0);
	return err ? fl_fail(fl_thread_run(th), err, "MADV_POPULATE") : 1;
}

static int holder_thread_enter(struct fl_thread *th)
{
	struct fault_lock *s = fl_state(fl_thread_run(th));

	th->scratch = &s->holders[th->index];
	return 0;
}

static int holder_process_enter(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct holder_spec spec = holder_spec(run);

	th->scratch = &own_holder;
	return holder_init(run, &own_holder, &spec);
}

static int holder_step(struct fl_thread *th)
{
	unsigned arm = fl_thread_arm(th);
	bool write = arm == ARM_OTHER_MM_WRITE || arm == ARM_HELD_WRITE;
	uint64_t ns = 0;
	int err = holder_hold(fl_thread_run(th), th->scratch, write, &ns);

	if (err)
		return err;

	fl_observe(th, METRIC_HOLD, ns);
	return 1;
}

static uint64_t count_faulters(const void *params)
{
	return ((const struct fault_lock_params *)params)->threads;
}

static uint64_t count_holders(const void *params)
{
	return ((const struct fault_lock_params *)params)->holders;
}

static struct fl_pace holder_pace(const void *params)
{
	const struct fault_lock_params *p = params;

	return (struct fl_pace){ .per_s = (double)p->rate,
				 .duty = (double)p->duty / 100 };
}

static const char *const where_names[] = {
	[WHERE_OTHER] = "other",
	[WHERE_ADJACENT] = "adjacent",
	[WHERE_SAME] = "same",
	NULL,
};

static const struct fl_param fault_lock_table[] = {
	FL_PARAM_ENUM(struct fault_lock_params, faulter, faulter_way_names,
		      "next", "how a fault is taken, and by which lock",
		      .words = faulter_way_words),
	FL_PARAM_ENUM(struct fault_lock_params, kind, faulter_kind_names,
		      "shmem", "what faults; shmem and zero allocate nothing",
		      .words = faulter_kind_words),
	FL_PARAM_ENUM(struct fault_lock_params, holder, holder_kind_names,
		      "walk", "what holds mmap_lock",
		      .words = holder_kind_words),
	FL_PARAM_ENUM(struct fault_lock_params, where, where_names, "other",
		      "the holder's memory: another mapping, the next one "
		      "behind a guard page, or the faulters'",
		      .when = "holder!=none"),
	FL_PARAM_U64(struct fault_lock_params, threads, "1", 1, MAX_FAULTERS,
		     "threads", "that fault"),
	FL_PARAM_U64(struct fault_lock_params, holders, "1", 1, MAX_HOLDERS,
		     "threads", "that hold", .when = "holder!=none"),
	FL_PARAM_U64(struct fault_lock_params, rate, "0", 0, 1000000, "1/s",
		     "holds of each, open loop; 0: one after another",
		     .when = "holder!=none"),
	FL_PARAM_U64(struct fault_lock_params, duty, "0", 0, 100, "%",
		     "of the time in a hold; 0: not limited",
		     .when = "holder!=none"),
	FL_PARAM_SIZE(struct fault_lock_params, size, "64M", 4096, 1UL << 40,
		      "that a holder walks", .when = "holder!=none"),
	FL_PARAM_U64(struct fault_lock_params, pages, "256", 8, 65536, "pages",
		     "that fault before they are dropped, which is not timed"),
	{ 0 },
};

static const struct fl_arm fault_lock_arms[] = {
	[ARM_NONE] = { .name = "none",
		       .differs = "nobody holds the lock",
		       .why = "what a fault of this kind costs by itself" },
	[ARM_PROCESSES] = { .name = "processes",
			    .reference = "none",
			    .when = "holder=none",
			    .differs = "the faulters are processes",
			    .why = "what they cost each other in one address "
				   "space, at threads=1 a control" },
	[ARM_OTHER_MM] = { .name = "other-mm",
			   .reference = "none",
			   .when = "holder!=none",
			   .differs = "a process that holds its own lock",
			   .why = "control: the holder's load on the machine" },
	[ARM_HELD] = { .name = "held",
		       .reference = "other-mm",
		       .when = "holder!=none",
		       .differs = "it holds the faulters' lock",
		       .why = "what the lock costs; walk: the read lock" },
	[ARM_OTHER_MM_WRITE] = { .name = "other-mm-write",
				 .reference = "other-mm",
				 .when = "holder=walk",
				 .differs = "the walk under the write lock",
				 .why = "control: the walks are equally "
					"heavy" },
	[ARM_HELD_WRITE] = { .name = "held-write",
			     .reference = "held",
			     .when = "holder=walk",
			     .differs = "the walk under the write lock",
			     .why = "what the mode of the lock costs" },
	{ 0 },
};

static const struct fl_metric fault_lock_metrics[] = {
	[METRIC_RATE] = { .name = "faults",
			  .unit = "1/s",
			  .better = FL_BETTER_HIGHER,
			  .kind = FL_KIND_RATE,
			  .help = "of all faulters" },
	[METRIC_FAULT] = { .name = "fault",
			   .unit = "ns",
			   .better = FL_BETTER_LOWER,
			   .kind = FL_KIND_LATENCY,
			   .help = "a fault, with two readings of the clock" },
	[METRIC_HOLD] = { .name = "hold",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .when = "holder!=none",
			  .help = "a call of the holder, with its wait for the "
				  "lock" },
	{ 0 },
};

static const struct fl_need fault_lock_needs[] = {
	{ FL_FEATURE_POPULATE_WRITE, "faulter=populate" },
	{ FL_FEATURE_UFFD, "kind=armed" },
	{ FL_FEATURE_WP_ANON, "kind=armed" },
	{ FL_FEATURE_WP_ANON, "holder=walk" },
	{ FL_FEATURE_WP_ANON, "holder=protect" },
	{ FL_FEATURE_PAGEMAP_SCAN, "holder=scan" },
	{ 0 },
};

#define LOCKING "mmap_lock:mmap_lock_start_locking"

#define HOLDER_OF(arm_, counter_, when_, relation_, per_op_)                  \
	{                                                                     \
		.counter = (counter_), .role = "holder", .arm = (arm_),       \
		.when = (when_), .relation = (relation_), .per_op = (per_op_) \
	}
/* The modes of the lock are what the arms are about. */
#define READS(arm, holder)                                                     \
	HOLDER_OF(arm, LOCKING, "holder=" holder, FL_AT_LEAST, 1),             \
		HOLDER_OF(arm, LOCKING "/write", "holder=" holder, FL_AT_MOST, \
			  0)
#define WRITES(arm, holder) \
	HOLDER_OF(arm, LOCKING "/write", "holder=" holder, FL_AT_LEAST, 1)

static const struct fl_expect fault_lock_expects[] = {
	{ .counter = "page-faults",
	  .role = "faulter",
	  .when = "faulter!=populate",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.02 },
	{ .counter = LOCKING,
	  .role = "faulter",
	  .when = "faulter=populate",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.02 },
	READS("other-mm", "walk"),
	READS("held", "walk"),
	WRITES("other-mm-write", "walk"),
	WRITES("held-write", "walk"),
	READS("held", "protect"),
	READS("held", "scan"),
	READS("held", "pagemap"),
	WRITES("held", "mprotect"),
	WRITES("held", "mmap"),
	WRITES("held", "fork"),
	WRITES("held", "clear-refs"),
	{ 0 },
};

#define FAULTER(arm_, kind_, enter_)                               \
	{                                                          \
		.name = "faulter", .arm = (arm_), .kind = (kind_), \
		.count = count_faulters, .first_here = true,       \
		.enter = (enter_), .step = faulter_step            \
	}
#define HOLDER(arm_, kind_, enter_)                                         \
	{                                                                   \
		.name = "holder", .arm = (arm_), .kind = (kind_),           \
		.when = "holder!=none", .count = count_holders,             \
		.pace = holder_pace, .enter = (enter_), .step = holder_step \
	}

static const struct fl_role fault_lock_roles[] = {
	FAULTER("none", FL_ROLE_THREAD, faulter_thread_enter),
	FAULTER("processes", FL_ROLE_PROCESS, faulter_process_enter),
	FAULTER("other-mm", FL_ROLE_THREAD, faulter_thread_enter),
	FAULTER("held", FL_ROLE_THREAD, faulter_thread_enter),
	FAULTER("other-mm-write", FL_ROLE_THREAD, faulter_thread_enter),
	FAULTER("held-write", FL_ROLE_THREAD, faulter_thread_enter),
	HOLDER("other-mm", FL_ROLE_PROCESS, holder_process_enter),
	HOLDER("held", FL_ROLE_THREAD, holder_thread_enter),
	HOLDER("other-mm-write", FL_ROLE_PROCESS, holder_process_enter),
	HOLDER("held-write", FL_ROLE_THREAD, holder_thread_enter),
	{ 0 },
};

FL_DEFINE_WORKLOAD(fault_lock) = {
	.name = "fault_lock",
	.summary = "page faults while mmap_lock is held for read or for write",
	.kernel_path = "lock_vma_under_rcu(), handle_mm_fault(), mm/memory.c; "
		       "mmap_read_lock(), include/linux/mmap_lock.h (6.12)",
	.mode = FL_MODE_WINDOW,
	.params_size = sizeof(struct fault_lock_params),
	.state_size = sizeof(struct fault_lock),
	.params = fault_lock_table,
	.arms = fault_lock_arms,
	.metrics = fault_lock_metrics,
	.needs = fault_lock_needs,
	.expects = fault_lock_expects,
	.roles = fault_lock_roles,
	.memory = fault_lock_memory,
	.setup = fault_lock_setup,
	.teardown = fault_lock_teardown,
};
