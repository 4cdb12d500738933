// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report as KTAP, version 1 (Documentation/dev-tools/ktap.rst): a test a
 * point, its arms as subtests.
 *
 * An arm passes if nothing speaks against it: no mistake, no broken
 * expectation, no launch that went wrong.  What could not be tried, and what
 * would not have been noticed ("blind"), is a SKIP.  Whether one arm is slower
 * than another is a finding and fails nothing.
 */
#include "format.h"
#include "out_formats.h"
#include "trials.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum {
	NAME_BYTES = 256,
	WORDS_BYTES = 2 * RESULT_TEXT_MAX
};

/* In the order in which one outdoes the other. */
enum outcome {
	PASSED,
	BLIND,
	FAILED
};

/* Subtests are written before the line of their test, which they decide. */
struct test {
	FILE *out;
	const struct summary_point *point;
	const struct trials_mistakes *mistakes;
	enum outcome outcome; /* of the point so far */
	unsigned number;      /* of the last subtest */
};

/* Words without what a consumer takes for the beginning of a directive. */
static const char *escape(const char *words, char buf[WORDS_BYTES])
{
	size_t len = 0;

	for (; *words && len + 5 < WORDS_BYTES; words++)
		len += (size_t)snprintf(buf + len, WORDS_BYTES - len,
					*words == '#' ? "\\x23" : "%c", *words);
	buf[len] = '\0';
	return buf;
}

