// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parent's half of a launch.  Whatever happens here, the way out is one:
 * kill the process group, reap the agent, close the descriptors.
 *
 * SIGINT, SIGTERM and SIGHUP are blocked but for the time in ppoll(), so that none
 * falls between the look at @interrupted and the sleep.
 */
#include "launch.h"

#include "launch_child.h"
#include "record_stream.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK_BYTES = 64 * 1024,
	NO_PIDFD_POLL_MS = 20,
	NS_PER_MS = 1000000,
};

struct launch {
	const struct launch_request *request;
	struct launch_end *end;
	struct launch_child child;
	struct record_stream stream;
	sigset_t mask; /* of the caller */
	uint64_t start_ns;
	size_t tail_bytes;
	int err; /* of the records */
	char chunk[CHUNK_BYTES];
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static void keep_tail(struct launch *l, const char *data, size_t bytes)
{
	char *tail = l->end->stderr_tail;
	size_t room = LAUNCH_STDERR_BYTES - 1;
	size_t keep;

	if (bytes > room) {
		data += bytes - room;
		bytes = room;
	}
	keep = l->tail_bytes + bytes > room ? room - bytes : l->tail_bytes;
	memmove(tail, tail + l->tail_bytes - keep, keep);
	memcpy(tail + keep, data, bytes);
	l->tail_bytes = keep + bytes;
}

/* The text goes into a JSON string and to a terminal. */
static void make_tail_printable(struct launch *l)
{
	char *tail = l->end->stderr_tail;

	for (size_t i = 0; i < l->tail_bytes; i++)
		if ((tail[i] < ' ' && tail[i] != '\n' && tail[i] != '\t') ||
		    tail[i] > '~')
			tail[i] = '?';
	tail[l->tail_bytes] = '\0';
}

static void take_records(struct launch *l, const char *data, size_t bytes)
{
	if (l->err)
		return;

	l->err = record_stream_add(&l->stream, data, bytes, &l->end->why);
}

static void take_output(struct launch *l, const char *data, size_t bytes)
{
	keep_tail(l, data, bytes);
}

/* One read; closes the descriptor at its end.  Return: if there may be more. */
static bool read_some(struct launch *l, int *fd,
		      void (*take)(struct launch *l, const char *data,
				   size_t bytes))
{
	ssize_t got;

	if (*fd < 0)
		return false;

	got = read(*fd, l->chunk, sizeof(l->chunk));
	if (got > 0) {
		take(l, l->chunk, (size_t)got);
		return true;
	}
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return false;

	close(*fd);
	*fd = -1;
	return false;
}

static bool has_exited(const struct launch *l)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, (id_t)l->child.pid, &info,
		       WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == l->child.pid;
}

static bool is_interrupted(const struct launch *l)
{
	return l->request->interrupted && *l->request->interrupted;
}

/* Sleeps until something happens, at most to the deadline. */
static void wait_for_something(struct launch *l, uint64_t left_ns)
{
	uint64_t ns = left_ns;
	struct timespec timeout;
	struct pollfd fds[] = {
		{ .fd = l->child.records, .events = POLLIN },
		{ .fd = l->child.output, .events = POLLIN },
		{ .fd = l->child.pidfd, .events = POLLIN },
	};

	if (l->child.pidfd < 0 && ns > (uint64_t)NO_PIDFD_POLL_MS * NS_PER_MS)
		ns = (uint64_t)NO_PIDFD_POLL_MS * NS_PER_MS;

	timeout.tv_sec = (time_t)(ns / 1000000000U);
	timeout.tv_nsec = (long)(ns % 1000000000U);
	if (ppoll(fds, sizeof(fds) / sizeof(fds[0]), &timeout, &l->mask) <= 0)
		return;

	if (fds[0].revents)
		read_some(l, &l->child.records, take_records);
	if (fds[1].revents)
		read_some(l, &l->child.output, take_output);
}

