// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sentences on where an arm overtakes its reference; arms and lines of points
 * of which the same is true share one.
 */
#include "array.h"
#include "crossover.h"
#include "format.h"
#include "out_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAY_BYTES = 320,
	WHO_BYTES = 600,
	MAX_SENTENCES = 12,
	MAX_POINTS = 2000, /* in more nobody looks for a sentence */
};

struct sentence {
	char say[SAY_BYTES]; /* without its subject */
	char who[WHO_BYTES];
};

struct sentences {
	struct sentence *of;
	size_t nr, nr_left_out;
};

static int say(struct sentences *s, const char *text, const char *who)
{
	struct sentence *more;
	size_t len;

	for (size_t i = 0; i < s->nr; i++) {
		if (strcmp(s->of[i].say, text) != 0)
			continue;
		len = strlen(s->of[i].who);
		snprintf(s->of[i].who + len, WHO_BYTES - len, ", %s", who);
		return 0;
	}
	if (s->nr == MAX_SENTENCES) {
		s->nr_left_out++;
		return 0;
	}
	more = array_more(s->of, s->nr, sizeof(*more));
	if (!more)
		return -ENOMEM;
	s->of = more;
	more += s->nr++;
	snprintf(more->say, SAY_BYTES, "%s", text);
	snprintf(more->who, WHO_BYTES, "%s", who);
	return 0;
}

/* "by-page (remote=3)": the arm and what its line of points is. */
static void name_line(const struct group *g, const struct group_axis *axis,
		      const struct summary_point *p, const char *arm, char *buf,
		      size_t size)
{
	char label[WHO_BYTES];

	group_label(g, p, axis, label, sizeof(label));
	if (*label)
		snprintf(buf, size, "%.60s (%.500s)", arm, label);
	else
		snprintf(buf, size, "%.60s", arm);
}

struct subject {
	const struct group *group;
	const struct group_axis *axis;
	const struct result_metric *metric; /* NULL: the headline */
	double m;
};

/* 1 if there is something to say, 0 if not, or -ENOMEM. */
static int find_words(const struct subject *s, const struct summary_point *p,
		      const struct result_arm *arm, char text[SAY_BYTES])
{
	const struct result_metric *metric = s->metric ? s->metric
						       : &p->point->metrics[0];
	struct crossover_step steps[CROSSOVER_MAX_SIZES];
	bool higher = metric->higher_is_better;
	struct crossover c;
	const struct crossover_line line = {
		.group = s->group,
		.axis = s->axis,
		.like = p,
		.arm = arm->name,
		.metric = s->metric ? s->metric->name : NULL,
		.m = s->m,
	};
	long nr = crossover_steps(&line, steps);

	if (nr < 0)
		return (int)nr;
	if (crossover_find(steps, (size_t)nr, &c))
		return 0;

	crossover_print(&c, higher ? "worse" : "cheaper",
			higher ? "better" : "dearer", arm->reference, text,
			SAY_BYTES);
	return 1;
}

/* The first point of a line of points that differ in the size alone. */
static bool begins_line(const struct subject *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (group_same_line(s->group, s->axis, s->group->points[i],
				    s->group->points[at]))
			return false;
	return true;
}

/* The next line of which there is something to say; the end if there is none. */
static size_t next_line(const struct subject *s, const struct result_arm *arm,
			size_t from, char text[SAY_BYTES], int *ret_err)
{
	size_t nr = s->group->nr_points;

	for (size_t i = from; i < nr; i++) {
		int found = begins_line(s, i)
				    ? find_words(s, s->group->points[i], arm,
						 text)
				    : 0;

		if (found < 0)
			*ret_err = found;
		if (found)
			return found < 0 ? nr : i;
	}
	return nr;
}

/* Whether the same is true of the arm in all lines. */
static bool same_everywhere(const struct subject *s,
			    const struct result_arm *arm, int *ret_err)
{
	char first[SAY_BYTES], text[SAY_BYTES];
	size_t nr = s->group->nr_points;
	size_t at = next_line(s, arm, 0, first, ret_err);

	while (at < nr) {
		at = next_line(s, arm, at + 1, text, ret_err);
		if (at < nr && strcmp(text, first) != 0)
			return false;
	}
	return true;
}

static int say_arm(const struct subject *s, const struct result_arm *arm,
		   struct sentences *said)
{
	char text[SAY_BYTES], who[WHO_BYTES];
	size_t nr = s->group->nr_points;
	int err = 0;
	bool same = same_everywhere(s, arm, &err);

	for (size_t i = next_line(s, arm, 0, text, &err); !err && i < nr;
	     i = next_line(s, arm, i + 1, text, &err)) {
		if (same)
			return say(said, text, arm->name);
		name_line(s->group, s->axis, s->group->points[i], arm->name,
			  who, sizeof(who));
		err = say(said, text, who);
	}
	return err;
}

static bool came_before(const struct group *g, size_t point, size_t arm)
{
	const char *name = g->points[point]->point->arms[arm].name;

	for (size_t i = 0; i < point; i++)
		if (result_find_arm(g->points[i]->point, name) >= 0)
			return true;
	return false;
}

static void print_sentences(const struct subject *s,
			    const struct sentences *said, FILE *out)
{
	const struct result_metric *m =
		s->metric ? s->metric : &s->group->points[0]->point->metrics[0];

	if (!said->nr)
		return;

	fputc('\n', out);
	format_paragraph(out, "", 2, "%.40s along %.30s", m->name,
			 s->axis->name);
	for (size_t i = 0; i < said->nr; i++)
		format_paragraph(out, "- ", 2, "%s: %s", said->of[i].who,
				 said->of[i].say);
	if (said->nr_left_out)
		format_paragraph(out, "- ", 2, "... and %zu more",
				 said->nr_left_out);
}

static int print_subject(const struct subject *s, FILE *out)
{
	const struct group *g = s->group;
	struct sentences said = { 0 };
	int err = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t a = 0; !err && a < p->nr_arms; a++)
			if (p->arms[a].kind == RESULT_ARM_CONTRAST &&
			    !came_before(g, i, a))
				err = say_arm(s, &p->arms[a], &said);
	}
	if (!err)
		print_sentences(s, &said, out);
	free(said.of);
	return err;
}

int text_crossover(struct group *g, double m, FILE *out)
{
	const struct result_point *p = group_richest(g);
	struct subject s = { .group = g, .axis = group_size_axis(g), .m = m };
	int err;

	if (!s.axis || g->nr_points > MAX_POINTS)
		return 0;

	group_sort(g, &s.axis, 1);
	err = print_subject(&s, out);
	for (size_t i = 1; !err && i < p->nr_metrics; i++) {
		s.metric = &p->metrics[i];
		if (s.metric->kind && !strcmp(s.metric->kind, "latency"))
			err = print_subject(&s, out);
	}
	return err;
}
