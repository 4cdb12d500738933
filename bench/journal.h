/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal of a host: which knobs (knob.h) were changed, and what they said
 * before.  A line is on the disk before its knob is written, so that whatever
 * ends a process, `faultline restore` can put back what it changed.
 *
 * It lies in /var/lib/faultline, or in $FAULTLINE_STATE_DIR.  A line is a
 * JSON object: boot, pid, start (of the process, in ticks of its boot), path,
 * old (to be written back) and new.
 */
#ifndef BENCH_JOURNAL_H
#define BENCH_JOURNAL_H

#include "common/error.h"

#include <stdbool.h>
#include <stdio.h>

struct journal;

/**
 * journal_open() - for the knobs of a machine
 * @root:	"" for this one; a folder with proc/ and sys/ for tests, which
 *		then has var/lib/faultline too
 * @ret_journal: journal_free() it, which restores nothing
 *
 * Touches no file: folder and journal are made when the first knob is set.
 * From then on until it is freed the journal is locked against other processes.
 *
 * Return: 0, -ENAMETOOLONG or -ENOMEM.
 */
int journal_open(const char *root, struct journal **ret_journal,
		 struct error *e);
void journal_free(struct journal *j);

/* Where it lies, for people. */
const char *journal_path(const struct journal *j);

/* Whether a knob was set or restored through it: there may be some to restore. */
bool journal_is_held(const struct journal *j);

/**
 * journal_set() - change a knob
 * @path:	of a knob, without the root
 * @value:	one line of printable text
 * @e:		names the knob and what it says if it did not take the value
 *
 * A knob that says so already is not journalled.  One that was set before
 * keeps its first old value, unless somebody else changed it in between: then
 * it is their value that is put back.
 *
 * Return: 0; -EBUSY if another process holds the journal; -EIO if the kernel
 * took another value, which is undone; -EINVAL; -errno.
 */
int journal_set(struct journal *j, const char *path, const char *value,
		struct error *e);

/* What became of the knobs, each counted once. */
struct journal_outcome {
	unsigned restored;
	unsigned back;	  /* said the old value already */
	unsigned left;	  /* somebody else changed it since */
	unsigned dropped; /* of another boot, which undid it */
	unsigned
		failed; /* still in the journal: a knob, or a line that is none */
};

enum journal_how {
	JOURNAL_WRITE,
	JOURNAL_DRY_RUN, /* says what it would do, changes nothing */
};

/**
 * journal_restore() - put all knobs back, newest first
 * @say:	gets a line for each; may be NULL
 * @ret_outcome: may be NULL; filled also on error
 *
 * May be interrupted anywhere, and run again.  The file is removed when
 * nothing is left in it; it and the folder may be missing.
 *
 * Return: 0, also if knobs were left; -EIO if something stays in the journal;
 * -EBUSY if another process holds it; -EPERM, -ELOOP, -EFBIG, ... if the file
 * cannot be trusted: then no knob is touched.
 */
int journal_restore(struct journal *j, enum journal_how how, FILE *say,
		    struct journal_outcome *ret_outcome, struct error *e);

/* Changes in force whose process is gone. */
struct journal_leftover {
	unsigned nr_knobs; /* 0: none */
	int pid;	   /* of the newest */
};

/**
 * journal_look_for_leftover() - whether `faultline restore` has to be run
 *
 * Takes no lock and changes nothing.
 *
 * Return: 0; -errno with @e if the journal is there and cannot be read.
 */
int journal_look_for_leftover(struct journal *j,
			      struct journal_leftover *ret_leftover,
			      struct error *e);

#endif
