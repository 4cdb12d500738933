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
	bool paced;
	double m;
	FILE *out;
};

static const char *percent(const struct summary_level *l,
			   char buf[FORMAT_BYTES])
{
	if (l->n)
		snprintf(buf, FORMAT_BYTES, "%.0f %%", 100 * l->ci.estimate);
	else
		snprintf(buf, FORMAT_BYTES, "-");
	return buf;
}

static int role_row(const struct block *b, struct table *t,
		    const struct summary_point *p,
		    const struct result_role *role, bool first)
{
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];
	struct windows_role w;
	int err = windows_describe(p, role, b->m, &w);

	if (err)
		return err;

	table_cell(t, "%s", first ? rows_label(&b->rows, p, label) : "");
	table_cell(t, "%.16s", p->point->arms[role->arm].name);
	table_cell(t, "%s", format_level(&w.rate, "1/s", buf));
	table_cell(t, "%s",
		   w.judgement.verdict == STATS_TOO_FEW
			   ? "-"
			   : format_ratio(&w.judgement.ci95, buf));
	table_cell(t, "%s", percent(&w.cpu, buf));
	if (b->paced)
		table_cell(t, "%s", percent(&w.pace, buf));
	return 0;
}

static int point_rows(const struct block *b, struct table *t,
		      const struct summary_point *p)
{
	bool first = true;
	int err = 0;

	for (size_t a = 0; !err && a < p->point->nr_arms; a++) {
		const struct result_role *role = windows_find(p->point, a,
							      b->role);

		if (!role || !result_arm_is_shown(&p->point->arms[a]))
			continue;
		err = role_row(b, t, p, role, first);
		first = false;
	}
	return err;
}

/* The first of the group that has the name, and whether others are alike. */
static const struct result_role *look(struct block *b, bool *ret_alike)
{
	const struct result_role *first = NULL;

	*ret_alike = true;
	b->paced = false;
	for (size_t i = 0; i < b->group->nr_points; i++) {
		const struct result_point *p = b->group->points[i]->point;

		for (size_t j = 0; j < p->nr_roles; j++) {
			const struct result_role *r = &p->roles[j];

			if (strcmp(r->name, b->role) != 0)
				continue;
			first = first ? first : r;
			b->paced = b->paced || r->pace_per_s > 0;
			if (r->instances != first->instances ||
			    r->pace_per_s != first->pace_per_s)
				*ret_alike = false;
		}
	}
	return first;
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
	if (alike && b->paced)
		snprintf(pace, sizeof(pace), ", paced at %g/s%s",
			 role->pace_per_s, role->instances == 1 ? "" : " each");
	fputc('\n', b->out);
	format_paragraph(b->out, "", 2, "Role %.40s%s%s", b->role, text, pace);

	t->nr_columns = 5 + b->paced;
	t->right = 3U << 4;
	table_cell(t, "%s", rows_heading(&b->rows, label));
	table_cell(t, "arm");
	table_cell(t, "steps/s");
	table_cell(t, "against reference");
	table_cell(t, "CPU");
	if (b->paced)
		table_cell(t, "of pace");
}

static int print_role(struct block *b)
{
	struct table t = { 0 };
	int err = 0;

	print_heading(b, &t);
	for (size_t i = 0; !err && i < b->group->nr_points; i++)
		err = point_rows(b, &t, b->group->points[i]);
	return table_print(&t, b->out) ? -1 : err;
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

int text_windows(struct group *g, double m, FILE *out)
{
	struct block b = { .group = g, .m = m, .out = out };
	const char *names[MAX_ROLES];
	size_t nr = role_names(g, names);
	int err = 0;

	if (!nr)
		return 0;

	rows_init(&b.rows, g, ROWS_LABEL_BYTES);
	for (size_t i = 0; !err && i < nr; i++) {
		b.role = names[i];
		err = print_role(&b);
	}
	format_paragraph(out, "", 2,
			 "CPU: thread CPU time of an instance by wall time");
	return err;
}
