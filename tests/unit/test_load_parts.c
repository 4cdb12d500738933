// SPDX-License-Identifier: GPL-2.0-only
/* Terms of a cost model and windows of roles, good and hostile ones. */
#include "load_text.h"

#include "analysis/windows.h"

#include "tests/unit/unit.h"

#include <math.h>

#define HEAD "{\"type\":\"run\",\"schema\":1,\"run\":\"aa\",\"m\":0.01}\n"
#define POINT(mode, terms)                                                 \
	"{\"type\":\"point\",\"run\":\"aa\",\"point\":\"p\",\"workload\":" \
	"\"w\",\"mode\":\"" mode "\",\"params\":{},\"batch_ops\":1,"       \
	"\"metrics\":[{\"name\":\"m\",\"unit\":\"ns\"}],\"terms\":[" terms \
	"]}\n"
#define CALL "{\"name\":\"call\",\"unit\":\"ns\",\"words\":\"a call\"}"
#define PAGE "{\"name\":\"page\",\"unit\":\"ns/page\",\"capped\":true}"
#define ARM(launch, slot, more)                               \
	"{\"type\":\"arm\",\"run\":\"aa\",\"launch\":" launch \
	",\"slot\":" #slot ",\"name\":\"arm" #slot "\",\"kind\":\"" more "}\n"
#define SAMPLES                                                          \
	"{\"type\":\"samples\",\"run\":\"aa\",\"launch\":1,\"first\":0," \
	"\"slots\":\"00\",\"marks\":\"00\",\"ns\":[5,5]}\n"
#define COMMIT(launch)                                           \
	"{\"type\":\"launch\",\"run\":\"aa\",\"launch\":" launch \
	",\"point\":\"p\",\"boot\":\"b\",\"status\":\"ok\"}\n"
#define AMOUNTS(amounts) "reference\",\"terms\":[" amounts "]"
#define LAUNCH(amounts)	 ARM("1", 0, AMOUNTS(amounts)) SAMPLES COMMIT("1")

#define T4  CALL "," CALL "," CALL "," CALL ","
#define T16 T4 T4 T4 T4

static const struct {
	const char *name, *text;
	size_t nr_terms;
	double count, size; /* of the last term; count 0: no amounts */
	const char *warning;
} rows[] = {
	{ "as it should be",
	  HEAD POINT("batch", CALL "," PAGE)
		  LAUNCH("{\"name\":\"page\",\"count\":2,\"size\":1.5}"),
	  2, 2, 1.5, NULL },
	{ "no terms", HEAD POINT("batch", "") LAUNCH(""), 0, 0, 0, NULL },
	{ "no amounts", HEAD POINT("batch", CALL) LAUNCH(""), 1, 0, 0, NULL },
	{ "a term that is no object", HEAD POINT("batch", CALL ",5") LAUNCH(""),
	  0, 0, 0, "no model" },
	{ "a term without a name",
	  HEAD POINT("batch", "{\"unit\":\"ns\"}") LAUNCH(""), 0, 0, 0,
	  "no model" },
	{ "more terms than a model takes",
	  HEAD POINT("batch", T16 CALL) LAUNCH(""), 0, 0, 0, "no model" },
	{ "an amount of no term",
	  HEAD POINT("batch", CALL)
		  LAUNCH("{\"name\":\"page\",\"count\":2,\"size\":1}"),
	  1, 0, 0, "no known term" },
	{ "a negative count",
	  HEAD POINT("batch", CALL)
		  LAUNCH("{\"name\":\"call\",\"count\":-2,\"size\":1}"),
	  1, 0, 0, "no known term" },
	{ "a count beyond reason",
	  HEAD POINT("batch", CALL)
		  LAUNCH("{\"name\":\"call\",\"count\":1e300,\"size\":1}"),
	  1, 0, 0, "no known term" },
	{ "a size of 0",
	  HEAD POINT("batch", CALL)
		  LAUNCH("{\"name\":\"call\",\"count\":1,\"size\":0}"),
	  1, 0, 0, "no known term" },
	{ "a count that is text",
	  HEAD POINT("batch", CALL)
		  LAUNCH("{\"name\":\"call\",\"count\":\"1\",\"size\":1}"),
	  1, 0, 0, "no known term" },
};

