// SPDX-License-Identifier: GPL-2.0-only
#include "launch_child.h"

#include "child_exec.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	NOBODY = 65534,
	HIGH_FD = 10, /* above all that the child renumbers */
};

/* What the child needs; all descriptors are HIGH_FD or more, or -1. */
struct start {
	const struct launch_request *request;
	pid_t parent;
	int null, job, toggle;
	int records[2], output[2], report[2];
};

static int *fd_at(struct start *s, size_t i)
{
	int *const fds[] = { &s->null,	     &s->job,	     &s->toggle,
			     &s->records[0], &s->records[1], &s->output[0],
			     &s->output[1],  &s->report[0],  &s->report[1] };

	return i < sizeof(fds) / sizeof(fds[0]) ? fds[i] : NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct start *s)
{
	for (size_t i = 0; fd_at(s, i); i++)
		close_fd(fd_at(s, i));
}

/* Out of the way of 0 to 4, even if the driver was started without them. */
static int raise_fds(struct start *s)
{
	for (size_t i = 0; fd_at(s, i); i++) {
		int *fd = fd_at(s, i);
		int high;

		if (*fd < 0)
			continue;
		high = fcntl(*fd, F_DUPFD_CLOEXEC, HIGH_FD);
		if (high < 0)
			return -errno;
		close(*fd);
		*fd = high;
	}
	return 0;
}

/* A file in memory never fills up as a pipe does, and ends by itself. */
static int make_job(const char *text)
{
	size_t bytes = strlen(text);
	int fd, err;

	if (bytes > FL_JOB_MAX_BYTES)
		return -E2BIG;

	fd = memfd_create("faultline-job", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;

	if (write(fd, text, bytes) == (ssize_t)bytes &&
	    lseek(fd, 0, SEEK_SET) == 0)
		return fd;

	err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

static int open_all(struct start *s)
{
	if (s->request->toggle_fd) {
		s->toggle = fcntl(*s->request->toggle_fd, F_DUPFD_CLOEXEC, 0);
		if (s->toggle < 0)
			return -errno;
	}

	s->job = make_job(s->request->job);
	if (s->job < 0)
		return s->job;

	s->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (s->null < 0 || pipe2(s->records, O_CLOEXEC) ||
	    pipe2(s->output, O_CLOEXEC) || pipe2(s->report, O_CLOEXEC))
		return -errno;

	return raise_fds(s);
}

static int renumber(const struct start *s)
{
	unsigned first_free = FL_TOGGLE_FD;

	if (dup2(s->null, STDIN_FILENO) < 0 ||
	    dup2(s->output[1], STDOUT_FILENO) < 0 ||
	    dup2(s->output[1], STDERR_FILENO) < 0 ||
	    dup2(s->job, FL_JOB_FD) < 0 ||
	    dup2(s->records[1], FL_RECORD_FD) < 0)
		return -errno;
	if (s->toggle >= 0 && dup2(s->toggle, (int)first_free++) < 0)
		return -errno;

	/* Ours are CLOEXEC anyway: this is for what the shell left open. */
	syscall(SYS_close_range, first_free, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	return 0;
}

static int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return -errno;

	return 0;
}

/* The agent says it if that CPU cannot be had. */
static void pin(unsigned cpu)
{
	cpu_set_t *set = CPU_ALLOC(cpu + 1);

	if (!set)
		return;
	CPU_ZERO_S(CPU_ALLOC_SIZE(cpu + 1), set);
	CPU_SET_S(cpu, CPU_ALLOC_SIZE(cpu + 1), set);
	sched_setaffinity(0, CPU_ALLOC_SIZE(cpu + 1), set);
	CPU_FREE(set);
}

/* Never comes back; what went wrong before the exec goes to the parent. */
static void __attribute__((noreturn)) be_child(const struct start *s)
{
	char *const argv[] = { (char *)s->request->agent, NULL };
	int err;

	child_begin();
	if (s->request->cpu)
		pin(*s->request->cpu);
	err = renumber(s);
	if (!err && s->request->as_nobody)
		err = become_nobody();
	/* After the change of identity, which takes back what it sets. */
	child_exec(argv, s->parent, s->report[1], err);
}

static int start_process(struct launch_child *c, struct start *s)
{
	c->pid = fork();
	if (c->pid < 0)
		return -errno;
	if (!c->pid)
		be_child(s);

	close_fd(&s->report[1]);
	return child_await_exec(c->pid, s->report[0]);
}

static int take_ends(struct launch_child *c, struct start *s)
{
	c->records = s->records[0];
	c->output = s->output[0];
	s->records[0] = s->output[0] = -1;
	if (fcntl(c->records, F_SETFL, O_NONBLOCK) ||
	    fcntl(c->output, F_SETFL, O_NONBLOCK))
		return -errno;

	return 0;
}

int launch_child_start(struct launch_child *c,
		       const struct launch_request *request, struct error *e)
{
	struct start s = { .request = request,
			   .parent = getpid(),
			   .null = -1,
			   .job = -1,
			   .toggle = -1,
			   .records = { -1, -1 },
			   .output = { -1, -1 },
			   .report = { -1, -1 } };
	int err;

	*c = (struct launch_child){ .pidfd = -1, .records = -1, .output = -1 };
	err = open_all(&s);
	if (!err)
		err = take_ends(c, &s);
	if (!err)
		err = start_process(c, &s);
	close_all(&s);
	if (err)
		return error_set(e, err, "%s cannot be started: %s",
				 request->agent, strerror(-err));

	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	return 0;
}

void launch_child_close(struct launch_child *c)
{
	close_fd(&c->pidfd);
	close_fd(&c->records);
	close_fd(&c->output);
}
