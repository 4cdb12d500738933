/* SPDX-License-Identifier: GPL-2.0-only */
/* Window mode: the roles run side by side for a time, arm by arm. */
#ifndef AGENT_WINDOW_H
#define AGENT_WINDOW_H

#include "records.h"
#include "session.h"

struct windows;

/* Runs the windows of a launch into s->windows.  0 or -errno. */
int window_run(struct session *s);

/* As window records. */
void window_emit(const struct session *s, struct records *out);

#endif
