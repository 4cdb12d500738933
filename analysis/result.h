/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one or more runs measured, after each launch was scored: the model
 * that load.h fills and that all tables and pictures are made from.
 *
 * All text in it is printable ASCII of bounded length: result_text() escapes
 * whatever a file may hold, so that no later stage has to.
 */
#ifndef ANALYSIS_RESULT_H
#define ANALYSIS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	RESULT_TEXT_MAX = 400,	    /* longer text is cut */
	RESULT_MAX_POINTS = 100000, /* more are refused */
	RESULT_MAX_BOOTS = 4096,    /* the rest counts as the last */
	RESULT_MAX_NOTES = 64,	    /* different ones; the rest is counted */
	RESULT_MAX_PARAMS = 64,	    /* a point */
	RESULT_MAX_TERMS = 16,	    /* a point; with more it has none */
	RESULT_MAX_OUTCOMES = 16,   /* likewise */
	RESULT_MAX_ORACLES = 16,    /* likewise */
	RESULT_QUANTILES = 256,	    /* kept of each launch's reservoir */
	RESULT_MAX_BUCKETS = 4096,  /* of a histogram; with more it has none */
	RESULT_NONE = -1,
};

struct result_param {
	char *name, *value;
};

/* Something said, and how often. */
struct result_note {
	char *name, *value;
	size_t count;
};

struct result_notes {
	struct result_note *notes;
	size_t nr_notes, nr_left_out;
};

/* Of a run in a guest; all NULL for one on the machine itself. */
struct result_guest {
	char *mode; /* "insn", "func" or "time" */
	char *image, *sha256, *emulator;
};

/* Whether a run was booted twice to see that it writes the same bytes. */
enum result_again {
	RESULT_NOT_AGAIN,
	RESULT_SAME_AGAIN,
	RESULT_OTHER_AGAIN,
};

struct result_run {
	char *id, *version, *build, *started, *host;
	struct result_guest guest;
	enum result_again again;
	char *end; /* why it ended, NULL if it did not */
	char *vm;  /* mode of the guest that it ran in; NULL: in none */
	/* What was toggled, all three NULL if nothing was. */
	char *toggle_file, *toggle_first, *toggle_second;
	double m, inject;
	bool comparable;
	uint64_t next_launch; /* numbers rise: no less may come */
	double load_sum;      /* of launches that tell it */
	size_t nr_load;
	uint64_t steal_ticks, irq_ticks, wall_ns;
};

struct result_boot {
	char *id, *kernel, *cpu, *thp;
	uint64_t nr_cpus, page_bytes, hpage_bytes; /* 0: not told */
};

struct result_metric {
	char *name, *unit, *kind;
	bool higher_is_better;
};

/* A part of the cost model of the headline. */
struct result_term {
	char *name, *unit, *words;
	bool capped;
};

/* An outcome of trials, or an oracle: a rule that predicts one. */
struct result_word {
	char *name, *words;
};

/* How much an op of an arm has of a term. */
struct result_amount {
	double count, size;
};

/* The words of records: result_arm_kind_word(). */
enum result_arm_kind {
	RESULT_ARM_REFERENCE,
	RESULT_ARM_CONTRAST,
	RESULT_ARM_AGAIN,
	RESULT_ARM_INJECT,
	RESULT_ARM_TOGGLE, /* the reference with another value of a kernel file */
	RESULT_ARM_PLANTED, /* trials: mistakes that must be found */
};

/**
 * struct result_score - an arm in one valid launch
 * @launch:	index into the point's launches
 * @level_ns:	of an op, over the blocks that were kept; NaN without one
 * @ratio:	ln(arm / its reference), likewise; NaN for the reference
 * @all_level_ns, @all_ratio: the same with no block left out
 * @cpu_ns:	thread CPU time of an op; NaN unless the ops are long
 * @marked:	share of the batches that were switched away from
 */
struct result_score {
	size_t launch;
	double level_ns, ratio;
	double all_level_ns, all_ratio;
	double cpu_ns, marked;
};

