// SPDX-License-Identifier: GPL-2.0-only
/* Batches of two launches side by side, and files that do not fit. */
#include "analysis/explain.h"

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>

#define KALLSYMS                            \
	"ffffffff81000000 T handle_fault\n" \
	"ffffffff81000100 T common_interrupt\n"

#define BLOCKS                          \
	"block 0 ffffffff81000010 10\n" \
	"block 1 ffffffff81000110 500\n"

#define POINT "{\"type\":\"point\",\"workload\":\"w\",\"batch_ops\":2}\n"
#define ARMS                                                      \
	"{\"type\":\"arm\",\"slot\":0,\"name\":\"new\",\"kind\":" \
	"\"reference\",\"ops\":2}\n"                              \
	"{\"type\":\"arm\",\"slot\":1,\"name\":\"old\",\"kind\":" \
	"\"contrast\",\"reference\":0}\n"
#define SAMPLES                                                  \
	"{\"type\":\"samples\",\"first\":0,\"slots\":\"01000\"," \
	"\"marks\":\"00000\",\"ns\":[20,40,20,520,30]}\n"
#define LAUNCH "{\"type\":\"launch\",\"status\":\"ok\"}\n"
#define RUN    POINT ARMS SAMPLES LAUNCH

/* A window to warm up, then the batches; an interrupt in the third of "new". */
#define COUNTS                                  \
	BLOCKS "window 1\n0 900\n"              \
	       "window 0\n0 2\nwindow 1\n0 4\n" \
	       "window 0\n0 2\nwindow 0\n0 2\n1 1\nwindow 0\n0 3\nend\n"

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int load(struct explain_side *s, const char *run, const char *counts,
		struct error *e)
{
	char path[2][128];

	write_file("run.jsonl", run);
	write_file("counts", counts);
	write_file("kallsyms", KALLSYMS);
	snprintf(path[0], sizeof(path[0]), "%s/counts", root);
	snprintf(path[1], sizeof(path[1]), "%s/kallsyms", root);
	*s = (struct explain_side){ .label = "k" };
	return explain_side_load(s, root, path[0], path[1], e);
}

/* Three pairs are left without the interrupt: means of 10, 10 and 15 an op. */
static void test_pairs(void **state)
{
	struct explain_side a, b;
	struct explain x = { 0 };

	(void)state;
	assert_int_equal(load(&a, RUN, COUNTS, NULL), 0);
	assert_int_equal(load(&b, RUN, COUNTS, NULL), 0);
	assert_null(a.why);
	assert_int_equal(explain_arm(&a, &b, NULL, &x, NULL), 0);
	assert_string_equal(x.arm, "new");
	assert_int_equal(x.nr_pairs, 3);
	assert_int_equal(x.nr_left_out, 1);
	assert_true(x.ops_a == 2);
	assert_true(fabs(x.sum_a - 35.0 / 3) < 1e-9);
	assert_true(fabs(x.clock_a - 35.0 / 3) < 1e-9);
	assert_int_equal(x.nr, 1);
	assert_int_equal(x.nr_changed, 0);
	assert_true(x.rest_a == x.sum_a && x.rest_b == x.sum_b);
	explain_finish(&x);

	/* Of one batch alone nothing can be left out; its ops are the point's. */
	assert_int_equal(explain_arm(&a, NULL, "old", &x, NULL), 0);
	assert_int_equal(x.nr_pairs, 1);
	assert_true(x.ops_a == 2 && x.sum_a == 20);
	explain_finish(&x);
	explain_side_finish(&a);
	explain_side_finish(&b);
}

static void test_no_arm(void **state)
{
	struct explain_side a;
	struct explain x = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(load(&a, RUN, COUNTS, NULL), 0);
	assert_int_equal(explain_arm(&a, NULL, "odd", &x, &e), -ENOENT);
	assert_non_null(strstr(e.text, "no arm `odd`"));
	explain_side_finish(&a);
}

/* What was not counted is no error: the clock's instructions are there. */
static const struct {
	const char *name, *counts, *why;
} uncounted[] = {
	{ "nothing", "", "the end is missing" },
	{ "no marks", BLOCKS "end\n", "5 batches were run and 0" },
	{ "another launch",
	  BLOCKS "window 0\nwindow 1\nwindow 1\nwindow 0\nwindow 0\nend\n",
	  "not the batches" },
	{ "no plugin's", "what is this\n", "not what the plugin writes" },
};

static void test_uncounted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(uncounted); i++) {
		struct explain x = { 0 };
		struct explain_side s;

		check_row_int(uncounted[i].name,
			      load(&s, RUN, uncounted[i].counts, NULL), 0);
		check_row(uncounted[i].name,
			  s.why && strstr(s.why, uncounted[i].why));
		check_row_int(uncounted[i].name,
			      explain_arm(&s, &s, NULL, &x, NULL), 0);
		check_row(uncounted[i].name, !x.counted && x.clock_a == 12.5);
		explain_finish(&x);
		explain_side_finish(&s);
	}
}

static const struct {
	const char *name, *run;
	int err;
	const char *says;
} bad_runs[] = {
	{ "skipped", "{\"type\":\"skip\",\"why\":\"no such memory\"}\n",
	  -ENODATA, "no such memory" },
	{ "failed",
	  POINT ARMS SAMPLES
	  "{\"type\":\"launch\",\"status\":\"failed\",\"why\":\"it broke\"}\n",
	  -ENODATA, "it broke" },
	{ "two", RUN LAUNCH, -ENODATA, "of 2 launches" },
	{ "empty", "", -ENODATA, "nothing was measured" },
	{ "torn", POINT "{\"type\":\"arm\"", -EINVAL, "" },
	{ "no number", POINT "{\"type\":\"arm\",\"slot\":-1}\n", -EINVAL, "" },
};

static void test_bad_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bad_runs); i++) {
		struct explain_side s;
		struct error e = { 0 };

		check_row_int(bad_runs[i].name,
			      load(&s, bad_runs[i].run, COUNTS, &e),
			      bad_runs[i].err);
		check_row(bad_runs[i].name, strstr(e.text, bad_runs[i].says));
		explain_side_finish(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_no_arm),
		cmocka_unit_test(test_uncounted),
		cmocka_unit_test(test_bad_runs),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
