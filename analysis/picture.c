// SPDX-License-Identifier: GPL-2.0-only
/* Pictures as numbers: what all kinds share. */
#include "picture.h"
#include "array.h"
#include "trials.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Letters, digits, `-` and `_` only. */
static void append_name(char *name, const char *text)
{
	const char *end = text + strnlen(text, 40);
	size_t len = strlen(name);

	for (; text < end && len + 1 < PICTURE_TEXT_BYTES; text++) {
		unsigned char c = (unsigned char)*text;

		name[len++] = (char)(isalnum(c) || c == '-' ? c : '_');
	}
	name[len] = '\0';
}

static bool name_is_taken(const struct pictures *p, const char *name)
{
	for (size_t i = 0; i < p->nr_pictures; i++)
		if (!strcmp(p->pictures[i]->name, name))
			return true;
	return false;
}

static void choose_name(const struct pictures *p, struct picture *pic,
			const char *kind, const struct group *g)
{
	char number[16];

	append_name(pic->name, kind);
	append_name(pic->name, "-");
	append_name(pic->name, g->workload);
	if (g->what) {
		append_name(pic->name, "-");
		append_name(pic->name, g->what);
	}
	if (!name_is_taken(p, pic->name))
		return;

	pic->name[PICTURE_TEXT_BYTES - 16] = '\0';
	snprintf(number, sizeof(number), "-%zu", p->nr_pictures + 1);
	append_name(pic->name, number);
}

struct picture *picture_add(struct pictures *p, const char *kind,
			    const struct group *g)
{
	struct picture **more = array_more((void *)p->pictures, p->nr_pictures,
					   sizeof(void *));
	struct picture *pic;

	if (!more)
		return NULL;
	p->pictures = more;

	pic = calloc(1, sizeof(*pic));
	if (!pic)
		return NULL;

	choose_name(p, pic, kind, g);
	p->pictures[p->nr_pictures++] = pic;
	return pic;
}

struct picture_panel *picture_add_panel(struct picture *pic,
					enum picture_panel_kind kind)
{
	struct picture_panel *panel;

	if (pic->nr_panels == PICTURE_MAX_PANELS)
		return NULL;

	panel = &pic->panels[pic->nr_panels++];
	*panel = (struct picture_panel){ .kind = kind };
	return panel;
}

/* Whether a list of names has this one. */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		size_t word = strcspn(list, ";");

		if (word == len && !strncmp(list, name, len))
			return true;
		list += word;
		list += strspn(list, "; ");
	}
	return false;
}

static void leave_out(struct picture_panel *panel, const char *title)
{
	size_t len = strlen(panel->left_out);

	if (is_listed(panel->left_out, title))
		return;
	panel->nr_left_out++;
	if (len + strlen(title) + 8 > sizeof(panel->left_out))
		title = "...";
	if (len + strlen(title) + 3 < sizeof(panel->left_out) &&
	    !is_listed(panel->left_out, "..."))
		snprintf(panel->left_out + len, sizeof(panel->left_out) - len,
			 "%s%s", len ? "; " : "", title);
}

void picture_clear(struct picture_panel *panel)
{
	for (size_t i = 0; i < panel->nr_series; i++) {
		free(panel->series[i].rows);
		panel->series[i] = (struct picture_series){ 0 };
	}
	panel->nr_series = panel->nr_left_out = panel->nr_categories = 0;
	panel->left_out[0] = '\0';
}

struct picture_series *picture_series(struct picture_panel *panel,
				      const char *title)
{
	struct picture_series *s;

	for (size_t i = 0; i < panel->nr_series; i++)
		if (!strncmp(panel->series[i].title, title,
			     PICTURE_TEXT_BYTES - 1))
			return &panel->series[i];
	if (panel->nr_series == PICTURE_MAX_SERIES) {
		leave_out(panel, title);
		return NULL;
	}
	s = &panel->series[panel->nr_series++];
	snprintf(s->title, sizeof(s->title), "%.*s", PICTURE_TEXT_BYTES - 1,
		 title);
	return s;
}

