/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A cycle of a tracker on memory of one's own: arm all of it, write a script,
 * collect, arm again; and what is to be said of each page then.
 */
#ifndef WORKLOADS_LIB_TRACK_CYCLE_H
#define WORKLOADS_LIB_TRACK_CYCLE_H

#include "region.h"
#include "tracker.h"

#include <faultline/run.h>

/* Of a page; a workload's table of outcomes has them in this order. */
enum track_outcome {
	TRACK_REPORTED, /* written, and told once */
	TRACK_SILENT,
	TRACK_MISSED,
	TRACK_FALSE, /* told without a write, or more than once */
};

/* The pages first, first + stride, ...: nr of them are written, upwards. */
struct track_script {
	size_t first, stride, nr;
};

/* So many per cent of the pages, evenly spread; the same for each @trial. */
struct track_script track_script_of(size_t pages, uint64_t percent,
				    uint64_t trial);
bool track_script_has(const struct track_script *script, size_t page);

/* CPU time of all threads, where the phases of a cycle end. */
struct track_stamps {
	uint64_t begin, armed, written, collected, rearmed;
	uint64_t writing_ns; /* on the clock */
};

/* Zeroed, there is none. */
struct track_cycle {
	struct region region;
	struct pagemap pagemap;
	struct tracker_handler handler; /* for a role */
	struct tracker tracker;
	size_t nr; /* pages */
	uint8_t *reports;
};

/* Memory that is there.  Return: 0 or -errno with words. */
int track_cycle_init(struct fl_run *run, struct track_cycle *c,
		     enum region_backing backing, size_t bytes);
void track_cycle_finish(struct track_cycle *c);

/* All pages writable and dirty, huge ones whole: before a trial. */
int track_cycle_clean(struct fl_run *run, struct track_cycle *c);

/* A tracker that is there for this cycle alone.  Return: 0 or -errno. */
int track_cycle_run(struct fl_thread *th, struct track_cycle *c,
		    enum tracker_kind kind, const struct track_script *script,
		    struct track_stamps *ret);

/* Says of each page what the last cycle told of it; @tracked: by somebody. */
void track_cycle_judge(struct fl_thread *th, const struct track_cycle *c,
		       const struct track_script *script, bool tracked);

/*
 * The detector check, by mprotect: pages of a script are written unprotected,
 * and others are written that are not in it, whatever share the trials of
 * other arms write.  Judges these.
 */
int track_cycle_plant(struct fl_thread *th, struct track_cycle *c,
		      uint64_t trial);

#endif
