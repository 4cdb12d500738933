// SPDX-License-Identifier: GPL-2.0-only
#include "guest_child.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HIGH_FD = 10, /* above all that the child renumbers */
	NS_PER_MS = 1000000,
	GRACE_MS = 2000
};

static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC), high;

	if (fd < 0)
		return -errno;
	high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
	close(fd);
	return high;
}

/* What is known goes in front of the line `end`. */
static int make_job(const char *text, const char *features)
{
	const char *end = strstr(text, "\nend\n");
	int fd = memory_file("job");

	if (fd < 0 || !end)
		return -EINVAL;
	if (dprintf(fd, "%.*s\n%send\n", (int)(end - text), text, features) < 0)
		return -EIO;
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static uint64_t number_of(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* As launch_child.c does it. */
static void __attribute__((noreturn)) be_child(const struct guest_child *c)
{
	char *const argv[] = { (char *)"faultline-agent", NULL };
	cpu_set_t cpus;

	setpgid(0, 0);
	CPU_ZERO(&cpus);
	CPU_SET(c->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	if (dup2(c->output, STDOUT_FILENO) >= 0 &&
	    dup2(c->output, STDERR_FILENO) >= 0 &&
	    dup2(c->job, FL_JOB_FD) >= 0 && dup2(c->records, FL_RECORD_FD) >= 0)
		execv("/init", argv);
	_exit(EXIT_FAILURE);
}

int guest_child_start(struct guest_child *c, const char *text,
		      const char *features)
{
	uint64_t limit_ms = number_of(text, "\nlimit_ns=") / NS_PER_MS;

	*c = (struct guest_child){ .job = -1, .records = -1, .output = -1 };
	c->cpu = (int)number_of(text, "\ncpus=");
	c->limit_ms = limit_ms && limit_ms < INT_MAX - GRACE_MS
			      ? (int)limit_ms + GRACE_MS
			      : INT_MAX;
	c->job = make_job(text, features);
	c->records = memory_file("records");
	c->output = memory_file("output");
	if (c->job < 0 || c->records < 0 || c->output < 0)
		return -EIO;

	c->pid = fork();
	if (!c->pid)
		be_child(c);
	return c->pid < 0 ? -errno : 0;
}

void guest_child_follow(struct guest_child *c, int alive_ms,
			void (*alive)(void *ctx), void *ctx)
{
	struct pollfd p = { .events = POLLIN };
	int left = c->limit_ms;

	p.fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	while (p.fd >= 0 && !c->hung) {
		int slice = alive_ms && alive_ms < left ? alive_ms : left;

		if (poll(&p, 1, slice))
			break;
		left -= slice;
		c->hung = left <= 0;
		if (alive_ms)
			alive(ctx);
	}
	if (p.fd >= 0)
		close(p.fd);
	if (c->hung)
		kill(-c->pid, SIGKILL);
	waitpid(c->pid, &c->status, 0);
	/* All that is left is what the job has left behind. */
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

void guest_child_close(struct guest_child *c)
{
	const int fds[] = { c->job, c->records, c->output };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}
