// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches of runs that count instructions are kept one by one: the same batch
 * of two kernels is compared, and most of them agree to the last digit.
 */
#include "array.h"
#include "loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_COUNTS = 65536 /* of an arm */
};

int loader_counts_copy(struct loader_pending *p, const struct result_point *of)
{
	size_t bytes = p->batches.nr * sizeof(*p->counts);

	if (!p->batches.nr || !of->nr_metrics ||
	    !result_same_text(of->metrics[0].unit, "instructions"))
		return 0;
	p->counts = malloc(bytes);
	if (!p->counts)
		return -ENOMEM;
	memcpy(p->counts, p->batches.ns, bytes);
	return 0;
}

static int keep_slot(const struct loader_pending *p, unsigned slot,
		     struct result_arm *arm)
{
	for (size_t i = 0; i < p->batches.nr; i++) {
		double *more;

		if (p->batches.slot[i] != slot || arm->nr_counts == MAX_COUNTS)
			continue;
		more = array_more(arm->counts, arm->nr_counts, sizeof(*more));
		if (!more)
			return -ENOMEM;
		arm->counts = more;
		arm->counts[arm->nr_counts++] = p->counts[i];
	}
	return 0;
}

int loader_counts_keep(struct loader_pending *p, struct result_point *to)
{
	int err = 0;

	for (unsigned i = 0; p->counts && !err && i < p->nr_slots; i++) {
		char *name = result_text(p->slots[i].name);
		long arm = name ? result_find_arm(to, name) : -ENOMEM;

		free(name);
		if (arm < 0)
			return -ENOMEM;
		to->arms[arm].count_ops = (double)(p->slots[i].ops
							   ? p->slots[i].ops
							   : to->batch_ops);
		err = keep_slot(p, i, &to->arms[arm]);
	}
	return err;
}
