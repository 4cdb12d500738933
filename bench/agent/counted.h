/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was counted of one arm, or of one role in the windows of an arm, and
 * what the workload's expectations say to it.
 */
#ifndef AGENT_COUNTED_H
#define AGENT_COUNTED_H

#include "counters.h"
#include "expects.h"
#include "records.h"
#include "system_counts.h"

#include <faultline/workload.h>

struct session;

enum {
	COUNTED_MAX_EVENTS = 32,
	COUNTED_MAX_EXPECTS = 32,
};

struct counted {
	unsigned slot;
	const struct fl_role *role; /* NULL: ops of the measuring thread */
	bool leads;	  /* expectations that name no role speak of it */
	uint64_t ops;	  /* steps of the role */
	uint64_t batches; /* 0 in windows */
	struct counter event[COUNTED_MAX_EVENTS];
	uint64_t empty[COUNTED_MAX_EVENTS]; /* what counting alone gave */
	unsigned nr_events;
	struct {
		struct fl_expect row; /* resolved */
		struct expects_verdict verdict;
	} expect[COUNTED_MAX_EXPECTS];
	unsigned nr_expects;
};

/*
 * Adds to the event of that name.  One that could not be counted leaves the
 * sum uncounted, and says why.
 */
void counted_add(struct counted *to, const struct counter *event,
		 uint64_t empty);
void counted_add_system(struct counted *to, const struct system_counts *total);

/**
 * counted_judge() - the expectations of its arm and role
 * @system:	where the events of the whole machine are, or @to itself
 *
 * One that does not hold spoils the launch.
 */
void counted_judge(struct session *s, struct counted *to,
		   const struct counted *system);

/* As a counters record, and an expect record for each that was judged. */
void counted_emit(const struct counted *from, struct records *out);

/* Without @empty: only whether it could be counted. */
void counted_emit_event(const struct counter *c, const uint64_t *empty,
			struct json_writer *w);

#endif
