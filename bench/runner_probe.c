// SPDX-License-Identifier: GPL-2.0-only
/* A first launch that measures nothing: which features are there. */
#include "runner_steps.h"

#include "job.h"
#include "launch.h"
#include "runner_job.h"

#include "common/feature.h"
#include "common/record.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const uint64_t probe_limit_ns = UINT64_C(60000000000);

static int receive(void *ctx, json_t *record, struct error *e)
{
	struct runner *r = ctx;
	const char *name, *word;
	enum fl_feature feature;
	enum fl_feature_state state;
	struct job_feature *f;

	if (strcmp(record_text_or(record, "type", ""), "probe") != 0)
		return 0;

	if (record_text(record, "feature", &name, e) ||
	    record_text(record, "state", &word, e))
		return -EPROTO;
	feature = feature_find(name);
	state = feature_state_find(word);
	if (!feature || !state)
		return error_set(e, -EPROTO,
				 "the agent's probe of %.40s ended as `%.20s`",
				 name, word);

	f = &r->features[feature];
	f->state = state;
	snprintf(f->why, sizeof(f->why), "%s",
		 record_text_or(record, "why", "not there"));
	/* It goes into jobs, a line each. */
	for (char *c = f->why; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	return 0;
}

int runner_probe(struct runner *r, struct error *e)
{
	const struct job job = { .kind = FL_JOB_PROBE,
				 .limit_ns = probe_limit_ns,
				 .elsewhere = r->request.via != NULL };
	struct launch_end end;
	const struct runner_reader reader = { receive, r, &end };
	int err = runner_job(r, &job, &reader, e);

	if (err)
		return err;
	if (end.status != LAUNCH_OK)
		return error_set(
			e, end.status == LAUNCH_INTERRUPTED ? -EINTR : -EPROTO,
			"%s: %s", r->agent, end.why.text);
	return 0;
}
