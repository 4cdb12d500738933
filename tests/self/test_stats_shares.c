// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often the interval of a share holds the true one, where items of a trial
 * or trials of a launch tend to go the same way.
 */
#include "analysis/stats/share.h"

#include "tests/random.h"
#include "tests/unit/unit.h"

enum {
	REPETITIONS = 2000,
	MAX_LAUNCHES = 40
};

/**
 * struct row - how launches are drawn
 * @alike:	share of the trials all of whose items go the same way
 * @apart:	each launch has a share of its own: so much more or less
 * @least, @most: how often the interval may hold the truth
 */
static const struct row {
	const char *name;
	size_t launches, trials, items;
	double share, alike, apart;
	double least, most;
} rows[] = {
	{ "independent", 10, 2, 64, 0.3, 0, 0, 0.94, 1 },
	{ "independent, rare", 20, 1, 64, 0.01, 0, 0, 0.94, 1 },
	{ "trials alike", 10, 2, 64, 0.5, 1, 0, 0.94, 1 },
	{ "trials alike, many launches", 40, 5, 64, 0.5, 1, 0, 0.94, 0.975 },
	{ "trials half alike", 20, 1, 64, 0.5, 0.5, 0, 0.94, 0.99 },
	{ "trials half alike, more", 40, 2, 64, 0.2, 0.5, 0, 0.94, 0.99 },
	/* In one of ten runs no trial goes as a whole: nothing shows it. */
	{ "rare trials alike", 20, 1, 64, 0.2, 0.5, 0, 0.86, 0.92 },
	{ "trials alike, rare", 20, 1, 64, 0.05, 1, 0, 0.94, 1 },
	{ "launches apart", 20, 5, 64, 0.5, 0, 0.3, 0.94, 0.975 },
	{ "launches apart, few", 10, 2, 64, 0.5, 0, 0.3, 0.94, 1 },
	{ "both", 20, 5, 64, 0.3, 0.5, 0.2, 0.94, 0.99 },
	{ "both, two launches", 2, 10, 64, 0.3, 0.5, 0.2, 0.92, 1 },
};

static double draw_trial(const struct row *r, double share, uint64_t *seed)
{
	double hits = 0;

	if (random_unit(seed) < r->alike)
		return random_unit(seed) < share ? (double)r->items : 0;

	for (size_t i = 0; i < r->items; i++)
		hits += random_unit(seed) < share;
	return hits;
}

static struct stats_share_unit draw_launch(const struct row *r, uint64_t *seed)
{
	double share = r->share + r->apart * random_sign(seed);
	struct stats_share_unit u = { .items = (double)(r->trials * r->items) };

	for (size_t i = 0; i < r->trials; i++)
		u.hits += draw_trial(r, share, seed);
	return u;
}

static bool is_covered(const struct row *r, uint64_t *seed)
{
	struct stats_share_unit units[MAX_LAUNCHES];
	struct stats_share s;

	for (size_t i = 0; i < r->launches; i++)
		units[i] = draw_launch(r, seed);
	assert_int_equal(stats_share(units, r->launches,
				     (double)(r->launches * r->trials), 0.95,
				     &s),
			 0);
	return s.ci.lo <= r->share && r->share <= s.ci.hi;
}

static void intervals_cover_as_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t seed = 900 + i;
		double covered = 0;

		for (int j = 0; j < REPETITIONS; j++)
			covered += is_covered(&rows[i], &seed);
		covered /= REPETITIONS;
		print_message("%-28s %.1f %%\n", rows[i].name, 100 * covered);
		if (!(covered >= rows[i].least && covered <= rows[i].most))
			fail_msg("row `%s`: %g, not in [%g, %g]", rows[i].name,
				 covered, rows[i].least, rows[i].most);
	}
}

/* What it would be if all items were taken for independent. */
static bool is_covered_naively(const struct row *r, uint64_t *seed)
{
	struct stats_share_unit units[MAX_LAUNCHES * 64] = { 0 };
	struct stats_share s;
	size_t nr = 0;

	for (size_t i = 0; i < r->launches; i++) {
		struct stats_share_unit u = draw_launch(r, seed);

		for (int k = 0; k < u.items && nr < ROWS(units); k++)
			units[nr++] = (struct stats_share_unit){ 1,
								 k < u.hits };
	}
	assert_int_equal(stats_share(units, nr, 0, 0.95, &s), 0);
	return s.ci.lo <= r->share && r->share <= s.ci.hi;
}

/* The test can fail: such an interval holds the truth far too rarely. */
static void independence_would_be_found_out(void **state)
{
	static const struct row r = { "naive", 20, 1, 64, 0.3, 0.5, 0, 0, 0 };
	uint64_t seed = 950;
	const int repetitions = REPETITIONS / 10;
	double covered = 0;

	(void)state;
	for (int j = 0; j < repetitions; j++)
		covered += is_covered_naively(&r, &seed);
	covered /= repetitions;
	print_message("%-28s %.1f %%\n", r.name, 100 * covered);
	assert_true(covered < 0.6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_cover_as_they_say),
		cmocka_unit_test(independence_would_be_found_out),
	};

	return cmocka_run_group_tests_name("stats_shares", tests, NULL, NULL);
}
