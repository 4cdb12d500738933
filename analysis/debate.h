/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Proposals of a discussion, each as a kernel of its own, against the rule that
 * shipped: what it costs and what it breaks, beside what was claimed.
 *
 * Read from a folder that holds
 *
 *	patches/NAME.patch	the heads say what the proposals are
 *	shipped/MODE/		result directories of the kernel without a patch
 *	NAME/MODE/		and of the kernel with it; MODE is insn, func or race
 *
 * A proposal that stands on another is held against that one.
 */
#ifndef ANALYSIS_DEBATE_H
#define ANALYSIS_DEBATE_H

#include "proposal.h"

#include "common/error.h"

#include <stdio.h>

#define DEBATE_PATCHES "patches"
#define DEBATE_SHIPPED "shipped"

enum {
	DEBATE_PLACE_BYTES = 160,
	DEBATE_WHAT_BYTES = 64,
	DEBATE_TEXT_BYTES = 1024
};

/**
 * struct debate_line - what differs at a place
 * @place:	the arm, and what varies
 * @what:	a counter, an outcome, a metric
 * @base_of, @now_of: of so many items or exposures; 0: it is no share
 * @more:	by how much: of instructions the median over pairs of batches,
 *		which may be another number than @now - @base; of mistakes
 *		the difference of the shares
 * @within:	half the width of the interval of @more
 */
struct debate_line {
	char workload[PROPOSAL_NAME_BYTES];
	char place[DEBATE_PLACE_BYTES];
	char what[DEBATE_WHAT_BYTES];
	double base, now, base_of, now_of;
	double more, within;
};

/* Those that differ; places that do not, and those where it is not seen. */
struct debate_lines {
	struct debate_line *of;
	size_t nr, nr_same, nr_unsure;
};

#define DEBATE_INSTRUCTIONS "instructions"

struct debate_entry {
	const struct proposal *proposal;
	struct debate_lines costs;	 /* instructions an op */
	struct debate_lines events;	 /* an op */
	struct debate_lines breaks;	 /* items of trials */
	struct debate_lines blind;	 /* places where nothing could break */
	char rules[DEBATE_TEXT_BYTES];	 /* "cow: page_count, not exclusive" */
	char missing[DEBATE_TEXT_BYTES]; /* what was not run, and why */
};

struct debate {
	struct proposals proposals;
	struct debate_entry *entries;
	size_t nr;
	char kernel[DEBATE_WHAT_BYTES]; /* of the rule that shipped */
};

/* Return: 0, -ENOENT, -EINVAL, -ENOMEM or what else reading it gave. */
int debate_load(const char *dir, struct debate **ret_debate, struct error *e);
void debate_free(struct debate *d);

/* In a sentence: what it costs; what it breaks; what it mends, or "". */
void debate_say_costs(const struct debate_entry *entry,
		      char buf[DEBATE_TEXT_BYTES]);
void debate_say_breaks(const struct debate_entry *entry,
		       char buf[DEBATE_TEXT_BYTES]);
void debate_say_mends(const struct debate_entry *entry,
		      char buf[DEBATE_TEXT_BYTES]);

/* "+118 (+3.28 %)"; "12 of 400", "not exposed" */
void debate_change(const struct debate_line *line, char buf[DEBATE_WHAT_BYTES]);
void debate_share(double nr, double of, char buf[DEBATE_WHAT_BYTES]);

extern const char *const debate_not_in_it;

/* At most 72 columns of ASCII; a page that needs nothing else.  0 or -errno. */
int out_debate_text(const struct debate *d, FILE *out);
int out_debate_html(const struct debate *d, FILE *out);

#endif
