// SPDX-License-Identifier: GPL-2.0-only
#include "blocks.h"

#include "batch.h"
#include "clock.h"
#include "inject.h"
#include "roles.h"

#include <string.h>

enum {
	WARM_UP_BLOCKS = 2, /* at least */
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

static int run_block(struct session *s, struct sample *ret_samples)
{
	uint8_t order[2 * FL_MAX_SLOTS];

	schedule_block(&s->schedule, &s->rng, order);
	for (unsigned i = 0; i < 2 * s->schedule.nr_slots; i++) {
		int err = toggle_ready(s, order[i]);

		if (!err)
			err = batch_run(s, order[i], &ret_samples[i]);
		if (err)
			return err;
		session_fold(s, order[i], s->samples.of != NULL);
		if (order[i] == s->schedule.reference)
			remember(s, ret_samples[i].ns);
	}
	size_spin(s);
	return roles_failed(s->roles);
}

int blocks_warm_up(struct session *s)
{
	uint64_t until = fl_clock_ns() + s->job->warmup_ns;
	struct sample block[2 * FL_MAX_SLOTS];

	if (s->job->inject_ppm)
		s->speed = inject_calibrate();
	for (unsigned i = 0; i < WARM_UP_BLOCKS || fl_clock_ns() < until; i++) {
		int err = run_block(s, block);

		if (err)
			return err;
		if (fl_clock_ns() > s->run.deadline_ns)
			break;
	}
	s->long_ops = s->nops == 1 && recent_median(s) > LONG_NS;
	return 0;
}

static bool enough(const struct session *s, uint64_t until)
{
	uint64_t now = fl_clock_ns();

	if (now > s->run.deadline_ns)
		return true;

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

int blocks_run(struct session *s)
{
	unsigned batches = 2 * s->schedule.nr_slots;
	struct switches before;
	uint64_t t0, cpu;
	int err = samples_init(&s->samples, s->job->launch_ns,
			       (size_t)batches * SESSION_MIN_BLOCKS);

	if (err)
		return fl_fail(&s->run, err, "memory for the samples");

	before = switches_read();
	cpu = clock_read(CLOCK_THREAD_CPUTIME_ID);
	t0 = fl_clock_ns();
	err = fill(s, t0 + s->job->launch_ns);
	s->wall_ns = fl_clock_ns() - t0;
	s->cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID) - cpu;
	s->switches = switches_between(before, switches_read());
	if (!err && s->blocks < SESSION_MIN_BLOCKS)
		err = fl_fail(&s->run, -ETIME,
			      "%u blocks within the limit, not %d",
			      (unsigned)s->blocks, SESSION_MIN_BLOCKS);
	return err;
}
