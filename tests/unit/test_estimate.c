// SPDX-License-Identifier: GPL-2.0-only
/* Records of launches to levels, contrasts and the end of a point. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bench/estimate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	BLOCKS = 12
};

static const struct fl_role roles[] = { { .name = "idle" },
					{ .name = "writer" },
					{ .name = "reader" },
					{ .name = "forker" },
					{ 0 } };
static const struct fl_workload batch = { .name = "b", .mode = FL_MODE_BATCH };
static const struct fl_workload window = { .name = "w",
					   .mode = FL_MODE_WINDOW,
					   .roles = roles };
static const struct fl_workload trial = { .name = "t", .mode = FL_MODE_TRIAL };

static int add(struct estimate_launch *l, const struct fl_workload *w,
	       const char *text)
{
	struct error e = { 0 };
	json_t *record = json_loads(text, 0, NULL);
	int err;

	assert_non_null(record);
	err = estimate_launch_add(l, w, record, &e);
	assert_int_equal(err != 0, e.text[0] != '\0');
	json_decref(record);
	return err;
}

static const char reference_arm[] =
	"{\"type\":\"arm\",\"slot\":0,\"name\":\"a\",\"kind\":\"reference\"}";
static const char again_arm[] =
	"{\"type\":\"arm\",\"slot\":1,\"name\":\"a:again\",\"kind\":\"again\","
	"\"reference\":0}";

static void add_arms(struct estimate_launch *l, const struct fl_workload *w)
{
	assert_int_equal(add(l, w, reference_arm), 0);
	assert_int_equal(add(l, w, again_arm), 0);
	assert_int_equal(add(l, w,
			     "{\"type\":\"arm\",\"name\":\"c\","
			     "\"skip\":\"not here\"}"),
			 0);
}

/* Blocks 0110; slot 1 takes @percent more. */
static void add_samples(struct estimate_launch *l, unsigned percent)
{
	char text[4096], slots[4 * BLOCKS + 1] = "", marks[4 * BLOCKS + 1] = "";
	size_t len;

	for (unsigned i = 0; i < BLOCKS; i++) {
		memcpy(slots + (size_t)4 * i, "0110", 5);
		memcpy(marks + (size_t)4 * i, "0000", 5);
	}
	len = (size_t)snprintf(text, sizeof(text),
			       "{\"type\":\"samples\",\"first\":0,\"slots\":"
			       "\"%s\",\"marks\":\"%s\",\"ns\":[",
			       slots, marks);
	for (unsigned i = 0; i < 4 * BLOCKS; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%u", i ? "," : "",
			slots[i] == '1' ? 10 * (100 + percent) : 1000);
	snprintf(text + len, sizeof(text) - len, "]}");
	assert_int_equal(add(l, &batch, text), 0);
}

static int add_launch(struct estimate *est, unsigned percent)
{
	struct estimate_launch l = { 0 };
	struct error e = { 0 };
	int err;

	add_arms(&l, &batch);
	add_samples(&l, percent);
	err = estimate_add(est, &l, &batch, 0.01, &e);
	estimate_launch_finish(&l);
	return err;
}

static void test_batches(void **state)
{
	struct estimate est = { 0 };

	(void)state;
	assert_int_equal(add_launch(&est, 10), 0);
	assert_int_equal(est.nr, 1);
	assert_int_equal(est.nr_slots, 2);
	assert_string_equal(est.slots[1].name, "a:again");
	assert_true(fabs(est.slots[0].level[0] - 1000) < 1e-9);
	assert_true(fabs(est.slots[1].ratio[0] - log(1.1)) < 1e-9);
	estimate_finish(&est);
}

/* launches that there are; least; whether that is enough */
static const struct {
	size_t nr, least;
	bool noisy, settled;
} settle_rows[] = {
	{ 0, 1, false, false },	  { 2, 3, false, false },
	{ 3, 3, false, true },	  { 3, 3, true, true },
	{ 19, 20, false, false }, { 20, 20, false, true },
	{ 40, 20, true, false },  { 24, 25, false, false },
};

static void test_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(settle_rows) / sizeof(settle_rows[0]);
	     i++) {
		struct estimate est = { 0 };

		print_message("row %zu\n", i);
		for (size_t k = 0; k < settle_rows[i].nr; k++)
			assert_int_equal(
				add_launch(&est,
					   settle_rows[i].noisy
						   ? (unsigned)(k * 7 % 20)
						   : 5),
				0);
		assert_int_equal(estimate_is_settled(&est, &batch,
						     settle_rows[i].least,
						     0.01),
				 settle_rows[i].settled);
		estimate_finish(&est);
	}
}

