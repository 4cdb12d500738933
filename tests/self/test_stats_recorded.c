// SPDX-License-Identifier: GPL-2.0-only
/*
 * Error rates on noise that nobody invented: tests/data/noise/.  What the
 * method rests on (docs/method.md) is held here, and so is why the usual
 * shortcuts are not taken.
 */
#include "noise.h"

#include "tests/random.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const paths[] = { "fault", "wp16" };

static struct noise_blocks *blocks_of(const char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-blocks.jsonl", path);
	return noise_blocks_new(name);
}

static struct stats_judgement judge(const struct noise_blocks *blocks,
				    enum noise_slot slot)
{
	struct stats_launch_score scores[NOISE_LAUNCHES];
	double x[NOISE_LAUNCHES];
	struct stats_judgement j;

	noise_score(blocks, scores);
	for (size_t i = 0; i < NOISE_LAUNCHES; i++)
		x[i] = scores[i].ratio[slot];
	assert_int_equal(stats_judge_paired(x, NOISE_LAUNCHES, 0.01, &j), 0);
	return j;
}

static double percent(double log_ratio)
{
	return 100 * expm1(log_ratio);
}

static void print_judgement(const char *path, const char *what,
			    const struct stats_judgement *j)
{
	print_message("%-5s %-14s %+.3f %% [%+.3f, %+.3f] %s\n", path, what,
		      percent(j->ci95.estimate), percent(j->ci95.lo),
		      percent(j->ci95.hi), stats_verdict_name(j->verdict));
}

static void the_same_arm_is_equivalent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct noise_blocks *blocks = blocks_of(paths[i]);
		struct stats_judgement j = judge(blocks, NOISE_A_AGAIN);

		print_judgement(paths[i], "A/A'", &j);
		check_row_text(paths[i], stats_verdict_name(j.verdict),
			       "EQUIVALENT");
		check_row(paths[i], fabs(percent(j.ci95.estimate)) < 0.1);
		check_row(paths[i], j.ci95.hi - j.ci95.lo < 0.006);
		free(blocks);
	}
}

static void one_percent_more_reads_one_percent(void **state)
{
	static const double factors[] = { 1.01, 1 / 1.01, 1.02, 1.05 };

	(void)state;
	for (size_t i = 0; i < ROWS(paths) * ROWS(factors); i++) {
		const char *path = paths[i / ROWS(factors)];
		double factor = factors[i % ROWS(factors)], read;
		struct noise_blocks *blocks = blocks_of(path), *slowed;
		struct stats_judgement j;

		slowed = noise_slowed(blocks, NOISE_A_AGAIN, factor);
		j = judge(slowed, NOISE_A_AGAIN);
		print_judgement(path, "multiplied", &j);
		read = percent(j.ci95.estimate);
		check_row(path, fabs(read - 100 * (factor - 1)) < 0.3);
		check_row_text(path, stats_verdict_name(j.verdict), "CHANGED");
		free(slowed);
		free(blocks);
	}
}

/*
 * Real delays, spun inside each op when the blocks were recorded.  The fault
 * launches answer to a spin in two ways, see the README of the data: there
 * only the large one can be asked for.
 */
static const struct {
	const char *path;
	enum noise_slot slot;
	double delay, tolerance; /* percent */
	const char *verdict;
} delay_rows[] = {
	{ "wp16", NOISE_DELAY_05, 0.5, 0.3, "CHANGED below M" },
	{ "wp16", NOISE_DELAY_1, 1, 0.3, "CHANGED" },
	{ "wp16", NOISE_DELAY_2, 2, 0.3, "CHANGED" },
	{ "wp16", NOISE_DELAY_5, 5, 0.3, "CHANGED" },
	{ "fault", NOISE_DELAY_5, 5, 1, "CHANGED" },
};

