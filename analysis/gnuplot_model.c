// SPDX-License-Identifier: GPL-2.0-only
/* Levels and what a model predicts, how far apart they are, and arms. */
#include "gnuplot_axes.h"
#include "out_gnuplot.h"

#include <math.h>

static void write_key(size_t series, const struct picture_series *s,
		      const char *style, FILE *out)
{
	fprintf(out, "keyentry with %s lt %zu", style, series + 1);
	gnuplot_title(s, out);
}

void gnuplot_model_panel(const struct picture_panel *panel,
			 const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_scale scale = gnuplot_size_frame(panel, place, out);
	size_t nr = 0;

	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(nr++, out);
		gnuplot_source(place, i, out);
		fprintf(out, " using 1:($5/%g) with lines lt %zu notitle",
			scale.factor, i + 1);
		gnuplot_next_plot(nr++, out);
		gnuplot_source(place, i, out);
		fprintf(out,
			" using 1:($2/%g):($3/%g):($4/%g) with yerrorbars "
			"lt %zu dt 1 lw 1 notitle",
			scale.factor, scale.factor, scale.factor, i + 1);
		gnuplot_next_plot(nr++, out);
		write_key(i, &panel->series[i], "linespoints", out);
	}
	fputc('\n', out);
}

void gnuplot_residual_panel(const struct picture_panel *panel,
			    const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_extent y = gnuplot_y_extent(panel);
	double most = fmax(fmax(fabs(y.lo), fabs(y.hi)), 0.1) * 1.15;

	gnuplot_size_tics(panel, place, out);
	fprintf(out, "unset logscale y\nset ytics %g\nset yrange [%.6g:%.6g]\n",
		gnuplot_nice_step(2 * most), -most, most);
	gnuplot_label("y", panel->y_label, NULL, out);
	fputs("plot 0 with lines lc rgb '#606060' lw 1 notitle", out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(1, out);
		gnuplot_source(place, i, out);
		fprintf(out, " using 1:2 with points lt %zu notitle", i + 1);
	}
	fputc('\n', out);
}

/* @slope: names go down to the right from their tic, or up to it. */
static void name_tics(const struct picture_panel *panel,
		      const struct gnuplot_place *place, const char *slope,
		      FILE *out)
{
	fprintf(out, "unset logscale x\nset xtics rotate by %s ", slope);
	gnuplot_names(panel, place->lowest, out);
	fprintf(out, "\nset xrange [-0.5:%.1f]\n",
		(double)panel->nr_categories - 0.5);
}

/* The series beside each other; p99 is a cross of the same colour. */
void gnuplot_arms_panel(const struct picture_panel *panel,
			const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_scale scale = gnuplot_y_scale(panel);

	name_tics(panel, place, "20 right", out);
	gnuplot_y_axis(panel, &scale, 0.3, out);
	gnuplot_label("y", panel->y_label, &scale, out);
	fprintf(out,
		"set key at graph 1,screen %.4f right bottom horizontal "
		"maxcols %zu reverse Left samplen 2 font ',10'\n",
		place->box.top + 0.01, gnuplot_key_columns(panel, &place->box));
	for (size_t i = 0; i < panel->nr_series; i++) {
		double beside = gnuplot_bars(panel, place, i, &scale, out);

		if (panel->nr_series > 1)
			gnuplot_title(&panel->series[i], out);
		else
			fputs(" notitle", out);
		gnuplot_next_plot(1, out);
		gnuplot_source(place, i, out);
		fprintf(out,
			" using ($1%+.3f):($5/%g) with points lt %zu pt 2 "
			"ps 1.2 notitle",
			beside, scale.factor, i + 1);
	}
	fputs("\nset xtics norotate\n", out);
}

/* Of the room above the first panel, so much lies above the key: the title. */
#define KEY_PLACE 0.44

/* Around a line at zero, which the intervals of no effect cross. */
void gnuplot_contrasts_panel(const struct picture_panel *panel,
			     const struct gnuplot_place *place, FILE *out)
{
	const struct gnuplot_scale scale = { 1, NULL, false };
	struct gnuplot_extent y = gnuplot_y_extent(panel);
	double lo = fmin(y.lo, 0), hi = fmax(y.hi, 0);
	double room = fmax(hi - lo, 1) * 0.08;
	bool first = place->panel == 1;

	name_tics(panel, place, "-20", out);
	fprintf(out, "unset logscale y\nset ytics %g\nset yrange [%.6g:%.6g]\n",
		gnuplot_nice_step(hi - lo + 2 * room), lo - room, hi + room);
	gnuplot_label("y", panel->y_label, NULL, out);
	if (first && panel->nr_series > 1)
		fprintf(out,
			"set key at graph 1,screen %.4f right top horizontal "
			"reverse Left samplen 2 font ',10'\n",
			1 - KEY_PLACE * (1 - place->box.top));
	else
		fputs("unset key\n", out);
	fputs("plot 0 with lines lc rgb '#606060' lw 1 notitle", out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		if (panel->series[i].nr_rows)
			gnuplot_bars(panel, place, i, &scale, out);
		else
			fprintf(out, ", keyentry with points lt %zu", i + 1);
		gnuplot_title(&panel->series[i], out);
	}
	fputs("\nset key\nset xtics norotate\n", out);
}
