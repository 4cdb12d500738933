// SPDX-License-Identifier: GPL-2.0-only
/*
 * The agent as a driver sees it: jobs in, records out, and each kind of
 * misbehaviour told apart.
 */
#include "common/hash.h"
#include "common/param.h"
#include "common/record.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	MAX_RECORDS = 4096,
	JOB_BYTES = 4096,
	MAX_CPUS = 1024
};

/* What one agent gave. */
struct outcome {
	int status; /* as waitpid() has it */
	char *text;
	size_t bytes;
	bool done; /* last, with the right count and hash */
	size_t nr;
	json_t *record[MAX_RECORDS];
};

struct request {
	const char *kind, *workload;
	const char *keys;   /* further lines */
	const char *params; /* "name=value name=value", else the defaults */
	unsigned nr_cpus;
};

/* The CPUs that this process may use; fewer than asked for is a skip. */
static unsigned allowed_cpus(unsigned *ret_cpus, unsigned max)
{
	cpu_set_t set;
	unsigned nr = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (unsigned cpu = 0; cpu < MAX_CPUS && nr < max; cpu++)
		if (CPU_ISSET(cpu, &set))
			ret_cpus[nr++] = cpu;
	return nr;
}

static void print_params(const struct request *r, FILE *out)
{
	const struct fl_workload *w = registry_find(r->workload);
	struct units units = units_of_machine();
	uint64_t params[64] = { 0 };
	struct error e = { 0 };

	assert_non_null(w);
	assert_in_range(w->params_size, 0, sizeof(params));
	assert_int_equal(param_defaults(w, &units, params, &e), 0);
	for (const struct fl_param *p = w->params; p && p->name; p++) {
		uint64_t value = param_get(p, params);
		char key[64], text[64] = "";
		const char *hit;

		snprintf(key, sizeof(key), "%s=", p->name);
		hit = r->params ? strstr(r->params, key) : NULL;
		if (hit) {
			sscanf(hit + strlen(key), "%63[^ ]", text);
			assert_int_equal(
				param_parse(p, text, &units, &value, &e), 0);
		}
		fprintf(out, "param.%s%llu\n", key, (unsigned long long)value);
	}
}

static void print_job(const struct request *r, char *job)
{
	FILE *out = fmemopen(job, JOB_BYTES, "w");
	unsigned cpus[2];
	unsigned nr = allowed_cpus(cpus, 2);

	assert_non_null(out);
	fprintf(out, "protocol=1\nkind=%s\nparent=%d\n", r->kind,
		(int)getpid());
	if (r->workload) {
		fprintf(out, "workload=%s\nseed=5\ncpus=%u", r->workload,
			cpus[0]);
		if (r->nr_cpus > 1 && nr > 1)
			fprintf(out, ",%u", cpus[1]);
		fprintf(out, "\n");
		print_params(r, out);
	}
	fprintf(out, "%send\n", r->keys);
	fclose(out);
}

static void run_child(const char *job, int records)
{
	char *agent = getenv("FAULTLINE_AGENT");
	char *const argv[] = { agent, NULL };
	int in[2];

	if (!agent)
		_exit(97);
	if (pipe(in) || write(in[1], job, strlen(job)) != (ssize_t)strlen(job))
		_exit(99);
	close(in[1]);
	/* Out of the way of the numbers that are given out next. */
	in[0] = fcntl(in[0], F_DUPFD, 20);
	records = fcntl(records, F_DUPFD, 20);
	dup2(in[0], FL_JOB_FD);
	dup2(records, FL_RECORD_FD);
	close(in[0]);
	close(records);
	execv(agent, argv);
	_exit(98);
}

static void check_done(struct outcome *o, const char *line, uint64_t hash)
{
	json_t *last = o->record[o->nr - 1];
	char text[HASH_TEXT_BYTES];
	uint64_t count;

	if (strcmp(record_text_or(last, "type", ""), "done") != 0)
		return;

	assert_true(strchr(line, '\n') + 1 == o->text + o->bytes);
	assert_int_equal(record_u64(last, "records", &count, NULL), 0);
	o->done = count == o->nr - 1 &&
		  !strcmp(record_text_or(last, "hash", ""),
			  hash_print(hash, text));
}

