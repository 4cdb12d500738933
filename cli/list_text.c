// SPDX-License-Identifier: GPL-2.0-only
/* A workload's tables as a manual page. */
#include "cli/list.h"

#include "common/feature.h"

#include "bench/system_knobs.h"
#include "bench/wrap.h"
#include "common/units.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	TEXT_BYTES = 1024,
	INDENT = 6,
	NAME_COLUMNS = 18
};

__attribute__((format(printf, 2, 3))) static void print_row(FILE *out,
							    const char *fmt,
							    ...)
{
	char text[TEXT_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(out, "  ");
	wrap_text(out, 2, INDENT, text);
}

static void print_paragraph(FILE *out, const char *text)
{
	fprintf(out, "%*s", INDENT, "");
	wrap_text(out, INDENT, INDENT, text);
}

/* "4K to 1G", "yes, no", "poll, block, spin" */
static void print_values(const struct fl_param *p, char *buf, size_t bytes)
{
	char min[UNITS_TEXT_BYTES], max[UNITS_TEXT_BYTES];
	size_t used = 0;

	switch (p->type) {
	case FL_TYPE_BOOL:
		snprintf(buf, bytes, "yes or no");
		return;
	case FL_TYPE_ENUM:
		buf[0] = 0;
		for (const char *const *c = p->choices; c && *c && used < bytes;
		     c++)
			used += (size_t)snprintf(
				buf + used, bytes - used, "%s%s",
				c == p->choices ? "" : ", ", *c);
		return;
	case FL_TYPE_SIZE:
		snprintf(buf, bytes, "%s to %s", units_print_size(p->min, min),
			 units_print_size(p->max, max));
		return;
	case FL_TYPE_TIME:
		snprintf(buf, bytes, "%s to %s", units_print_time(p->min, min),
			 units_print_time(p->max, max));
		return;
	case FL_TYPE_U64:
	case FL_TYPE_NONE:
		snprintf(buf, bytes, "%" PRIu64 " to %" PRIu64 "%s%s", p->min,
			 p->max, p->unit ? " " : "", p->unit ? p->unit : "");
		return;
	}
}

static void append(char *text, const char *before, const char *what)
{
	size_t used = strlen(text);

	if (what && used < TEXT_BYTES)
		snprintf(text + used, TEXT_BYTES - used, "%s%s%s",
			 used ? "; " : "", before, what);
}

/* One a paragraph. */
static void print_choices(const struct fl_param *p, FILE *out)
{
	for (size_t i = 0; p->choices && p->choices[i]; i++) {
		char text[TEXT_BYTES];

		snprintf(text, sizeof(text), "%s: %s", p->choices[i],
			 p->words[i]);
		fprintf(out, "%*s", INDENT, "");
		wrap_text(out, INDENT, INDENT + 2, text);
	}
}

static void print_params(const struct fl_workload *w, FILE *out)
{
	char text[TEXT_BYTES], values[TEXT_BYTES / 2];

	if (w->params && w->params->name)
		fprintf(out, "\nParameters (NAME=VALUES on the command line, "
			     "axes in a config)\n");
	for (const struct fl_param *p = w->params; p && p->name; p++) {
		print_values(p, values, sizeof(values));
		print_row(out, "%s, %s, default %s", p->name,
			  list_type(p->type), p->def);
		snprintf(text, sizeof(text), "%s", p->help);
		append(text, "", p->words ? NULL : values);
		append(text, "when ", p->when);
		print_paragraph(out, text);
		if (p->words)
			print_choices(p, out);
	}
}

static const char *place_of(const struct fl_arm *arm)
{
	if (arm->planted)
		return "planted: mistakes that must be found";

	return arm->reference ? NULL : "the reference";
}

static void print_arms(const struct fl_workload *w, FILE *out)
{
	if (w->arms && w->arms->name)
		fprintf(out, "\nArms (compared inside each launch)\n");
	for (const struct fl_arm *a = w->arms; a && a->name; a++) {
		char text[TEXT_BYTES] = "";

		print_row(out, "%s", a->name);
		append(text, "", a->differs);
		append(text, "", a->why);
		append(text, "compared with ",
		       a->reference ? a->reference : NULL);
		append(text, "", place_of(a));
		append(text, "when ", a->when);
		append(text, "needs ",
		       a->needs ? feature_words(a->needs) : NULL);
		print_paragraph(out, text);
	}
}

static void print_metrics(const struct fl_workload *w, FILE *out)
{
	if (w->metrics && w->metrics->name)
		fprintf(out, "\nMetrics (the first is the headline)\n");
	for (const struct fl_metric *m = w->metrics; m && m->name; m++) {
		char text[TEXT_BYTES] = "";

		print_row(out, "%s, %s, %s, %s is better", m->name,
			  list_kind(m->kind), m->unit, list_better(m->better));
		append(text, "", m->help);
		append(text, "when ", m->when);
		print_paragraph(out, text);
	}
}

static void print_terms(const struct fl_workload *w, FILE *out)
{
	if (w->terms && w->terms->name)
		fprintf(out, "\nTerms (the cost model of the headline: the sum "
			     "of cost x count x size)\n");
	for (const struct fl_term *t = w->terms; t && t->name; t++) {
		char text[TEXT_BYTES] = "";

		print_row(out, "%s, %s%s", t->name, t->unit,
			  t->capped ? ", up to a size that the fit finds" : "");
		append(text, "", t->words);
		print_paragraph(out, text);
	}
}

static void print_needs(const struct fl_workload *w, FILE *out)
{
	if (w->needs && w->needs->feature)
		fprintf(out, "\nNeeds (without it a point is skipped)\n");
	for (const struct fl_need *n = w->needs; n && n->feature; n++)
		print_row(out, "%s%s%s", feature_words(n->feature),
			  n->when ? " when " : "", n->when ? n->when : "");
}

static const char *list_per_op(const struct fl_expect *x, char *buf,
			       size_t size)
{
	if (x->of)
		return "as the parameters say";

	snprintf(buf, size, "%g", x->per_op);
	return buf;
}

static void print_system(const struct fl_workload *w, FILE *out)
{
	const struct units units = units_of_machine();

	if (w->system && w->system->knob)
		fprintf(out, "\nSystem state (changed only with "
			     "--allow-system-changes)\n");
	for (const struct fl_system *s = w->system; s && s->knob; s++) {
		struct system_knob_found found = { 0 };

		system_knob_find(s->knob, &units, &found);
		print_row(out, "%s %s%s%s", s->knob,
			  s->value ? s->value : "at least what a launch needs",
			  s->when ? " when " : "", s->when ? s->when : "");
		print_paragraph(out, found.words);
		print_paragraph(out, found.path);
	}
}

static void print_expects(const struct fl_workload *w, FILE *out)
{
	char per_op[32];

	if (w->expects && w->expects->counter)
		fprintf(out, "\nExpects per op (else a launch is invalid)\n");
	for (const struct fl_expect *x = w->expects; x && x->counter; x++)
		print_row(out, "%s %s %s, tolerance %g%s%s%s%s%s%s%s",
			  x->counter, list_relation(x->relation),
			  list_per_op(x, per_op, sizeof(per_op)), x->tolerance,
			  x->relative ? " of it" : "", x->arm ? ", arm " : "",
			  x->arm ? x->arm : "", x->role ? ", role " : "",
			  x->role ? x->role : "", x->when ? ", when " : "",
			  x->when ? x->when : "");
}

static void print_roles(const struct fl_workload *w, FILE *out)
{
	if (w->roles && w->roles->name)
		fprintf(out, "\nRoles (run beside the measuring thread)\n");
	for (const struct fl_role *r = w->roles; r && r->name; r++)
		print_row(out, "%s, a %s%s%s%s%s%s", r->name,
			  list_role_kind(r->kind), r->arm ? ", arm " : "",
			  r->arm ? r->arm : "", r->when ? ", when " : "",
			  r->when ? r->when : "",
			  r->gates ? "; a block counts as confirmed only if it "
				     "ran"
				   : "");
}

static void print_outcomes(const struct fl_workload *w, FILE *out)
{
	if (w->outcomes && w->outcomes->name)
		fprintf(out, "\nOutcomes (of an item of a trial)\n");
	for (const struct fl_outcome *o = w->outcomes; o && o->name; o++) {
		print_row(out, "%s", o->name);
		print_paragraph(out, o->help ? o->help : "");
	}
}

static void print_exposure(const struct fl_workload *w, FILE *out)
{
	if (!w->exposure)
		return;

	fprintf(out, "\nExposures (what can go wrong is counted by)\n");
	print_row(out, "%s", w->exposure);
}

static void print_oracles(const struct fl_workload *w, FILE *out)
{
	if (w->oracles && w->oracles->name)
		fprintf(out, "\nOracles (rules that predict an outcome)\n");
	for (const struct fl_oracle *o = w->oracles; o && o->name; o++) {
		print_row(out, "%s", o->name);
		print_paragraph(out, o->words ? o->words : "");
	}
}

void list_print_one(const struct fl_workload *w, FILE *out)
{
	size_t used = (size_t)fprintf(out, "%s: ", w->name);

	wrap_text(out, used, 2, w->summary);
	fprintf(out, "\nKernel path\n");
	print_paragraph(out, w->kernel_path ? w->kernel_path : "none");
	if (w->source) {
		fprintf(out, "\nSource\n");
		print_paragraph(out, w->source);
	}
	fprintf(out, "\nMode\n");
	print_paragraph(out, list_mode(w->mode));
	print_params(w, out);
	print_arms(w, out);
	print_metrics(w, out);
	print_terms(w, out);
	print_needs(w, out);
	print_system(w, out);
	print_expects(w, out);
	print_roles(w, out);
	print_outcomes(w, out);
	print_exposure(w, out);
	print_oracles(w, out);
}

void list_print_line(const struct fl_workload *w, FILE *out)
{
	fprintf(out, "%-*s ", NAME_COLUMNS, w->name);
	wrap_text(out, NAME_COLUMNS + 1, NAME_COLUMNS + 1, w->summary);
}
