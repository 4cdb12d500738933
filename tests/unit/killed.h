/* SPDX-License-Identifier: GPL-2.0-only */
/* A child that is killed before or after a system call of its choice. */
#ifndef TESTS_KILLED_H
#define TESTS_KILLED_H

#include "unit.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MAX_SYSCALLS = 2000
};

/* @live returns 0 when all went well. */
static inline void live_traced(int (*live)(void))
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(2);
	kill(getpid(), SIGSTOP);
	_exit(live() ? 1 : 0);
}

/*
 * Lets @live enter and leave system calls until it has stopped so often.
 *
 * Return: whether it was killed before its end; -1 if it cannot be traced.
 */
static inline int kill_after(unsigned stops, int (*live)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid)
		live_traced(live);

	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status))
		return -1;
	for (unsigned i = 0; i < stops; i++) {
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		waitpid(pid, &status, 0);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return 0;
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 1;
}

#endif
