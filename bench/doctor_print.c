// SPDX-License-Identifier: GPL-2.0-only
/* The doctor's report as text of 72 columns. */
#include "bench/doctor.h"

#include "common/record.h"
#include "workloads/registry.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum {
	WIDTH = 72,
	NAME_WIDTH = 44,
	CELL_WIDTH = 11,
	INDENT = 6
};

struct page {
	const struct doctor *doctor;
	FILE *out;
	bool colour;
};

/* Text may come from an agent: nothing that moves a cursor gets through. */
static void put_word(FILE *out, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fputc(iscntrl((unsigned char)word[i]) ? '?' : word[i], out);
}

/* Words between blanks, from @column on and @indent in later lines. */
static void put_wrapped(FILE *out, const char *text, size_t column,
			size_t indent)
{
	bool fresh = true;

	while (*(text += strspn(text, " "))) {
		size_t len = strcspn(text, " ");

		if (!fresh && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			fresh = true;
		}
		if (!fresh)
			fputc(' ', out);
		put_word(out, text, len);
		column += len + !fresh;
		fresh = false;
		text += len;
	}
	fputc('\n', out);
}

static void put_reason(FILE *out, const char *who, const char *text)
{
	size_t column = INDENT;

	fprintf(out, "%*s", INDENT, "");
	if (who) {
		fprintf(out, "%s: ", who);
		column += strlen(who) + 2;
	}
	put_wrapped(out, text, column, INDENT);
}

static const char *colour_of(const char *cell)
{
	if (!strcmp(cell, "yes"))
		return "\033[32m";
	if (!strcmp(cell, "no") || !strcmp(cell, "failed"))
		return "\033[31m";

	return "\033[33m";
}

static void put_cell(const struct page *p, const char *cell, bool last)
{
	int pad = last ? 0 : CELL_WIDTH - (int)strlen(cell);

	if (p->colour)
		fprintf(p->out, "%s%s\033[0m%*s", colour_of(cell), cell,
			pad > 0 ? pad : 0, "");
	else
		fprintf(p->out, "%s%*s", cell, pad > 0 ? pad : 0, "");
}

static void put_name(const struct page *p, const char *name)
{
	fprintf(p->out, "  %-*.*s", NAME_WIDTH - 2, NAME_WIDTH - 3, name);
}

static void put_heading(const struct page *p, const char *heading)
{
	const struct doctor *d = p->doctor;

	fprintf(p->out, "\n%-*s", NAME_WIDTH, heading);
	for (unsigned i = 0; i < d->nr_sides; i++)
		fprintf(p->out, "%-*s", i + 1 < d->nr_sides ? CELL_WIDTH : 0,
			d->sides[i].title);
	fputc('\n', p->out);
}

static void put_row(const struct page *p, const char *name,
		    const char *const *cells)
{
	unsigned nr = p->doctor->nr_sides;

	put_name(p, name);
	for (unsigned i = 0; i < nr; i++)
		put_cell(p, cells[i], i + 1 == nr);
	fputc('\n', p->out);
}

/* Once if both sides have the same. */
static void put_reasons(const struct page *p, const char *const *reasons)
{
	const struct doctor *d = p->doctor;
	bool same = d->nr_sides == 1 || !strcmp(reasons[0], reasons[1]);

	for (unsigned i = 0; i < (same ? 1 : d->nr_sides); i++)
		if (*reasons[i])
			put_reason(p->out, same ? NULL : d->sides[i].title,
				   reasons[i]);
}

static void put_field(const struct page *p, const char *name, const char *text)
{
	if (!*text)
		return;

	fprintf(p->out, "  %-14s", name);
	put_wrapped(p->out, text, 16, 16);
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void put_cpus(const struct page *p)
{
	const json_t *boot = p->doctor->boot;
	char text[96] = "";

	if (!json_object_get(boot, "cpus_online"))
		return;

	snprintf(text, sizeof(text),
		 "%" JSON_INTEGER_FORMAT " online, SMT %.20s",
		 number_of(boot, "cpus_online"),
		 *record_text_or(boot, "smt", "")
			 ? record_text_or(boot, "smt", "")
			 : "not known");
	put_field(p, "CPUs", text);
}

static void put_memory(const struct page *p)
{
	const json_t *boot = p->doctor->boot;
	json_int_t nodes = number_of(boot, "numa_nodes");
	char text[96] = "";

	if (!json_object_get(boot, "memory_bytes"))
		return;

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT " MiB",
		 number_of(boot, "memory_bytes") >> 20);
	if (nodes > 1)
		snprintf(text, sizeof(text),
			 "%" JSON_INTEGER_FORMAT " MiB on %" JSON_INTEGER_FORMAT
			 " nodes",
			 number_of(boot, "memory_bytes") >> 20, nodes);
	put_field(p, "memory", text);
}

/* "file /swapfile 2G, 1G free; partition /dev/zram0 4G, 4G free" */
static void put_swap(const struct page *p)
{
	const json_t *areas = json_object_get(p->doctor->boot, "swap");
	char text[512] = "none is active";
	size_t i, len = 0;
	json_t *area;

	if (!areas)
		return;

	json_array_foreach (areas, i, area) {
		json_int_t size = number_of(area, "size_bytes");
		json_int_t used = number_of(area, "used_bytes");

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%.20s %.200s %" JSON_INTEGER_FORMAT
					" MiB, %" JSON_INTEGER_FORMAT " free",
					i ? "; " : "",
					record_text_or(area, "type", "swap"),
					record_text_or(area, "name", ""),
					size >> 20, (size - used) >> 20);
		if (len >= sizeof(text))
			break;
	}
	put_field(p, "swap", text);
}

