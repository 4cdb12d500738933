/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child of the driver between fork() and the program that it becomes, in a
 * process group of its own, which dies with the driver.  A pipe reports what
 * went wrong before the exec; its end of the child is CLOEXEC.
 */
#ifndef BENCH_CHILD_EXEC_H
#define BENCH_CHILD_EXEC_H

#include <sys/types.h>

/* The child: its group, and no signal handled or blocked. */
void child_begin(void);

/*
 * The child: becomes words[0], unless @err says that something went wrong; what
 * does is written to @report.  @parent: who forked it.
 */
void child_exec(char *const *words, pid_t parent, int report, int err)
	__attribute__((noreturn));

/*
 * The parent: waits for the exec.  Its own copy of the pipe's other end must be
 * closed.  Return: 0; -errno of what went wrong, and the child is reaped.
 */
int child_await_exec(pid_t pid, int report);

#endif