int picture_row(struct picture_series *s, struct picture_row row)
{
	struct picture_row *more = array_more(s->rows, s->nr_rows,
					      sizeof(*more));

	if (!more)
		return -ENOMEM;

	s->rows = more;
	s->rows[s->nr_rows++] = row;
	return 0;
}

void picture_also(struct picture *pic, const struct group *g)
{
	append_name(pic->name, "-");
	append_name(pic->name, g->what ? g->what : g->workload);
}

bool picture_is_near(uint64_t bytes, uint64_t near_bytes, uint64_t page_bytes)
{
	uint64_t apart = bytes > near_bytes ? bytes - near_bytes
					    : near_bytes - bytes;

	return near_bytes && apart && apart <= 2 * page_bytes;
}

/* A power of two that the size is close to and that dwarfs two pages, or 0. */
static uint64_t near_power(uint64_t bytes, uint64_t page_bytes)
{
	uint64_t power = 32 * page_bytes;

	while (power < UINT64_MAX / 4 && power + 2 * page_bytes < bytes)
		power *= 2;
	return picture_is_near(bytes, power, page_bytes) ? power : 0;
}

uint64_t picture_near_bytes(const struct result *r, const struct group *g,
			    const struct group_axis *axis)
{
	uint64_t page = picture_page_bytes(r), huge = 0, best = 0;

	for (size_t i = 0; i < r->nr_boots && !huge; i++)
		huge = r->boots[i].hpage_bytes;
	for (size_t i = 0; i < g->nr_points; i++) {
		const char *value = result_param(g->points[i]->point,
						 axis->name);
		double number = value ? group_number(value) : (double)NAN;
		uint64_t power;

		if (!(number > 0))
			continue;
		power = near_power((uint64_t)number, page);
		if (power && power == huge)
			return power;
		best = power > best ? power : best;
	}
	return best;
}

double picture_size(const struct group_axis *axis,
		    const struct summary_point *p)
{
	const char *value = result_param(p->point, axis->name);

	return value ? group_number(value) : (double)NAN;
}

/* Above 0 if the other numbers of @a are larger. */
static int compare_lines(const struct group *g, const struct group_axis *axis,
			 const struct summary_point *a,
			 const struct summary_point *b)
{
	for (size_t i = 0; i < g->nr_axes; i++) {
		const char *name = g->axes[i].name;
		const char *x = result_param(a->point, name);
		const char *y = result_param(b->point, name);
		double m = x ? group_number(x) : (double)NAN;
		double n = y ? group_number(y) : (double)NAN;

		if (&g->axes[i] != axis && m != n && isfinite(m) && isfinite(n))
			return m > n ? 1 : -1;
	}
	return 0;
}

const struct summary_point *picture_line(
	const struct group *g, const struct group_axis *axis,
	const struct summary_point *const *points, size_t nr)
{
	const struct summary_point *best = NULL;
	size_t most = 0;

	if (nr > PICTURE_MAX_POINTS)
		nr = PICTURE_MAX_POINTS;
	for (size_t i = 0; i < nr; i++) {
		size_t length = 0;

		for (size_t j = 0; j < nr; j++)
			length += group_same_line(g, axis, points[i],
						  points[j]);
		if (!best || length > most ||
		    (length == most &&
		     compare_lines(g, axis, points[i], best) > 0)) {
			best = points[i];
			most = length;
		}
	}
	return best;
}

struct picture_row picture_level(double x, const struct summary_level *l)
{
	bool interval = isfinite(l->ci.lo) && isfinite(l->ci.hi);

	return (struct picture_row){
		.x = x,
		.y = l->ci.estimate,
		.lo = interval ? l->ci.lo : l->ci.estimate,
		.hi = interval ? l->ci.hi : l->ci.estimate,
		.more = NAN,
	};
}

void picture_y_label(struct picture_panel *panel, const struct result_metric *m)
{
	panel->time = m->unit && !strcmp(m->unit, "ns");
	snprintf(panel->y_label, sizeof(panel->y_label), "%.50s%s%.20s",
		 m->name, panel->time || !m->unit || !*m->unit ? "" : ", ",
		 panel->time || !m->unit ? "" : m->unit);
}

