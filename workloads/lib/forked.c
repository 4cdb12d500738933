// SPDX-License-Identifier: GPL-2.0-only
#include "forked.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum {
	STANDARD_FDS = 3,
	MAX_OPEN = 65536, /* where the kernel has no close_range() */
	STACK_BYTES = 64 << 10,
	STRIDE = 4096,
};

struct request {
	uint64_t arg;
	uint64_t cmd;
};

struct reply {
	uint64_t value;
	int64_t ret;
};

static void close_between(int first, int last)
{
	if (first > last || !syscall(SYS_close_range, first, last, 0))
		return;
	for (int fd = first; fd <= last && fd < MAX_OPEN; fd++)
		close(fd);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void close_others(const struct forked_spec *spec, int own)
{
	int kept[FORKED_MAX_KEPT + 1], next = STANDARD_FDS;
	unsigned nr = 0;

	kept[nr++] = own;
	for (unsigned i = 0; i < spec->nr_kept; i++)
		kept[nr++] = spec->kept[i];

	qsort(kept, nr, sizeof(kept[0]), by_number);
	for (unsigned i = 0; i < nr; i++) {
		close_between(next, kept[i] - 1);
		if (kept[i] >= next)
			next = kept[i] + 1;
	}
	close_between(next, INT_MAX);
}

static bool send_reply(int fd, const struct reply *reply)
{
	return send(fd, reply, sizeof(*reply), MSG_NOSIGNAL) >= 0;
}

static void be_child(const struct forked_spec *spec, int fd, pid_t parent)
{
	struct request request;
	struct reply reply = { 0 };

	/* The signal is sent only if the parent dies from now on. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);

	close_others(spec, fd);
	while (send_reply(fd, &reply) &&
	       recv(fd, &request, sizeof(request), 0) == sizeof(request)) {
		reply.value = 0;
		reply.ret = spec->serve ? spec->serve(spec->data,
						      (uint32_t)request.cmd,
						      request.arg, &reply.value)
					: 0;
	}
	_exit(0);
}

__attribute__((noinline)) static void write_stack(void)
{
	char frame[STACK_BYTES];

	/* All of it is there, says the barrier. */
	__asm__ volatile("" : : "r"(frame) : "memory");
	for (size_t i = 0; i < sizeof(frame); i += STRIDE)
		*(volatile char *)&frame[i] = 0;
}

/* Return: > 0 when there is something to read, or an end; 0 if it is late. */
static int wait_for(const struct forked *c, const struct fl_run *run)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	uint64_t until = fl_clock_ns() + c->limit_ms * 1000000U;

	if (until > run->deadline_ns)
		until = run->deadline_ns;
	for (;;) {
		uint64_t now = fl_clock_ns();
		uint64_t ms = now < until ? (until - now) / 1000000U + 1 : 0;
		int n = poll(&p, 1, ms < INT_MAX ? (int)ms : INT_MAX);

		if (n >= 0 || errno != EINTR)
			return n;
	}
}

static int reap(struct forked *c)
{
	int status = 0;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(c->fd);
	c->fd = -1;
	c->pid = 0;
	return status;
}

static int say_late(struct fl_run *run, struct forked *c, const char *at)
{
	int err = fl_fail(run, -ETIMEDOUT,
			  "child %s gave no answer to %s within %" PRIu64
			  " ms and was killed",
			  c->name, at, c->limit_ms);

	forked_kill(c);
	return err;
}

static int say_gone(struct fl_run *run, struct forked *c, const char *at)
{
	int status = reap(c);

	if (WIFSIGNALED(status))
		return fl_fail(run, -EPIPE, "child %s died by signal %d at %s",
			       c->name, WTERMSIG(status), at);

	return fl_fail(run, -EPIPE, "child %s left with status %d at %s",
		       c->name, WEXITSTATUS(status), at);
}

static int get_reply(struct fl_run *run, struct forked *c, const char *at,
		     struct reply *ret_reply)
{
	if (wait_for(c, run) <= 0)
		return say_late(run, c, at);
	if (recv(c->fd, ret_reply, sizeof(*ret_reply), 0) != sizeof(*ret_reply))
		return say_gone(run, c, at);

	return 0;
}

static int fork_child(const struct forked_spec *spec, const int *fd,
		      uint64_t *ret_ns)
{
	pid_t parent = getpid(), pid;
	uint64_t t0 = fl_clock_ns();

	pid = fork();
	if (!pid)
		be_child(spec, fd[1], parent);
	*ret_ns = fl_clock_ns() - t0;
	if (pid < 0)
		pid = -errno;

	close(fd[1]);
	if (pid < 0)
		close(fd[0]);
	return pid;
}

int forked_start(struct fl_run *run, struct forked *c,
		 const struct forked_spec *spec)
{
	struct reply ready;
	int fd[2], err;
	pid_t pid;

	if (spec->nr_kept > FORKED_MAX_KEPT)
		return fl_fail(run, -E2BIG, "child %s: descriptors to keep",
			       spec->name);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return fl_fail(run, -errno, "child %s: socketpair", spec->name);

	*c = (struct forked){ .name = spec->name,
			      .fd = fd[0],
			      .limit_ms = spec->limit_ms ? spec->limit_ms
							 : FORKED_LIMIT_MS };
	pid = fork_child(spec, fd, &c->fork_ns);
	if (pid < 0)
		return fl_fail(run, pid, "child %s: fork", spec->name);

	c->pid = pid;
	err = get_reply(run, c, "its start", &ready);
	write_stack();
	return err;
}

int forked_call(struct fl_run *run, struct forked *c, uint32_t cmd,
		uint64_t arg, uint64_t *ret_value)
{
	struct request request = { .cmd = cmd, .arg = arg };
	struct reply reply = { 0 };
	char at[32];
	int err;

	snprintf(at, sizeof(at), "command %" PRIu32, cmd);
	if (!c->pid)
		return fl_fail(run, -EPIPE, "%s: there is no child", at);
	if (send(c->fd, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		return say_gone(run, c, at);

	err = get_reply(run, c, at, &reply);
	if (err)
		return err;
	if (reply.ret < 0)
		return fl_fail(run, (int)reply.ret, "child %s, %s", c->name,
			       at);
	if (ret_value)
		*ret_value = reply.value;
	return (int)reply.ret;
}

int forked_end(struct fl_run *run, struct forked *c)
{
	int status;

	if (!c->pid)
		return 0;

	/* Its end of the socket closes after its memory is gone. */
	shutdown(c->fd, SHUT_WR);
	if (wait_for(c, run) <= 0)
		return say_late(run, c, "its end");

	status = reap(c);
	if (status)
		return fl_fail(run, -EPIPE, "child %s ended by %s %d", c->name,
			       WIFSIGNALED(status) ? "signal" : "status",
			       WIFSIGNALED(status) ? WTERMSIG(status)
						   : WEXITSTATUS(status));
	return 0;
}

void forked_kill(struct forked *c)
{
	if (!c->pid)
		return;

	kill(c->pid, SIGKILL);
	reap(c);
}
