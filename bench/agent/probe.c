// SPDX-License-Identifier: GPL-2.0-only
#include "probe.h"

#include "probe_try.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LIMIT_MS = 5000
};

static const struct probe probes[] = {
	{ FL_FEATURE_UFFD, probe_uffd },
	{ FL_FEATURE_UFFD_KERNEL, probe_uffd_kernel },
	{ FL_FEATURE_WP_ANON, probe_wp_anon },
	{ FL_FEATURE_WP_SHMEM, probe_wp_shmem },
	{ FL_FEATURE_MINOR_SHMEM, probe_minor_shmem },
	{ FL_FEATURE_WP_HUGETLB, probe_wp_hugetlb },
	{ FL_FEATURE_WP_UNPOPULATED, probe_wp_unpopulated },
	{ FL_FEATURE_WP_ASYNC, probe_wp_async },
	{ FL_FEATURE_REWP_NO_FLUSH, probe_rewp_no_flush },
	{ FL_FEATURE_PAGEMAP_WP, probe_pagemap_wp },
	{ FL_FEATURE_PAGEMAP_PFN, probe_pagemap_pfn },
	{ FL_FEATURE_PAGEMAP_SCAN, probe_pagemap_scan },
	{ FL_FEATURE_THP, probe_thp },
	{ FL_FEATURE_COLLAPSE, probe_collapse },
	{ FL_FEATURE_POPULATE_WRITE, probe_populate_write },
	{ FL_FEATURE_PAGEOUT, probe_pageout },
	{ FL_FEATURE_SOFT_DIRTY, probe_soft_dirty },
	{ FL_FEATURE_KSM, probe_ksm },
	{ FL_FEATURE_MOVE_NODES, probe_move_nodes },
	{ FL_FEATURE_IO_URING, probe_io_uring },
	{ FL_FEATURE_TRACEPOINTS, probe_tracepoints },
};

enum {
	NR_PROBES = sizeof(probes) / sizeof(probes[0])
};

_Static_assert(NR_PROBES == FL_FEATURE_NR - 1, "a feature has no probe");

/* Written by the child, read when it is gone. */
struct answer {
	enum fl_feature_state state;
	char why[PROBE_WHY_BYTES];
};

const struct probe *probe_at(size_t i)
{
	return i < NR_PROBES ? &probes[i] : NULL;
}

enum fl_feature_state probe_say(enum fl_feature_state state, char *why,
				const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, PROBE_WHY_BYTES, fmt, args);
	va_end(args);
	return state;
}

enum fl_feature_state probe_errno(int err, char *why, const char *what)
{
	enum fl_feature_state state = FL_FEATURE_FAILED;

	err = abs(err);
	if (err == EPERM || err == EACCES)
		state = FL_FEATURE_DENIED;
	else if (err == ENOSYS || err == EINVAL || err == EOPNOTSUPP ||
		 err == ENOENT || err == ENOTTY || err == ENODEV)
		state = FL_FEATURE_NO;

	return probe_say(state, why, "%s: %s", what, strerror(err));
}

char *probe_map(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

long probe_number(const char *path, long otherwise)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32], *end;
	ssize_t n;
	long value;

	if (fd < 0)
		return otherwise;

	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return otherwise;

	text[n] = '\0';
	value = strtol(text, &end, 10);
	return end == text ? otherwise : value;
}

/* The pipe's other end closes with the child, whatever became of it. */
static bool ends_within(int fd, int limit_ms)
{
	struct pollfd p = { .fd = fd };
	struct timespec start, now;
	int left = limit_ms;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while (left > 0) {
		if (poll(&p, 1, left) > 0)
			return true;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = limit_ms -
		       (int)((now.tv_sec - start.tv_sec) * 1000 +
			     (now.tv_nsec - start.tv_nsec) / 1000000);
	}
	return false;
}

static void be_child(const struct probe *probe, struct answer *answer)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	answer->state = probe->try(answer->why, sizeof(answer->why));
	_exit(0);
}

static int wait_for(pid_t pid, int fd, int limit_ms, bool *ret_hung)
{
	int status = 0;

	*ret_hung = !ends_within(fd, limit_ms);
	if (*ret_hung)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static enum fl_feature_state judge(const struct answer *answer, int status,
				   char *why, size_t bytes)
{
	if (WIFSIGNALED(status))
		return probe_say(FL_FEATURE_FAILED, why,
				 "the probe ended by signal %d",
				 WTERMSIG(status));

	if (answer->state == FL_FEATURE_UNKNOWN)
		return probe_say(FL_FEATURE_FAILED, why,
				 "the probe gave no answer");

	snprintf(why, bytes, "%s", answer->why);
	return answer->state;
}

static enum fl_feature_state run_child(const struct probe *probe, int limit_ms,
				       struct answer *answer, char *why)
{
	bool hung;
	int fds[2], status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return probe_errno(errno, why, "pipe");

	pid = fork();
	if (!pid)
		be_child(probe, answer);

	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return probe_errno(errno, why, "fork");
	}

	status = wait_for(pid, fds[0], limit_ms, &hung);
	close(fds[0]);
	if (hung)
		return probe_say(FL_FEATURE_FAILED, why,
				 "no answer within %d ms", limit_ms);

	return judge(answer, status, why, PROBE_WHY_BYTES);
}

enum fl_feature_state probe_run(const struct probe *probe, int limit_ms,
				char *why, size_t bytes)
{
	char words[PROBE_WHY_BYTES] = "";
	enum fl_feature_state state;
	struct answer *answer;

	answer = mmap(NULL, sizeof(*answer), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (answer == MAP_FAILED) {
		state = probe_errno(errno, words, "mmap");
	} else {
		state = run_child(probe, limit_ms, answer, words);
		munmap(answer, sizeof(*answer));
	}
	snprintf(why, bytes, "%s", words);
	return state;
}

/*
 * The one static state of this file: what the kernel can do does not change
 * while a process lives.
 */
static struct answer known[FL_FEATURE_NR];

void probe_preset(enum fl_feature feature, enum fl_feature_state state,
		  const char *why)
{
	known[feature].state = state;
	snprintf(known[feature].why, sizeof(known[feature].why), "%s", why);
}

enum fl_feature_state probe_feature(enum fl_feature feature,
				    const char **ret_why)
{
	struct answer *k = &known[feature];

	if (feature == FL_FEATURE_NONE)
		k->state = FL_FEATURE_YES;

	for (size_t i = 0; k->state == FL_FEATURE_UNKNOWN && i < NR_PROBES; i++)
		if (probes[i].feature == feature)
			k->state = probe_run(&probes[i], LIMIT_MS, k->why,
					     sizeof(k->why));

	if (ret_why)
		*ret_why = k->why;
	return k->state;
}
