// SPDX-License-Identifier: GPL-2.0-only
#include "roles.h"

#include "clock.h"
#include "guard.h"
#include "prefault.h"
#include "rng.h"
#include "role_counts.h"
#include "role_table.h"
#include "roles_internal.h"
#include "session.h"

#include <faultline/protocol.h>

#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	POLL_NS = 100000,
	/* Longer than most steps, too short to matter to who shares the CPU. */
	SPIN_NS = 20000,
	/* step() has 100 ms to come back; a crowded CPU may need more. */
	STOP_NS = 2000000000,
};

/* Bodies come in the order of the rows, and this one is of @row. */
static unsigned leading_row(const struct roles *r, unsigned row)
{
	return r->nr ? r->body[0].row : row;
}

static void init_body(struct roles *r, struct role_body *b, unsigned row,
		      unsigned index)
{
	struct session *s = r->session;
	const struct fl_role *role = &s->run.workload->roles[row];

	b->row = row;
	b->gate = &r->gate;
	b->may_pause = s->job->toggle.file;
	b->spin = s->injects && row == leading_row(r, row) ? s->step_spin : 0;
	atomic_init(&b->rests, true);
	b->agent = getpid();
	if (role->pace)
		b->pace = role->pace(s->run.params);
	b->thread = (struct fl_thread){
		.run = &s->run,
		.role = role,
		.index = index,
		.arm = s->thread.arm,
		.rng = rng_seed(s->job->seed, RNG_ROLE + r->nr),
	};
}

/* In a window the values come from the steps, and are folded after it. */
static int give_room(struct session *s, struct role_body *b)
{
	if (s->run.workload->mode != FL_MODE_WINDOW)
		return 0;

	for (unsigned m = 1; m < s->nr_metrics; m++) {
		struct role_values *v = prefault_alloc(sizeof(*v));

		if (!v)
			return fl_fail(&s->run, -ENOMEM, "role %s",
				       b->thread.role->name);
		v->observe.rng = rng_seed(rng_next(&s->rng), RNG_RESERVOIR);
		b->thread.observed[m] = (struct fl_observations){
			.ns = v->ns,
			.capacity = sizeof(v->ns) / sizeof(v->ns[0]),
			.full = roles_take_values,
			.into = v,
		};
	}
	return 0;
}

static int give_counts(struct session *s, struct role_body *b)
{
	bool tracepoints = s->job->counters == FL_JOB_COUNTERS_ALL;

	if (!s->count_roles)
		return 0;

	b->counts = role_counts_new(tracepoints);
	return b->counts ? 0
			 : fl_fail(&s->run, -ENOMEM, "role %s: counters",
				   b->thread.role->name);
}

static int init_bodies(struct roles *r)
{
	struct session *s = r->session;
	const struct fl_role *table = s->run.workload->roles;
	struct role_places places = role_table_places(s);

	for (unsigned row = 0; table[row].name; row++) {
		unsigned nr = role_table_count(s, &table[row]);

		for (unsigned i = 0; i < nr; i++) {
			struct role_body *b = &r->body[r->nr];
			int err;

			init_body(r, b, row, i);
			err = role_table_place(s, &places, &table[row], i,
					       &b->cpu);
			if (!err)
				err = give_room(s, b);
			if (!err)
				err = give_counts(s, b);
			if (err)
				return err;
			r->nr++;
		}
	}
	return 0;
}

static void *thread_main(void *arg)
{
	struct guard_thread guard;

	guard_thread_begin(&guard);
	role_body_run(arg);
	guard_thread_end(&guard);
	return NULL;
}

static void process_main(struct role_body *b)
{
	if (guard_parent(b->agent))
		_exit(1);

	close(FL_RECORD_FD);
	role_body_run(b);
	_exit(0);
}

/* Only the parent writes down who it is: what both see is one memory. */
static int start_process(struct role_body *b)
{
	pid_t pid = fork();

	if (!pid)
		process_main(b);
	if (pid < 0)
		return -errno;

	b->pid = pid;
	return 0;
}

static int start_body(struct role_body *b)
{
	struct fl_run *run = b->thread.run;
	int err;

	if (b->thread.role->kind == FL_ROLE_THREAD)
		err = -pthread_create(&b->tid, NULL, thread_main, b);
	else
		err = start_process(b);
	if (err)
		return fl_fail(run, err, "role %s: starting",
			       b->thread.role->name);
	b->started = true;
	return 0;
}

static int start_kind(struct roles *r, enum fl_role_kind kind)
{
	int err = 0;

	for (unsigned i = 0; i < r->nr && !err; i++)
		if (r->body[i].thread.role->kind == kind)
			err = start_body(&r->body[i]);
	return err;
}

/* A process that died before it could say why. */
static void look_after(struct role_body *b)
{
	int status;

	if (b->pid <= 0 || b->gone ||
	    waitpid(b->pid, &status, WNOHANG) != b->pid)
		return;

	b->gone = true;
	if (atomic_load(&b->phase) == ROLE_LEFT)
		return;
	b->err = fl_fail(b->thread.run, -ECHILD,
			 "role %s died (wait status %d)", b->thread.role->name,
			 status);
}

static bool has_reached(struct role_body *b, unsigned phase)
{
	look_after(b);
	return !b->started || b->gone || atomic_load(&b->phase) >= phase;
}

static int wait_for(struct roles *r, unsigned phase, uint64_t until)
{
	for (unsigned i = 0; i < r->nr;) {
		struct role_body *b = &r->body[i];

		if (has_reached(b, phase)) {
			i++;
			continue;
		}
		if (fl_clock_ns() > until)
			return -ETIMEDOUT;
		if (phase == ROLE_LEFT && b->thread.role->wake)
			b->thread.role->wake(&b->thread);
		clock_sleep_until(fl_clock_ns() + POLL_NS);
	}
	return 0;
}

