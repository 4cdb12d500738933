/* SPDX-License-Identifier: GPL-2.0-only */
/* `faultline list`: the words for the tables' enums, as text and as JSON. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include <faultline/workload.h>

#include <jansson.h>
#include <stdio.h>

const char *list_type(enum fl_type type);
const char *list_mode(enum fl_mode mode);
const char *list_kind(enum fl_kind kind);
const char *list_better(enum fl_better better);
const char *list_relation(enum fl_relation relation);
const char *list_role_kind(enum fl_role_kind kind);

void list_print_line(const struct fl_workload *w, FILE *out);
void list_print_one(const struct fl_workload *w, FILE *out);

/* What its parameters can be, for completion: "what=protect", "range=". */
void list_print_candidates(const struct fl_workload *w, FILE *out);

/* A new reference, or NULL without memory. */
json_t *list_json(const struct fl_workload *w);

#endif
