// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

#include "common/feature.h"
#include "common/hash.h"
#include "common/param.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const kind_names[] = {
	[FL_JOB_LAUNCH] = "launch",
	[FL_JOB_CALIBRATE] = "calibrate",
	[FL_JOB_PROBE] = "probe",
};

static void print_point(const struct plan_point *point, FILE *out)
{
	const struct fl_param *p = point->workload->params;

	fprintf(out, "workload=%s\n", point->workload->name);
	for (; p && p->name; p++)
		fprintf(out, "param.%s=%" PRIu64 "\n", p->name,
			param_get(p, point->params));

	if (!point->nr_cpus)
		return;
	fprintf(out, "cpus=");
	for (unsigned i = 0; i < point->nr_cpus; i++)
		fprintf(out, "%s%u", i ? "," : "", point->cpus[i]);
	fprintf(out, "\n");
}

static void print_features(const struct job_feature *features, FILE *out)
{
	for (unsigned i = FL_FEATURE_NONE + 1; i < FL_FEATURE_NR; i++) {
		const struct job_feature *f = &features[i];

		if (f->state)
			fprintf(out, "feature.%s=%s:%s\n",
				feature_name((enum fl_feature)i),
				feature_state_name(f->state), f->why);
	}
}

static void print_measuring(const struct job *job, FILE *out)
{
	print_point(job->point, out);
	fprintf(out, "seed=%" PRIu64 "\n", job->seed);
	fprintf(out, "batch_ops=%" PRIu64 "\n", job->batch_ops);
	fprintf(out, "batch_ns=%" PRIu64 "\n", job->batch_ns);
	fprintf(out, "launch_ns=%" PRIu64 "\n", job->launch_ns);
	fprintf(out, "trials=%" PRIu64 "\n", job->trials);
	fprintf(out, "blocks=%" PRIu64 "\n", job->blocks);
	fprintf(out, "unit=%d\n", (int)job->unit);
	fprintf(out, "warmup_ns=%" PRIu64 "\n", job->warmup_ns);
	fprintf(out, "inject_ppm=%" PRIu64 "\n", job->inject_ppm);
	fprintf(out, "counters=%d\n", (int)job->counters);
}

static void print_toggle(const struct job *job, FILE *out)
{
	const struct toggle_spec *t = job->toggle;

	fprintf(out, "toggle=%s\ntoggle_v0=%s\ntoggle_v1=%s\n", t->file,
		t->values[0], t->values[1]);
	fprintf(out, "toggle_settle_ns=%" PRIu64 "\n", job->toggle_settle_ns);
}

int job_print(const struct job *job, char **ret_text, struct error *e)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return error_set(e, -ENOMEM, "out of memory");

	fprintf(out, "protocol=%d\nkind=%s\n", FL_PROTOCOL_VERSION,
		kind_names[job->kind]);
	if (job->point)
		print_measuring(job, out);
	if (job->toggle)
		print_toggle(job, out);
	if (job->features)
		print_features(job->features, out);
	fprintf(out, "limit_ns=%" PRIu64 "\nparent=%d\nend\n", job->limit_ns,
		job->elsewhere ? 0 : (int)getpid());

	if (fclose(out)) {
		free(text);
		return error_set(e, -ENOMEM, "out of memory");
	}
	if (bytes > FL_JOB_MAX_BYTES) {
		free(text);
		return error_set(e, -E2BIG, "a job of %zu bytes is too large",
				 bytes);
	}
	*ret_text = text;
	return 0;
}

/* The finaliser of splitmix64: neighbouring numbers give unlike seeds. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t job_seed(uint64_t config_seed, const char *point_id, uint64_t launch)
{
	uint64_t id = hash_add(HASH_INIT, point_id, strlen(point_id));

	return mix(mix(config_seed ^ id) + launch);
}
