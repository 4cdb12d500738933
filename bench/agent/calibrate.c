// SPDX-License-Identifier: GPL-2.0-only
#include "calibrate.h"

#include "batch.h"

#include <faultline/protocol.h>

enum {
	TRIES = 7,
	MOST_TRIES = 30,
	STEPS = 1000,
	LONG_NS = 1000000
};

/*
 * The median of batches that were not switched away from; of a long op one is
 * enough.  On a crowded CPU what there is has to do.
 */
static int measure(struct session *s, uint64_t nops, uint64_t *ret_ns)
{
	uint64_t clean[TRIES], any[MOST_TRIES];
	unsigned nr_clean = 0, nr_any = 0;

	s->nops = nops;
	while (nr_clean < TRIES && nr_any < MOST_TRIES) {
		struct sample sample;
		int err = batch_run(s, s->schedule.reference, &sample);

		if (err)
			return err;
		session_fold(s, s->schedule.reference, false);
		any[nr_any++] = sample.ns;
		if (!(sample.marks & FL_MARK_SWITCHED))
			clean[nr_clean++] = sample.ns;
		if (sample.ns > LONG_NS && nr_any > TRIES / 2)
			break;
		if (fl_clock_ns() > s->run.deadline_ns)
			break;
	}
	*ret_ns = nr_clean ? batch_median(clean, nr_clean)
			   : batch_median(any, nr_any);
	return 0;
}

static int warm_up(struct session *s)
{
	uint64_t until = fl_clock_ns() + s->job->warmup_ns;
	uint64_t ns;
	int err;

	do {
		err = measure(s, 1, &ns);
	} while (!err && fl_clock_ns() < until &&
		 fl_clock_ns() < s->run.deadline_ns);
	return err;
}

/* Doubles until it is long enough: the answer is in (nops / 2, nops]. */
static int bracket(struct session *s, uint64_t target, uint64_t *nops,
		   uint64_t *ns)
{
	*nops = 1;
	for (;;) {
		int err = measure(s, *nops, ns);

		if (err || *ns >= target || *nops == s->run.max_ops)
			return err;
		if (fl_clock_ns() > s->run.deadline_ns)
			return fl_fail(&s->run, -ETIME,
				       "calibration, at %llu ops",
				       (unsigned long long)*nops);
		*nops = *nops * 2 < s->run.max_ops ? *nops * 2 : s->run.max_ops;
	}
}

/* Halves the interval until it is an eighth wide. */
static int refine(struct session *s, uint64_t target, uint64_t *nops,
		  uint64_t *ns)
{
	uint64_t low = *nops / 2, high = *nops, at_high = *ns;

	while (high - low > 1 && (high - low) * 8 > high) {
		uint64_t middle = low + (high - low) / 2, at_middle;
		int err = measure(s, middle, &at_middle);

		if (err)
			return err;
		if (at_middle >= target) {
			high = middle;
			at_high = at_middle;
		} else {
			low = middle;
		}
	}
	*nops = high;
	*ns = at_high;
	return 0;
}

int calibrate_run(struct session *s, struct calibration *ret)
{
	struct calibration c = { .clock = clock_measure() };
	uint64_t target = STEPS * c.clock.step_ns;
	int err = warm_up(s);

	if (target < s->job->batch_ns)
		target = s->job->batch_ns;
	if (!err)
		err = bracket(s, target, &c.batch_ops, &c.batch_ns);
	if (!err && c.batch_ns >= target)
		err = refine(s, target, &c.batch_ops, &c.batch_ns);
	if (err)
		return err;

	*ret = c;
	return 0;
}
