/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps by which a page gets into the state in which it is written. */
#ifndef WORKLOADS_LIB_COW_STEPS_H
#define WORKLOADS_LIB_COW_STEPS_H

#include "cow_case.h"

/* New memory, written, and its pages out of the batches of the LRU lists. */
cow_step cow_fill;
/* The same, left in them. */
cow_step cow_fill_unsettled;
/* Another CPU faults the pages in. */
cow_step cow_fill_remote;
/* All pages the same. */
cow_step cow_fill_equal;
/* Pages of a file, read through a private or a shared mapping. */
cow_step cow_map_private, cow_map_shared;

/* A child that shares the pages; its end. */
cow_step cow_fork, cow_end_child;
/* It takes hold of them by a pipe, then unmaps them. */
cow_step cow_child_pipe;

/* We take hold of them. */
cow_step cow_own_pipe, cow_own_ring;

/* Read-only and writable again, by mprotect() or by userfaultfd. */
cow_step cow_protect, cow_protect_uffd;

/* Out to swap, all of them; an attempt at it; read in again. */
cow_step cow_page_out, cow_try_page_out, cow_read_in;
/* Until they are on the disk: what is being written stays in the swap cache. */
cow_step cow_wait_written;
/* Out of the batches of all CPUs. */
cow_step cow_drain_all;

/* KSM may merge them; has merged them. */
cow_step cow_mergeable, cow_merge;

/* The first page is written, and is not judged. */
cow_step cow_write_first;

/* The helper takes hold of each, for a moment, again and again. */
cow_step cow_start_reader;

/* Ends what steps have begun, whatever became of the rest. */
void cow_steps_undo(struct cow_case *c);

/*
 * step() and wake() of the roles that help.  The reader takes hold by
 * process_vm_readv(), which pins, or by vmsplice(), a plain reference.
 */
int cow_remote_step(struct fl_thread *th, struct cow_case *c);
int cow_reader_step(struct fl_thread *th, struct cow_case *c, bool plain);
void cow_helper_wake(struct cow_case *c);

/* What the child is asked. */
enum cow_command {
	COW_TELL_WORDS = 1, /* of its memory */
	COW_TAKE_PIPE,
	COW_TELL_PIPE,
};

#endif
