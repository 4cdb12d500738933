// SPDX-License-Identifier: GPL-2.0-only
#include "atlas.h"
#include "array.h"
#include "atlas_build.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const atlas_section_names[ATLAS_SECTIONS] = {
	[ATLAS_ERA] = "era",	       [ATLAS_RULES] = "rules",
	[ATLAS_FEATURES] = "features", [ATLAS_EVENTS] = "events",
	[ATLAS_OUTCOMES] = "outcomes", [ATLAS_INSTRUCTIONS] = "instructions",
};

const char *const atlas_section_words[ATLAS_SECTIONS] = {
	[ATLAS_ERA] = "How old does it behave?",
	[ATLAS_RULES] = "Which rule does it follow?",
	[ATLAS_FEATURES] = "What is not in all of them",
	[ATLAS_EVENTS] = "What is counted, an op or a trial",
	[ATLAS_OUTCOMES] = "What becomes of pages",
	[ATLAS_INSTRUCTIONS] = "Instructions an op",
};

const char atlas_limits[] =
	"All of it ran under emulation (QEMU, TCG): races, and counts of locks, "
	"in guests with two CPUs (func), all else in guests with one, whose "
	"clock its instructions are (insn).  Those are lengths of paths and no "
	"times.  What they do not show: cache and TLB misses, "
	"waiting for other CPUs (IPIs, locks), and that an iteration of a "
	"`rep` instruction counts as one.";

static bool same(const char *field, const char *text)
{
	return !strcmp(field, text ? text : "");
}

static bool is_row(const struct atlas_row *row, const struct atlas_key *k)
{
	return row->section == k->section &&
	       same(row->point, k->point ? k->point->id : NULL) &&
	       same(row->workload, k->workload) && same(row->arm, k->arm) &&
	       same(row->what, k->what);
}

static void copy(char *to, size_t bytes, const char *from)
{
	snprintf(to, bytes, "%s", from ? from : "");
}

static void name_row(struct atlas_row *row, const struct atlas_key *k)
{
	const char *scenario;

	row->section = k->section;
	copy(row->workload, sizeof(row->workload), k->workload);
	copy(row->arm, sizeof(row->arm), k->arm);
	copy(row->what, sizeof(row->what), k->what);
	copy(row->unit, sizeof(row->unit), k->unit);
	if (!k->point)
		return;
	copy(row->point, sizeof(row->point), k->point->id);
	scenario = result_fact(k->point, "path");
	copy(row->path, sizeof(row->path),
	     scenario ? scenario : k->point->kernel_path);
	copy(row->source, sizeof(row->source), k->point->source);
}

struct atlas_row *atlas_find_row(struct atlas_build *b,
				 const struct atlas_key *key)
{
	for (size_t i = 0; i < b->atlas->nr_rows; i++)
		if (is_row(&b->atlas->rows[i], key))
			return &b->atlas->rows[i];
	return NULL;
}

struct atlas_row *atlas_row(struct atlas_build *b, const struct atlas_key *key)
{
	struct atlas_row *more = atlas_find_row(b, key);
	struct atlas *a = b->atlas;

	if (more)
		return more;
	if (a->nr_rows == ATLAS_MAX_ROWS)
		return NULL;

	more = array_more(a->rows, a->nr_rows, sizeof(*more));
	if (!more)
		return NULL;
	a->rows = more;
	more += a->nr_rows++;
	*more = (struct atlas_row){ 0 };
	name_row(more, key);
	return more;
}

static const char *release_of(const struct atlas_input *in)
{
	for (int s = 0; s < ATLAS_SIDES; s++) {
		const struct result *r = in->of[s];

		for (size_t i = 0; r && i < r->nr_boots; i++)
			if (r->boots[i].kernel)
				return r->boots[i].kernel;
	}
	return "";
}

static void add_column(struct atlas *a, const struct atlas_input *in)
{
	struct atlas_column *c = &a->columns[a->nr_columns++];
	const char *why = NULL;

	for (int s = 0; s < ATLAS_SIDES && !why; s++)
		why = in->why[s];
	copy(c->name, sizeof(c->name), in->name);
	copy(c->release, sizeof(c->release), release_of(in));
	copy(c->why, sizeof(c->why), why);
}

/* By the numbers in what they call themselves; the rest stays as given. */
static int by_version(const char *a, const char *b)
{
	return strverscmp(*a ? a : "~", *b ? b : "~");
}

static void sort_inputs(struct atlas_input *in, size_t nr)
{
	for (size_t i = 1; i < nr; i++)
		for (size_t j = i; j && by_version(release_of(&in[j]),
						   release_of(&in[j - 1])) < 0;
		     j--) {
			struct atlas_input swap = in[j];

			in[j] = in[j - 1];
			in[j - 1] = swap;
		}
}