static void real_delays_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(delay_rows); i++) {
		struct noise_blocks *blocks = blocks_of(delay_rows[i].path);
		struct stats_judgement j = judge(blocks, delay_rows[i].slot);
		char row[32];

		snprintf(row, sizeof(row), "%s, %g %%", delay_rows[i].path,
			 delay_rows[i].delay);
		print_judgement(delay_rows[i].path, "delayed", &j);
		check_row(row,
			  fabs(percent(j.ci95.estimate) - delay_rows[i].delay) <
				  delay_rows[i].tolerance);
		check_row_text(row, stats_verdict_name(j.verdict),
			       delay_rows[i].verdict);
		free(blocks);
	}
}

/* Launches differ, and the effect differs with them. */
static double spread_of_launches(const struct noise_blocks *blocks,
				 enum noise_slot slot)
{
	struct stats_launch_score scores[NOISE_LAUNCHES];
	double sum = 0, squares = 0;

	noise_score(blocks, scores);
	for (size_t i = 0; i < NOISE_LAUNCHES; i++) {
		sum += scores[i].ratio[slot];
		squares += scores[i].ratio[slot] * scores[i].ratio[slot];
	}
	return sqrt((squares - sum * sum / NOISE_LAUNCHES) /
		    (NOISE_LAUNCHES - 1));
}

static void an_effect_differs_from_launch_to_launch(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct noise_blocks *blocks = blocks_of(paths[i]);
		double same = spread_of_launches(blocks, NOISE_A_AGAIN);
		double delayed = spread_of_launches(blocks, NOISE_DELAY_5);

		print_message("%-5s launch SD: A/A' %.3f %%, delayed %.3f %%\n",
			      paths[i], 100 * same, 100 * delayed);
		check_row(paths[i], delayed > 2 * same);
		free(blocks);
	}
}

enum {
	SHUFFLES = 2000,
	SUBSET = 20
};

/*
 * Twenty of the launches, and in each a coin says which of A and A' is called
 * which: what an A/A run of twenty launches might have been.
 */
static double false_alarm_rate(const struct noise_blocks *blocks)
{
	struct stats_launch_score scores[NOISE_LAUNCHES];
	double alarms = 0;
	uint64_t seed = 600;

	noise_score(blocks, scores);
	for (int r = 0; r < SHUFFLES; r++) {
		struct stats_judgement j;
		double x[NOISE_LAUNCHES] = { 0 };

		for (size_t i = 0; i < NOISE_LAUNCHES; i++) {
			size_t at = random_below(&seed, i + 1);

			x[i] = x[at];
			x[at] = random_sign(&seed) *
				scores[i].ratio[NOISE_A_AGAIN];
		}
		assert_int_equal(stats_judge_paired(x, SUBSET, 0.01, &j), 0);
		alarms += j.verdict == STATS_CHANGED ||
			  j.verdict == STATS_CHANGED_BELOW_M;
	}
	return alarms / SHUFFLES;
}

static void false_alarms_are_few(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct noise_blocks *blocks = blocks_of(paths[i]);
		double rate = false_alarm_rate(blocks);

		print_message("%-5s false alarms: %.1f %%\n", paths[i],
			      100 * rate);
		check_row(paths[i], rate <= 0.08);
		free(blocks);
	}
}

enum {
	HALF = 5,
	pool_max = HALF * NOISE_MAX_BATCHES
};

static size_t pool(const struct noise_blocks *blocks, size_t first, double *ns)
{
	size_t nr = 0;

	for (size_t i = first; i < first + HALF; i++) {
		const struct noise_launch *launch = &blocks->launch[i];

		for (size_t j = 0; j < launch->nr; j++)
			if (launch->slot[j] == NOISE_A)
				ns[nr++] = log(launch->ns[j]);
	}
	return nr;
}

/* Batches of one and the same arm: five launches, then five more. */
static void pooled_batches_cry_wolf(void **state)
{
	double *a = malloc(pool_max * sizeof(*a)),
	       *b = malloc(pool_max * sizeof(*b));
	size_t windows = NOISE_LAUNCHES - 2 * HALF + 1;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct noise_blocks *blocks = blocks_of(paths[i]);
		double alarms = 0;

		for (size_t first = 0; first < windows; first++) {
			size_t na = pool(blocks, first, a);
			size_t nb = pool(blocks, first + HALF, b);

			alarms += stats_welch_p(a, na, b, nb) < 0.05;
		}
		alarms /= (double)windows;
		print_message("%-5s pooled batches, A then B: %.0f %%\n",
			      paths[i], 100 * alarms);
		check_row(paths[i], alarms > 0.25);
		free(blocks);
	}
	free(a);
	free(b);
}

