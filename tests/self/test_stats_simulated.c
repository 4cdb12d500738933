// SPDX-License-Identifier: GPL-2.0-only
/*
 * Error rates where the truth is known: launches drawn from distributions of
 * our making.  Seeds are fixed, so a rate is a number and not a chance.
 */
#include "analysis/stats/stats.h"

#include "tests/random.h"
#include "tests/unit/unit.h"

#include <stdio.h>

enum {
	REPETITIONS = 2000,
	MAX_LAUNCHES = 60
};

#define CHECK_RATE(row, rate, least, most)                                     \
	do {                                                                   \
		double rate_ = (rate);                                         \
		print_message("%-24s %s: %.1f %%\n", row, #rate, 100 * rate_); \
		if (!(rate_ >= (least) && rate_ <= (most)))                    \
			fail_msg("row `%s`: %s is %g, not in [%g, %g]", row,   \
				 #rate, rate_, (double)(least),                \
				 (double)(most));                              \
	} while (0)

/* One launch each, standard deviation about 1, symmetric about 0. */
static double normal(uint64_t *seed)
{
	return random_normal(seed);
}

/* One launch in ten is from a spread four times as wide. */
static double heavy_tails(uint64_t *seed)
{
	double width = random_below(seed, 10) ? 1 : 4;

	return 0.63 * width * random_normal(seed);
}

/* Two kinds of launches, as by a cache or a huge page met or missed. */
static double two_modes(uint64_t *seed)
{
	return 0.95 * random_sign(seed) + 0.3 * random_normal(seed);
}

/* A skewed cost on either arm: the ratio of the two is symmetric. */
static double skewed_arms(uint64_t *seed)
{
	return 0.7 * (log(random_unit(seed)) - log(random_unit(seed)));
}

static const struct {
	const char *name;
	double (*launch)(uint64_t *seed);
} noises[] = {
	{ "normal", normal },
	{ "heavy tails", heavy_tails },
	{ "two modes", two_modes },
	{ "skewed arms", skewed_arms },
};

static void draw(double *x, size_t n, double (*launch)(uint64_t *seed),
		 uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		x[i] = launch(seed);
}

/* ln ratios with a true effect and a spread, both as ratios. */
static void scale(double *x, size_t n, double effect, double spread)
{
	for (size_t i = 0; i < n; i++)
		x[i] = log1p(effect) + spread * x[i];
}

static double coverage(double (*launch)(uint64_t *seed), size_t n,
		       uint64_t seed)
{
	double x[MAX_LAUNCHES], covered = 0;

	for (int r = 0; r < REPETITIONS; r++) {
		struct stats_ci ci;

		draw(x, n, launch, &seed);
		assert_int_equal(stats_hodges_lehmann(x, n, 0.95, &ci), 0);
		covered += ci.lo <= 0 && ci.hi >= 0;
	}
	return covered / REPETITIONS;
}

static void intervals_cover_as_they_say(void **state)
{
	static const size_t sizes[] = { 6, 20, 60 };

	(void)state;
	for (size_t i = 0; i < ROWS(noises) * ROWS(sizes); i++) {
		size_t at = i / ROWS(sizes), n = sizes[i % ROWS(sizes)];
		double covered = coverage(noises[at].launch, n, 100 + i);
		char row[64];

		snprintf(row, sizeof(row), "%s, n = %zu", noises[at].name, n);
		CHECK_RATE(row, covered, 0.93, 0.98);
	}
}

static const struct {
	const char *name;
	double effect, spread; /* of a launch */
	enum stats_verdict verdict;
	double least, most; /* how often */
} verdict_rows[] = {
	{ "A/A, quiet: changed", 0, 0.002, STATS_CHANGED, 0, 0.08 },
	{ "A/A, quiet: equivalent", 0, 0.002, STATS_EQUIVALENT, 0.92, 1 },
	{ "A/A, noisy: changed", 0, 0.05, STATS_CHANGED, 0, 0.08 },
	{ "A/A, noisy: equivalent", 0, 0.05, STATS_EQUIVALENT, 0, 0.05 },
	{ "A/A, noisy: undecided", 0, 0.05, STATS_UNDECIDED, 0.9, 1 },
	{ "+1 %, quiet", 0.01, 0.002, STATS_CHANGED, 0.95, 1 },
	{ "+1 % is not equivalent", 0.01, 0.006, STATS_EQUIVALENT, 0, 0.05 },
	{ "+5 %, noisy", 0.05, 0.02, STATS_CHANGED, 0.99, 1 },
	{ "+0.3 %, quiet", 0.003, 0.002, STATS_CHANGED_BELOW_M, 0.99, 1 },
	{ "-1 %, quiet", -0.01, 0.002, STATS_CHANGED, 0.95, 1 },
};

static double verdict_rate(size_t row, double (*launch)(uint64_t *seed))
{
	uint64_t seed = 200 + row;
	double x[20], hits = 0;

	for (int r = 0; r < REPETITIONS; r++) {
		struct stats_judgement j;

		draw(x, ROWS(x), launch, &seed);
		scale(x, ROWS(x), verdict_rows[row].effect,
		      verdict_rows[row].spread);
		assert_int_equal(stats_judge_paired(x, ROWS(x), 0.01, &j), 0);
		hits += j.verdict == verdict_rows[row].verdict;
	}
	return hits / REPETITIONS;
}

static void verdicts_are_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(verdict_rows); i++)
		CHECK_RATE(verdict_rows[i].name, verdict_rate(i, heavy_tails),
			   verdict_rows[i].least, verdict_rows[i].most);
}

