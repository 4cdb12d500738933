// SPDX-License-Identifier: GPL-2.0-only
/* launch_agent() on an agent that does all that an agent must not do. */
#include "bench/launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_NS UINT64_C(60000000000)
#define SHORT_NS UINT64_C(300000000)

enum {
	MILLION = 1000000
};

static const struct {
	const char *job;
	enum launch_status status;
	unsigned records; /* that were handed on */
	const char *why;  /* stands in why.text */
	uint64_t limit_ns;
} launch_rows[] = {
	{ "good", LAUNCH_OK, 3, "" },
	{ "many", LAUNCH_OK, MILLION, "" },
	{ "talk", LAUNCH_OK, 3, "" },
	{ "grandchild", LAUNCH_OK, 3, "" },
	{ "escaped", LAUNCH_OK, 3, "" },
	{ "other-protocol", LAUNCH_FAILED, 0, "protocol 2" },
	{ "other-tables", LAUNCH_FAILED, 0, "other workload tables" },
	{ "no-hello", LAUNCH_FAILED, 0, "did not begin with" },
	{ "two-hellos", LAUNCH_FAILED, 0, "twice" },
	{ "garbage", LAUNCH_FAILED, 0, "line 2" },
	{ "empty-line", LAUNCH_FAILED, 0, "line 2" },
	{ "unknown-type", LAUNCH_FAILED, 0, "`poem`" },
	{ "wrong-count", LAUNCH_FAILED, 0, "2 records, 1" },
	{ "wrong-hash", LAUNCH_FAILED, 0, "damaged" },
	{ "no-done", LAUNCH_FAILED, 2, "without `done`" },
	{ "torn", LAUNCH_FAILED, 0, "torn" },
	{ "after-done", LAUNCH_FAILED, 3, "after `done`" },
	{ "long-line", LAUNCH_FAILED, 0, "a line of over" },
	{ "endless-line", LAUNCH_FAILED, 0, "a line of over" },
	{ "crash", LAUNCH_SIGNALED, 0, "signal 11" },
	{ "fail", LAUNCH_FAILED, 3, "exit status is 3: no memory" },
	{ "no-such-behaviour", LAUNCH_FAILED, 0, "wrote no record" },
	{ "close-early", LAUNCH_FAILED, 0, "without `done`" },
	{ "hang", LAUNCH_HUNG, 0, "after 0.3 s", SHORT_NS },
	{ "stubborn", LAUNCH_HUNG, 0, "after 0.3 s", SHORT_NS },
};

static int count_record(void *ctx, json_t *record, struct error *e)
{
	unsigned *nr = ctx;

	(void)e;
	assert_non_null(json_object_get(record, "type"));
	(*nr)++;
	return 0;
}

static struct launch_request request_of(const char *word, unsigned *nr)
{
	static char job[128];

	snprintf(job, sizeof(job), "%s\nend\n", word);
	return (struct launch_request){
		.agent = getenv("FAKE_AGENT"),
		.job = job,
		.limit_ns = LIMIT_NS,
		.on_record = count_record,
		.ctx = nr,
	};
}

static void test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(launch_rows) / sizeof(launch_rows[0]);
	     i++) {
		unsigned nr = 0;
		struct launch_request request = request_of(launch_rows[i].job,
							   &nr);
		struct launch_end end;
		struct error e = { 0 };

		print_message("row %zu: %s\n", i, launch_rows[i].job);
		if (launch_rows[i].limit_ns)
			request.limit_ns = launch_rows[i].limit_ns;
		assert_int_equal(launch_agent(&request, &end, &e), 0);
		print_message("  %s\n", end.why.text);
		assert_int_equal(end.status, launch_rows[i].status);
		assert_int_equal(nr, launch_rows[i].records);
		assert_non_null(strstr(end.why.text, launch_rows[i].why));
		assert_int_equal(end.status == LAUNCH_OK, !end.why.text[0]);
	}
}

static void test_stderr_tail(void **state)
{
	static const char last[] = "line 99999\nthe ?[31mlast? one\n";
	unsigned nr = 0;
	const struct launch_request request = request_of("talk", &nr);
	struct launch_end end;
	struct error e = { 0 };
	size_t bytes;

	(void)state;
	assert_int_equal(launch_agent(&request, &end, &e), 0);
	bytes = strlen(end.stderr_tail);
	assert_int_equal(bytes, LAUNCH_STDERR_BYTES - 1);
	assert_string_equal(end.stderr_tail + bytes - strlen(last), last);
}

static void test_signal_is_told(void **state)
{
	unsigned nr = 0;
	const struct launch_request request = request_of("crash", &nr);
	struct launch_end end;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(launch_agent(&request, &end, &e), 0);
	assert_int_equal(end.signal, SIGSEGV);
	assert_int_equal(end.exit_status, -1);
}

