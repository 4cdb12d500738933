// SPDX-License-Identifier: GPL-2.0-only
/* The plan for a person: 72 columns, one paragraph a point. */
#include "plan_internal.h"

#include "wrap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	INDENT = 8
};

/* Text that grows; a failed allocation leaves it shorter, never torn. */
struct text {
	char *buf;
	size_t bytes;
	FILE *stream;
};

static bool text_open(struct text *t)
{
	t->buf = NULL;
	t->bytes = 0;
	t->stream = open_memstream(&t->buf, &t->bytes);
	return t->stream;
}

static void text_wrap(struct text *t, FILE *out, size_t used, size_t indent)
{
	if (!fclose(t->stream) && t->buf)
		wrap_text(out, used, indent, t->buf);
	free(t->buf);
}

/* "0-3,8": runs of neighbours together, the order as it is. */
static void print_cpus(const struct plan_point *point, FILE *out)
{
	const unsigned *cpus = point->cpus;
	unsigned first = 0;

	fprintf(out, "CPU%s ", point->nr_cpus == 1 ? "" : "s");
	for (unsigned i = 1; i <= point->nr_cpus; i++) {
		if (i < point->nr_cpus && cpus[i] == cpus[i - 1] + 1)
			continue;
		fprintf(out, "%s%u", first ? "," : "", cpus[first]);
		if (i - first > 1)
			fprintf(out, "-%u", cpus[i - 1]);
		first = i;
	}
}

static const char *note_of(const struct fl_workload *w,
			   const struct plan_slot *slot)
{
	if (slot->kind != PLAN_SLOT_REFERENCE)
		return "";
	return w->arms[slot->arm].planted ? " (planted)" : " (reference)";
}

static void print_arms(const struct plan *p, const struct plan_point *point,
		       const struct units *units, FILE *out)
{
	struct plan_slot slots[FL_MAX_SLOTS];
	unsigned nr = plan_slots(p, point, units, slots);

	fprintf(out, "arm%s ", nr == 1 ? "" : "s");
	for (unsigned i = 0; i < nr; i++)
		fprintf(out, "%s%s%s", i ? ", " : "", slots[i].name,
			note_of(point->workload, &slots[i]));
}

static void print_point(const struct plan *p, size_t index,
			const struct units *units, FILE *out)
{
	const struct plan_point *point = &p->points[index];
	char label[PLAN_LABEL_BYTES], size[UNITS_TEXT_BYTES];
	struct text t;

	fprintf(out, "%6zu  ", index + 1);
	wrap_text(out, INDENT, INDENT, plan_label(point, label));
	if (!text_open(&t))
		return;

	if (point->skip) {
		fprintf(t.stream, "skipped: %s", point->skip);
	} else {
		print_arms(p, point, units, t.stream);
		fprintf(t.stream, "; ");
		print_cpus(point, t.stream);
		if (point->memory_bytes)
			fprintf(t.stream, "; memory %s",
				units_print_size(point->memory_bytes, size));
	}
	fprintf(out, "%*s", INDENT, "");
	text_wrap(&t, out, INDENT, INDENT);
}

static void print_head(const struct plan *p, FILE *out)
{
	const struct config *c = p->config;
	char budget[UNITS_TEXT_BYTES], launch[UNITS_TEXT_BYTES];
	char batch[UNITS_TEXT_BYTES];
	size_t skipped = 0;
	struct text t;

	for (size_t i = 0; i < p->nr_points; i++)
		skipped += p->points[i].skip != NULL;

	if (!text_open(&t))
		return;
	fprintf(t.stream, "%s: %zu point%s", c->name, p->nr_points,
		p->nr_points == 1 ? "" : "s");
	if (skipped)
		fprintf(t.stream, ", %zu of them skipped", skipped);
	fprintf(t.stream,
		"; %" PRIu64 " launches or more of %s each, in batches of "
		"about %s whose number of ops is unknown until each point "
		"is calibrated; budget %s, placement %s, M %g%%, counters %s",
		c->launches, units_print_time(c->launch_ns, launch),
		units_print_time(c->batch_ns, batch),
		units_print_time(c->budget_ns, budget), plan_placement(c),
		c->m * 100, c->counters ? "on" : "off");
	if (c->trials)
		fprintf(t.stream, ", %" PRIu64 " trials an arm and launch",
			c->trials);
	text_wrap(&t, out, 0, 2);
}

static void print_epoch_order(const struct plan *p, unsigned epoch,
			      const size_t *order, FILE *out)
{
	if (p->nr_epochs > 1)
		fprintf(out, "%s epoch %u:", epoch ? ";" : "", epoch + 1);
	for (size_t i = 0; i < p->nr_points; i++) {
		const struct plan_point *point = &p->points[order[i]];

		if (!point->skip && point->epoch == epoch)
			fprintf(out, " %zu", order[i] + 1);
	}
}

static void print_order(const struct plan *p, FILE *out)
{
	size_t *order = calloc(p->nr_points + 1, sizeof(*order));
	struct text t;

	if (!order || !text_open(&t)) {
		free(order);
		return;
	}

	plan_round(p, 0, order);
	fprintf(t.stream,
		"The first round by seed %" PRIu64 ", each round is shuffled "
		"anew:",
		p->config->seed);
	for (unsigned epoch = 0; epoch < p->nr_epochs; epoch++)
		print_epoch_order(p, epoch, order, t.stream);
	text_wrap(&t, out, 0, 2);
	free(order);
}

static void print_times(const struct plan *p, FILE *out)
{
	char least[UNITS_TEXT_BYTES], most[UNITS_TEXT_BYTES];
	struct text t;

	if (!p->most_ns) {
		fprintf(out, "No point can run here.\n");
		return;
	}

	units_human_ns((double)p->least_ns, least);
	units_human_ns((double)p->most_ns, most);
	if (!text_open(&t))
		return;
	if (p->least_ns <= p->most_ns)
		fprintf(t.stream, "Takes %s at least, %s at most.", least,
			most);
	else
		fprintf(t.stream,
			"Takes %s at most: the budget ends the run before "
			"every point has its %" PRIu64 " launches, which take "
			"%s.",
			most, p->config->launches, least);
	text_wrap(&t, out, 0, 2);
}

void plan_print(const struct plan *p, const struct units *units,
		const char *sysroot, FILE *out)
{
	print_head(p, out);
	fputc('\n', out);
	for (size_t i = 0; i < p->nr_points; i++)
		print_point(p, i, units, out);
	fputc('\n', out);
	plan_print_epochs(p, units, sysroot, out);
	print_order(p, out);
	print_times(p, out);
}
