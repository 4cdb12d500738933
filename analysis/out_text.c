// SPDX-License-Identifier: GPL-2.0-only
/* The head of the report: what was measured where, and what speaks against it. */
#include "out_text.h"
#include "format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *text_or(const char *text, const char *otherwise)
{
	return text && *text ? text : otherwise;
}

static void print_machine(const struct result *r, FILE *out)
{
	const struct result_run *run = &r->runs[0];

	format_paragraph(out, "", 2, "faultline %s, %s, host %s",
			 text_or(run->version, "?"),
			 text_or(run->started, "no date"),
			 text_or(run->host, "?"));
	for (size_t i = 0; i < r->nr_boots && i < 4; i++) {
		const struct result_boot *b = &r->boots[i];
		char cpus[32] = "";

		if (b->nr_cpus)
			snprintf(cpus, sizeof(cpus), ", %" PRIu64 " CPUs",
				 b->nr_cpus);
		format_paragraph(out, "", 2, "Linux %s, %s%s%s%s",
				 text_or(b->kernel, "of unknown release"),
				 text_or(b->cpu, "unknown CPU"), cpus,
				 b->thp ? ", THP " : "", b->thp ? b->thp : "");
	}
	if (r->nr_runs > 1 || r->nr_boots > 1)
		format_paragraph(out, "", 2, "%zu runs, %zu boots", r->nr_runs,
				 r->nr_boots);
}

/* Whether the first run, and so all that is read with it, was in a guest. */
static bool is_mode(const struct result *r, const char *mode)
{
	return result_mode_is(result_mode(r), mode);
}

struct extent {
	size_t least, most, nr_points, nr_launches;
	double batch_ns;
	size_t nr_batch_launches; /* windows and trials have no batches */
	uint64_t clock_step_ns;	  /* the coarsest */
};

static struct extent extent_of(const struct result *r)
{
	struct extent x = { .least = SIZE_MAX };

	for (size_t i = 0; i < r->nr_points; i++) {
		size_t n = r->points[i].nr_launches;

		if (!n)
			continue;
		x.least = n < x.least ? n : x.least;
		x.most = n > x.most ? n : x.most;
		x.nr_launches += n;
		x.nr_points++;
		if (strcmp(r->points[i].mode, "batch") != 0)
			continue;
		x.batch_ns += r->points[i].batch_ns;
		x.nr_batch_launches += n;
		if (r->points[i].clock_step_ns > x.clock_step_ns)
			x.clock_step_ns = r->points[i].clock_step_ns;
	}
	return x;
}

static void print_design(const struct summary *s, FILE *out)
{
	struct extent x = extent_of(s->result);
	bool has_times = !is_mode(s->result, "func");
	char batches[96] = "", step[64] = "", launches[FORMAT_BYTES] = "";

	if (!x.nr_points) {
		format_paragraph(out, "", 2, "No launch was completed.");
		return;
	}
	if (x.least < x.most)
		snprintf(launches, sizeof(launches), "%zu to ", x.least);
	if (x.nr_batch_launches && has_times) {
		double ns = x.batch_ns / (double)x.nr_batch_launches;
		char value[FORMAT_BYTES];

		snprintf(batches, sizeof(batches), ", batches of %s on average",
			 format_value(ns,
				      is_mode(s->result, "insn")
					      ? FORMAT_INSTRUCTIONS
					      : "ns",
				      value));
	}
	if (x.clock_step_ns && has_times && !is_mode(s->result, "insn"))
		snprintf(step, sizeof(step),
			 "; the clock steps by %" PRIu64 " ns",
			 x.clock_step_ns);
	format_paragraph(out, "", 2,
			 "D1 in-process: %zu point%s, %s%zu launches each%s%s; "
			 "M = %g %%.",
			 x.nr_points, x.nr_points == 1 ? "" : "s", launches,
			 x.most, batches, step, 100 * s->m);
	if (is_mode(s->result, "insn") || !has_times)
		return;
	format_paragraph(out, "", 2,
			 "Levels are Hodges-Lehmann over launches, intervals "
			 "95 %%; the launch is the unit.");
	if (s->nr_contrasts)
		format_paragraph(out, "", 2,
				 "Verdicts are adjusted for %zu contrast%s "
				 "(%s).",
				 s->nr_contrasts,
				 s->nr_contrasts == 1 ? "" : "s",
				 s->nr_contrasts > SUMMARY_HOLM_MAX
					 ? "Benjamini-Hochberg"
					 : "Holm");
}

