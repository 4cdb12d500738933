// SPDX-License-Identifier: GPL-2.0-only
/* The histogram of an observed record: all values of a launch, in buckets. */
#include "loader.h"

#include <errno.h>
#include <math.h>

enum {
	STEPS = 64 /* an octave; below it each value has its own bucket */
};

/* The buckets hold whole nanoseconds, from @bound on. */
static double middle(double bound)
{
	double width = bound < STEPS ? 1 : exp2(floor(log2(bound))) / STEPS;

	return bound + (width - 1) / 2;
}

/* Whether @row is a bucket behind @last. */
static bool read_bucket(const json_t *row, double last, double *ret_bound,
			double *ret_count)
{
	double bound = json_number_value(json_array_get(row, 0));
	double count = json_number_value(json_array_get(row, 1));

	if (json_array_size(row) != 2 || !(bound > last && bound <= 1e18) ||
	    !(count >= 1 && count <= 1e18))
		return false;

	*ret_bound = bound;
	*ret_count = count;
	return true;
}

static bool fill(const json_t *list, struct result_sight *sight)
{
	double last = -1, count;
	const json_t *row;
	size_t i;

	json_array_foreach (list, i, row) {
		if (!read_bucket(row, last, &last, &count))
			return false;
		sight->buckets[i] = (float)middle(last);
		sight->counts[i] = (float)count;
	}
	sight->nr_buckets = i;
	return true;
}

int loader_histogram(struct loader *l, const json_t *record,
		     struct result_sight *sight)
{
	const json_t *list = json_object_get(record, "histogram");
	size_t nr = json_array_size(list);

	if (!nr)
		return 0;
	if (nr > RESULT_MAX_BUCKETS)
		return loader_warn(l,
				   "a histogram of more than %d buckets, "
				   "ignored",
				   RESULT_MAX_BUCKETS);

	sight->buckets = calloc(nr, sizeof(*sight->buckets));
	sight->counts = calloc(nr, sizeof(*sight->counts));
	if (!sight->buckets || !sight->counts)
		return -ENOMEM;
	if (fill(list, sight))
		return 0;

	sight->nr_buckets = 0;
	return loader_warn(l, "a histogram whose buckets are none, ignored");
}
