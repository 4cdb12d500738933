/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel file that the job says to toggle, open on FL_TOGGLE_FD.  The slot
 * of kind SLOT_TOGGLE runs with its second value, all others with the first.
 * It is written between batches only, while every role rests.
 */
#ifndef AGENT_TOGGLE_H
#define AGENT_TOGGLE_H

#include <stdbool.h>

struct session;

struct toggle {
	bool on;
	unsigned now; /* which of the two values it has */
};

/* Writes the first value, whatever was there; only if the job toggles. */
int toggle_start(struct session *s);

/* The first value again.  Return: 0 or -errno with run.why set. */
int toggle_leave(struct session *s);

/**
 * toggle_ready() - make the next batch one of this slot
 *
 * Writes the file if the slot needs its other value.  In either case batches
 * of the slot are run then and dropped until the kernel has settled: so each
 * batch that counts follows as many of its own, behind a write or not.
 *
 * Return: 0; what a callback returned; -errno with run.why set.
 */
int toggle_ready(struct session *s, unsigned slot);

/* For windows and trials: the same, but the time passes with nothing run. */
int toggle_settled(struct session *s, unsigned slot);

#endif
