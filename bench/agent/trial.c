// SPDX-License-Identifier: GPL-2.0-only
#include "trial.h"

#include <faultline/protocol.h>

#include <stdlib.h>

struct trials {
	unsigned nr_outcomes;
	uint64_t count[]; /* slot, outcome, expected */
};

static unsigned count_outcomes(const struct fl_workload *w)
{
	unsigned nr = 0;

	while (w->outcomes && w->outcomes[nr].name)
		nr++;
	return nr;
}

static uint64_t *cell(struct trials *t, unsigned slot,
		      const struct fl_trial *trial)
{
	size_t row = (size_t)slot * t->nr_outcomes + trial->outcome;

	return &t->count[row * t->nr_outcomes + trial->expected];
}

static int call_trial(struct session *s, struct fl_trial *trial)
{
	const struct fl_workload *w = s->run.workload;
	int err = w->prepare ? w->prepare(&s->thread, 1) : 0;

	if (!err)
		err = w->trial(&s->thread, trial);
	if (!err && w->check)
		err = w->check(&s->thread, 1);
	return err;
}

static int run_trial(struct session *s, unsigned slot, bool kept)
{
	unsigned nr = s->trials->nr_outcomes;
	struct fl_trial trial = { 0 };
	int err = toggle_give_settled(s, slot);

	s->thread.arm = s->schedule.slots[slot].arm;
	if (!err)
		err = call_trial(s, &trial);
	if (err)
		return err;
	if (trial.outcome >= nr || trial.expected >= nr)
		return fl_fail(&s->run, -ERANGE, "a trial without an outcome");
	if (kept)
		(*cell(s->trials, slot, &trial))++;
	return 0;
}

static int run_block(struct session *s, bool kept)
{
	uint8_t order[FL_MAX_SLOTS];
	int err = 0;

	schedule_permute(&s->schedule, &s->rng, order);
	for (unsigned i = 0; i < s->schedule.nr_slots && !err; i++)
		err = run_trial(s, order[i], kept);
	return err;
}

static bool is_over(const struct session *s, uint64_t until)
{
	uint64_t now = fl_clock_ns();

	if (now > s->run.deadline_ns)
		return true;

	return now >= until && s->blocks >= SESSION_MIN_BLOCKS;
}

static int run_all(struct session *s)
{
	uint64_t t0 = fl_clock_ns();
	int err = 0;

	while (!err && !is_over(s, t0 + s->job->launch_ns)) {
		err = run_block(s, true);
		s->blocks += !err;
	}
	s->wall_ns = fl_clock_ns() - t0;
	if (!err && s->blocks < SESSION_MIN_BLOCKS)
		err = fl_fail(&s->run, -ETIME, "%u trials an arm, not %d",
			      (unsigned)s->blocks, SESSION_MIN_BLOCKS);
	return err;
}

int trial_run(struct session *s)
{
	unsigned nr = count_outcomes(s->run.workload);
	size_t cells = (size_t)s->schedule.nr_slots * nr * nr;
	uint64_t until = fl_clock_ns() + s->job->warmup_ns;
	int err = 0;

	s->trials = calloc(1, sizeof(*s->trials) + cells * sizeof(uint64_t));
	if (!s->trials)
		return fl_fail(&s->run, -ENOMEM, "trials");

	s->trials->nr_outcomes = nr;
	while (!err && fl_clock_ns() < until &&
	       fl_clock_ns() < s->run.deadline_ns)
		err = run_block(s, false);
	return err ? err : run_all(s);
}

static void emit_one(const struct session *s, unsigned slot,
		     const struct fl_trial *trial, struct records *out)
{
	const struct fl_outcome *outcomes = s->run.workload->outcomes;
	uint64_t count = *cell(s->trials, slot, trial);
	struct json_writer *w;

	if (!count)
		return;

	w = records_open(out, "trials");
	json_u64(w, "slot", slot);
	json_text(w, "outcome", outcomes[trial->outcome].name);
	json_text(w, "expected", outcomes[trial->expected].name);
	json_u64(w, "count", count);
	records_close(out);
}

void trial_emit(const struct session *s, struct records *out)
{
	unsigned nr = s->trials ? s->trials->nr_outcomes : 0;

	for (unsigned slot = 0; slot < s->schedule.nr_slots; slot++)
		for (unsigned i = 0; i < nr * nr; i++) {
			struct fl_trial trial = { .outcome = i / nr,
						  .expected = i % nr };

			emit_one(s, slot, &trial, out);
		}
}
