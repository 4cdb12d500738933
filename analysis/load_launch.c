// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of a launch are kept until its own line commits it; then it is
 * scored.  At most one launch is open: the driver writes them one by one.
 */
#include "array.h"
#include "loader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void pending_reset(struct loader_pending *p)
{
	json_decref(p->held);
	p->held = NULL;
	record_batches_finish(&p->batches);
	p->batches = (struct record_batches){ 0 };
	free(p->counts);
	p->counts = NULL;
	p->nr_slots = 0;
	memset(p->slots, 0, sizeof(p->slots));
	p->open = p->damaged = false;
}

int loader_damage(struct loader *l, const char *why)
{
	struct loader_pending *p = &l->pending;

	if (p->damaged)
		return 0;

	p->damaged = true;
	snprintf(p->why, sizeof(p->why), "%s", why);
	return loader_warn(l, "%s: it costs launch %llu", why,
			   (unsigned long long)p->number);
}

int loader_drop_pending(struct loader *l)
{
	struct loader_pending *p = &l->pending;
	int err = 0;

	if (p->open && !p->damaged)
		err = loader_warn(l, "launch %llu was never completed, ignored",
				  (unsigned long long)p->number);
	pending_reset(p);
	return err;
}

/* 0, 1 if the record cannot be placed, or -errno. */
static int place(struct loader *l, const json_t *record)
{
	struct loader_pending *p = &l->pending;
	const char *id = loader_id(record, "run");
	long run = id ? result_find_run(l->result, id) : RESULT_NONE;
	uint64_t number;
	int err;

	if (run < 0 || record_u64(record, "launch", &number, NULL)) {
		err = loader_warn(l, "a record of no known run and launch, "
				     "ignored");
		return err ? err : 1;
	}
	if (p->open && p->run == (size_t)run && p->number == number)
		return 0;

	err = loader_drop_pending(l);
	if (err)
		return err;

	*p = (struct loader_pending){
		.open = true,
		.run = (size_t)run,
		.number = number,
		.batches = p->batches,
		.held = json_array(),
	};
	if (!p->held)
		return -ENOMEM;
	err = l->torn_before ? loader_damage(l, "a torn line") : 0;
	l->torn_before = false;
	return err;
}

int loader_hold(struct loader *l, const json_t *record)
{
	int err = place(l, record);

	if (err)
		return err < 0 ? err : 0;
	l->pending.held_bytes += l->line_bytes;
	if (json_array_size(l->pending.held) == LOADER_MAX_HELD ||
	    l->pending.held_bytes > LOADER_MAX_HELD_BYTES)
		return loader_damage(l, "too many records");

	return json_array_append(l->pending.held, (json_t *)record) ? -ENOMEM
								    : 0;
}

int loader_samples(struct loader *l, const json_t *record)
{
	struct record_batches *b = &l->pending.batches;
	struct error e = { 0 };
	int err = place(l, record);

	if (err)
		return err < 0 ? err : 0;
	if (b->nr > LOADER_MAX_BATCHES)
		return loader_damage(l, "too many batches");

	err = record_batches_add(b, record, FL_MAX_SLOTS, &e);
	return err == -EINVAL ? loader_damage(l, e.text) : err;
}

static int count_launch(struct result_point *p, enum result_status status,
			const char *why)
{
	static const char *const words[] = { "ok", "invalid", "failed",
					     "skipped", "lost" };

	p->nr_status[status]++;
	return status == RESULT_OK
		       ? 0
		       : result_note(&p->reasons, words[status], why);
}

static long find_or_add_arm(struct result_point *p,
			    const struct loader_pending *pending, unsigned slot)
{
	const struct loader_slot *s = &pending->slots[slot];
	char *name = result_text(s->name);
	long at = name ? result_find_arm(p, name) : -ENOMEM;
	struct result_arm *more;

	if (!name || at >= 0)
		goto out;

	at = -ENOMEM;
	more = array_more(p->arms, p->nr_arms, sizeof(*more));
	if (!more)
		goto out;
	p->arms = more;
	more += p->nr_arms;
	*more = (struct result_arm){ .name = name, .kind = s->kind };
	at = (long)p->nr_arms++;
	name = NULL;
	if (s->reference != slot) {
		more->reference = result_text(
			pending->slots[s->reference].name);
		if (!more->reference)
			at = -ENOMEM;
	}
out:
	free(name);
	return at;
}

