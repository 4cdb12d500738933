// SPDX-License-Identifier: GPL-2.0-only
/* The debate as text, and its sentences. */
#include "debate.h"
#include "format.h"
#include "out_exact.h"
#include "table.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	MOST_ROWS = 12 /* of a table */
};

const char *const debate_not_in_it =
	"Instructions are counted in a guest: the same kernel gives the same "
	"number each time.  Not in it: cache and TLB misses, waiting for other "
	"CPUs, the time of an interrupt to them; a flush counts 1, a string "
	"instruction 1 for each repetition.  Outcomes and events of the other "
	"runs are of an emulated machine, too: what happened did happen, how "
	"often says nothing of hardware.";

void debate_change(const struct debate_line *line, char buf[DEBATE_WHAT_BYTES])
{
	char more[FORMAT_BYTES];
	size_t len;

	exact_number(line->more, more);
	snprintf(buf, DEBATE_WHAT_BYTES, "%.20s", more);
	len = strlen(buf);
	if (line->within > 0)
		snprintf(buf + len, DEBATE_WHAT_BYTES - len, " +-%.2g",
			 line->within);
	len = strlen(buf);
	if (line->base > 0)
		snprintf(buf + len, DEBATE_WHAT_BYTES - len, " (%+.2f %%)",
			 100 * line->more / line->base);
}

void debate_share(double nr, double of, char buf[DEBATE_WHAT_BYTES])
{
	if (of > 0)
		snprintf(buf, DEBATE_WHAT_BYTES, "%.0f of %.0f", nr, of);
	else
		snprintf(buf, DEBATE_WHAT_BYTES, "not exposed");
}

static double growth(const struct debate_line *line)
{
	return fabs(line->more) / fmax(line->base, 1);
}

static void say_unsure(const struct debate_lines *costs,
		       char buf[DEBATE_TEXT_BYTES])
{
	if (costs->nr_unsure)
		format_append(buf, DEBATE_TEXT_BYTES,
			      "; at %zu the batches differ too much among "
			      "themselves to tell",
			      costs->nr_unsure);
}

void debate_say_costs(const struct debate_entry *entry,
		      char buf[DEBATE_TEXT_BYTES])
{
	const struct debate_lines *costs = &entry->costs;
	const struct debate_line *most = costs->of;
	size_t nr = costs->nr + costs->nr_same + costs->nr_unsure;
	char change[DEBATE_WHAT_BYTES];

	if (!nr) {
		snprintf(buf, DEBATE_TEXT_BYTES, "not measured");
		return;
	}
	if (!costs->nr) {
		snprintf(buf, DEBATE_TEXT_BYTES,
			 "nothing: at %zu of %zu places the same number of "
			 "instructions",
			 costs->nr_same, nr);
		say_unsure(costs, buf);
		return;
	}
	for (size_t i = 1; i < costs->nr; i++)
		if (growth(&costs->of[i]) > growth(most))
			most = &costs->of[i];
	debate_change(most, change);
	snprintf(buf, DEBATE_TEXT_BYTES,
		 "%s instructions at %s %s, the largest change; %zu of %zu "
		 "places differ",
		 change, most->workload, most->place, costs->nr, nr);
	say_unsure(costs, buf);
}

/* What is worse than beside it, or what is better. */
static size_t say_some(const struct debate_entry *entry, bool worse,
		       char buf[DEBATE_TEXT_BYTES])
{
	size_t nr = 0;

	for (size_t i = 0; i < entry->breaks.nr; i++) {
		const struct debate_line *l = &entry->breaks.of[i];
		char share[DEBATE_WHAT_BYTES];

		if ((l->more > 0) != worse)
			continue;
		debate_share(worse ? l->now : l->base,
			     worse ? l->now_of : l->base_of, share);
		format_append(buf, DEBATE_TEXT_BYTES, "%s%s %s at %s: %s",
			      nr++ ? "; " : "", l->workload, l->what, l->place,
			      share);
	}
	return nr;
}

/* Of those that were exposed, or of the others. */
static void say_blind(const struct debate_entry *entry, bool exposed,
		      char buf[DEBATE_TEXT_BYTES])
{
	const char *before =
		exposed ? "; blind, as what was planted was not found: "
			: "; not exposed: ";

	for (size_t i = 0; i < entry->blind.nr; i++) {
		const struct debate_line *l = &entry->blind.of[i];

		if ((l->now_of > 0) != exposed)
			continue;
		format_append(buf, DEBATE_TEXT_BYTES, "%s%s %s", before,
			      l->workload, l->place);
		if (!exposed && l->base_of > 0)
			format_append(buf, DEBATE_TEXT_BYTES,
				      " (beside it, %.0f times)", l->base_of);
		before = ", ";
	}
}