/* Lines that are no records end it: then `done` is not reached. */
static void parse(struct outcome *o)
{
	uint64_t hash = HASH_INIT;
	char *line = o->text;

	while (line < o->text + o->bytes) {
		char *end = memchr(line, '\n',
				   (size_t)(o->text + o->bytes - line));
		struct error e = { 0 };
		json_t *record;

		assert_in_range(o->nr, 0, MAX_RECORDS - 1);
		record = end ? record_parse(line, (size_t)(end - line), &e)
			     : NULL;
		if (!record)
			return;
		o->record[o->nr++] = record;
		check_done(o, line, hash);
		hash = hash_add(hash, line, (size_t)(end + 1 - line));
		line = end + 1;
	}
}

static struct outcome run(const struct request *r)
{
	struct outcome o = { 0 };
	FILE *records = tmpfile();
	char job[JOB_BYTES];
	long bytes;
	pid_t pid;

	assert_non_null(records);
	print_job(r, job);
	pid = fork();
	if (!pid)
		run_child(job, fileno(records));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &o.status, 0), pid);

	fseek(records, 0, SEEK_END);
	bytes = ftell(records);
	assert_true(bytes >= 0);
	o.bytes = (size_t)bytes;
	o.text = calloc(1, o.bytes + 1);
	assert_non_null(o.text);
	rewind(records);
	assert_int_equal(fread(o.text, 1, o.bytes, records), o.bytes);
	fclose(records);
	parse(&o);
	return o;
}

static void outcome_finish(struct outcome *o)
{
	for (size_t i = 0; i < o->nr; i++)
		json_decref(o->record[i]);
	free(o->text);
}

static json_t *find(const struct outcome *o, const char *type)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), type))
			return o->record[i];

	return NULL;
}

static const char *text_of(const struct outcome *o, const char *type,
			   const char *key)
{
	const json_t *record = find(o, type);

	return record ? record_text_or(record, key, "") : "";
}

#define BATCH_KEYS                                               \
	"batch_ops=200\nlaunch_ns=30000000\nwarmup_ns=5000000\n" \
	"inject_ppm=10000\ncounters=1\nlimit_ns=20000000000\n"
#define SHORT_KEYS                                             \
	"batch_ops=1\nlaunch_ns=1000000\nlimit_ns=500000000\n" \
	"counters=1\n"

/* The samples must be whole palindromes of all slots. */
static void check_blocks(const struct outcome *o, unsigned nr_slots)
{
	struct record_batches b = { 0 };
	struct error e = { 0 };
	unsigned width = 2 * nr_slots;

	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""),
			    "samples"))
			assert_int_equal(record_batches_add(&b, o->record[i],
							    nr_slots, &e),
					 0);
	assert_true(b.nr >= (size_t)width * 10);
	assert_int_equal(b.nr % width, 0);
	for (size_t at = 0; at < b.nr; at += width)
		for (unsigned i = 0; i < nr_slots; i++)
			assert_int_equal(b.slot[at + i],
					 b.slot[at + width - 1 - i]);
	record_batches_finish(&b);
}

/* The harness takes no page fault of its own, if that can be counted. */
static void check_no_faults(const struct outcome *o)
{
	const char *expect = text_of(o, "expect", "state");

	if (!strcmp(expect, "unverified"))
		print_message("page faults: %s\n", text_of(o, "expect", "why"));
	else
		assert_string_equal(expect, "held");
}

