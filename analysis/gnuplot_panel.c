// SPDX-License-Identifier: GPL-2.0-only
/* Axes, tics and plot commands of each kind of panel. */
#include "gnuplot_panel.h"
#include "out_gnuplot.h"

#include "common/units.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* More decades than this make the axis logarithmic. */
#define LINEAR_DECADES 1.5

struct extent {
	double lo, hi;
};

static struct extent y_extent(const struct picture_panel *panel)
{
	struct extent x = { INFINITY, 0 };

	for (size_t i = 0; i < panel->nr_series; i++)
		for (size_t j = 0; j < panel->series[i].nr_rows; j++) {
			x.lo = fmin(x.lo, panel->series[i].rows[j].lo);
			x.hi = fmax(x.hi, panel->series[i].rows[j].hi);
		}
	return x;
}

static struct extent x_extent(const struct picture_panel *panel)
{
	struct extent x = { INFINITY, 0 };

	for (size_t i = 0; i < panel->nr_series; i++)
		for (size_t j = 0; j < panel->series[i].nr_rows; j++) {
			x.lo = fmin(x.lo, panel->series[i].rows[j].x);
			x.hi = fmax(x.hi, panel->series[i].rows[j].x);
		}
	return x;
}

struct scale {
	double factor;
	const char *unit;
};

static struct scale scale_of(const struct picture_panel *panel, double most)
{
	static const struct scale scales[] = {
		{ 1, "ns" }, { 1e3, "us" }, { 1e6, "ms" }, { 1e9, "s" }
	};
	size_t i = 0;

	if (!panel->time)
		return (struct scale){ 1, NULL };
	while (i < 3 && most >= 2 * scales[i + 1].factor)
		i++;
	return scales[i];
}

static void write_label(const char *axis, const char *text,
			const struct scale *scale, FILE *out)
{
	char quoted[3 * PICTURE_TEXT_BYTES], full[2 * PICTURE_TEXT_BYTES];

	snprintf(full, sizeof(full), "%.100s%s%s", text,
		 scale && scale->unit ? ", " : "",
		 scale && scale->unit ? scale->unit : "");
	fprintf(out, "set %slabel %s\n", axis,
		gnuplot_quote(full, quoted, sizeof(quoted)));
}

static void write_tic(double at, FILE *out)
{
	if (at < 1e4)
		fprintf(out, "'%g' %g", at, at);
	else if (at < 1e6)
		fprintf(out, "'%gk' %g", at / 1e3, at);
	else
		fprintf(out, "'%gM' %g", at / 1e6, at);
}

/* 1, 2 and 5 of each decade, or the decades alone if they are many. */
static void write_log_tics(const char *axis, struct extent x,
			   const struct scale *scale, FILE *out)
{
	static const double steps[] = { 1, 2, 5 };
	double lo = x.lo / scale->factor, hi = x.hi / scale->factor;
	size_t per_decade = log10(hi / lo) > 3.2 ? 1 : 3;
	int first = (int)floor(log10(lo)), last = (int)floor(log10(hi));
	const char *comma = "";

	fprintf(out, "set %stics (", axis);
	for (int decade = first; decade <= last; decade++)
		for (size_t i = 0; i < per_decade; i++) {
			double at = steps[i] * pow(10, decade);

			if (at < lo / 1.3 || at > hi * 1.3)
				continue;
			fputs(comma, out);
			write_tic(at, out);
			comma = ", ";
		}
	fputs(")\n", out);
}