void debate_say_breaks(const struct debate_entry *entry,
		       char buf[DEBATE_TEXT_BYTES])
{
	const struct debate_lines *breaks = &entry->breaks;

	buf[0] = '\0';
	if (say_some(entry, true, buf))
		;
	else if (breaks->nr + breaks->nr_same)
		format_append(buf, DEBATE_TEXT_BYTES, "nothing at %zu places%s",
			      breaks->nr + breaks->nr_same,
			      *entry->missing ? ", as far as it was run" : "");
	else
		format_append(buf, DEBATE_TEXT_BYTES, "%s",
			      entry->blind.nr ? "not known" : "not looked at");
	say_blind(entry, false, buf);
	say_blind(entry, true, buf);
}

void debate_say_mends(const struct debate_entry *entry,
		      char buf[DEBATE_TEXT_BYTES])
{
	buf[0] = '\0';
	say_some(entry, false, buf);
}

static bool is_instructions(const struct debate_line *l)
{
	return !strcmp(l->what, DEBATE_INSTRUCTIONS);
}

static int print_lines(const char *heading, const struct debate_lines *lines,
		       bool share, FILE *out)
{
	struct table t = { .nr_columns = share ? 3 : 4, .right = 14 };
	size_t nr = lines->nr;

	if (!nr)
		return 0;
	if (nr > MOST_ROWS)
		nr = MOST_ROWS;
	fprintf(out, "\n%s\n", heading);
	table_cell(&t, "place");
	table_cell(&t, "beside it");
	table_cell(&t, "this");
	if (!share)
		table_cell(&t, "change");
	for (size_t i = 0; i < nr; i++) {
		const struct debate_line *l = &lines->of[i];
		char was[DEBATE_WHAT_BYTES], is[DEBATE_WHAT_BYTES];

		debate_share(l->base, l->base_of, was);
		debate_share(l->now, l->now_of, is);
		table_cell(&t, "%.16s %.32s%s%.40s", l->workload, l->place,
			   is_instructions(l) ? "" : " ",
			   is_instructions(l) ? "" : l->what);
		if (share) {
			table_cell(&t, "%s", was);
			table_cell(&t, "%s", is);
			continue;
		}
		table_cell(&t, "%.2f", l->base);
		table_cell(&t, "%.2f", l->now);
		debate_change(l, was);
		table_cell(&t, "%s", was);
	}
	if (table_print(&t, out))
		return -ENOMEM;
	if (lines->nr > nr)
		fprintf(out, "and %zu more, on the page\n", lines->nr - nr);
	return 0;
}

static int print_entry(const struct debate_entry *entry, FILE *out)
{
	const struct proposal *p = entry->proposal;
	char text[DEBATE_TEXT_BYTES];
	int err;

	fprintf(out, "\n== %s ==\n", p->name);
	format_paragraph(out, "", 0, "%s", p->title);
	format_paragraph(out, "thread: ", 2, "%s", p->thread);
	format_paragraph(out, "beside it: ", 2, "%s",
			 *p->on ? p->on : "the rule that shipped");
	format_paragraph(out, "claim: ", 2, "%s", p->claim);
	debate_say_costs(entry, text);
	format_paragraph(out, "costs: ", 2, "%s", text);
	debate_say_breaks(entry, text);
	format_paragraph(out, "breaks: ", 2, "%s", text);
	debate_say_mends(entry, text);
	if (*text)
		format_paragraph(out, "mends: ", 2, "%s", text);
	if (*entry->rules)
		format_paragraph(out, "behaves as: ", 2, "%s", entry->rules);
	if (*entry->missing)
		format_paragraph(out, "not run: ", 2, "%s", entry->missing);
	err = print_lines("Instructions an op", &entry->costs, false, out);
	if (!err)
		err = print_lines("Events an op, or pages", &entry->events,
				  false, out);
	if (!err)
		err = print_lines("Mistakes", &entry->breaks, true, out);
	return err;
}

int out_debate_text(const struct debate *d, FILE *out)
{
	int err = 0;

	format_paragraph(out, "", 0,
			 "The debates, replayed: %zu proposals as kernels, "
			 "beside the rule that shipped%s%s",
			 d->nr, *d->kernel ? ", Linux " : "", d->kernel);
	fputc('\n', out);
	format_paragraph(out, "", 0, "%s", debate_not_in_it);
	for (size_t i = 0; i < d->nr && !err; i++)
		err = print_entry(&d->entries[i], out);
	return err;
}
