// SPDX-License-Identifier: GPL-2.0-only
#include "workloads/lib/around_rule.h"

#include "unit.h"

#include <faultline/uapi_compat.h>

#define MISSING UFFDIO_REGISTER_MODE_MISSING
#define WP	UFFDIO_REGISTER_MODE_WP
#define MINOR	UFFDIO_REGISTER_MODE_MINOR

static const struct {
	const char *name;
	uint64_t modes;
	bool off[AROUND_RULES]; /* none, wp+minor, all */
} rule_rows[] = {
	{ "unregistered", 0, { false, false, false } },
	{ "missing", MISSING, { false, false, true } },
	{ "wp", WP, { false, true, true } },
	{ "minor", MINOR, { false, true, true } },
	{ "missing+wp", MISSING | WP, { false, true, true } },
	{ "missing+minor", MISSING | MINOR, { false, true, true } },
	{ "wp+minor", WP | MINOR, { false, true, true } },
	{ "all", MISSING | WP | MINOR, { false, true, true } },
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rule_rows); i++)
		for (unsigned r = 0; r < AROUND_RULES; r++)
			check_row_int(rule_rows[i].name,
				      around_is_off((enum around_rule)r,
						    rule_rows[i].modes),
				      rule_rows[i].off[r]);
}

enum {
	NR = 10
};

static const uint32_t upwards[NR] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static const uint32_t mixed[NR] = { 6, 9, 1, 4, 0, 2, 8, 3, 7, 5 };

/* o: by a fault of its own, a: by that of another, l: the event is lost. */
static const struct {
	const char *name;
	bool off, minor;
	size_t window;
	const uint32_t *order;
	const char *want;
} predict_rows[] = {
	{ "upwards", false, false, 4, upwards, "oaaaoaaaoa" },
	{ "mixed", false, false, 4, mixed, "aoaaaaoaao" },
	{ "windows of one", false, false, 1, mixed, "oooooooooo" },
	{ "one window", false, false, 16, mixed, "aaaaaaoaaa" },
	{ "off", true, false, 4, mixed, "oooooooooo" },
	{ "off, events", true, true, 4, mixed, "oooooooooo" },
	{ "on, events", false, true, 4, mixed, "llllllllll" },
};

static void test_predictions(void **state)
{
	static const char letters[] = {
		[AROUND_OWN] = 'o', [AROUND_AROUND] = 'a', [AROUND_LOST] = 'l'
	};

	(void)state;
	for (size_t i = 0; i < ROWS(predict_rows); i++) {
		unsigned char answer[NR + 1];
		char got[NR + 1] = { 0 };

		answer[NR] = 0xff;
		around_predict(predict_rows[i].off, predict_rows[i].minor,
			       predict_rows[i].window, predict_rows[i].order,
			       NR, answer);
		for (size_t j = 0; j < NR; j++)
			got[j] = letters[answer[j]];
		check_row_text(predict_rows[i].name, got, predict_rows[i].want);
		check_row_int(predict_rows[i].name, answer[NR], 0xff);
	}
}

static const struct {
	const char *name;
	const char *present; /* x: mapped */
	size_t page, want;
} window_rows[] = {
	{ "one page", "..x.............", 2, 1 },
	{ "four, aligned", "....xxxx........", 5, 4 },
	{ "four, at its end", "....xxxx........", 7, 4 },
	{ "all", "xxxxxxxxxxxxxxxx", 0, 16 },
	{ "not aligned", "..xxxx..........", 3, 0 },
	{ "no power of two", "xxx.............", 1, 0 },
	{ "another page too", "....xxxx.......x", 5, 0 },
	{ "not the page itself", "....xxxx........", 9, 0 },
	{ "none", "................", 9, 0 },
};

static void test_windows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(window_rows); i++) {
		bool present[16];

		for (size_t j = 0; j < ROWS(present); j++)
			present[j] = window_rows[i].present[j] == 'x';
		check_row_int(window_rows[i].name,
			      (long)around_window(present, ROWS(present),
						  window_rows[i].page),
			      (long)window_rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_predictions),
		cmocka_unit_test(test_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