/* Until it is gone, its time is over, or it has said something wrong. */
static void follow(struct launch *l)
{
	while (!has_exited(l)) {
		uint64_t passed = now_ns() - l->start_ns;

		if (is_interrupted(l)) {
			l->end->status = LAUNCH_INTERRUPTED;
			error_set(&l->end->why, 0, "interrupted");
			return;
		}
		if (passed >= l->request->limit_ns) {
			l->end->status = LAUNCH_HUNG;
			error_set(&l->end->why, 0,
				  "still running after %.1f s: killed",
				  (double)l->request->limit_ns / 1e9);
			return;
		}

		wait_for_something(l, l->request->limit_ns - passed);
		if (l->err) {
			l->end->status = LAUNCH_FAILED;
			return;
		}
	}
}

/*
 * The leader is not reaped before its group is killed: until then nobody else
 * can have the number.
 */
static void kill_and_reap(struct launch *l)
{
	int status = 0;

	kill(-l->child.pid, SIGKILL);
	while (waitpid(l->child.pid, &status, 0) < 0 && errno == EINTR)
		;

	if (WIFEXITED(status))
		l->end->exit_status = WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		l->end->signal = WTERMSIG(status);
}

/*
 * What lies in the pipes is read, but their end is not waited for: somebody
 * who left the group may hold them open.
 */
static void drain(struct launch *l)
{
	uint64_t least = RECORD_STREAM_MAX_BYTES / CHUNK_BYTES;

	for (uint64_t i = 0; i < least && !l->err; i++)
		if (!read_some(l, &l->child.records, take_records))
			break;
	for (uint64_t i = 0; i < least; i++)
		if (!read_some(l, &l->child.output, take_output))
			break;
}

/* Where its last line of text starts, without newlines behind it. */
static const char *last_line(char *tail)
{
	size_t bytes = strlen(tail);
	const char *newline;

	while (bytes && tail[bytes - 1] == '\n')
		tail[--bytes] = '\0';
	newline = strrchr(tail, '\n');
	return newline ? newline + 1 : tail;
}

/* What it said itself tells more than what is missing from its records. */
static void explain_exit(struct launch *l)
{
	struct launch_end *end = l->end;
	char tail[LAUNCH_STDERR_BYTES];
	const char *line;

	memcpy(tail, end->stderr_tail, sizeof(tail));
	line = last_line(tail);
	if (*line) {
		end->why.text[0] = '\0';
		error_set(&end->why, 0, "the agent's exit status is %d: %.480s",
			  end->exit_status, line);
	} else if (end->why.text[0]) {
		error_prefix(&end->why, "the agent's exit status is %d",
			     end->exit_status);
	} else {
		error_set(&end->why, 0, "the agent's exit status is %d",
			  end->exit_status);
	}
}

static void judge(struct launch *l)
{
	struct launch_end *end = l->end;

	if (end->status != LAUNCH_OK)
		return;

	if (end->signal) {
		end->status = LAUNCH_SIGNALED;
		end->why.text[0] = '\0';
		error_set(&end->why, 0,
			  "the agent was killed by signal %d (%s)", end->signal,
			  strsignal(end->signal));
		return;
	}

	if (!l->err)
		l->err = record_stream_end(&l->stream, &end->why);
	if (l->err || end->exit_status)
		end->status = LAUNCH_FAILED;
	if (end->exit_status)
		explain_exit(l);
}

static void run(struct launch *l)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_BLOCK, &blocked, &l->mask);

	follow(l);
	kill_and_reap(l);
	drain(l);
	make_tail_printable(l);
	judge(l);
	l->end->wall_ns = now_ns() - l->start_ns;

	sigprocmask(SIG_SETMASK, &l->mask, NULL);
}

int launch_agent(const struct launch_request *request,
		 struct launch_end *ret_end, struct error *e)
{
	struct launch_end end = { .exit_status = -1 };
	struct launch *l;
	int err;

	if (!request->limit_ns)
		return error_set(e, -EINVAL, "a launch needs a limit");

	l = calloc(1, sizeof(*l));
	if (!l)
		return error_set(e, -ENOMEM, "out of memory");

	l->request = request;
	l->end = &end;
	record_stream_init(&l->stream);
	l->stream.on_record = request->on_record;
	l->stream.ctx = request->ctx;
	l->start_ns = now_ns();

	err = launch_child_start(&l->child, request, e);
	if (!err) {
		run(l);
		*ret_end = end;
	}

	launch_child_close(&l->child);
	record_stream_finish(&l->stream);
	free(l);
	return err;
}
