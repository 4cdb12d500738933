/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this kernel, machine and user can measure, and what would spoil it.
 *
 * doctor_examine() looks, doctor_judge() is pure, doctor_print() and
 * doctor_json() show; each can be had without the others.
 */
#ifndef BENCH_DOCTOR_H
#define BENCH_DOCTOR_H

#include "bench/environment.h"
#include "common/error.h"

#include <faultline/workload.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	DOCTOR_MAX_SIDES = 2,
	DOCTOR_MAX_WARNINGS = 32,
	DOCTOR_MAX_RECORDS = 256, /* of one agent; more is garbage */
};

/* One user's view: root, a user without rights, or whoever this is. */
struct doctor_side {
	const char *title; /* "root", "user", "this user" */
	json_t *features;  /* array of probe records */
	json_t *events;	   /* array of a counters record's events */
	char note[256];	   /* why there is nothing, or "" */
};

/* Zeroed, it is empty. */
struct doctor {
	json_t *boot;
	struct doctor_side sides[DOCTOR_MAX_SIDES];
	unsigned nr_sides;
	struct environment_warning warnings[DOCTOR_MAX_WARNINGS];
	size_t nr_warnings;
};

/**
 * doctor_examine() - run the agent's probes, as root and as a user
 * @agent:	its path
 * @ret_doctor:	filled on success; a side whose agent failed has a note
 *
 * Return: 0 or -ENOMEM.
 */
int doctor_examine(const char *agent, struct doctor *ret_doctor,
		   struct error *e);
void doctor_finish(struct doctor *d);

enum doctor_verdict {
	DOCTOR_NO,
	DOCTOR_PARTLY, /* some of its parameters' values */
	DOCTOR_YES,
};

/**
 * struct doctor_opinion - whether a workload can be measured
 * @missing:	needs and arms that are not there, as sentences; array of text
 * @unverified:	counters that an expectation wants and cannot get
 */
struct doctor_opinion {
	enum doctor_verdict verdict;
	json_t *missing;
	json_t *unverified;
};

void doctor_judge(const struct doctor_side *side, const struct fl_workload *w,
		  struct doctor_opinion *ret_opinion);
void doctor_opinion_finish(struct doctor_opinion *o);

/* Whether any workload that is listed can be measured, at least partly. */
bool doctor_can_measure(const struct doctor *d);

void doctor_print(const struct doctor *d, bool colour, FILE *out);

/* A new object with all that doctor_print() shows. */
json_t *doctor_json(const struct doctor *d);

#endif