uint64_t picture_page_bytes(const struct result *r)
{
	for (size_t i = 0; i < r->nr_boots; i++)
		if (r->boots[i].page_bytes)
			return r->boots[i].page_bytes;
	return 4096;
}

static void picture_free(struct picture *pic)
{
	for (size_t i = 0; i < pic->nr_panels; i++) {
		for (size_t j = 0; j < pic->panels[i].nr_series; j++)
			free(pic->panels[i].series[j].rows);
		free(pic->panels[i].categories);
		free(pic->panels[i].names);
	}
	free(pic);
}

static bool is_empty(const struct picture *pic)
{
	for (size_t i = 0; i < pic->nr_panels; i++)
		if (pic->panels[i].nr_series)
			return false;
	return true;
}

/* Pictures of launches none of whose blocks could be kept. */
static int drop_empty(struct pictures *p)
{
	size_t left = 0;
	int err = 0;

	for (size_t i = 0; i < p->nr_pictures; i++) {
		struct picture *pic = p->pictures[i];
		char text[2 * PICTURE_TEXT_BYTES];

		if (!is_empty(pic)) {
			p->pictures[left++] = pic;
			continue;
		}
		snprintf(text, sizeof(text), "no picture %s: no block was kept",
			 pic->name);
		if (result_note(&p->remarks, NULL, text))
			err = -ENOMEM;
		picture_free(pic);
	}
	p->nr_pictures = left;
	return err;
}

/* Series for which there was no colour left. */
static void note_left_out(struct picture *pic)
{
	for (size_t i = 0; i < pic->nr_panels; i++) {
		const char *names = pic->panels[i].left_out;
		size_t len = strlen(pic->note);

		if (!*names || strstr(pic->note, names) ||
		    len >= sizeof(pic->note))
			continue;
		snprintf(pic->note + len, sizeof(pic->note) - len,
			 "%snot drawn: %s", len ? "; " : "", names);
	}
}

static int draw_levels(const struct summary *s, struct groups *g,
		       struct pictures *p)
{
	int err = picture_levels(s, g, p);

	if (!err)
		err = picture_around(s, g, p);
	if (!err)
		err = picture_ecdf(g, p);
	if (!err)
		err = picture_model(g, p);
	if (!err)
		err = picture_observed(g, p);
	if (!err)
		err = picture_arms(g, p);
	return err ? err : picture_contrasts(g, p);
}

/*
 * Of those that have times, all but trials: their picture has all that there is
 * of them.
 */
static int draw_others(const struct summary *s, const struct groups *g,
		       struct pictures *p)
{
	struct groups others = { .groups = calloc(g->nr_groups + 1,
						  sizeof(*g->groups)) };
	int err = 0;

	if (!others.groups)
		return -ENOMEM;
	for (size_t i = 0; i < g->nr_groups; i++)
		if (!trials_are_in(&g->groups[i]) &&
		    group_has_times(&g->groups[i]))
			others.groups[others.nr_groups++] = g->groups[i];
	if (others.nr_groups || !g->nr_groups)
		err = draw_levels(s, &others, p);
	free(others.groups);
	return err;
}

int pictures_new(const struct summary *s, struct groups *g,
		 struct pictures *ret_pictures)
{
	struct pictures p = { 0 };
	int err = draw_others(s, g, &p);

	if (!err)
		err = picture_trials(g, &p);
	if (!err)
		err = picture_costs(g, &p);
	if (!err)
		err = drop_empty(&p);
	for (size_t i = 0; i < p.nr_pictures; i++)
		note_left_out(p.pictures[i]);
	if (err) {
		pictures_finish(&p);
		return err;
	}
	*ret_pictures = p;
	return 0;
}

void pictures_finish(struct pictures *p)
{
	for (size_t i = 0; i < p->nr_pictures; i++)
		picture_free(p->pictures[i]);
	free((void *)p->pictures);
	result_notes_finish(&p->remarks);
	*p = (struct pictures){ 0 };
}
