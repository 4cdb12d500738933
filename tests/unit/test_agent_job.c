// SPDX-License-Identifier: GPL-2.0-only
/* Jobs are read strictly: whatever is not said clearly is refused. */
#include "bench/agent/job.h"

#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD "protocol=1\nkind=launch\nworkload=null_op\n"
#define REST                                                   \
	"cpus=0,3\nseed=18446744073709551615\nbatch_ops=100\n" \
	"launch_ns=1000000\nlimit_ns=1000000000\nparam.touch=1\n"
#define GOOD HEAD REST "end\n"
#define TOGGLE                                      \
	"toggle=/sys/a\ntoggle_v0=0\ntoggle_v1=1\n" \
	"toggle_settle_ns=1000\n"

static const struct {
	const char *text;
	int err;
	const char *words; /* that the error must have */
} job_rows[] = {
	{ GOOD, 0, "" },
	{ "protocol=1\nkind=probe\nend\n", 0, "" },
	{ "protocol=1\nkind=probe\nlimit_ns=2000000\nparent=1\nend\n", 0, "" },
	{ "end\n", -EPROTO, "no line `end`" },
	{ "", -EPROTO, "no line `end`" },
	{ HEAD REST, -EPROTO, "no line `end`" },
	{ HEAD REST "end", -EPROTO, "no line `end`" },
	{ GOOD "x=1\n", -EPROTO, "goes on" },
	{ "kind=launch\nprotocol=1\nend\n", -EPROTO, "first line" },
	{ "protocol=2\nkind=launch\nend\n", -EPROTO, "speaks 1" },
	{ "protocol=1\nkind=race\nend\n", -EINVAL, "kind must be" },
	{ "protocol=1\nkind=launch\nend\n", -EINVAL, "no workload" },
	{ "protocol=1\nkind=launch\nworkload=nulop\nend\n", -EINVAL, "nulop" },
	{ HEAD REST "seed=1\nend\n", -EPROTO, "there twice" },
	{ HEAD REST "launch_nz=1\nend\n", -EINVAL, "near `launch_ns`" },
	{ HEAD REST "param.tuch=1\nend\n", -EINVAL, "param.tuch" },
	{ HEAD REST "counters=3\nend\n", -ERANGE, "counters" },
	{ HEAD REST "feature.uffd=maybe\nend\n", -EINVAL, "feature.uffd" },
	{ HEAD REST "feature.magic=yes\nend\n", -EINVAL, "feature.magic" },
	{ HEAD REST "inject_ppm=-1\nend\n", -EINVAL, "no number" },
	{ HEAD REST "warmup_ns=99999999999999999999\nend\n", -EINVAL,
	  "warmup_ns" },
	{ HEAD REST "nonsense\nend\n", -EPROTO, "not key=value" },
	{ HEAD REST "=5\nend\n", -EPROTO, "not key=value" },
	{ HEAD REST TOGGLE "end\n", 0, "" },
	{ HEAD REST "toggle=/sys/a\nend\n", -EINVAL, "no toggle_v0" },
	{ HEAD REST "toggle_v0=1\nend\n", -EINVAL, "toggle_v0" },
	{ HEAD REST "toggle=/sys/a\ntoggle_v0=0\ntoggle_v1=1\nend\n", -EINVAL,
	  "toggle_settle_ns" },
	{ HEAD REST "toggle=/sys/a\ntoggle_v0=0\ntoggle_v1=1\n"
		    "toggle_settle_ns=1000000001\nend\n",
	  -ERANGE, "toggle_settle_ns" },
	{ HEAD REST "toggle=/sys/a\ntoggle_v0=1\ntoggle_v1=Y\n"
		    "toggle_settle_ns=1\nend\n",
	  -EINVAL, "one value" },
	{ HEAD REST "toggle=/sys/a\ntoggle_v0=0\ntoggle_v1=\x01\n"
		    "toggle_settle_ns=1\nend\n",
	  -EINVAL, "printable" },
	{ HEAD "cpus=0,,1\nseed=1\nbatch_ops=1\nlaunch_ns=1\n"
	       "limit_ns=2000000\nparam.touch=1\nend\n",
	  -EINVAL, "no CPU" },
	{ HEAD "cpus=0\nseed=1\nbatch_ops=1\nlaunch_ns=1\n"
	       "limit_ns=2000000\nend\n",
	  -EINVAL, "no param.touch" },
	{ HEAD "cpus=0\nseed=1\nbatch_ops=1\nlaunch_ns=1\n"
	       "limit_ns=2000000\nparam.touch=2\nend\n",
	  -ERANGE, "out of range" },
	{ HEAD "cpus=0\nseed=1\nbatch_ops=0\nlaunch_ns=1\n"
	       "limit_ns=2000000\nparam.touch=0\nend\n",
	  -ERANGE, "1 or more" },
	{ HEAD "cpus=0\nbatch_ops=1\nlaunch_ns=1\n"
	       "limit_ns=2000000\nparam.touch=0\nend\n",
	  -EINVAL, "no seed" },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(job_rows) / sizeof(job_rows[0]); i++) {
		const char *text = job_rows[i].text;
		struct error e = { 0 };
		struct job job = { 0 };
		int err = job_parse(text, strlen(text), &job, &e);

		if (err != job_rows[i].err ||
		    !strstr(e.text, job_rows[i].words))
			fail_msg("row %zu: %d, \"%s\"", i, err, e.text);
		job_finish(&job);
	}
}