static void print_toggle(const struct result *r, FILE *out)
{
	for (size_t i = 0; i < r->nr_runs; i++) {
		const struct result_run *run = &r->runs[i];

		if (!run->toggle_file)
			continue;
		format_paragraph(out, "", 2,
				 "In arms :toggle %s says %s, in all others "
				 "%s.",
				 run->toggle_file, run->toggle_second,
				 run->toggle_first);
		return;
	}
}

static void print_guest(const struct result *r, FILE *out)
{
	if (is_mode(r, "insn"))
		format_paragraph(
			out, "insn: ", 2,
			"In a guest, instructions executed; the same kernel "
			"gives the same number each time.  Not in it: cache "
			"and TLB misses, waiting for other CPUs, the time of "
			"an interrupt to them.  A flush or a locked "
			"instruction counts 1, a string instruction 1 for "
			"each repetition.  The counters below say how often "
			"such things happened.  Times below are instructions "
			"too, 1 ns each.");
	else if (is_mode(r, "func"))
		format_paragraph(
			out, "func: ", 2,
			"In a guest, emulated: outcomes and counts of events "
			"are right, times mean nothing, and no table or "
			"picture of times is made.");
	else if (is_mode(r, "time"))
		format_paragraph(out, "time: ", 2,
				 "In a guest, by KVM: times are of virtual "
				 "CPUs.");
}

static void print_conditions(const struct result *r, FILE *out)
{
	double load = 0, cpus = 0, steal, wall = 0;
	size_t nr_load = 0;
	uint64_t ticks = 0;

	for (size_t i = 0; i < r->nr_runs; i++) {
		load += r->runs[i].load_sum;
		nr_load += r->runs[i].nr_load;
		ticks += r->runs[i].steal_ticks;
		wall += (double)r->runs[i].wall_ns;
	}
	if (r->nr_boots)
		cpus = (double)r->boots[0].nr_cpus;
	if (!nr_load)
		return;

	steal = wall > 0 && cpus > 0 ? (double)ticks * 1e7 / wall / cpus : 0;
	format_paragraph(out, "", 2, "Load %.1f on average, steal %.1f %%.",
			 load / (double)nr_load, 100 * steal);
}

static void warn_run(const struct result_run *run, double m, FILE *out)
{
	if (!run->end)
		format_paragraph(out, "! ", 2,
				 "INCOMPLETE: run %s has no end record; "
				 "`faultline run --resume` completes it.",
				 run->id);
	else if (strcmp(run->end, "done") != 0 &&
		 strcmp(run->end, "budget") != 0)
		format_paragraph(out, "! ", 2, "Run %s ended early: %s.",
				 run->id, run->end);
	if (!run->comparable)
		format_paragraph(out, "! ", 2,
				 "NOT COMPARABLE: run %s was made by a build "
				 "for debugging (%s).",
				 run->id, text_or(run->build, "unknown"));
	if (run->m != m)
		format_paragraph(out, "! ", 2,
				 "Run %s has another M; that of the first run "
				 "is used.",
				 run->id);
}

static void print_notes(const struct result_notes *notes, const char *first,
			FILE *out)
{
	for (size_t i = 0; i < notes->nr_notes; i++)
		format_paragraph(out, first, 2, "%s", notes->notes[i].value);
	if (notes->nr_left_out)
		format_paragraph(out, first, 2, "... and %zu more like these",
				 notes->nr_left_out);
}

int text_head(const struct summary *s, FILE *out)
{
	const struct result *r = s->result;

	print_machine(r, out);
	print_design(s, out);
	print_guest(r, out);
	print_toggle(r, out);
	print_conditions(r, out);
	print_notes(&r->states, "For some points: ", out);
	for (size_t i = 0; i < r->nr_runs; i++)
		warn_run(&r->runs[i], s->m, out);
	print_notes(&r->errors, "! ", out);
	print_notes(&r->warnings, "! ", out);
	return 0;
}

int out_text(const struct summary *s, struct groups *g, bool verbose, FILE *out)
{
	int err = text_head(s, out);

	for (size_t i = 0; !err && i < g->nr_groups; i++) {
		fputc('\n', out);
		err = text_group(&g->groups[i], s->m, verbose, out);
	}
	if (!err)
		err = text_tail(s, verbose, out);
	return err;
}
