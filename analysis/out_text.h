/* SPDX-License-Identifier: GPL-2.0-only */
/* The report as text: 72 columns of ASCII, for a terminal or a cover letter. */
#ifndef ANALYSIS_OUT_TEXT_H
#define ANALYSIS_OUT_TEXT_H

#include "group.h"

#include <stdbool.h>
#include <stdio.h>

/**
 * out_text() - all of it
 * @s:		what to print
 * @g:		its groups; their points are sorted anew
 * @verbose:	with case ids and all facts
 * @out:	where to
 *
 * Return: 0 or -ENOMEM.
 */
int out_text(const struct summary *s, struct groups *g, bool verbose,
	     FILE *out);

/* Its parts. */
int text_head(const struct summary *s, FILE *out);
int text_group(struct group *g, double m, bool verbose, FILE *out);
int text_trials(struct group *g, FILE *out);
void text_planted(const struct group *g, FILE *out);
void text_scenarios(const struct group *g, FILE *out);
/* What trials cost; nothing if the group has no costs. */
int text_costs(struct group *g, FILE *out);
int text_oracles(struct group *g, FILE *out);
int text_windows(struct group *g, double m, FILE *out);
int text_observed(struct group *g, FILE *out);
int text_crossover(struct group *g, double m, FILE *out);
int text_model(struct group *g, FILE *out);
int text_tail(const struct summary *s, bool verbose, FILE *out);

/* Whether text_scenarios() says what the point is about; else its facts do. */
bool text_tells_scenario(const struct result_point *p);

#endif
