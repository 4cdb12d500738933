// SPDX-License-Identifier: GPL-2.0-only
/* A picture a kernel beside the first: a bar a number that differs, in %. */
#include "exact_page.h"
#include "out_exact.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
	MAX_BARS = 20,
	BAR_PIXELS = 24,
	FRAME_PIXELS = 160,
	LEAST_BARS = 4,
	WHERE_BYTES = 256
};

static int add_bar(struct picture_panel *panel, const char *name, double share)
{
	struct picture_series *s = picture_series(panel, share > 0 ? "longer"
								   : "shorter");
	struct picture_row row = { .x = (double)panel->nr_categories,
				   .y = 100 * share,
				   .lo = fmin(100 * share, 0),
				   .hi = fmax(100 * share, 0) };

	if (!s)
		return 0;
	s->part = share > 0 ? PICTURE_MISTAKE : PICTURE_EXPECTED;
	snprintf(panel->names[panel->nr_categories++], PICTURE_TEXT_BYTES,
		 "%.60s", name);
	return picture_row(s, row);
}

static int add_bars(const struct exact *x, size_t side, struct groups *g,
		    struct picture_panel *panel)
{
	const struct exact_row *rows[MAX_BARS];
	size_t nr = exact_largest(x, side, MAX_BARS, rows);
	int err = 0;

	panel->names = calloc(MAX_BARS, sizeof(*panel->names));
	if (!panel->names)
		return -ENOMEM;
	for (size_t i = 0; i < nr && !err; i++) {
		char where[WHERE_BYTES];

		exact_where(g, rows[i]->point, rows[i]->arm, where,
			    sizeof(where));
		if (!isnan(exact_share(rows[i], side)))
			err = add_bar(panel, where, exact_share(rows[i], side));
	}
	return err;
}

static void write_texts(const struct exact *x, size_t side,
			const char *const *names, struct picture *pic,
			struct picture_panel *panel)
{
	snprintf(pic->title, sizeof(pic->title),
		 "%.60s against %.60s: instructions an op", names[side],
		 names[0]);
	snprintf(pic->note, sizeof(pic->note),
		 "insn mode: path length, no time. Of %zu numbers %zu are "
		 "identical, %zu cannot be told apart, %zu differ",
		 x->nr_rows, exact_count(x, side, EXACT_IDENTICAL),
		 exact_count(x, side, EXACT_WITHIN),
		 exact_count(x, side, EXACT_DIFFERS));
	snprintf(panel->x_label, sizeof(panel->x_label), "%c less %c, in %%",
		 x->letters[side], x->letters[0]);
}

static int add_side(const struct exact *x, size_t side,
		    const char *const *names, struct groups *g,
		    struct pictures *p)
{
	char letter[2] = { x->letters[side], '\0' };
	struct group named = { .workload = letter };
	struct picture *pic = picture_add(p, "compare", &named);
	struct picture_panel *panel = pic ? picture_add_panel(pic,
							      PICTURE_CHANGES)
					  : NULL;
	size_t bars;
	int err;

	if (!panel)
		return -ENOMEM;
	err = add_bars(x, side, g, panel);
	write_texts(x, side, names, pic, panel);
	bars = panel->nr_categories < LEAST_BARS ? LEAST_BARS
						 : panel->nr_categories;
	pic->nr_columns = pic->nr_rows = 1;
	pic->height = FRAME_PIXELS + BAR_PIXELS * (unsigned)bars;
	return err;
}

int picture_exact(const struct exact *x, const char *const *names,
		  struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 1; i < x->nr_sides && !err; i++)
		if (exact_count(x, i, EXACT_DIFFERS))
			err = add_side(x, i, names, g, p);
	return err;
}
