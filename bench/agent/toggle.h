/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel file that the job says to toggle, open on FL_TOGGLE_FD.  The slot
 * of kind SLOT_TOGGLE runs with its second value, all others with the first.
 * It is written between batches, windows or trials only, while every role
 * rests, and read back.
 */
#ifndef AGENT_TOGGLE_H
#define AGENT_TOGGLE_H

#include <stdbool.h>

struct session;

struct toggle {
	bool on;
	bool now; /* it has its second value */
	bool outer, half_turn;
};

/* Writes the first value, whatever was there; only if the job toggles. */
int toggle_start(struct session *s);

/* The first value again.  Return: 0 or -errno with run.why set. */
int toggle_leave(struct session *s);

/* Whether the file must be written to have its second value, or its first. */
bool toggle_is_due(const struct session *s, bool second);
int toggle_give(struct session *s, bool second);

/*
 * Gives what the slot runs with, if anything is toggled, and lets the kernel
 * settle; as long without a write, so that all have the same past.  For what is
 * not timed in batches.
 */
int toggle_give_settled(struct session *s, unsigned slot);

/* Which value stands outside in the next block: each once in two, by chance. */
bool toggle_turn(struct session *s);

#endif
