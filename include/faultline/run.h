/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a workload may ask of the harness while it runs in the agent.
 *
 * The structs are laid open so that the functions below cost nothing in the
 * timed region; a workload uses the functions, not the fields.
 */
#ifndef FAULTLINE_RUN_H
#define FAULTLINE_RUN_H

#include <faultline/protocol.h>
#include <faultline/workload.h>

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

enum {
	FL_WHY_BYTES = 512,
	FL_MAX_METRICS = 8,
	FL_MAX_FACTS = 16
};

/* The single values of one metric in one batch; the harness empties it. */
struct fl_observations {
	uint64_t *ns;
	uint64_t nr, capacity;
	uint64_t lost; /* did not fit; more than one an op is a mistake */
	/* In a window, which has no number of ops: makes room. */
	void (*full)(struct fl_observations *o);
	void *into; /* the harness's own */
};

/* What one trial said of its items; the harness empties it. */
struct fl_tally {
	unsigned nr_outcomes, nr_oracles;
	uint64_t *judged;    /* by outcome, expected */
	uint64_t *predicted; /* by oracle, predicted, seen */
	uint64_t nr;	     /* items judged */
	uint64_t exposed;    /* see fl_expose() */
	bool misplaced;	     /* an index that no table has */
};

/* Something a person should know beside the numbers ("thp": "4 of 4"). */
struct fl_fact {
	char name[32];
	char value[160];
};

/* The harness behind calls that need it; filled in by the agent. */
struct fl_harness {
	int (*actor_call)(struct fl_run *run, unsigned actor, uint32_t cmd,
			  uint64_t arg, uint64_t *ret_value);
	enum fl_feature_state (*feature)(enum fl_feature feature);
	void (*untimed)(struct fl_thread *th, bool begins);
	/* What all threads say that they do; the text may be empty. */
	void (*stages)(const struct fl_run *run, char *text, size_t bytes);
};

struct fl_run {
	const struct fl_workload *workload;
	const struct fl_harness *harness;
	void *params;
	void *state;	  /* MAP_SHARED: child processes see what is stored */
	uint64_t max_ops; /* setup() provides for that many ops a batch */
	uint64_t deadline_ns; /* CLOCK_MONOTONIC_RAW; nothing waits beyond it */
	uint64_t page_bytes;
	uint64_t hpage_bytes; /* PMD-mapped THP; 0 where there is none */
	atomic_bool stop;     /* set once: roles leave */
	bool skipped;
	char why[FL_WHY_BYTES]; /* of the first failure or skip */
	struct fl_fact facts[FL_MAX_FACTS];
	unsigned nr_facts;
};

struct fl_thread {
	struct fl_run *run;
	const struct fl_role *role; /* NULL: the measuring thread */
	unsigned index;		    /* which one of its role */
	unsigned arm;		    /* index into workload->arms */
	unsigned marks;		    /* of the batch, see fl_mark() */
	uint64_t rng;		    /* state of fl_rand() */
	void *scratch;		    /* the role's own, NULL until it sets it */
	struct fl_observations observed[FL_MAX_METRICS];
	struct fl_tally *tally;	   /* of a trial; NULL elsewhere */
	const char *_Atomic stage; /* see fl_stage() */
};

static inline struct fl_run *fl_thread_run(struct fl_thread *th)
{
	return th->run;
}

static inline const void *fl_params(const struct fl_run *run)
{
	return run->params;
}

static inline void *fl_state(struct fl_run *run)
{
	return run->state;
}

static inline unsigned fl_thread_arm(const struct fl_thread *th)
{
	return th->arm;
}

/* The clock of every timed region: ns, the vDSO, never adjusted by NTP. */
static inline uint64_t fl_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

/* xorshift64*: seeded by the job, so that a run can be repeated. */
static inline uint64_t fl_rand(struct fl_thread *th)
{
	th->rng ^= th->rng >> 12;
	th->rng ^= th->rng << 25;
	th->rng ^= th->rng >> 27;
	return th->rng * UINT64_C(2685821657736338717);
}

/**
 * fl_observe() - hand over the value of one op, from op() or trial()
 * @th:		the measuring thread
 * @metric:	index into workload->metrics; 0 is the harness's own
 * @ns:		the value
 *
 * A store into memory that was touched before; values that do not fit
 * (capacity is one an op, max_ops() in a trial) are counted as lost.  In a window no value is lost:
 * every 1024th call sorts them into a histogram and a uniform sample, some
 * 5 us that fall between two values.
 */
static inline void fl_observe(struct fl_thread *th, unsigned metric,
			      uint64_t ns)
{
	struct fl_observations *o = &th->observed[metric];

	if (o->nr == o->capacity && o->full)
		o->full(o);
	if (o->nr < o->capacity)
		o->ns[o->nr++] = ns;
	else
		o->lost++;
}

/**
 * fl_judge() - what became of items of this trial
 * @th:		the measuring thread, in trial()
 * @outcome:	what was seen: index into workload->outcomes
 * @expected:	what should have been: likewise
 * @nr:		how many items (pages, say); 0 says nothing
 *
 * Any number of calls a trial; a trial that judges nothing fails the launch.
 */
