/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and sentences for a terminal and a cover letter: ASCII, 72 columns. */
#ifndef ANALYSIS_FORMAT_H
#define ANALYSIS_FORMAT_H

#include "summary.h"

#include <stdio.h>

enum {
	FORMAT_BYTES = 48,
	FORMAT_COLUMNS = 72
};

/* Three significant digits: "941", "31.2", "0.00120"; "-" for NaN. */
const char *format_number(double v, char buf[FORMAT_BYTES]);

/* In the unit of the metric: "31.2 us" if that is "ns", else "1.20 op/s". */
const char *format_value(double v, const char *unit, char buf[FORMAT_BYTES]);

/* The unit of what is counted and comes out the same each time. */
#define FORMAT_INSTRUCTIONS "instructions"
bool format_is_exact(const char *unit);

/* "+1.00 insn (+0.03 %)" */
const char *format_difference(double from, double to, char buf[FORMAT_BYTES]);

/* "31.2 us [31.0, 31.4]", or without the interval if there is none. */
const char *format_level(const struct summary_level *l, const char *unit,
			 char buf[FORMAT_BYTES]);

/* A share of 0.053 as "5.3"; "0" and "100" are exact, "99.97" is not 100. */
const char *format_share(double share, char buf[FORMAT_BYTES]);

/*
 * "5.3 [4.1, 6.6]", or "5.3 ?" without an interval; "0 [<17]" and "100 [>83]",
 * where an interval ends at the share itself.
 */
const char *format_share_ci(const struct stats_ci *ci, char buf[FORMAT_BYTES]);

/* A log ratio as "-15.9 %". */
const char *format_percent(double log_ratio, char buf[FORMAT_BYTES]);

/* "-15.9 % [-16.1, -15.7]" of an interval of log ratios. */
const char *format_ratio(const struct stats_ci *ci, char buf[FORMAT_BYTES]);

/* "CHANGED", "UNDECIDED, +14": with about how many more units settle it. */
const char *format_verdict(enum stats_verdict v, size_t more,
			   char buf[FORMAT_BYTES]);

/* Grows a text in @bytes of memory; what does not fit is lost. */
void format_append(char *text, size_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * format_paragraph() - wrapped at FORMAT_COLUMNS
 * @out:	where to
 * @first:	in front of the first line
 * @indent:	blanks in front of the others
 */
void format_paragraph(FILE *out, const char *first, unsigned indent,
		      const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