static const size_t side = 19;

/* The launch as the unit does not help if all of A runs before all of B. */
static void a_then_b_cries_wolf(void **state)
{
	static const char *const scores[] = { "mean", "median", "p10" };
	double worst = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(paths) * ROWS(scores); i++) {
		const char *path = paths[i / ROWS(scores)];
		const char *score = scores[i % ROWS(scores)];
		struct noise_series *s = noise_series_new(path, score);
		double alarms = 0, windows = 0;

		for (size_t at = 0; at + 2 * side <= s->nr; at += 5) {
			const double *a = &s->ns[at], *b = a + side;

			alarms += stats_welch_p(a, side, b, side) < 0.05;
			windows++;
		}
		print_message("%-5s launch %s, A then B: %.0f %%\n", path,
			      score, 100 * alarms / windows);
		worst = fmax(worst, alarms / windows);
		free(s);
	}
	assert_true(worst > 0.25);
}

enum {
	STOPPING_RUNS = 300,
	MAX_PAIRS = 120
};

struct stopped {
	double settled_alarms; /* at half-width M / 3, or at the end */
	double peeking_alarms; /* as soon as p is under 5 % */
	double mean_pairs;     /* until settled */
};

/* Launches in pairs, their order by a coin: an A/A run as it goes. */
static void run_until_stopped(const double *ns, uint64_t *seed,
			      struct stopped *sums)
{
	double x[MAX_PAIRS];
	struct stats_judgement j;
	bool peeked = false;
	size_t n, settled = 0;

	for (n = 1; n <= MAX_PAIRS && !(settled && peeked); n++) {
		x[n - 1] = random_sign(seed) *
			   (log(ns[2 * n - 1]) - log(ns[2 * n - 2]));
		peeked |= n >= STATS_MIN_N && stats_signed_rank_p(x, n) < 0.05;
		if (!settled &&
		    (stats_is_settled(x, n, 0.01) || n == MAX_PAIRS))
			settled = n;
	}
	assert_int_equal(stats_judge_paired(x, settled, 0.01, &j), 0);
	sums->settled_alarms += j.verdict == STATS_CHANGED ||
				j.verdict == STATS_CHANGED_BELOW_M;
	sums->peeking_alarms += peeked;
	sums->mean_pairs += (double)settled;
}

static void stopping_when_settled_costs_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct noise_series *s = noise_series_new(paths[i], "p10");
		struct stopped sums = { 0 };
		uint64_t seed = 700 + i;

		for (int r = 0; r < STOPPING_RUNS; r++) {
			size_t first = random_below(
				&seed, s->nr - (size_t)2 * MAX_PAIRS);

			run_until_stopped(&s->ns[first], &seed, &sums);
		}
		print_message("%-5s settled: %.1f %% after %.0f pairs; at p < "
			      "5 %%: %.1f %%\n",
			      paths[i],
			      100 * sums.settled_alarms / STOPPING_RUNS,
			      sums.mean_pairs / STOPPING_RUNS,
			      100 * sums.peeking_alarms / STOPPING_RUNS);
		check_row(paths[i],
			  sums.settled_alarms <= 0.08 * STOPPING_RUNS);
		check_row(paths[i],
			  sums.peeking_alarms >= 0.15 * STOPPING_RUNS);
		check_row(paths[i],
			  sums.mean_pairs < 0.9 * MAX_PAIRS * STOPPING_RUNS);
		free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_arm_is_equivalent),
		cmocka_unit_test(one_percent_more_reads_one_percent),
		cmocka_unit_test(real_delays_are_read),
		cmocka_unit_test(an_effect_differs_from_launch_to_launch),
		cmocka_unit_test(false_alarms_are_few),
		cmocka_unit_test(pooled_batches_cry_wolf),
		cmocka_unit_test(a_then_b_cries_wolf),
		cmocka_unit_test(stopping_when_settled_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
