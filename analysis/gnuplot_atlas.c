// SPDX-License-Identifier: GPL-2.0-only
/*
 * The era matrix as a heat map: a cell a box, with its word or its number in
 * it.  Words have a colour each in their row; a mistake has one of its own
 * everywhere.  Numbers are coloured by their ratio to the first kernel's.
 */
#include "atlas.h"
#include "out_gnuplot.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	ROW_PIXELS = 19,
	TOP_PIXELS = 70,
	FOOT_PIXELS = 84,
	LABEL_PIXELS = 330,
	LEAST_WIDTH = 960,
	COLUMN_PIXELS = 116,
	QUOTED_BYTES = 3 * ATLAS_WHERE_BYTES,
	GAP_MILLI = 350, /* of a row, before a block */
};

/* Okabe-Ito, lightened where a word stands on them. */
#define SKIP_COLOUR    0xE4E4E4
#define UNKNOWN_COLOUR 0xFFFFFF
#define MISTAKE_COLOUR 0xD55E00
#define FAILED_COLOUR  0xCC79A7

static const unsigned word_colours[] = { 0x9FD3F2, 0xF5D27A, 0x8FD1BC, 0xF4EE9C,
					 0xC9B8E8 };

enum {
	NR_WORD_COLOURS = sizeof(word_colours) / sizeof(word_colours[0])
};

/* From half (blue) over alike (white) to twice (orange), by log ratio. */
static unsigned ratio_colour(double ratio)
{
	static const double blue[] = { 0, 114, 178 }, red[] = { 230, 159, 0 };
	double at = fmax(-1, fmin(1, log2(ratio)));
	const double *end = at < 0 ? blue : red;
	unsigned colour = 0;

	for (int i = 0; i < 3; i++)
		colour = colour << 8 |
			 (unsigned)lrint(255 + (end[i] - 255) * fabs(at));
	return colour;
}

/* A text among data: in double quotes, with nothing in it that ends them. */
static void put_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++)
		fputc(*text < ' ' || *text > '~' || *text == '"' ||
				      *text == '\\'
			      ? '?'
			      : *text,
		      out);
	fputs("\"\n", out);
}

/* Which of the different words of its row it is. */
static size_t word_of(const struct atlas_row *row, size_t column)
{
	size_t nr = 0;

	for (size_t c = 0; c <= column; c++) {
		bool known = false;

		if (row->cells[c].state != ATLAS_TOLD || row->cells[c].mistake)
			continue;
		for (size_t d = 0; d < c; d++)
			if (row->cells[d].state == ATLAS_TOLD &&
			    !strcmp(row->cells[d].text, row->cells[c].text)) {
				if (c == column)
					return word_of(row, d);
				known = true;
			}
		nr += !known;
	}
	return nr ? nr - 1 : 0;
}

static unsigned colour_of(const struct atlas *a, const struct atlas_row *row,
			  size_t column)
{
	const struct atlas_cell *cell = &row->cells[column];
	double ratio = atlas_ratio(a, row, column);

	switch (cell->state) {
	case ATLAS_TOLD:
		if (cell->mistake)
			return MISTAKE_COLOUR;
		return word_colours[word_of(row, column) % NR_WORD_COLOURS];
	case ATLAS_COUNTED:
		return isfinite(ratio) && ratio > 0 ? ratio_colour(ratio)
						    : UNKNOWN_COLOUR;
	case ATLAS_SKIPPED:
		return SKIP_COLOUR;
	case ATLAS_FAILED:
		return FAILED_COLOUR;
	case ATLAS_ABSENT:
	default:
		return UNKNOWN_COLOUR;
	}
}

/* Numbers with what they are of the first kernel's. */
static const char *text_of(const struct atlas *a, const struct atlas_row *row,
			   size_t column, char *buf, size_t bytes)
{
	const struct atlas_cell *cell = &row->cells[column];
	double ratio = atlas_ratio(a, row, column);

	if (cell->state == ATLAS_COUNTED && isfinite(ratio) &&
	    row->section == ATLAS_INSTRUCTIONS)
		snprintf(buf, bytes, "%s  x%.2f", cell->text, ratio);
	else if (cell->state == ATLAS_ABSENT)
		snprintf(buf, bytes, "-");
	else
		snprintf(buf, bytes, "%s", cell->text);
	return buf;
}

static bool is_drawn(const struct atlas *a, const struct atlas_row *row)
{
	return row->section != ATLAS_OUTCOMES || !atlas_uniform(a, row);
}

static bool begins_block(const struct atlas *a, size_t at, long before)
{
	return before < 0 || a->rows[at].section != a->rows[before].section ||
	       strcmp(a->rows[at].block, a->rows[before].block) != 0;
}

static void draw_label(FILE *labels, double y, bool heading, const char *text)
{
	if (!labels)
		return;
	fprintf(labels, "%.3f %d ", y, heading);
	put_text(labels, text);
}

static void draw_cells(const struct atlas *a, const struct atlas_row *row,
		       double y, FILE *cells)
{
	char text[ATLAS_TEXT_BYTES + 24];

	for (size_t c = 0; cells && c < a->nr_columns; c++) {
		fprintf(cells, "%zu %.3f %u ", c, y, colour_of(a, row, c));
		put_text(cells, text_of(a, row, c, text, sizeof(text)));
	}
}

