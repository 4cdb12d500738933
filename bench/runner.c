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

/* Whether to go on; says why not. */
static bool may_go_on(struct runner *r)
{
	if (runner_is_interrupted(r))
		r->why = RUNNER_WHY_INTERRUPTED;
	else if (r->used_ns >= r->config->budget_ns)
		r->why = RUNNER_WHY_BUDGET;
	else
		return true;

	return false;
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

/* Points that were calibrated before an interruption keep that. */
static int prepare(struct runner *r, struct error *e)
{
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		struct runner_point *p = &r->points[i];

		if (p->state != RUNNER_OPEN)
			continue;
		err = runner_check_needs(r, i, e);
		if (err || p->state != RUNNER_OPEN || p->calibrated)
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
		const struct runner_point *p = &r->points[r->order[i]];

		if (p->state != RUNNER_OPEN || !p->calibrated)
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

int runner_measure(struct runner *r, struct error *e)
{
	struct error ignored = { 0 };
	int err = prepare(r, e);

	while (!err && runner_count(r, RUNNER_OPEN) && may_go_on(r))
		err = run_round(r, e);

	if (!err && runner_is_interrupted(r))
		r->why = RUNNER_WHY_INTERRUPTED;
	progress_clear(&r->progress);
	if (!err)
		return write_end(r, e);

	/* The reason is told already; a disk that is full stays full. */
	r->why = RUNNER_WHY_ERROR;
	write_end(r, &ignored);
	return err;
}
