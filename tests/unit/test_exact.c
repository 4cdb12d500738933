// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts on kernels whose instructions were counted. */
#include "load_text.h"

#include "analysis/exact.h"
#include "analysis/exact_layouts.h"
#include "analysis/exact_page.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#define HEAD                                                       \
	"{\"type\":\"run\",\"schema\":1,\"run\":\"aa\","           \
	"\"m\":0.01,\"guest\":{\"mode\":\"insn\",\"image\":\"k\"," \
	"\"image_sha256\":\"0123\",\"emulator\":\"E\"}}\n"
#define POINT                                                              \
	"{\"type\":\"point\",\"run\":\"aa\",\"point\":\"p\",\"workload\":" \
	"\"w\",\"mode\":\"batch\",\"params\":{},\"batch_ops\":10,"         \
	"\"metrics\":[{\"name\":\"m\",\"unit\":\"instructions\"}],"        \
	"\"terms\":[]}\n"
#define ARM(slot, name, more)                                           \
	"{\"type\":\"arm\",\"run\":\"aa\",\"launch\":1,\"slot\":" #slot \
	",\"name\":\"" name "\"," more "}\n"
#define REFERENCE ARM(0, "one", "\"kind\":\"reference\"")
#define OTHER	  ARM(1, "two", "\"kind\":\"contrast\",\"reference\":0,\"ops\":5")
#define SAMPLES(ns)                                                      \
	"{\"type\":\"samples\",\"run\":\"aa\",\"launch\":1,\"first\":0," \
	"\"slots\":\"011001100110011001100110\",\"marks\":"              \
	"\"000000000000000000000000\",\"ns\":[" ns "]}\n"
#define COUNT(name, value)                                                    \
	"{\"type\":\"counters\",\"run\":\"aa\",\"launch\":1,\"slot\":0,"      \
	"\"ops\":10,\"events\":[{\"name\":\"" name "\",\"scope\":\"thread\"," \
	"\"status\":\"ok\",\"value\":" value "}]}\n"
#define COMMIT                                                              \
	"{\"type\":\"launch\",\"run\":\"aa\",\"launch\":1,\"point\":\"p\"," \
	"\"boot\":\"b\",\"status\":\"ok\"}\n"
#define AGAIN(hash)                                                 \
	"{\"type\":\"again\",\"run\":\"aa\",\"lines_hash\":\"aa\"," \
	"\"again_hash\":\"" hash "\"}\n"
#define RUN(ns) HEAD POINT REFERENCE OTHER SAMPLES(ns) COMMIT

/* Batches of a block: one, two, two, one. */
#define BLOCK(one, two) #one "," #two "," #two "," #one
#define SIX(one, two)                                                          \
	BLOCK(one, two)                                                        \
	"," BLOCK(one, two) "," BLOCK(one, two) "," BLOCK(one, two) "," BLOCK( \
		one, two) "," BLOCK(one, two)

static const struct {
	const char *name, *a, *b;
	enum exact_verdict one, two;
	double more_one; /* per op */
} rows[] = {
	{ "the same", RUN(SIX(1000, 500)), RUN(SIX(1000, 500)), EXACT_IDENTICAL,
	  EXACT_IDENTICAL, 0 },
	{ "one instruction an op", RUN(SIX(1000, 500)), RUN(SIX(1010, 500)),
	  EXACT_DIFFERS, EXACT_IDENTICAL, 1 },
	{ "one instruction less in the other arm", RUN(SIX(1000, 500)),
	  RUN(SIX(1000, 495)), EXACT_IDENTICAL, EXACT_DIFFERS, 0 },
	{ "a tick in two batches of twelve", RUN(SIX(1000, 500)),
	  RUN(BLOCK(1000, 9500) "," BLOCK(10000, 500) "," BLOCK(
		  1000, 500) "," BLOCK(1000,
				       500) "," BLOCK(1000,
						      500) "," BLOCK(1000,
								     500)),
	  EXACT_IDENTICAL, EXACT_IDENTICAL, 0 },
	{ "a tick in two batches, and a real difference", RUN(SIX(1000, 500)),
	  RUN(BLOCK(1020, 500) "," BLOCK(10000, 500) "," BLOCK(
		  1020, 500) "," BLOCK(1020,
				       500) "," BLOCK(1020,
						      500) "," BLOCK(1020,
								     500)),
	  EXACT_DIFFERS, EXACT_IDENTICAL, 2 },
	{ "more here and less there", RUN(SIX(1000, 500)),
	  RUN(BLOCK(1010, 500) "," BLOCK(990, 500) "," BLOCK(
		  1020, 500) "," BLOCK(980, 500) "," BLOCK(1030,
							   500) "," BLOCK(970,
									  500)),
	  EXACT_WITHIN, EXACT_IDENTICAL, 0 },
	{ "fewer batches", RUN(SIX(1000, 500)),
	  HEAD POINT REFERENCE OTHER
	  "{\"type\":\"samples\",\"run\":\"aa\",\"launch\":1,\"first\":0,"
	  "\"slots\":\"0110\",\"marks\":\"0000\",\"ns\":[1000,500,500,1000]}\n" COMMIT,
	  EXACT_UNLIKE, EXACT_UNLIKE, NAN },
	{ "an arm that the kernel has not", RUN(SIX(1000, 500)),
	  HEAD POINT REFERENCE
	  "{\"type\":\"samples\",\"run\":\"aa\",\"launch\":1,\"first\":0,"
	  "\"slots\":\"000000000000\",\"marks\":\"000000000000\",\"ns\":["
	  "1000,1000,1000,1000,1000,1000,1000,1000,1000,1000,1000,1000]}\n" COMMIT,
	  EXACT_IDENTICAL, EXACT_MISSING, 0 },
	{ "no launch", RUN(SIX(1000, 500)), HEAD POINT, EXACT_MISSING,
	  EXACT_MISSING, NAN },
};

