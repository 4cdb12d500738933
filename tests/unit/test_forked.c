// SPDX-License-Identifier: GPL-2.0-only
/* Children that answer, refuse, die, hang, and keep what they should. */
#include "workloads/lib/forked.h"

#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CMD_ADD,
	CMD_REFUSE,
	CMD_KILL,
	CMD_LEAVE,
	CMD_HANG,
	CMD_IS_OPEN,
	CMD_READ,
};

static uint64_t word;

static int serve(void *data, uint32_t cmd, uint64_t arg, uint64_t *ret_value)
{
	(void)data;
	switch (cmd) {
	case CMD_ADD:
		*ret_value = arg + 1;
		return 0;
	case CMD_KILL:
		raise(SIGKILL);
		break;
	case CMD_LEAVE:
		_exit((int)arg);
	case CMD_HANG:
		for (;;)
			pause();
	case CMD_IS_OPEN:
		*ret_value = fcntl((int)arg, F_GETFD) >= 0;
		return 0;
	case CMD_READ:
		*ret_value = word;
		return 0;
	default:
		break;
	}
	return -EDOM;
}

struct fixture {
	struct fl_run run;
	struct forked child;
};

static int set_up(void **state)
{
	struct fixture *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(f, MAP_FAILED);
	f->run.deadline_ns = fl_clock_ns() + 60000000000U;
	*state = f;
	return 0;
}

/* Nothing is left: no child to wait for. */
static int tear_down(void **state)
{
	struct fixture *f = *state;

	forked_kill(&f->child);
	forked_kill(&f->child);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	munmap(f, sizeof(*f));
	return 0;
}

static void start(struct fixture *f, const int *kept, unsigned nr_kept,
		  uint64_t limit_ms)
{
	struct forked_spec spec = { .name = "reader",
				    .serve = serve,
				    .kept = kept,
				    .nr_kept = nr_kept,
				    .limit_ms = limit_ms };

	assert_int_equal(forked_start(&f->run, &f->child, &spec), 0);
	assert_true(f->child.pid > 0);
	assert_true(f->child.fork_ns > 0);
}

static void test_answers(void **state)
{
	struct fixture *f = *state;
	uint64_t value = 0;

	word = 7;
	start(f, NULL, 0, 0);
	word = 8;
	assert_int_equal(forked_call(&f->run, &f->child, CMD_ADD, 41, &value),
			 0);
	assert_int_equal(value, 42);
	assert_int_equal(forked_call(&f->run, &f->child, CMD_READ, 0, &value),
			 0);
	assert_int_equal(value, 7);
	assert_int_equal(forked_end(&f->run, &f->child), 0);
	assert_int_equal(forked_end(&f->run, &f->child), 0);
	assert_string_equal(f->run.why, "");
}

static void test_keeps(void **state)
{
	struct fixture *f = *state;
	int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int high = fcntl(kept, F_DUPFD_CLOEXEC, 200);
	int both[] = { high, kept };
	const struct {
		int fd;
		uint64_t open;
	} rows[] = {
		{ 0, 1 }, { 2, 1 }, { kept, 1 }, { high, 1 }, { other, 0 }
	};
	uint64_t value;

	start(f, both, 2, 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(forked_call(&f->run, &f->child, CMD_IS_OPEN,
					     (uint64_t)rows[i].fd, &value),
				 0);
		assert_int_equal(value, rows[i].open);
	}
	close(kept);
	close(other);
	close(high);
}

static const struct {
	const char *name;
	uint32_t cmd;
	uint64_t arg;
	int err;
	const char *why;
	bool there; /* afterwards */
} bad_rows[] = {
	{ "refuses", CMD_REFUSE, 0, -EDOM,
	  "child reader, command 1: Numerical argument out of domain", true },
	{ "killed", CMD_KILL, 0, -EPIPE,
	  "child reader died by signal 9 at command 2: Broken pipe", false },
	{ "leaves", CMD_LEAVE, 5, -EPIPE,
	  "child reader left with status 5 at command 3: Broken pipe", false },
	{ "hangs", CMD_HANG, 0, -ETIMEDOUT,
	  "child reader gave no answer to command 4 within 50 ms and was "
	  "killed: Connection timed out",
	  false },
};

static void test_bad(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ROWS(bad_rows); i++) {
		const char *row = bad_rows[i].name;

		f->run.why[0] = '\0';
		start(f, NULL, 0, 50);
		check_row_int(row,
			      forked_call(&f->run, &f->child, bad_rows[i].cmd,
					  bad_rows[i].arg, NULL),
			      bad_rows[i].err);
		check_row_text(row, f->run.why, bad_rows[i].why);
		check_row(row, (f->child.pid != 0) == bad_rows[i].there);

		/* Who is gone stays gone, and says so. */
		if (!bad_rows[i].there)
			check_row_int(row,
				      forked_call(&f->run, &f->child, CMD_ADD,
						  1, NULL),
				      -EPIPE);
		forked_kill(&f->child);
	}
}

/* Killed between two commands: found at the next, or at its end. */
static void test_dead(void **state)
{
	struct fixture *f = *state;

	start(f, NULL, 0, 0);
	kill(f->child.pid, SIGKILL);
	assert_int_equal(forked_call(&f->run, &f->child, CMD_ADD, 1, NULL),
			 -EPIPE);
	assert_string_equal(
		f->run.why,
		"child reader died by signal 9 at command 0: Broken pipe");

	f->run.why[0] = '\0';
	start(f, NULL, 0, 0);
	kill(f->child.pid, SIGTERM);
	assert_int_equal(forked_end(&f->run, &f->child), -EPIPE);
	assert_string_equal(f->run.why,
			    "child reader ended by signal 15: Broken pipe");
}

/* The deadline of the launch is the last one. */
static void test_deadline(void **state)
{
	struct fixture *f = *state;

	start(f, NULL, 0, 60000);
	f->run.deadline_ns = fl_clock_ns();
	assert_int_equal(forked_call(&f->run, &f->child, CMD_HANG, 0, NULL),
			 -ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_keeps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dead, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deadline, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
