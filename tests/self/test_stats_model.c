// SPDX-License-Identifier: GPL-2.0-only
/* How often the intervals of a cost model hold the costs that were put in. */
#include "analysis/stats/tail.h"

#include "tests/self/flushes.h"
#include "tests/unit/unit.h"

enum {
	REPETITIONS = 200,
	TAIL_REPETITIONS = 1000,
};

static const struct {
	const char *name;
	struct flushes_truth truth;
} rows[] = {
	{ "20 launches", { 400, 20, 90, 250, 33, 0.01, 0.01, 20 } },
	{ "6 launches", { 400, 20, 90, 250, 33, 0.01, 0.01, 6 } },
	{ "noisy", { 400, 20, 90, 250, 33, 0.05, 0.05, 20 } },
	{ "no limit", { 400, 20, 90, 0, INFINITY, 0.01, 0.01, 20 } },
};

struct tally {
	double covered[FLUSHES_TERMS + 1]; /* the last: over the limit */
	double limits;			   /* found right */
};

static bool holds(const struct stats_ci *ci, double truth)
{
	return ci->lo <= truth && truth <= ci->hi;
}

static void count(struct tally *tally, const struct stats_model *m,
		  const struct flushes_truth *t)
{
	const double truth[FLUSHES_TERMS] = { t->call, t->walk, t->page };

	for (size_t i = 0; i < FLUSHES_TERMS; i++)
		tally->covered[i] += holds(&m->cost[i].ci, truth[i]);
	tally->covered[FLUSHES_TERMS] += holds(&m->beyond[FLUSHES_PAGE].ci,
					       t->all);
	tally->limits += isfinite(t->limit) ? m->has_limit && m->within == 33
					    : !m->has_limit;
}

static void check(const char *row, const char *what, double rate, double least,
		  double most)
{
	print_message("%-12s %-6s %.1f %%\n", row, what, 100 * rate);
	if (!(rate >= least && rate <= most))
		fail_msg("row `%s`: %s is %g, not in [%g, %g]", row, what, rate,
			 least, most);
}

static void intervals_cover_as_they_say(void **state)
{
	static const char *const names[] = { "call", "walk", "page", "all" };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct flushes_truth *t = &rows[i].truth;
		struct tally tally = { 0 };
		uint64_t seed = 600 + i;

		for (int r = 0; r < REPETITIONS; r++) {
			struct flushes f;
			struct stats_model_data d = flushes_draw(&f, t, &seed);
			struct stats_model m;

			assert_int_equal(stats_model_fit(&d, &m), 0);
			count(&tally, &m, t);
			stats_model_finish(&m);
		}
		for (size_t j = 0; j < ROWS(names) - !isfinite(t->limit); j++)
			check(rows[i].name, names[j],
			      tally.covered[j] / REPETITIONS, 0.9, 0.99);
		check(rows[i].name, "limit", tally.limits / REPETITIONS, 0.9,
		      1);
	}
}

/* Launches of exponential latencies, each with a pace of its own. */
static void tails_cover_as_they_say(void **state)
{
	enum {
		LAUNCHES = 25,
		VALUES = 200
	};
	static float values[LAUNCHES][VALUES];
	double sorted[VALUES], covered = 0;
	uint64_t seed = 700;

	(void)state;
	for (int r = 0; r < TAIL_REPETITIONS; r++) {
		struct stats_tail_launch launches[LAUNCHES];
		struct stats_ci ci;

		for (size_t l = 0; l < LAUNCHES; l++) {
			double pace = exp(0.02 * random_normal(&seed));

			for (size_t i = 0; i < VALUES; i++)
				sorted[i] = -pace * log(random_unit(&seed));
			stats_sort(sorted, VALUES);
			for (size_t i = 0; i < VALUES; i++)
				values[l][i] = (float)sorted[i];
			launches[l] = (struct stats_tail_launch){ values[l],
								  VALUES };
		}
		assert_int_equal(stats_tail(launches, LAUNCHES, 0.99, &ci), 0);
		covered += holds(&ci, log(100));
	}
	check("p99", "tail", covered / TAIL_REPETITIONS, 0.9, 0.99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_cover_as_they_say),
		cmocka_unit_test(tails_cover_as_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
