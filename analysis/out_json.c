// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report as one JSON object.  What is not known is left out: a number
 * that is there was measured.
 */
#include "out_formats.h"
#include "trials.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

enum {
	FORMAT_VERSION = 1
};

static void set_text(json_t *o, const char *key, const char *text)
{
	if (text)
		json_object_set_new(o, key, json_string(text));
}

static void set_real(json_t *o, const char *key, double value)
{
	if (isfinite(value))
		json_object_set_new(o, key, json_real(value));
}

/* A count, that a double holds exactly. */
static void set_count(json_t *o, const char *key, double value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void set_bool(json_t *o, const char *key, bool value)
{
	json_object_set_new(o, key, json_boolean(value));
}

/* An empty object at the end of an array. */
static json_t *append(json_t *array)
{
	json_t *o = json_object();

	json_array_append_new(array, o);
	return o;
}

static json_t *add_array(json_t *o, const char *key)
{
	json_t *array = json_array();

	json_object_set_new(o, key, array);
	return array;
}

static json_t *add_object(json_t *o, const char *key)
{
	json_t *object = json_object();

	json_object_set_new(o, key, object);
	return object;
}

static void add_runs(json_t *root, const struct result *r)
{
	json_t *list = add_array(root, "runs");

	for (size_t i = 0; i < r->nr_runs; i++) {
		const struct result_run *run = &r->runs[i];
		json_t *o = append(list);

		set_text(o, "run", run->id);
		set_text(o, "version", run->version);
		set_text(o, "build", run->build);
		set_text(o, "started", run->started);
		set_text(o, "host", run->host);
		set_text(o, "end", run->end);
		set_bool(o, "comparable", run->comparable);
		set_text(o, "toggle_file", run->toggle_file);
		set_text(o, "toggle_first", run->toggle_first);
		set_text(o, "toggle_second", run->toggle_second);
	}
}

static void add_boots(json_t *root, const struct result *r)
{
	json_t *list = add_array(root, "machine");

	for (size_t i = 0; i < r->nr_boots; i++) {
		const struct result_boot *b = &r->boots[i];
		json_t *o = append(list);

		set_text(o, "boot", b->id);
		set_text(o, "kernel", b->kernel);
		set_text(o, "cpu", b->cpu);
		set_text(o, "thp", b->thp);
		if (b->nr_cpus)
			set_count(o, "cpus", (double)b->nr_cpus);
		if (b->page_bytes)
			set_count(o, "page_bytes", (double)b->page_bytes);
	}
}

static void add_params(json_t *o, const struct result_param *params, size_t nr)
{
	json_t *object = add_object(o, "params");

	for (size_t i = 0; i < nr; i++)
		set_text(object, params[i].name, params[i].value);
}

/* What was said and how often, in the order in which it came. */
static void add_notes(json_t *o, const char *key,
		      const struct result_notes *notes)
{
	json_t *list = add_array(o, key);

	for (size_t i = 0; i < notes->nr_notes; i++) {
		json_t *note = append(list);

		set_text(note, "name", notes->notes[i].name);
		set_text(note, "words", notes->notes[i].value);
		set_count(note, "count", (double)notes->notes[i].count);
	}
}

static void add_launches(json_t *o, const struct result_point *p)
{
	static const char *const words[RESULT_NR_STATUS] = {
		"ok", "invalid", "failed", "skipped", "lost"
	};
	json_t *object = add_object(o, "launches");

	for (size_t i = 0; i < RESULT_NR_STATUS; i++)
		set_count(object, words[i], (double)p->nr_status[i]);
	add_notes(o, "reasons", &p->reasons);
}

static void set_interval(json_t *o, const struct stats_ci *ci)
{
	if (!isfinite(ci->lo) || !isfinite(ci->hi))
		return;
	set_real(o, "lo", ci->lo);
	set_real(o, "hi", ci->hi);
}

static void add_level(json_t *o, const char *key, const struct summary_level *l)
{
	json_t *object;

	if (!l->n)
		return;
	object = add_object(o, key);
	set_real(object, "estimate", l->ci.estimate);
	set_interval(object, &l->ci);
	set_count(object, "launches", (double)l->n);
}

/* Ratios, not their logarithms. */
static void add_contrast(json_t *o, const struct summary_arm *a)
{
	const struct stats_judgement *j = &a->judgement;
	json_t *object;

	if (!a->arm->reference)
		return;
	object = add_object(o, "contrast");
	set_text(object, "against", a->arm->reference);
	set_text(object, "verdict", stats_verdict_name(a->verdict));
	if (j->verdict == STATS_TOO_FEW)
		return;
	set_real(object, "ratio", exp(j->ci95.estimate));
	set_real(object, "lo", exp(j->ci95.lo));
	set_real(object, "hi", exp(j->ci95.hi));
	set_real(object, "adjusted_p", a->adjusted_p);
}

static void set_share(json_t *o, const struct stats_share *share)
{
	set_count(o, "count", share->hits);
	set_real(o, "share", share->ci.estimate);
	set_interval(o, &share->ci);
}

/* Where in the table of mistakes, or -1. */
static long find_mistake(const struct trials_mistakes *m, const char *name)
{
	for (size_t i = 0; i < m->nr; i++)
		if (!strcmp(m->names[i], name))
			return (long)i;
	return -1;
}

/* Items by outcome and what was expected of them; mistakes have a rate. */
static void add_outcomes(json_t *o, const struct result_point *p,
			 const struct result_trials *t,
			 const struct trials_mistakes *m,
			 const struct trials_shares *shares)
{
	json_t *list = add_array(o, "outcomes");
	size_t nr = p->nr_outcomes;

	for (size_t i = 0; i < nr; i++) {
		long mistake = find_mistake(m, p->outcomes[i].name);
		json_t *outcome = append(list);
		double seen = result_seen(p, t, i);

		set_text(outcome, "name", p->outcomes[i].name);
		set_count(outcome, "expected", result_due(p, t, i));
		set_count(outcome, "as_expected", result_as_due(p, t, i));
		set_bool(outcome, "mistake", mistake >= 0);
		if (mistake < 0) {
			set_count(outcome, "count", seen);
			continue;
		}
		set_bool(outcome, "blind", shares->mistake[mistake].blind);
		if (shares->mistake[mistake].blind)
			set_count(outcome, "count", 0);
		else
			set_share(outcome, &shares->mistake[mistake].share);
	}
}

static int add_trials(json_t *o, const struct result_point *p,
		      const struct result_trials *t,
		      const struct trials_mistakes *m)
{
	struct trials_shares shares;
	json_t *expected;
	int err = trials_describe(p, t, m, &shares);

	if (err)
		return err == -ERANGE ? 0 : err;
	if (trials_count(t) > 0)
		set_count(o, "trials", trials_count(t));
	set_count(o, "items", shares.expected.items);
	expected = add_object(o, "expected");
	set_share(expected, &shares.expected);
	if (p->exposure)
		set_count(o, "exposed", shares.exposed);
	add_outcomes(o, p, t, m, &shares);
	return 0;
}

static void add_planted(json_t *o, const struct result_point *p,
			const char *arm)
{
	json_t *list = add_array(o, "planted");

	for (size_t i = 0; i < p->nr_outcomes; i++) {
		struct trials_planted planted = trials_find_planted(
			p, arm, p->outcomes[i].name);
		json_t *outcome;

		if (planted.nr <= 0)
			continue;
		outcome = append(list);
		set_text(outcome, "name", p->outcomes[i].name);
		set_count(outcome, "planted", planted.nr);
		set_count(outcome, "found", planted.found);
	}
}

static int add_arm(json_t *list, const struct summary_point *sp, size_t at,
		   bool has_times, const struct trials_mistakes *m)
{
	const struct result_point *p = sp->point;
	const struct summary_arm *a = &sp->arms[at];
	const struct result_trials *t = result_find_trials(p, at);
	json_t *o = append(list);

	set_text(o, "name", p->arms[at].name);
	set_text(o, "kind", result_arm_kind_word(p->arms[at].kind));
	if (p->arms[at].kind == RESULT_ARM_PLANTED) {
		add_planted(o, p, p->arms[at].name);
		return 0;
	}
	if (result_is_of_trials(p))
		return t ? add_trials(o, p, t, m) : 0;
	if (!has_times)
		return 0;

	add_level(o, "level", &a->level);
	add_level(o, "cpu", &a->cpu);
	add_contrast(o, a);
	return 0;
}

static void add_metrics(json_t *o, const struct result_point *p)
{
	json_t *list = add_array(o, "metrics");

	for (size_t i = 0; i < p->nr_metrics; i++) {
		json_t *metric = append(list);

		set_text(metric, "name", p->metrics[i].name);
		set_text(metric, "unit", p->metrics[i].unit);
		set_text(metric, "kind", p->metrics[i].kind);
		set_bool(metric, "higher_is_better",
			 p->metrics[i].higher_is_better);
	}
}

static void add_observed(json_t *o, const struct summary_point *sp)
{
	const struct result_point *p = sp->point;
	json_t *list = add_array(o, "observed");

	for (size_t i = 0; i < p->nr_observed; i++) {
		json_t *observed = append(list);

		set_text(observed, "arm", p->arms[p->observed[i].arm].name);
		set_text(observed, "metric", p->observed[i].metric);
		set_count(observed, "count", (double)p->observed[i].count);
		set_count(observed, "lost", (double)p->observed[i].lost);
		add_level(observed, "median", &sp->observed[i].median);
		add_level(observed, "p99", &sp->observed[i].p99);
		add_level(observed, "p99.9", &sp->observed[i].p999);
	}
}

static void add_expects(json_t *o, const struct result_point *p)
{
	json_t *list = add_array(o, "expectations");

	for (size_t i = 0; i < p->nr_expects; i++) {
		const struct result_expect *x = &p->expects[i];
		json_t *expect = append(list);

		set_text(expect, "arm", p->arms[x->arm].name);
		set_text(expect, "counter", x->counter);
		set_text(expect, "relation", x->relation);
		set_real(expect, "per_op", x->per_op);
		set_real(expect, "tolerance", x->tolerance);
		set_count(expect, "held", (double)x->nr_held);
		set_count(expect, "broken", (double)x->nr_broken);
		set_count(expect, "unverified", (double)x->nr_unverified);
		set_text(expect, "why", x->why);
	}
}

static int add_point(json_t *list, const struct summary_point *sp,
		     const struct groups *g)
{
	const struct group *group = groups_find(g, sp->point);
	const struct result_point *p = sp->point;
	bool has_times = !group || group_has_times(group);
	struct trials_mistakes m = { 0 };
	json_t *o = append(list), *arms;
	int err = 0;

	if (group && trials_are_in(group))
		m = trials_find_mistakes(group);
	set_text(o, "point", p->id);
	set_text(o, "workload", p->workload);
	set_text(o, "mode", p->mode);
	set_text(o, "placement", p->placement);
	add_params(o, p->params, p->nr_params);
	add_metrics(o, p);
	add_launches(o, p);
	set_text(o, "exposure", p->exposure);
	arms = add_array(o, "arms");
	for (size_t i = 0; !err && i < p->nr_arms; i++)
		err = add_arm(arms, sp, i, has_times, &m);
	add_notes(o, "arms_left_out", &p->left_out);
	if (has_times)
		add_observed(o, sp);
	add_expects(o, p);
	add_notes(o, "facts", &p->facts);
	return err;
}

static void add_skips(json_t *root, const struct result *r)
{
	json_t *list = add_array(root, "skips");

	for (size_t i = 0; i < r->nr_skips; i++) {
		json_t *o = append(list);

		set_text(o, "point", r->skips[i].id);
		set_text(o, "workload", r->skips[i].workload);
		add_params(o, r->skips[i].params, r->skips[i].nr_params);
		set_text(o, "why", r->skips[i].why);
	}
}

int out_json(const struct summary *s, struct groups *g, bool verbose, FILE *out)
{
	const struct result *r = s->result;
	json_t *root = json_object(), *points;
	int err = root ? 0 : -ENOMEM;

	(void)verbose;
	set_count(root, "format", FORMAT_VERSION);
	set_real(root, "m", s->m);
	add_runs(root, r);
	add_boots(root, r);
	points = add_array(root, "points");
	for (size_t i = 0; !err && i < r->nr_points; i++)
		if (r->points[i].workload)
			err = add_point(points, &s->points[i], g);
	add_skips(root, r);
	add_notes(root, "errors", &r->errors);
	add_notes(root, "warnings", &r->warnings);
	add_notes(root, "system", &r->states);
	if (!err &&
	    (json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) ||
	     fputc('\n', out) == EOF))
		err = -ENOMEM;
	json_decref(root);
	return err;
}
