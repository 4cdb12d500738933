/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka with what it needs before it, and checks that name the row. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* A table row that fails is named by @row, the text under test as a rule. */
#define check_row(row, condition)      unit_true(row, #condition, condition)
#define check_row_int(row, got, want)  unit_int(row, #got, got, want)
#define check_row_u64(row, got, want)  unit_u64(row, #got, got, want)
#define check_row_text(row, got, want) unit_text(row, got, want)

static inline void unit_true(const char *row, const char *what, bool holds)
{
	if (!holds)
		fail_msg("row `%s`: %s", row, what);
}

static inline void unit_int(const char *row, const char *what, intmax_t got,
			    intmax_t want)
{
	if (got != want)
		fail_msg("row `%s`: %s is %jd, not %jd", row, what, got, want);
}

static inline void unit_u64(const char *row, const char *what, uint64_t got,
			    uint64_t want)
{
	if (got != want)
		fail_msg("row `%s`: %s is %" PRIu64 ", not %" PRIu64, row, what,
			 got, want);
}

static inline void unit_text(const char *row, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("row `%s`: `%s`, not `%s`", row, got, want);
}

#endif
