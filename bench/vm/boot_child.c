// SPDX-License-Identifier: GPL-2.0-only
#include "boot_child.h"

#include "machine.h"

#include "bench/child_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	HIGH_FD = 10,
	GRACE_SLICES = 50,
	SLICE_NS = 10000000,
	LINE_LIMIT_MS = 10000
};

/* Both ends of a pipe are HIGH_FD or more. */
struct pipes {
	int console[2], result[2], said[2], report[2];
	int disk; /* the caller's; -1: none */
};

static int open_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC))
		return -errno;
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, HIGH_FD);
		close(low[i]);
	}
	return ends[0] < 0 || ends[1] < 0 ? -EMFILE : 0;
}

static void close_pipe(int ends[2])
{
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
		ends[i] = -1;
	}
}

static int open_pipes(struct pipes *p)
{
	int err = open_pipe(p->console);

	if (!err)
		err = open_pipe(p->result);
	if (!err)
		err = open_pipe(p->said);
	if (!err)
		err = open_pipe(p->report);
	return err;
}

static void close_pipes(struct pipes *p)
{
	close_pipe(p->console);
	close_pipe(p->result);
	close_pipe(p->said);
	close_pipe(p->report);
}

static int renumber(const struct pipes *p)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int disk = p->disk < 0 ? -1 : fcntl(p->disk, F_DUPFD_CLOEXEC, HIGH_FD);
	int first_free = disk < 0 ? VM_DISK_FD : VM_DISK_FD + 1;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(p->said[1], STDOUT_FILENO) < 0 ||
	    dup2(p->said[1], STDERR_FILENO) < 0 ||
	    dup2(p->console[1], VM_CONSOLE_FD) < 0 ||
	    dup2(p->result[1], VM_RESULT_FD) < 0 ||
	    (disk >= 0 && dup2(disk, VM_DISK_FD) < 0))
		return -errno;
	syscall(SYS_close_range, first_free, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	return 0;
}

static void __attribute__((noreturn))
be_child(const struct pipes *p, char *const *words, pid_t parent)
{
	child_begin();
	child_exec(words, parent, p->report[1], renumber(p));
}

static int take(int ends[2])
{
	int fd = ends[0];

	ends[0] = -1;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static int start(struct vm_child *c, struct pipes *p, char *const *words)
{
	pid_t parent = getpid();
	int err;

	c->pid = fork();
	if (c->pid < 0)
		return -errno;
	if (!c->pid)
		be_child(p, words, parent);

	close(p->report[1]);
	p->report[1] = -1;
	err = child_await_exec(c->pid, p->report[0]);
	if (err)
		return err;
	c->console = take(p->console);
	c->result = take(p->result);
	c->said = take(p->said);
	return 0;
}

int vm_child_start(struct vm_child *c, char *const *words, int disk,
		   struct error *e)
{
	struct pipes p;
	int err;

	memset(&p, -1, sizeof(p));
	p.disk = disk;
	err = open_pipes(&p);
	*c = (struct vm_child){ .console = -1, .result = -1, .said = -1 };
	if (!err)
		err = start(c, &p, words);
	close_pipes(&p);
	return err ? error_set(e, err, "%s: %s", words[0], strerror(-err)) : 0;
}

bool vm_child_has_ended(const struct vm_child *c)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, (id_t)c->pid, &info,
		       WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == c->pid;
}

void vm_child_end(struct vm_child *c, bool done)
{
	const struct timespec slice = { .tv_nsec = SLICE_NS };
	int status = 0;

	for (int i = 0; done && i < GRACE_SLICES && !vm_child_has_ended(c); i++)
		nanosleep(&slice, NULL);

	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	c->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void vm_child_close(struct vm_child *c)
{
	int *const fds[] = { &c->console, &c->result, &c->said };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		int fd = *fds[i];

		if (fd >= 0)
			close(fd);
		*fds[i] = -1;
	}
}

void vm_child_first_line(char *const *words, char *buf, size_t bytes)
{
	struct error ignored = { 0 };
	struct vm_child c;
	struct pollfd p = { .events = POLLIN };
	ssize_t got = 0;

	buf[0] = '\0';
	if (vm_child_start(&c, words, -1, &ignored))
		return;
	p.fd = c.said;
	if (poll(&p, 1, LINE_LIMIT_MS) > 0)
		got = read(c.said, buf, bytes - 1);
	buf[got > 0 ? got : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	vm_child_end(&c, true);
	vm_child_close(&c);
}
