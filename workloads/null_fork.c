// SPDX-License-Identifier: GPL-2.0-only
/*
 * null_fork: nothing, right after the measuring process has forked.
 *
 * Path: dup_mmap() -> copy_page_range(), mm/memory.c: a fork
 * write-protects every private page of the parent, so its next store to
 * stack, thread storage or data takes a fault (do_wp_page()).
 *
 * The harness touches those pages again before it reads the clock.  Here a
 * child is forked before each batch, and the batch writes once to each of the
 * three: a page that the harness forgot is a page fault, and the expectation
 * of none is broken.
 */
#include <faultline/run.h>

#include <sys/wait.h>
#include <unistd.h>

struct null_fork_params {
	uint64_t alive; /* the child lives until the batch is over */
};

struct null_fork {
	pid_t child;
	int gate[2]; /* the child ends when the writing side is closed */
	bool open;
};

enum {
	NULL_FORK_STACK_BYTES = 32 * 1024
};

/* Private memory that the fork write-protects; written in the timed region. */
static _Thread_local int null_fork_tls;
static int null_fork_data;

static int null_fork_end(struct fl_run *run)
{
	struct null_fork *s = fl_state(run);
	int status = 0;

	if (s->open) {
		close(s->gate[1]);
		s->open = false;
	}
	if (!s->child)
		return 0;

	while (waitpid(s->child, &status, 0) < 0)
		if (errno != EINTR)
			return fl_fail(run, -errno, "waitpid");
	s->child = 0;
	if (status)
		return fl_fail(run, -ECHILD, "wait status %d", status);

	return 0;
}

static void null_fork_child(const struct null_fork *s)
{
	char byte;

	close(s->gate[1]);
	_exit(read(s->gate[0], &byte, 1) == 0 ? 0 : 1);
}

static int null_fork_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct null_fork_params *p = fl_params(run);
	struct null_fork *s = fl_state(run);

	(void)nops;
	if (pipe(s->gate))
		return fl_fail(run, -errno, "pipe");

	s->open = true;
	s->child = fork();
	if (!s->child)
		null_fork_child(s);
	close(s->gate[0]);
	if (s->child < 0) {
		s->child = 0;
		return fl_fail(run, -errno, "fork");
	}
	return p->alive ? 0 : null_fork_end(run);
}

/*
 * As deep as an op may reach without a fault of the stack.  A sanitizer would
 * write to memory of its own.
 */
__attribute__((noinline, no_sanitize("address"))) static void
null_fork_write_stack(void)
{
	char deep[NULL_FORK_STACK_BYTES];

	__asm__ volatile("" : : "r"(deep) : "memory");
	*(volatile char *)deep = 1;
}

static int null_fork_op(struct fl_thread *th, uint64_t nops)
{
	(void)th;
	null_fork_write_stack();
	*(volatile int *)&null_fork_tls = 1;
	*(volatile int *)&null_fork_data = 1;
	for (uint64_t i = 0; i < nops; i++)
		__asm__ volatile("" ::: "memory");
	return 0;
}

static int null_fork_check(struct fl_thread *th, uint64_t nops)
{
	(void)nops;
	return null_fork_end(fl_thread_run(th));
}

static void null_fork_teardown(struct fl_run *run)
{
	null_fork_end(run);
}

static const struct fl_param null_fork_table[] = {
	FL_PARAM_BOOL(struct null_fork_params, alive, "no",
		      "the child lives until the batch is over"),
	{ 0 },
};

static const struct fl_arm null_fork_arms[] = {
	{ .name = "null",
	  .differs = "three stores and an empty loop, after a fork",
	  .why = "what a fork leaves behind for the harness" },
	{ 0 },
};

static const struct fl_metric null_fork_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of an op" },
	{ 0 },
};

static const struct fl_expect null_fork_expects[] = {
	{ .counter = "page-faults", .relation = FL_EXACTLY },
	{ 0 },
};

FL_DEFINE_WORKLOAD(null_fork) = {
	.name = "null_fork",
	.summary =
		"nothing, after a fork: the harness takes no fault of its own",
	.kernel_path = "none",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct null_fork_params),
	.state_size = sizeof(struct null_fork),
	.params = null_fork_table,
	.arms = null_fork_arms,
	.metrics = null_fork_metrics,
	.expects = null_fork_expects,
	.prepare = null_fork_prepare,
	.op = null_fork_op,
	.check = null_fork_check,
	.teardown = null_fork_teardown,
};
