// SPDX-License-Identifier: GPL-2.0-only
/* What was observed beside the headline: a table a metric, arm by arm. */
#include "costs.h"
#include "format.h"
#include "out_text.h"
#include "rows.h"
#include "table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	/* Beyond a p99.9 of which fewer than this many values would lie. */
	LEAST_BEYOND = 10
};

struct block {
	struct group *group;
	struct rows rows;
	const struct result_metric *metric;
	bool by_arm;	/* more than the reference observed it */
	bool tail;	/* a latency: its p99 is of interest */
	bool far;	/* and what all values say beyond */
	bool has_few;	/* a p99 of too few launches for an interval */
	bool has_short; /* a p99.9 of too few values */
	FILE *out;
};

static const struct summary_observed *find(const struct summary_point *p,
					   size_t arm, const char *metric)
{
	for (size_t i = 0; i < p->point->nr_observed; i++)
		if (p->point->observed[i].arm == arm &&
		    !strcmp(p->point->observed[i].metric, metric))
			return &p->observed[i];
	return NULL;
}

static bool is_shown(const struct summary_point *p, size_t arm,
		     const char *metric)
{
	return result_arm_is_shown(p->arms[arm].arm) && find(p, arm, metric);
}

/* How many rows the table has. */
static size_t look(struct block *b)
{
	size_t nr = 0;

	b->by_arm = b->far = b->has_few = b->has_short = false;
	for (size_t i = 0; i < b->group->nr_points; i++) {
		const struct summary_point *p = b->group->points[i];

		for (size_t a = 0; a < p->point->nr_arms; a++) {
			if (!is_shown(p, a, b->metric->name))
				continue;
			nr++;
			if (find(p, a, b->metric->name)->p999.n)
				b->far = b->tail;
			if (p->arms[a].arm->kind != RESULT_ARM_REFERENCE)
				b->by_arm = true;
		}
	}
	return nr;
}

static void p99_cell(struct block *b, struct table *t,
		     const struct summary_level *p99)
{
	bool few = !isfinite(p99->ci.lo);
	char buf[FORMAT_BYTES];

	b->has_few = b->has_few || few;
	table_cell(t, "%s%s", format_level(p99, b->metric->unit, buf),
		   few ? " ?" : "");
}

static void near_cells(struct block *b, struct table *t,
		       const struct summary_observed *o)
{
	char buf[FORMAT_BYTES];

	table_cell(t, "%s", format_level(&o->median, b->metric->unit, buf));
	if (b->tail)
		p99_cell(b, t, &o->p99);
}

static void far_cells(struct block *b, struct table *t,
		      const struct summary_observed *o)
{
	bool few = (double)o->observed->count < 1e3 * LEAST_BEYOND;
	char buf[FORMAT_BYTES];

	if (!o->p999.n) {
		table_cell(t, "-");
		table_cell(t, "-");
	} else {
		b->has_short = b->has_short || few;
		table_cell(t, "%s%s",
			   format_level(&o->p999, b->metric->unit, buf),
			   few ? " !" : "");
		table_cell(t, "%s",
			   format_value(o->most_ns, b->metric->unit, buf));
	}
	table_cell(t, "%" PRIu64, o->observed->count);
}

typedef void fill_cells(struct block *b, struct table *t,
			const struct summary_observed *o);

static void point_rows(struct block *b, struct table *t,
		       const struct summary_point *p, fill_cells *fill)
{
	char label[ROWS_LABEL_BYTES];
	bool first = true;

	for (size_t a = 0; a < p->point->nr_arms; a++) {
		if (!is_shown(p, a, b->metric->name))
			continue;
		table_cell(t, "%s",
			   first ? rows_label(&b->rows, p, label) : "");
		if (b->by_arm)
			table_cell(t, "%.24s", p->arms[a].arm->name);
		fill(b, t, find(p, a, b->metric->name));
		first = false;
	}
}

static void begin(const struct block *b, struct table *t)
{
	char label[ROWS_LABEL_BYTES];

	table_cell(t, "%s", rows_heading(&b->rows, label));
	if (b->by_arm)
		table_cell(t, "arm");
}

static int print_near(struct block *b)
{
	struct table t = { .nr_columns = 2U + b->by_arm + b->tail };

	begin(b, &t);
	table_cell(&t, "p50 [95 %%]");
	if (b->tail)
		table_cell(&t, "p99 [95 %%]");
	for (size_t i = 0; i < b->group->nr_points; i++)
		point_rows(b, &t, b->group->points[i], near_cells);
	return table_print(&t, b->out);
}

static int print_far(struct block *b)
{
	struct table t = { .nr_columns = 4U + b->by_arm };

	t.right = 3U << (2 + b->by_arm);
	begin(b, &t);
	table_cell(&t, "p99.9 [95 %%]");
	table_cell(&t, "max");
	table_cell(&t, "values");
	for (size_t i = 0; i < b->group->nr_points; i++)
		point_rows(b, &t, b->group->points[i], far_cells);
	return table_print(&t, b->out);
}

static int print_metric(struct block *b)
{
	int err;

	fprintf(b->out, "\n%.50s\n", b->metric->name);
	err = print_near(b);
	if (!err && b->far)
		err = print_far(b);
	if (b->has_short)
		format_paragraph(b->out, "! ", 2,
				 "of fewer than %d values: hardly any lie "
				 "beyond",
				 1000 * LEAST_BEYOND);
	if (b->has_few)
		format_paragraph(b->out, "? ", 2,
				 "indicative: fewer than %d launches",
				 STATS_MIN_LAUNCHES);
	return err;
}

static bool any_far(const struct group *g)
{
	for (size_t i = 0; i < g->nr_points; i++)
		for (size_t j = 0; j < g->points[i]->point->nr_observed; j++)
			if (g->points[i]->observed[j].p999.n)
				return true;
	return false;
}

int text_observed(struct group *g, FILE *out)
{
	const struct result_point *p = group_richest(g);
	struct block b = { .group = g, .out = out };
	struct costs costs;
	bool any = false;
	int err = 0;

	costs_find(g, &costs);
	rows_init(&b.rows, g, ROWS_LABEL_BYTES);
	for (size_t i = 1; !err && i < p->nr_metrics; i++) {
		b.metric = &p->metrics[i];
		b.tail = b.metric->kind && !strcmp(b.metric->kind, "latency");
		if (costs_have(&costs, b.metric->name) || !look(&b))
			continue;
		if (!any) {
			fputc('\n', out);
			format_paragraph(
				out, "Single values: ", 2,
				"p50 is the median of each launch, "
				"and over launches as above; %s of all "
				"launches together",
				any_far(g) ? "p99, p99.9 and max are "
					     "those"
					   : "p99 that");
		}
		any = true;
		err = print_metric(&b);
	}
	return err;
}
