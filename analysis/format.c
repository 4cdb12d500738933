// SPDX-License-Identifier: GPL-2.0-only
/* Numbers with three digits and paragraphs of 72 columns. */
#include "format.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* Decimals that make three significant digits. */
static int decimals(double v)
{
	double size = fabs(v);

	if (size == 0 || !isfinite(size))
		return 0;
	for (int n = 0; n < 6; n++)
		if (size >= 99.95 / pow(10, n))
			return n;
	return 6;
}

const char *format_number(double v, char buf[FORMAT_BYTES])
{
	if (!isfinite(v))
		snprintf(buf, FORMAT_BYTES, "-");
	else if (fabs(v) >= 1e7)
		snprintf(buf, FORMAT_BYTES, "%.2e", v);
	else
		snprintf(buf, FORMAT_BYTES, "%.*f", decimals(v), v);
	return buf;
}

struct scale {
	double factor;
	const char *unit;
};

/* Times and rates come in steps of 1000, anything else stays as it is. */
static struct scale scale_of(double v, const char *unit)
{
	static const struct scale times[] = {
		{ 1, "ns" }, { 1e3, "us" }, { 1e6, "ms" }, { 1e9, "s" }
	};
	static const struct scale rates[] = {
		{ 1, "/s" }, { 1e3, "k/s" }, { 1e6, "M/s" }, { 1e9, "G/s" }
	};
	const struct scale *scales = rates;
	size_t i = 0;

	if (unit && !strcmp(unit, "ns"))
		scales = times;
	else if (unit && !strcmp(unit, FORMAT_INSTRUCTIONS))
		return (struct scale){ 1, "insn" };
	else if (!unit || strcmp(unit, "1/s") != 0)
		return (struct scale){ 1, unit ? unit : "" };

	while (i < 3 && fabs(v) >= 999.5 * scales[i].factor)
		i++;
	return scales[i];
}

const char *format_value(double v, const char *unit, char buf[FORMAT_BYTES])
{
	struct scale s = scale_of(v, unit);
	char number[FORMAT_BYTES];

	if (format_is_exact(unit) && fabs(v) < 1e9)
		snprintf(number, sizeof(number), "%.2f", v);
	else
		format_number(v / s.factor, number);
	snprintf(buf, FORMAT_BYTES, "%.16s%s%.16s", number, *s.unit ? " " : "",
		 s.unit);
	return buf;
}

bool format_is_exact(const char *unit)
{
	return unit && !strcmp(unit, FORMAT_INSTRUCTIONS);
}

const char *format_difference(double from, double to, char buf[FORMAT_BYTES])
{
	double by = to - from;

	if (!isfinite(by) || fabs(by) >= 1e9)
		snprintf(buf, FORMAT_BYTES, "-");
	else if (fabs(by) < 0.005)
		snprintf(buf, FORMAT_BYTES, "the same");
	else
		snprintf(buf, FORMAT_BYTES, "%+.2f insn (%+.2f %%)", by,
			 from > 0 ? 100 * by / from : 0.0);
	return buf;
}

const char *format_level(const struct summary_level *l, const char *unit,
			 char buf[FORMAT_BYTES])
{
	struct scale s = scale_of(l->ci.estimate, unit);
	double v = l->ci.estimate / s.factor;
	int digits = decimals(v);

	if (!l->n || !isfinite(v))
		snprintf(buf, FORMAT_BYTES, "-");
	else if (!isfinite(l->ci.lo) || fabs(v) >= 1e7)
		format_value(l->ci.estimate, unit, buf);
	else
		snprintf(buf, FORMAT_BYTES, "%.*f%s%.12s [%.*f, %.*f]", digits,
			 v, *s.unit ? " " : "", s.unit, digits,
			 l->ci.lo / s.factor, digits, l->ci.hi / s.factor);
	return buf;
}

const char *format_share(double share, char buf[FORMAT_BYTES])
{
	double percent = 100 * share, rest = 100 - percent;
	int digits = 0;

	if (!isfinite(percent))
		snprintf(buf, FORMAT_BYTES, "-");
	else if (percent > 0 && percent < 9.95)
		snprintf(buf, FORMAT_BYTES, "%.2g", percent);
	else {
		/* So many that it is not rounded to what it is not. */
		while (rest > 0 && rest < 0.95 * pow(10, -digits) && digits < 4)
			digits++;
		if (rest > 0 && rest < 0.95e-4)
			snprintf(buf, FORMAT_BYTES, ">99.999");
		else
			snprintf(buf, FORMAT_BYTES, "%.*f", digits, percent);
	}
	return buf;
}

