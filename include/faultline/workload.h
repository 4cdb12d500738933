/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract of a workload: one const struct at the foot of one file, and
 * one line in workloads/meson.build.  Its tables are the only source of the
 * parser, `faultline list`, the help and the plan.
 *
 * All tables end with a zeroed row.  docs/adding-a-workload.md walks through
 * an example; workloads/TEMPLATE.c is one that is compiled.
 */
#ifndef FAULTLINE_WORKLOAD_H
#define FAULTLINE_WORKLOAD_H

#include <faultline/feature.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fl_run;	  /* one launch: parameters, state, what went wrong */
struct fl_thread; /* one thread of it, see <faultline/run.h> */

/* How a workload is measured. */
enum fl_mode {
	FL_MODE_BATCH = 1, /* op() is timed in batches, arms in palindromes */
	FL_MODE_WINDOW,	   /* roles run side by side for a time */
	FL_MODE_TRIAL,	   /* trials whose outcomes are known beforehand */
};

/*
 * Parameters.  A parameter struct consists of uint64_t fields only: bytes for
 * a size, ns for a time, 0 or 1 for a bool, the index of the choice for an
 * enum.  The macros make any other field type a compile error.
 */
enum fl_type {
	FL_TYPE_NONE = 0,
	FL_TYPE_U64,
	FL_TYPE_SIZE, /* bytes: 4096, 4K, 2M, page, hpage, hpage-4K */
	FL_TYPE_TIME, /* ns: 100us, 5ms, 2s */
	FL_TYPE_BOOL, /* yes or no */
	FL_TYPE_ENUM, /* one of choices */
};

struct fl_param {
	const char *name;
	enum fl_type type;
	size_t offset;	  /* of the uint64_t in the parameter struct */
	const char *unit; /* printed; NULL where the type says it */
	const char *def;  /* the default, as one would write it */
	uint64_t min, max;
	const char *const *choices; /* FL_TYPE_ENUM, ended by NULL */
	const char *const *words;   /* about each of them, or NULL */
	const char *help;
	const char *when; /* elsewhere it means nothing and is left out */
};

#define FL_PARAM_OFFSET(st, field) \
	_Generic(((st *)0)->field, uint64_t : offsetof(st, field))

/* What follows help goes into the row as it stands: .when = "backing!=anon-4k". */
#define FL_PARAM_ROW(st, field, type_, def_, ...)                    \
	{                                                            \
		.name = #field, .type = (type_),                     \
		.offset = FL_PARAM_OFFSET(st, field), .def = (def_), \
		__VA_ARGS__                                          \
	}
#define FL_PARAM_U64(st, field, def_, min_, max_, unit_, ...)     \
	FL_PARAM_ROW(st, field, FL_TYPE_U64, def_, .min = (min_), \
		     .max = (max_), .unit = (unit_), .help = __VA_ARGS__)
#define FL_PARAM_SIZE(st, field, def_, min_, max_, ...)            \
	FL_PARAM_ROW(st, field, FL_TYPE_SIZE, def_, .min = (min_), \
		     .max = (max_), .help = __VA_ARGS__)
#define FL_PARAM_TIME(st, field, def_, min_, max_, ...)            \
	FL_PARAM_ROW(st, field, FL_TYPE_TIME, def_, .min = (min_), \
		     .max = (max_), .help = __VA_ARGS__)
#define FL_PARAM_BOOL(st, field, def_, ...)                   \
	FL_PARAM_ROW(st, field, FL_TYPE_BOOL, def_, .max = 1, \
		     .help = __VA_ARGS__)
#define FL_PARAM_ENUM(st, field, choices_, def_, ...)                      \
	FL_PARAM_ROW(st, field, FL_TYPE_ENUM, def_, .choices = (choices_), \
		     .help = __VA_ARGS__)

/*
 * Conditions (`when`) are written like the skip rules of a config, over the
 * workload's own parameters: "what=protect range>=hpage".  All terms must
 * hold; NULL always holds.  See common/condition.h.
 */

/*
 * An arm is one variant of the op.  Arms of a point are compared inside each
 * launch.  Exactly one enabled arm of a point has no reference: it is the one
 * that all is held against, and the scheduler adds a copy of it (":again")
 * whose difference must come out as zero.  Planted arms are not counted here.
 */
