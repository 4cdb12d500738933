// SPDX-License-Identifier: GPL-2.0-only
/*
 * How old a kernel behaves, by three signs that need no version: whether
 * protecting memory again flushes the TLB, whether unprotecting it does, and
 * whether the next write faults.
 */
#include "atlas_build.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define FLUSH	"tlb:tlb_flush"
#define RE_ARM	"already-protected"
#define WP	"uffd_wp"
#define WRITING "unprotect_fault"

enum sign {
	UNKNOWN = 0,
	YES,
	NO
};

static const struct result_point *find(const struct result *r,
				       const char *workload, const char *arm)
{
	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];

		if (p->workload && !strcmp(p->workload, workload) &&
		    result_find_arm(p, arm) >= 0)
			return p;
	}
	return NULL;
}

/*
 * An arm whose control is that it does not flush is left out where protections
 * that were repeated have flushed, and where that cannot be seen.
 */
static enum sign flushes_again(const struct result *r)
{
	const struct result_point *p = find(r, WP, "protect");

	if (!p)
		return UNKNOWN;
	for (size_t i = 0; i < p->left_out.nr_notes; i++) {
		const struct result_note *note = &p->left_out.notes[i];

		if (note->name && !strcmp(note->name, RE_ARM))
			return strstr(note->value, " flushed ") ? YES : UNKNOWN;
	}
	return result_find_arm(p, RE_ARM) >= 0 ? NO : UNKNOWN;
}

static enum sign flushes_off(const struct result *r)
{
	const struct result_point *p = find(r, WP, "unprotect");
	long arm = p ? result_find_arm(p, "unprotect") : RESULT_NONE;

	for (size_t i = 0; p && i < p->nr_counters; i++) {
		const struct result_counter *c = &p->counters[i];

		if (c->arm == (size_t)arm && !strcmp(c->name, FLUSH) &&
		    c->nr_counted && c->ops > 0)
			return c->value > c->ops / 2 ? YES : NO;
	}
	return UNKNOWN;
}

static enum sign faults_after(const struct result *r, const char *arm)
{
	const struct result_point *p = find(r, WRITING, arm);
	long at = p ? result_find_arm(p, arm) : RESULT_NONE;
	const struct result_trials *t = at < 0 ? NULL
					       : result_find_trials(p,
								    (size_t)at);
	double items = 0;
	long seen;

	if (!t)
		return UNKNOWN;
	seen = result_find_word(p->outcomes, p->nr_outcomes, "faulted");
	for (size_t i = 0; i < p->nr_outcomes; i++)
		items += result_seen(p, t, i);
	if (items <= 0 || seen < 0)
		return UNKNOWN;
	return result_seen(p, t, (size_t)seen) > items / 2 ? YES : NO;
}

static int add(struct atlas_build *b, const char *what, const char *text)
{
	struct atlas_key key = { .section = ATLAS_ERA, .what = what };
	struct atlas_row *row = atlas_row(b, &key);
	struct atlas_cell *cell;

	if (!row)
		return -ENOMEM;
	cell = atlas_cell(b, row);
	if (!text)
		return 0;
	cell->state = ATLAS_TOLD;
	cell->value = 1;
	snprintf(cell->text, sizeof(cell->text), "%s", text);
	return 0;
}

static int add_sign(struct atlas_build *b, const char *what, enum sign sign)
{
	return add(b, what, sign == YES ? "yes" : sign == NO ? "no" : NULL);
}

static const char *era_of(enum sign again, enum sign off, enum sign after)
{
	static const struct {
		enum sign again, off, after;
		const char *words;
	} eras[] = {
		{ YES, YES, YES, "5.7-5.18" },
		{ NO, NO, YES, "5.19-6.1" },
		{ NO, YES, NO, "6.2-" },
	};

	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++)
		if (eras[i].again == again && eras[i].off == off &&
		    eras[i].after == after)
			return eras[i].words;
	return again && off && after ? "none" : NULL;
}

int atlas_add_era(struct atlas_build *b, const struct result *r)
{
	enum sign again = flushes_again(r), off = flushes_off(r);
	enum sign after = faults_after(r, "unprotected");
	int err = add_sign(b, "re-protect flushes", again);

	if (!err)
		err = add_sign(b, "unprotect flushes", off);
	if (!err)
		err = add_sign(b, "write then faults", after);
	if (!err)
		err = add(b, "as of", era_of(again, off, after));
	if (!err)
		err = add_sign(b, "after mprotect",
			       faults_after(r, "mprotect"));
	return err;
}