static void test_batches(void **state)
{
	static const struct request rows[] = {
		{ "launch", "null_op", BATCH_KEYS, NULL, 1 },
		{ "launch", "null_op", BATCH_KEYS, "touch=yes", 1 },
		{ "launch", "null_fork", BATCH_KEYS, NULL, 1 },
		{ "launch", "null_fork", BATCH_KEYS, "alive=yes", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome o = run(&rows[i]);

		if (o.status || !o.done ||
		    strcmp(text_of(&o, "result", "status"), "ok") != 0)
			fail_msg("row %zu: status %x, %s", i,
				 (unsigned)o.status,
				 text_of(&o, "result", "why"));
		assert_ptr_equal(find(&o, "hello"), o.record[0]);
		check_blocks(&o, 3);
		check_no_faults(&o);
		outcome_finish(&o);
	}
}

static void test_calibration(void **state)
{
	static const struct request r = {
		"calibrate", "null_op",
		"batch_ns=20000\nlimit_ns=20000000000\n", NULL, 1
	};
	struct outcome o = run(&r);
	const json_t *c = find(&o, "calibration");
	uint64_t ops, ns;

	(void)state;
	assert_true(o.done);
	assert_non_null(c);
	assert_int_equal(record_u64(c, "batch_ops", &ops, NULL), 0);
	assert_int_equal(record_u64(c, "batch_ns", &ns, NULL), 0);
	assert_true(ops > 1);
	assert_true(ns >= 20000);
	outcome_finish(&o);
}

static void test_window(void **state)
{
	static const char *const params[] = { NULL, "process=yes" };
	unsigned cpus[2];

	(void)state;
	if (allowed_cpus(cpus, 2) < 2)
		skip();
	for (size_t i = 0; i < 2; i++) {
		const struct request r = { "launch", "test_window",
					   "launch_ns=200000000\n"
					   "limit_ns=20000000000\n"
					   "batch_ops=0\n",
					   params[i], 2 };
		struct outcome o = run(&r);
		unsigned windows = 0;

		assert_true(o.done);
		assert_string_equal(text_of(&o, "result", "why"), "");
		for (size_t k = 0; k < o.nr; k++) {
			uint64_t steps;

			if (strcmp(record_text_or(o.record[k], "type", ""),
				   "window") != 0)
				continue;
			windows++;
			assert_int_equal(
				record_u64(o.record[k], "steps", &steps, NULL),
				0);
			assert_true(steps > 0);
		}
		assert_true(windows >= 4); /* two arms, two roles */
		outcome_finish(&o);
	}
}

/* One trial in five lies, and that is what the counts say. */
static void test_trials(void **state)
{
	static const struct request r = { "launch", "test_trial",
					  "launch_ns=20000000\nbatch_ops=0\n"
					  "limit_ns=20000000000\n",
					  "lie_every=5", 1 };
	struct outcome o = run(&r);
	uint64_t ok = 0, bad = 0;

	(void)state;
	assert_true(o.done);
	for (size_t i = 0; i < o.nr; i++) {
		uint64_t *to = &bad;

		if (strcmp(record_text_or(o.record[i], "type", ""), "trials") !=
		    0)
			continue;
		if (!strcmp(record_text_or(o.record[i], "outcome", ""), "ok"))
			to = &ok;
		assert_string_equal(record_text_or(o.record[i], "expected", ""),
				    "ok");
		assert_int_equal(record_u64(o.record[i], "count", to, NULL), 0);
	}
	assert_int_equal(bad, (ok + bad) / 5);
	assert_true(ok >= 8);
	outcome_finish(&o);
}

static void test_misbehaviour(void **state)
{
	static const struct {
		const char *workload, *params;
		int exit_status, signal;
		bool done;
		const char *status, *why;
	} rows[] = {
		{ "test_misbehave", "how=no", 0, 0, true, "ok", "" },
		{ "test_misbehave", "delay=yes", 0, 0, true, "ok", "" },
		{ "test_misbehave", "how=crash", 0, SIGSEGV, false, "", "" },
		{ "test_misbehave", "how=hang", 3, 0, false, "", "" },
		{ "test_misbehave", "how=garbage", 0, 0, false, "", "" },
		{ "test_misbehave", "how=fail", 0, 0, true, "fail",
		  "how=fail" },
		{ "test_misbehave", "how=skip", 0, 0, true, "skip",
		  "how=skip" },
		{ "test_misbehave", "how=exit", 7, 0, false, "", "" },
		{ "test_trial", "late=yes", 0, 0, true, "fail", "timed out" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct request r = { "launch", rows[i].workload,
					   SHORT_KEYS, rows[i].params, 1 };
		struct outcome o = run(&r);
		int sig = WIFSIGNALED(o.status) ? WTERMSIG(o.status) : 0;
		int status = WIFEXITED(o.status) ? WEXITSTATUS(o.status) : 0;

		/* A sanitizer turns a crash into an exit status. */
		if (rows[i].signal && !sig)
			sig = status ? rows[i].signal : 0;
		else if (status != rows[i].exit_status)
			sig = -1;
		if (sig != rows[i].signal || o.done != rows[i].done ||
		    strcmp(text_of(&o, "result", "status"), rows[i].status) !=
			    0 ||
		    !strstr(text_of(&o, "result", "why"), rows[i].why))
			fail_msg("%s: status %x, done %d, %s, %s",
				 rows[i].params, (unsigned)o.status, o.done,
				 text_of(&o, "result", "status"),
				 text_of(&o, "result", "why"));
		outcome_finish(&o);
	}
}

static const json_t *arm_terms(const struct outcome *o, const char *arm)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), "arm") &&
		    !strcmp(record_text_or(o->record[i], "name", ""), arm))
			return json_object_get(o->record[i], "terms");
	return NULL;
}