static int add_look(struct atlas_build *b, const struct result *r)
{
	int err = atlas_add_era(b, r);

	if (!err)
		err = atlas_add_rules(b, r);
	if (!err)
		err = atlas_add_features(b, r);
	for (size_t i = 0; i < r->nr_points && !err; i++) {
		if (!r->points[i].workload)
			continue;
		err = atlas_add_events(b, &r->points[i]);
		if (!err)
			err = atlas_add_trials(b, &r->points[i]);
	}
	return err;
}

static int add_count(struct atlas_build *b, const struct result *r)
{
	int err = 0;

	for (size_t i = 0; i < r->nr_points && !err; i++)
		if (r->points[i].workload &&
		    !result_is_of_trials(&r->points[i]))
			err = atlas_add_levels(b, &r->points[i]);
	return err;
}

/*
 * The last column comes first: the newest kernel has most, and rows are in the
 * order in which they came.
 */
static int add_columns(struct atlas_build *b)
{
	int err = 0;

	for (size_t i = b->atlas->nr_columns; i-- > 0 && !err;) {
		const struct atlas_input *in = &b->inputs[i];

		b->column = i;
		for (int s = 0; s < ATLAS_SIDES && !err; s++)
			if (in->of[s])
				err = s == ATLAS_COUNT ? add_count(b, in->of[s])
						       : add_look(b, in->of[s]);
	}
	return err;
}

static void swap_rows(struct atlas_row *a, struct atlas_row *b)
{
	struct atlas_row swap = *a;

	*a = *b;
	*b = swap;
}

/* Those of a section together, then those of a block; stable. */
static void sort_rows(struct atlas *a)
{
	size_t done = 0;

	for (int s = 0; s < ATLAS_SECTIONS; s++) {
		for (size_t i = done; i < a->nr_rows; i++) {
			size_t to = done;

			if (a->rows[i].section != (enum atlas_section)s)
				continue;
			for (size_t j = done; j-- > 0;)
				if (a->rows[j].section == a->rows[i].section &&
				    !strcmp(a->rows[j].block,
					    a->rows[i].block)) {
					to = j + 1;
					break;
				}
			for (size_t j = i; j > to; j--)
				swap_rows(&a->rows[j], &a->rows[j - 1]);
			done++;
		}
	}
}

int atlas_new(const struct atlas_input *inputs, size_t nr, struct atlas *ret)
{
	struct atlas_input sorted[ATLAS_MAX_COLUMNS];
	struct atlas a = { 0 };
	struct atlas_build b = { .atlas = &a, .inputs = sorted };
	int err;

	if (nr > ATLAS_MAX_COLUMNS)
		return -E2BIG;
	memcpy(sorted, inputs, nr * sizeof(*inputs));
	sort_inputs(sorted, nr);
	for (size_t i = 0; i < nr; i++)
		add_column(&a, &sorted[i]);
	err = add_columns(&b);
	if (!err)
		err = atlas_explain(&b);
	if (!err)
		atlas_fill_features(&b);
	if (err) {
		atlas_finish(&a);
		return err;
	}
	atlas_label(&b);
	sort_rows(&a);
	*ret = a;
	return 0;
}

void atlas_finish(struct atlas *a)
{
	free(a->rows);
	*a = (struct atlas){ 0 };
}

bool atlas_has_mistake(const struct atlas *a, const struct atlas_row *row)
{
	for (size_t i = 0; i < a->nr_columns; i++)
		if (row->cells[i].mistake)
			return true;
	return false;
}

const struct atlas_cell *atlas_uniform(const struct atlas *a,
				       const struct atlas_row *row)
{
	const struct atlas_cell *first = NULL;

	for (size_t i = 0; i < a->nr_columns; i++) {
		const struct atlas_cell *cell = &row->cells[i];

		if (cell->state == ATLAS_ABSENT || cell->state == ATLAS_SKIPPED)
			continue;
		if (cell->state != ATLAS_TOLD || cell->mistake ||
		    (first && strcmp(cell->text, first->text) != 0))
			return NULL;
		first = first ? first : cell;
	}
	return first;
}

double atlas_ratio(const struct atlas *a, const struct atlas_row *row,
		   size_t column)
{
	const struct atlas_cell *cell = &row->cells[column];

	if (cell->state != ATLAS_COUNTED)
		return NAN;
	for (size_t i = 0; i < a->nr_columns; i++)
		if (row->cells[i].state == ATLAS_COUNTED)
			return row->cells[i].value > 0
				       ? cell->value / row->cells[i].value
				       : NAN;
	return NAN;
}
