/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conditions over parameters: terms "name op value", all of which must hold,
 * separated by blanks.  op is one of = != < <= > >=; an enum knows = and !=
 * only.  Where it is a number, the value may be the name of another parameter of
 * the same type ("range>chunk").  They are the skip rules of a config and the `when` of the tables.
 *
 * Values are checked by type, not by range.  Where there are no huge pages,
 * `hpage` is larger than any size: "range>=hpage" parses and does not hold.
 */
#ifndef COMMON_CONDITION_H
#define COMMON_CONDITION_H

#include "error.h"
#include "units.h"

#include <faultline/workload.h>

#include <stdbool.h>

enum {
	CONDITION_MAX_TERMS = 8
};

struct condition {
	struct condition_term {
		const struct fl_param *param;
		enum {
			CONDITION_EQ,
			CONDITION_NE,
			CONDITION_LT,
			CONDITION_LE,
			CONDITION_GT,
			CONDITION_GE
		} op;
		uint64_t value;
		const struct fl_param *other; /* whose value counts instead */
	} terms[CONDITION_MAX_TERMS];
	unsigned nr_terms;
};

/**
 * condition_parse() - text to condition
 * @w:		whose parameters the names mean
 * @text:	NULL or empty: holds always
 * @units:	for page and hpage
 * @ret_condition: the terms
 * @e:		says what is wrong, with the nearest right name
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int condition_parse(const struct fl_workload *w, const char *text,
		    const struct units *units, struct condition *ret_condition,
		    struct error *e);

bool condition_holds(const struct condition *c, const void *params);

/* Both in one, for the tables: a condition that does not parse aborts. */
bool condition_when(const struct fl_workload *w, const char *when,
		    const struct units *units, const void *params);

#endif