/* Counts that are 0 are not written, nor are terms of the harness's copies. */
static void test_terms(void **state)
{
	static const struct request r = {
		.kind = "launch",
		.workload = "test_misbehave",
		.params = "delay=yes",
		.keys = "batch_ops=1\nlaunch_ns=1000000\n"
			"limit_ns=20000000000\n"
	};
	struct outcome o = run(&r);
	const json_t *term;

	(void)state;
	assert_true(o.done);
	assert_int_equal(json_array_size(arm_terms(&o, "plain")), 1);
	assert_int_equal(json_array_size(arm_terms(&o, "delayed")), 2);
	assert_null(arm_terms(&o, "plain:again"));

	term = json_array_get(arm_terms(&o, "delayed"), 1);
	assert_string_equal(record_text_or(term, "name", ""), "delay");
	assert_int_equal((int)record_real_or(term, "count", 0), 1);
	assert_int_equal((int)record_real_or(term, "size", 0), 50);
	outcome_finish(&o);
}

static void test_broken_expectation(void **state)
{
	static const struct request r = { "launch", "test_misbehave",
					  BATCH_KEYS, "how=expect", 1 };
	struct outcome o = run(&r);
	const char *expect = text_of(&o, "expect", "state");

	(void)state;
	assert_true(o.done);
	if (!strcmp(expect, "unverified")) {
		outcome_finish(&o);
		skip();
	}
	assert_string_equal(expect, "broken");
	assert_string_equal(text_of(&o, "result", "status"), "invalid");
	assert_non_null(
		strstr(text_of(&o, "result", "why"), "arm plain: page-faults"));
	outcome_finish(&o);
}

static void test_probe(void **state)
{
	static const struct request r = { .kind = "probe",
					  .keys = "limit_ns=60000000000\n" };
	struct outcome o = run(&r);
	const json_t *counters = find(&o, "counters");

	(void)state;
	assert_true(o.done);
	assert_non_null(find(&o, "probe"));
	assert_non_null(counters);
	assert_true(json_array_size(json_object_get(counters, "events")) > 10);
	assert_null(json_object_get(counters, "slot"));
	outcome_finish(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_calibration),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_trials),
		cmocka_unit_test(test_misbehaviour),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_broken_expectation),
		cmocka_unit_test(test_probe),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
