/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Levels whose costs are known: calls that walk pages and flush them, one call
 * for all pages, one a page, one for 16 of them, and one that does not flush.
 */
#ifndef TESTS_FLUSHES_H
#define TESTS_FLUSHES_H

#include "analysis/stats/model.h"

#include "tests/random.h"

enum {
	FLUSHES_CALL,
	FLUSHES_WALK,
	FLUSHES_PAGE,
	FLUSHES_TERMS,

	FLUSHES_SIZES = 10,
	FLUSHES_CONTROL = 3,
	FLUSHES_ARMS,
	FLUSHES_ROWS = FLUSHES_SIZES * FLUSHES_ARMS,
	FLUSHES_MAX_LAUNCHES = 40,
};

static const double flushes_sizes[FLUSHES_SIZES] = { 1,	 2,  8,	  16,  32,
						     33, 34, 128, 512, 2048 };

/* Costs, and what is drawn around them, all as ns and shares. */
struct flushes_truth {
	double call, walk, page, all;
	double limit;	    /* pages; INFINITY: none */
	double launch, arm; /* spread of a launch, and of an arm in it */
	size_t nr_launches;
};

struct flushes {
	double count[FLUSHES_ROWS * FLUSHES_TERMS];
	double size[FLUSHES_ROWS * FLUSHES_TERMS];
	double level[FLUSHES_ROWS];
	size_t point[FLUSHES_ROWS];
	size_t nr_launches[FLUSHES_SIZES];
	double levels[FLUSHES_ROWS][FLUSHES_MAX_LAUNCHES];
	const double *launch_level[FLUSHES_ROWS];
};

static const bool flushes_capped[FLUSHES_TERMS] = { [FLUSHES_PAGE] = true };

static inline double flushes_calls(double pages, size_t arm)
{
	const double calls[FLUSHES_ARMS] = { 1, pages, fmax(pages / 16, 1), 1 };

	return calls[arm];
}

static inline double flushes_true(const struct flushes_truth *t, double pages,
				  size_t arm)
{
	double calls = flushes_calls(pages, arm), each = pages / calls;
	double flush = each > t->limit ? t->all : t->page * each;

	if (arm == FLUSHES_CONTROL)
		flush = 0;
	return calls * (t->call + flush) + t->walk * pages;
}

static inline void flushes_row(struct flushes *f, size_t row, double pages,
			       size_t arm)
{
	double calls = flushes_calls(pages, arm);
	double *count = f->count + row * FLUSHES_TERMS;
	double *size = f->size + row * FLUSHES_TERMS;

	count[FLUSHES_CALL] = calls;
	count[FLUSHES_PAGE] = arm == FLUSHES_CONTROL ? 0 : calls;
	count[FLUSHES_WALK] = pages;
	size[FLUSHES_CALL] = size[FLUSHES_WALK] = 1;
	size[FLUSHES_PAGE] = pages / calls;
}

/* Rows by point, then by arm.  The level is the Hodges-Lehmann one. */
static inline struct stats_model_data flushes_draw(
	struct flushes *f, const struct flushes_truth *t, uint64_t *seed)
{
	for (size_t i = 0; i < FLUSHES_ROWS; i++) {
		size_t point = i / FLUSHES_ARMS;
		double pages = flushes_sizes[point];

		f->point[i] = point;
		f->nr_launches[point] = t->nr_launches;
		f->launch_level[i] = f->levels[i];
		flushes_row(f, i, pages, i % FLUSHES_ARMS);
		for (size_t l = 0; l < t->nr_launches; l++)
			f->levels[i][l] = flushes_true(t, pages,
						       i % FLUSHES_ARMS);
	}
	for (size_t p = 0; p < FLUSHES_SIZES; p++)
		for (size_t l = 0; l < t->nr_launches; l++) {
			double launch = t->launch * random_normal(seed);

			for (size_t a = 0; a < FLUSHES_ARMS; a++)
				f->levels[p * FLUSHES_ARMS + a][l] *= exp(
					launch + t->arm * random_normal(seed));
		}
	for (size_t i = 0; i < FLUSHES_ROWS; i++) {
		struct stats_ci ci = { .estimate = f->levels[i][0] };

		stats_hodges_lehmann(f->levels[i], t->nr_launches, 0.95, &ci);
		f->level[i] = ci.estimate;
	}
	return (struct stats_model_data){
		.nr_terms = FLUSHES_TERMS,
		.nr_rows = FLUSHES_ROWS,
		.nr_points = FLUSHES_SIZES,
		.capped = flushes_capped,
		.count = f->count,
		.size = f->size,
		.level = f->level,
		.point = f->point,
		.nr_launches = f->nr_launches,
		.launch_level = f->launch_level,
	};
}

#endif
