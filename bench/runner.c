// SPDX-License-Identifier: GPL-2.0-only
/* The rounds of a run, and how it ends. */
#include "runner_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t runner_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

bool runner_is_interrupted(const struct runner *r)
{
	return r->request.interrupted && *r->request.interrupted;
}

size_t runner_count(const struct runner *r, enum runner_state state)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->plan->nr_points; i++)
		nr += r->points[i].state == state;
	return nr;
}

void runner_settle(struct runner *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < r->plan->nr_points; i++) {
		struct runner_point *p = &r->points[i];

		if (p->state == RUNNER_OPEN && c->until_settled &&
		    estimate_is_settled(&p->estimate,
					r->plan->points[i].workload,
					c->launches, c->m))
			p->state = RUNNER_DONE;
	}
}

/* Within the epoch. */
static bool may_go_on(const struct runner *r)
{
	return !runner_is_interrupted(r) && r->used_ns < r->limit_ns;
}

static void show(struct runner *r, size_t index)
{
	char what[PLAN_LABEL_BYTES];
	uint64_t budget_ns = r->config->budget_ns;
	const struct progress_now now = {
		.now_ns = runner_now_ns(),
		.points_done = r->plan->nr_points -
			       runner_count(r, RUNNER_OPEN),
		.points = r->plan->nr_points,
		.launches = r->nr_ok + r->nr_invalid + r->nr_failed,
		.left_ns = budget_ns > r->used_ns ? budget_ns - r->used_ns : 0,
		.what = plan_label(&r->plan->points[index], what),
	};

	progress_show(&r->progress, &now);
}

static bool is_due(const struct runner *r, size_t index, bool calibrated)
{
	const struct runner_point *p = &r->points[index];

	return p->state == RUNNER_OPEN && p->calibrated == calibrated &&
	       r->plan->points[index].epoch == r->epoch;
}

static int check(struct runner *r, struct error *e)
{
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (r->points[i].state == RUNNER_OPEN)
			err = runner_check_needs(r, i, e);
	return err ? err : runner_check_states(r, e);
}

/* Points that were calibrated before an interruption keep that. */
static int calibrate(struct runner *r, struct error *e)
{
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		if (!is_due(r, i, false))
			continue;
		if (!may_go_on(r))
			break;
		show(r, i);
		err = runner_calibrate(r, i, e);
	}
	return err;
}

static int run_round(struct runner *r, struct error *e)
{
	int err = 0;

	plan_round(r->plan, r->round, r->order);
	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		if (!is_due(r, r->order[i], true))
			continue;
		if (!may_go_on(r))
			return 0;
		show(r, r->order[i]);
		err = runner_launch(r, r->order[i], e);
	}
	r->round++;
	runner_settle(r);
	return err;
}

static int write_end(struct runner *r, struct error *e)
{
	int err = runner_write(r, runner_record_end(r), e);

	return err ? err : result_writer_sync(&r->writer, e);
}

static int run_epoch(struct runner *r, struct error *e)
{
	int err = runner_epoch_enter(r, e), left;

	if (!err)
		err = calibrate(r, e);
	while (!err && runner_open_in(r, r->epoch) && may_go_on(r))
		err = run_round(r, e);

	progress_clear(&r->progress);
	left = runner_epoch_leave(r, e);
	return err ? err : left;
}

/* Of what is left, each epoch gets its share by the points that are open. */
static uint64_t limit_of(const struct runner *r, size_t here, size_t later)
{
	uint64_t budget_ns = r->config->budget_ns;
	uint64_t left_ns = budget_ns > r->used_ns ? budget_ns - r->used_ns : 0;
	double share = (double)here / (double)(here + later);

	return later ? r->used_ns + (uint64_t)((double)left_ns * share)
		     : budget_ns;
}

/* The last epoch with open points gets all that is left. */
static int run_epochs(struct runner *r, struct error *e)
{
	size_t later = runner_count(r, RUNNER_OPEN);
	int err = 0;

	for (unsigned i = 0; i < r->plan->nr_epochs && !err; i++) {
		size_t here = runner_open_in(r, i);

		later -= here;
		r->epoch = i;
		r->limit_ns = limit_of(r, here, later);
		if (here && may_go_on(r))
			err = run_epoch(r, e);
	}
	return err;
}

static void tell_why(struct runner *r)
{
	if (runner_is_interrupted(r))
		r->why = RUNNER_WHY_INTERRUPTED;
	else if (runner_count(r, RUNNER_OPEN))
		r->why = RUNNER_WHY_BUDGET;
}

/* What an epoch leaves of its share is for those after it, then for all. */
static int run_all(struct runner *r, struct error *e)
{
	int err = check(r, e);

	while (!err && runner_count(r, RUNNER_OPEN) &&
	       !runner_is_interrupted(r) && r->used_ns < r->config->budget_ns)
		err = run_epochs(r, e);
	return err;
}

int runner_measure(struct runner *r, struct error *e)
{
	struct error ignored = { 0 };
	int err = run_all(r, e);

	if (!err)
		tell_why(r);
	progress_clear(&r->progress);
	if (!err)
		return write_end(r, e);

	/* The reason is told already; a disk that is full stays full. */
	r->why = RUNNER_WHY_ERROR;
	write_end(r, &ignored);
	return err;
}