static void diagnose(FILE *out, const char *indent, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void diagnose(FILE *out, const char *indent, const char *fmt, ...)
{
	va_list args;

	fprintf(out, "%s# ", indent);
	va_start(args, fmt);
	vfprintf(out, fmt, args);
	va_end(args);
	fputc('\n', out);
}

static void result_line(FILE *out, const char *indent, enum outcome outcome,
			size_t number, const char *name, const char *skip)
{
	char words[WORDS_BYTES], why[WORDS_BYTES];

	fprintf(out, "%s%s %zu %s", indent, outcome == FAILED ? "not ok" : "ok",
		number, escape(name, words));
	if (skip && outcome != FAILED)
		fprintf(out, " # SKIP %s", escape(skip, why));
	fputc('\n', out);
}

static void subtest(struct test *t, enum outcome outcome, const char *name,
		    const char *skip)
{
	result_line(t->out, "  ", outcome, ++t->number, name,
		    outcome == BLIND ? "blind" : skip);
	if (outcome > t->outcome)
		t->outcome = outcome;
}

static void diagnose_mistake(struct test *t, const char *name,
			     const struct trials_rate *rate, bool exposure)
{
	char buf[FORMAT_BYTES];

	diagnose(t->out, "  ", "%s: %.0f of %.0f %s, %s %%", name,
		 rate->share.hits, rate->share.items,
		 exposure ? "exposures" : "items",
		 format_share_ci(&rate->share.ci, buf));
}

static enum outcome judge_trials(struct test *t,
				 const struct result_trials *trials, int *err)
{
	const struct result_point *p = t->point->point;
	const struct trials_mistakes *m = t->mistakes;
	enum outcome outcome = PASSED;
	struct trials_shares shares;

	*err = trials_describe(p, trials, m, &shares);
	for (size_t i = 0; !*err && i < m->nr + m->other; i++) {
		const char *name = i < m->nr ? m->names[i] : "other";
		const struct trials_rate *rate = &shares.mistake[i];

		if (rate->share.hits > 0) {
			diagnose_mistake(t, name, rate, p->exposure);
			outcome = FAILED;
		} else if (rate->blind) {
			diagnose(t->out, "  ", "%s: none seen, blind", name);
			outcome = outcome == FAILED ? FAILED : BLIND;
		}
	}
	if (*err == -ERANGE)
		*err = 0;
	return outcome;
}

static enum outcome judge_planted(struct test *t, const char *arm)
{
	const struct result_point *p = t->point->point;
	enum outcome outcome = PASSED;

	for (size_t i = 0; i < p->nr_outcomes; i++) {
		const char *name = p->outcomes[i].name;
		struct trials_planted planted = trials_find_planted(p, arm,
								    name);

		if (planted.nr <= 0)
			continue;
		diagnose(t->out, "  ", "planted %s: found %.0f of %.0f", name,
			 planted.found, planted.nr);
		if (planted.found < planted.nr)
			outcome = FAILED;
	}
	return outcome;
}

static enum outcome judge_expects(struct test *t, size_t arm)
{
	const struct result_point *p = t->point->point;
	enum outcome outcome = PASSED;

	for (size_t i = 0; i < p->nr_expects; i++) {
		const struct result_expect *x = &p->expects[i];

		if (x->arm != arm)
			continue;
		if (x->nr_broken) {
			diagnose(t->out, "  ",
				 "%s: %s %g per op, broken in %zu of %zu "
				 "launches",
				 x->counter, x->relation, x->per_op,
				 x->nr_broken, x->nr_broken + x->nr_held);
			outcome = FAILED;
		} else if (x->nr_unverified) {
			diagnose(t->out, "  ", "%s: unverified, %s", x->counter,
				 x->why ? x->why : "no reason given");
		}
	}
	return outcome;
}

static int test_arm(struct test *t, size_t at)
{
	const struct result_point *p = t->point->point;
	const struct result_arm *arm = &p->arms[at];
	const struct result_trials *trials = result_find_trials(p, at);
	enum outcome outcome = judge_expects(t, at), more = PASSED;
	int err = 0;

	if (arm->kind == RESULT_ARM_PLANTED)
		more = judge_planted(t, arm->name);
	else if (trials)
		more = judge_trials(t, trials, &err);
	if (!err)
		subtest(t, more > outcome ? more : outcome, arm->name, NULL);
	return err;
}

static int test_arms(struct test *t)
{
	const struct result_point *p = t->point->point;
	size_t nr = p->nr_arms + p->left_out.nr_notes;
	int err = 0;

	if (!nr)
		return 0;
	fprintf(t->out, "  KTAP version 1\n  1..%zu\n", nr);
	for (size_t i = 0; !err && i < p->nr_arms; i++)
		err = test_arm(t, i);
	for (size_t i = 0; !err && i < p->left_out.nr_notes; i++)
		subtest(t, PASSED, p->left_out.notes[i].name,
			p->left_out.notes[i].value);
	return err;
}

/* Workload and parameters: what `faultline run` takes. */
static void name_point(const char *workload, const struct result_param *params,
		       size_t nr, char name[NAME_BYTES])
{
	name[0] = '\0';
	format_append(name, NAME_BYTES, "%.60s", workload ? workload : "?");
	for (size_t i = 0; i < nr; i++)
		format_append(name, NAME_BYTES, " %.40s=%.60s", params[i].name,
			      params[i].value);
}

/* Launches that went wrong fail the point, also beside good ones. */
static enum outcome judge_launches(const struct result_point *p, FILE *out)
{
	size_t bad = p->nr_status[RESULT_INVALID] +
		     p->nr_status[RESULT_FAILED] + p->nr_status[RESULT_LOST];

	for (size_t i = 0; i < p->reasons.nr_notes; i++) {
		const struct result_note *n = &p->reasons.notes[i];

		diagnose(out, "", "%s, %zu launch%s: %s", n->name, n->count,
			 n->count == 1 ? "" : "es", n->value);
	}
	if (!bad && !p->nr_launches && !p->nr_status[RESULT_SKIPPED]) {
		diagnose(out, "", "no launch was completed");
		bad = 1;
	}
	return bad ? FAILED : PASSED;
}

/* Why the point says nothing, if that is no fault; NULL otherwise. */
static const char *why_skipped(const struct test *t)
{
	const struct result_point *p = t->point->point;

	if (t->outcome == BLIND)
		return "blind";
	if (p->nr_launches || !p->nr_status[RESULT_SKIPPED])
		return NULL;
	return p->reasons.nr_notes ? p->reasons.notes[0].value : "skipped";
}

static int test_point(const struct summary_point *sp, const struct groups *g,
		      size_t number, FILE *out)
{
	const struct group *group = groups_find(g, sp->point);
	const struct result_point *p = sp->point;
	struct trials_mistakes m = { 0 };
	struct test t = { .out = out, .point = sp, .mistakes = &m };
	enum outcome launches;
	char name[NAME_BYTES];
	int err;

	if (group && trials_are_in(group))
		m = trials_find_mistakes(group);
	err = test_arms(&t);
	launches = judge_launches(p, out);
	if (launches > t.outcome)
		t.outcome = launches;
	name_point(p->workload, p->params, p->nr_params, name);
	result_line(out, "", t.outcome, number, name, why_skipped(&t));
	return err;
}

static void print_notes(const char *what, const struct result_notes *notes,
			FILE *out)
{
	for (size_t i = 0; i < notes->nr_notes; i++)
		diagnose(out, "", "%s: %s", what, notes->notes[i].value);
}

static void print_runs(const struct result *r, FILE *out)
{
	for (size_t i = 0; i < r->nr_runs; i++)
		if (!r->runs[i].end)
			diagnose(out, "", "INCOMPLETE: run %s has no end",
				 r->runs[i].id);
	print_notes("error", &r->errors, out);
	print_notes("warning", &r->warnings, out);
}

static size_t count_points(const struct result *r)
{
	size_t nr = r->nr_skips;

	for (size_t i = 0; i < r->nr_points; i++)
		nr += r->points[i].workload != NULL;
	return nr;
}

int out_ktap(const struct summary *s, struct groups *g, bool verbose, FILE *out)
{
	const struct result *r = s->result;
	size_t number = 0, nr = count_points(r);
	char name[NAME_BYTES];
	int err = 0;

	(void)verbose;
	fprintf(out, "KTAP version 1\n1..%zu%s\n", nr,
		nr ? "" : " # SKIP no point was measured");
	print_runs(r, out);
	for (size_t i = 0; !err && i < r->nr_points; i++)
		if (r->points[i].workload)
			err = test_point(&s->points[i], g, ++number, out);
	for (size_t i = 0; !err && i < r->nr_skips; i++) {
		const struct result_skip *skip = &r->skips[i];

		name_point(skip->workload, skip->params, skip->nr_params, name);
		result_line(out, "", PASSED, ++number, name,
			    skip->why ? skip->why : "no reason given");
	}
	return err;
}