static inline void fl_judge(struct fl_thread *th, unsigned outcome,
			    unsigned expected, uint64_t nr)
{
	struct fl_tally *t = th->tally;

	if (outcome >= t->nr_outcomes || expected >= t->nr_outcomes) {
		t->misplaced = true;
		return;
	}
	t->judged[outcome * t->nr_outcomes + expected] += nr;
	t->nr += nr;
}

/**
 * fl_predict() - what a rule said of items of this trial, and what was seen
 * @th:		the measuring thread, in trial()
 * @oracle:	index into workload->oracles
 * @predicted:	by the rule: index into workload->outcomes
 * @seen:	likewise; need not be what fl_judge() is told, where judging
 *		distinguishes more ("reused" is a mistake or is none)
 * @nr:		how many items
 *
 * A rule that cannot tell makes no call.
 */
static inline void fl_predict(struct fl_thread *th, unsigned oracle,
			      unsigned predicted, unsigned seen, uint64_t nr)
{
	struct fl_tally *t = th->tally;
	unsigned row = oracle * t->nr_outcomes + predicted;

	if (oracle >= t->nr_oracles || predicted >= t->nr_outcomes ||
	    seen >= t->nr_outcomes) {
		t->misplaced = true;
		return;
	}
	t->predicted[row * t->nr_outcomes + seen] += nr;
}

/**
 * fl_expose() - how often what the trial looks for could have happened
 * @th:		the measuring thread, in trial()
 * @nr:		how often since the last call, in workload->exposure's words;
 *		what roles count is handed over here
 *
 * Once a trial or more often.  No mistake in many trials means nothing where
 * none could happen: rates are then per exposure, and an arm without any is
 * "blind" in the report.  A workload without words fails the launch.
 */
static inline void fl_expose(struct fl_thread *th, uint64_t nr)
{
	th->tally->exposed += nr;
}

/**
 * fl_stage() - what this thread does now, for whoever finds it stuck
 * @th:		the measuring thread, or one of a role
 * @words:	a literal: "waiting for an event"; it is kept, not copied
 *
 * Before each thing that can wait.  A launch that fails with -ETIMEDOUT, or
 * ends at its limit, tells the words of all its threads.  Costs a store.
 */
static inline void fl_stage(struct fl_thread *th, const char *words)
{
	atomic_store_explicit(&th->stage, words, memory_order_relaxed);
}

/* Marks the batch (enum fl_mark), from prepare(), op() or check(). */
static inline void fl_mark(struct fl_thread *th, unsigned mark)
{
	th->marks |= mark;
}

/* A system call of this batch was repeated; from op() or check(). */
static inline void fl_repeated(struct fl_thread *th)
{
	fl_mark(th, FL_MARK_REPEATED);
}

/**
 * fl_untimed_begin() - what follows is no part of the step that it is in
 * @th:		a thread of a role, inside step()
 *
 * Until fl_untimed_end(), in the same step, neither wall nor CPU time of the
 * instance passes, its events are not counted, and its pace stands still: a
 * region that was used up is given back there, say.  What the instance does
 * still reaches the others.  The two calls together cost about a microsecond,
 * half of which counts: use them once in many units, not around each.
 */
static inline void fl_untimed_begin(struct fl_thread *th)
{
	th->run->harness->untimed(th, true);
}

static inline void fl_untimed_end(struct fl_thread *th)
{
	th->run->harness->untimed(th, false);
}

static inline bool fl_stopped(struct fl_run *run)
{
	return atomic_load_explicit(&run->stop, memory_order_acquire);
}

/**
 * fl_fail() - say what was tried when it failed
 * @run:	the launch
 * @err:	-errno
 * @fmt:	what was tried; the errno's text is added by the reader
 *
 * The first call of a launch wins.  Records only; the harness prints.  With
 * -ETIMEDOUT it adds what each thread did, see fl_stage().
 *
 * Return: @err.
 */
int fl_fail(struct fl_run *run, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * fl_skip() - this machine cannot do it, and that is no failure
 * @run:	the launch
 * @fmt:	a sentence that says what is missing and what to change
 *
 * Return: -ECANCELED, to hand on.
 */
int fl_skip(struct fl_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * fl_fact() - record something a reader of the numbers should know
 * @run:	the launch
 * @name:	short, stable; a later call with the same name replaces it
 * @fmt:	the value
 */
void fl_fact(struct fl_run *run, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether the kernel has it, tried once; only in setup(). */
static inline bool fl_has(struct fl_run *run, enum fl_feature feature)
{
	return run->harness->feature(feature) == FL_FEATURE_YES;
}

/**
 * fl_actor_call() - let a child process do something and wait for it
 * @run:	the launch
 * @actor:	index into workload->actors
 * @cmd:	what, as its serve() knows it
 * @arg:	handed to serve()
 * @ret_value:	what serve() returned through its pointer; may be NULL
 *
 * Return: what serve() returned; -ETIMEDOUT past the deadline; -EPIPE if the
 * child is gone.
 */
static inline int fl_actor_call(struct fl_run *run, unsigned actor,
				uint32_t cmd, uint64_t arg, uint64_t *ret_value)
{
	return run->harness->actor_call(run, actor, cmd, arg, ret_value);
}

#endif