static void terms_and_amounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct result *r = load_text(rows[i].name, rows[i].text);
		const struct result_point *p = &r->points[0];
		const struct result_amount *a = p->nr_arms ? p->arms[0].amounts
							   : NULL;

		check_row_int(rows[i].name, (int)p->nr_terms,
			      (int)rows[i].nr_terms);
		check_row_int(rows[i].name, (int)p->nr_launches, 1);
		check_row_int(rows[i].name, a != NULL, rows[i].count > 0);
		if (a) {
			check_row(rows[i].name,
				  a[p->nr_terms - 1].count == rows[i].count);
			check_row(rows[i].name,
				  a[p->nr_terms - 1].size == rows[i].size);
			check_row(rows[i].name, a[0].count == 0);
		}
		check_row_int(rows[i].name, r->warnings.nr_notes != 0,
			      rows[i].warning != NULL);
		if (rows[i].warning)
			check_row(rows[i].name, load_warns(r, rows[i].warning));
		result_free(r);
	}
}

#define WINDOW(launch, slot, role, steps)                          \
	"{\"type\":\"window\",\"run\":\"aa\",\"launch\":" launch   \
	",\"slot\":" slot ",\"role\":\"" role                      \
	"\",\"instances\":2,\"steps\":" steps                      \
	",\"wall_ns\":500000000,\"cpu_ns\":250000000,\"busy_ns\":" \
	"400000000,\"least_steps\":3,\"most_steps\":4,"            \
	"\"pace_per_s\":50}\n"
#define WINDOWS(launch)                              \
	ARM(launch, 0, "reference\"")                \
	ARM(launch, 1, "contrast\",\"reference\":0") \
	WINDOW(launch, "0", "first", "100")          \
	WINDOW(launch, "1", "first", "100")          \
	WINDOW(launch, "0", "second", "10")          \
	WINDOW(launch, "1", "second", "30")          \
	WINDOW(launch, "0", "second", "30")          \
	WINDOW(launch, "1", "second", "50")          \
	COMMIT(launch)

static void windows_add_up_by_role(void **state)
{
	struct result *r = load_text(
		"windows",
		HEAD POINT("window", "") WINDOWS("1") WINDOWS("2") WINDOWS("3")
			WINDOWS("4") WINDOWS("5") WINDOWS("6"));
	const struct result_role *role;
	struct windows_role w;
	struct summary *s;

	(void)state;
	assert_int_equal(summary_new(r, &s), 0);
	assert_int_equal(r->points[0].nr_roles, 4);
	assert_null(windows_find(&r->points[0], 0, "third"));

	role = windows_find(&r->points[0], 0, "second");
	assert_non_null(role);
	assert_int_equal(windows_describe(&s->points[0], role, s->m, &w), 0);
	assert_float_equal(w.rate.ci.estimate, 40, 1e-9);
	assert_float_equal(w.cpu.ci.estimate, 0.25, 1e-9);
	assert_float_equal(w.pace.ci.estimate, 0.4, 1e-9);
	assert_float_equal(w.busy.ci.estimate, 0.4, 1e-9);
	assert_float_equal(w.fair.ci.estimate, 0.75, 1e-9);
	assert_int_equal(w.nr_ratios, 0);

	role = windows_find(&r->points[0], 1, "second");
	assert_int_equal(windows_describe(&s->points[0], role, s->m, &w), 0);
	assert_float_equal(w.rate.ci.estimate, 80, 1e-9);
	assert_int_equal(w.nr_ratios, 6);
	assert_float_equal(w.judgement.ci95.estimate, log(2), 1e-9);
	summary_free(s);
	result_free(r);
}

#define TIMED(launch, slot, steps, wall, cpu)                                \
	"{\"type\":\"window\",\"run\":\"aa\",\"launch\":" launch             \
	",\"slot\":" slot ",\"role\":\"r\",\"instances\":1,\"steps\":" steps \
	",\"wall_ns\":" wall ",\"cpu_ns\":" cpu "}\n"
/* Slot 1 has the CPU half of the time, and does more while it has it. */
#define BY_CPU(launch)                                         \
	ARM(launch, 0, "reference\"")                          \
	ARM(launch, 1, "contrast\",\"reference\":0")           \
	ARM(launch, 2, "again\",\"reference\":0")              \
	ARM(launch, 3, "inject\",\"reference\":0")             \
	TIMED(launch, "0", "1000", "1000000000", "1000000000") \
	TIMED(launch, "1", "600", "1000000000", "500000000")   \
	TIMED(launch, "2", "1000", "1000000000", "1000000000") \
	TIMED(launch, "3", "500", "1000000000", "505000000")   \
	COMMIT(launch)

