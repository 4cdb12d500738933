// SPDX-License-Identifier: GPL-2.0-only
#include "window.h"

#include "clock.h"
#include "role_table.h"
#include "roles.h"
#include "window_counts.h"

#include <faultline/protocol.h>

#include <stdlib.h>

enum {
	LEAST_NS = 20000000, /* of a window */
	MOST_REPETITIONS = 5,
	PERIODS = 50,	     /* of the slowest paced role, at least */
	STOP_NS = 100000000, /* that ending a window may take */
	MOST_TURNS = 10,     /* of a window in which events are counted */
};

struct window {
	unsigned slot, row;
	struct roles_sum sum;
};

struct windows {
	uint64_t window_ns;
	unsigned repetitions;
	uint64_t cpu_ns, steps; /* of the reference's leading role */
	unsigned nr, capacity;
	struct window of[];
};

/* Several short windows an arm, so that a drift hits all arms alike. */
static void divide(const struct session *s, struct windows *ws)
{
	uint64_t least = role_table_longest_period_ns(s) * PERIODS;
	uint64_t share = s->job->launch_ns / s->schedule.nr_slots;
	uint64_t repetitions;

	if (least < LEAST_NS)
		least = LEAST_NS;
	repetitions = share / least;
	if (repetitions > MOST_REPETITIONS)
		repetitions = MOST_REPETITIONS;
	if (repetitions < 1)
		repetitions = 1;
	ws->repetitions = (unsigned)repetitions;
	ws->window_ns = share / repetitions > least ? share / repetitions
						    : least;
}

static int prepare(struct session *s, unsigned slot)
{
	const struct fl_workload *w = s->run.workload;

	s->thread.arm = s->schedule.slots[slot].arm;
	s->injects = s->schedule.slots[slot].kind == SLOT_INJECT;
	return w->prepare ? w->prepare(&s->thread, 0) : 0;
}

static int check(struct session *s)
{
	const struct fl_workload *w = s->run.workload;

	return w->check ? w->check(&s->thread, 0) : 0;
}

static bool all_stepped(const struct session *s)
{
	unsigned rows = role_table_rows(s);
	struct roles_sum sum;

	for (unsigned row = 0; row < rows; row++)
		if (roles_sum(s->roles, row, &sum) && !sum.steps)
			return false;

	return true;
}

/* Where nothing is timed, a role that got no CPU yet has more time. */
static void let_run(const struct session *s, uint64_t window_ns)
{
	unsigned more = s->count_roles ? MOST_TURNS : 0;

	do
		clock_sleep_until(fl_clock_ns() + window_ns);
	while (more-- && !all_stepped(s));
}

/* The machine's counts are read only where they are wanted. */
static int run_roles(struct session *s, uint64_t window_ns,
		     struct system_counts *total)
{
	struct system_counts before, after;
	int err, stop_err;

	atomic_store(&s->run.stop, false);
	err = roles_start(s, &s->roles);
	if (s->count_roles)
		system_counts_read(&before);
	if (!err) {
		roles_go(s->roles);
		let_run(s, window_ns);
	}
	stop_err = roles_stop(s->roles);
	if (s->count_roles) {
		system_counts_read(&after);
		system_counts_add(total, &before, &after);
	}
	return err ? err : stop_err;
}

/* CPU time: on a CPU that others want too, a spin waits as a step does. */
static void size_spin(struct session *s, unsigned slot,
		      const struct system_counts *total)
{
	struct windows *ws = s->windows;
	struct roles_sum sum;

	(void)total;
	if (!s->job->inject_ppm || slot != s->schedule.reference ||
	    !roles_sum_leading(s->roles, &sum) || !sum.steps)
		return;

	ws->cpu_ns += sum.cpu_ns;
	ws->steps += sum.steps;
	s->step_spin = (double)ws->cpu_ns / (double)ws->steps *
		       (double)s->job->inject_ppm / 1e6 * s->speed.per_ns;
}

static void keep(struct session *s, unsigned slot,
		 const struct system_counts *total)
{
	struct windows *ws = s->windows;
	unsigned rows = role_table_rows(s);

	for (unsigned row = 0; row < rows; row++) {
		struct window w = { .slot = slot, .row = row };

		if (roles_sum(s->roles, row, &w.sum) && ws->nr < ws->capacity)
			ws->of[ws->nr++] = w;
	}
	for (unsigned m = 1; m < s->nr_metrics; m++)
		roles_observed(s->roles, m, session_observed(s, slot, m));
	size_spin(s, slot, total);
}