static void test_windows(void **state)
{
	struct estimate_launch l = { 0 };
	struct estimate est = { 0 };
	struct error e = { 0 };

	(void)state;
	add_arms(&l, &window);
	assert_int_equal(
		add(&l, &window,
		    "{\"type\":\"window\",\"slot\":0,\"role\":"
		    "\"writer\",\"steps\":100,\"wall_ns\":1000000000}"),
		0);
	assert_int_equal(
		add(&l, &window,
		    "{\"type\":\"window\",\"slot\":0,\"role\":"
		    "\"reader\",\"steps\":999,\"wall_ns\":1000000000}"),
		0);
	assert_int_equal(add(&l, &window,
			     "{\"type\":\"window\",\"slot\":1,\"role\":"
			     "\"forker\",\"steps\":50,\"wall_ns\":250000000}"),
			 0);
	assert_int_equal(estimate_add(&est, &l, &window, 0.01, &e), 0);
	assert_true(fabs(est.slots[0].level[0] - 100) < 1e-9);
	assert_true(fabs(est.slots[1].ratio[0] - log(2)) < 1e-9);
	estimate_launch_finish(&l);
	estimate_finish(&est);
}

static void test_trials(void **state)
{
	struct estimate_launch l = { 0 };
	struct estimate est = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(add(&l, &trial, reference_arm), 0);
	assert_int_equal(add(&l, &trial,
			     "{\"type\":\"trials\",\"slot\":0,\"outcome\":"
			     "\"x\",\"expected\":\"x\",\"count\":3}"),
			 0);
	assert_int_equal(add(&l, &trial,
			     "{\"type\":\"trials\",\"slot\":0,\"outcome\":"
			     "\"y\",\"expected\":\"x\",\"count\":1}"),
			 0);
	assert_int_equal(estimate_add(&est, &l, &trial, 0.01, &e), 0);
	assert_true(fabs(est.slots[0].level[0] - 0.75) < 1e-9);
	estimate_launch_finish(&l);
	estimate_finish(&est);
}

static const char *const bad_records[] = {
	"{\"type\":\"arm\",\"slot\":7,\"name\":\"a\",\"kind\":\"reference\"}",
	"{\"type\":\"arm\",\"slot\":-1,\"name\":\"a\",\"kind\":\"reference\"}",
	"{\"type\":\"arm\",\"slot\":2,\"kind\":\"reference\"}",
	"{\"type\":\"arm\",\"slot\":2,\"name\":\"a\",\"kind\":\"contrast\"}",
	"{\"type\":\"arm\",\"slot\":2,\"name\":\"a\",\"kind\":\"contrast\","
	"\"reference\":4000000000}",
	"{\"type\":\"samples\",\"first\":0,\"slots\":\"9\",\"marks\":\"0\","
	"\"ns\":[1]}",
	"{\"type\":\"samples\",\"first\":0,\"slots\":\"00\",\"marks\":\"0\","
	"\"ns\":[1]}",
	"{\"type\":\"window\",\"slot\":2,\"role\":\"writer\",\"steps\":1,"
	"\"wall_ns\":1}",
	"{\"type\":\"trials\",\"slot\":0,\"outcome\":\"x\",\"count\":1}",
};

static void test_bad_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_records) / sizeof(bad_records[0]);
	     i++) {
		struct estimate_launch l = { 0 };

		print_message("%s\n", bad_records[i]);
		add_arms(&l, &window);
		assert_int_equal(add(&l, &window, bad_records[i]), -EINVAL);
		estimate_launch_finish(&l);
	}
}

/* Launches that cannot stand beside the first one, or alone. */
static void test_bad_launches(void **state)
{
	struct estimate_launch none = { 0 }, one = { 0 }, wild = { 0 };
	struct estimate est = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(estimate_add(&est, &none, &batch, 0.01, &e), -EINVAL);
	assert_int_equal(add_launch(&est, 1), 0);
	assert_int_equal(add(&one, &batch, reference_arm), 0);
	assert_int_equal(estimate_add(&est, &one, &batch, 0.01, &e), -EINVAL);
	estimate_finish(&est);

	assert_int_equal(add(&wild, &batch,
			     "{\"type\":\"arm\",\"slot\":0,\"name\":\"a\","
			     "\"kind\":\"contrast\",\"reference\":3}"),
			 0);
	assert_int_equal(estimate_add(&est, &wild, &batch, 0.01, &e), -EINVAL);
	estimate_launch_finish(&wild);

	/* Arms, and not one block. */
	add_arms(&wild, &batch);
	assert_int_equal(estimate_add(&est, &wild, &batch, 0.01, &e), -ERANGE);
	estimate_launch_finish(&wild);
	estimate_finish(&est);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_settled),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_trials),
		cmocka_unit_test(test_bad_records),
		cmocka_unit_test(test_bad_launches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
