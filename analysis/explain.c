// SPDX-License-Identifier: GPL-2.0-only
#include "explain.h"

#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The batches of an arm in a launch that is one of both sides. */
struct batches {
	const struct explain_side *side;
	size_t *at; /* into the launch's batches */
	size_t nr;
};

void explain_side_finish(struct explain_side *s)
{
	explain_launch_finish(&s->launch);
	functions_free(s->functions);
	symbols_free(s->symbols);
	free(s->window_of);
	free(s->why);
	s->functions = NULL;
	s->symbols = NULL;
	s->window_of = NULL;
	s->why = NULL;
}

/* The marks know no slots beyond those. */
static bool is_marked(const struct record_batches *b, size_t i)
{
	return b->slot[i] < FUNCTIONS_MAX_SLOTS;
}

/* What runs before the first batch, to warm up, has windows too. */
static int match_windows(struct explain_side *s, struct error *e)
{
	const struct record_batches *b = &s->launch.batches;
	size_t all = functions_nr_windows(s->functions), nr = 0, at;

	s->window_of = calloc(b->nr + 1, sizeof(*s->window_of));
	if (!s->window_of)
		return error_set(e, -ENOMEM, "out of memory");
	for (size_t i = 0; i < b->nr; i++)
		nr += is_marked(b, i);
	if (!nr || all < nr)
		return error_set(e, -EINVAL,
				 "%zu batches were run and %zu were counted: "
				 "the machine has no marks for them",
				 b->nr, all);

	at = all - nr;
	for (size_t i = 0; i < b->nr; i++) {
		if (!is_marked(b, i))
			continue;
		if (functions_window(s->functions, at)->slot != b->slot[i])
			return error_set(e, -EINVAL,
					 "what was counted are not the batches "
					 "of this launch");
		s->window_of[i] = at++;
	}
	return 0;
}

static int load_functions(struct explain_side *s, const char *counts,
			  const char *kallsyms, struct error *e)
{
	int err = symbols_load(kallsyms, &s->symbols, e);

	if (!err)
		err = functions_load(counts, s->symbols, &s->functions, e);
	return err ? err : match_windows(s, e);
}

int explain_side_load(struct explain_side *s, const char *dir,
		      const char *counts, const char *kallsyms, struct error *e)
{
	int err = explain_launch_read(dir, &s->launch, e);
	struct error why = { 0 };

	if (err || !counts || !kallsyms)
		return err;

	err = load_functions(s, counts, kallsyms, &why);
	if (!err)
		return 0;
	functions_free(s->functions);
	s->functions = NULL;
	s->why = strdup(why.text);
	return s->why ? 0 : error_set(e, -ENOMEM, "out of memory");
}

static int find_batches(const struct explain_side *s, const char *arm,
			struct batches *ret, struct error *e)
{
	const struct record_batches *b = &s->launch.batches;
	int slot = explain_launch_slot(&s->launch, arm);

	*ret = (struct batches){ .side = s };
	if (slot < 0)
		return error_set(e, -ENOENT, "%s has no arm `%s` here",
				 s->label, arm ? arm : "(reference)");
	ret->at = calloc(b->nr + 1, sizeof(*ret->at));
	if (!ret->at)
		return error_set(e, -ENOMEM, "out of memory");

	for (size_t i = 0; i < b->nr; i++)
		if (b->slot[i] == slot)
			ret->at[ret->nr++] = i;
	if (s->functions && slot >= FUNCTIONS_MAX_SLOTS)
		return error_set(e, -ENOENT,
				 "`%s` is beyond the arms that are counted",
				 arm);
	return ret->nr ? 0
		       : error_set(e, -ENOENT, "%s ran no batch of `%s`",
				   s->label, arm ? arm : "(reference)");
}

static bool is_interrupted(const struct batches *b, size_t i)
{
	size_t window = b->side->window_of[b->at[i]];

	return functions_window(b->side->functions, window)->interrupted;
}

static void drop(struct batches *b, size_t to, size_t i)
{
	b->at[to] = b->at[i];
}

