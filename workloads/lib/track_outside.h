/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who else than a program's own stores reads and writes pages, and what else
 * the kernel does to them: the steps and writes of wp_track about that.
 */
#ifndef WORKLOADS_LIB_TRACK_OUTSIDE_H
#define WORKLOADS_LIB_TRACK_OUTSIDE_H

#include "track_case.h"

/* The kernel reads all pages for us, by process_vm_readv() or vmsplice(). */
track_step track_read_vm, track_read_pipe;

/* All pages are registered with io_uring; it lets go of them again. */
track_step track_hold_ring, track_release_ring;

/*
 * Armed, when a disk has been asked to write to the pages that are chosen.  What
 * it wrote before they were armed is taken for written before.
 */
track_step track_arm_under_way;

/* Out to swap, all of them. */
track_step track_page_out;
/* KSM merges them. */
track_step track_merge;
/* To another NUMA node. */
track_step track_migrate;

/*
 * The kernel writes for us: process_vm_writev(); read() from a file; the same by
 * O_DIRECT; /proc/self/mem; io_uring by pages that it holds, or takes hold of
 * then; the disk that was asked.
 */
track_write track_write_vm, track_write_read, track_write_direct;
track_write track_write_mem, track_write_ring, track_write_ring_late;
track_write track_write_under_way;

/* What a trial has begun; what a launch has opened. */
void track_outside_undo(struct track_case *c);
void track_outside_finish(struct track_case *c);

#endif
