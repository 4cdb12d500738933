// SPDX-License-Identifier: GPL-2.0-only
/* What rows are called, and why some of their cells are empty. */
#include "atlas_build.h"
#include "format.h"

#include <errno.h>
#include <string.h>

struct params {
	const char *workload;
	const struct result_param *rows;
	size_t nr;
};

static const char *value_of(const struct params *p, const char *name)
{
	for (size_t i = 0; i < p->nr; i++)
		if (!strcmp(p->rows[i].name, name))
			return p->rows[i].value;
	return NULL;
}

/*
 * A column's results, one after the other: of the runs that count instructions,
 * or of all others.  NULL for what is missing and for what is not asked for.
 */
static const struct result *side(const struct atlas_build *b, size_t column,
				 bool counts, int s)
{
	return counts == (s == ATLAS_COUNT) ? b->inputs[column].of[s] : NULL;
}

/* Points, then those that were skipped. */
static bool params_at(const struct result *r, size_t at, struct params *ret)
{
	if (at < r->nr_points)
		*ret = (struct params){ .workload = r->points[at].workload,
					.rows = r->points[at].params,
					.nr = r->points[at].nr_params };
	else
		*ret = (struct params){
			.workload = r->skips[at - r->nr_points].workload,
			.rows = r->skips[at - r->nr_points].params,
			.nr = r->skips[at - r->nr_points].nr_params
		};
	return ret->workload;
}

/* How many points of a workload have a value of a parameter, or any. */
static size_t count_in(const struct result *r, const char *workload,
		       const char *name, const char *value)
{
	struct params p;
	size_t nr = 0;

	for (size_t i = 0; r && i < r->nr_points + r->nr_skips; i++)
		if (params_at(r, i, &p) && !strcmp(p.workload, workload) &&
		    value_of(&p, name) &&
		    (!value || !strcmp(value, value_of(&p, name))))
			nr++;
	return nr;
}

static size_t count_points(const struct atlas_build *b, bool counts,
			   const char *workload, const char *name,
			   const char *value)
{
	size_t nr = 0;

	for (size_t c = 0; c < b->atlas->nr_columns; c++)
		for (int s = 0; s < ATLAS_SIDES; s++)
			nr += count_in(side(b, c, counts, s), workload, name,
				       value);
	return nr;
}

/* A value that is not that of most others tells a point from them. */
static bool tells(const struct atlas_build *b, bool counts,
		  const char *workload, const struct result_param *p)
{
	size_t all = count_points(b, counts, workload, p->name, NULL);

	return 2 * count_points(b, counts, workload, p->name, p->value) <= all;
}

static bool find_in(const struct result *r, const char *point,
		    struct params *ret)
{
	for (size_t i = 0; r && i < r->nr_points + r->nr_skips; i++) {
		const char *id = i < r->nr_points
					 ? r->points[i].id
					 : r->skips[i - r->nr_points].id;

		if (id && !strcmp(id, point) && params_at(r, i, ret))
			return true;
	}
	return false;
}

static bool find_params(const struct atlas_build *b,
			const struct atlas_row *row, bool counts,
			struct params *ret)
{
	for (size_t c = 0; c < b->atlas->nr_columns; c++)
		for (int s = 0; s < ATLAS_SIDES; s++)
			if (find_in(side(b, c, counts, s), row->point, ret))
				return true;
	return false;
}

/* "T2-own-pipe", "fresh anon": what differs among the workload's points. */
static void values_of(const struct atlas_build *b, const struct atlas_row *row,
		      char buf[ATLAS_LABEL_BYTES])
{
	bool counts = row->section == ATLAS_INSTRUCTIONS;
	struct params p;

	buf[0] = '\0';
	if (!find_params(b, row, counts, &p))
		return;
	for (size_t i = 0; i < p.nr; i++)
		if (tells(b, counts, p.workload, &p.rows[i]))
			format_append(buf, ATLAS_LABEL_BYTES, "%s%.30s",
				      *buf ? " " : "", p.rows[i].value);
}

static bool is_new(const struct atlas *a, size_t at, bool arm)
{
	const struct atlas_row *row = &a->rows[at];

	for (size_t i = 0; i < at; i++)
		if (a->rows[i].section == row->section &&
		    !strcmp(a->rows[i].workload, row->workload) &&
		    (arm ? !strcmp(a->rows[i].arm, row->arm)
			 : !strcmp(a->rows[i].point, row->point)))
			return false;
	return true;
}

/* Different arms, or points, of the row's workload in its section. */
static size_t count_different(const struct atlas *a,
			      const struct atlas_row *like, bool arm)
{
	size_t nr = 0;

	for (size_t i = 0; i < a->nr_rows; i++)
		nr += a->rows[i].section == like->section &&
		      !strcmp(a->rows[i].workload, like->workload) &&
		      is_new(a, i, arm);
	return nr;
}

static void say_block(struct atlas_row *row, const char *of)
{
	snprintf(row->block, sizeof(row->block), "%.40s%s%.20s", row->workload,
		 *of ? ", " : "", of);
	if (row->section == ATLAS_EVENTS)
		format_append(row->block, sizeof(row->block), ": %.20s",
			      row->unit);
}

