// SPDX-License-Identifier: GPL-2.0-only
/* The kernel knobs that a run changes: journalled, and put back at its end. */
#include "runner_steps.h"

#include <errno.h>
#include <stdlib.h>

static void warn(const struct runner *r, const char *text)
{
	if (r->request.warnings)
		fprintf(r->request.warnings, "faultline: warning: %s\n", text);
}

static void warn_of_leftover(const struct runner *r)
{
	struct journal_leftover leftover = { 0 };
	struct error e = { 0 };
	int err = journal_look_for_leftover(r->journal, &leftover, &e);

	/* Who may not look at it cannot put anything back either. */
	if (err == -EACCES)
		return;
	if (!err && leftover.nr_knobs)
		error_set(&e, 0,
			  "process %d, which is gone, left %u kernel %s "
			  "changed; they are in force now: `faultline restore` "
			  "puts them back",
			  leftover.pid, leftover.nr_knobs,
			  leftover.nr_knobs > 1 ? "knobs" : "knob");
	if (e.text[0])
		warn(r, e.text);
}

void runner_hold(const struct runner *r, bool on)
{
	if (r->request.holding)
		*r->request.holding = on;
}

int runner_knobs_open(struct runner *r, struct error *e)
{
	int err = journal_open("", &r->journal, e);

	if (!err)
		warn_of_leftover(r);
	return err;
}

/* What went well is said only where somebody watches the run. */
static void say(const struct runner *r, const char *lines, bool all_well)
{
	FILE *out = all_well ? r->request.progress : r->request.warnings;

	if (out)
		fputs(lines, out);
}

void runner_knobs_restore(struct runner *r)
{
	struct journal_outcome outcome = { 0 };
	struct error e = { 0 };
	char *lines = NULL;
	size_t bytes = 0;
	FILE *out;
	int err;

	if (!r->journal || !journal_is_held(r->journal))
		return;

	out = open_memstream(&lines, &bytes);
	err = journal_restore(r->journal, JOURNAL_WRITE, out, &outcome, &e);
	if (out && !fclose(out))
		say(r, lines, !err && !outcome.left);
	free(lines);
	if (err)
		warn(r, e.text);
	runner_hold(r, false);
}
