/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ANALYSIS_TEXT_COUNTERS_H
#define ANALYSIS_TEXT_COUNTERS_H

#include "group.h"

#include <stdio.h>

/* Counters per op, of the whole system if @verbose.  0 or -ENOMEM. */
int text_counters(struct group *g, bool verbose, FILE *out);

/* Without the role that a window's counter is named after. */
const char *text_event_name(const char *name);

/* Which were not counted in any launch, and why: text_missing.c */
void text_missing(const struct result *r, FILE *out);

/* The counter of an arm; NULL if there is none. */
const struct result_counter *text_find_counter(const struct result_point *p,
					       size_t arm, const char *name,
					       const char *scope);

#endif
