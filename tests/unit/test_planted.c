// SPDX-License-Identifier: GPL-2.0-only
/* When a mistake that was never seen tells something, and by how many. */
#include "analysis/trials.h"
#include "trials_text.h"

#include <math.h>

#define GOOD_BAD TRIALS_OUTCOMES(TRIALS_WORD("good") "," TRIALS_WORD("bad"))
#define POINT	 TRIALS_RUN TRIALS_POINT("p", GOOD_BAD)
#define EXPOSED_POINT \
	TRIALS_RUN TRIALS_POINT("p", GOOD_BAD ",\"exposure\":\"times\"")

#define PLANTED(launch) TRIALS_ARM(launch, "1", "planted\"")
#define LEFT_OUT(launch)                                      \
	"{\"type\":\"arm\",\"run\":\"aa\",\"launch\":" launch \
	",\"name\":\"arm1\",\"kind\":\"planted\",\"skip\":\"no\"}\n"
#define EXPOSED(launch, nr)                                           \
	"{\"type\":\"trial_count\",\"run\":\"aa\",\"launch\":" launch \
	",\"slot\":0,\"trials\":2,\"exposed\":" nr "}\n"
#define TWICE(records) records("1") records("2")

#define ALL_GOOD(launch) \
	TRIALS_REFERENCE(launch) TRIALS_JUDGED(launch, "0", "good", "good", "9")
#define FOUND(launch) \
	PLANTED(launch) TRIALS_JUDGED(launch, "1", "bad", "bad", "5")
#define NOT_ALL(launch) \
	FOUND(launch) TRIALS_JUDGED(launch, "1", "good", "bad", "1")
#define OTHER(launch) \
	PLANTED(launch) TRIALS_JUDGED(launch, "1", "good", "good", "5")
#define END(launch) TRIALS_COMMIT(launch, "p")

#define PLAIN(launch)	      ALL_GOOD(launch) END(launch)
#define WITH_FOUND(launch)    ALL_GOOD(launch) FOUND(launch) END(launch)
#define WITH_NOT_ALL(launch)  ALL_GOOD(launch) NOT_ALL(launch) END(launch)
#define WITH_OTHER(launch)    ALL_GOOD(launch) OTHER(launch) END(launch)
#define WITH_LEFT_OUT(launch) ALL_GOOD(launch) LEFT_OUT(launch) END(launch)
#define WITHOUT_EXPOSURE(launch) \
	ALL_GOOD(launch) EXPOSED(launch, "0") END(launch)
#define WITH_EXPOSURE(launch) \
	ALL_GOOD(launch) EXPOSED(launch, "100") FOUND(launch) END(launch)
#define WITH_MISTAKES(launch)  \
	ALL_GOOD(launch)       \
	EXPOSED(launch, "100") \
	TRIALS_JUDGED(launch, "0", "bad", "good", "10") END(launch)
#define MORE_THAN_EXPOSED(launch) \
	ALL_GOOD(launch)          \
	EXPOSED(launch, "1")      \
	TRIALS_JUDGED(launch, "0", "bad", "good", "2") END(launch)

static const struct {
	const char *name, *text;
	double planted, found, exposed, hits, share, hi;
	bool blind;
} rows[] = {
	{ "nothing is planted", POINT TWICE(PLAIN), 0, 0, 0, 0, 0, 0.842,
	  false },
	{ "found", POINT TWICE(WITH_FOUND), 10, 10, 0, 0, 0, 0.842, false },
	{ "not all found", POINT TWICE(WITH_NOT_ALL), 12, 10, 0, 0, 0, 0.842,
	  true },
	{ "something else planted", POINT TWICE(WITH_OTHER), 0, 0, 0, 0, 0,
	  0.842, true },
	{ "it cannot be planted", POINT TWICE(WITH_LEFT_OUT), 0, 0, 0, 0, 0,
	  0.842, true },
	{ "no exposure", EXPOSED_POINT TWICE(WITHOUT_EXPOSURE), 0, 0, 0, 0,
	  (double)NAN, (double)NAN, true },
	{ "exposure that is not told", EXPOSED_POINT TWICE(PLAIN), 0, 0, 0, 0,
	  (double)NAN, (double)NAN, true },
	{ "exposed and found", EXPOSED_POINT TWICE(WITH_EXPOSURE), 10, 10, 200,
	  0, 0, 0.0183, false },
	{ "mistakes by exposure", EXPOSED_POINT TWICE(WITH_MISTAKES), 0, 0, 200,
	  20, 0.1, (double)NAN, false },
	{ "a mistake is an exposure", EXPOSED_POINT TWICE(MORE_THAN_EXPOSED), 0,
	  0, 2, 4, 1, 1, false },
};

static bool near(double seen, double wanted)
{
	return isnan(wanted) || fabs(seen - wanted) < 1e-3;
}

static void check_rate(size_t i, const struct group *g)
{
	const struct result_point *p = g->points[0]->point;
	const struct result_trials *t = result_find_trials(p, 0);
	struct trials_mistakes m = trials_find_mistakes(g);
	struct trials_planted planted = trials_find_planted(p, NULL, "bad");
	const struct trials_rate *rate;
	struct trials_shares s;
	struct trials_arms arms;
	size_t nr_blind;

	trials_find_arms(g, &arms);
	assert_int_equal(arms.nr, 1);
	assert_int_equal(m.nr, 1);
	assert_string_equal(m.names[0], "bad");
	assert_false(m.other);
	assert_int_equal(trials_describe(p, t, &m, &s), 0);
	assert_int_equal(trials_count_blind(g, &m, "arm0", &nr_blind), 0);
	assert_int_equal(nr_blind, rows[i].blind);
	rate = &s.mistake[0];
	if (planted.nr != rows[i].planted || planted.found != rows[i].found ||
	    s.exposed != rows[i].exposed || rate->blind != rows[i].blind ||
	    rate->share.hits != rows[i].hits ||
	    !near(rate->share.ci.estimate, rows[i].share) ||
	    isnan(rate->share.ci.estimate) != isnan(rows[i].share) ||
	    !near(rate->share.ci.hi, rows[i].hi))
		fail_msg("%s: found %g of %g, %g exposed, %g hits, share %g "
			 "to %g, blind %d",
			 rows[i].name, planted.found, planted.nr, s.exposed,
			 rate->share.hits, rate->share.ci.estimate,
			 rate->share.ci.hi, rate->blind);
}

static void blind_and_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct result *r = load_text(rows[i].name, rows[i].text);
		struct summary *s = NULL;
		struct groups g = { 0 };

		assert_int_equal(summary_new(r, &s), 0);
		assert_int_equal(groups_new(s, &g), 0);
		if (g.nr_groups != 1)
			fail_msg("%s: no launch", rows[i].name);
		check_rate(i, &g.groups[0]);
		groups_finish(&g);
		summary_free(s);
		result_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blind_and_not),
	};

	return cmocka_run_group_tests_name("planted", tests, NULL, NULL);
}
