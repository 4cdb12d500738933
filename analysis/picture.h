/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is worth a picture, chosen from the data: its panels and their points
 * as numbers.  How it is drawn is in out_gnuplot.h.
 */
#ifndef ANALYSIS_PICTURE_H
#define ANALYSIS_PICTURE_H

#include "group.h"

enum {
	PICTURE_MAX_SERIES = 8, /* a panel; colours end there */
	PICTURE_MAX_PANELS = 6,
	PICTURE_TEXT_BYTES = 120,
	PICTURE_ECDF_STEPS = 200,
	PICTURE_COLUMNS = 2,	   /* groups side by side */
	PICTURE_MAX_POINTS = 2000, /* among which a line is looked for */
	PICTURE_LARGE_COUNT = 50,  /* more per op has a panel of its own */
};

struct picture_row {
	double x, y, lo, hi; /* lo and hi are y without an interval */
	double more;	     /* PICTURE_MODEL: predicted; PICTURE_ARMS: p99 */
};

/* PICTURE_SHARES: what a series is a part of the bars for. */
enum picture_part {
	PICTURE_EXPECTED,
	PICTURE_MISTAKE,
	PICTURE_BLIND,	  /* of the whole bar: a mistake may have been missed */
	PICTURE_INTERVAL, /* of all that is expected together */
};

struct picture_series {
	char title[PICTURE_TEXT_BYTES];
	enum picture_part part;
	unsigned colour; /* of a part: the same whatever else there is */
	struct picture_row *rows;
	size_t nr_rows;
	double median, median_lo, median_hi; /* of an ECDF */
};

enum picture_panel_kind {
	PICTURE_LEVELS,	  /* against a size, with bands */
	PICTURE_COUNTERS, /* per op, below it, on the same x axis */
	PICTURE_NEAR,	  /* sizes around a power of two, as categories */
	PICTURE_ECDF,
	PICTURE_MODEL,	   /* points against a size, predictions as lines */
	PICTURE_RESIDUAL,  /* in %, below it, on the same x axis */
	PICTURE_ARMS,	   /* as categories; a second marker for p99 */
	PICTURE_CONTRASTS, /* in %, with categories */
	PICTURE_SHARES,	   /* bars that lie: row @x from @lo to @hi */
	PICTURE_DOTS,	   /* values beside them, in the same rows */
	PICTURE_COSTS,	   /* against numbers, as categories */
	PICTURE_CHANGES,   /* bars that lie, from 0 to either side */
};

/* Whether rows of the panel use @more. */
static inline bool picture_has_more(enum picture_panel_kind kind)
{
	return kind == PICTURE_MODEL || kind == PICTURE_ARMS;
}

struct picture_panel {
	enum picture_panel_kind kind;
	char title[PICTURE_TEXT_BYTES];
	char x_label[PICTURE_TEXT_BYTES];
	char y_label[PICTURE_TEXT_BYTES];
	struct picture_series series[PICTURE_MAX_SERIES];
	size_t nr_series, nr_left_out;
	char left_out[PICTURE_TEXT_BYTES]; /* whose names fit */
	double *categories; /* PICTURE_NEAR: sizes in bytes, upwards */
	size_t nr_categories;
	char (*names)[PICTURE_TEXT_BYTES]; /* of categories, if no sizes */
	uint64_t near_bytes;
	bool time;	  /* y (or the x of an ECDF) is ns */
	bool logarithmic; /* y is, if it spans some range */
	unsigned column, row;
};

struct picture {
	char name[PICTURE_TEXT_BYTES]; /* a file name without its ending */
	char title[2 * PICTURE_TEXT_BYTES];
	char note[4 * PICTURE_TEXT_BYTES]; /* below it; may be empty */
	struct picture_panel panels[PICTURE_MAX_PANELS];
	size_t nr_panels;
	unsigned nr_columns, nr_rows;
	unsigned height; /* in pixels; 0: as the rows need */
};

struct pictures {
	struct picture **pictures;
	size_t nr_pictures;
	struct result_notes remarks; /* what is not drawn, and why */
};

/* Sorts the points of the groups.  Return: 0 or -ENOMEM. */
int pictures_new(const struct summary *s, struct groups *g,
		 struct pictures *ret_pictures);
void pictures_finish(struct pictures *p);

/* The parts, one a kind of picture; they add to @p. */
int picture_levels(const struct summary *s, struct groups *g,
		   struct pictures *p);
int picture_around(const struct summary *s, struct groups *g,
		   struct pictures *p);
int picture_ecdf(struct groups *g, struct pictures *p);
int picture_model(struct groups *g, struct pictures *p);
int picture_observed(struct groups *g, struct pictures *p);
int picture_arms(struct groups *g, struct pictures *p);
int picture_contrasts(struct groups *g, struct pictures *p);
int picture_trials(struct groups *g, struct pictures *p);
int picture_costs(struct groups *g, struct pictures *p);

/* Whether picture_contrasts() draws the group: picture_arms() would be full. */
bool picture_is_of_contrasts(const struct group *g);

/* An empty picture at the end of @p; NULL: no memory. */
struct picture *picture_add(struct pictures *p, const char *kind,
			    const struct group *g);
/* An empty panel, NULL if the picture is full. */
struct picture_panel *picture_add_panel(struct picture *pic,
					enum picture_panel_kind kind);
/* Found by title or added; NULL past PICTURE_MAX_SERIES (said in the note). */
struct picture_series *picture_series(struct picture_panel *panel,
				      const char *title);
/* Empties the panel: what is in it is too much. */
void picture_clear(struct picture_panel *panel);
int picture_row(struct picture_series *s, struct picture_row row);

/* Adds the group's `what` to the picture's name. */
void picture_also(struct picture *pic, const struct group *g);

/*
 * The size around which a group has sizes at most two pages away: that of the
 * huge page, else the largest such power of two; 0 if there is none.
 */
uint64_t picture_near_bytes(const struct result *r, const struct group *g,
			    const struct group_axis *axis);

/* Whether a size is one of those, but not the size itself. */
bool picture_is_near(uint64_t bytes, uint64_t near_bytes, uint64_t page_bytes);

/**
 * picture_line() - of points that differ in a size alone, the most
 * @points:	of the group
 *
 * Of lines of the same length the one with the largest other numbers.
 *
 * Return: a point of it, NULL without one.
 */
const struct summary_point *picture_line(
	const struct group *g, const struct group_axis *axis,
	const struct summary_point *const *points, size_t nr);

/* The size of a point, NaN if it has none. */
double picture_size(const struct group_axis *axis,
		    const struct summary_point *p);

/* A level and its interval at @x. */
struct picture_row picture_level(double x, const struct summary_level *l);

/* "latency", or "writes, 1/s" where the unit is no time. */
void picture_y_label(struct picture_panel *panel,
		     const struct result_metric *m);

/* Of the first boot that tells it; 4096 otherwise. */
uint64_t picture_page_bytes(const struct result *r);

#endif