/* The sizes themselves, thinned so that their labels fit. */
static void write_size_tics(const struct picture_panel *panel,
			    const struct gnuplot_place *place, FILE *out)
{
	double width = place->box.right - place->box.left;
	struct extent x = x_extent(panel);
	int first = (int)ceil(log2(fmax(x.lo, 1)));
	int last = (int)floor(log2(fmax(x.hi, 1)));
	int step = 1 + (last - first) / (width > 0.6 ? 14 : 7);
	const char *comma = "";

	fputs("set logscale x 2\nset xtics (", out);
	for (int octave = first; octave <= last && octave < 63;
	     octave += step) {
		char text[UNITS_TEXT_BYTES];

		units_print_size(UINT64_C(1) << octave, text);
		fprintf(out, "%s'%s' %.0f", comma, place->lowest ? text : "",
			exp2(octave));
		comma = ", ";
	}
	fprintf(out, ")\nset xrange [%.9g:%.9g]\n", x.lo / 1.25, x.hi * 1.25);
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

/* The series' data as a plot command names them. */
static void write_source(const struct gnuplot_place *place, size_t series,
			 FILE *out)
{
	if (place->file)
		fprintf(out, "'%s.dat' index %zu", place->file,
			place->index + series);
	else
		fprintf(out, "$p%zus%zu", place->panel, series + 1);
}

static void write_title(const struct picture_series *s, FILE *out)
{
	char quoted[3 * PICTURE_TEXT_BYTES];

	fprintf(out, " title %s",
		gnuplot_quote(s->title, quoted, sizeof(quoted)));
}

static void next_plot(size_t i, FILE *out)
{
	fputs(i ? ", \\\n     " : "plot ", out);
}

/* About four tics, at multiples of 1, 2 or 5. */
static double nice_step(double most)
{
	double decade = pow(10, floor(log10(most / 4)));
	double step = most / 4 / decade;

	return decade * (step > 5 ? 10 : step > 2 ? 5 : step > 1 ? 2 : 1);
}

static void write_y_axis(const struct picture_panel *panel,
			 const struct scale *scale, double headroom, FILE *out)
{
	struct extent y = y_extent(panel);
	double most;
	bool small = panel->kind == PICTURE_COUNTERS &&
		     y.hi <= PICTURE_LARGE_COUNT;
	bool logarithmic = !small && y.lo > 0 &&
			   log10(y.hi / y.lo) > LINEAR_DECADES;

	if (logarithmic) {
		fputs("set logscale y 10\n", out);
		write_log_tics("y", y, scale, out);
		fprintf(out, "set yrange [%.6g:%.6g]\n",
			y.lo / scale->factor / 1.4,
			y.hi / scale->factor * pow(10, headroom / 2));
		return;
	}
	most = y.hi > 0 ? y.hi / scale->factor * (1 + headroom) : 1.0;
	fprintf(out, "unset logscale y\nset ytics %g\nset yrange [0:%.6g]\n",
		nice_step(most), most);
}

static void levels_panel(const struct picture_panel *panel,
			 const struct gnuplot_place *place, FILE *out)
{
	struct scale scale = scale_of(panel, y_extent(panel).hi);
	size_t nr = 0;

	write_size_tics(panel, place, out);
	write_y_axis(panel, &scale, 0.25, out);
	write_label("y", panel->y_label, &scale, out);
	fputs("set key top left vertical reverse Left samplen 3 "
	      "font ',10'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		next_plot(nr++, out);
		write_source(place, i, out);
		fprintf(out,
			" using 1:($3/%g):($4/%g) with filledcurves lt %zu "
			"notitle",
			scale.factor, scale.factor, i + 1);
	}
	for (size_t i = 0; i < panel->nr_series; i++) {
		next_plot(nr++, out);
		write_source(place, i, out);
		fprintf(out, " using 1:($2/%g) with linespoints lt %zu",
			scale.factor, i + 1);
		write_title(&panel->series[i], out);
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
	struct scale scale = { 1, NULL };
	size_t nr = 0;

	write_size_tics(panel, place, out);
	write_y_axis(panel, &scale, 0.9, out);
	write_label("y", panel->y_label, NULL, out);
	fputs("set key top left horizontal reverse Left samplen 2 "
	      "width 1 maxrows 3 font ',9'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		double beside = ((double)i -
				 ((double)panel->nr_series - 1) / 2) *
				0.2;

		next_plot(nr++, out);
		write_source(place, i, out);
		fprintf(out, " using ($1*%.4f):2 with linespoints lt %zu lw 1",
			exp2(beside), i + 1);
		write_title(&panel->series[i], out);
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
	struct scale scale = scale_of(panel, y_extent(panel).hi);
	double step = 0.6 / (double)(panel->nr_series + 1);

	write_category_tics(panel, out);
	write_y_axis(panel, &scale, 0.3, out);
	write_label("y", panel->y_label, &scale, out);
	fputs("set key top left vertical reverse Left samplen 2 "
	      "font ',10'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		double beside = ((double)i -
				 ((double)panel->nr_series - 1) / 2) *
				step;

		next_plot(i, out);
		write_source(place, i, out);
		fprintf(out,
			" using ($1%+.3f):($2/%g):($3/%g):($4/%g) with "
			"yerrorbars lt %zu dt 1 lw 1.5 ps 1.2",
			beside, scale.factor, scale.factor, scale.factor,
			i + 1);
		write_title(&panel->series[i], out);
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
	struct extent x = x_extent(panel);
	struct scale scale = scale_of(panel, largest_median(panel));
	size_t nr = 0;

	x.lo = fmax(x.lo, 1);
	x.hi = fmax(x.hi, 10 * x.lo);
	fputs("set logscale x 10\n", out);
	write_log_tics("x", x, &scale, out);
	fprintf(out,
		"set xrange [%.6g:%.6g]\nset yrange [0:1.02]\n"
		"unset logscale y\nset ytics 0,0.25,1\n",
		x.lo / scale.factor / 1.1, x.hi / scale.factor * 1.1);
	write_label("x", panel->x_label, &scale, out);
	write_label("y", panel->y_label, NULL, out);
	fputs("set key bottom right vertical reverse Left samplen 3 "
	      "font ',10'\n",
	      out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		next_plot(nr++, out);
		write_source(place, i, out);
		fprintf(out,
			" using ($1/%g):2 with linespoints lt %zu "
			"pointinterval 20 ps 0.7",
			scale.factor, i + 1);
		write_title(&panel->series[i], out);
	}
	for (size_t i = 0; i < panel->nr_series; i++) {
		const struct picture_series *s = &panel->series[i];

		if (!isfinite(s->median_lo) || !isfinite(s->median_hi))
			continue;
		next_plot(nr++, out);
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
		write_label("x", panel->x_label, NULL, out);
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
	}
	fputs("unset label 3\n", out);
}