/* Rows from the top, a heading before each block; NULL draws nothing. */
static double draw(const struct atlas *a, FILE *cells, FILE *labels)
{
	double y = 0;
	long before = -1;

	for (size_t i = 0; i < a->nr_rows; i++) {
		const struct atlas_row *row = &a->rows[i];

		if (!is_drawn(a, row))
			continue;
		if (begins_block(a, i, before)) {
			y += GAP_MILLI / 1000.0;
			draw_label(labels, y, true,
				   *row->block
					   ? row->block
					   : atlas_section_words[row->section]);
			y += 1;
		}
		before = (long)i;
		draw_label(labels, y, false, row->label);
		draw_cells(a, row, y, cells);
		y += 1;
	}
	return y;
}

static void write_terminals(const char *name, unsigned width, unsigned height,
			    FILE *out)
{
	fprintf(out,
		"\ndo for [type in \"png svg\"] {\n"
		"if (type eq \"png\") {\n"
		"	set terminal pngcairo size %u,%u "
		"font 'DejaVu Sans,10' noenhanced\n"
		"} else {\n"
		"	set terminal svg size %u,%u dynamic background "
		"'#ffffff' font 'DejaVu Sans,12' noenhanced\n"
		"}\n"
		"set output '%s.'.type\n",
		width, height, width, height, name);
}

static void write_columns(const struct atlas *a, FILE *out)
{
	char quoted[QUOTED_BYTES], text[ATLAS_NAME_BYTES + 80];

	for (size_t c = 0; c < a->nr_columns; c++) {
		snprintf(text, sizeof(text), "%s", a->columns[c].name);
		fprintf(out,
			"set label %zu %s at %zu,-0.45 center font ',11'\n",
			c + 1, gnuplot_quote(text, quoted, sizeof(quoted)), c);
	}
}

static size_t count_hidden(const struct atlas *a)
{
	size_t nr = 0;

	for (size_t i = 0; i < a->nr_rows; i++)
		nr += !is_drawn(a, &a->rows[i]);
	return nr;
}

/* Names of rows stand within the axes, left of the first cell. */
static double label_cells(const struct atlas *a, unsigned width)
{
	return (double)LABEL_PIXELS * (double)a->nr_columns /
	       (double)(width - LABEL_PIXELS - 10);
}

static void write_frame(const struct atlas *a, double rows, unsigned width,
			unsigned height, FILE *out)
{
	fprintf(out,
		"set title 'What each kernel does, and instructions an op' "
		"offset 0,1.6 font ',13'\n"
		"set label 100 'orange: a mistake; other colours: words of a "
		"row that differ; grey: not in this kernel.' "
		"at screen 0.02,%.4f font ',9'\n"
		"set label 101 'Numbers: blue is fewer, yellow is more than "
		"the first kernel (half to twice).  Paths under emulation, no "
		"times.' at screen 0.02,%.4f font ',9'\n"
		"set label 102 '%zu rows of outcomes that are right and alike "
		"everywhere are left out.' at screen 0.02,%.4f font ',9'\n",
		64.0 / height, 44.0 / height, count_hidden(a), 24.0 / height);
	fprintf(out,
		"unset key\nunset border\nunset xtics\nunset ytics\n"
		"set xrange [%.3f:%.1f]\nset yrange [%.3f:-1]\n"
		"set style fill solid 1 border rgb '#ffffff'\n"
		"set boxwidth 1\n",
		-0.5 - label_cells(a, width), (double)a->nr_columns - 0.5,
		rows);
}

static unsigned width_of(const struct atlas *a)
{
	unsigned width = LABEL_PIXELS +
			 (unsigned)a->nr_columns * COLUMN_PIXELS + 20;

	return width > LEAST_WIDTH ? width : LEAST_WIDTH;
}

int atlas_script(const struct atlas *a, const char *name, FILE *out)
{
	double rows = draw(a, NULL, NULL);
	unsigned width = width_of(a);
	unsigned height = (unsigned)(rows * ROW_PIXELS) + TOP_PIXELS +
			  FOOT_PIXELS;

	fputs("set encoding utf8\nset decimalsign '.'\n"
	      "# kernel, row, colour, text\n$cells << EOD\n",
	      out);
	draw(a, out, NULL);
	fputs("EOD\n# row, 1 for a heading, text\n$labels << EOD\n", out);
	draw(a, NULL, out);
	fputs("EOD\n", out);
	write_terminals(name, width, height, out);
	write_frame(a, rows, width, height, out);
	write_columns(a, out);
	fprintf(out,
		"set lmargin at screen 0\nset rmargin at screen %.4f\n"
		"set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
		1 - 10.0 / width, 1 - (double)TOP_PIXELS / height,
		(double)FOOT_PIXELS / height);
	fputs("plot $cells using 1:2:(0.49):(0.46):3 with boxxyerror "
	      "lc rgb variable, \\\n"
	      "	$cells using 1:2:4 with labels center font ',9', \\\n"
	      "	$labels using (-0.56):($2 == 0 ? $1 : NaN):3 with labels "
	      "right font ',9', \\\n"
	      "	$labels using (-0.56):($2 == 1 ? $1 : NaN):3 with labels "
	      "right font 'DejaVu Sans Bold,9'\n"
	      "unset output\n}\n",
	      out);
	return ferror(out) ? -EIO : 0;
}