/* As many of either side, without those in which an interrupt came. */
static void pair(struct explain *x, struct batches *a, struct batches *b)
{
	size_t nr = a->nr < b->nr ? a->nr : b->nr, clean = 0, to = 0;

	for (size_t i = 0; x->counted && i < nr; i++)
		clean += !is_interrupted(a, i) && !is_interrupted(b, i);
	x->nr_pairs = nr;
	if (x->counted && clean >= EXPLAIN_LEAST_PAIRS && clean < nr) {
		for (size_t i = 0; i < nr; i++) {
			if (is_interrupted(a, i) || is_interrupted(b, i))
				continue;
			drop(a, to, i);
			if (b != a)
				drop(b, to, i);
			to++;
		}
		x->nr_left_out = nr - clean;
		x->nr_pairs = clean;
	}
	a->nr = b->nr = x->nr_pairs;
}

static double ops_of(const struct batches *b, const char *arm)
{
	int slot = explain_launch_slot(&b->side->launch, arm);
	uint64_t ops = b->side->launch.slots[slot].ops;

	return ops ? (double)ops : 1;
}

/* Mean by the clock; the median where interrupts could not be told. */
static double clock_of(const struct batches *b, double ops, bool counted)
{
	const struct record_batches *all = &b->side->launch.batches;
	double *values = calloc(b->nr + 1, sizeof(*values)), sum = 0, level;

	if (!values)
		return NAN;
	for (size_t i = 0; i < b->nr; i++) {
		values[i] = all->ns[b->at[i]] / ops;
		sum += values[i];
	}
	level = counted ? sum / (double)b->nr : stats_median(values, b->nr);
	free(values);
	return level;
}

static void sum_up(struct explain *x)
{
	for (size_t i = 0; i < x->nr; i++) {
		const struct functions_change *c = &x->changes[i];
		bool changed = x->b && fabs(c->b - c->a) >= EXPLAIN_LEAST;

		x->sum_a += c->a;
		x->sum_b += c->b;
		x->nr_changed += changed;
		x->nr_steady += changed && fabs(c->typical) >= EXPLAIN_LEAST;
		x->rest_a += changed ? 0 : c->a;
		x->rest_b += changed ? 0 : c->b;
	}
}

/* To where they lie among all windows. */
static int compare(struct explain *x, const struct batches *a,
		   const struct batches *b)
{
	struct functions_part pa = { .of = a->side->functions,
				     .windows = a->at,
				     .nr = a->nr,
				     .ops = x->ops_a };
	struct functions_part pb = { .of = b->side->functions,
				     .windows = b->at,
				     .nr = x->b ? b->nr : 0,
				     .ops = x->ops_b };
	int err;

	for (size_t i = 0; i < a->nr; i++)
		a->at[i] = a->side->window_of[a->at[i]];
	for (size_t i = 0; b != a && i < b->nr; i++)
		b->at[i] = b->side->window_of[b->at[i]];
	err = functions_compare(&pa, &pb, &x->changes, &x->nr);
	if (!err)
		sum_up(x);
	return err;
}

static int explain_batches(struct explain *x, struct batches *a,
			   struct batches *b)
{
	pair(x, a, b);
	x->ops_a = ops_of(a, x->arm);
	x->ops_b = ops_of(b, x->arm);
	x->clock_a = clock_of(a, x->ops_a, x->counted);
	x->clock_b = clock_of(b, x->ops_b, x->counted);
	return x->counted ? compare(x, a, b) : 0;
}

static const char *name_of(const struct explain_side *s, const char *arm)
{
	int slot = explain_launch_slot(&s->launch, arm);

	return slot < 0 ? arm : s->launch.slots[slot].name;
}

int explain_arm(const struct explain_side *a, const struct explain_side *b,
		const char *arm, struct explain *ret, struct error *e)
{
	struct batches of_a = { 0 }, of_b = { 0 };
	struct explain x = { .a = a, .b = b, .arm = name_of(a, arm) };
	int err = find_batches(a, x.arm, &of_a, e);

	x.counted = a->functions && (!b || b->functions);
	if (!err && b)
		err = find_batches(b, x.arm, &of_b, e);
	if (!err)
		err = explain_batches(&x, &of_a, b ? &of_b : &of_a);
	free(of_a.at);
	free(of_b.at);
	if (err)
		return error_set(e, err, "out of memory");
	*ret = x;
	return 0;
}

void explain_finish(struct explain *x)
{
	free(x->changes);
	memset(x, 0, sizeof(*x));
}
