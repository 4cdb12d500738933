// SPDX-License-Identifier: GPL-2.0-only
/* Costs of arms at numbers that stand side by side, one key above all. */
#include "gnuplot_axes.h"
#include "out_gnuplot.h"

/* Pixels. */
enum {
	KEY_FROM_TOP = 42, /* below the title */
	KEY_LINE = 17,
	KEY_COLUMNS = 2,
	BELOW_KEY = 24, /* the titles of panels */
};

unsigned gnuplot_costs_head(const struct picture_panel *panel)
{
	unsigned lines = ((unsigned)panel->nr_series + KEY_COLUMNS - 1) /
			 KEY_COLUMNS;

	return KEY_FROM_TOP + KEY_LINE * lines + BELOW_KEY;
}

static void name_tics(const struct picture_panel *panel, FILE *out)
{
	fputs("unset logscale x\nset xtics ", out);
	gnuplot_names(panel, true, out);
	fprintf(out, "\nset xrange [-0.4:%.1f]\n",
		(double)panel->nr_categories - 0.6);
}

/* The series a little beside each other: they would hide their bars. */
static void write_series(const struct picture_panel *panel,
			 const struct gnuplot_place *place, size_t i, FILE *out)
{
	double beside = ((double)i - ((double)panel->nr_series - 1) / 2) * 0.04;

	gnuplot_source(place, i, out);
	fprintf(out, " using ($1%+.3f):2:3:4 with yerrorlines lt %zu ps 0.9",
		beside, i + 1);
	gnuplot_title(&panel->series[i], out);
}

void gnuplot_costs_panel(const struct picture_panel *panel,
			 const struct gnuplot_place *place, FILE *out)
{
	const struct gnuplot_scale scale = { 1, NULL, false };
	size_t nr = 0;

	name_tics(panel, out);
	gnuplot_y_axis(panel, &scale, 0.1, out);
	gnuplot_label("y", panel->y_label, NULL, out);
	if (place->panel == 1)
		fprintf(out,
			"set key at screen 0.5,screen %.4f center top "
			"horizontal reverse Left samplen 3 font ',10'\n",
			1 - (1 - place->box.top) * KEY_FROM_TOP /
					gnuplot_costs_head(panel));
	else
		fputs("unset key\n", out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		if (!panel->series[i].nr_rows && place->panel > 1)
			continue;
		gnuplot_next_plot(nr++, out);
		if (panel->series[i].nr_rows) {
			write_series(panel, place, i, out);
			continue;
		}
		fprintf(out, "keyentry with linespoints lt %zu ps 0.9", i + 1);
		gnuplot_title(&panel->series[i], out);
	}
	fputc('\n', out);
}