static void put_hypervisor(const struct page *p)
{
	const json_t *boot = p->doctor->boot;
	const json_t *there = json_object_get(boot, "hypervisor");
	const char *name = record_text_or(boot, "hypervisor_name", "");

	if (there)
		put_field(p, "hypervisor",
			  !json_is_true(there) ? "none"
			  : *name	       ? name
					       : "yes");
}

static void put_machine(const struct page *p)
{
	const json_t *boot = p->doctor->boot;

	fprintf(p->out, "Machine\n");
	put_field(p, "kernel", record_text_or(boot, "kernel", ""));
	put_field(p, "CPU", record_text_or(boot, "cpu_model", ""));
	put_cpus(p);
	put_memory(p);
	put_swap(p);
	put_hypervisor(p);
	put_field(p, "THP", record_text_or(boot, "thp_enabled", ""));
	put_field(p, "clock", record_text_or(boot, "clocksource", ""));
}

/* What a state or status is called in the table. */
static const char *cell_of(const json_t *record)
{
	static const char *const words[][2] = {
		{ "yes", "yes" },
		{ "ok", "yes" },
		{ "no", "no" },
		{ "unsupported", "no" },
		{ "absent", "no" },
		{ "denied", "denied" },
		{ "user-only", "user mode" },
	};
	const char *state = record_text_or(record, "state", "");

	if (!record)
		return "not told";
	if (!*state)
		state = record_text_or(record, "status", "");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(state, words[i][0]))
			return words[i][1];

	return "failed";
}

/* The rows of the first side that has any; @key names them in both. */
static void put_table(const struct page *p, const char *key, const char *label,
		      json_t *const *arrays)
{
	const struct doctor *d = p->doctor;
	const json_t *rows = arrays[0];
	json_t *row;
	size_t i;

	if (!json_array_size(rows) && d->nr_sides > 1)
		rows = arrays[1];

	json_array_foreach (rows, i, row) {
		const char *cells[DOCTOR_MAX_SIDES] = { "", "" };
		const char *reasons[DOCTOR_MAX_SIDES] = { "", "" };

		for (unsigned s = 0; s < d->nr_sides; s++) {
			const json_t *r = record_find(
				arrays[s], key, record_text_or(row, key, ""));

			cells[s] = cell_of(r);
			reasons[s] = record_text_or(r, "why", "");
		}
		put_row(p, record_text_or(row, label, ""), cells);
		put_reasons(p, reasons);
	}
}

static void put_features(const struct page *p)
{
	const struct doctor *d = p->doctor;
	json_t *features[DOCTOR_MAX_SIDES] = { NULL };
	json_t *events[DOCTOR_MAX_SIDES] = { NULL };

	for (unsigned i = 0; i < d->nr_sides; i++) {
		features[i] = d->sides[i].features;
		events[i] = d->sides[i].events;
	}

	put_heading(p, "Features");
	put_table(p, "feature", "words", features);
	put_heading(p, "Counters");
	put_table(p, "name", "name", events);
	for (unsigned i = 0; i < d->nr_sides; i++)
		if (d->sides[i].note[0])
			put_reason(p->out, d->sides[i].title, d->sides[i].note);
}

/* "missing: a, b; stays unverified: c" */
static void join(const json_t *array, const char *prefix, char *buf,
		 size_t size)
{
	json_t *text;
	size_t i, len = strlen(buf);

	json_array_foreach (array, i, text) {
		if (len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						i     ? ", "
						: len ? "; "
						      : "",
						i ? "" : prefix);
		if (len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s",
						json_string_value(text));
	}
}

static void put_workload(const struct page *p, const struct fl_workload *w)
{
	static const char *const words[] = { "no", "partly", "yes" };
	const struct doctor *d = p->doctor;
	char reasons[DOCTOR_MAX_SIDES][1024] = { "", "" };
	const char *cells[DOCTOR_MAX_SIDES] = { "", "" };

	for (unsigned i = 0; i < d->nr_sides; i++) {
		struct doctor_opinion o;

		doctor_judge(&d->sides[i], w, &o);
		cells[i] = words[o.verdict];
		join(o.missing, "missing: ", reasons[i], sizeof(reasons[i]));
		join(o.unverified, "stays unverified: ", reasons[i],
		     sizeof(reasons[i]));
		doctor_opinion_finish(&o);
	}
	put_row(p, w->name, cells);
	put_reasons(p, (const char *[]){ reasons[0], reasons[1] });
}

static void put_workloads(const struct page *p)
{
	const struct fl_workload *w;

	put_heading(p, "Workloads");
	for (size_t i = 0; (w = registry_at(i)); i++)
		if (!w->selftest)
			put_workload(p, w);
}

static void put_warnings(const struct page *p)
{
	const struct doctor *d = p->doctor;

	fprintf(p->out, "\nWhat would spoil the numbers\n");
	if (!d->nr_warnings)
		fprintf(p->out, "  nothing that is known\n");

	for (size_t i = 0; i < d->nr_warnings; i++) {
		const struct environment_warning *w = &d->warnings[i];

		fprintf(p->out, "  %s%s%s%s\n",
			p->colour && w->worthless ? "\033[31m" : "", w->what,
			w->worthless ? " (times mean nothing)" : "",
			p->colour && w->worthless ? "\033[0m" : "");
		put_reason(p->out, NULL, w->why);
	}
}

void doctor_print(const struct doctor *d, bool colour, FILE *out)
{
	const struct page page = { .doctor = d, .out = out, .colour = colour };

	put_machine(&page);
	put_features(&page);
	put_workloads(&page);
	put_warnings(&page);
}