int roles_failed(const struct roles *r)
{
	for (unsigned i = 0; r && i < r->nr; i++)
		if (atomic_load(&r->body[i].phase) == ROLE_LEFT &&
		    r->body[i].err < 0)
			return r->body[i].err;

	return 0;
}

static int first_error(const struct roles *r)
{
	for (unsigned i = 0; i < r->nr; i++)
		if (r->body[i].err < 0)
			return r->body[i].err;

	return 0;
}

static int wait_ready(struct roles *r)
{
	struct fl_run *run = &r->session->run;
	int err = wait_for(r, ROLE_READY, run->deadline_ns);

	if (err)
		return fl_fail(run, err, "a role did not enter");

	return first_error(r);
}

int roles_start(struct session *s, struct roles **ret_roles)
{
	unsigned nr = role_table_total(s);
	size_t bytes = sizeof(struct roles) + nr * sizeof(struct role_body);
	struct roles *r;
	int err;

	*ret_roles = NULL;
	if (!nr)
		return 0;
	r = prefault_alloc(bytes);
	if (!r)
		return fl_fail(&s->run, -ENOMEM, "%u roles", nr);

	r->session = s;
	r->bytes = bytes;
	*ret_roles = r;
	err = init_bodies(r);
	if (!err)
		err = start_kind(r, FL_ROLE_PROCESS);
	if (!err)
		err = start_kind(r, FL_ROLE_THREAD);
	return err ? err : wait_ready(r);
}

void roles_go(struct roles *r)
{
	if (!r)
		return;

	atomic_store(&r->gate, ROLE_GATE_OPEN);
	syscall(SYS_futex, &r->gate, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

static bool comes_to_rest(struct role_body *b, uint64_t until)
{
	const struct fl_role *role = b->thread.role;
	uint64_t now = fl_clock_ns(), spin_until = now + SPIN_NS;

	while (!atomic_load(&b->rests) && !has_reached(b, ROLE_LEFT)) {
		now = fl_clock_ns();
		if (now > until)
			return false;
		if (now < spin_until)
			continue;
		if (role->wake)
			role->wake(&b->thread);
		clock_sleep_until(now + POLL_NS);
	}
	return true;
}

static int hold(struct roles *r, enum role_gate gate, uint64_t until)
{
	struct fl_run *run = &r->session->run;

	atomic_store(&r->gate, gate);
	for (unsigned i = 0; i < r->nr; i++)
		if (role_body_is_held(&r->body[i], gate) &&
		    !comes_to_rest(&r->body[i], until))
			return fl_fail(run, -ETIMEDOUT,
				       "role %s does not come to rest",
				       r->body[i].thread.role->name);
	return 0;
}

int roles_pause(struct roles *r)
{
	uint64_t until = fl_clock_ns() + STOP_NS;
	int err;

	if (!r)
		return 0;

	err = hold(r, ROLE_GATE_HOLDS_WORKERS, until);
	return err ? err : hold(r, ROLE_GATE_HOLDS_ALL, until);
}

static void reap(struct roles *r)
{
	for (unsigned i = 0; i < r->nr; i++) {
		struct role_body *b = &r->body[i];

		if (!b->started || b->gone)
			continue;
		if (b->pid)
			waitpid(b->pid, NULL, 0);
		else
			pthread_join(b->tid, NULL);
		b->gone = true;
	}
}

/* What hangs is killed if it is a process; a thread cannot be. */
static void give_up(struct roles *r)
{
	for (unsigned i = 0; i < r->nr; i++) {
		struct role_body *b = &r->body[i];

		if (has_reached(b, ROLE_LEFT))
			continue;
		if (b->pid > 0)
			kill(b->pid, SIGKILL);
		else
			r->session->stuck = true;
	}
}

int roles_stop(struct roles *r)
{
	struct fl_run *run;
	int err;

	if (!r)
		return 0;

	run = &r->session->run;
	atomic_store(&run->stop, true);
	roles_go(r);
	err = wait_for(r, ROLE_LEFT, fl_clock_ns() + STOP_NS);
	if (err) {
		fl_fail(run, err, "a role did not stop");
		give_up(r);
	}
	if (!r->session->stuck)
		reap(r);
	return err ? err : first_error(r);
}

void roles_free(struct roles *r)
{
	if (!r)
		return;

	for (unsigned i = 0; i < r->nr; i++) {
		for (unsigned m = 1; m < FL_MAX_METRICS; m++) {
			void *values = r->body[i].thread.observed[m].into;

			prefault_free(values, sizeof(struct role_values));
		}
		role_counts_free(r->body[i].counts);
	}
	prefault_free(r, r->bytes);
}

void roles_set_arm(struct roles *r, unsigned arm)
{
	for (unsigned i = 0; r && i < r->nr; i++)
		__atomic_store_n(&r->body[i].thread.arm, arm, __ATOMIC_RELAXED);
}

void roles_watch(struct roles *r)
{
	for (unsigned i = 0; r && i < r->nr; i++)
		r->body[i].seen = atomic_load_explicit(&r->body[i].steps,
						       memory_order_relaxed);
}

void roles_look(struct roles *r)
{
	if (!r)
		return;

	r->moved = true;
	for (unsigned i = 0; i < r->nr; i++) {
		const struct role_body *b = &r->body[i];

		if (b->thread.role->gates &&
		    atomic_load_explicit(&b->steps, memory_order_relaxed) ==
			    b->seen)
			r->moved = false;
	}
}

bool roles_moved(const struct roles *r)
{
	return !r || r->moved;
}
