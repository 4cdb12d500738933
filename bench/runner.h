/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run: from a config, or from an interrupted result directory, to a
 * result directory with its `end`.
 *
 * runner_new() does all that can be refused; runner_measure() starts agents.
 */
#ifndef BENCH_RUNNER_H
#define BENCH_RUNNER_H

#include "config.h"
#include "estimate.h"
#include "job.h"
#include "journal.h"
#include "plan.h"
#include "progress.h"
#include "result_writer.h"
#include "toggle.h"
#include "topology.h"

#include "common/error.h"
#include "common/hash.h"
#include "common/units.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct runner_reader;

/*
 * Who runs jobs instead of an agent on this machine, and what is different
 * there.  run() is to do what runner_job() does.
 */
struct runner_via {
	int (*run)(void *ctx, const struct job *job, const char *text,
		   const struct runner_reader *reader, struct error *e);
	void *ctx;
	const char *label;    /* on every record */
	const char *topology; /* of its machine, in hwloc's notation */
	json_t *(*describe)(void *ctx); /* for the run record, a new value */
	enum fl_job_unit unit;
	uint64_t blocks;   /* of a launch; 0: as many as its time holds */
	unsigned patience; /* limits of agents are so many times longer */
	bool no_times;	   /* what takes how long means nothing */
	uint64_t trials;   /* an arm, where the config does not say */
	bool uncounted; /* launches count no events, whatever the config says */
	bool unlocked;	/* the caller has asked for the host's lock */
};

enum {
	RUNNER_SYSROOT_BYTES = 4096
};

struct runner_request {
	const struct config *config;  /* NULL: go on with `resume` */
	const char *resume;	      /* result directory, or NULL */
	const struct runner_via *via; /* NULL: this machine */
	int argc;		      /* for the run record */
	char *const *argv;
	const char *version, *build;
	bool comparable; /* numbers of this build mean something */
	const volatile int *interrupted;
	/* Set while knobs are changed: do not leave without runner_free(). */
	volatile int *holding;
	FILE *progress; /* NULL: silent */
	FILE *warnings; /* NULL: silent */
};

enum runner_state {
	RUNNER_OPEN = 0,
	RUNNER_DONE,
	RUNNER_SKIPPED,
	RUNNER_FAILED,
};

struct runner_point {
	enum runner_state state;
	char *why; /* of a skip or failure */
	bool calibrated;
	uint64_t batch_ops;
	double batch_ns;
	unsigned bad_in_row;
	struct estimate estimate;
};

enum runner_why {
	RUNNER_WHY_DONE = 0,
	RUNNER_WHY_BUDGET,
	RUNNER_WHY_INTERRUPTED,
	RUNNER_WHY_ERROR, /* the results cannot be written, no agent, ... */
};

struct runner {
	struct runner_request request;
	const struct config *config;
	struct config *own_config; /* of a resumed run */
	struct units units;
	struct topology *topology;
	struct plan *plan;
	struct runner_point *points; /* of plan->points */
	size_t *order;		     /* of a round */
	struct result_writer writer;
	struct progress progress;
	char *dir;
	/* Where this machine's files are looked for: "", or those that
	 * another has shown. */
	char sysroot[RUNNER_SYSROOT_BYTES];
	char *agent;
	int host_lock;
	struct journal *journal; /* of the knobs that are set for the run */
	struct toggle_spec toggle;
	int toggle_fd; /* -1: nothing is toggled */

	char run_id[HASH_TEXT_BYTES];
	char boot_id[48];
	bool has_boot; /* the file's last boot record is of this boot */
	bool finished; /* a resumed run that has its end already */
	struct job_feature features[FL_FEATURE_NR];

	uint64_t start_ns; /* CLOCK_MONOTONIC */
	uint64_t used_ns;  /* of the budget */
	uint64_t limit_ns; /* used_ns at which the epoch ends */
	unsigned epoch;	   /* that runs now, of plan->epochs */
	uint64_t next_launch;
	unsigned round;
	uint64_t nr_ok, nr_invalid, nr_failed;
	uint64_t nr_damaged; /* lines of a resumed file that were left out */
	enum runner_why why;
};

/**
 * runner_new() - take the host, plan, and open the result directory
 * @ret_runner:	runner_free() it
 *
 * Return: 0, or -errno when nothing was or will be measured.
 */
int runner_new(const struct runner_request *request, struct runner **ret_runner,
	       struct error *e);

/**
 * runner_measure() - all that is missing
 *
 * Return: 0 when the file has its `end`, whatever the reason; -errno when
 * the results could not be written or no agent could be started.
 */
int runner_measure(struct runner *r, struct error *e);

/* Puts back what was changed of the machine, before the host is let go. */
void runner_free(struct runner *r);

size_t runner_count(const struct runner *r, enum runner_state state);

#endif