struct fl_arm {
	const char *name;
	const char *reference; /* the arm that this one is compared with */
	const char *when;
	enum fl_feature needs; /* without it the arm is left out, and said */
	double switches;       /* voluntary context switches per op by design */
	/*
	 * About how many ops of the reference one op of this arm takes: its
	 * batches hold that many times fewer, so that they are no longer than
	 * others.  NULL: 1.
	 */
	uint64_t (*weight)(const void *params);
	/*
	 * Trials only, the detector check: each trial of this arm makes
	 * mistakes happen, and judges them with the mistake as expected,
	 * fl_judge(th, seen, mistake, nr).  Found is what was seen as that.
	 * Such items count nowhere else; a mistake of which none, or not all,
	 * were found here is "blind" in the report where it was never seen
	 * elsewhere.  Has no reference and is none.
	 */
	bool planted;
	const char *differs; /* what differs from the reference */
	const char *why;     /* what the difference tells */
};

enum fl_better {
	FL_BETTER_LOWER = 1,
	FL_BETTER_HIGHER
};

enum fl_kind {
	FL_KIND_LATENCY = 1,
	FL_KIND_RATE,
	FL_KIND_RATIO,
	FL_KIND_COUNT
};

/*
 * The first metric is the headline: in batch mode the time of a batch by its
 * ops, in window mode the steps a second of the first role that runs in the
 * arm, in trial mode the share of items that went as expected.  The harness
 * measures it.  The others are what op() or trial() hands to fl_observe().
 */
struct fl_metric {
	const char *name;
	const char *unit;
	enum fl_better better;
	enum fl_kind kind;
	const char *when;
	const char *help;
};

/*
 * A cost model of the headline: the level of an arm is predicted as the sum
 * over terms of coefficient x count x size, and the report says the
 * coefficients with their intervals.  A capped term counts only where its
 * size is at most a limit that the fit finds: up to the full-flush ceiling
 * pages leave the TLB one by one.  Above it, where all go at once, each count
 * adds one cost that the fit finds too and no term needs to name.
 */
struct fl_amount {
	double count; /* per op; 0: the arm pays nothing of it */
	double size;  /* of one, above 0; 1 where it has none */
};

struct fl_term {
	const char *name;
	const char *unit;  /* of the coefficient: "ns/page" */
	const char *words; /* what the coefficient is the cost of */
	bool capped;
	/* @arm is a row of the arms table.  An arm whose counts are all 0
	 * takes no part in the model. */
	struct fl_amount (*amount)(const void *params, unsigned arm);
};

struct fl_need {
	enum fl_feature feature;
	const char *when;
};

/*
 * System state that a point wants, such as a pool of huge pages.  The driver
 * sets it before the launches and puts it back after them, and only where the
 * user allows that; the agent never does.  Points that want the same run
 * together.  Where it is not so and may not be changed, the point is skipped
 * with the file and the value that it should have.
 *
 * Of two rows about one knob, the first whose condition holds counts.
 */
struct fl_system {
	const char *knob;  /* a name of bench/system_knobs.c: "thp", "ksm" */
	const char *value; /* what the file must say; NULL: see amount */
	/*
	 * At least so many (free pages of a pool; of "swap" free bytes on a
	 * disk); 0: nothing is wanted.
	 */
	uint64_t (*amount)(const void *params);
	const char *when;
};

enum fl_relation {
	FL_EXACTLY = 1,
	FL_AT_LEAST,
	FL_AT_MOST
};

/*
 * What the counters must show per op in the counter phase at the end of a
 * launch.  A row that does not hold makes the launch invalid: stored, never
 * averaged.  A counter that cannot be read leaves the row unverified.
 */
struct fl_expect {
	const char *counter; /* a name of bench/agent/counters.h */
	const char *arm;     /* NULL: every arm */
	const char *when;
	enum fl_relation relation;
	double per_op;
	double tolerance; /* absolute, per op */
	/* Instead of per_op, where it depends on the parameters. */
	double (*of)(const void *params);
	bool relative; /* the tolerance is a share of what is expected */
	/*
	 * Windows only: the role whose steps are the ops and whose events
	 * count.  NULL: the first that runs in the arm.
	 */
	const char *role;
};

/*
 * Roles run side by side: they are what a window measures, and the background
 * (a fault handler, a busy CPU) of a batch.  In batch mode the measuring
 * thread itself is not a role.
 *
 * A window may have roles of its arm: those of other arms do not run in it.
 * In batch and trial mode all roles run all the time.
 */
enum fl_role_kind {
	FL_ROLE_THREAD = 1,
	FL_ROLE_PROCESS
};

struct fl_pace {
	double per_s; /* units a second, open loop; 0: as fast as it goes */
	double duty;  /* share of the time spent in steps, 0: not limited */
};