static void check_verdicts(size_t i)
{
	struct result *sides[2] = { load_text(rows[i].name, rows[i].a),
				    load_text(rows[i].name, rows[i].b) };
	const struct result *const of[2] = { sides[0], sides[1] };
	struct exact *x = NULL;
	double more;

	check_row_int(rows[i].name, exact_new(of, 2, &x), 0);
	check_row_int(rows[i].name, (long)x->nr_rows, 2);
	check_row_int(rows[i].name, x->rows[0].cells[1].verdict, rows[i].one);
	check_row_int(rows[i].name, x->rows[1].cells[1].verdict, rows[i].two);
	more = x->rows[0].cells[1].more;
	check_row(rows[i].name, isnan(rows[i].more_one)
					? isnan(more)
					: fabs(more - rows[i].more_one) < 1e-9);
	check_row(rows[i].name, fabs(x->rows[0].cells[0].per_op - 100) < 1e-9);
	exact_free(x);
	result_free(sides[0]);
	result_free(sides[1]);
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_verdicts(i);
}

static const struct {
	const char *name, *a, *b;
	size_t nr;
} event_rows[] = {
	{ "the same", COUNT("flush", "10"), COUNT("flush", "10"), 0 },
	{ "within a fiftieth", COUNT("flush", "10.0"), COUNT("flush", "10.1"),
	  0 },
	{ "a flush less", COUNT("flush", "10"), COUNT("flush", "0"), 1 },
	{ "time is no event", COUNT("task-clock", "10"),
	  COUNT("task-clock", "90"), 0 },
	{ "not counted there", COUNT("flush", "10"), COUNT("other", "10"), 0 },
};

static void events(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(event_rows); i++) {
		const char *name = event_rows[i].name;
		char a[4096], b[4096];
		struct result *sides[2];
		const struct result *of[2];
		struct exact *x = NULL;

		snprintf(a, sizeof(a), HEAD POINT REFERENCE OTHER "%s%s%s",
			 event_rows[i].a, SAMPLES(SIX(1000, 500)), COMMIT);
		snprintf(b, sizeof(b), HEAD POINT REFERENCE OTHER "%s%s%s",
			 event_rows[i].b, SAMPLES(SIX(1000, 500)), COMMIT);
		of[0] = sides[0] = load_text(name, a);
		of[1] = sides[1] = load_text(name, b);
		check_row_int(name, exact_new(of, 2, &x), 0);
		check_row_int(name, (long)x->nr_events, (long)event_rows[i].nr);
		exact_free(x);
		result_free(sides[0]);
		result_free(sides[1]);
	}
}

static const struct {
	const char *name, *text;
	enum result_again again;
} again_rows[] = {
	{ "never", "", RESULT_NOT_AGAIN },
	{ "the same", AGAIN("aa"), RESULT_SAME_AGAIN },
	{ "another", AGAIN("ab"), RESULT_OTHER_AGAIN },
	{ "another, then the same", AGAIN("ab") AGAIN("aa"),
	  RESULT_OTHER_AGAIN },
	{ "no hash", "{\"type\":\"again\",\"run\":\"aa\"}\n",
	  RESULT_NOT_AGAIN },
};

static void the_same_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(again_rows); i++) {
		char text[4096];
		struct result *r;

		snprintf(text, sizeof(text), "%s%s", RUN(SIX(1000, 500)),
			 again_rows[i].text);
		r = load_text(again_rows[i].name, text);
		check_row_int(again_rows[i].name, r->runs[0].again,
			      again_rows[i].again);
		assert_string_equal(r->runs[0].guest.mode, "insn");
		assert_string_equal(r->runs[0].guest.sha256, "0123");
		result_free(r);
	}
}

static void refuses(void **state)
{
	struct exact *x = NULL;

	(void)state;
	assert_int_equal(exact_new(NULL, 0, &x), -E2BIG);
	assert_int_equal(exact_new(NULL, EXACT_MAX_SIDES + 1, &x), -E2BIG);
	assert_null(x);
	exact_free(NULL);
}

