// SPDX-License-Identifier: GPL-2.0-only
#include "out_gate.h"
#include "out_exact.h"

/* Rows of a kind: a heading, and a line each. */
struct kind {
	enum gate_row kind;
	const char *heading;
};

static const struct kind kinds[] = {
	{ GATE_ABOVE, "Above the limit (insn):" },
	{ GATE_UNSURE, "Perhaps above the limit (insn):" },
	{ GATE_UNSEEN, "Not judged: so much would not be seen (insn):" },
	{ GATE_MISSING, "Missing in B, or with other batches:" },
};

static void print_kind(const struct exact *x, const struct groups *groups,
		       const struct gate *gate, const struct kind *kind,
		       FILE *out)
{
	bool first = true;

	for (size_t i = 0; i < x->nr_rows; i++) {
		const struct exact_row *row = &x->rows[i];

		if (!gate_has_row(row, gate->arm) ||
		    gate_judge_row(row, 1, &gate->limit) != kind->kind)
			continue;
		if (first)
			fprintf(out, "%s\n", kind->heading);
		first = false;
		exact_print_row(x, row, 1, groups, out);
	}
}

static const char *limit_text(const struct gate_limit *limit,
			      char buf[FORMAT_BYTES])
{
	if (limit->is_share)
		snprintf(buf, FORMAT_BYTES, "%g %%", 100 * limit->more);
	else
		snprintf(buf, FORMAT_BYTES, "%g instructions an op",
			 limit->more);
	return buf;
}

static void print_verdict(const struct gate *gate, FILE *out)
{
	char text[FORMAT_BYTES];

	limit_text(&gate->limit, text);
	switch (gate->verdict) {
	case GATE_BAD:
		format_paragraph(out, "", 2,
				 "bad: of %zu numbers %zu rose by more than %s",
				 gate->nr_rows, gate->nr[GATE_ABOVE], text);
		break;
	case GATE_GOOD:
		format_paragraph(out, "", 2,
				 "good: none of %zu numbers rose by more than "
				 "%s",
				 gate->nr_rows - gate->nr[GATE_UNSEEN], text);
		break;
	case GATE_CANNOT_TELL:
	default:
		format_paragraph(out, "", 2,
				 "cannot be told: of %zu numbers %zu may have "
				 "risen by more than %s, and %zu are missing",
				 gate->nr_rows,
				 gate->nr[GATE_UNSURE] + gate->nr[GATE_UNSEEN],
				 text, gate->nr[GATE_MISSING]);
		break;
	}
}

void out_gate(const struct exact *x, const char *const *names,
	      const struct groups *groups, const struct gate *gate, FILE *out)
{
	exact_print_sides(x->sides, x->nr_sides, x->letters, names, out);
	if (!gate->proven)
		exact_print_proof(x, out);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		print_kind(x, groups, gate, &kinds[i], out);
	exact_print_caveat(out);
	print_verdict(gate, out);
}
