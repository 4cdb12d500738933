// SPDX-License-Identifier: GPL-2.0-only
#include "summary.h"

#include "runner_steps.h"

#include "analysis/stats/stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 72,
	MAX_LINES = 40,
	NAME_WIDTH = 24
};

/* Words that wrap before the margin; later lines are indented. */
static void print_wrapped(const char *text, unsigned indent, FILE *out)
{
	size_t column = 0;

	while (*text) {
		size_t bytes = strcspn(text, " \n");

		if (column && column + 1 + bytes > WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, bytes, out);
		column += bytes;
		text += bytes;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}

/* A value in the unit that suits it. */
struct scale {
	double divisor;
	const char *unit;
};

/* Instructions are counted, and the last digit counts too. */
static bool is_counted(const struct runner *r, const struct fl_workload *w)
{
	return r->request.via && r->request.via->unit == FL_JOB_INSTRUCTIONS &&
	       w->mode == FL_MODE_BATCH;
}

static struct scale scale_of(const struct fl_workload *w, double value)
{
	static const struct scale times[] = {
		{ 1, "ns" },
		{ 1e3, "us" },
		{ 1e6, "ms" },
		{ 1e9, "s" },
	};
	static const struct scale numbers[] = {
		{ 1, "" },
		{ 1e3, "k" },
		{ 1e6, "M" },
		{ 1e9, "G" },
	};
	const struct scale *s = w->mode == FL_MODE_BATCH ? times : numbers;
	size_t i = 0;

	while (i < 3 && value >= 999.5 * s[i].divisor)
		i++;
	return s[i];
}

/* "1/s" behind a prefix is "k/s". */
static const char *unit_of(const struct fl_workload *w)
{
	const char *unit = w->mode == FL_MODE_WINDOW ? w->metrics[0].unit : "";

	return !strncmp(unit, "1/", 2) ? unit + 1 : unit;
}

/* Three digits. */
static const char *print_number(double value, char buf[32])
{
	int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;

	snprintf(buf, 32, "%.*f", decimals, value);
	return buf;
}

/* A share of 1 in all launches has no width and is known no better for that. */
static void print_share(const struct estimate *est,
			const struct estimate_slot *slot, FILE *out)
{
	double sum = 0;
	char buf[32];

	for (size_t i = 0; i < est->nr; i++)
		sum += slot->level[i];
	fprintf(out, "  %-*s %s %% %s\n", NAME_WIDTH, slot->name,
		print_number(100 * sum / (double)est->nr, buf),
		slot->planted ? "found of what was planted" : "as expected");
}

static void print_counted(const struct estimate *est,
			  const struct estimate_slot *slot, double per,
			  FILE *out)
{
	double level = stats_median(slot->level, est->nr) * per;
	double reference = stats_median(est->slots[slot->reference].level,
					est->nr) *
			   per;

	fprintf(out, "  insn %-*s %.2f", NAME_WIDTH, slot->name, level);
	if (slot != &est->slots[slot->reference])
		fprintf(out, " (%+.2f)", level - reference);
	fputc('\n', out);
}

static void print_level(const struct estimate *est,
			const struct estimate_slot *slot,
			const struct runner *r, size_t index, FILE *out)
{
	const struct fl_workload *w = r->plan->points[index].workload;
	double per = w->mode == FL_MODE_BATCH
			     ? 1 / (double)r->points[index].batch_ops
			     : 1;
	struct stats_ci ci = { .estimate = NAN };
	char estimate[32], lo[32], hi[32];
	bool has_ci = !stats_hodges_lehmann(slot->level, est->nr, 0.95, &ci);
	struct scale s;

	if (r->request.via && r->request.via->no_times) {
		fprintf(out, "  %s %s: ran\n", r->request.via->label,
			slot->name);
		return;
	}
	if (is_counted(r, w)) {
		print_counted(est, slot, per, out);
		return;
	}
	if (!has_ci)
		ci.estimate = stats_median(slot->level, est->nr);
	s = scale_of(w, ci.estimate * per);
	per /= s.divisor;
	fprintf(out, "  %-*s %s %s%s", NAME_WIDTH, slot->name,
		print_number(ci.estimate * per, estimate), s.unit, unit_of(w));
	if (has_ci)
		fprintf(out, " [%s, %s]\n", print_number(ci.lo * per, lo),
			print_number(ci.hi * per, hi));
	else
		fprintf(out, " (%zu launches: no interval)\n", est->nr);
}

/* "+0.12": a change of less than ten percent with a digit more, and no -0. */
static const char *print_percent(double log_ratio, char buf[32])
{
	double value = 100 * expm1(log_ratio);
	int decimals = fabs(value) < 9.995 ? 2 : 1;

	if (fabs(value) < 0.005)
		value = 0;
	snprintf(buf, 32, "%+.*f", decimals, value);
	return buf;
}

static void print_contrast(const struct estimate *est,
			   const struct estimate_slot *slot, double m,
			   FILE *out)
{
	const char *reference = est->slots[slot->reference].name;
	struct stats_judgement j;
	char against[ESTIMATE_NAME_BYTES + 16];
	char estimate[32], lo[32], hi[32];

	if (stats_judge_paired(slot->ratio, est->nr, m, &j) ||
	    j.verdict == STATS_TOO_FEW)
		return;

	snprintf(against, sizeof(against), "  against %s", reference);
	fprintf(out, "  %-*s %s %% [%s, %s] %s\n", NAME_WIDTH, against,
		print_percent(j.ci95.estimate, estimate),
		print_percent(j.ci95.lo, lo), print_percent(j.ci95.hi, hi),
		stats_verdict_name(j.verdict));
}

static void print_point(const struct runner *r, size_t index, FILE *out)
{
	const struct estimate *est = &r->points[index].estimate;
	char text[PLAN_LABEL_BYTES];

	fputc('\n', out);
	print_wrapped(plan_label(&r->plan->points[index], text), 4, out);
	for (unsigned i = 0; i < est->nr_slots; i++) {
		if (r->plan->points[index].workload->mode == FL_MODE_TRIAL) {
			print_share(est, &est->slots[i], out);
			continue;
		}
		print_level(est, &est->slots[i], r, index, out);
		if (est->slots[i].reference != i &&
		    !(r->request.via && r->request.via->no_times))
			print_contrast(est, &est->slots[i], r->config->m, out);
	}
}

static void print_points(const struct runner *r, FILE *out)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->plan->nr_points; i++) {
		if (!r->points[i].estimate.nr)
			continue;
		if (nr++ < MAX_LINES)
			print_point(r, i, out);
	}
	if (nr > MAX_LINES)
		fprintf(out, "\n... and %zu more points\n", nr - MAX_LINES);
}