/* One row whose second kernel has so many more, in each comparison. */
static void set_up_more(struct exact *x, struct exact_row *row,
			struct result_point *point, double more)
{
	*row = (struct exact_row){ .point = point, .arm = "a" };
	row->cells[1] = (struct exact_cell){
		.verdict = more == 0 ? EXACT_IDENTICAL : EXACT_DIFFERS,
		.per_op = 10 + more,
		.more = more,
	};
	*x = (struct exact){ .nr_sides = 2, .rows = row, .nr_rows = 1 };
}

static const struct {
	const char *name;
	double fixed, layouts[3];
	enum layouts_verdict verdict;
	double lowest, median, highest;
} layout_rows[] = {
	{ "nothing", 0, { 0, 0, 0 }, LAYOUTS_IDENTICAL, 0, 0, 0 },
	{ "more", 1, { 1, 1.5, 0.5 }, LAYOUTS_DIFFERS, 0.5, 1, 1.5 },
	{ "less", -1, { -1, -3, -2 }, LAYOUTS_DIFFERS, -3, -2, -1 },
	{ "by chance", -8, { 36, -4, 2 }, LAYOUTS_UNSETTLED, -4, 2, 36 },
	{ "only fixed", -8, { 0, 0, 0 }, LAYOUTS_UNSETTLED, 0, 0, 0 },
	{ "only moved", 0, { 0, 0, 1 }, LAYOUTS_UNSETTLED, 0, 0, 1 },
};

static void test_layouts(void **state)
{
	struct result_point point = { .id = (char *)"p" };

	(void)state;
	for (size_t i = 0; i < sizeof(layout_rows) / sizeof(layout_rows[0]);
	     i++) {
		const char *name = layout_rows[i].name;
		const struct exact *of[3];
		struct exact fixed, x[3];
		struct exact_row row, moved[3];
		struct layouts_cell cell;

		set_up_more(&fixed, &row, &point, layout_rows[i].fixed);
		for (size_t k = 0; k < 3; k++) {
			set_up_more(&x[k], &moved[k], &point,
				    layout_rows[i].layouts[k]);
			of[k] = &x[k];
		}
		cell = layouts_judge(&row, 1, of, 3);
		check_row_int(name, cell.verdict, layout_rows[i].verdict);
		assert_float_equal(cell.lowest, layout_rows[i].lowest, 1e-9);
		assert_float_equal(cell.median, layout_rows[i].median, 1e-9);
		assert_float_equal(cell.highest, layout_rows[i].highest, 1e-9);

		/* Read through of[1]. */
		/* cppcheck-suppress unreadVariable */
		moved[1].arm = "another";
		cell = layouts_judge(&row, 1, of, 3);
		check_row_int(name, cell.verdict, LAYOUTS_MISSING);
	}
}

static void set_cell(struct exact_row *row, size_t side, double lo, double hi)
{
	row->cells[side] = (struct exact_cell){
		.verdict = lo > 0 || hi < 0 ? EXACT_DIFFERS
			   : lo < hi	    ? EXACT_WITHIN
					    : EXACT_IDENTICAL,
		.lo = lo,
		.hi = hi,
	};
}

static void test_letters(void **state)
{
	struct exact x = { .nr_sides = 6 };
	struct exact_row row = { .arm = "a" };
	char letters[EXACT_MAX_SIDES][LETTERS_BYTES];

	(void)state;
	set_cell(&row, 1, 0, 0);
	set_cell(&row, 2, 1, 1);
	set_cell(&row, 3, 1, 1);
	set_cell(&row, 4, -3, 2);
	exact_letters(&x, &row, letters);
	assert_string_equal(letters[0], "a");
	assert_string_equal(letters[1], "a");
	assert_string_equal(letters[2], "b");
	assert_string_equal(letters[3], "b");
	assert_string_equal(letters[4], "ab");
	assert_string_equal(letters[5], ""); /* has none */
}

static bool is_w(const void *ctx, const char *workload)
{
	(void)ctx;
	return !strcmp(workload, "w");
}

static void test_leave_out(void **state)
{
	struct result_point w = { .workload = (char *)"w" };
	struct result_point v = { .workload = (char *)"v" };
	struct exact_row both[] = { { .point = &w }, { .point = &v } };
	struct exact_event differing[] = { { .point = &v }, { .point = &w } };
	struct exact x = {
		.rows = both, .nr_rows = 2, .events = differing, .nr_events = 2
	};

	(void)state;
	exact_leave_out(&x, is_w, NULL);
	assert_int_equal(x.nr_rows, 1);
	assert_ptr_equal(x.rows[0].point, &v);
	assert_int_equal(x.nr_events, 1);
	assert_ptr_equal(x.events[0].point, &v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(events),
		cmocka_unit_test(the_same_again),
		cmocka_unit_test(refuses),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_leave_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