static void windows_are_scored_by_cpu_time(void **state)
{
	struct result *r = load_text("by CPU time",
				     HEAD POINT("window", "") BY_CPU("1")
					     BY_CPU("2") BY_CPU("3") BY_CPU("4")
						     BY_CPU("5") BY_CPU("6"));
	const struct summary_arm *arms;
	struct summary *s;

	(void)state;
	assert_int_equal(summary_new(r, &s), 0);
	arms = s->points[0].arms;
	assert_float_equal(arms[0].by_cpu.level.ci.estimate, 1000, 1e-6);
	assert_int_equal(arms[0].by_cpu.verdict, STATS_TOO_FEW);
	assert_float_equal(arms[1].judgement.ci95.estimate, log(0.6), 1e-9);
	assert_float_equal(arms[1].by_cpu.judgement.ci95.estimate, log(1.2),
			   1e-9);
	assert_int_equal(arms[1].by_cpu.verdict, STATS_CHANGED);
	assert_int_equal(s->again_by_cpu.nr, 1);
	assert_int_equal(s->again_by_cpu.nr_changed, 0);
	assert_int_equal(s->inject_by_cpu.nr_changed, 1);
	assert_float_equal(s->inject_by_cpu.lowest, log(500 / 505.0), 1e-9);
	summary_free(s);
	result_free(r);
}

#define OBSERVED(histogram)                                           \
	HEAD POINT("batch", "") ARM("1", 0, "reference\"") SAMPLES    \
		"{\"type\":\"observed\",\"run\":\"aa\",\"launch\":1," \
		"\"slot\":0,\"metric\":\"m\",\"count\":4,\"lost\":0," \
		"\"histogram\":[" histogram                           \
		"],\"reservoir\":[5,6]}\n" COMMIT("1")

static const struct {
	const char *name, *text;
	size_t nr_buckets;
	double most_ns;
	const char *warning;
} histograms[] = {
	{ "none", OBSERVED(""), 0, 0, NULL },
	{ "single values", OBSERVED("[3,2],[63,1]"), 2, 63, NULL },
	{ "an octave of steps of 2", OBSERVED("[3,2],[128,1]"), 2, 128.5,
	  NULL },
	{ "downwards", OBSERVED("[63,1],[3,2]"), 0, 0, "buckets are none" },
	{ "no pair", OBSERVED("[3,2],[63]"), 0, 0, "buckets are none" },
	{ "no number", OBSERVED("[3,\"2\"]"), 0, 0, "buckets are none" },
	{ "no count", OBSERVED("[3,0]"), 0, 0, "buckets are none" },
	{ "no array", OBSERVED("7"), 0, 0, "buckets are none" },
	{ "a time that is none", OBSERVED("[1e300,1]"), 0, 0,
	  "buckets are none" },
};

static void histograms_are_of_all_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(histograms); i++) {
		const char *name = histograms[i].name;
		struct result *r = load_text(name, histograms[i].text);
		const struct result_sight *sight;
		struct summary *s;

		check_row(name, r->points[0].nr_observed == 1);
		sight = r->points[0].observed[0].sights;
		check_row_int(name, sight->nr_buckets,
			      histograms[i].nr_buckets);
		check_row_int(name, r->warnings.nr_notes,
			      histograms[i].warning != NULL);
		if (histograms[i].warning)
			check_row(name, load_warns(r, histograms[i].warning));
		check_row_int(name, summary_new(r, &s), 0);
		check_row(name, s->points[0].observed[0].most_ns ==
					histograms[i].most_ns);
		summary_free(s);
		result_free(r);
	}
}

static void windows_of_no_length_tell_nothing(void **state)
{
	static const char text[] = HEAD POINT("window", "") ARM("1", 0,
								"reference\"")
		WINDOW("1", "0", "first",
		       "100") "{\"type\":\"window\",\"run\":\"aa\",\"launch\":1,\"slot\":0,"
			      "\"role\":\"odd\",\"steps\":-5,\"wall_ns\":0}\n" COMMIT(
				      "1");
	struct result *r = load_text("no length", text);
	const struct result_role *role;
	struct windows_role w;
	struct summary *s;

	(void)state;
	assert_int_equal(summary_new(r, &s), 0);
	role = windows_find(&r->points[0], 0, "odd");
	assert_non_null(role);
	assert_int_equal(windows_describe(&s->points[0], role, s->m, &w), 0);
	assert_int_equal(w.rate.n, 0);
	assert_int_equal(w.cpu.n, 0);
	assert_int_equal(w.pace.n, 0);
	assert_int_equal(w.busy.n, 0);
	assert_int_equal(w.fair.n, 0);
	summary_free(s);
	result_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_and_amounts),
		cmocka_unit_test(windows_add_up_by_role),
		cmocka_unit_test(windows_of_no_length_tell_nothing),
		cmocka_unit_test(windows_are_scored_by_cpu_time),
		cmocka_unit_test(histograms_are_of_all_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
