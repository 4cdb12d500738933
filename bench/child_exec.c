// SPDX-License-Identifier: GPL-2.0-only
#include "child_exec.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void reset_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void child_begin(void)
{
	setpgid(0, 0);
	reset_signals();
}

void child_exec(char *const *words, pid_t parent, int report, int err)
{
	if (!err && prctl(PR_SET_PDEATHSIG, SIGKILL))
		err = -errno;
	if (!err && getppid() != parent)
		_exit(EXIT_FAILURE);
	if (!err) {
		execv(words[0], words);
		err = -errno;
	}
	if (write(report, &err, sizeof(err)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_FAILURE);
}

/* Empty if the exec went well. */
static int read_report(int fd)
{
	int err = 0;
	ssize_t got;

	do {
		got = read(fd, &err, sizeof(err));
	} while (got < 0 && errno == EINTR);

	return got == (ssize_t)sizeof(err) ? err : 0;
}

int child_await_exec(pid_t pid, int report)
{
	int err;

	setpgid(pid, pid);
	err = read_report(report);
	if (!err)
		return 0;

	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return err;
}