/* Either kind of CHANGED is a false alarm when nothing is there. */
static void false_alarms_are_few(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(noises); i++) {
		uint64_t seed = 300 + i;
		double x[20], alarms = 0;

		for (int r = 0; r < REPETITIONS; r++) {
			struct stats_judgement j;

			draw(x, ROWS(x), noises[i].launch, &seed);
			scale(x, ROWS(x), 0, 0.01);
			assert_int_equal(
				stats_judge_paired(x, ROWS(x), 0.01, &j), 0);
			alarms += j.verdict == STATS_CHANGED ||
				  j.verdict == STATS_CHANGED_BELOW_M;
		}
		CHECK_RATE(noises[i].name, alarms / REPETITIONS, 0.02, 0.08);
	}
}

enum {
	BOOTS_MAX = 5,
	BOOT_LAUNCHES = 10
};

/* Boots of one kernel that differ by 1 %, launches in a boot by 1 %. */
static void draw_boots(double *means, double *launches, size_t boots,
		       uint64_t *seed)
{
	for (size_t i = 0; i < boots; i++) {
		double boot = 0.01 * random_normal(seed);

		means[i] = 0;
		for (size_t k = 0; k < BOOT_LAUNCHES; k++) {
			double x = boot + 0.01 * random_normal(seed);

			launches[i * BOOT_LAUNCHES + k] = x;
			means[i] += x / BOOT_LAUNCHES;
		}
	}
}

static void boots_are_the_unit_across_kernels(void **state)
{
	static const struct {
		const char *name;
		size_t boots;
	} rows[] = { { "2 boots", 2 }, { "3 boots", 3 }, { "5 boots", 5 } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t n = rows[i].boots, nr = n * BOOT_LAUNCHES;
		double by_boots = 0, pooled = 0;
		uint64_t seed = 400 + i;

		for (int r = 0; r < REPETITIONS; r++) {
			double a[BOOTS_MAX], b[BOOTS_MAX];
			double la[BOOTS_MAX * BOOT_LAUNCHES];
			double lb[BOOTS_MAX * BOOT_LAUNCHES];

			draw_boots(a, la, n, &seed);
			draw_boots(b, lb, n, &seed);
			by_boots += stats_welch_p(a, n, b, n) < 0.05;
			pooled += stats_welch_p(la, nr, lb, nr) < 0.05;
		}
		CHECK_RATE(rows[i].name, by_boots / REPETITIONS, 0, 0.07);
		CHECK_RATE(rows[i].name, pooled / REPETITIONS, 0.25, 1);
	}
}

enum {
	SWEEP = 20
};

/* A sweep in which nothing changed: one alarm is one too many. */
static void sweeps_are_adjusted(void **state)
{
	double bare = 0, holm = 0, bh = 0;
	uint64_t seed = 500;

	(void)state;
	for (int r = 0; r < REPETITIONS / 4; r++) {
		double p[SWEEP], by_holm[SWEEP], by_bh[SWEEP], x[20];
		bool any[3] = { false };

		for (size_t i = 0; i < SWEEP; i++) {
			draw(x, ROWS(x), heavy_tails, &seed);
			p[i] = stats_signed_rank_p(x, ROWS(x));
		}
		memcpy(by_holm, p, sizeof(p));
		memcpy(by_bh, p, sizeof(p));
		stats_holm(by_holm, SWEEP);
		stats_benjamini_hochberg(by_bh, SWEEP);
		for (size_t i = 0; i < SWEEP; i++) {
			any[0] |= p[i] <= 0.05;
			any[1] |= by_holm[i] <= 0.05;
			any[2] |= by_bh[i] <= 0.05;
		}
		bare += any[0];
		holm += any[1];
		bh += any[2];
	}
	CHECK_RATE("20 points", bare * 4 / REPETITIONS, 0.5, 0.75);
	CHECK_RATE("20 points", holm * 4 / REPETITIONS, 0, 0.07);
	CHECK_RATE("20 points", bh * 4 / REPETITIONS, 0, 0.07);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_cover_as_they_say),
		cmocka_unit_test(false_alarms_are_few),
		cmocka_unit_test(verdicts_are_right),
		cmocka_unit_test(boots_are_the_unit_across_kernels),
		cmocka_unit_test(sweeps_are_adjusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
