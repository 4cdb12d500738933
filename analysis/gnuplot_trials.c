// SPDX-License-Identifier: GPL-2.0-only
/* Bars that lie, part by part, and dots in the same rows. */
#include "gnuplot_axes.h"
#include "out_gnuplot.h"

#include <string.h>

/* Calm for what is expected, loud for what is not. */
static const char *const calm[] = { "#9EC5DE", "#4A90BF", "#B9D8C2",
				    "#6BA583" };
static const char *const loud[] = { "#D55E00", "#E6A800", "#CC2277",
				    "#5E2A84", "#8C1C13", "#303030" };

enum {
	LEAST_RANGE = 5, /* of a logarithmic axis: less has no tics on it */
	TITLE_BYTES = 17,
	WIDE_NAME = 40, /* longer ones want smaller letters */
	NR_CALM = sizeof(calm) / sizeof(calm[0]),
	NR_LOUD = sizeof(loud) / sizeof(loud[0])
};

static size_t longest_name(const struct picture_panel *panel)
{
	size_t most = 0;

	for (size_t i = 0; i < panel->nr_categories; i++)
		if (strlen(panel->names[i]) > most)
			most = strlen(panel->names[i]);
	return most;
}

static void row_axis(const struct picture_panel *panel, bool named, FILE *out)
{
	fputs("unset logscale xy\nset ytics ", out);
	gnuplot_names(panel, named, out);
	fprintf(out,
		"%s\nset yrange [%.1f:-0.6]\nunset ylabel\n"
		"set grid xtics noytics\n",
		named && longest_name(panel) > WIDE_NAME ? " font ',9'" : "",
		(double)panel->nr_categories - 0.4);
}

static void key(const struct gnuplot_place *place, FILE *out)
{
	fprintf(out,
		"set key at graph 0,screen %.4f left bottom horizontal "
		"reverse Left samplen 1.2 width -2 font ',10'\n",
		place->box.top + 0.004);
}

static void plain_again(FILE *out)
{
	fputs("set grid noxtics ytics\nset ytics autofreq font ''\n", out);
}

/* As much of its name as the key has room for. */
static void short_title(const struct picture_series *s, FILE *out)
{
	char title[TITLE_BYTES], quoted[3 * PICTURE_TEXT_BYTES];

	snprintf(title, sizeof(title), "%.*s", TITLE_BYTES - 1, s->title);
	fprintf(out, " title %s", gnuplot_quote(title, quoted, sizeof(quoted)));
}

static void write_part(const struct picture_series *s, const char *colour,
		       FILE *out)
{
	fprintf(out,
		" using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with "
		"boxxyerror lc rgb '%s' fs solid 1 noborder",
		colour);
	short_title(s, out);
}

static void write_hatches(const struct picture_series *s, FILE *out)
{
	fputs(" using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with "
	      "boxxyerror lc rgb '#303030' fs transparent pattern 4 noborder",
	      out);
	short_title(s, out);
}

void gnuplot_shares_panel(const struct picture_panel *panel,
			  const struct gnuplot_place *place, FILE *out)
{
	row_axis(panel, true, out);
	key(place, out);
	fputs("set xtics 0,20,100\nset xrange [0:100]\n", out);
	for (size_t i = 0; i < panel->nr_series; i++) {
		const struct picture_series *s = &panel->series[i];

		gnuplot_next_plot(i, out);
		gnuplot_source(place, i, out);
		switch (s->part) {
		case PICTURE_EXPECTED:
			write_part(s, calm[s->colour % NR_CALM], out);
			break;
		case PICTURE_MISTAKE:
			write_part(s, loud[s->colour % NR_LOUD], out);
			break;
		case PICTURE_BLIND:
			write_hatches(s, out);
			break;
		case PICTURE_INTERVAL:
			fputs(" using (100*$2):1:(100*$3):(100*$4) with "
			      "xerrorbars lc rgb '#202020' dt 1 lw 1 pt 0",
			      out);
			short_title(s, out);
			break;
		}
	}
	fputc('\n', out);
	plain_again(out);
}

void gnuplot_dots_panel(const struct picture_panel *panel,
			const struct gnuplot_place *place, FILE *out)
{
	struct gnuplot_extent x = gnuplot_y_extent(panel);
	struct gnuplot_scale scale = gnuplot_y_scale(panel);

	row_axis(panel, false, out);
	key(place, out);
	gnuplot_label("x", panel->x_label, &scale, out);
	if (x.lo > 0 && x.hi > LEAST_RANGE * x.lo) {
		fputs("set logscale x 10\n", out);
		gnuplot_log_tics("x", x, &scale, out);
		fprintf(out, "set xrange [%.6g:%.6g]\n",
			x.lo / scale.factor / 1.5, x.hi / scale.factor * 1.5);
	} else {
		fprintf(out, "set xtics autofreq\nset xrange [0:%.6g]\n",
			x.hi > 0 ? x.hi / scale.factor * 1.1 : 1.0);
	}
	for (size_t i = 0; i < panel->nr_series; i++) {
		gnuplot_next_plot(i, out);
		gnuplot_source(place, i, out);
		fprintf(out,
			" using ($2/%g):1:($3/%g):($4/%g) with xerrorbars "
			"lt %zu dt 1 lw 1.5 ps 0.9",
			scale.factor, scale.factor, scale.factor, i + 1);
		short_title(&panel->series[i], out);
	}
	fputc('\n', out);
	plain_again(out);
}