struct fl_role {
	const char *name;
	const char *arm; /* NULL: every arm; windows only */
	const char *when;
	enum fl_role_kind kind;
	uint64_t (*count)(const void *params); /* NULL: one */
	bool (*same_cpu)(
		const void *params); /* on the measurer's CPU; NULL: no */
	/*
	 * Windows only: the first instance runs on the measurer's CPU, which
	 * has nothing to do there, so that the roles can have all CPUs.
	 */
	bool first_here;
	struct fl_pace (*pace)(const void *params); /* NULL: unlimited */
	int (*enter)(struct fl_thread *th); /* once, before the start gate */
	/*
	 * One unit of work, or a few: the harness's own part of a step is some
	 * 3 ns.  Must come back within 100 ms, also when nothing happens, so
	 * that the harness can stop the role.  Return how many units were
	 * done, 0 if there was nothing to do, or -errno.  What is said "per
	 * step" is per unit.
	 */
	int (*step)(struct fl_thread *th);
	/*
	 * Makes a waiting step() return; may be called at any time and more
	 * than once.  Who has it waits for others: it is paused last.
	 */
	void (*wake)(struct fl_thread *th);
	bool gates;	 /* a block counts as confirmed only if it progressed */
	double switches; /* voluntary context switches per step, by design */
};

/*
 * Actors are the child processes of a trial, forked before any thread starts.
 * Each serves numbered commands over a pipe; every call has a deadline.
 */
struct fl_actor {
	const char *name;
	int (*serve)(struct fl_run *run, uint32_t cmd, uint64_t arg,
		     uint64_t *ret_value);
};

/*
 * What can become of an item of a trial (a page, say).  Outcomes that no trial
 * expects are mistakes: the report says how often each occurred.
 */
struct fl_outcome {
	const char *name; /* a word, the head of a column */
	const char *help;
};

/*
 * A rule that predicts the outcome of an item from the state that the trial
 * built.  The report names the rule that the running kernel behaves as, and
 * for each of the others what contradicts it.
 */
struct fl_oracle {
	const char *name; /* a word, the head of a column */
	const char *words;
};

enum {
	FL_MAX_OUTCOMES = 16,
	FL_MAX_ORACLES = 16
};

/**
 * struct fl_workload - all there is to know about a workload
 * @name:	also the file's name and the word in a config
 * @summary:	one line for `faultline list`
 * @kernel_path: kernel function and file driven, and the version read
 * @source:	the discussion it answers (message id), or NULL
 * @mode:	how it is measured
 * @selftest:	measures or breaks the harness; not listed by default
 * @params_size: of the parameter struct (uint64_t fields only)
 * @state_size:	of the state that the harness hands to setup() zeroed
 * @max_ops:	most ops a batch may have with these parameters (the region
 *		is that large), NULL for no limit of its own; in trial mode
 *		most items of a trial, NULL for one
 * @memory:	bytes that a launch with these parameters will touch
 * @setup:	once a launch, untimed, before any role starts
 * @prepare:	before each batch of @nops ops, untimed
 * @exposure:	trials only: what fl_expose() counts, in words ("write faults
 *		inside an open protect window"); NULL if each item is exposed
 * @op:		timed: @nops times the path, and nothing else
 * @check:	after each batch, untimed: did it really happen?
 * @trial:	one trial (FL_MODE_TRIAL): says by fl_judge() what became of
 *		its items, at least once, and may fl_predict() and fl_observe()
 * @teardown:	always, also after half a setup; on zeroed state a no-op
 *
 * All callbacks return 0 or -errno through fl_fail() or fl_skip().
 * fl_thread_arm() tells prepare(), op() and check() which arm it is.
 */
struct fl_workload {
	const char *name;
	const char *summary;
	const char *kernel_path;
	const char *source;
	enum fl_mode mode;
	bool selftest;

	size_t params_size;
	size_t state_size;

	const struct fl_param *params;
	const struct fl_arm *arms;
	const struct fl_metric *metrics;
	const struct fl_term *terms;
	const struct fl_need *needs;
	const struct fl_system *system;
	const struct fl_expect *expects;
	const struct fl_role *roles;
	const struct fl_actor *actors;
	const struct fl_outcome *outcomes;
	const struct fl_oracle *oracles;
	const char *exposure;

	uint64_t (*max_ops)(const void *params);
	uint64_t (*memory)(const void *params);

	int (*setup)(struct fl_run *run);
	int (*prepare)(struct fl_thread *th, uint64_t nops);
	int (*op)(struct fl_thread *th, uint64_t nops);
	int (*check)(struct fl_thread *th, uint64_t nops);
	int (*trial)(struct fl_thread *th);
	void (*teardown)(struct fl_run *run);
};

/* Opens the definition at the foot of a workload's file. */
#define FL_DEFINE_WORKLOAD(name_)                         \
	extern const struct fl_workload name_##_workload; \
	const struct fl_workload name_##_workload

#endif
