// SPDX-License-Identifier: GPL-2.0-only
#include "common/units.h"

#include "unit.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define K (UINT64_C(1) << 10)
#define M (UINT64_C(1) << 20)
#define G (UINT64_C(1) << 30)
#define T (UINT64_C(1) << 40)

/* What a value is before a call that must leave it alone. */
#define UNTOUCHED UINT64_C(0x5ca1ab1e)

static const struct units x86 = { .page_bytes = 4 * K, .hpage_bytes = 2 * M };
static const struct units no_thp = { .page_bytes = 64 * K };
static const struct units nothing;

static const struct {
	const char *text;
	const struct units *units;
	int err;
	uint64_t bytes;
} size_rows[] = {
	{ "0", &x86, 0, 0 },
	{ "1", &x86, 0, 1 },
	{ "4096", &x86, 0, 4096 },
	{ "0004096", &x86, 0, 4096 },
	{ "4K", &x86, 0, 4 * K },
	{ "2M", &x86, 0, 2 * M },
	{ "3G", &x86, 0, 3 * G },
	{ "1T", &x86, 0, T },
	{ "18446744073709551615", &x86, 0, UINT64_MAX },
	{ "16777215T", &x86, 0, 16777215 * T },

	{ "page", &x86, 0, 4 * K },
	{ "page", &no_thp, 0, 64 * K },
	{ "hpage", &x86, 0, 2 * M },
	{ "2hpage", &x86, 0, 4 * M },
	{ "16page", &x86, 0, 64 * K },
	{ "0hpage", &x86, 0, 0 },

	{ "hpage-4K", &x86, 0, 2 * M - 4 * K },
	{ "hpage-page", &x86, 0, 2 * M - 4 * K },
	{ "hpage+4K", &x86, 0, 2 * M + 4 * K },
	{ "2hpage-1", &x86, 0, 4 * M - 1 },
	{ "1M+1K-1", &x86, 0, M + K - 1 },
	{ "page-hpage+2M", &x86, 0, 4 * K },
	{ "page-page", &x86, 0, 0 },
	{ "0-1+1", &x86, 0, 0 },

	{ "", &x86, -EINVAL },
	{ " ", &x86, -EINVAL },
	{ " 4K", &x86, -EINVAL },
	{ "4K ", &x86, -EINVAL },
	{ "4 K", &x86, -EINVAL },
	{ "4K\n", &x86, -EINVAL },
	{ "-4K", &x86, -EINVAL },
	{ "+4K", &x86, -EINVAL },
	{ "--4K", &x86, -EINVAL },
	{ "4K+", &x86, -EINVAL },
	{ "4K-", &x86, -EINVAL },
	{ "4K++4K", &x86, -EINVAL },
	{ "4K+-4K", &x86, -EINVAL },
	{ "4k", &x86, -EINVAL },
	{ "4KB", &x86, -EINVAL },
	{ "4KK", &x86, -EINVAL },
	{ "4Q", &x86, -EINVAL },
	{ "K", &x86, -EINVAL },
	{ "4.5K", &x86, -EINVAL },
	{ "1e3", &x86, -EINVAL },
	{ "0x1000", &x86, -EINVAL },
	{ "hpages", &x86, -EINVAL },
	{ "hpag", &x86, -EINVAL },
	{ "hpageK", &x86, -EINVAL },
	{ "hpage*2", &x86, -EINVAL },
	{ "page4K", &x86, -EINVAL },
	{ "\xd9\xa4K", &x86, -EINVAL },
	{ "4K\x80", &x86, -EINVAL },

	{ "18446744073709551616", &x86, -ERANGE },
	{ "16777216T", &x86, -ERANGE },
	{ "99999999999999999999G", &x86, -ERANGE },
	{ "99999999999999999999hpage", &x86, -ERANGE },
	{ "18446744073709551615hpage", &x86, -ERANGE },
	{ "18446744073709551615+1", &x86, -ERANGE },
	{ "0-18446744073709551615-1", &x86, -ERANGE },
	{ "hpage-4G", &x86, -ERANGE },
	{ "0-1", &x86, -ERANGE },
	{ "99999999999999999999Q", &x86, -EINVAL },

	{ "hpage", &no_thp, -ENODATA },
	{ "2hpage-4K", &no_thp, -ENODATA },
	{ "4K+hpage", &no_thp, -ENODATA },
	{ "page", &nothing, -ENODATA },
	{ "4K", &nothing, 0, 4 * K },
};

static void parses_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(size_rows); i++) {
		const char *text = size_rows[i].text;
		uint64_t bytes = UNTOUCHED;
		int ret;

		ret = units_parse_size(text, size_rows[i].units, &bytes);
		check_row_int(text, ret, size_rows[i].err);
		check_row_u64(text, bytes,
			      ret ? UNTOUCHED : size_rows[i].bytes);
	}
}

