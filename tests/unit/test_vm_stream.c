// SPDX-License-Identifier: GPL-2.0-only
/* Guests that say what they should, and guests that lie. */
#include "bench/vm/stream.h"

#include "common/hash.h"
#include "workloads/registry.h"

#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static struct seen {
	unsigned hello, files, jobs, ends;
	char records[256];
} seen;

static int on_hello(void *ctx, const json_t *hello, struct error *e)
{
	(void)ctx;
	(void)hello;
	(void)e;
	seen.hello++;
	return 0;
}

static int on_file(void *ctx, const char *path, const char *text,
		   struct error *e)
{
	(void)ctx;
	(void)path;
	(void)text;
	(void)e;
	seen.files++;
	return 0;
}

static int on_job(void *ctx, unsigned number, struct error *e)
{
	(void)ctx;
	(void)number;
	(void)e;
	seen.jobs++;
	return 0;
}

static int on_record(void *ctx, const char *line, size_t bytes, struct error *e)
{
	(void)ctx;
	(void)e;
	strncat(seen.records, line, bytes);
	return 0;
}

static int on_end(void *ctx, const json_t *end, struct error *e)
{
	(void)ctx;
	(void)end;
	(void)e;
	seen.ends++;
	return 0;
}

static const struct vm_stream_calls calls = {
	on_hello, on_file, on_job, on_record, on_end,
};

static const char *hello(void)
{
	static char line[128];
	char tables[HASH_TEXT_BYTES];

	snprintf(line, sizeof(line),
		 "{\"type\":\"guest-hello\",\"protocol\":1,"
		 "\"tables\":\"%s\"}\n",
		 hash_print(registry_hash(), tables));
	return line;
}

#define FILE_LINE \
	"{\"type\":\"guest-file\",\"path\":\"/proc/x\",\"text\":\"\"}\n"
#define JOB(n) "{\"type\":\"guest-job\",\"job\":" #n "}\n"
#define END(n) "{\"type\":\"guest-end\",\"job\":" #n "}\n"
#define ALIVE  "{\"type\":\"guest-alive\"}\n"
#define RECORD "{\"type\":\"fact\"}\n"
#define DONE   "@" /* becomes a right `done` */

static const struct {
	const char *name, *lines;
	bool hello;
	int err;
	bool done;
	const char *why; /* a part */
} rows[] = {
	{ "all of it",
	  FILE_LINE JOB(0) RECORD RECORD END(0) ALIVE JOB(1) END(1) DONE, true,
	  0, true, "" },
	{ "nothing", "", false, 0, false, "" },
	{ "no hello", FILE_LINE, false, -EPROTO, false, "begin with hello" },
	{ "hello of another build",
	  "{\"type\":\"guest-hello\",\"protocol\":1,\"tables\":\"00\"}\n",
	  false, -EPROTO, false, "another build" },
	{ "done before the jobs", DONE, true, -EPROTO, false, "0 of 2 jobs" },
	{ "a job twice", JOB(0) END(0) JOB(0), true, -EPROTO, false,
	  "job 0, 1 of 2 is next" },
	{ "a job that it was not given", JOB(7), true, -EPROTO, false,
	  "job 7" },
	{ "a job within a job", JOB(0) JOB(0), true, -EPROTO, false,
	  "before the last ended" },
	{ "an end without a beginning", END(0), true, -EPROTO, false,
	  "without beginning" },
	{ "a negative job", "{\"type\":\"guest-job\",\"job\":-1}\n", true,
	  -EPROTO, false, "job" },
	{ "a record of no job", RECORD, true, -EPROTO, false, "of no job" },
	{ "not JSON", "{\"type\":\"guest-job\",\"job\":\n", true, -EPROTO,
	  false, "line 2" },
	{ "a type that nobody knows", "{\"type\":\"guest-xyz\"}\n", true,
	  -EPROTO, false, "guest-xyz" },
	{ "a wrong hash",
	  JOB(0) END(0) JOB(1) END(1) "{\"type\":\"guest-done\",\"records\":5,"
				      "\"hash\":\"0123456789abcdef\"}\n",
	  true, -EPROTO, false, "damaged" },
	{ "a wrong count",
	  JOB(0) END(0) JOB(1) END(1) "{\"type\":\"guest-done\",\"records\":9,"
				      "\"hash\":\"0123456789abcdef\"}\n",
	  true, -EPROTO, false, "9 lines, 5 came" },
	{ "more behind done", JOB(0) END(0) JOB(1) END(1) DONE ALIVE, true,
	  -EPROTO, true, "after it was done" },
	{ "escape codes", "\033[31mpanic\n", true, -EPROTO, false, "\\x1b" },
};

