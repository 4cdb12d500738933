/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kinds of panels share. */
#ifndef ANALYSIS_GNUPLOT_AXES_H
#define ANALYSIS_GNUPLOT_AXES_H

#include "gnuplot_panel.h"

struct gnuplot_extent {
	double lo, hi;
};

struct gnuplot_scale {
	double factor;
	const char *unit; /* NULL: that of the metric */
	bool spelled;	  /* each tic carries its unit of time */
};

/* With the intervals. */
struct gnuplot_extent gnuplot_y_extent(const struct picture_panel *panel);
struct gnuplot_extent gnuplot_x_extent(const struct picture_panel *panel);

/* In which values up to @most are easily read. */
struct gnuplot_scale gnuplot_scale_of(const struct picture_panel *panel,
				      double most);

/* Of the y axis: more decades than one unit suits have it at each tic. */
struct gnuplot_scale gnuplot_y_scale(const struct picture_panel *panel);

/* @scale may be NULL. */
void gnuplot_label(const char *axis, const char *text,
		   const struct gnuplot_scale *scale, FILE *out);
void gnuplot_log_tics(const char *axis, struct gnuplot_extent x,
		      const struct gnuplot_scale *scale, FILE *out);
/* "('name' 0, ...)": of the categories, or empty ones. */
void gnuplot_names(const struct picture_panel *panel, bool named, FILE *out);
void gnuplot_size_tics(const struct picture_panel *panel,
		       const struct gnuplot_place *place, FILE *out);
/* @headroom: above the data, as a share of them, for the key. */
void gnuplot_y_axis(const struct picture_panel *panel,
		    const struct gnuplot_scale *scale, double headroom,
		    FILE *out);
/* All of a panel of values against a size but its plot command. */
struct gnuplot_scale gnuplot_size_frame(const struct picture_panel *panel,
					const struct gnuplot_place *place,
					FILE *out);
/*
 * A series of points with bars, beside the others of its category by what
 * comes back; its title is the caller's.
 */
double gnuplot_bars(const struct picture_panel *panel,
		    const struct gnuplot_place *place, size_t series,
		    const struct gnuplot_scale *scale, FILE *out);
/* About four tics up to @most, at multiples of 1, 2 or 5. */
double gnuplot_nice_step(double most);

/* Parts of a plot command: its beginning, the data, what the key says. */
void gnuplot_next_plot(size_t i, FILE *out);
void gnuplot_source(const struct gnuplot_place *place, size_t series,
		    FILE *out);
void gnuplot_title(const struct picture_series *s, FILE *out);

/* The panels of gnuplot_model.c. */
void gnuplot_model_panel(const struct picture_panel *panel,
			 const struct gnuplot_place *place, FILE *out);
void gnuplot_residual_panel(const struct picture_panel *panel,
			    const struct gnuplot_place *place, FILE *out);
void gnuplot_arms_panel(const struct picture_panel *panel,
			const struct gnuplot_place *place, FILE *out);
void gnuplot_contrasts_panel(const struct picture_panel *panel,
			     const struct gnuplot_place *place, FILE *out);

/* The panel of gnuplot_costs.c, and the pixels above the first of them. */
unsigned gnuplot_costs_head(const struct picture_panel *panel);
void gnuplot_costs_panel(const struct picture_panel *panel,
			 const struct gnuplot_place *place, FILE *out);

/* The panel of gnuplot_changes.c. */
void gnuplot_changes_panel(const struct picture_panel *panel,
			   const struct gnuplot_place *place, FILE *out);

/* The panels of gnuplot_trials.c. */
void gnuplot_shares_panel(const struct picture_panel *panel,
			  const struct gnuplot_place *place, FILE *out);
void gnuplot_dots_panel(const struct picture_panel *panel,
			const struct gnuplot_place *place, FILE *out);

#endif
