// SPDX-License-Identifier: GPL-2.0-only
#include "actors.h"

#include "clock.h"
#include "guard.h"
#include "session.h"

#include <faultline/protocol.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MAX_ACTORS = 64,
	STOP_NS = 1000000000,
	POLL_NS = 200000,
};

struct actor {
	pid_t pid;
	int fd; /* of the harness; messages keep their bounds */
};

struct actors {
	unsigned nr;
	struct actor actor[MAX_ACTORS];
};

struct actor_request {
	uint64_t arg;
	uint64_t cmd;
};

struct actor_reply {
	uint64_t value;
	int64_t ret;
};

static void serve_all(struct fl_run *run, const struct fl_actor *actor, int fd)
{
	struct actor_request request;

	while (recv(fd, &request, sizeof(request), 0) == sizeof(request)) {
		struct actor_reply reply = { 0 };

		reply.ret = actor->serve(run, (uint32_t)request.cmd,
					 request.arg, &reply.value);
		if (send(fd, &reply, sizeof(reply), MSG_NOSIGNAL) < 0)
			break;
	}
}

static void actor_main(struct session *s, const struct fl_actor *actor, int fd,
		       pid_t agent)
{
	if (guard_parent(agent))
		_exit(1);

	/* Those of the actors before it: they end when theirs are closed. */
	for (unsigned i = 0; i < s->actors->nr; i++)
		close(s->actors->actor[i].fd);
	close(FL_RECORD_FD);
	serve_all(&s->run, actor, fd);
	_exit(0);
}

static int start_actor(struct session *s, const struct fl_actor *actor)
{
	struct actors *a = s->actors;
	pid_t agent = getpid(), pid;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return fl_fail(&s->run, -errno, "actor %s", actor->name);

	pid = fork();
	if (!pid) {
		close(fd[0]);
		actor_main(s, actor, fd[1], agent);
	}
	if (pid < 0) {
		int err = -errno;

		close(fd[0]);
		close(fd[1]);
		return fl_fail(&s->run, err, "actor %s: fork", actor->name);
	}
	close(fd[1]);
	a->actor[a->nr++] = (struct actor){ .pid = pid, .fd = fd[0] };
	return 0;
}

int actors_start(struct session *s, struct actors **ret_actors)
{
	const struct fl_actor *table = s->run.workload->actors;
	int err = 0;

	*ret_actors = NULL;
	if (!table || !table->name)
		return 0;

	*ret_actors = calloc(1, sizeof(**ret_actors));
	if (!*ret_actors)
		return fl_fail(&s->run, -ENOMEM, "actors");

	for (; table->name && !err; table++) {
		if ((*ret_actors)->nr == MAX_ACTORS)
			return fl_fail(&s->run, -E2BIG, "actor %s",
				       table->name);
		err = start_actor(s, table);
	}
	return err;
}

static void drop(struct actor *actor)
{
	if (actor->fd >= 0)
		close(actor->fd);
	actor->fd = -1;
}

static void reap(struct actor *actor, uint64_t until)
{
	while (actor->pid > 0 && waitpid(actor->pid, NULL, WNOHANG) == 0) {
		if (fl_clock_ns() > until) {
			kill(actor->pid, SIGKILL);
			waitpid(actor->pid, NULL, 0);
			break;
		}
		clock_sleep_until(fl_clock_ns() + POLL_NS);
	}
	actor->pid = 0;
}

void actors_stop(struct actors *a)
{
	uint64_t until = fl_clock_ns() + STOP_NS;

	for (unsigned i = 0; a && i < a->nr; i++)
		drop(&a->actor[i]);
	for (unsigned i = 0; a && i < a->nr; i++)
		reap(&a->actor[i], until);
	free(a);
}

static int wait_reply(int fd, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		uint64_t now = fl_clock_ns();
		uint64_t ms = now < deadline_ns
				      ? (deadline_ns - now) / 1000000U + 1
				      : 0;
		int n = poll(&p, 1, ms < INT32_MAX ? (int)ms : INT32_MAX);

		if (n > 0)
			return 0;
		if (!n)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

static int exchange(int fd, const struct actor_request *request,
		    uint64_t deadline_ns, struct actor_reply *ret_reply)
{
	int err;

	if (send(fd, request, sizeof(*request), MSG_NOSIGNAL) < 0)
		return -EPIPE;

	err = wait_reply(fd, deadline_ns);
	if (err)
		return err;
	if (recv(fd, ret_reply, sizeof(*ret_reply), 0) != sizeof(*ret_reply))
		return -EPIPE;

	return 0;
}

int actors_call(struct fl_run *run, unsigned actor, uint32_t cmd, uint64_t arg,
		uint64_t *ret_value)
{
	struct actors *a = session_of(run)->actors;
	struct actor_request request = { .cmd = cmd, .arg = arg };
	struct actor_reply reply;
	int err;

	if (!a || actor >= a->nr || a->actor[actor].fd < 0)
		return -EPIPE;

	err = exchange(a->actor[actor].fd, &request, run->deadline_ns, &reply);
	if (err) {
		/* A late reply must not be taken for that of the next call. */
		drop(&a->actor[actor]);
		kill(a->actor[actor].pid, SIGKILL);
		return err;
	}
	if (ret_value)
		*ret_value = reply.value;
	return (int)reply.ret;
}
