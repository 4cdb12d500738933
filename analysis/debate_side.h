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
