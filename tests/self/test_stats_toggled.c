// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks in which a kernel file is written: between its two values lies the
 * time that the kernel needs to settle, so batches of one value are near each
 * other and those of the other far.  What disturbs a machine lasts for
 * milliseconds; near batches share it, and far ones do not.
 */
#include "analysis/stats/stats.h"

#include "tests/random.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>

enum {
	LAUNCHES = 300,
	BLOCKS = 40,
	INNER = 2, /* slots that are not toggled: A and A' */
	SLOTS = 3,
	BATCHES = BLOCKS * 2 * SLOTS,
	TOGGLED = 2,
};

static const double batch_us = 50;
static const double settle_us = 1000;
/* How long a disturbance lasts, and how much it slows down, at one sigma. */
static const double lasts_us = 1000;
static const double slows_by = 0.2;

/* Never quicker than it should be, at times much slower. */
struct machine {
	uint64_t seed;
	double disturbance;
};

static void pass(struct machine *m, double us)
{
	double kept = exp(-us / lasts_us);

	m->disturbance = kept * m->disturbance +
			 sqrt(1 - kept * kept) * random_normal(&m->seed);
}

static double run(struct machine *m, double effect)
{
	double us = batch_us * (1 + effect) *
		    exp(slows_by * m->disturbance * m->disturbance);

	pass(m, us);
	return us * 1000;
}

struct samples {
	size_t nr;
	uint8_t slot[BATCHES];
	double ns[BATCHES];
};

static void keep(struct samples *s, unsigned slot, double ns)
{
	s->slot[s->nr] = (uint8_t)slot;
	s->ns[s->nr++] = ns;
}

/* As the agent does it: with the second value only A counts, as TOGGLED. */
static void run_phase(struct machine *m, struct samples *s, bool second,
		      const unsigned *order, unsigned nr, double effect)
{
	for (unsigned i = 0; i < nr; i++) {
		double ns = run(m, second ? effect : 0);

		if (!second)
			keep(s, order[i], ns);
		else if (!order[i])
			keep(s, TOGGLED, ns);
	}
}

static void make_order(struct machine *m, unsigned *order)
{
	order[0] = order[3] = (unsigned)random_below(&m->seed, INNER);
	order[1] = order[2] = 1 - order[0];
}

static void run_block(struct machine *m, struct samples *s, bool outer,
		      double effect)
{
	unsigned outside[2 * INNER], inside[2 * INNER];

	make_order(m, outside);
	make_order(m, inside);
	pass(m, settle_us);
	run_phase(m, s, outer, outside, INNER, effect);
	pass(m, settle_us);
	run_phase(m, s, !outer, inside, 2 * INNER, effect);
	pass(m, settle_us);
	run_phase(m, s, outer, outside + INNER, INNER, effect);
}

/* The contrast of the slot that is toggled, over launches. */
static struct stats_ci measure(bool in_turns, double effect)
{
	static const unsigned reference[SLOTS] = { 0, 0, 0 };
	double ratio[LAUNCHES];
	struct stats_ci ci;

	for (unsigned i = 0; i < LAUNCHES; i++) {
		struct machine m = { .seed = 1 + i };
		struct stats_launch_score score;
		struct samples s = { 0 };
		uint8_t marks[BATCHES] = { 0 };
		struct stats_batches b = { .nr = BATCHES,
					   .nr_slots = SLOTS,
					   .slot = s.slot,
					   .marks = marks,
					   .ns = s.ns };

		for (unsigned j = 0; j < BLOCKS; j++)
			run_block(&m, &s, in_turns && j % 2, effect);
		assert_int_equal(s.nr, BATCHES);
		assert_int_equal(
			stats_score_launch(&b, reference, 0.01, &score), 0);
		ratio[i] = score.ratio[TOGGLED];
	}
	assert_int_equal(stats_hodges_lehmann(ratio, LAUNCHES, 0.95, &ci), 0);
	print_message("%s, true %+.1f %%: %+.2f %% [%+.2f, %+.2f]\n",
		      in_turns ? "in turns" : "always inside", 100 * effect,
		      100 * ci.estimate, 100 * ci.lo, 100 * ci.hi);
	return ci;
}

static void always_inside_is_biased(void **state)
{
	struct stats_ci ci = measure(false, 0);

	(void)state;
	assert_true(ci.hi < -0.01);
}

static void in_turns_nothing_is_nothing(void **state)
{
	struct stats_ci ci = measure(true, 0);

	(void)state;
	assert_true(ci.lo < 0.002 && ci.hi > -0.002);
	assert_true(ci.hi - ci.lo < 0.01);
}

static void in_turns_an_effect_is_read(void **state)
{
	struct stats_ci ci = measure(true, 0.02);
	double truth = log(1.02);

	(void)state;
	assert_true(ci.lo < truth + 0.002 && ci.hi > truth - 0.002);
	assert_true(ci.lo > 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(always_inside_is_biased),
		cmocka_unit_test(in_turns_nothing_is_nothing),
		cmocka_unit_test(in_turns_an_effect_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
