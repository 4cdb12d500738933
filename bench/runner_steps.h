/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a run, between the files of the runner. */
#ifndef BENCH_RUNNER_STEPS_H
#define BENCH_RUNNER_STEPS_H

#include "runner.h"

#include <jansson.h>

uint64_t runner_now_ns(void);

/* Not 0: the run ends now, for runner->why. */
bool runner_is_interrupted(const struct runner *r);

/*
 * Opens runner->journal, and warns if a dead run has left something in it.
 * Knobs are set by journal_set() from then on.
 */
int runner_knobs_open(struct runner *r, struct error *e);
/* Whatever was set is put back; says what could not be. */
void runner_knobs_restore(struct runner *r);
/* Tells whoever handles signals whether knobs are, or will be, changed. */
void runner_hold(const struct runner *r, bool on);

/* Points of an epoch that are still open. */
size_t runner_open_in(const struct runner *r, unsigned epoch);

/* Closes the points whose system state cannot be had. */
int runner_check_states(struct runner *r, struct error *e);

/*
 * Sets the state that the open points of runner->epoch want, and writes the
 * record that says so.  Points that want more than the machine gives are
 * closed, and the rest is tried with what they want.
 */
int runner_epoch_enter(struct runner *r, struct error *e);
/* Puts it back. */
int runner_epoch_leave(struct runner *r, struct error *e);

/*
 * Opens the file that the config toggles, if it does; it has the first value
 * then.  Return: 0 or -errno.
 */
int runner_toggle_open(struct runner *r, struct error *e);
void runner_toggle_close(struct runner *r);
/* What a launch's job says of it. */
void runner_toggle_job(const struct runner *r, struct job *job);
/* The field `toggle` of a run record. */
json_t *runner_toggle_record(const struct runner *r);

/* Fills runner->features.  Return: 0 or -errno. */
int runner_probe(struct runner *r, struct error *e);

/* Closes a point and writes the record that says so. */
int runner_skip(struct runner *r, size_t index, const char *why,
		struct error *e);

/* What is missing for this point; closes it if something is. */
int runner_check_needs(struct runner *r, size_t index, struct error *e);

/* A calibration and the `point` record, or a skip or an error. */
int runner_calibrate(struct runner *r, size_t index, struct error *e);

/* One launch of an open point. */
int runner_launch(struct runner *r, size_t index, struct error *e);

/* Closes the points that have all they need. */
void runner_settle(struct runner *r);

/* Records; new references, NULL without memory. */
json_t *runner_record(const struct runner *r, const char *type);
json_t *runner_record_run(const struct runner *r);
json_t *runner_record_point(const struct runner *r, size_t index,
			    const json_t *calibration);
json_t *runner_record_end(const struct runner *r);
json_t *runner_record_params(const struct plan_point *point);

/* Text of any bytes as a member; what is no UTF-8 becomes `?`. */
int runner_set_text(json_t *record, const char *key, const char *text);

/* What tells where it was measured, unless it was here. */
int runner_set_label(const struct runner *r, json_t *record);

/* Adds the record and drops it; NULL is -ENOMEM. */
int runner_write(struct runner *r, json_t *record, struct error *e);

#endif
