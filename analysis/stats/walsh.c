// SPDX-License-Identifier: GPL-2.0-only
#include "walsh.h"

#include <stdint.h>
#include <string.h>

/* Cannot overflow, and never falls as @a or @b rises. */
static double average(double a, double b)
{
	return a / 2 + b / 2;
}

/* Integers in the order of the doubles. */
static int64_t to_key(double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits < 0 ? INT64_MIN - bits : bits;
}

static double from_key(int64_t key)
{
	int64_t bits = key < 0 ? INT64_MIN - key : key;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static size_t count_up_to(const double *sorted, size_t n, double limit)
{
	size_t count = 0, end = n;

	for (size_t i = 0; i < end; i++) {
		while (end > i && average(sorted[i], sorted[end - 1]) > limit)
			end--;
		count += end - i;
	}
	return count;
}

double walsh_select(const double *sorted, size_t n, size_t rank)
{
	int64_t lo = to_key(average(sorted[0], sorted[0]));
	int64_t hi = to_key(average(sorted[n - 1], sorted[n - 1]));

	while (lo < hi) {
		uint64_t width = (uint64_t)hi - (uint64_t)lo;
		int64_t middle = lo + (int64_t)(width / 2);

		if (count_up_to(sorted, n, from_key(middle)) >= rank)
			hi = middle;
		else
			lo = middle + 1;
	}
	return from_key(lo);
}

double walsh_median(const double *sorted, size_t n)
{
	size_t nr = walsh_nr(n);
	double upper = walsh_select(sorted, n, nr / 2 + 1);

	if (nr % 2)
		return upper;

	return average(walsh_select(sorted, n, nr / 2), upper);
}
