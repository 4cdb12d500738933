// SPDX-License-Identifier: GPL-2.0-only
/* Plot commands of each kind of panel. */
#include "gnuplot_panel.h"
#include "gnuplot_axes.h"
#include "out_gnuplot.h"

#include "common/units.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	CANVAS_WIDTH = 960,
	KEY_LETTER = 7, /* pixels, on average */
	KEY_SAMPLE = 48,
};

size_t gnuplot_key_columns(const struct picture_panel *panel,
			   const struct gnuplot_box *box)
{
	double width = (box->right - box->left) * CANVAS_WIDTH;
	size_t longest = 0, columns;

	for (size_t i = 0; i < panel->nr_series; i++) {
		size_t len = strlen(panel->series[i].title);

		longest = len > longest ? len : longest;
	}
	columns = (size_t)(width / (double)(KEY_LETTER * longest + KEY_SAMPLE));
	return columns ? columns : 1;
}

static void write_box(const struct gnuplot_place *place, FILE *out)
{
	fprintf(out,
		"set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
		"set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
		place->box.left, place->box.right, place->box.top,
		place->box.bottom);
}

static void write_panel_title(const struct picture_panel *panel,
			      const struct gnuplot_place *place, FILE *out)
{
	char quoted[3 * PICTURE_TEXT_BYTES];

	if (!*panel->title)
		return;
	fprintf(out, "set label 3 %s at graph 0,screen %.4f left font ',11'\n",
		gnuplot_quote(panel->title, quoted, sizeof(quoted)),
		place->box.top + 0.025);
}

static void levels_panel(const struct picture_panel *panel,
			 const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_scale scale = gnuplot_size_frame(panel, place, out);
	size_t nr = 0;

	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(nr++, out);
		gnuplot_source(place, i, out);
		fprintf(out,
			" using 1:($3/%g):($4/%g) with filledcurves lt %zu "
			"notitle",
			scale.factor, scale.factor, i + 1);
	}
	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(nr++, out);
		gnuplot_source(place, i, out);
		fprintf(out, " using 1:($2/%g) with linespoints lt %zu",
			scale.factor, i + 1);
		gnuplot_title(&panel->series[i], out);
	}
	fputc('\n', out);
}

/*
 * Counts coincide (one flush and one lock an op), so the series stand a
 * little beside each other on the x axis.
 */
static void counters_panel(const struct picture_panel *panel,
			   const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_scale scale = { 1, NULL };
	size_t nr = 0;

	gnuplot_size_tics(panel, place, out);
	gnuplot_y_axis(panel, &scale, 0.9, out);
	gnuplot_label("y", panel->y_label, NULL, out);
	fputs("set key top left horizontal reverse Left samplen 2 "
	      "width 1 maxrows 3 font ',9'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		double beside = ((double)i -
				 ((double)panel->nr_series - 1) / 2) *
				0.2;

		gnuplot_next_plot(nr++, out);
		gnuplot_source(place, i, out);
		fprintf(out, " using ($1*%.4f):2 with linespoints lt %zu lw 1",
			exp2(beside), i + 1);
		gnuplot_title(&panel->series[i], out);
	}
	fputc('\n', out);
}

static void write_category_tics(const struct picture_panel *panel, FILE *out)
{
	const char *comma = "";

	fputs("unset logscale x\nset xtics (", out);
	for (size_t i = 0; i < panel->nr_categories; i++) {
		uint64_t size = (uint64_t)panel->categories[i];
		uint64_t near = panel->near_bytes;
		char base[UNITS_TEXT_BYTES], apart[UNITS_TEXT_BYTES];

		units_print_size(near, base);
		units_print_size(size > near ? size - near : near - size,
				 apart);
		fprintf(out, "%s\"%s%s%s\" %zu", comma, base,
			size < near   ? "\\n-"
			: size > near ? "\\n+"
				      : "",
			size == near ? "" : apart, i);
		comma = ", ";
	}
	fprintf(out, ")\nset xrange [-0.5:%.1f]\n",
		(double)panel->nr_categories - 0.5);
}

