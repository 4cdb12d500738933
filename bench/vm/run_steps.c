// SPDX-License-Identifier: GPL-2.0-only
#include "run_internal.h"

#include "batches.h"
#include "state_text.h"

#include "bench/runner_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FUNC_OPS = 16 /* of a batch whose time means nothing */
};

static bool needs_calibration(const struct vm_run *run, size_t i)
{
	const struct runner *r = run->runner;

	return r->points[i].state == RUNNER_OPEN && !r->points[i].calibrated;
}

int vm_run_survey(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	struct error ignored = { 0 };
	int err = runner_probe(r, run->collecting ? &ignored : e);

	if (run->collecting && err == -EINTR)
		err = 0;
	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (!run->collecting && needs_calibration(run, i))
			err = runner_check_needs(r, i, e);
	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (needs_calibration(run, i))
			err = runner_calibrate(r, i, e);
	return err;
}

static const char *not_here(const struct vm_run *run,
			    const struct plan_point *p)
{
	if (vm_run_counts(run) && p->workload->mode == FL_MODE_WINDOW)
		return "a window counts what is done in a time, and "
		       "instructions have none: use --mode func";
	return NULL;
}

int vm_run_close_points(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		const struct plan_point *p = &r->plan->points[i];
		const char *why = p->skip ? p->skip : not_here(run, p);

		if (why)
			err = runner_skip(r, i, why, e);
	}
	return err;
}

/* A number of ops that is given, or that matters little. */
static uint64_t given_ops(const struct vm_run *run, size_t i)
{
	const struct plan_point *p = &run->runner->plan->points[i];
	uint64_t most = FUNC_OPS, ops = 0;

	if (p->workload->mode != FL_MODE_BATCH)
		return 1;
	if (run->like)
		ops = vm_batches_find(run->like, p->id);
	if (!ops && run->guest.machine.mode == VM_MODE_FUNC) {
		if (p->workload->max_ops)
			most = p->workload->max_ops(p->params);
		ops = most < FUNC_OPS ? most : FUNC_OPS;
	}
	return ops;
}

void vm_run_give_ops(struct vm_run *run)
{
	struct runner *r = run->runner;

	for (size_t i = 0; i < r->plan->nr_points; i++) {
		uint64_t ops = given_ops(run, i);

		if (r->points[i].state != RUNNER_OPEN || !ops)
			continue;
		r->points[i].batch_ops = ops;
		r->points[i].calibrated = true;
	}
}

int vm_run_open_given(struct vm_run *run, const bool *given, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		if (!given[i])
			continue;
		err = runner_check_needs(r, i, e);
		if (!err && r->points[i].state == RUNNER_OPEN)
			err = runner_write(r, runner_record_point(r, i, NULL),
					   e);
	}
	return err;
}

/* What a point wants of the system, and this kernel does not have. */
static int check_state(struct vm_run *run, size_t i, struct error *e)
{
	struct runner *r = run->runner;
	char why[SYSTEM_WHY_BYTES];

	if (vm_state_obstacle(r, &r->plan->points[i], run->guest.hello, why))
		return runner_skip(r, i, why, e);
	return 0;
}

int vm_run_check_states(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (r->points[i].state == RUNNER_OPEN)
			err = check_state(run, i, e);
	return err;
}

static uint64_t launches_of(const struct vm_run *run)
{
	if (run->request.launches)
		return run->request.launches;
	return vm_run_counts(run) ? 1 : run->runner->config->launches;
}

/* What only looks at what a kernel does comes behind what is counted. */
static bool is_observed(const struct vm_run *run, const struct plan_point *p)
{
	const struct config *c = run->runner->config;
	size_t sweep = (size_t)(p->sweep - c->sweeps);

	return run->request.observed_from &&
	       sweep >= run->request.observed_from;
}

static bool is_launched(const struct vm_run *run, size_t i, bool observed)
{
	const struct runner *r = run->runner;
	const struct plan_point *p = &r->plan->points[i];

	return r->points[i].state == RUNNER_OPEN && r->points[i].calibrated &&
	       is_observed(run, p) == observed &&
	       (!run->guessing || vm_batches_find(run->like, p->id));
}

/*
 * Tracepoints are patched into a kernel and out of it again, all of which the
 * emulator then has to translate anew: dearer than most of what is observed.
 */
static int launch_round(struct vm_run *run, bool observed, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	run->via.uncounted = observed;
	plan_round(r->plan, r->round, r->order);
	for (size_t j = 0; j < r->plan->nr_points && !err; j++)
		if (is_launched(run, r->order[j], observed))
			err = runner_launch(r, r->order[j], e);
	return err;
}

/*
 * The guest answers from what it has found out anyway.  Behind the launches,
 * always: so the first boot of a kernel can be its survey too, and has the
 * same archive as those of others.
 */
static void ask_for_features(struct vm_run *run)
{
	struct error ignored = { 0 };
	size_t nr = run->jobs.nr;

	if (!run->collecting || !vm_run_counts(run))
		return;
	runner_probe(run->runner, &ignored);
	if (run->jobs.nr > nr)
		run->jobs.of[nr].optional = true;
}

int vm_run_launches(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	uint64_t rounds = launches_of(run);
	int err = 0;

	for (uint64_t i = 0; i < rounds && !err; i++) {
		err = launch_round(run, false, e);
		if (run->collecting)
			run->nr_counted = run->jobs.nr;
		if (!err)
			err = launch_round(run, true, e);
		r->round++;
	}
	if (!err && rounds)
		ask_for_features(run);
	return err;
}