static int add_score(struct result_arm *arm, const struct result_score *score)
{
	struct result_score *more = array_more(arm->scores, arm->nr_scores,
					       sizeof(*more));

	if (!more)
		return -ENOMEM;

	arm->scores = more;
	arm->scores[arm->nr_scores++] = *score;
	return 0;
}

static int add_scores(struct result_point *p,
		      const struct loader_pending *pending,
		      const struct stats_launch_score *wall,
		      const struct stats_launch_score *cpu)
{
	double ops = (double)p->batch_ops;

	for (unsigned i = 0; i < pending->nr_slots; i++) {
		bool reference = pending->slots[i].reference == i;
		struct result_score score = {
			.launch = p->nr_launches - 1,
			.level_ns = wall->level_ns[i] / ops,
			.ratio = reference ? (double)NAN : wall->ratio[i],
			.all_level_ns = wall->all_level_ns[i] / ops,
			.all_ratio = reference ? (double)NAN
					       : wall->all_ratio[i],
			.cpu_ns = cpu ? cpu->all_level_ns[i] / ops
				      : (double)NAN,
			.marked = wall->marked[i],
		};
		long arm = find_or_add_arm(p, pending, i);

		if (reference)
			p->batch_ns += wall->all_level_ns[i];
		if (arm < 0 || add_score(&p->arms[arm], &score))
			return -ENOMEM;
	}
	p->nr_blocks += wall->nr_blocks;
	p->nr_kept += wall->nr_kept;
	p->nr_unconfirmed += wall->nr_unconfirmed;
	p->nr_unsteady += !wall->steady;
	p->nr_judged_steady += wall->nr_kept >= (size_t)3 * STATS_MIN_N;
	p->nr_without_block += wall->nr_blocks && !wall->nr_kept;
	return 0;
}

static int score_batches(struct loader *l, bool long_ops,
			 struct stats_launch_score *wall,
			 struct stats_launch_score *cpu)
{
	struct loader_pending *p = &l->pending;
	struct stats_batches batches = {
		.nr = p->batches.nr,
		.nr_slots = p->nr_slots,
		.slot = p->batches.slot,
		.marks = p->batches.marks,
		.ns = p->batches.ns,
		.long_ops = long_ops,
	};
	unsigned reference[FL_MAX_SLOTS];
	uint64_t ops[FL_MAX_SLOTS];
	double m = l->result->runs[p->run].m;
	int err;

	for (unsigned i = 0; i < p->nr_slots; i++) {
		reference[i] = p->slots[i].reference;
		ops[i] = p->slots[i].ops;
	}
	record_batches_even(&p->batches, ops, reference, p->nr_slots);

	err = stats_score_launch(&batches, reference, m, wall);
	if (err || !p->batches.cpu_ns)
		return err;

	batches.ns = p->batches.cpu_ns;
	return stats_score_launch(&batches, reference, m, cpu);
}

static int add_launch(struct result_point *p, struct result_launch launch)
{
	struct result_launch *more = array_more(p->launches, p->nr_launches,
						sizeof(*more));

	if (!more)
		return -ENOMEM;

	p->launches = more;
	p->launches[p->nr_launches++] = launch;
	return 0;
}

/* NULL, or why it cannot be scored. */
static const char *why_no_score(const struct loader *l,
				const struct result_point *p, int err)
{
	if (strcmp(p->mode, "batch") != 0)
		return err == -EINVAL ? "items of no known outcome or number"
				      : "an arm without windows or trials";
	if (!l->pending.batches.nr)
		return "no samples";
	return err == -ERANGE ? "no whole block"
			      : "its blocks are no palindromes";
}

static int commit(struct loader *l, struct result_point *p,
		  const json_t *record, size_t boot)
{
	struct loader_pending *pending = &l->pending;
	struct stats_launch_score wall, cpu;
	bool long_ops = json_is_true(json_object_get(record, "long_ops"));
	bool batch = !strcmp(p->mode, "batch");
	bool has_cpu = batch && pending->batches.cpu_ns;
	const char *wrong = p->batch_ops ? loader_take_slots(pending)
					 : "a point without batch_ops";
	int err = 0;

	if (!wrong) {
		err = loader_counts_copy(pending, p);
		if (!err)
			err = batch ? score_batches(l, long_ops, &wall, &cpu)
				    : loader_score_mode(pending, p, &wall);
		if (err == -ENOMEM)
			return err;
		if (err)
			wrong = why_no_score(l, p, err);
	}
	if (wrong)
		return count_launch(p, RESULT_INVALID, wrong);

	err = add_launch(p, (struct result_launch){ pending->run, boot,
						    pending->number });
	if (!err)
		err = add_scores(p, pending, &wall, has_cpu ? &cpu : NULL);
	if (!err)
		err = loader_counts_keep(pending, p);
	if (!err)
		err = loader_take_held(l, p);
	p->nr_long += long_ops;
	p->nr_status[RESULT_OK]++;
	return err;
}