struct result_arm {
	char *name;
	char *reference; /* NULL: all is held against it, or it is planted */
	enum result_arm_kind kind;
	struct result_score *scores;
	size_t nr_scores;
	/* Where instructions are counted: those of each batch, in order. */
	double *counts;
	size_t nr_counts;
	double count_ops;	       /* of a batch */
	struct result_amount *amounts; /* by term; NULL: not in the model */
	bool has_told_amounts;	       /* whether they could be used or not */
};

/* One launch's values of an observed metric. */
struct result_sight {
	size_t launch;
	double median_ns;
	size_t nr_quantiles;
	float quantiles[RESULT_QUANTILES]; /* upwards */
	/* All its values: the middles of buckets, upwards, and how many. */
	float *buckets, *counts;
	size_t nr_buckets;
};

struct result_observed {
	size_t arm;
	char *metric;
	uint64_t count, lost;
	struct result_sight *sights;
	size_t nr_sights;
};

/*
 * Sums over the windows of one launch, of all instances of a role; @least and
 * @most are sums of what the instance did that did the least and the most in
 * its window, 0 where a file does not tell.
 */
struct result_steps {
	size_t launch;
	double steps, wall_ns, cpu_ns, busy_ns;
	double least, most;
};

struct result_role {
	size_t arm;
	char *name;
	uint64_t instances;
	double pace_per_s; /* asked of each; 0: as fast as it goes */
	double duty;	   /* share of the time in steps, asked; 0: not */
	struct result_steps *steps;
	size_t nr_steps;
};

/**
 * struct result_verdicts - what one launch said of an arm's items
 * @trials:	in which they were; 0: not told
 * @exposed:	how often what they look for was possible; 0 where not told
 * @outcome:	items by outcome, whatever was expected
 * @told, @agreed: by oracle: items of which it predicted something, and those
 *		that it predicted right
 */
struct result_verdicts {
	size_t launch;
	double trials, exposed, items, as_expected;
	double outcome[RESULT_MAX_OUTCOMES];
	double told[RESULT_MAX_ORACLES], agreed[RESULT_MAX_ORACLES];
};

/**
 * struct result_trials - the trials of an arm
 * @judged:	items of all launches by outcome and what was expected
 * @predicted:	by oracle, what it predicted and what was seen
 */
struct result_trials {
	size_t arm;
	struct result_verdicts *launches;
	size_t nr_launches;
	double *judged, *predicted;
};

/* Sums over launches; @why says why it was not counted in the last of them. */
struct result_counter {
	size_t arm;
	char *name, *scope, *status, *why;
	double ops, value;
	size_t nr_counted, nr_missing, nr_user_only;
};

struct result_expect {
	size_t arm;
	char *counter, *relation, *why;
	double per_op, tolerance;
	size_t nr_held, nr_broken, nr_unverified;
};

struct result_launch {
	size_t run, boot;
	uint64_t number;
};

enum result_status {
	RESULT_OK,
	RESULT_INVALID,
	RESULT_FAILED,
	RESULT_SKIPPED,
	RESULT_LOST, /* its records are damaged */
	RESULT_NR_STATUS,
};

struct result_point {
	char *id, *workload, *mode, *placement;
	char *kernel_path, *source; /* NULL where a file does not tell */
	uint64_t batch_ops;	    /* of the run that is being read */
	uint64_t clock_step_ns;	    /* that the calibration saw; 0: not known */
	struct result_param *params;
	size_t nr_params;
	struct result_metric *metrics;
	size_t nr_metrics;
	struct result_term *terms;
	size_t nr_terms;
	struct result_word *outcomes, *oracles;
	size_t nr_outcomes, nr_oracles;
	char *exposure; /* of trials, in words; NULL: each item is exposed */
	bool planted_left_out; /* an arm of that kind could not run */
	struct result_arm *arms;
	size_t nr_arms;
	struct result_trials *trials;
	size_t nr_trials;
	struct result_observed *observed;
	size_t nr_observed;
	struct result_role *roles;
	size_t nr_roles;
	struct result_counter *counters;
	size_t nr_counters;
	struct result_expect *expects;
	size_t nr_expects;
	struct result_launch *launches; /* the valid ones */
	size_t nr_launches;
	size_t nr_status[RESULT_NR_STATUS];
	size_t nr_blocks, nr_kept, nr_unconfirmed, nr_unsteady, nr_long;
	/* Launches long enough to tell whether they are steady; and those
	 * of which no block was left. */
	size_t nr_judged_steady, nr_without_block;
	double batch_ns; /* sum of the reference's batch medians */
	struct result_notes facts;
	struct result_notes
		reasons; /* of launches that are not ok, by status */
	struct result_notes left_out; /* arms, and why */
};