static void print_left_out(const struct runner *r, enum runner_state state,
			   const char *what, FILE *out)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->plan->nr_points; i++) {
		const struct runner_point *p = &r->points[i];
		char text[PLAN_LABEL_BYTES], line[4096];

		if (p->state != state || ++nr > MAX_LINES)
			continue;
		if (nr == 1)
			fputc('\n', out);
		snprintf(line, sizeof(line), "%s: %s: %s", what,
			 plan_label(&r->plan->points[i], text),
			 p->why ? p->why : "");
		print_wrapped(line, 4, out);
	}
	if (nr > MAX_LINES)
		fprintf(out, "... and %zu more points %s\n", nr - MAX_LINES,
			what);
}

static void print_resume(const char *first, const struct runner *r, FILE *out)
{
	fprintf(out, "%s\n  faultline run --resume %s\n", first, r->dir);
}

static void print_why(const struct runner *r, FILE *out)
{
	size_t open = runner_count(r, RUNNER_OPEN);

	if (r->why == RUNNER_WHY_BUDGET && open)
		fprintf(out,
			"The budget is used up; %zu of %zu points are not "
			"settled.\n",
			open, r->plan->nr_points);
	if (r->why == RUNNER_WHY_INTERRUPTED)
		print_resume("Interrupted.  To go on:", r, out);
	if (r->writer.broken)
		print_resume("The results could not be written to the end; "
			     "when that is mended:",
			     r, out);
}

void summary_print(const struct runner *r, FILE *out)
{
	if (r->nr_damaged)
		fprintf(out,
			"%" PRIu64 " damaged lines of %s/" RESULT_FILE
			" were left out.\n",
			r->nr_damaged, r->dir);

	print_points(r, out);
	print_left_out(r, RUNNER_SKIPPED, "skipped", out);
	print_left_out(r, RUNNER_FAILED, "failed", out);

	fprintf(out,
		"\nlaunches: %" PRIu64 " ok, %" PRIu64 " invalid, %" PRIu64
		" failed\n",
		r->nr_ok, r->nr_invalid, r->nr_failed);
	print_why(r, out);
	fprintf(out, "results: %s\n", r->dir);
}