/* @unit repeated to a text of a million bytes or so, then @end. */
static char *long_text(const char *unit, const char *end)
{
	size_t nr = 1000000 / strlen(unit);
	char *text = malloc(nr * strlen(unit) + strlen(end) + 1);
	char *p = text;

	assert_non_null(text);
	for (size_t i = 0; i < nr; i++)
		p = stpcpy(p, unit);
	stpcpy(p, end);
	return text;
}

static const struct {
	const char *unit, *end;
	int err;
	uint64_t bytes;
} long_rows[] = {
	{ "0", "1", 0, 1 },
	{ "9", "", -ERANGE },
	{ "9", "x", -EINVAL },
	{ "x", "", -EINVAL },
	{ "1+", "1", 0, 500001 },
	{ "1-", "1", -ERANGE },
	{ "1T+", "1", 0, 333333 * T + 1 },
	{ "16777215T+", "1", -ERANGE },
	{ "page", "", -EINVAL },
	{ "-", "", -EINVAL },
};

static void survives_long_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(long_rows); i++) {
		char *text = long_text(long_rows[i].unit, long_rows[i].end);
		uint64_t bytes = UNTOUCHED;
		int ret = units_parse_size(text, &x86, &bytes);

		free(text);
		check_row_int(long_rows[i].unit, ret, long_rows[i].err);
		check_row_u64(long_rows[i].unit, bytes,
			      ret ? UNTOUCHED : long_rows[i].bytes);
	}
}

static const struct {
	const char *text;
	int err;
	uint64_t ns;
} time_rows[] = {
	{ "0", 0, 0 },
	{ "00", 0, 0 },
	{ "0s", 0, 0 },
	{ "250ns", 0, 250 },
	{ "100us", 0, 100000 },
	{ "5ms", 0, 5000000 },
	{ "1.5s", 0, 1500000000 },
	{ "0.25us", 0, 250 },
	{ "1.000ns", 0, 1 },
	{ "0.000000001s", 0, 1 },
	{ "0.0000000010s", 0, 1 },
	{ "2m", 0, UINT64_C(120000000000) },
	{ "1.5h", 0, UINT64_C(5400000000000) },
	{ "18446744073709551615ns", 0, UINT64_MAX },
	{ "18446744073.709551615s", 0, UINT64_MAX },

	{ "", -EINVAL },
	{ "250", -EINVAL },
	{ "0.0", -EINVAL },
	{ "s", -EINVAL },
	{ ".5s", -EINVAL },
	{ "1.s", -EINVAL },
	{ "1.5.5s", -EINVAL },
	{ "1,5s", -EINVAL },
	{ "-1s", -EINVAL },
	{ "+1s", -EINVAL },
	{ " 1s", -EINVAL },
	{ "1 s", -EINVAL },
	{ "1s ", -EINVAL },
	{ "1S", -EINVAL },
	{ "1d", -EINVAL },
	{ "1min", -EINVAL },
	{ "1e3s", -EINVAL },
	{ "1.5ns", -EINVAL },
	{ "0.0000000001s", -EINVAL },
	{ "99999999999999999999", -EINVAL },
	{ "99999999999999999999x", -EINVAL },

	{ "99999999999999999999s", -ERANGE },
	{ "18446744073709551616ns", -ERANGE },
	{ "18446744073.709551616s", -ERANGE },
	{ "5124096h", -ERANGE },
};

static void parses_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(time_rows); i++) {
		const char *text = time_rows[i].text;
		uint64_t ns = UNTOUCHED;
		int ret = units_parse_time(text, &ns);

		check_row_int(text, ret, time_rows[i].err);
		check_row_u64(text, ns, ret ? UNTOUCHED : time_rows[i].ns);
	}
}

static const struct {
	const char *text;
	int err;
	double ratio;
} ratio_rows[] = {
	{ "0", 0, 0 },		 { "1", 0, 1 },
	{ "0.01", 0, 0.01 },	 { "1%", 0, 0.01 },
	{ "0.5%", 0, 0.005 },	 { "300ppm", 0, 300e-6 },
	{ "100%", 0, 1 },	 { "1000000ppm", 0, 1 },
	{ "", -EINVAL },	 { "%", -EINVAL },
	{ "ppm", -EINVAL },	 { "-1%", -EINVAL },
	{ "+1%", -EINVAL },	 { " 1%", -EINVAL },
	{ "1 %", -EINVAL },	 { "1%%", -EINVAL },
	{ ".5", -EINVAL },	 { "1.", -EINVAL },
	{ "1.%", -EINVAL },	 { "1.2.3", -EINVAL },
	{ "1e-3", -EINVAL },	 { "0x1p-3", -EINVAL },
	{ "nan", -EINVAL },	 { "inf", -EINVAL },
	{ "1percent", -EINVAL },
};