static void test_values(void **state)
{
	struct error e = { 0 };
	struct job job;

	(void)state;
	assert_int_equal(job_parse(GOOD, strlen(GOOD), &job, &e), 0);
	assert_int_equal(job.kind, FL_JOB_LAUNCH);
	assert_ptr_equal(job.workload, registry_find("null_op"));
	assert_int_equal(job.nr_cpus, 2);
	assert_int_equal(job.cpus[1], 3);
	assert_true(job.seed == UINT64_MAX);
	assert_int_equal(job.batch_ops, 100);
	assert_int_equal(*(uint64_t *)job.params, 1);
	assert_int_equal(job.counters, 0);
	job_finish(&job);
}

static void test_zero_byte(void **state)
{
	char text[] = "protocol=1\nkind=probe\nparent=1?\nend\n";
	struct error e = { 0 };
	struct job job;

	(void)state;
	*strchr(text, '?') = '\0';
	assert_int_equal(job_parse(text, sizeof(text) - 1, &job, &e), -EPROTO);
}

/* What a pipe gives when the writer hands over @bytes of @text. */
static int read_from(const char *text, size_t bytes, char **ret_text,
		     size_t *ret_bytes)
{
	struct error e = { 0 };
	FILE *file = tmpfile();
	int err;

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, bytes, file), bytes);
	rewind(file);
	err = job_read(fileno(file), ret_text, ret_bytes, &e);
	assert_true(!err == !e.text[0]);
	fclose(file);
	return err;
}

static void test_read(void **state)
{
	static char large[FL_JOB_MAX_BYTES + 10];
	size_t bytes = 0;
	char *text = NULL;

	(void)state;
	assert_int_equal(read_from(GOOD, strlen(GOOD), &text, &bytes), 0);
	assert_int_equal(bytes, strlen(GOOD));
	assert_memory_equal(text, GOOD, bytes);
	free(text);

	assert_int_equal(read_from(GOOD, 20, &text, &bytes), -EPROTO);
	memset(large, 'x', sizeof(large));
	assert_int_equal(read_from(large, sizeof(large), &text, &bytes),
			 -E2BIG);
}

/* The reader must not wait for more once `end` has come. */
static void test_read_open_pipe(void **state)
{
	struct error e = { 0 };
	char *text = NULL;
	size_t bytes;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], GOOD, strlen(GOOD)), strlen(GOOD));
	assert_int_equal(job_read(fd[0], &text, &bytes, &e), 0);
	free(text);
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_zero_byte),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_open_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
