// SPDX-License-Identifier: GPL-2.0-only
/* The frame of a script: terminals, data, and where the panels lie. */
#include "out_gnuplot.h"
#include "gnuplot_axes.h"
#include "gnuplot_panel.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char prologue[] =
	"set encoding utf8\n"
	"set decimalsign '.'\n"
	"\n"
	"# Okabe-Ito colours; dash and marker differ too, for grey paper.\n"
	"set linetype 1 lc rgb '#0072B2' lw 2 pt 7  dt 1\n"
	"set linetype 2 lc rgb '#D55E00' lw 2 pt 4  dt (8,3)\n"
	"set linetype 3 lc rgb '#009E73' lw 2 pt 9  dt (3,3)\n"
	"set linetype 4 lc rgb '#CC79A7' lw 2 pt 12 dt (10,3,2,3)\n"
	"set linetype 5 lc rgb '#E69F00' lw 2 pt 11 dt 1\n"
	"set linetype 6 lc rgb '#56B4E9' lw 2 pt 6  dt (8,3)\n"
	"set linetype 7 lc rgb '#000000' lw 2 pt 5  dt (3,3)\n"
	"set linetype 8 lc rgb '#7F7F7F' lw 2 pt 8  dt (10,3,2,3)\n"
	"set border 3 lc rgb '#606060'\n"
	"set tics nomirror out scale 0.6 textcolor rgb '#303030'\n"
	"set grid ytics lt 1 lw 1 lc rgb '#D8D8D8'\n"
	"set style fill transparent solid 0.18 noborder\n"
	"set bars 0.6\n";

const char *gnuplot_quote(const char *text, char *buf, size_t size)
{
	size_t len = 0;

	buf[len++] = '\'';
	for (; *text && len + 3 < size; text++) {
		if (*text == '\'') {
			buf[len++] = '\'';
			buf[len++] = '\'';
		} else if (*text < ' ' || *text > '~' || *text == '\\' ||
			   *text == '`') {
			buf[len++] = '?';
		} else {
			buf[len++] = *text;
		}
	}
	buf[len++] = '\'';
	buf[len] = '\0';
	return buf;
}

static size_t count_rows(const struct picture *pic)
{
	size_t nr = 0;

	for (size_t i = 0; i < pic->nr_panels; i++)
		for (size_t j = 0; j < pic->panels[i].nr_series; j++)
			nr += pic->panels[i].series[j].nr_rows;
	return nr;
}

bool gnuplot_needs_data_file(const struct picture *pic)
{
	return count_rows(pic) > GNUPLOT_INLINE_ROWS;
}

static const char *more_name(enum picture_panel_kind kind)
{
	if (kind == PICTURE_MODEL)
		return ", predicted";
	return kind == PICTURE_ARMS ? ", p99" : "";
}

static void write_rows(const struct picture_panel *panel, size_t series,
		       FILE *out)
{
	const struct picture_series *s = &panel->series[series];

	for (size_t i = 0; i < s->nr_rows; i++) {
		fprintf(out, "%.9g %.6g %.6g %.6g", s->rows[i].x, s->rows[i].y,
			s->rows[i].lo, s->rows[i].hi);
		if (picture_has_more(panel->kind) && isfinite(s->rows[i].more))
			fprintf(out, " %.6g", s->rows[i].more);
		else if (picture_has_more(panel->kind))
			fputs(" NaN", out);
		fputc('\n', out);
	}
}

static void write_data(const struct picture *pic, FILE *out, FILE *data)
{
	char quoted[3 * PICTURE_TEXT_BYTES];

	for (size_t i = 0; i < pic->nr_panels; i++)
		for (size_t j = 0; j < pic->panels[i].nr_series; j++) {
			const struct picture_series *s =
				&pic->panels[i].series[j];

			gnuplot_quote(s->title, quoted, sizeof(quoted));
			if (data) {
				fprintf(data, "# %s\n", quoted);
				write_rows(&pic->panels[i], j, data);
				fputs("\n\n", data);
				continue;
			}
			fprintf(out, "# x, y, low, high%s of %s\n",
				more_name(pic->panels[i].kind), quoted);
			fprintf(out, "$p%zus%zu << EOD\n", i + 1, j + 1);
			write_rows(&pic->panels[i], j, out);
			fputs("EOD\n", out);
		}
}

