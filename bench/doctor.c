// SPDX-License-Identifier: GPL-2.0-only
/* Runs the agent's probes and gathers what they say. */
#include "bench/doctor.h"

#include "bench/job.h"
#include "bench/journal.h"
#include "bench/launch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PROBE_LIMIT_S = 100
};

static int take_record(void *ctx, json_t *record, struct error *e)
{
	struct doctor_side *side = ctx;
	const char *type = json_string_value(json_object_get(record, "type"));
	json_t *events = json_object_get(record, "events");

	if (json_array_size(side->features) >= DOCTOR_MAX_RECORDS)
		return error_set(e, -E2BIG, "the agent sent too many records");

	if (type && !strcmp(type, "probe"))
		return json_array_append(side->features, record) ? -ENOMEM : 0;

	if (type && !strcmp(type, "counters") && json_is_array(events))
		return json_array_extend(side->events, events) ? -ENOMEM : 0;

	return 0;
}

/*
 * The folder, or the agent itself, that keeps others out; false if none does.
 * Only the mode's bits are looked at.
 */
static bool keeps_others_out(const char *path, char *ret_culprit)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return false;

	for (size_t i = 1; i <= len; i++) {
		struct stat st;

		if (path[i] != '/' && path[i])
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (!stat(part, &st) && !(st.st_mode & S_IXOTH)) {
			memcpy(ret_culprit, part, i + 1);
			return true;
		}
	}
	return false;
}

static void note_result(struct doctor_side *side, int err,
			const struct launch_end *end, const struct error *e)
{
	if (err)
		snprintf(side->note, sizeof(side->note), "%.250s",
			 e->text[0] ? e->text : strerror(-err));
	else if (end->status != LAUNCH_OK)
		snprintf(side->note, sizeof(side->note), "%.250s",
			 end->why.text[0] ? end->why.text
					  : "the agent did not finish");
}

/* Each side starts with empty arrays.  Return: 0 or -ENOMEM. */
static int add_side(struct doctor *d, const char *title)
{
	struct doctor_side *side = &d->sides[d->nr_sides++];

	side->title = title;
	side->features = json_array();
	side->events = json_array();
	return side->features && side->events ? 0 : -ENOMEM;
}

static void run_side(struct doctor_side *side, const char *agent,
		     const char *job, bool as_nobody)
{
	const struct launch_request request = {
		.agent = agent,
		.job = job,
		.limit_ns = PROBE_LIMIT_S * UINT64_C(1000000000),
		.as_nobody = as_nobody,
		.on_record = take_record,
		.ctx = side,
	};
	struct launch_end *end = calloc(1, sizeof(*end));
	char path[PATH_MAX], culprit[PATH_MAX];
	struct error e = { 0 };

	if (!end) {
		snprintf(side->note, sizeof(side->note), "out of memory");
	} else if (as_nobody && realpath(agent, path) &&
		   keeps_others_out(path, culprit)) {
		snprintf(side->note, sizeof(side->note),
			 "not tried: other users cannot reach the agent, "
			 "because of the mode of %.100s; chmod o+x it, or "
			 "install faultline",
			 culprit);
	} else {
		int err = launch_agent(&request, end, &e);

		note_result(side, err, end, &e);
	}
	free(end);
}

static int examine_sides(struct doctor *d, const char *agent, struct error *e)
{
	const struct job job = {
		.kind = FL_JOB_PROBE,
		.limit_ns = PROBE_LIMIT_S * UINT64_C(1000000000),
	};
	bool root = !geteuid();
	char *text;
	int err;

	err = job_print(&job, &text, e);
	if (err)
		return err;

	err = add_side(d, root ? "root" : "this user");
	if (!err)
		run_side(&d->sides[0], agent, text, false);
	if (!err && root) {
		err = add_side(d, "user");
		if (!err)
			run_side(&d->sides[1], agent, text, true);
	}
	free(text);
	return err;
}

/* What a run that died has left is as good as any other odd setting. */
static void add_leftover(struct doctor *d)
{
	struct environment_warning *w = &d->warnings[d->nr_warnings];
	struct journal_leftover leftover = { 0 };
	struct error e = { 0 };
	struct journal *j;
	int err;

	if (d->nr_warnings == DOCTOR_MAX_WARNINGS || journal_open("", &j, &e))
		return;

	err = journal_look_for_leftover(j, &leftover, &e);
	journal_free(j);
	/* Who may not look at it cannot put anything back either. */
	if (err == -EACCES || (!err && !leftover.nr_knobs))
		return;
	if (!err)
		error_set(&e, 0,
			  "process %d, which is gone, left %u of them changed: "
			  "`faultline restore` puts them back",
			  leftover.pid, leftover.nr_knobs);
	snprintf(w->what, sizeof(w->what), "kernel knobs");
	snprintf(w->why, sizeof(w->why), "%.*s", (int)sizeof(w->why) - 1,
		 e.text);
	d->nr_warnings++;
}

int doctor_examine(const char *agent, struct doctor *ret_doctor,
		   struct error *e)
{
	struct doctor d = { .boot = environment_boot("") };
	int err;

	if (!d.boot)
		return error_set(e, -ENOMEM, "out of memory");

	d.nr_warnings = environment_warnings("", d.warnings,
					     DOCTOR_MAX_WARNINGS);
	add_leftover(&d);
	err = examine_sides(&d, agent, e);
	if (err) {
		doctor_finish(&d);
		return err;
	}
	*ret_doctor = d;
	return 0;
}

void doctor_finish(struct doctor *d)
{
	for (unsigned i = 0; i < d->nr_sides; i++) {
		json_decref(d->sides[i].features);
		json_decref(d->sides[i].events);
	}
	json_decref(d->boot);
	*d = (struct doctor){ 0 };
}
