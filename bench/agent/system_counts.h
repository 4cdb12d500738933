/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the whole machine counts by itself: rows of /proc/vmstat, and the row
 * TLB of /proc/interrupts ("interrupts:TLB", the sum over all CPUs).  Others
 * add to them, so they are upper bounds of what the ops did.
 *
 * A row that is not there is absent, never 0.
 */
#ifndef AGENT_SYSTEM_COUNTS_H
#define AGENT_SYSTEM_COUNTS_H

#include "counters.h"

enum {
	SYSTEM_COUNTS_NR = 8
};

/* Values of one moment. */
struct system_counts {
	uint64_t value[SYSTEM_COUNTS_NR];
	bool present[SYSTEM_COUNTS_NR];
};

void system_counts_read(struct system_counts *c);

/* For tests: of any text instead of the machine's. */
void system_counts_parse_vmstat(struct system_counts *c, const char *text);
void system_counts_parse_interrupts(struct system_counts *c, const char *text);

/* Adds what happened between the two to a total. */
void system_counts_add(struct system_counts *total,
		       const struct system_counts *before,
		       const struct system_counts *after);

/* As one of the events of a counters record. */
struct counter system_counts_at(const struct system_counts *total, size_t i);

#endif
