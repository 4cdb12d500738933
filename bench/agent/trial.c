// SPDX-License-Identifier: GPL-2.0-only
#include "trial.h"

#include "prefault.h"

#include <faultline/protocol.h>

/*
 * A row of cells is what one slot said, or one trial: by outcome and expected
 * outcome, then for each oracle by predicted and seen outcome.
 */
struct trials {
	struct fl_tally tally; /* of the trial under way */
	size_t nr_cells;
	uint64_t nr[FL_MAX_SLOTS]; /* trials that were kept */
	uint64_t exposed[FL_MAX_SLOTS];
	size_t bytes;	 /* of all this */
	uint64_t cell[]; /* slots, then the trial under way */
};

static unsigned count_outcomes(const struct fl_workload *w)
{
	unsigned nr = 0;

	while (w->outcomes && w->outcomes[nr].name)
		nr++;
	return nr;
}

static unsigned count_oracles(const struct fl_workload *w)
{
	unsigned nr = 0;

	while (w->oracles && w->oracles[nr].name)
		nr++;
	return nr;
}

static uint64_t *slot_cells(struct trials *t, unsigned slot)
{
	return &t->cell[slot * t->nr_cells];
}

static int trials_new(struct session *s)
{
	unsigned outcomes = count_outcomes(s->run.workload);
	unsigned oracles = count_oracles(s->run.workload);
	size_t pairs = (size_t)outcomes * outcomes;
	size_t cells = pairs * (1 + oracles);
	size_t bytes = sizeof(*s->trials) +
		       (s->schedule.nr_slots + 1) * cells * sizeof(uint64_t);
	struct trials *t;

	if (!outcomes || outcomes > FL_MAX_OUTCOMES || oracles > FL_MAX_ORACLES)
		return fl_fail(&s->run, -EINVAL,
			       "a table of %u outcomes and %u oracles",
			       outcomes, oracles);
	t = prefault_alloc(bytes);
	if (!t)
		return fl_fail(&s->run, -ENOMEM, "trials");

	t->bytes = bytes;
	t->nr_cells = cells;
	t->tally.nr_outcomes = outcomes;
	t->tally.nr_oracles = oracles;
	t->tally.judged = slot_cells(t, s->schedule.nr_slots);
	t->tally.predicted = t->tally.judged + pairs;
	s->thread.tally = &t->tally;
	s->trials = t;
	return 0;
}

void trial_free(struct session *s)
{
	if (s->trials)
		prefault_free(s->trials, s->trials->bytes);
	s->trials = NULL;
}

static int call_trial(struct session *s)
{
	const struct fl_workload *w = s->run.workload;
	int err = 0;

	fl_stage(&s->thread, "preparing a trial");
	if (w->prepare)
		err = w->prepare(&s->thread, 1);
	fl_stage(&s->thread, "in a trial");
	if (!err)
		err = w->trial(&s->thread);
	fl_stage(&s->thread, "checking a trial");
	if (!err && w->check)
		err = w->check(&s->thread, 1);
	return err;
}

static int check_tally(struct session *s)
{
	const struct fl_tally *t = &s->trials->tally;

	if (t->misplaced)
		return fl_fail(&s->run, -ERANGE,
			       "an outcome or an oracle that is in no table");
	if (!t->nr)
		return fl_fail(&s->run, -ERANGE, "a trial without an outcome");
	if (t->exposed && !s->run.workload->exposure)
		return fl_fail(&s->run, -EINVAL,
			       "exposures without words of what they are");
	return 0;
}

/* Takes in what the trial said, or drops it. */
static void fold(struct session *s, unsigned slot, bool kept)
{
	struct trials *t = s->trials;
	uint64_t *to = slot_cells(t, slot);

	for (size_t i = 0; i < t->nr_cells; i++) {
		if (kept)
			to[i] += t->tally.judged[i];
		t->tally.judged[i] = 0;
	}
	t->nr[slot] += kept;
	t->exposed[slot] += kept ? t->tally.exposed : 0;
	t->tally.nr = 0;
	t->tally.exposed = 0;
	session_fold(s, slot, kept);
}

