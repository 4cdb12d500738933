/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of load.h share while a file is being read. */
#ifndef ANALYSIS_LOADER_H
#define ANALYSIS_LOADER_H

#include "result.h"
#include "stats/stats.h"

#include "common/error.h"
#include "common/record.h"

#include <faultline/protocol.h>

#include <jansson.h>

enum {
	LOADER_ID_BYTES = 65,
	LOADER_MAX_HELD = 4096, /* records of one launch */
	LOADER_MAX_HELD_BYTES = 8 * 1024 * 1024,
	LOADER_MAX_BATCHES = 4 * 1024 * 1024, /* of one launch */
};

struct loader_slot {
	const char *name; /* in a held record; NULL: no such slot */
	enum result_arm_kind kind;
	unsigned reference;
	uint64_t ops; /* of a batch; 0: as many as the reference */
};

/* A launch whose own line has not been seen yet. */
struct loader_pending {
	bool open;
	bool damaged; /* the line that commits it will not make it count */
	size_t run;
	uint64_t number;
	struct loader_slot slots[FL_MAX_SLOTS];
	unsigned nr_slots;
	struct record_batches batches;
	double *counts; /* of the batches, before ops were evened; or NULL */
	json_t *held;	/* array: all its records but samples */
	size_t held_bytes;
	char why[RESULT_TEXT_MAX];
};

struct loader {
	struct result *result;
	struct loader_pending pending;
	uint64_t line;
	size_t line_bytes;
	bool torn_before; /* a torn line that may belong to the next launch */
	struct error *e;  /* for what ends the loading */
};

/*
 * The handlers below return 0, also for a record that they refuse (it is
 * warned of), or -errno for what ends the loading.
 */

/* A warning with the number of the line in front.  Return: 0 or -ENOMEM. */
int loader_warn(struct loader *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* An id: printable, without blanks, bounded.  NULL if it is none. */
const char *loader_id(const json_t *record, const char *key);

/* A field's text, escaped; *ret stays if it is absent.  0 or -ENOMEM. */
int loader_text(const json_t *record, const char *key, char **ret);

/* Run, boot, point, skip: load_plan.c */
int loader_run(struct loader *l, const json_t *record);
int loader_boot(struct loader *l, const json_t *record);
int loader_point(struct loader *l, const json_t *record);
int loader_system(struct loader *l, const json_t *record);
int loader_skip(struct loader *l, const json_t *record);
int loader_error(struct loader *l, const json_t *record);
int loader_end(struct loader *l, const json_t *record);

/* Of a run in a guest: load_guest.c */
int loader_guest(const json_t *record, struct result_guest *guest);
int loader_again(struct loader *l, const json_t *record);

/* Records of a launch and the line that commits it: load_launch.c */
int loader_hold(struct loader *l, const json_t *record);
int loader_samples(struct loader *l, const json_t *record);
int loader_launch(struct loader *l, const json_t *record);
/* A line of it was torn, or it is the last and was never committed. */
int loader_damage(struct loader *l, const char *why);
int loader_drop_pending(struct loader *l);

/* The arm records into slots: load_slots.c.  NULL, or what is wrong. */
const char *loader_take_slots(struct loader_pending *p);

/**
 * loader_score_mode() - a launch of windows or trials in a few numbers
 * @p:		its records, the slots taken
 * @point:	whose launch it is: of windows or of trials
 *
 * Levels are in the unit of the headline metric, not in ns.  load_modes.c
 *
 * Return: 0; -ERANGE if an arm has none; -EINVAL if items have an outcome that
 * the point does not name, or are no number; -ENOMEM.
 */
int loader_score_mode(const struct loader_pending *p,
		      const struct result_point *point,
		      struct stats_launch_score *ret_score);

/*
 * What each batch took, where it is a count: put aside before the ops of the
 * arms are evened, and kept once there are arms.  load_counts.c
 *
 * Return: 0 or -ENOMEM.
 */
int loader_counts_copy(struct loader_pending *p, const struct result_point *of);
int loader_counts_keep(struct loader_pending *p, struct result_point *to);

/* Outcomes and oracles of a point, what trials said: load_trials.c */
int loader_outcomes(struct loader *l, const json_t *record,
		    struct result_point *p);
int loader_trial_count(struct loader *l, const json_t *record,
		       struct result_point *p, size_t arm);
int loader_trials(struct loader *l, const json_t *record,
		  struct result_point *p, size_t arm);
int loader_predicted(struct loader *l, const json_t *record,
		     struct result_point *p, size_t arm);

/**
 * loader_judged() - items of a trials record
 * @p:		whose outcomes they have
 * @ret_items:	how many
 * @ret_pair:	outcome and expected outcome: indices, RESULT_NONE and
 *		whether they are the same if the point names none
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int loader_judged(const json_t *record, const struct result_point *p,
		  double *ret_items, long ret_pair[2]);

/* Terms of a point, what an arm has of them, windows of roles: load_parts.c */
int loader_terms(struct loader *l, const json_t *record,
		 struct result_point *p);
int loader_amounts(struct loader *l, const json_t *record,
		   struct result_point *p, size_t arm);
int loader_window(struct loader *l, const json_t *record,
		  struct result_point *p, size_t arm);

/* All values that were observed, into the launch's sight: load_histogram.c */
int loader_histogram(struct loader *l, const json_t *record,
		     struct result_sight *sight);

/* The records that were held, into the point: load_held.c */
int loader_take_held(struct loader *l, struct result_point *p);

#endif
