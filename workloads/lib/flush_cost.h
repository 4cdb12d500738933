/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What changing page tables and flushing costs, as terms of a cost model: the
 * same for every workload that does it, so that their coefficients compare.
 *
 * A flush of few pages drops them one by one, one of more drops everything;
 * where the ceiling lies (tlb_single_page_flush_ceiling, 33 pages on x86; read
 * in 6.12) is found from the levels.
 */
#ifndef WORKLOADS_LIB_FLUSH_COST_H
#define WORKLOADS_LIB_FLUSH_COST_H

#include <faultline/workload.h>

/* How often an op does what. */
struct flush_cost {
	double calls;	   /* of what is measured, but for the next two */
	double mprotects;  /* with what they do to mappings */
	double scans;	   /* of PAGEMAP_SCAN */
	double walked;	   /* entries that a call looks at */
	double scanned;	   /* that a scan looks at and changes */
	double changed;	   /* of those walked */
	double flushes;	   /* on the CPU that asks */
	double pages;	   /* of all flushes together */
	double responders; /* other CPUs that are interrupted, of all flushes */
};

#define FLUSH_COST_AMOUNT(cost_of, name, count_, size_)           \
	static struct fl_amount amount_##name(const void *params, \
					      unsigned arm)       \
	{                                                         \
		struct flush_cost c = cost_of(params, arm);       \
                                                                  \
		return (struct fl_amount){ .count = (count_),     \
					   .size = (size_) };     \
	}

#define FLUSH_COST_TERM(function, unit_, words_, ...)                  \
	{                                                              \
		.name = #function, .unit = (unit_), .words = (words_), \
		.amount = amount_##function, __VA_ARGS__               \
	}

/**
 * FLUSH_COST_TERMS() - the table of terms, and what it needs
 * @table:	its name
 * @cost_of:	struct flush_cost of (const void *params, unsigned arm)
 */
#define FLUSH_COST_TERMS(table, cost_of)                                    \
	FLUSH_COST_AMOUNT(cost_of, call, c.calls, 1)                        \
	FLUSH_COST_AMOUNT(cost_of, mprotect, c.mprotects, 1)                \
	FLUSH_COST_AMOUNT(cost_of, scan, c.scans, 1)                        \
	FLUSH_COST_AMOUNT(cost_of, walk, c.walked, 1)                       \
	FLUSH_COST_AMOUNT(cost_of, scan_walk, c.scanned, 1)                 \
	FLUSH_COST_AMOUNT(cost_of, change, c.changed, 1)                    \
	FLUSH_COST_AMOUNT(cost_of, flush, c.flushes, 1)                     \
	FLUSH_COST_AMOUNT(cost_of, invalidate, c.flushes,                   \
			  c.flushes > 0 ? c.pages / c.flushes : 1)          \
	FLUSH_COST_AMOUNT(cost_of, responder, c.responders, 1)              \
	static const struct fl_term table[] = {                             \
		FLUSH_COST_TERM(call, "ns", "the call"),                    \
		FLUSH_COST_TERM(mprotect, "ns", "a call of mprotect"),      \
		FLUSH_COST_TERM(scan, "ns", "a call of PAGEMAP_SCAN"),      \
		FLUSH_COST_TERM(walk, "ns/page", "walking an entry"),       \
		FLUSH_COST_TERM(scan_walk, "ns/page", "scanning an entry"), \
		FLUSH_COST_TERM(change, "ns/page", "changing an entry"),    \
		FLUSH_COST_TERM(flush, "ns", "a flush, this CPU"),          \
		FLUSH_COST_TERM(invalidate, "ns/page", "dropping a page",   \
				.capped = true),                            \
		FLUSH_COST_TERM(responder, "ns", "a CPU that responds"),    \
		{ 0 },                                                      \
	}

#endif
