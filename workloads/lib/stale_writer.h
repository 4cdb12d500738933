/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long another CPU can still write to a page after a call that takes the
 * permission away began: through the entry that its TLB still holds.
 *
 * A thread on that CPU stores the time into a word of the page, over and over.
 * Once the entry is gone its next store faults, so the last stamp that got
 * there is the end of the window.  It needs no privileges, no interrupt counts
 * and no knowledge of the architecture.
 *
 * With userfaultfd the store that faults waits for whoever unprotects the page;
 * under mprotect() a handler of SIGSEGV waits.  Either way the word keeps the
 * last stamp.  Where the kernel lets the write happen by itself (WP_ASYNC) the
 * word goes on, so the writer looks at its page faults after each gap and
 * remembers the stamp before the first.
 */
#ifndef WORKLOADS_LIB_STALE_WRITER_H
#define WORKLOADS_LIB_STALE_WRITER_H

#include "fault_signal.h"

#include <faultline/run.h>

enum {
	STALE_WRITER_LINE_BYTES = 128
};

/* Zeroed, there is none.  Lies in the state of the launch. */
struct stale_writer {
	/* Written by the measurer. */
	_Alignas(STALE_WRITER_LINE_BYTES) _Atomic(char *) target;
	bool aims;		/* it wrote there when it was aimed */
	uint64_t faults_before; /* and had seen so many faults */
	atomic_bool held; /* a fault by SIGSEGV waits until this is false */
	struct fault_signal guard;

	/* Written by the writer. */
	_Alignas(STALE_WRITER_LINE_BYTES) _Atomic(char *)
		aimed; /* target seen */
	atomic_ullong stores;
	atomic_ullong faults; /* page faults of its stores that it saw */
	atomic_ullong end_ns; /* the stamp before the last of them */
	uint64_t all_faults;  /* of its thread, as the kernel counts */
	uint64_t before_ns, last_ns;
};

/* Faults in [start, start + len) are expected.  Return: 0 or -errno. */
int stale_writer_guard(struct stale_writer *w, char *start, size_t len);
void stale_writer_finish(struct stale_writer *w);

/* For a role's step(): some 50 us, or as long as a fault lasts. */
int stale_writer_step(struct stale_writer *w);

/*
 * Let it write to a page, which must be writable, and wait until it does.
 * Return: false if it did not within some milliseconds (another program has
 * its CPU): then nothing can be measured now.
 */
bool stale_writer_aim(struct fl_run *run, struct stale_writer *w, char *page);
/* From now on a fault by SIGSEGV waits, or those that wait go on. */
void stale_writer_hold(struct stale_writer *w, bool on);
/* Let it rest and wait until it does; it must not wait in a fault. */
void stale_writer_rest(struct fl_run *run, struct stale_writer *w);

/**
 * stale_writer_window() - how long it could still write
 * @page:	that it was aimed at
 * @goes_on:	its write unprotected the page by itself; else it waits in it
 * @start_ns:	when the call began
 *
 * Waits some milliseconds for the fault of one that goes on.
 *
 * Return: ns; 0 if it was not writing when the call began, because another
 * program had its CPU.
 */
uint64_t stale_writer_window(struct fl_run *run, struct stale_writer *w,
			     const char *page, bool goes_on, uint64_t start_ns);

#endif
