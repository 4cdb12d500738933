// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes' frame: a hang and a crash are answers, and the driver knows each
 * probe by its name.  What the kernel answers is printed, not asserted.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bench/agent/probe.h"
#include "bench/agent/probe_try.h"
#include "bench/doctor.h"
#include "common/feature.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static PROBE_TRY(hangs)
{
	(void)bytes;
	for (;;)
		pause();
	return probe_say(FL_FEATURE_YES, why, "never");
}

static PROBE_TRY(crashes)
{
	(void)why;
	(void)bytes;
	signal(SIGABRT, SIG_DFL);
	abort();
}

static PROBE_TRY(says_nothing)
{
	(void)why;
	(void)bytes;
	return FL_FEATURE_UNKNOWN;
}

static PROBE_TRY(says_too_much)
{
	char text[2 * PROBE_WHY_BYTES];

	(void)bytes;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	return probe_say(FL_FEATURE_DENIED, why, "%s", text);
}

static PROBE_TRY(works)
{
	(void)bytes;
	return probe_say(FL_FEATURE_YES, why, "well");
}

static const struct {
	enum fl_feature_state (*try)(char *why, size_t bytes);
	int limit_ms;
	enum fl_feature_state state;
	const char *words;
} run_rows[] = {
	{ probe_hangs, 50, FL_FEATURE_FAILED, "no answer within 50 ms" },
	{ probe_crashes, 30000, FL_FEATURE_FAILED, "signal 6" },
	{ probe_says_nothing, 30000, FL_FEATURE_FAILED, "no answer" },
	{ probe_says_too_much, 30000, FL_FEATURE_DENIED, "xxx" },
	{ probe_works, 30000, FL_FEATURE_YES, "well" },
};

static void test_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(run_rows) / sizeof(*run_rows); i++) {
		const struct probe probe = { .try = run_rows[i].try };
		char why[PROBE_WHY_BYTES];
		enum fl_feature_state seen;

		memset(why, 'y', sizeof(why));
		seen = probe_run(&probe, run_rows[i].limit_ms, why,
				 sizeof(why));
		if (!memchr(why, '\0', sizeof(why)))
			fail_msg("row %zu: the words have no end", i);
		if (seen != run_rows[i].state ||
		    !strstr(why, run_rows[i].words))
			fail_msg("row %zu: %d, %s", i, seen, why);
	}
}

static void test_errno(void **state)
{
	static const struct {
		int err;
		enum fl_feature_state state;
	} rows[] = {
		{ EPERM, FL_FEATURE_DENIED }, { -EACCES, FL_FEATURE_DENIED },
		{ ENOSYS, FL_FEATURE_NO },    { -EINVAL, FL_FEATURE_NO },
		{ -ENOTTY, FL_FEATURE_NO },   { ENOMEM, FL_FEATURE_FAILED },
		{ -EIO, FL_FEATURE_FAILED },  { EMFILE, FL_FEATURE_FAILED },
	};
	char why[PROBE_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (probe_errno(rows[i].err, why, "it") != rows[i].state ||
		    strncmp(why, "it: ", 4) != 0)
			fail_msg("row %zu: %s", i, why);
}

static void test_each_feature_has_one(void **state)
{
	const struct probe *p;
	size_t nr = 0;

	(void)state;
	for (; (p = probe_at(nr)); nr++) {
		assert_int_equal(p->feature, nr + 1);
		assert_int_equal(feature_find(feature_name(p->feature)),
				 p->feature);
		assert_true(strlen(feature_words(p->feature)) < 42);
		assert_non_null(p->try);
	}
	assert_int_equal(nr, FL_FEATURE_NR - 1);
}

/* Real ones: whatever the answer, it is one, it has words, and it stays. */
static void test_answers(void **state)
{
	const struct probe *p;

	(void)state;
	for (size_t i = 0; (p = probe_at(i)); i++) {
		const char *why = NULL, *again = NULL;
		enum fl_feature_state seen = probe_feature(p->feature, &why);

		print_message("%s: %d %s\n", feature_name(p->feature), seen,
			      why);
		if (seen == FL_FEATURE_UNKNOWN ||
		    (seen != FL_FEATURE_YES && !*why))
			fail_msg("%s: %d without words",
				 feature_name(p->feature), seen);
		assert_int_equal(probe_feature(p->feature, &again), seen);
		assert_ptr_equal(again, why);
	}
	assert_int_equal(probe_feature(FL_FEATURE_NONE, NULL), FL_FEATURE_YES);
}

/* What must agree on any kernel. */
static void test_answers_agree(void **state)
{
	(void)state;
	if (probe_feature(FL_FEATURE_UFFD, NULL) != FL_FEATURE_YES) {
		assert_int_not_equal(
			probe_feature(FL_FEATURE_UFFD_KERNEL, NULL),
			FL_FEATURE_YES);
		assert_int_not_equal(probe_feature(FL_FEATURE_WP_ANON, NULL),
				     FL_FEATURE_YES);
	}
	if (probe_feature(FL_FEATURE_WP_ASYNC, NULL) == FL_FEATURE_YES) {
		assert_int_equal(probe_feature(FL_FEATURE_WP_UNPOPULATED, NULL),
				 FL_FEATURE_YES);
		assert_int_equal(probe_feature(FL_FEATURE_PAGEMAP_SCAN, NULL),
				 FL_FEATURE_YES);
	}
}

enum {
	NOBODY = 65534,
	CANNOT_TELL = 77
};

/* As who has no right to pin more than the limit says. */
static int try_without_memlock(void)
{
	const struct rlimit none = { 0, 0 };
	char why[PROBE_WHY_BYTES] = "";

	if (!geteuid() && setresuid(NOBODY, NOBODY, NOBODY))
		return CANNOT_TELL;
	if (probe_io_uring(why, sizeof(why)) != FL_FEATURE_YES)
		return CANNOT_TELL;
	if (setrlimit(RLIMIT_MEMLOCK, &none) ||
	    probe_io_uring(why, sizeof(why)) != FL_FEATURE_DENIED)
		return 1;
	return !strstr(why, "RLIMIT_MEMLOCK, 0 kB");
}

static void test_memlock(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (!pid)
		_exit(try_without_memlock());

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT_TELL)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_each_feature_has_one),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answers_agree),
		cmocka_unit_test(test_memlock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
