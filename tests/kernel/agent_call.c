// SPDX-License-Identifier: GPL-2.0-only
#include "agent_call.h"

#include "common/hash.h"
#include "common/param.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	JOB_BYTES = 4096,
	MAX_CPUS = 1024
};

unsigned agent_cpus(unsigned *ret_cpus, unsigned max)
{
	cpu_set_t set;
	unsigned nr = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (unsigned cpu = 0; cpu < MAX_CPUS && nr < max; cpu++)
		if (CPU_ISSET(cpu, &set))
			ret_cpus[nr++] = cpu;
	return nr;
}

static void print_params(const struct agent_request *r, FILE *out)
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

static void print_job(const struct agent_request *r, char *job)
{
	FILE *out = fmemopen(job, JOB_BYTES, "w");
	unsigned cpus[2];
	unsigned nr = agent_cpus(cpus, 2);

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

static void run_child(const char *job, int records, int errors)
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
	dup2(errors, STDERR_FILENO);
	dup2(in[0], FL_JOB_FD);
	dup2(records, FL_RECORD_FD);
	close(in[0]);
	close(records);
	execv(agent, argv);
	_exit(98);
}

static void check_done(struct agent_outcome *o, const char *line, uint64_t hash)
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
static void parse(struct agent_outcome *o)
{
	uint64_t hash = HASH_INIT;
	char *line = o->text;

	while (line < o->text + o->bytes) {
		char *end = memchr(line, '\n',
				   (size_t)(o->text + o->bytes - line));
		struct error e = { 0 };
		json_t *record;

		assert_in_range(o->nr, 0, AGENT_MAX_RECORDS - 1);
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

static void read_records(struct agent_outcome *o, FILE *records)
{
	long bytes;

	fseek(records, 0, SEEK_END);
	bytes = ftell(records);
	assert_true(bytes >= 0);
	o->bytes = (size_t)bytes;
	o->text = calloc(1, o->bytes + 1);
	assert_non_null(o->text);
	rewind(records);
	assert_int_equal(fread(o->text, 1, o->bytes, records), o->bytes);
	parse(o);
}

struct agent_outcome agent_run(const struct agent_request *r)
{
	struct agent_outcome o = { 0 };
	FILE *records = tmpfile(), *errors = tmpfile();
	char job[JOB_BYTES];
	pid_t pid;

	assert_non_null(records);
	assert_non_null(errors);
	print_job(r, job);
	pid = fork();
	if (!pid)
		run_child(job, fileno(records), fileno(errors));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &o.status, 0), pid);

	read_records(&o, records);
	rewind(errors);
	o.errors[fread(o.errors, 1, sizeof(o.errors) - 1, errors)] = '\0';
	fputs(o.errors, stderr);
	fclose(records);
	fclose(errors);
	return o;
}

void agent_outcome_finish(struct agent_outcome *o)
{
	for (size_t i = 0; i < o->nr; i++)
		json_decref(o->record[i]);
	free(o->text);
}

json_t *agent_find(const struct agent_outcome *o, const char *type)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), type))
			return o->record[i];

	return NULL;
}

const char *agent_text(const struct agent_outcome *o, const char *type,
		       const char *key)
{
	const json_t *record = agent_find(o, type);

	return record ? record_text_or(record, key, "") : "";
}