/* The boot that a launch names; one whose record was lost is made up. */
static long launch_boot(struct loader *l, const json_t *record)
{
	struct result *r = l->result;
	const char *id = loader_id(record, "boot");
	struct result_boot *more;
	long at;

	at = result_find_boot(r, id ? id : "unknown");
	if (at >= 0)
		return at;

	if (r->nr_boots == RESULT_MAX_BOOTS)
		return (long)r->nr_boots - 1;
	more = array_more(r->boots, r->nr_boots, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->boots = more;
	more += r->nr_boots;
	*more = (struct result_boot){ .id = result_text(id ? id : "unknown") };
	return more->id ? (long)r->nr_boots++ : -ENOMEM;
}

static void note_conditions(struct result_run *run, const json_t *record)
{
	double load = record_real_or(record, "load1", -1);
	uint64_t ticks;

	if (load >= 0 && load < 1e6) {
		run->load_sum += load;
		run->nr_load++;
	}
	if (!record_u64(record, "steal_ticks", &ticks, NULL))
		run->steal_ticks += ticks;
	if (!record_u64(record, "irq_ticks", &ticks, NULL))
		run->irq_ticks += ticks;
	if (!record_u64(record, "wall_ns", &ticks, NULL))
		run->wall_ns += ticks;
}

static const char *why_not(const json_t *record, char *buf, size_t size)
{
	const char *why = record_text_or(record, "why", NULL);
	uint64_t number;

	if (why && *why)
		return why;
	if (!record_u64(record, "signal", &number, NULL) && number)
		snprintf(buf, size, "killed by signal %llu",
			 (unsigned long long)number);
	else if (!record_u64(record, "exit", &number, NULL) && number)
		snprintf(buf, size, "exit status %llu",
			 (unsigned long long)number);
	else
		snprintf(buf, size, "no reason given");
	return buf;
}

static int finish_launch(struct loader *l, const json_t *record,
			 struct result_point *p)
{
	const char *status = record_text_or(record, "status", "");
	char buf[64];
	long boot;

	if (!strcmp(status, "skipped"))
		return count_launch(p, RESULT_SKIPPED,
				    why_not(record, buf, sizeof(buf)));
	if (!strcmp(status, "failed"))
		return count_launch(p, RESULT_FAILED,
				    why_not(record, buf, sizeof(buf)));
	if (strcmp(status, "ok") != 0)
		return count_launch(p, RESULT_INVALID,
				    why_not(record, buf, sizeof(buf)));
	if (l->pending.damaged)
		return count_launch(p, RESULT_LOST, l->pending.why);

	note_conditions(&l->result->runs[l->pending.run], record);
	boot = launch_boot(l, record);
	return boot < 0 ? (int)boot : commit(l, p, record, (size_t)boot);
}

int loader_launch(struct loader *l, const json_t *record)
{
	const char *id = loader_id(record, "point");
	struct loader_pending *pending = &l->pending;
	struct result_run *run;
	long point;
	int err = place(l, record);

	if (err)
		return err < 0 ? err : 0;

	run = &l->result->runs[pending->run];
	point = id ? result_find_point(l->result, id) : RESULT_NONE;
	if (pending->number < run->next_launch)
		err = loader_warn(l, "launch %llu comes twice, ignored",
				  (unsigned long long)pending->number);
	else if (point < 0 || !l->result->points[point].workload)
		err = loader_warn(l,
				  "launch %llu is of an unknown point, "
				  "ignored",
				  (unsigned long long)pending->number);
	else
		err = finish_launch(l, record, &l->result->points[point]);

	if (pending->number >= run->next_launch)
		run->next_launch = pending->number + 1;
	pending_reset(pending);
	return err;
}
