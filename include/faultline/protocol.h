/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Job and records: what driver and agent say to each other, on this host, in
 * a guest or on a lab box.  The fields are in docs/result-format.md.
 */
#ifndef FAULTLINE_PROTOCOL_H
#define FAULTLINE_PROTOCOL_H

enum {
	FL_PROTOCOL_VERSION = 1, /* a mismatch in hello is refused */
	FL_SCHEMA_VERSION = 1,	 /* of run.jsonl; newer files are refused */

	FL_JOB_FD = 3,	  /* key=value lines, closed by "end" */
	FL_RECORD_FD = 4, /* JSON lines */
	FL_TOGGLE_FD = 5, /* the file that the job says to toggle, if any */

	FL_JOB_MAX_BYTES = 64 * 1024,
	FL_SAMPLES_MAX = 4096, /* integers in one record */
	FL_MAX_SLOTS = 36,     /* arms of a point with the scheduler's copies */
	FL_TOGGLE_MAX_BYTES = 256, /* its name, or one of its values */
	FL_TOGGLE_MAX_SETTLE_NS = 1000000000,
	FL_RECORD_MAX_BYTES = 1024 * 1024, /* a longer line is garbage */
};

/* Of a guest: where its jobs lie, and where its lines go. */
#define FL_GUEST_SETTINGS "guest"
#define FL_GUEST_JOB	  "jobs/%03u"
#define FL_GUEST_STATE	  "jobs/%03u.state"
#define FL_GUEST_SWAP	  "swap" /* in a state: bytes to swap to */
#define FL_GUEST_SYMBOLS  "/proc/kallsyms"
#ifdef __aarch64__
#define FL_GUEST_PORT "/dev/ttyS0" /* a card; the board's port is ttyAMA0 */
#else
#define FL_GUEST_PORT "/dev/ttyS1"
#endif

enum {
	FL_GUEST_MAX_JOBS = 10000,
	FL_GUEST_MAX_FILE_BYTES = 32 * 1024, /* of a file that it shows */
};

/* What a batch is measured in. */
enum fl_job_unit {
	FL_JOB_NS = 0,
	/*
	 * Instructions: the CPU's counter of time, in nanoseconds, under an
	 * emulator that lets one pass with each.
	 */
	FL_JOB_INSTRUCTIONS,
};

enum fl_job_kind {
	FL_JOB_LAUNCH = 1,
	FL_JOB_CALIBRATE,
	FL_JOB_PROBE,
};

/* How much is counted when the timed blocks of a launch are over. */
enum fl_job_counters {
	FL_JOB_COUNTERS_NONE = 0,
	FL_JOB_COUNTERS_SOFTWARE, /* costs next to nothing */
	FL_JOB_COUNTERS_ALL,	  /* tracepoints too: 50 ms each to close */
};

/* Marks of a batch, one hexadecimal digit each in a samples record. */
enum fl_mark {
	FL_MARK_SWITCHED = 1,	 /* excess or involuntary context switches */
	FL_MARK_UNCONFIRMED = 2, /* a gating role did not run meanwhile */
	FL_MARK_REPEATED = 4,	 /* a system call had to be repeated (EAGAIN) */
};

#endif