static unsigned height_of(const struct picture *pic)
{
	static const unsigned heights[] = { 520, 520, 760, 940 };

	if (pic->height)
		return pic->height;
	return heights[pic->nr_rows < 4 ? pic->nr_rows : 3];
}

static void write_terminals(const struct picture *pic, FILE *out)
{
	unsigned height = height_of(pic);

	fprintf(out,
		"\ndo for [type in \"png svg\"] {\n"
		"if (type eq \"png\") {\n"
		"	set terminal pngcairo size 960,%u "
		"font 'DejaVu Sans,11' noenhanced\n"
		"} else {\n"
		"	set terminal svg size 960,%u dynamic background "
		"'#ffffff' font 'DejaVu Sans,13' noenhanced\n"
		"}\n"
		"set output '%s.'.type\n"
		"set multiplot\n",
		height, height, pic->name);
}

enum {
	KEY_LINE = 17 /* pixels */
};

/* As far from the edge as that share of a picture of one row is. */
static double from_edge(const struct picture *pic, double share)
{
	return pic->height ? share * 520 / pic->height : share;
}

static void write_texts(const struct picture *pic, FILE *out)
{
	char quoted[10 * PICTURE_TEXT_BYTES];

	fprintf(out,
		"set label 1 %s at screen 0.5,screen %.3f center "
		"textcolor rgb '#000000' font ',12'\n",
		gnuplot_quote(pic->title, quoted, sizeof(quoted)),
		1 - from_edge(pic, 0.028));
	if (*pic->note)
		fprintf(out,
			"set label 2 %s at screen 0.01,screen %.3f left "
			"textcolor rgb '#505050' font ',9'\n",
			gnuplot_quote(pic->note, quoted, sizeof(quoted)),
			from_edge(pic, 0.018));
}

/* Room for the longest name in front of the rows; half as wide beside them. */
static struct gnuplot_box box_of_rows(const struct picture *pic,
				      const struct picture_panel *panel)
{
	struct gnuplot_box box = {
		.right = 0.975,
		.top = 1 - 84.0 / pic->height,
		.bottom = (panel->kind == PICTURE_CHANGES ? 78.0 : 60.0) /
			  pic->height,
	};
	size_t longest = 0;

	for (size_t i = 0; i < panel->nr_categories; i++) {
		size_t len = strlen(panel->names[i]);

		longest = len > longest ? len : longest;
	}
	box.left = panel->kind == PICTURE_CHANGES
			   ? fmin(0.42, 0.03 + 0.0092 * (double)longest)
			   : fmin(0.4, 0.035 + 0.0078 * (double)longest);
	if (pic->nr_columns < 2)
		return box;
	if (panel->column)
		box.left = 0.7;
	else
		box.right = 0.665;
	return box;
}

/* Lower where the key above it takes several lines. */
static struct gnuplot_box box_of_arms(const struct picture *pic,
				      const struct picture_panel *panel)
{
	double width = 1.0 / pic->nr_columns;
	bool two = pic->nr_rows == 2;
	struct gnuplot_box box = {
		.left = panel->column * width + 0.085,
		.right = (panel->column + 1) * width - 0.02,
		.top = panel->row ? 0.455
		       : two	  ? 0.90
				  : 0.88,
		.bottom = panel->row ? 0.12
			  : two	     ? 0.565
				     : 0.15,
	};
	size_t columns = gnuplot_key_columns(panel, &box);
	size_t lines = (panel->nr_series + columns - 1) / columns;

	if (lines > 1)
		box.top -= (double)(lines - 1) * KEY_LINE / height_of(pic);
	return box;
}

