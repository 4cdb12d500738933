// SPDX-License-Identifier: GPL-2.0-only
/* Axes, tics and labels. */
#include "gnuplot_axes.h"
#include "out_gnuplot.h"

#include "common/units.h"

#include <math.h>
#include <string.h>

/* More decades than this make the axis logarithmic. */
#define LINEAR_DECADES 1.5
/* The same where a logarithmic one is asked for. */
#define ASKED_DECADES 0.7
/* More than these have tics at decades alone. */
#define MANY_DECADES 3.2

static void widen(struct gnuplot_extent *x, double lo, double hi)
{
	x->lo = fmin(x->lo, lo);
	x->hi = fmax(x->hi, hi);
}

struct gnuplot_extent gnuplot_y_extent(const struct picture_panel *panel)
{
	struct gnuplot_extent y = { INFINITY, 0 };

	for (size_t i = 0; i < panel->nr_series; i++)
		for (size_t j = 0; j < panel->series[i].nr_rows; j++) {
			const struct picture_row *row =
				&panel->series[i].rows[j];

			widen(&y, row->lo, row->hi);
			if (picture_has_more(panel->kind))
				widen(&y, row->more, row->more);
		}
	return y;
}

struct gnuplot_extent gnuplot_x_extent(const struct picture_panel *panel)
{
	struct gnuplot_extent x = { INFINITY, 0 };

	for (size_t i = 0; i < panel->nr_series; i++)
		for (size_t j = 0; j < panel->series[i].nr_rows; j++)
			widen(&x, panel->series[i].rows[j].x,
			      panel->series[i].rows[j].x);
	return x;
}

struct gnuplot_scale gnuplot_scale_of(const struct picture_panel *panel,
				      double most)
{
	static const struct gnuplot_scale scales[] = {
		{ 1, "ns" }, { 1e3, "us" }, { 1e6, "ms" }, { 1e9, "s" }
	};
	size_t i = 0;

	if (!panel->time)
		return (struct gnuplot_scale){ 1, NULL };
	while (i < 3 && most >= 2 * scales[i + 1].factor)
		i++;
	return scales[i];
}

void gnuplot_label(const char *axis, const char *text,
		   const struct gnuplot_scale *scale, FILE *out)
{
	char quoted[3 * PICTURE_TEXT_BYTES], full[2 * PICTURE_TEXT_BYTES];

	snprintf(full, sizeof(full), "%.100s%s%s", text,
		 scale && scale->unit ? ", " : "",
		 scale && scale->unit ? scale->unit : "");
	fprintf(out, "set %slabel %s\n", axis,
		gnuplot_quote(full, quoted, sizeof(quoted)));
}

struct gnuplot_scale gnuplot_y_scale(const struct picture_panel *panel)
{
	struct gnuplot_extent y = gnuplot_y_extent(panel);

	if (panel->time && y.lo > 0 && log10(y.hi / y.lo) > MANY_DECADES)
		return (struct gnuplot_scale){ 1, NULL, true };

	return gnuplot_scale_of(panel, y.hi);
}

static void write_time_tic(double ns, FILE *out)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double shown = ns;
	size_t i = 0;

	for (; i < 3 && shown >= 999; i++)
		shown /= 1e3;
	fprintf(out, "'%g %s' %g", shown, units[i], ns);
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
void gnuplot_log_tics(const char *axis, struct gnuplot_extent x,
		      const struct gnuplot_scale *scale, FILE *out)
{
	static const double steps[] = { 1, 2, 5 };
	double lo = x.lo / scale->factor, hi = x.hi / scale->factor;
	size_t per_decade = log10(hi / lo) > MANY_DECADES ? 1 : 3;
	int first = (int)floor(log10(lo)), last = (int)floor(log10(hi));
	const char *comma = "";

	fprintf(out, "set %stics (", axis);
	for (int decade = first; decade <= last; decade++)
		for (size_t i = 0; i < per_decade; i++) {
			double at = steps[i] * pow(10, decade);

			if (at < lo / 1.3 || at > hi * 1.3)
				continue;
			fputs(comma, out);
			if (scale->spelled)
				write_time_tic(at, out);
			else
				write_tic(at, out);
			comma = ", ";
		}
	fputs(")\n", out);
}

/* The sizes themselves, thinned so that their labels fit. */
void gnuplot_names(const struct picture_panel *panel, bool named, FILE *out)
{
	char quoted[3 * PICTURE_TEXT_BYTES];

	fputc('(', out);
	for (size_t i = 0; i < panel->nr_categories; i++)
		fprintf(out, "%s%s %zu", i ? ", " : "",
			gnuplot_quote(named ? panel->names[i] : "", quoted,
				      sizeof(quoted)),
			i);
	fputc(')', out);
}

