// SPDX-License-Identifier: GPL-2.0-only
#include "common/units.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HPAGE_FILE "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"

/* Largest first: the first that divides a value gives its shortest form. */
struct scale {
	const char *suffix;
	uint64_t factor;
};

static const struct scale size_scales[] = {
	{ "T", UINT64_C(1) << 40 },
	{ "G", UINT64_C(1) << 30 },
	{ "M", UINT64_C(1) << 20 },
	{ "K", UINT64_C(1) << 10 },
	{ "", 1 },
};

static const struct scale time_scales[] = {
	{ "h", UINT64_C(3600000000000) },
	{ "m", UINT64_C(60000000000) },
	{ "s", 1000000000 },
	{ "ms", 1000000 },
	{ "us", 1000 },
	{ "ns", 1 },
};

enum {
	NR_SIZE_SCALES = sizeof(size_scales) / sizeof(size_scales[0]),
	NR_TIME_SCALES = sizeof(time_scales) / sizeof(time_scales[0]),
};

uint64_t units_pmd_bytes(const struct units *units)
{
	uint64_t page = units->page_bytes;

	return units->hpage_bytes ? units->hpage_bytes
				  : page * (page / sizeof(uint64_t));
}

/* isdigit() and friends depend on the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Moves *text behind its digits; there must be at least one. */
static int take_digits(const char **text, uint64_t *ret_value)
{
	uint64_t value = 0;
	bool fits = true;
	const char *p;

	for (p = *text; is_digit(*p); p++)
		fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
		       !__builtin_add_overflow(value, *p - '0', &value);
	if (p == *text)
		return -EINVAL;

	*text = p;
	if (!fits)
		return -ERANGE;

	*ret_value = value;
	return 0;
}

static uint64_t read_hpage_bytes(void)
{
	uint64_t bytes = 0;
	char text[32];
	ssize_t len;
	int fd;

	fd = open(HPAGE_FILE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;

	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return 0;

	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return units_parse_u64(text, &bytes) ? 0 : bytes;
}

struct units units_of_machine(void)
{
	long page_bytes = sysconf(_SC_PAGESIZE);

	return (struct units){
		.page_bytes = page_bytes > 0 ? (uint64_t)page_bytes : 0,
		.hpage_bytes = read_hpage_bytes(),
	};
}

/* What stands behind the digits of a size, as a factor. */
static int word_factor(const char *word, size_t len, const struct units *units,
		       uint64_t *ret_factor)
{
	const struct scale words[] = {
		{ "page", units->page_bytes },
		{ "hpage", units->hpage_bytes },
	};

	for (size_t i = 0; i < 2; i++) {
		if (len != strlen(words[i].suffix) ||
		    memcmp(word, words[i].suffix, len) != 0)
			continue;
		if (!words[i].factor)
			return -ENODATA;
		*ret_factor = words[i].factor;
		return 0;
	}
	return -EINVAL;
}

static int suffix_factor(const char *word, size_t len, uint64_t *ret_factor)
{
	for (size_t i = 0; i < NR_SIZE_SCALES; i++) {
		if (len != strlen(size_scales[i].suffix) ||
		    memcmp(word, size_scales[i].suffix, len) != 0)
			continue;
		*ret_factor = size_scales[i].factor;
		return 0;
	}
	return -EINVAL;
}

/* One of "4096", "4K", "hpage", "2hpage". */
static int take_term(const char **text, const struct units *units,
		     uint64_t *ret_bytes)
{
	bool counted = is_digit(**text);
	uint64_t count = 1, factor = 0;
	size_t len = 0;
	int err = 0, ret;

	if (counted)
		err = take_digits(text, &count);
	while (is_letter((*text)[len]))
		len++;

	ret = word_factor(*text, len, units, &factor);
	if (ret == -EINVAL && counted)
		ret = suffix_factor(*text, len, &factor);
	if (ret || err)
		return ret ? ret : err;

	*text += len;
	return __builtin_mul_overflow(count, factor, ret_bytes) ? -ERANGE : 0;
}

int units_parse_size(const char *text, const struct units *units,
		     uint64_t *ret_bytes)
{
	/* Kept apart: "page-hpage+2M" is below zero only half way. */
	uint64_t sums[2] = { 0, 0 }, bytes = 0;
	unsigned minus = 0;

	for (;;) {
		int ret = take_term(&text, units, &bytes);

		if (ret)
			return ret;
		if (__builtin_add_overflow(sums[minus], bytes, &sums[minus]))
			return -ERANGE;
		if (!*text)
			break;
		if (*text != '+' && *text != '-')
			return -EINVAL;
		minus = *text++ == '-';
	}
	if (sums[1] > sums[0])
		return -ERANGE;

	*ret_bytes = sums[0] - sums[1];
	return 0;
}

static const struct scale *find_time_scale(const char *suffix)
{
	for (size_t i = 0; i < NR_TIME_SCALES; i++)
		if (!strcmp(suffix, time_scales[i].suffix))
			return &time_scales[i];

	return NULL;
}

/* What the digits behind the point add; parts of a ns are no time. */
static int fraction_ns(const char *digits, uint64_t factor, uint64_t *ret_ns)
{
	uint64_t ns = 0;

	for (; is_digit(*digits); digits++) {
		uint64_t digit = (uint64_t)(*digits - '0');

		if (digit && (factor < 10 || factor % 10))
			return -EINVAL;
		factor /= 10;
		ns += digit * factor;
	}
	*ret_ns = ns;
	return 0;
}

int units_parse_time(const char *text, uint64_t *ret_ns)
{
	const char *fraction = "";
	const struct scale *scale;
	uint64_t whole, part;
	int ret;

	ret = take_digits(&text, &whole);
	if (ret == -EINVAL)
		return ret;

	if (!ret && !whole && !*text) {
		*ret_ns = 0;
		return 0;
	}
	if (*text == '.') {
		fraction = ++text;
		text += strspn(text, "0123456789");
		if (text == fraction)
			return -EINVAL;
	}
	scale = find_time_scale(text);
	if (!scale || fraction_ns(fraction, scale->factor, &part))
		return -EINVAL;
	if (ret || __builtin_mul_overflow(whole, scale->factor, &whole) ||
	    __builtin_add_overflow(whole, part, &whole))
		return -ERANGE;

	*ret_ns = whole;
	return 0;
}

int units_parse_ratio(const char *text, double *ret_ratio)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(text, digits);
	const char *rest = text + whole;
	double ratio;

	if (!whole)
		return -EINVAL;

	if (*rest == '.') {
		size_t part = strspn(rest + 1, digits);

		if (!part)
			return -EINVAL;
		rest += 1 + part;
	}
	if (*rest && strcmp(rest, "%") != 0 && strcmp(rest, "ppm") != 0)
		return -EINVAL;

	ratio = strtod(text, NULL);
	if (!isfinite(ratio))
		return -ERANGE;

	if (*rest == '%')
		ratio /= 100;
	else if (*rest)
		ratio /= 1e6;
	*ret_ratio = ratio;
	return 0;
}

