// SPDX-License-Identifier: GPL-2.0-only
#include "launch.h"

#include "actors.h"
#include "blocks.h"
#include "calibrate.h"
#include "counting.h"
#include "emit.h"
#include "guard.h"
#include "probe.h"
#include "role_body.h"
#include "roles.h"
#include "session.h"
#include "stages.h"
#include "trial.h"
#include "window.h"

#include "common/condition.h"

#include <stdlib.h>

static enum fl_feature_state has_feature(enum fl_feature feature)
{
	return probe_feature(feature, NULL);
}

static const struct fl_harness harness = {
	.actor_call = actors_call,
	.feature = has_feature,
	.untimed = role_body_untimed,
	.stages = stages_print,
};

static int check_need(struct session *s, enum fl_feature feature)
{
	const char *why = "not there";
	enum fl_feature_state state = probe_feature(feature, &why);

	if (state == FL_FEATURE_YES)
		return 0;
	if (state == FL_FEATURE_NO || state == FL_FEATURE_DENIED)
		return fl_skip(&s->run, "%s", why);

	return fl_fail(&s->run, -EIO, "a probe: %s", why);
}

static int check_needs(struct session *s)
{
	const struct fl_workload *w = s->run.workload;
	int err = 0;

	for (const struct fl_need *n = w->needs; n && n->feature && !err; n++)
		if (condition_when(w, n->when, &s->units, s->run.params))
			err = check_need(s, n->feature);
	return err;
}

static int run_batches(struct session *s, struct calibration *ret_calibration)
{
	int err;

	if (s->job->kind == FL_JOB_CALIBRATE)
		return calibrate_run(s, ret_calibration);

	err = blocks_warm_up(s);
	if (!err)
		err = blocks_run(s);
	if (!err && s->job->counters)
		err = counting_run(s);
	return err;
}

/* Windows start their roles themselves, once for each. */
static int run_with_roles(struct session *s,
			  struct calibration *ret_calibration)
{
	int err = roles_start(s, &s->roles), stop_err;

	if (!err) {
		fl_stage(&s->thread, "in its batches");
		roles_go(s->roles);
		err = s->run.workload->mode == FL_MODE_TRIAL
			      ? trial_run(s)
			      : run_batches(s, ret_calibration);
	}
	stop_err = roles_stop(s->roles);
	return err ? err : stop_err;
}

static int measure(struct session *s, struct calibration *ret_calibration)
{
	const struct fl_workload *w = s->run.workload;
	int err = toggle_start(s);

	fl_stage(&s->thread, "in setup");
	if (!err && w->setup)
		err = w->setup(&s->run);
	fl_stage(&s->thread, "starting the others");
	if (!err)
		err = actors_start(s, &s->actors);
	if (!err)
		err = w->mode == FL_MODE_WINDOW
			      ? window_run(s)
			      : run_with_roles(s, ret_calibration);
	return err;
}

/* A thread that did not stop may still use what teardown() would free. */
static void take_down(struct session *s)
{
	const struct fl_workload *w = s->run.workload;

	fl_stage(&s->thread, "in teardown");
	actors_stop(s->actors);
	if (w->teardown && !s->stuck)
		w->teardown(&s->run);
}

static int run_session(struct session *s, struct calibration *ret_calibration)
{
	int err = check_needs(s), toggle_err;

	if (!err)
		err = session_schedule(s);
	if (!err && session_observe(s))
		err = fl_fail(&s->run, -ENOMEM, "observations");
	if (err)
		return err;

	err = measure(s, ret_calibration);
	toggle_err = toggle_leave(s);
	take_down(s);
	return err ? err : toggle_err;
}

void launch_preset(const struct job *job)
{
	for (unsigned i = 0; i < FL_FEATURE_NR; i++)
		if (job->features[i].state)
			probe_preset((enum fl_feature)i, job->features[i].state,
				     job->features[i].why);
}

int launch_run(const struct job *job, struct records *out)
{
	struct calibration calibration = { 0 };
	struct session *s;
	int err = guard_pin(job->cpus[0]);

	s = session_new(job);
	if (!s)
		return -ENOMEM;

	s->run.harness = &harness;
	stages_of(s);
	if (err)
		fl_fail(&s->run, err, "CPU %u", job->cpus[0]);
	else
		err = run_session(s, &calibration);

	emit_session(s, calibration.batch_ops ? &calibration : NULL, err, out);
	stages_of(NULL);
	if (s->stuck)
		return 0;

	roles_free(s->roles);
	counting_free(s->counting);
	free(s->windows);
	trial_free(s);
	session_free(s);
	return 0;
}