static int feed(struct vm_stream *s, const char *text, size_t step,
		struct error *e)
{
	size_t bytes = strlen(text);
	int err = 0;

	for (size_t i = 0; i < bytes && !err; i += step)
		err = vm_stream_add(s, text + i,
				    bytes - i < step ? bytes - i : step, e);
	return err;
}

static void make_done(const struct vm_stream *s, char line[128])
{
	char hash[HASH_TEXT_BYTES];

	snprintf(line, 128,
		 "{\"type\":\"guest-done\",\"records\":%" PRIu64
		 ",\"hash\":\"%s\"}\n",
		 s->nr_lines, hash_print(s->hash, hash));
}

static int feed_row(struct vm_stream *s, size_t i, size_t step, struct error *e)
{
	const char *at = strchrnul(rows[i].lines, '@');
	char head[1024], done[128];
	int err = rows[i].hello ? feed(s, hello(), step, e) : 0;

	snprintf(head, sizeof(head), "%.*s", (int)(at - rows[i].lines),
		 rows[i].lines);
	if (!err)
		err = feed(s, head, step, e);
	if (err || !*at)
		return err;
	make_done(s, done);
	err = feed(s, done, step, e);
	return err ? err : feed(s, at + 1, step, e);
}

static void run_row(size_t i, size_t step)
{
	struct error e = { 0 };
	struct vm_stream s;
	int err;

	memset(&seen, 0, sizeof(seen));
	vm_stream_init(&s, &calls, NULL, 2);
	err = feed_row(&s, i, step, &e);
	check_row_u64(rows[i].name, (uint64_t)-err, (uint64_t)-rows[i].err);
	check_row_u64(rows[i].name, s.done, rows[i].done);
	if (!strstr(e.text, rows[i].why))
		fail_msg("%s: `%s` not in `%s`", rows[i].name, rows[i].why,
			 e.text);
	vm_stream_finish(&s);
}

static void guests_are_held_to_the_protocol(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		run_row(i, 1);
		run_row(i, 4096);
	}
}

static void all_is_handed_on(void **state)
{
	(void)state;
	run_row(0, 7);
	assert_int_equal(seen.hello, 1);
	assert_int_equal(seen.files, 1);
	assert_int_equal(seen.jobs, 2);
	assert_int_equal(seen.ends, 2);
	assert_string_equal(seen.records, RECORD RECORD);
}

static void floods_are_cut_off(void **state)
{
	static char much[1 << 16];
	struct error e = { 0 };
	struct vm_stream s;
	int err = 0;

	(void)state;
	memset(much, 'x', sizeof(much));
	vm_stream_init(&s, &calls, NULL, 2);
	for (int i = 0; i < 100 && !err; i++)
		err = vm_stream_add(&s, much, sizeof(much), &e);
	assert_int_equal(err, -EPROTO);
	assert_non_null(strstr(e.text, "a line of over"));
	assert_true(s.line.capacity < 4 << 20);
	vm_stream_finish(&s);

	e.text[0] = '\0';
	vm_stream_init(&s, &calls, NULL, 2);
	err = feed(&s, hello(), 4096, &e);
	for (int i = 0; i < 2000000 && !err; i++)
		err = vm_stream_add(&s, ALIVE, strlen(ALIVE), &e);
	assert_int_equal(err, -EPROTO);
	assert_non_null(strstr(e.text, "lines"));
	vm_stream_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guests_are_held_to_the_protocol),
		cmocka_unit_test(all_is_handed_on),
		cmocka_unit_test(floods_are_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