static void parses_ratios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(ratio_rows); i++) {
		const char *text = ratio_rows[i].text;
		double ratio = -7;
		int ret = units_parse_ratio(text, &ratio);
		double want = ret ? -7 : ratio_rows[i].ratio;

		check_row_int(text, ret, ratio_rows[i].err);
		check_row(text, fabs(ratio - want) <= 1e-15);
	}
}

static void refuses_endless_ratios(void **state)
{
	char *nines = long_text("9", "%");
	double ratio = -7;

	(void)state;
	assert_int_equal(units_parse_ratio(nines, &ratio), -ERANGE);
	assert_true(ratio < 0);
	free(nines);
}

static const struct {
	const char *text;
	int err;
	uint64_t value;
} u64_rows[] = {
	{ "0", 0, 0 },
	{ "007", 0, 7 },
	{ "18446744073709551615", 0, UINT64_MAX },
	{ "18446744073709551616", -ERANGE },
	{ "18446744073709551616x", -EINVAL },
	{ "", -EINVAL },
	{ "-1", -EINVAL },
	{ "+1", -EINVAL },
	{ " 1", -EINVAL },
	{ "1 ", -EINVAL },
	{ "1K", -EINVAL },
	{ "0x10", -EINVAL },
};

static void parses_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(u64_rows); i++) {
		const char *text = u64_rows[i].text;
		uint64_t value = UNTOUCHED;
		int ret = units_parse_u64(text, &value);

		check_row_int(text, ret, u64_rows[i].err);
		check_row_u64(text, value, ret ? UNTOUCHED : u64_rows[i].value);
	}
}

static const struct {
	uint64_t value;
	const char *size, *time;
} print_rows[] = {
	{ 0, "0", "0" },
	{ 1, "1", "1ns" },
	{ 1000, "1000", "1us" },
	{ 1024, "1K", "1024ns" },
	{ 4097, "4097", "4097ns" },
	{ 2 * M - 4 * K, "2044K", "2093056ns" },
	{ 2 * M, "2M", "2097152ns" },
	{ 3 * G, "3G", "3221225472ns" },
	{ 100000, "100000", "100us" },
	{ 1500000000, "1500000000", "1500ms" },
	{ UINT64_C(120000000000), "117187500K", "2m" },
	{ UINT64_C(90000000000), "87890625K", "90s" },
	{ 5 * T, "5T", "5497558138880ns" },
	{ UINT64_MAX, "18446744073709551615", "18446744073709551615ns" },
};

/* Exact: what is printed reads back as the same value. */
static void prints_what_it_parses(void **state)
{
	char buf[UNITS_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ROWS(print_rows); i++) {
		uint64_t value = print_rows[i].value, back = UNTOUCHED;
		const char *size = print_rows[i].size;
		const char *time = print_rows[i].time;

		check_row_text(size, units_print_size(value, buf), size);
		check_row_int(size, units_parse_size(buf, &x86, &back), 0);
		check_row_u64(size, back, value);
		check_row_text(time, units_print_time(value, buf), time);
		check_row_int(time, units_parse_time(buf, &back), 0);
		check_row_u64(time, back, value);
	}
}

static const struct {
	double ns;
	const char *text;
} human_rows[] = {
	{ 0, "0 ns" },
	{ 0.5, "0.500 ns" },
	{ 0.9996, "1.00 ns" },
	{ 1, "1.00 ns" },
	{ 9.996, "10.0 ns" },
	{ 99.96, "100 ns" },
	{ 941, "941 ns" },
	{ 999.4, "999 ns" },
	{ 999.6, "1.00 us" },
	{ 37e3, "37.0 us" },
	{ 999.6e3, "1.00 ms" },
	{ 1.25e9, "1.25 s" },
	{ 1234e9, "1234 s" },
	{ -37e3, "-37.0 us" },
	{ DBL_MAX, "1.8e+299 s" },
	{ (double)INFINITY, "inf s" },
	{ (double)NAN, "nan ns" },
};

static void prints_for_people(void **state)
{
	char buf[UNITS_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ROWS(human_rows); i++) {
		const char *text = human_rows[i].text;

		check_row_text(text, units_human_ns(human_rows[i].ns, buf),
			       text);
	}
}

static void knows_the_machine(void **state)
{
	struct units u = units_of_machine();

	(void)state;
	assert_int_equal(u.page_bytes, sysconf(_SC_PAGESIZE));
	assert_int_equal(u.hpage_bytes % u.page_bytes, 0);
	if (!access("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", R_OK))
		assert_true(u.hpage_bytes > u.page_bytes);
	else
		assert_int_equal(u.hpage_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_sizes),
		cmocka_unit_test(survives_long_sizes),
		cmocka_unit_test(parses_times),
		cmocka_unit_test(parses_ratios),
		cmocka_unit_test(refuses_endless_ratios),
		cmocka_unit_test(parses_numbers),
		cmocka_unit_test(prints_what_it_parses),
		cmocka_unit_test(prints_for_people),
		cmocka_unit_test(knows_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
