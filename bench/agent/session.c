// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include "prefault.h"
#include "probe.h"
#include "rng.h"

#include "common/condition.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	/* Ops a batch where nothing else bounds them. */
	DEFAULT_MAX_OPS = 1 << 20,
	/* Values of one batch that are kept for each metric. */
	MAX_OBSERVATIONS = 1 << 20,
};

static uint64_t max_ops(const struct job *job)
{
	const struct fl_workload *w = job->workload;

	if (w->mode == FL_MODE_TRIAL)
		return w->max_ops ? w->max_ops(job->params) : 1;
	if (w->mode != FL_MODE_BATCH)
		return 1;
	if (job->kind == FL_JOB_LAUNCH)
		return job->batch_ops;

	return w->max_ops ? w->max_ops(job->params) : DEFAULT_MAX_OPS;
}

static void *state_new(const struct fl_workload *w)
{
	return prefault_alloc(w->state_size ? w->state_size : 1);
}

/* In shared memory too: op() may read it, and nothing forks it away. */
static void *params_copy(const struct job *job)
{
	size_t bytes = job->workload->params_size;
	char *params = prefault_alloc(bytes ? bytes : 1);

	for (size_t i = 0; params && i < bytes; i++)
		params[i] = ((const char *)job->params)[i];
	return params;
}

struct session *session_new(const struct job *job)
{
	struct session *s = prefault_alloc(sizeof(*s));
	uint64_t now = fl_clock_ns();

	if (!s)
		return NULL;

	prefault_init(&s->prefault);
	s->job = job;
	s->units = units_of_machine();
	s->rng = rng_seed(job->seed, RNG_SCHEDULE);
	s->nops = max_ops(job);
	s->run = (struct fl_run){
		.workload = job->workload,
		.params = params_copy(job),
		.state = state_new(job->workload),
		.max_ops = s->nops,
		.deadline_ns = now + job->limit_ns / 5 * 4,
		.page_bytes = s->units.page_bytes,
		.hpage_bytes = s->units.hpage_bytes,
	};
	s->thread = (struct fl_thread){
		.run = &s->run,
		.rng = rng_seed(job->seed, RNG_WORKLOAD),
	};
	if (!s->run.params || !s->run.state)
		return NULL;

	return s;
}

void session_free(struct session *s)
{
	const struct fl_workload *w = s->job->workload;

	samples_finish(&s->samples);
	prefault_free(s->run.params, w->params_size ? w->params_size : 1);
	prefault_free(s->run.state, w->state_size ? w->state_size : 1);
	prefault_free(s, sizeof(*s));
}

int session_schedule(struct session *s)
{
	const struct fl_workload *w = s->job->workload;
	bool copies = w->mode != FL_MODE_TRIAL;
	struct schedule_request request = {
		.workload = w,
		.params = s->run.params,
		.units = &s->units,
		.feature = probe_feature,
		.again = copies,
		.inject = copies && s->job->inject_ppm,
		.toggle = s->job->toggle.file,
	};
	struct error e = { 0 };
	int err = schedule_init(&s->schedule, &request, &e);

	if (err == -ENODATA)
		return fl_skip(&s->run, "%s", e.text);
	if (err)
		return fl_fail(&s->run, err, "%s", e.text);

	s->thread.arm = s->schedule.slots[s->schedule.reference].arm;
	return 0;
}

static unsigned count_metrics(const struct fl_workload *w)
{
	unsigned nr = 0;

	while (w->metrics && w->metrics[nr].name && nr < FL_MAX_METRICS)
		nr++;
	return nr;
}

static int observe_metric(struct session *s, unsigned metric)
{
	struct fl_observations *o = &s->thread.observed[metric];
	const char *when = s->job->workload->metrics[metric].when;

	if (!condition_when(s->job->workload, when, &s->units, s->run.params))
		return 0;

	o->capacity = s->nops < MAX_OBSERVATIONS ? s->nops : MAX_OBSERVATIONS;
	o->ns = prefault_alloc(o->capacity * sizeof(o->ns[0]));
	return o->ns ? 0 : -ENOMEM;
}

int session_observe(struct session *s)
{
	unsigned nr;
	int err = 0;

	s->nr_metrics = count_metrics(s->job->workload);
	if (s->nr_metrics < 2)
		return 0;

	nr = s->schedule.nr_slots * s->nr_metrics;
	s->observed = prefault_alloc(nr * sizeof(s->observed[0]));
	if (!s->observed)
		return -ENOMEM;

	for (unsigned i = 0; i < nr; i++)
		s->observed[i].rng = rng_seed(s->job->seed + i, RNG_RESERVOIR);
	for (unsigned m = 1; m < s->nr_metrics && !err; m++)
		err = observe_metric(s, m);
	return err;
}

struct observe *session_observed(struct session *s, unsigned slot,
				 unsigned metric)
{
	return s->observed ? &s->observed[slot * s->nr_metrics + metric] : NULL;
}

void session_fold(struct session *s, unsigned slot, bool keep)
{
	for (unsigned m = 1; m < s->nr_metrics; m++) {
		struct fl_observations *o = &s->thread.observed[m];
		struct observe *to = session_observed(s, slot, m);

		if (keep) {
			observe_add(to, o->ns, o->nr);
			to->lost += o->lost;
		}
		o->nr = 0;
		o->lost = 0;
	}
}

int session_invalid(struct session *s, const char *fmt, ...)
{
	va_list args;

	s->invalid = true;
	if (s->run.why[0])
		return -ECANCELED;

	va_start(args, fmt);
	vsnprintf(s->run.why, sizeof(s->run.why), fmt, args);
	va_end(args);
	return -ECANCELED;
}