/* Rows of one arm below each other, or, if there are more, those of a point. */
static void label_row(const struct atlas_build *b, struct atlas_row *row)
{
	char values[ATLAS_LABEL_BYTES];
	size_t points, arms;

	if (!*row->point) {
		snprintf(row->label, sizeof(row->label), "%s",
			 *row->workload ? row->workload : row->what);
		return;
	}
	values_of(b, row, values);
	points = count_different(b->atlas, row, false);
	arms = count_different(b->atlas, row, true);
	if (row->section == ATLAS_INSTRUCTIONS) {
		say_block(row, "");
		snprintf(row->label, sizeof(row->label), "%.40s%s%.20s", values,
			 *values ? " " : "", row->arm);
	} else if (!*row->arm) {
		say_block(row, "");
		snprintf(row->label, sizeof(row->label), "%s", values);
	} else if (points >= arms && points > 1) {
		say_block(row, row->arm);
		snprintf(row->label, sizeof(row->label), "%s", values);
	} else {
		say_block(row, values);
		snprintf(row->label, sizeof(row->label), "%s", row->arm);
	}
}

void atlas_label(struct atlas_build *b)
{
	for (size_t i = 0; i < b->atlas->nr_rows; i++)
		label_row(b, &b->atlas->rows[i]);
}

void atlas_say(struct atlas_cell *cell, enum atlas_state state, const char *why)
{
	cell->state = state;
	snprintf(cell->text, sizeof(cell->text), "%s",
		 state == ATLAS_SKIPPED ? "SKIP" : "failed");
	snprintf(cell->why, sizeof(cell->why), "%s", why ? why : "");
}

static const char *left_out(const struct result_point *p, const char *arm)
{
	for (size_t i = 0; i < p->left_out.nr_notes; i++)
		if (p->left_out.notes[i].name &&
		    !strcmp(p->left_out.notes[i].name, arm))
			return p->left_out.notes[i].value;
	return NULL;
}

static void explain_point(struct atlas_cell *cell, const struct result_point *p,
			  const char *arm)
{
	const char *why = left_out(p, arm);
	const struct result_notes *reasons = &p->reasons;

	if (why)
		atlas_say(cell, ATLAS_SKIPPED, why);
	else if (!p->nr_status[RESULT_OK] && p->nr_status[RESULT_SKIPPED])
		atlas_say(cell, ATLAS_SKIPPED,
			  reasons->nr_notes ? reasons->notes[0].value : NULL);
	else if (!p->nr_status[RESULT_OK] &&
		 (p->nr_status[RESULT_FAILED] || p->nr_status[RESULT_INVALID] ||
		  p->nr_status[RESULT_LOST]))
		atlas_say(cell, ATLAS_FAILED,
			  reasons->nr_notes ? reasons->notes[0].value : NULL);
}

static void explain_from(const struct result *r, const struct atlas_row *row,
			 struct atlas_cell *cell)
{
	long at;

	if (!r || !*row->point)
		return;
	for (size_t i = 0; i < r->nr_skips; i++)
		if (r->skips[i].id && !strcmp(r->skips[i].id, row->point)) {
			atlas_say(cell, ATLAS_SKIPPED, r->skips[i].why);
			return;
		}
	at = result_find_point(r, row->point);
	if (at >= 0 && r->points[at].workload)
		explain_point(cell, &r->points[at], row->arm);
}

static void explain(const struct atlas_build *b, const struct atlas_row *row,
		    size_t column, struct atlas_cell *cell)
{
	bool counts = row->section == ATLAS_INSTRUCTIONS;

	for (int s = 0; s < ATLAS_SIDES && cell->state == ATLAS_ABSENT; s++)
		explain_from(side(b, column, counts, s), row, cell);
}

static bool is_known(const struct atlas *a, const char *id)
{
	for (size_t i = 0; i < a->nr_rows; i++)
		if (!strcmp(a->rows[i].point, id))
			return true;
	return false;
}

static int add_unknown(struct atlas_build *b, const char *id,
		       const char *workload, bool counts)
{
	struct result_point stand_in = { .id = (char *)id };
	struct atlas_key key = { .section = counts ? ATLAS_INSTRUCTIONS
						   : ATLAS_OUTCOMES,
				 .point = &stand_in,
				 .workload = workload };

	if (!id || !workload || is_known(b->atlas, id))
		return 0;
	return atlas_row(b, &key) ? 0 : -ENOMEM;
}

/* A row for what no kernel could run, so that it does not go unsaid. */
static int add_skips(struct atlas_build *b, const struct result *r, bool counts)
{
	int err = 0;

	for (size_t i = 0; r && i < r->nr_skips && !err; i++)
		err = add_unknown(b, r->skips[i].id, r->skips[i].workload,
				  counts);
	for (size_t i = 0; r && i < r->nr_points && !err; i++)
		if (!r->points[i].nr_status[RESULT_OK])
			err = add_unknown(b, r->points[i].id,
					  r->points[i].workload, counts);
	return err;
}

int atlas_explain(struct atlas_build *b)
{
	struct atlas *a = b->atlas;
	int err = 0;

	for (size_t c = 0; c < a->nr_columns && !err; c++)
		for (int s = 0; s < ATLAS_SIDES && !err; s++)
			err = add_skips(b, b->inputs[c].of[s],
					s == ATLAS_COUNT);
	for (size_t i = 0; i < a->nr_rows && !err; i++)
		for (size_t c = 0; c < a->nr_columns; c++)
			if (a->rows[i].cells[c].state == ATLAS_ABSENT)
				explain(b, &a->rows[i], c,
					&a->rows[i].cells[c]);
	return err;
}
