/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of one panel inside a multiplot. */
#ifndef ANALYSIS_GNUPLOT_PANEL_H
#define ANALYSIS_GNUPLOT_PANEL_H

#include "picture.h"

#include <stdio.h>

/* Shares of the canvas. */
struct gnuplot_box {
	double left, right, top, bottom;
};

/**
 * struct gnuplot_place - where a panel is and where its data are
 * @panel:	its number, from 1
 * @index:	of its first series in the data file
 * @file:	the data file without its ending; NULL: data blocks
 * @lowest:	it carries the x axis
 */
struct gnuplot_place {
	struct gnuplot_box box;
	size_t panel, index;
	const char *file;
	bool lowest;
};

/* How many names fit beside each other into a key above the panel. */
size_t gnuplot_key_columns(const struct picture_panel *panel,
			   const struct gnuplot_box *box);

void gnuplot_panel(const struct picture_panel *panel,
		   const struct gnuplot_place *place, FILE *out);

#endif
