// SPDX-License-Identifier: GPL-2.0-only
/* A bar a function that changed, the largest first, and one for the rest. */
#include "explain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
	MAX_BARS = 15,
	BAR_PIXELS = 24,
	FRAME_PIXELS = 160
};

static int add_bar(struct picture_panel *panel, const char *name, double change,
		   bool steady)
{
	const char *title = !steady	 ? "in few batches"
			    : change > 0 ? "longer"
					 : "shorter";
	struct picture_series *s = picture_series(panel, title);
	struct picture_row row = {
		.x = (double)panel->nr_categories,
		.y = change,
		.lo = fmin(change, 0),
		.hi = fmax(change, 0),
	};

	if (!s)
		return 0;
	s->part = !steady      ? PICTURE_BLIND
		  : change > 0 ? PICTURE_MISTAKE
			       : PICTURE_EXPECTED;
	snprintf(panel->names[panel->nr_categories++], PICTURE_TEXT_BYTES,
		 "%.40s", name);
	return picture_row(s, row);
}

static int add_bars(const struct explain *x, struct picture_panel *panel)
{
	double rest = 0;
	int err = 0;

	panel->names = calloc(MAX_BARS + 1, sizeof(*panel->names));
	if (!panel->names)
		return -ENOMEM;

	for (size_t i = 0; i < x->nr && !err; i++) {
		const struct functions_change *c = &x->changes[i];

		if (i < x->nr_changed && i < MAX_BARS)
			err = add_bar(panel, c->name, c->b - c->a,
				      i < x->nr_steady);
		else
			rest += c->b - c->a;
	}
	if (!err && fabs(rest) >= EXPLAIN_LEAST)
		err = add_bar(panel, "all others", rest, x->nr_steady > 0);
	return err;
}

static void write_texts(const struct explain *x, struct picture *pic,
			struct picture_panel *panel)
{
	snprintf(pic->title, sizeof(pic->title),
		 "%.40s, arm %.24s: %.30s against %.30s, %+.2f instructions "
		 "an op",
		 x->a->launch.workload ? x->a->launch.workload : "?", x->arm,
		 x->b->label, x->a->label, x->sum_b - x->sum_a);
	snprintf(pic->note, sizeof(pic->note),
		 "insn mode: path length, no time. A %.60s, B %.60s, %zu "
		 "batches each",
		 x->a->launch.kernel ? x->a->launch.kernel : "?",
		 x->b->launch.kernel ? x->b->launch.kernel : "?", x->nr_pairs);
	snprintf(panel->x_label, sizeof(panel->x_label),
		 "instructions an op, B less A");
}

int picture_explain(const struct explain *x, struct pictures *p)
{
	struct group named = { .workload = x->a->launch.workload,
			       .what = x->arm };
	struct picture_panel *panel;
	struct picture *pic;
	int err;

	if (!x->b || !x->counted || !x->nr_changed)
		return 0;
	pic = picture_add(p, "explain", &named);
	panel = pic ? picture_add_panel(pic, PICTURE_CHANGES) : NULL;
	if (!panel)
		return -ENOMEM;

	err = add_bars(x, panel);
	write_texts(x, pic, panel);
	pic->nr_columns = pic->nr_rows = 1;
	pic->height = FRAME_PIXELS +
		      BAR_PIXELS * (unsigned)(panel->nr_categories < 4
						      ? 4
						      : panel->nr_categories);
	return err;
}
