// SPDX-License-Identifier: GPL-2.0-only
#include "gate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	GOOD_SIDE = 0,
	JUDGED_SIDE = 1
};

#define PER_CENT 100.0

int gate_parse_limit(const char *text, struct gate_limit *ret_limit)
{
	char *end;
	double value = strtod(text, &end);
	bool is_share = end != text && *end == '%';

	if (end == text || strchr("+ \t\n", *text) || end[is_share] ||
	    !isfinite(value) || value < 0)
		return -EINVAL;
	ret_limit->more = is_share ? value / PER_CENT : value;
	ret_limit->is_share = is_share;
	return 0;
}

/* In instructions an op. */
static double limit_of(const struct exact_row *row,
		       const struct gate_limit *limit)
{
	if (!limit->is_share)
		return limit->more;
	return limit->more * row->cells[GOOD_SIDE].per_op;
}

enum gate_row gate_judge_row(const struct exact_row *row, size_t side,
			     const struct gate_limit *limit)
{
	const struct exact_cell *cell = &row->cells[side];
	double most = limit_of(row, limit);

	if (cell->verdict == EXACT_MISSING || cell->verdict == EXACT_UNLIKE)
		return GATE_MISSING;
	if (cell->lo > most)
		return GATE_ABOVE;
	if (cell->hi <= most)
		return GATE_BELOW;
	return cell->verdict == EXACT_DIFFERS ? GATE_UNSURE : GATE_UNSEEN;
}

bool gate_has_row(const struct exact_row *row, const char *arm)
{
	return !arm || !strcmp(row->arm, arm);
}

static enum gate_verdict verdict_of(const struct gate *g)
{
	if (!g->proven)
		return GATE_CANNOT_TELL;
	if (g->nr[GATE_ABOVE])
		return GATE_BAD;
	if (g->nr[GATE_UNSURE] || g->nr[GATE_MISSING] || !g->nr[GATE_BELOW])
		return GATE_CANNOT_TELL;
	return GATE_GOOD;
}

void gate_judge(const struct exact *x, const char *arm,
		const struct gate_limit *limit, struct gate *ret_gate)
{
	struct gate g = {
		.arm = arm,
		.limit = *limit,
		.proven = x->sides[GOOD_SIDE]->runs[0].again ==
			  RESULT_SAME_AGAIN,
	};

	for (size_t i = 0; i < x->nr_rows; i++) {
		if (!gate_has_row(&x->rows[i], arm))
			continue;
		g.nr[gate_judge_row(&x->rows[i], JUDGED_SIDE, limit)]++;
		g.nr_rows++;
	}
	g.verdict = verdict_of(&g);
	*ret_gate = g;
}
