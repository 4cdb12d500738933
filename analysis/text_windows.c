// SPDX-License-Identifier: GPL-2.0-only
/* The roles of windows: a table a role, arm by arm. */
#include "format.h"
#include "out_text.h"
#include "rows.h"
#include "table.h"
#include "windows.h"

#include <math.h>
#include <string.h>

enum {
	MAX_ROLES = 32
};

struct block {
	struct group *group;
	struct rows rows;
	const char *role;
	const char *what; /* what a step of it is */
	bool paced, several;
	double m;
	FILE *out;
};

static const char *percent(const struct summary_level *l,
			   char buf[FORMAT_BYTES])
{
	if (l->n)
		snprintf(buf, FORMAT_BYTES, "%.*f %%",
			 l->ci.estimate < 0.0995 ? 1 : 0, 100 * l->ci.estimate);
	else
		snprintf(buf, FORMAT_BYTES, "-");
	return buf;
}

static const char *ratio(const struct stats_judgement *j,
			 char buf[FORMAT_BYTES])
{
	return j->verdict == STATS_TOO_FEW ? "-" : format_ratio(&j->ci95, buf);
}

/* Whether the role is what the headline is about. */
static bool leads(const struct block *b, const struct summary_point *p,
		  size_t arm)
{
	const struct result_role *first = windows_leading(p->point, arm);

	return first && !strcmp(first->name, b->role);
}

/* Where a pace is asked for, the share of it says how well it is known. */
static void rate_cell(const struct block *b, struct table *t,
		      const struct summary_level *rate)
{
	char buf[FORMAT_BYTES];

	table_cell(t, "%s",
		   b->paced ? format_value(rate->ci.estimate, "1/s", buf)
			    : format_level(rate, "1/s", buf));
}

static int role_row(const struct block *b, struct table *t,
		    const struct summary_point *p,
		    const struct result_role *role)
{
	char buf[FORMAT_BYTES];
	struct windows_role w;
	int err = windows_describe(p, role, b->m, &w);

	if (err)
		return err;

	rate_cell(b, t, &w.rate);
	table_cell(t, "%s", ratio(&w.judgement, buf));
	if (b->paced) {
		table_cell(t, "%s", percent(&w.pace, buf));
		table_cell(t, "%s", percent(&w.busy, buf));
	}
	table_cell(t, "%s", percent(&w.cpu, buf));
	if (b->several)
		table_cell(t, "%s", percent(&w.fair, buf));
	return 0;
}

static int point_rows(const struct block *b, struct table *t,
		      const struct summary_point *p)
{
	char label[ROWS_LABEL_BYTES];
	bool first = true;
	int err = 0;

	for (size_t a = 0; !err && a < p->point->nr_arms; a++) {
		const struct result_role *role = windows_find(p->point, a,
							      b->role);

		if (!role || !result_arm_is_shown(&p->point->arms[a]))
			continue;
		table_cell(t, "%s",
			   first ? rows_label(&b->rows, p, label) : "");
		table_cell(t, "%.16s", p->point->arms[a].name);
		err = role_row(b, t, p, role);
		first = false;
	}
	return err;
}

static bool tells_least(const struct result_role *r)
{
	return r->instances > 1 && r->nr_steps && r->steps[0].most > 0;
}

/* The first of the group that has the name, and whether others are alike. */
static const struct result_role *look(struct block *b, bool *ret_alike)
{
	const struct result_role *first = NULL;

	*ret_alike = true;
	b->paced = b->several = false;
	for (size_t i = 0; i < b->group->nr_points; i++) {
		const struct result_point *p = b->group->points[i]->point;

		for (size_t j = 0; j < p->nr_roles; j++) {
			const struct result_role *r = &p->roles[j];

			if (strcmp(r->name, b->role) != 0)
				continue;
			first = first ? first : r;
			b->paced = b->paced || windows_is_paced(r);
			b->several = b->several || tells_least(r);
			if (r->instances != first->instances ||
			    r->pace_per_s != first->pace_per_s ||
			    r->duty != first->duty)
				*ret_alike = false;
		}
	}
	return first;
}

/* What leads does what the headline is named after. */
static void name_steps(struct block *b)
{
	const struct summary_point *p = b->group->points[0];

	b->what = "steps/s";
	for (size_t a = 0; a < p->point->nr_arms; a++)
		if (leads(b, p, a))
			b->what = p->point->metrics[0].name;
}

