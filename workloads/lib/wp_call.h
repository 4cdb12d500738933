/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to write-protect a range: in one call, or a piece a call. */
#ifndef WORKLOADS_LIB_WP_CALL_H
#define WORKLOADS_LIB_WP_CALL_H

#include "wp_area.h"

/**
 * wp_call() - protect a range of an area
 * @area:	decides how: UFFDIO_WRITEPROTECT, or mprotect() if it is plain
 * @scan:	by PAGEMAP_SCAN instead; WP_AREA_ASYNC only
 * @start, @len: within the area's region
 * @piece:	bytes a call, at most; @len for a single one
 *
 * May be timed: it does nothing else.
 *
 * Return: 0 or -errno.
 */
int wp_call(struct wp_area *area, bool scan, char *start, size_t len,
	    size_t piece);

/* What it calls, for messages. */
const char *wp_call_name(const struct wp_area *area, bool scan);

#endif
