// SPDX-License-Identifier: GPL-2.0-only
#include "blocks.h"

#include "batch.h"
#include "clock.h"
#include "inject.h"
#include "roles.h"

#include <string.h>

enum {
	WARM_UP_BLOCKS = 2,  /* at least */
	COUNTED_WARM_UP = 4, /* where the number of blocks is given */
	LONG_NS = 1000000,
};

static void remember(struct session *s, uint64_t ns)
{
	s->recent[s->nr_recent++ % SESSION_RECENT] = ns;
}

static uint64_t recent_median(const struct session *s)
{
	size_t nr = s->nr_recent < SESSION_RECENT ? s->nr_recent
						  : SESSION_RECENT;
	uint64_t ns[SESSION_RECENT];

	memcpy(ns, s->recent, sizeof(ns));
	return batch_median(ns, nr);
}

/*
 * The delay follows the reference through the launch: on a CPU that shares
 * its core the whole of it may run at half the speed for a while.
 */
static void size_spin(struct session *s)
{
	if (s->job->inject_ppm)
		s->spin = inject_size(s->speed, recent_median(s),
				      s->job->inject_ppm);
}

static int run_batch(struct session *s, unsigned slot,
		     struct sample *ret_sample)
{
	int err = batch_run(s, slot, ret_sample);

	if (err)
		return err;

	session_fold(s, slot, s->samples.of != NULL);
	if (slot == s->schedule.reference)
		remember(s, ret_sample->ns);
	return 0;
}

static int drop_batch(struct session *s, unsigned slot)
{
	struct sample dropped;
	int err = batch_run(s, slot, &dropped);

	session_fold(s, slot, false);
	return err;
}

/*
 * Behind a write the kernel settles, while blocks run that do not count: what
 * comes then has the past that each batch has.
 */
static int settle(struct session *s)
{
	uint64_t until = fl_clock_ns() + s->job->toggle.settle_ns;
	unsigned nr = 2 * schedule_untoggled(&s->schedule);
	uint8_t order[2 * FL_MAX_SLOTS];
	int err = 0;

	for (unsigned i = 0; !err && (!i || fl_clock_ns() < until); i++) {
		if (i % nr == 0)
			schedule_block(&s->schedule, &s->rng, order);
		err = drop_batch(s, order[i % nr]);
		if (fl_clock_ns() > s->run.deadline_ns)
			break;
	}
	return err;
}

/* With the file's other value only the reference counts, as the last slot. */
static int run_phase(struct session *s, bool toggled, const uint8_t *order,
		     unsigned nr, struct sample **to)
{
	unsigned last = s->schedule.nr_slots - 1;
	int err = 0;

	if (toggle_is_due(s, toggled)) {
		err = toggle_give(s, toggled);
		if (!err)
			err = settle(s);
	}
	for (unsigned i = 0; i < nr && !err; i++) {
		if (!toggled)
			err = run_batch(s, order[i], (*to)++);
		else if (order[i] == s->schedule.reference)
			err = run_batch(s, last, (*to)++);
		else
			err = drop_batch(s, order[i]);
	}
	return err;
}

/*
 * One value outside, the other inside, in turns: two batches that are far
 * from each other have another mean than two that are near, if what disturbs
 * them lasts for a while.
 */
static int run_toggled_block(struct session *s, struct sample *ret_samples)
{
	unsigned nr = schedule_untoggled(&s->schedule);
	uint8_t outside[2 * FL_MAX_SLOTS], inside[2 * FL_MAX_SLOTS];
	bool outer = toggle_turn(s);
	int err;

	schedule_block(&s->schedule, &s->rng, outside);
	schedule_block(&s->schedule, &s->rng, inside);
	err = run_phase(s, outer, outside, nr, &ret_samples);
	if (!err)
		err = run_phase(s, !outer, inside, 2 * nr, &ret_samples);
	if (!err)
		err = run_phase(s, outer, outside + nr, nr, &ret_samples);
	return err;
}

static int run_plain_block(struct session *s, struct sample *ret_samples)
{
	unsigned nr = 2 * s->schedule.nr_slots;
	uint8_t order[2 * FL_MAX_SLOTS];
	int err = 0;

	schedule_block(&s->schedule, &s->rng, order);
	for (unsigned i = 0; i < nr && !err; i++)
		err = run_batch(s, order[i], &ret_samples[i]);
	return err;
}

static int run_block(struct session *s, struct sample *ret_samples)
{
	int err = s->toggle.on ? run_toggled_block(s, ret_samples)
			       : run_plain_block(s, ret_samples);

	if (err)
		return err;

	size_spin(s);
	return roles_failed(s->roles);
}

static bool warm_enough(const struct session *s, unsigned blocks,
			uint64_t until)
{
	if (s->job->blocks)
		return blocks >= COUNTED_WARM_UP;
	return blocks >= WARM_UP_BLOCKS && fl_clock_ns() >= until;
}

int blocks_warm_up(struct session *s)
{
	uint64_t until = fl_clock_ns() + s->job->warmup_ns;
	struct sample block[2 * FL_MAX_SLOTS];

	if (s->job->inject_ppm)
		s->speed = inject_calibrate();
	for (unsigned i = 0; !warm_enough(s, i, until); i++) {
		int err = run_block(s, block);

		if (err)
			return err;
		if (fl_clock_ns() > s->run.deadline_ns)
			break;
	}
	s->long_ops = s->job->unit == FL_JOB_NS && s->nops == 1 &&
		      recent_median(s) > LONG_NS;
	return 0;
}

static bool enough(const struct session *s, uint64_t until)
{
	uint64_t now = fl_clock_ns();

	if (now > s->run.deadline_ns)
		return true;

	if (s->job->blocks)
		return s->blocks >= s->job->blocks;
	return now >= until && s->blocks >= SESSION_MIN_BLOCKS;
}

static int fill(struct session *s, uint64_t until)
{
	unsigned batches = 2 * s->schedule.nr_slots;
	struct samples *samples = &s->samples;

	while (!enough(s, until) &&
	       samples->nr + batches <= samples->capacity) {
		int err = run_block(s, &samples->of[samples->nr]);

		if (err)
			return err;
		samples->nr += batches;
		s->blocks++;
	}
	return 0;
}

static uint64_t least_blocks(const struct session *s)
{
	return s->job->blocks ? s->job->blocks : SESSION_MIN_BLOCKS;
}

int blocks_run(struct session *s)
{
	uint64_t least = least_blocks(s);
	struct switches before;
	uint64_t t0, cpu;
	int err = samples_init(&s->samples, s->job->launch_ns,
			       2UL * s->schedule.nr_slots * least);

	if (err)
		return fl_fail(&s->run, err, "memory for the samples");

	before = switches_read();
	cpu = clock_read(CLOCK_THREAD_CPUTIME_ID);
	t0 = fl_clock_ns();
	err = fill(s, t0 + s->job->launch_ns);
	s->wall_ns = fl_clock_ns() - t0;
	s->cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID) - cpu;
	s->switches = switches_between(before, switches_read());
	if (!err && s->blocks < least)
		err = fl_fail(&s->run, -ETIME,
			      "%u blocks within the limit, not %u",
			      (unsigned)s->blocks, (unsigned)least);
	return err;
}