struct result_skip {
	char *id, *workload, *why;
	struct result_param *params;
	size_t nr_params;
};

struct result {
	char *path;
	struct result_run *runs;
	size_t nr_runs;
	struct result_boot *boots;
	size_t nr_boots;
	struct result_point *points;
	size_t nr_points;
	struct result_skip *skips;
	size_t nr_skips;
	struct result_notes warnings; /* about the file; the name is unused */
	struct result_notes errors;   /* of the runs themselves */
	struct result_notes states;   /* of the system, for some points */
	uint32_t *index; /* of points, by hash of the id; 0: empty, else + 1 */
	size_t index_size;
};

/* A copy with everything but printable ASCII escaped; NULL: no memory. */
char *result_text(const char *text);

/**
 * result_note() - say something, or that it was said again
 * @name:	may be NULL, compared with @value
 *
 * Return: 0 or -ENOMEM.
 */
int result_note(struct result_notes *notes, const char *name,
		const char *value);

/* Frees what the notes hold, not the struct. */
void result_notes_finish(struct result_notes *notes);

void result_words_free(struct result_word *words, size_t nr);

/* Whether two texts are equal; NULL is equal to NULL only. */
bool result_same_text(const char *a, const char *b);

/* Whether it differs from its reference in what is to be found out. */
static inline bool result_arm_is_contrast(const struct result_arm *arm)
{
	return arm->kind == RESULT_ARM_CONTRAST ||
	       arm->kind == RESULT_ARM_TOGGLE;
}

/* Tables and pictures are of these; the others check the harness. */
static inline bool result_arm_is_shown(const struct result_arm *arm)
{
	return arm->kind == RESULT_ARM_REFERENCE || result_arm_is_contrast(arm);
}

/* Whether its launches are of trials whose outcomes it names. */
/* Mode of the guest that the runs were made in; NULL: on the machine. */
static inline const char *result_mode(const struct result *r)
{
	return r->nr_runs ? r->runs[0].vm : NULL;
}

static inline bool result_mode_is(const char *mode, const char *name)
{
	return mode && !strcmp(mode, name);
}

static inline bool result_is_of_trials(const struct result_point *p)
{
	return p->nr_outcomes;
}

/* RESULT_NONE where there is none. */
long result_find_run(const struct result *r, const char *id);
long result_find_boot(const struct result *r, const char *id);
long result_find_point(const struct result *r, const char *id);
long result_find_arm(const struct result_point *p, const char *name);
const char *result_arm_kind_word(enum result_arm_kind kind);
/* False for a word that names none. */
bool result_find_arm_kind(const char *word, enum result_arm_kind *ret);
long result_find_word(const struct result_word *words, size_t nr,
		      const char *name);

/* NULL if the arm of the point has no trials. */
const struct result_trials *result_find_trials(const struct result_point *p,
					       size_t arm);

/* Items of all launches that came out so, whatever was expected of them. */
double result_seen(const struct result_point *p, const struct result_trials *t,
		   size_t outcome);
/* Items that should have come out so, whatever became of them. */
double result_due(const struct result_point *p, const struct result_trials *t,
		  size_t outcome);
/* Items that came out so as expected. */
double result_as_due(const struct result_point *p,
		     const struct result_trials *t, size_t outcome);

/* The last value of a fact that a launch told; NULL if none did. */
const char *result_fact(const struct result_point *p, const char *name);

/* The value of a parameter; NULL if the point has none of this name. */
const char *result_param(const struct result_point *p, const char *name);

/**
 * result_add_point() - a new, empty point
 *
 * Return: its index, -E2BIG past RESULT_MAX_POINTS, or -ENOMEM.
 */
long result_add_point(struct result *r, const char *id);

/* How many boots the valid launches of a point come from. */
size_t result_nr_boots(const struct result_point *p);

struct result *result_new(const char *path);
void result_free(struct result *r);

#endif
