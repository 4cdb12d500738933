/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pictures as gnuplot scripts that stand alone: a person can edit one and run
 * `gnuplot NAME.gp` in its folder, which writes NAME.png and NAME.svg.
 *
 * Nothing that a result file says reaches gnuplot's command language: texts
 * stand in single quotes, file names consist of letters and digits.
 */
#ifndef ANALYSIS_OUT_GNUPLOT_H
#define ANALYSIS_OUT_GNUPLOT_H

#include "picture.h"

#include "common/error.h"

#include <stdio.h>

enum {
	GNUPLOT_INLINE_ROWS = 2000
}; /* more are put into NAME.dat */

/* The script. @data: NULL writes the rows inline.  Return: 0 or -EIO. */
int gnuplot_script(const struct picture *pic, FILE *out, FILE *data);

/* Whether the picture has more rows than a script should hold. */
bool gnuplot_needs_data_file(const struct picture *pic);

/* A text in single quotes, harmless in any place of a script. */
const char *gnuplot_quote(const char *text, char *buf, size_t size);

/**
 * gnuplot_run() - render NAME.gp in a folder
 * @dir:	the folder
 * @name:	of the picture
 * @e:		says what gnuplot said, also where it drew the picture
 *
 * Return: 0; -ENOENT if there is no gnuplot; -ETIMEDOUT; -EIO if it failed or
 * left no picture.
 */
int gnuplot_run(const char *dir, const char *name, struct error *e);

/**
 * gnuplot_write() - all pictures as NAME.gp, NAME.png and NAME.svg
 * @p:		the pictures
 * @dir:	where to; must exist
 * @log:	a line a picture, and what was left out and why
 * @e:		says why a file could not be written
 *
 * A gnuplot that is not there or fails is said in @log and is no error.
 *
 * Return: 0 or -errno.
 */
int gnuplot_write(const struct pictures *p, const char *dir, FILE *log,
		  struct error *e);

#endif