/* An end of an interval far from the share needs no second digit. */
static const char *share_end(double share, char buf[FORMAT_BYTES])
{
	if (share > 0 && share < 0.95e-3)
		snprintf(buf, FORMAT_BYTES, "%.1g", 100 * share);
	else
		format_share(share, buf);
	return buf;
}

const char *format_share_ci(const struct stats_ci *ci, char buf[FORMAT_BYTES])
{
	char share[FORMAT_BYTES], lo[FORMAT_BYTES], hi[FORMAT_BYTES];

	format_share(ci->estimate, share);
	share_end(ci->lo, lo);
	share_end(ci->hi, hi);
	if (!isfinite(ci->lo) || !isfinite(ci->hi))
		snprintf(buf, FORMAT_BYTES, "%.12s%s", share,
			 isfinite(ci->estimate) ? " ?" : "");
	else if (ci->estimate <= 0)
		snprintf(buf, FORMAT_BYTES, "%.12s [<%.12s]", share, hi);
	else if (ci->estimate >= 1)
		snprintf(buf, FORMAT_BYTES, "%.12s [>%.12s]", share, lo);
	else
		snprintf(buf, FORMAT_BYTES, "%.12s [%.12s, %.12s]", share, lo,
			 hi);
	return buf;
}

static int percent_decimals(double percent)
{
	double size = fabs(percent);

	if (size < 9.995)
		return 2;
	return size < 99.95 ? 1 : 0;
}

const char *format_percent(double log_ratio, char buf[FORMAT_BYTES])
{
	double v = 100 * expm1(log_ratio);

	if (!isfinite(v) || fabs(v) >= 1e7)
		snprintf(buf, FORMAT_BYTES, "-");
	else
		snprintf(buf, FORMAT_BYTES, "%+.*f %%", percent_decimals(v), v);
	return buf;
}

const char *format_ratio(const struct stats_ci *ci, char buf[FORMAT_BYTES])
{
	double v = 100 * expm1(ci->estimate);
	double lo = 100 * expm1(ci->lo), hi = 100 * expm1(ci->hi);
	int digits = percent_decimals(fmax(fabs(lo), fabs(hi)));

	if (!isfinite(lo) || !isfinite(hi) || fabs(hi) >= 1e7)
		return format_percent(ci->estimate, buf);

	snprintf(buf, FORMAT_BYTES, "%+.*f %% [%+.*f, %+.*f]", digits, v,
		 digits, lo, digits, hi);
	return buf;
}

const char *format_verdict(enum stats_verdict v, size_t more,
			   char buf[FORMAT_BYTES])
{
	if (v == STATS_UNDECIDED && more)
		snprintf(buf, FORMAT_BYTES, "UNDECIDED, +%zu", more);
	else if (v == STATS_CHANGED_BELOW_M)
		snprintf(buf, FORMAT_BYTES, "CHANGED < M");
	else
		snprintf(buf, FORMAT_BYTES, "%s", stats_verdict_name(v));
	return buf;
}

/* How much of the text fits on a line of @room columns. */
static size_t line_length(const char *text, size_t room)
{
	size_t len = strlen(text), fit;

	if (len <= room)
		return len;
	for (fit = room; fit > 0 && text[fit] != ' '; fit--)
		;
	return fit ? fit : room;
}

void format_paragraph(FILE *out, const char *first, unsigned indent,
		      const char *fmt, ...)
{
	char text[4096];
	const char *rest = text;
	size_t begin = strlen(first);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	fputs(first, out);
	do {
		size_t len = line_length(rest, FORMAT_COLUMNS - begin);

		fprintf(out, "%.*s\n", (int)len, rest);
		rest += len;
		rest += strspn(rest, " ");
		begin = indent;
		if (*rest)
			fprintf(out, "%*s", (int)indent, "");
	} while (*rest);
}

void format_append(char *text, size_t bytes, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + len, bytes - len, fmt, args);
	va_end(args);
}