static int run_trial(struct session *s, unsigned slot, bool kept)
{
	int err = toggle_give_settled(s, slot);

	s->thread.arm = s->schedule.slots[slot].arm;
	if (!err)
		err = call_trial(s);
	if (!err)
		err = check_tally(s);
	if (!err)
		fold(s, slot, kept);
	return err;
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

static uint64_t least_blocks(const struct session *s)
{
	return s->job->trials ? s->job->trials : SESSION_MIN_BLOCKS;
}

static bool is_over(const struct session *s, uint64_t until)
{
	uint64_t now = fl_clock_ns();

	if (now > s->run.deadline_ns)
		return true;
	if (s->blocks < least_blocks(s))
		return false;

	return s->job->trials || now >= until;
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
	if (!err && s->blocks < least_blocks(s))
		err = fl_fail(&s->run, -ETIME, "%u trials an arm, not %u",
			      (unsigned)s->blocks, (unsigned)least_blocks(s));
	return err;
}

int trial_run(struct session *s)
{
	uint64_t until = fl_clock_ns() + s->job->warmup_ns;
	int err = trials_new(s);

	while (!err && fl_clock_ns() < until &&
	       fl_clock_ns() < s->run.deadline_ns)
		err = run_block(s, false);
	return err ? err : run_all(s);
}

static const char *outcome_name(const struct session *s, size_t outcome)
{
	return s->run.workload->outcomes[outcome].name;
}

static void emit_judged(const struct session *s, unsigned slot,
			struct records *out)
{
	unsigned nr = s->trials->tally.nr_outcomes;
	const uint64_t *cell = slot_cells(s->trials, slot);

	for (size_t i = 0; i < (size_t)nr * nr; i++) {
		struct json_writer *w;

		if (!cell[i])
			continue;
		w = records_open(out, "trials");
		json_u64(w, "slot", slot);
		json_text(w, "outcome", outcome_name(s, i / nr));
		json_text(w, "expected", outcome_name(s, i % nr));
		json_u64(w, "count", cell[i]);
		records_close(out);
	}
}

static void emit_predicted(const struct session *s, unsigned slot,
			   unsigned oracle, struct records *out)
{
	unsigned nr = s->trials->tally.nr_outcomes;
	size_t pairs = (size_t)nr * nr;
	const uint64_t *cell = slot_cells(s->trials, slot) +
			       pairs * (1 + oracle);

	for (size_t i = 0; i < pairs; i++) {
		struct json_writer *w;

		if (!cell[i])
			continue;
		w = records_open(out, "predicted");
		json_u64(w, "slot", slot);
		json_text(w, "oracle", s->run.workload->oracles[oracle].name);
		json_text(w, "predicted", outcome_name(s, i / nr));
		json_text(w, "seen", outcome_name(s, i % nr));
		json_u64(w, "count", cell[i]);
		records_close(out);
	}
}

static void emit_count(const struct session *s, unsigned slot,
		       struct records *out)
{
	struct json_writer *w = records_open(out, "trial_count");

	json_u64(w, "slot", slot);
	json_u64(w, "trials", s->trials->nr[slot]);
	if (s->run.workload->exposure)
		json_u64(w, "exposed", s->trials->exposed[slot]);
	records_close(out);
}

void trial_emit(const struct session *s, struct records *out)
{
	if (!s->trials)
		return;

	for (unsigned slot = 0; slot < s->schedule.nr_slots; slot++) {
		if (!s->trials->nr[slot])
			continue;
		emit_count(s, slot, out);
		emit_judged(s, slot, out);
		for (unsigned i = 0; i < s->trials->tally.nr_oracles; i++)
			emit_predicted(s, slot, i, out);
	}
}