static void print_heading(struct block *b, struct table *t)
{
	char label[ROWS_LABEL_BYTES], text[64] = "", pace[64] = "";
	bool alike;
	const struct result_role *role = look(b, &alike);

	if (alike)
		snprintf(text, sizeof(text), ", %llu instance%s",
			 (unsigned long long)role->instances,
			 role->instances == 1 ? "" : "s");
	if (alike && role->pace_per_s > 0)
		snprintf(pace, sizeof(pace), ", paced at %g/s%s",
			 role->pace_per_s, role->instances == 1 ? "" : " each");
	fputc('\n', b->out);
	format_paragraph(b->out, "", 2, "Role %.40s%s%s", b->role, text, pace);

	t->nr_columns = 5U + 2 * b->paced + b->several;
	t->right = ~0xfU;
	table_cell(t, "%s", rows_heading(&b->rows, label));
	table_cell(t, "arm");
	table_cell(t, "%.20s", b->what);
	table_cell(t, "against reference");
	if (b->paced) {
		table_cell(t, "of pace");
		table_cell(t, "busy");
	}
	table_cell(t, "CPU");
	if (b->several)
		table_cell(t, "least");
}

static int print_role(struct block *b)
{
	struct table t = { 0 };
	int err = 0;

	name_steps(b);
	print_heading(b, &t);
	for (size_t i = 0; !err && i < b->group->nr_points; i++)
		err = point_rows(b, &t, b->group->points[i]);
	return table_print(&t, b->out) ? -1 : err;
}

static void cpu_row(struct table *t, const struct summary_by_cpu *c)
{
	size_t more = c->judgement.verdict == c->verdict ? c->judgement.more
							 : 0;
	char buf[FORMAT_BYTES];

	table_cell(t, "%s", format_value(c->level.ci.estimate, "1/s", buf));
	table_cell(t, "%s", ratio(&c->judgement, buf));
	table_cell(t, "%s",
		   c->judgement.verdict == STATS_TOO_FEW
			   ? "-"
			   : format_verdict(c->verdict, more, buf));
}

static void cpu_rows(const struct block *b, struct table *t,
		     const struct summary_point *p)
{
	char label[ROWS_LABEL_BYTES];
	bool first = true;

	for (size_t a = 0; a < p->point->nr_arms; a++) {
		const struct summary_arm *arm = &p->arms[a];

		if (!arm->by_cpu.level.n || !result_arm_is_shown(arm->arm))
			continue;
		table_cell(t, "%s",
			   first ? rows_label(&b->rows, p, label) : "");
		table_cell(t, "%.16s", arm->arm->name);
		cpu_row(t, &arm->by_cpu);
		first = false;
	}
}

static int print_by_cpu(const struct block *b)
{
	const char *metric = b->group->points[0]->point->metrics[0].name;
	struct table t = { .nr_columns = 5 };
	char label[ROWS_LABEL_BYTES];

	fputc('\n', b->out);
	format_paragraph(b->out, "", 2,
			 "%.40s in a second of CPU time: what waiting for a "
			 "CPU does not touch",
			 metric);
	table_cell(&t, "%s", rows_heading(&b->rows, label));
	table_cell(&t, "arm");
	table_cell(&t, "%.20s", metric);
	table_cell(&t, "against reference");
	table_cell(&t, "verdict");
	for (size_t i = 0; i < b->group->nr_points; i++)
		cpu_rows(b, &t, b->group->points[i]);
	return table_print(&t, b->out);
}

/* The names of all roles, the first one first. */
static size_t role_names(const struct group *g, const char *names[MAX_ROLES])
{
	size_t nr = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t j = 0; j < p->nr_roles && nr < MAX_ROLES; j++) {
			size_t k = 0;

			while (k < nr &&
			       strcmp(names[k], p->roles[j].name) != 0)
				k++;
			if (k == nr)
				names[nr++] = p->roles[j].name;
		}
	}
	return nr;
}

static void print_legend(const struct block *b, FILE *out)
{
	bool paced = false, several = false;

	for (size_t i = 0; i < b->group->nr_points; i++) {
		const struct result_point *p = b->group->points[i]->point;

		for (size_t j = 0; j < p->nr_roles; j++) {
			paced = paced || windows_is_paced(&p->roles[j]);
			several = several || tells_least(&p->roles[j]);
		}
	}
	format_paragraph(out, "", 2,
			 "CPU: thread CPU time of an instance by wall time%s%s",
			 paced ? "; of pace: what was asked for; busy: share "
				 "of the time inside steps"
			       : "",
			 several ? "; least: the instance that did least, by "
				   "the one that did most, in a window"
				 : "");
}

int text_windows(struct group *g, double m, FILE *out)
{
	struct block b = { .group = g, .m = m, .out = out };
	const char *names[MAX_ROLES];
	size_t nr = role_names(g, names);
	int err = 0;

	if (!nr)
		return 0;

	rows_init(&b.rows, g, ROWS_LABEL_BYTES);
	err = print_by_cpu(&b);
	for (size_t i = 0; !err && i < nr; i++) {
		b.role = names[i];
		err = print_role(&b);
	}
	print_legend(&b, out);
	return err;
}