/* An environment that a careless caller might hand on. */
static void test_clean_start(void **state)
{
	unsigned nr = 0;
	struct launch_request request = request_of("describe", &nr);
	struct launch_end end;
	struct error e = { 0 };
	sigset_t mask;
	int leak = dup(STDERR_FILENO), err;

	(void)state;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGTERM, SIG_IGN);
	request.as_nobody = getuid() == 0;
	err = launch_agent(&request, &end, &e);
	if (err == -EACCES) {
		print_message("nobody cannot reach this folder\n");
		request.as_nobody = false;
		err = launch_agent(&request, &end, &e);
	}
	assert_int_equal(err, 0);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	close(leak);

	print_message("%s", end.stderr_tail);
	assert_int_equal(end.status, LAUNCH_OK);
	assert_non_null(strstr(end.stderr_tail, "leader=1 blocked=0 term=1 "
						"null=1 fds=0,1,2,3,4, "));
	if (request.as_nobody)
		assert_non_null(strstr(end.stderr_tail, "uid=65534 gid=65534"));
}

/* A file that is toggled goes with it, from whatever descriptor. */
static void test_toggled_file(void **state)
{
	unsigned nr = 0;
	struct launch_request request = request_of("describe", &nr);
	struct launch_end end;
	struct error e = { 0 };
	int fd = dup(STDERR_FILENO);

	(void)state;
	request.toggle_fd = &fd;
	assert_int_equal(launch_agent(&request, &end, &e), 0);
	assert_int_equal(end.status, LAUNCH_OK);
	assert_non_null(strstr(end.stderr_tail, "fds=0,1,2,3,4,5, "));

	assert_int_equal(close(fd), 0);
	assert_int_equal(launch_agent(&request, &end, &e), -EBADF);
	assert_non_null(strstr(e.text, "cannot be started"));
}

/* Dead, or a zombie that waits for whoever adopted it. */
static bool is_gone(pid_t pid)
{
	char path[48], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return true;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return !line[0] || strstr(line, ") Z ") || strstr(line, ") X ");
}

static void test_group_is_killed(void **state)
{
	unsigned nr = 0;
	const struct launch_request request = request_of("grandchild", &nr);
	struct launch_end end;
	struct error e = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(launch_agent(&request, &end, &e), 0);
	assert_int_equal(end.status, LAUNCH_OK);
	pid = (pid_t)strtol(end.stderr_tail, NULL, 10);
	assert_true(pid > 1);
	for (int i = 0; i < 1000 && !is_gone(pid); i++)
		usleep(10000);
	assert_true(is_gone(pid));
}

static int refuse_record(void *ctx, json_t *record, struct error *e)
{
	unsigned *nr = ctx;

	(void)record;
	return ++*nr == 2 ? error_set(e, -ENOSPC, "the disk is full") : 0;
}

static void test_reader_refuses(void **state)
{
	unsigned nr = 0;
	struct launch_request request = request_of("many", &nr);
	struct launch_end end;
	struct error e = { 0 };

	(void)state;
	request.on_record = refuse_record;
	assert_int_equal(launch_agent(&request, &end, &e), 0);
	assert_int_equal(end.status, LAUNCH_FAILED);
	assert_string_equal(end.why.text, "the disk is full");
	assert_int_equal(nr, 2);
}

static volatile int stop;

static void on_alarm(int sig)
{
	(void)sig;
	stop = 1;
	kill(getpid(), SIGINT);
}

static void on_int(int sig)
{
	(void)sig;
}

static void test_interrupt(void **state)
{
	const struct itimerval timer = { .it_value.tv_usec = 100000 };
	unsigned nr = 0;
	struct launch_request request = request_of("stubborn", &nr);
	struct launch_end end;
	struct error e = { 0 };

	(void)state;
	stop = 0;
	request.interrupted = &stop;
	signal(SIGALRM, on_alarm);
	signal(SIGINT, on_int);
	setitimer(ITIMER_REAL, &timer, NULL);
	assert_int_equal(launch_agent(&request, &end, &e), 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	assert_int_equal(end.status, LAUNCH_INTERRUPTED);
	assert_true(end.wall_ns < LIMIT_NS);
}

static void test_cannot_start(void **state)
{
	static const char *const agents[] = { "/nonexistent/agent", "/dev/null",
					      "/" };

	(void)state;
	for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
		unsigned nr = 0;
		struct launch_request request = request_of("good", &nr);
		struct launch_end end = { .wall_ns = 42 };
		struct error e = { 0 };

		print_message("agent %s\n", agents[i]);
		request.agent = agents[i];
		assert_true(launch_agent(&request, &end, &e) < 0);
		assert_non_null(strstr(e.text, agents[i]));
		assert_int_equal(end.wall_ns, 42);
	}
}

static unsigned count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned nr = 0;

	assert_non_null(dir);
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

/* Runs last: whatever happened before, nothing of it is left. */
static void test_nothing_is_left(void **state)
{
	const unsigned *fds = *state;

	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(count_fds(), *fds);
}

int main(void)
{
	static unsigned fds;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_stderr_tail),
		cmocka_unit_test(test_signal_is_told),
		cmocka_unit_test(test_clean_start),
		cmocka_unit_test(test_toggled_file),
		cmocka_unit_test(test_group_is_killed),
		cmocka_unit_test(test_reader_refuses),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_cannot_start),
		cmocka_unit_test_prestate(test_nothing_is_left, &fds),
	};

	fds = count_fds();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
