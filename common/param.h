/* SPDX-License-Identifier: GPL-2.0-only */
/* Values of a workload's parameters, by its table. */
#ifndef COMMON_PARAM_H
#define COMMON_PARAM_H

#include "error.h"
#include "units.h"

#include <faultline/workload.h>

/* NULL if the workload has no such parameter. */
const struct fl_param *param_find(const struct fl_workload *w,
				  const char *name);

/* The value in a parameter struct. */
uint64_t param_get(const struct fl_param *p, const void *params);
void param_set(const struct fl_param *p, void *params, uint64_t value);

/**
 * param_parse() - text to value, checked against type and range
 * @p:		the row
 * @text:	as a person writes it
 * @units:	for page and hpage
 * @ret_value:	bytes, ns, 0/1, index of the choice
 * @e:		says what is wrong and what would be right
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int param_parse(const struct fl_param *p, const char *text,
		const struct units *units, uint64_t *ret_value,
		struct error *e);

/*
 * param_parse() without the range: for conditions, which may compare with
 * more than a parameter can be.
 */
int param_parse_type(const struct fl_param *p, const char *text,
		     const struct units *units, uint64_t *ret_value,
		     struct error *e);

enum {
	PARAM_TEXT_BYTES = 64
};

/* As a person writes it: "2M", "anon-thp", "yes". */
const char *param_print(const struct fl_param *p, uint64_t value,
			char buf[PARAM_TEXT_BYTES]);

/* All defaults.  Return: 0, or what param_parse() said (a broken table). */
int param_defaults(const struct fl_workload *w, const struct units *units,
		   void *params, struct error *e);

#endif
