/* SPDX-License-Identifier: GPL-2.0-only */
/* Two results, place by place.  Between the files of the debate. */
#ifndef ANALYSIS_DEBATE_SIDE_H
#define ANALYSIS_DEBATE_SIDE_H

#include "debate.h"
#include "format.h"
#include "group.h"

struct debate_side {
	struct result *result;
	struct summary *summary;
	struct groups groups;
};

/* Return: 0, or -errno with the reason. */
int debate_side_load(const char *dir, const char *kernel, const char *mode,
		     struct debate_side *ret, struct error *e);
void debate_side_finish(struct debate_side *s);

/* An arm of a point that both have. */
struct debate_spot {
	const struct debate_side *side; /* of the proposal */
	const struct summary_point *base, *now;
	size_t base_arm, now_arm;
};

/* Adds a line, and says in it which place that is.  Return: 0 or -ENOMEM. */
int debate_add(struct debate_lines *lines, const struct debate_spot *p,
	       const struct debate_line *line);

/* Calls for each arm that both show, of workloads that the patch looks at. */
int debate_each_spot(const struct debate_side *base,
		     const struct debate_side *now, struct debate_entry *entry,
		     int (*call)(const struct debate_spot *p,
				 struct debate_entry *entry));

/*
 * Medians that were observed in trials: instructions (@code), or counts.
 * A difference of less than half a one is none; instructions of which the middle
 * halves of the values overlap cannot be told apart.
 */
int debate_compare_observed(const struct debate_spot *p, bool code,
			    struct debate_lines *lines);

/* What instructions tell; what outcomes and events of many CPUs do. */
int debate_compare_insn(const struct debate_side *base,
			const struct debate_side *now,
			struct debate_entry *entry);
int debate_compare_func(const struct debate_side *base,
			const struct debate_side *now,
			struct debate_entry *entry);

struct debate_mode {
	const char *name;
	bool (*wanted)(const struct proposal *p);
	int (*compare)(const struct debate_side *base,
		       const struct debate_side *now,
		       struct debate_entry *entry);
};

extern const struct debate_mode debate_modes[];
extern const size_t debate_nr_modes;

#endif