int window_once(struct session *s, unsigned slot, uint64_t window_ns,
		window_take *take)
{
	struct system_counts total = { 0 };
	struct roles *roles;
	int err;

	if (fl_clock_ns() + window_ns + STOP_NS > s->run.deadline_ns)
		return fl_fail(&s->run, -ETIME, "windows within the limit");

	err = toggle_give_settled(s, slot);
	if (!err)
		err = prepare(s, slot);
	if (!err)
		err = run_roles(s, window_ns, &total);
	if (!err)
		err = check(s);
	if (!err && take)
		take(s, slot, &total);
	/* The handler of the time limit may look at them at any time. */
	roles = s->roles;
	s->roles = NULL;
	atomic_signal_fence(memory_order_seq_cst);
	if (!s->stuck)
		roles_free(roles);
	return err;
}

static int run_repetition(struct session *s)
{
	uint8_t order[FL_MAX_SLOTS];
	uint64_t window_ns = s->windows->window_ns;
	int err = 0;

	schedule_permute(&s->schedule, &s->rng, order);
	for (unsigned i = 0; i < s->schedule.nr_slots && !err; i++)
		err = window_once(s, order[i], window_ns, keep);
	return err;
}

/* What was measured cold would make the delay too long: one window more. */
static int warm_up(struct session *s)
{
	unsigned reference = s->schedule.reference;
	int err = 0;

	if (s->job->warmup_ns)
		err = window_once(s, reference, s->job->warmup_ns, NULL);
	if (err || !s->job->inject_ppm)
		return err;

	s->speed = inject_calibrate();
	return window_once(s, reference, LEAST_NS, size_spin);
}

int window_run(struct session *s)
{
	unsigned most = s->schedule.nr_slots * MOST_REPETITIONS *
			role_table_rows(s);
	struct windows *ws = calloc(1, sizeof(*ws) + most * sizeof(ws->of[0]));
	uint64_t t0;
	int err;

	if (!ws)
		return fl_fail(&s->run, -ENOMEM, "windows");

	s->windows = ws;
	ws->capacity = most;
	divide(s, ws);
	err = warm_up(s);

	t0 = fl_clock_ns();
	for (unsigned i = 0; i < ws->repetitions && !err; i++) {
		err = run_repetition(s);
		s->blocks += !err;
	}
	s->wall_ns = fl_clock_ns() - t0;
	if (!err && s->job->counters)
		err = window_counts_run(s);
	return err;
}

static void emit_instances(struct json_writer *w, const struct roles_sum *sum)
{
	json_u64(w, "least_steps", sum->least_steps);
	json_u64(w, "most_steps", sum->most_steps);
	json_u64(w, "untimed_ns", sum->untimed_ns);
	json_array_open(w, "switches");
	json_u64(w, NULL, sum->switches.voluntary);
	json_u64(w, NULL, sum->switches.involuntary);
	json_array_close(w);
}

void window_emit(const struct session *s, struct records *out)
{
	const struct fl_workload *wl = s->run.workload;

	for (unsigned i = 0; s->windows && i < s->windows->nr; i++) {
		const struct window *win = &s->windows->of[i];
		const struct fl_role *role = &wl->roles[win->row];
		struct json_writer *w = records_open(out, "window");
		struct fl_pace pace = { 0 };

		if (role->pace)
			pace = role->pace(s->run.params);
		json_u64(w, "slot", win->slot);
		json_text(w, "role", role->name);
		json_u64(w, "instances", win->sum.instances);
		json_u64(w, "steps", win->sum.steps);
		json_u64(w, "wall_ns", win->sum.wall_ns);
		json_u64(w, "cpu_ns", win->sum.cpu_ns);
		json_u64(w, "busy_ns", win->sum.busy_ns);
		emit_instances(w, &win->sum);
		if (pace.per_s > 0)
			json_f64(w, "pace_per_s", pace.per_s);
		if (pace.duty > 0)
			json_f64(w, "duty", pace.duty);
		records_close(out);
	}
}