/* One below the other, under a key for all of them. */
static struct gnuplot_box box_of_contrasts(const struct picture *pic,
					   const struct picture_panel *panel)
{
	double height = height_of(pic);
	double first = 1 - 100 / height, last = 85 / height, gap = 40 / height;
	double share = (first - last + gap) / pic->nr_rows;
	double top = first - share * panel->row;

	return (struct gnuplot_box){
		.left = 0.085,
		.right = 0.98,
		.top = top,
		.bottom = top - share + gap,
	};
}

/* Rows of the same height, under a key for all of them. */
static struct gnuplot_box box_of_costs(const struct picture *pic,
				       const struct picture_panel *panel)
{
	double height = height_of(pic), last = 60 / height, gap = 68 / height;
	double first = 1 - gnuplot_costs_head(&pic->panels[0]) / height;
	double share = (first - last + gap) / pic->nr_rows;
	double top = first - share * panel->row, width = 1.0 / pic->nr_columns;

	return (struct gnuplot_box){
		.left = panel->column * width + 0.085,
		.right = (panel->column + 1) * width - 0.02,
		.top = top,
		.bottom = top - share + gap,
	};
}

/* Shares of the height, from the top; a row has room for its x axis below. */
static struct gnuplot_box box_of(const struct picture *pic,
				 const struct picture_panel *panel)
{
	static const double tops[4][3] = {
		{ 0.88 }, { 0.88 }, { 0.90, 0.365 }, { 0.91, 0.485, 0.255 }
	};
	static const double bottoms[4][3] = {
		{ 0.15 }, { 0.15 }, { 0.435, 0.115 }, { 0.535, 0.315, 0.095 }
	};
	unsigned rows = pic->nr_rows < 4 ? pic->nr_rows : 3;
	double width = 1.0 / pic->nr_columns;

	if (panel->kind == PICTURE_CONTRASTS)
		return box_of_contrasts(pic, panel);
	if (panel->kind == PICTURE_SHARES || panel->kind == PICTURE_DOTS ||
	    panel->kind == PICTURE_CHANGES)
		return box_of_rows(pic, panel);
	if (panel->kind == PICTURE_COSTS)
		return box_of_costs(pic, panel);
	if (panel->kind == PICTURE_ARMS)
		return box_of_arms(pic, panel);
	return (struct gnuplot_box){
		.left = panel->column * width + 0.085,
		.right = (panel->column + 1) * width - 0.02,
		.top = tops[rows][panel->row],
		.bottom = bottoms[rows][panel->row],
	};
}

/* The lowest panel of a column carries the x axis of the column. */
static bool is_lowest(const struct picture *pic,
		      const struct picture_panel *panel)
{
	for (size_t i = 0; i < pic->nr_panels; i++)
		if (pic->panels[i].column == panel->column &&
		    pic->panels[i].row > panel->row)
			return false;
	return true;
}

int gnuplot_script(const struct picture *pic, FILE *out, FILE *data)
{
	size_t index = 0;

	fprintf(out,
		"# Run `gnuplot %s.gp` in this folder: it writes %s.png and "
		"%s.svg.\n",
		pic->name, pic->name, pic->name);
	fputs(prologue, out);
	fputc('\n', out);
	write_data(pic, out, data);
	write_terminals(pic, out);
	write_texts(pic, out);
	for (size_t i = 0; i < pic->nr_panels; i++) {
		const struct picture_panel *panel = &pic->panels[i];
		struct gnuplot_place place = {
			.box = box_of(pic, panel),
			.panel = i + 1,
			.index = index,
			.file = data ? pic->name : NULL,
			.lowest = is_lowest(pic, panel),
		};

		gnuplot_panel(panel, &place, out);
		fputs("unset label 1\nunset label 2\n", out);
		index += panel->nr_series;
	}
	fputs("unset multiplot\nunset output\n}\n", out);
	return ferror(out) || (data && ferror(data)) ? -EIO : 0;
}
