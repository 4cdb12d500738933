/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps that lead to the state in which pages are written. */
#ifndef WORKLOADS_LIB_TRACK_STEPS_H
#define WORKLOADS_LIB_TRACK_STEPS_H

#include "track_case.h"

/*
 * New memory, known to the tracker and written; or read only, which maps the
 * zero page; or not touched.
 */
track_step track_fill, track_fill_zero, track_fill_none;
/* The same with words that are all equal. */
track_step track_fill_equal;
/* Base pages where a huge one could be. */
track_step track_fill_small;
/* Shared memory that is mapped once more, where no tracker knows of it. */
track_step track_fill_alias;

/*
 * Armed: the first half, if the tracker reports writes, else all.  Where the
 * kernel shows it, the page tables must say so.
 */
track_step track_arm, track_arm_all;
/* The first half of those armed is not any more. */
track_step track_disarm_half;

/*
 * All that is armed has been written and reported.  A tracker that keeps state
 * is then armed anew.
 */
track_step track_resolve;

/* Only the first page will be written; it is written now; then all others. */
track_step track_choose_first, track_write_first;
/* Every page will be written; one in eight. */
track_step track_choose_all, track_choose_few;

/* A child that shares the pages, or has its own mapping of them; its end. */
track_step track_fork, track_end_child;
/* It will write, in its own memory or through the other mapping. */
track_write track_write_child, track_write_alias;
/* The mapping stays and the pages go; of shared memory their content too. */
track_step track_drop_pages, track_punch_hole;
/* The pages go to another address. */
track_step track_move;
/* MADV_COLLAPSE, which must refuse while a page is protected. */
track_step track_collapse;

/* All memory as words, read; it must be as written before. */
track_step track_read_in;

/* Takes in what was reported so far; early are reports of pages not written. */
int track_take_in(struct track_case *c);

/* What the child is asked, with the number of a page. */
enum track_command {
	TRACK_OWN = 1, /* write it in its own memory */
	TRACK_ALIAS,   /* through the other mapping */
};

/* Ends what steps have begun, whatever became of the rest. */
void track_steps_undo(struct track_case *c);

#endif
