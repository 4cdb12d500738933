/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which pages does a read map beside its own, by each rule that was in the
 * kernel or proposed: pure functions of a sequence of reads.
 *
 * The kernel maps what is in the page cache within an aligned window around the
 * page that faulted (do_fault_around(), mm/memory.c), unless
 * should_fault_around() says no.
 */
#ifndef WORKLOADS_LIB_AROUND_RULE_H
#define WORKLOADS_LIB_AROUND_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fault-around is off for mappings that are registered for... */
enum around_rule {
	AROUND_OFF_NONE = 0, /* nothing: as it was before 5.13 */
	AROUND_OFF_WP_MINOR, /* WP or MINOR: what was shipped */
	AROUND_OFF_ALL,	     /* anything: as proposed in November 2020 */
	AROUND_RULES,
};

/* modes: UFFDIO_REGISTER_MODE_*; 0 for a mapping that is not registered. */
bool around_is_off(enum around_rule rule, uint64_t modes);

enum around_answer {
	AROUND_OWN = 0, /* mapped by a fault of its own */
	AROUND_AROUND,	/* mapped by that of another page */
	AROUND_LOST,	/* mapped without the minor event that was due */
};

enum {
	AROUND_MAX_PAGES = 8192
};

/**
 * around_predict() - what becomes of each page when all are read once
 * @off:	fault-around is off
 * @minor:	each page that is read for the first time is due an event
 * @window:	pages that one read maps, a power of two
 * @order:	the pages, in the order in which they are read
 * @nr:		of them; the first page lies at the start of a window
 * @ret_answer:	by page
 */
void around_predict(bool off, bool minor, size_t window, const uint32_t *order,
		    size_t nr, unsigned char *ret_answer);

/**
 * around_window() - the window that explains what one read mapped
 * @present:	which of nr pages are mapped after it
 * @page:	the one that was read
 *
 * Return: how many pages; 0 if those that are mapped are no aligned window.
 */
size_t around_window(const bool *present, size_t nr, size_t page);

#endif
