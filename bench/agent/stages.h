/* SPDX-License-Identifier: GPL-2.0-only */
/* What the threads of a launch said last that they do, see fl_stage(). */
#ifndef AGENT_STAGES_H
#define AGENT_STAGES_H

#include <stddef.h>

struct fl_run;
struct session;

/**
 * stages_print() - "measuring thread: writing; handler: waiting"
 * @run:	of a session
 * @text:	empty if nobody said anything; cut where it is full
 *
 * Safe in a signal handler.
 */
void stages_print(const struct fl_run *run, char *text, size_t bytes);

/* The launch that stages_now() is about; NULL: none. */
void stages_of(const struct session *s);

/* Of that launch, for the handler of the time limit. */
void stages_now(char *text, size_t bytes);

#endif