void gnuplot_size_tics(const struct picture_panel *panel,
		       const struct gnuplot_place *place, FILE *out)
{
	double width = place->box.right - place->box.left;
	struct gnuplot_extent x = gnuplot_x_extent(panel);
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

/* The series' data as a plot command names them. */
void gnuplot_source(const struct gnuplot_place *place, size_t series, FILE *out)
{
	if (place->file)
		fprintf(out, "'%s.dat' index %zu", place->file,
			place->index + series);
	else
		fprintf(out, "$p%zus%zu", place->panel, series + 1);
}

void gnuplot_title(const struct picture_series *s, FILE *out)
{
	char quoted[3 * PICTURE_TEXT_BYTES];

	fprintf(out, " title %s",
		gnuplot_quote(s->title, quoted, sizeof(quoted)));
}

void gnuplot_next_plot(size_t i, FILE *out)
{
	fputs(i ? ", \\\n     " : "plot ", out);
}

double gnuplot_nice_step(double most)
{
	double decade = pow(10, floor(log10(most / 4)));
	double step = most / 4 / decade;

	return decade * (step > 5 ? 10 : step > 2 ? 5 : step > 1 ? 2 : 1);
}

/* Large numbers in thousands and millions: they would be too wide. */
static void write_linear_tics(double most, FILE *out)
{
	double step = gnuplot_nice_step(most);

	if (most < 1e4) {
		fprintf(out, "set ytics %g\n", step);
		return;
	}
	fputs("set ytics ('0' 0", out);
	for (unsigned i = 1; i <= (unsigned)(most / step); i++) {
		fputs(", ", out);
		write_tic(i * step, out);
	}
	fputs(")\n", out);
}

/* What a key in the plot takes of the data's height: it must hide none. */
static double key_share(const struct picture_panel *panel)
{
	double share = 0.045 * (double)panel->nr_series + 0.03;

	return panel->kind == PICTURE_NEAR ? share / (1 - share) : 0;
}

void gnuplot_y_axis(const struct picture_panel *panel,
		    const struct gnuplot_scale *scale, double headroom,
		    FILE *out)
{
	struct gnuplot_extent y = gnuplot_y_extent(panel);
	double most;
	bool small = panel->kind == PICTURE_COUNTERS &&
		     y.hi <= PICTURE_LARGE_COUNT;
	double linear = panel->logarithmic ? ASKED_DECADES : LINEAR_DECADES;
	bool logarithmic = !small && y.lo > 0 && log10(y.hi / y.lo) > linear;

	if (logarithmic) {
		fputs("set logscale y 10\n", out);
		gnuplot_log_tics("y", y, scale, out);
		fprintf(out, "set yrange [%.6g:%.6g]\n",
			y.lo / scale->factor / 1.4,
			y.hi / scale->factor *
				pow(10, fmax(headroom / 2,
					     log10(y.hi / y.lo) *
						     key_share(panel))));
		return;
	}
	most = y.hi > 0 ? y.hi / scale->factor *
				  (1 + fmax(headroom, key_share(panel)))
			: 1.0;
	fputs("unset logscale y\n", out);
	write_linear_tics(most, out);
	fprintf(out, "set yrange [0:%.6g]\n", most);
}

/* How high the points of the left third lie on average, 0 to 1. */
static double height_on_left(const struct picture_panel *panel)
{
	struct gnuplot_extent x = gnuplot_x_extent(panel);
	struct gnuplot_extent y = gnuplot_y_extent(panel);
	double border = x.lo * cbrt(x.hi / x.lo), sum = 0;
	size_t nr = 0;

	for (size_t i = 0; i < panel->nr_series; i++)
		for (size_t j = 0; j < panel->series[i].nr_rows; j++) {
			const struct picture_row *r = &panel->series[i].rows[j];

			if (r->x > border || !(r->y > 0))
				continue;
			sum += log(r->y / y.lo) / log(y.hi / y.lo);
			nr++;
		}
	return nr && y.hi > y.lo && y.lo > 0 ? sum / (double)nr : 0;
}

struct gnuplot_scale gnuplot_size_frame(const struct picture_panel *panel,
					const struct gnuplot_place *place,
					FILE *out)
{
	struct gnuplot_scale scale = gnuplot_y_scale(panel);

	gnuplot_size_tics(panel, place, out);
	gnuplot_y_axis(panel, &scale, 0.25, out);
	gnuplot_label("y", panel->y_label, &scale, out);
	/* Latencies rise to the right and leave the upper corner, rates fall. */
	fprintf(out,
		"set key %s left vertical reverse Left samplen 3 font ',10'\n",
		height_on_left(panel) > 0.6 ? "bottom" : "top");
	return scale;
}

double gnuplot_bars(const struct picture_panel *panel,
		    const struct gnuplot_place *place, size_t series,
		    const struct gnuplot_scale *scale, FILE *out)
{
	bool first = !series && panel->kind != PICTURE_CONTRASTS;
	double step = 0.6 / (double)(panel->nr_series + 1);
	double beside = ((double)series - ((double)panel->nr_series - 1) / 2) *
			step;

	gnuplot_next_plot(!first, out);
	gnuplot_source(place, series, out);
	fprintf(out,
		" using ($1%+.3f):($2/%g):($3/%g):($4/%g) with yerrorbars "
		"lt %zu dt 1 lw 1.5 ps 1.2",
		beside, scale->factor, scale->factor, scale->factor,
		series + 1);
	return beside;
}