static void near_panel(const struct picture_panel *panel,
		       const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_scale scale = gnuplot_y_scale(panel);

	write_category_tics(panel, out);
	gnuplot_y_axis(panel, &scale, 0.3, out);
	gnuplot_label("y", panel->y_label, &scale, out);
	fputs("set key top left vertical reverse Left samplen 2 "
	      "font ',10'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_bars(panel, place, i, &scale, out);
		gnuplot_title(&panel->series[i], out);
	}
	fputc('\n', out);
}

static double largest_median(const struct picture_panel *panel)
{
	double most = 0;

	for (size_t i = 0; i < panel->nr_series; i++)
		most = fmax(most, panel->series[i].median);
	return most;
}

static void ecdf_panel(const struct picture_panel *panel,
		       const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_extent x = gnuplot_x_extent(panel);
	struct gnuplot_scale scale = gnuplot_scale_of(panel,
						      largest_median(panel));
	size_t nr = 0;

	x.lo = fmax(x.lo, 1);
	x.hi = fmax(x.hi, 10 * x.lo);
	fputs("set logscale x 10\n", out);
	gnuplot_log_tics("x", x, &scale, out);
	fprintf(out,
		"set xrange [%.6g:%.6g]\nset yrange [0:1.02]\n"
		"unset logscale y\nset ytics 0,0.25,1\n",
		x.lo / scale.factor / 1.1, x.hi / scale.factor * 1.1);
	gnuplot_label("x", panel->x_label, &scale, out);
	gnuplot_label("y", panel->y_label, NULL, out);
	fputs("set key bottom right vertical reverse Left samplen 3 "
	      "font ',10'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(nr++, out);
		gnuplot_source(place, i, out);
		fprintf(out,
			" using ($1/%g):2 with linespoints lt %zu "
			"pointinterval 20 ps 0.7",
			scale.factor, i + 1);
		gnuplot_title(&panel->series[i], out);
	}
	for (size_t i = 0; i < panel->nr_series; i++) {
		const struct picture_series *s = &panel->series[i];

		if (!isfinite(s->median_lo) || !isfinite(s->median_hi))
			continue;
		gnuplot_next_plot(nr++, out);
		fprintf(out,
			"'+' using (%.6g):(0.5):(%.6g):(%.6g) every ::::0 "
			"with xerrorbars lt %zu dt 1 ps 1 notitle",
			s->median / scale.factor, s->median_lo / scale.factor,
			s->median_hi / scale.factor, i + 1);
	}
	fputc('\n', out);
}

void gnuplot_panel(const struct picture_panel *panel,
		   const struct gnuplot_place *place, FILE *out)
{
	if (!panel->nr_series)
		return;

	fputc('\n', out);
	write_box(place, out);
	write_panel_title(panel, place, out);
	fputs("set format x '%g'\nunset xlabel\n", out);
	if (place->lowest && panel->kind != PICTURE_ECDF)
		gnuplot_label("x", panel->x_label, NULL, out);
	switch (panel->kind) {
	case PICTURE_LEVELS:
		levels_panel(panel, place, out);
		break;
	case PICTURE_COUNTERS:
		counters_panel(panel, place, out);
		break;
	case PICTURE_NEAR:
		near_panel(panel, place, out);
		break;
	case PICTURE_ECDF:
		ecdf_panel(panel, place, out);
		break;
	case PICTURE_MODEL:
		gnuplot_model_panel(panel, place, out);
		break;
	case PICTURE_RESIDUAL:
		gnuplot_residual_panel(panel, place, out);
		break;
	case PICTURE_ARMS:
		gnuplot_arms_panel(panel, place, out);
		break;
	case PICTURE_CONTRASTS:
		gnuplot_contrasts_panel(panel, place, out);
		break;
	case PICTURE_SHARES:
		gnuplot_shares_panel(panel, place, out);
		break;
	case PICTURE_DOTS:
		gnuplot_dots_panel(panel, place, out);
		break;
	case PICTURE_CHANGES:
		gnuplot_changes_panel(panel, place, out);
		break;
	case PICTURE_COSTS:
		gnuplot_costs_panel(panel, place, out);
		break;
	}
	fputs("unset label 3\n", out);
}