int units_parse_u64(const char *text, uint64_t *ret_value)
{
	uint64_t value;
	int ret = take_digits(&text, &value);

	if (*text)
		return -EINVAL;
	if (ret)
		return ret;

	*ret_value = value;
	return 0;
}

static const char *print_scaled(uint64_t value, const struct scale *scale,
				char buf[UNITS_TEXT_BYTES])
{
	while (value % scale->factor)
		scale++;
	snprintf(buf, UNITS_TEXT_BYTES, "%" PRIu64 "%s", value / scale->factor,
		 scale->suffix);
	return buf;
}

static const char *print_zero(char buf[UNITS_TEXT_BYTES])
{
	buf[0] = '0';
	buf[1] = '\0';
	return buf;
}

const char *units_print_size(uint64_t bytes, char buf[UNITS_TEXT_BYTES])
{
	return bytes ? print_scaled(bytes, size_scales, buf) : print_zero(buf);
}

const char *units_print_time(uint64_t ns, char buf[UNITS_TEXT_BYTES])
{
	return ns ? print_scaled(ns, time_scales, buf) : print_zero(buf);
}

/* For three digits in all; by what is printed: 9.996 is 10.0. */
static int decimals_of(double size)
{
	if (size <= 0 || size >= 99.95)
		return 0;
	if (size >= 9.995)
		return 1;
	return size >= 0.9995 ? 2 : 3;
}

const char *units_human_ns(double ns, char buf[UNITS_TEXT_BYTES])
{
	static const char *const names[] = { "ns", "us", "ms", "s" };
	double size = fabs(ns);
	unsigned i = 0;

	/* By what is printed: 999.6 ns is 1.00 us. */
	for (; i < 3 && size >= 999.5; i++) {
		size /= 1000;
		ns /= 1000;
	}
	if (!isfinite(ns) || size >= 1e9) {
		snprintf(buf, UNITS_TEXT_BYTES, "%.3g %s", ns, names[i]);
		return buf;
	}
	snprintf(buf, UNITS_TEXT_BYTES, "%.*f %s", decimals_of(size), ns,
		 names[i]);
	return buf;
}
