// SPDX-License-Identifier: GPL-2.0-only
/* Bars from 0 to the right for more, to the left for less. */
#include "gnuplot_axes.h"
#include "out_gnuplot.h"

#include <math.h>

/* Room for the number beside the longest bar, as a share of it. */
#define HEADROOM 0.22

static void axes(const struct picture_panel *panel, FILE *out)
{
	struct gnuplot_extent x = gnuplot_y_extent(panel);
	double lo = fmin(x.lo, 0), hi = fmax(x.hi, 0), range = hi - lo;

	fputs("unset logscale xy\nset ytics ", out);
	gnuplot_names(panel, true, out);
	fprintf(out,
		"\nset yrange [%.1f:-0.6]\nunset ylabel\n"
		"set grid xtics noytics\nset xtics autofreq\n"
		"set xrange [%.6g:%.6g]\n"
		"set arrow 1 from 0,graph 0 to 0,graph 1 nohead "
		"lc rgb '#606060' lw 1\n",
		(double)panel->nr_categories - 0.4,
		lo < 0 ? lo - HEADROOM * range : 0,
		hi > 0 ? hi + HEADROOM * range : 0);
	gnuplot_label("x", panel->x_label, NULL, out);
}

/* Larger is worse: the loud colour. */
static const char *colour_of(const struct picture_series *s)
{
	if (s->part == PICTURE_BLIND)
		return "#7F7F7F";
	return s->part == PICTURE_MISTAKE ? "#D55E00" : "#0072B2";
}

static bool has_side(const struct picture_series *s, bool more)
{
	for (size_t i = 0; i < s->nr_rows; i++)
		if (more ? s->rows[i].y > 0 : s->rows[i].y < 0)
			return true;
	return false;
}

/* On the side that a bar is on; a plot of no label at all is none. */
static void write_numbers(const struct picture_series *s,
			  const struct gnuplot_place *place, size_t i,
			  bool more, FILE *out)
{
	if (!has_side(s, more))
		return;
	fputs(", \\\n", out);
	gnuplot_source(place, i, out);
	fprintf(out,
		" using ($2 %s 0 ? $2 : NaN):1:(sprintf('%%+.2f', $2)) "
		"with labels %s offset %s,0 font ',9' "
		"textcolor rgb '#303030' notitle",
		more ? ">" : "<", more ? "left" : "right",
		more ? "0.6" : "-0.6");
}

static void write_bars(const struct picture_panel *panel,
		       const struct gnuplot_place *place, size_t i, FILE *out)
{
	const struct picture_series *s = &panel->series[i];

	gnuplot_source(place, i, out);
	fprintf(out,
		" using (0):1:3:4:($1-0.36):($1+0.36) with boxxyerror "
		"lc rgb '%s' fs solid 0.85 noborder",
		colour_of(s));
	gnuplot_title(s, out);
	write_numbers(s, place, i, true, out);
	write_numbers(s, place, i, false, out);
}

void gnuplot_changes_panel(const struct picture_panel *panel,
			   const struct gnuplot_place *place, FILE *out)
{
	axes(panel, out);
	fprintf(out,
		"set key at graph 0,screen %.4f left bottom horizontal "
		"reverse Left samplen 1.5 width 1 font ',10'\n",
		place->box.top + 0.004);
	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(i, out);
		write_bars(panel, place, i, out);
	}
	fputs("\nunset arrow 1\nset grid noxtics ytics\nset ytics autofreq\n",
	      out);
}
