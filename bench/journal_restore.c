// SPDX-License-Identifier: GPL-2.0-only
/* Putting back what the journal says, newest first. */
#include "bench/journal.h"

#include "bench/journal_internal.h"
#include "bench/knob.h"

#include <errno.h>
#include <string.h>

struct restoring {
	struct journal *j;
	FILE *say;
	bool dry_run;
	struct journal_outcome outcome;
};

/* One printable line, whatever the texts in it are. */
__attribute__((format(printf, 2, 3))) static void say(struct restoring *r,
						      const char *fmt, ...)
{
	char raw[ERROR_TEXT_BYTES];
	struct error line = { 0 };
	va_list args;

	if (!r->say)
		return;

	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	error_set(&line, 0, "%s", raw);
	fprintf(r->say, "%s\n", line.text);
}

/* All lines of this knob that are in force. */
static void drop_knob(struct restoring *r, const char *path)
{
	for (size_t i = 0; i < r->j->lines.nr; i++) {
		struct journal_line *l = &r->j->lines.of[i];

		if (journal_is_about(r->j, l, path))
			l->gone = true;
	}
}

static void keep(struct restoring *r, const struct error *why)
{
	r->outcome.failed++;
	say(r, "not restored: %s", why->text);
}

static int write_old(struct restoring *r, const char *path, const char *old,
		     struct error *e)
{
	char now[KNOB_VALUE_BYTES];
	int err = knob_write(r->j->root, path, old, e);

	if (!err)
		err = knob_read(r->j->root, path, now, e);
	if (!err && !knob_same(now, old))
		err = error_set(e, -EIO,
				"%s: was set back to `%.200s`, but says "
				"`%.200s`",
				path, old, now);
	return err;
}

static void put_back(struct restoring *r, const struct journal_line *l,
		     const char *now)
{
	struct error e = { 0 };

	if (!r->dry_run && write_old(r, l->path, l->old, &e)) {
		keep(r, &e);
		return;
	}
	r->outcome.restored++;
	say(r, "%s %s: `%.200s`, was set to `%.200s`",
	    r->dry_run ? "would restore" : "restored", l->path, l->old, now);
	drop_knob(r, l->path);
}

/* @l is the newest line of its knob: its old value is the one that counts. */
static void restore_knob(struct restoring *r, const struct journal_line *l)
{
	char now[KNOB_VALUE_BYTES];
	struct error e = { 0 };

	if (knob_read(r->j->root, l->path, now, &e)) {
		keep(r, &e);
	} else if (knob_same(now, l->old)) {
		r->outcome.back++;
		say(r, "%s: is back at `%.200s` already", l->path, l->old);
		drop_knob(r, l->path);
	} else if (journal_is_ours(r->j, l->path, now)) {
		put_back(r, l, now);
	} else {
		r->outcome.left++;
		say(r,
		    "left %s: it says `%.200s`, which somebody else has set "
		    "since; before the run it was `%.200s`",
		    l->path, now, l->old);
		drop_knob(r, l->path);
	}
}

/* Whether this line is the first of its knob: the knobs go by those. */
static bool is_first(const struct journal *j, const struct journal_line *l)
{
	for (const struct journal_line *k = j->lines.of; k < l; k++)
		if (journal_is_about(j, k, l->path))
			return false;

	return true;
}

static void restore_line(struct restoring *r, struct journal_line *l)
{
	struct journal *j = r->j;

	if (l->torn) {
		l->gone = true;
		say(r,
		    "%s:%u: the line was cut off: its knob was not changed "
		    "any more",
		    j->path, l->number);
	} else if (!l->record) {
		r->outcome.failed++;
		say(r, "%s:%u: is no entry of a journal: %s", j->path,
		    l->number, l->why);
	} else if (!journal_is_in_force(j, l)) {
		r->outcome.dropped++;
		l->gone = true;
		say(r,
		    "dropped %s: it was changed before the last boot, which "
		    "undid it",
		    l->path);
	} else if (!l->gone && is_first(j, l)) {
		restore_knob(r, journal_newest(j, l->path));
	}
}

static int conclude(const struct restoring *r, struct error *e)
{
	int err = 0;

	if (!r->dry_run)
		err = journal_rewrite(r->j->dir, r->j->folder, &r->j->lines, e);
	if (!err && r->outcome.failed)
		err = error_set(e, -EIO,
				"%s: %u of its lines could not be seen to and "
				"stay there",
				r->j->path, r->outcome.failed);
	return err;
}

/* The lines are read again when they are needed again. */
static void forget_gone(struct journal *j)
{
	struct error ignored = { 0 };

	journal_lines_finish(&j->lines);
	if (journal_load(j->dir, j->folder, &j->lines, &ignored))
		j->lines = (struct journal_lines){ 0 };
}

int journal_restore(struct journal *j, enum journal_how how, FILE *say_to,
		    struct journal_outcome *ret_outcome, struct error *e)
{
	struct restoring r = { .j = j,
			       .say = say_to,
			       .dry_run = how == JOURNAL_DRY_RUN };
	int err = journal_lock(j, false, e);

	if (!err && j->lines.nr && !strcmp(j->boot, "unknown"))
		err = error_set(e, -ENOENT,
				"the kernel's boot id cannot be read: it is "
				"not known which changes are of this boot");
	if (!err && j->folder >= 0) {
		for (size_t i = j->lines.nr; i-- > 0;)
			restore_line(&r, &j->lines.of[i]);
		err = conclude(&r, e);
		forget_gone(j);
	}
	if (ret_outcome)
		*ret_outcome = r.outcome;
	return err;
}
