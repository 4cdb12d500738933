// SPDX-License-Identifier: GPL-2.0-only
/* Jobs and their answers, and what is kept of them between runs. */
#include "bench/vm/jobs.h"
#include "bench/vm/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add(struct vm_jobs *jobs, const char *text, const char *state)
{
	assert_int_equal(vm_jobs_add(jobs, text, state ? strdup(state) : NULL),
			 0);
}

static void answer(struct vm_job *job, const char *records)
{
	job->end = json_pack("{si}", "exit", 0);
	assert_int_equal(vm_job_record(job, records, strlen(records)), 0);
}

static void test_take_answers(void **state)
{
	struct vm_jobs known = { 0 }, jobs = { 0 };

	(void)state;
	add(&known, "a", NULL);
	add(&known, "b", "knob=1\n");
	add(&known, "c", NULL);
	add(&known, "e", NULL);
	answer(&known.of[0], "{}\n");
	answer(&known.of[1], "{}\n");
	answer(&known.of[3], "{}\n");

	add(&jobs, "a", NULL);
	add(&jobs, "b", "knob=2\n"); /* another state */
	add(&jobs, "c", NULL);	     /* no answer */
	add(&jobs, "d", NULL);	     /* not known */
	add(&jobs, "e", NULL);
	jobs.of[4].optional = true; /* runs in any case */
	vm_jobs_take_answers(&jobs, &known);
	assert_non_null(jobs.of[0].end);
	assert_int_equal(jobs.of[0].bytes, 3);
	assert_null(jobs.of[1].end);
	assert_null(jobs.of[4].end);
	assert_int_equal(vm_jobs_open(&jobs), 3);

	/* An answer is there once. */
	assert_null(known.of[0].end);
	vm_jobs_finish(&jobs);
	vm_jobs_finish(&known);
}

struct fixture {
	char folder[64], agent[96];
	struct vm_guest guest;
};

/* Fixed commands on a folder of our own. */
static void shell(const char *command)
{
	int status = system(command); /* NOLINT(cert-env33-c) */

	assert_int_equal(status, 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	FILE *out;

	strcpy(f->folder, "/tmp/test-vm-jobs-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	setenv("XDG_CACHE_HOME", f->folder, 1);
	snprintf(f->agent, sizeof(f->agent), "%s/agent", f->folder);
	out = fopen(f->agent, "w");
	assert_true(fputs("an agent", out) >= 0);
	assert_int_equal(fclose(out), 0);
	f->guest = (struct vm_guest){
		.machine = { .mode = VM_MODE_INSN,
			     .cpus = 1,
			     .nodes = 1,
			     .memory_bytes = UINT64_C(1) << 30 },
		.image = { .arch = VM_ARCH_X86_64,
			   .sha256 = "0123",
			   .boot = (char *)"image" },
		.agent = f->agent,
		.qemu_version = "QEMU 1",
		.hello = json_pack("{ss}", "kernel", "6.12"),
	};
	snprintf(f->guest.folder, sizeof(f->guest.folder), "%s/vm", f->folder);
	assert_int_equal(mkdir(f->guest.folder, 0777), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
	shell(command);
	json_decref(f->guest.hello);
	free(f);
	return 0;
}

static void keep_one(struct fixture *f)
{
	struct vm_jobs jobs = { 0 }, none = { 0 };
	struct error e = { 0 };

	add(&jobs, "job 1", "knob=1\n");
	answer(&jobs.of[0], "{\"type\":\"result\"}\n");
	assert_int_equal(vm_survey_keep(&f->guest, &jobs, &none, &e), 0);
	vm_jobs_finish(&jobs);
}

static size_t recall(struct fixture *f)
{
	struct vm_jobs jobs = { 0 };
	struct error e = { 0 };
	size_t nr;

	json_decref(f->guest.hello);
	f->guest.hello = NULL;
	assert_int_equal(vm_survey_recall(&f->guest, &jobs, &e), 0);
	nr = jobs.nr;
	if (nr) {
		assert_string_equal(jobs.of[0].text, "job 1");
		assert_string_equal(jobs.of[0].state, "knob=1\n");
		assert_int_equal(jobs.of[0].bytes, 18);
		assert_non_null(jobs.of[0].end);
		assert_non_null(f->guest.hello);
	}
	vm_jobs_finish(&jobs);
	return nr;
}

static void test_survey(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(recall(f), 0);
	f->guest.hello = json_pack("{ss}", "kernel", "6.12");
	keep_one(f);
	assert_int_equal(recall(f), 1);
}

/* Another machine or agent may answer otherwise. */
static void test_other_guest(void **state)
{
	struct fixture *f = *state;
	FILE *out;

	keep_one(f);
	f->guest.machine.memory_bytes /= 2;
	assert_int_equal(recall(f), 0);
	f->guest.machine.memory_bytes *= 2;
	out = fopen(f->agent, "a");
	assert_true(fputs(" that is new", out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(recall(f), 0);
}

/* What somebody has spoilt is asked for anew. */
static void test_spoilt(void **state)
{
	struct fixture *f = *state;
	char command[256];

	keep_one(f);
	snprintf(command, sizeof(command),
		 "sed -i 's/\"end\"/\"dne\"/' %s/faultline/surveys/*",
		 f->folder);
	shell(command);
	assert_int_equal(recall(f), 0);
	snprintf(command, sizeof(command),
		 "truncate -s 30 %s/faultline/surveys/*", f->folder);
	shell(command);
	assert_int_equal(recall(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take_answers),
		cmocka_unit_test_setup_teardown(test_survey, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_guest, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_spoilt, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
