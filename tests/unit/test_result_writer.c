// SPDX-License-Identifier: GPL-2.0-only
/* run.jsonl on good days, with torn tails, and on a disk that is full. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bench/result_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

static const char *in_scratch(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return path;
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *path, const char *text)
{
	static char have[65536];
	FILE *file = fopen(path, "r");
	size_t bytes;

	assert_non_null(file);
	bytes = fread(have, 1, sizeof(have) - 1, file);
	fclose(file);
	have[bytes] = '\0';
	assert_string_equal(have, text);
}

static void add_number(struct result_writer *w, int number, int want)
{
	json_t *record = json_pack("{ss si}", "type", "n", "n", number);
	struct error e = { 0 };

	assert_int_equal(result_writer_add(w, record, &e), want);
	assert_int_equal(want != 0, e.text[0] != '\0');
	json_decref(record);
}

static void test_create(void **state)
{
	struct result_writer w, second;
	struct error e = { 0 };
	char dir[PATH_MAX];
	off_t cut;

	(void)state;
	snprintf(dir, sizeof(dir), "%s", in_scratch("a/b/c"));
	assert_int_equal(result_writer_create(&w, dir, &e), 0);
	add_number(&w, 1, 0);
	add_number(&w, 2, 0);
	assert_int_equal(result_writer_sync(&w, &e), 0);

	assert_int_equal(result_writer_create(&second, dir, &e), -EEXIST);
	assert_non_null(strstr(e.text, "--resume"));
	e.text[0] = '\0';
	assert_int_equal(result_writer_reopen(&second, dir, &cut, &e), -EBUSY);
	result_writer_finish(&w);

	assert_file(in_scratch("a/b/c/run.jsonl"),
		    "{\"type\":\"n\",\"n\":1}\n{\"type\":\"n\",\"n\":2}\n");
}

static const struct {
	const char *before, *after;
	off_t cut;
} torn_rows[] = {
	{ "", "", 0 },
	{ "{}\n", "{}\n", 0 },
	{ "{}\n{\"a", "{}\n", 3 },
	{ "{\"a", "", 3 },
	{ "{}\n\n", "{}\n\n", 0 },
	{ "{}\n{}\n{", "{}\n{}\n", 1 },
};

static void test_torn(void **state)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];

	(void)state;
	snprintf(dir, sizeof(dir), "%s", in_scratch("torn"));
	assert_int_equal(mkdir(dir, 0777), 0);
	snprintf(path, sizeof(path), "%s/run.jsonl", dir);

	for (size_t i = 0; i < sizeof(torn_rows) / sizeof(torn_rows[0]); i++) {
		struct result_writer w;
		struct error e = { 0 };
		off_t cut = -1;

		print_message("row %zu\n", i);
		put_file(path, torn_rows[i].before);
		assert_int_equal(result_writer_reopen(&w, dir, &cut, &e), 0);
		assert_int_equal(cut, torn_rows[i].cut);
		assert_file(path, torn_rows[i].before);
		assert_int_equal(result_writer_cut(&w, &e), 0);
		assert_file(path, torn_rows[i].after);
		assert_int_equal(w.good_bytes, strlen(torn_rows[i].after));
		result_writer_finish(&w);
	}
}

/* A last line that is longer than what is looked at in one go. */
static void test_long_torn(void **state)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];
	struct result_writer w;
	struct error e = { 0 };
	off_t cut;
	FILE *file;

	(void)state;
	snprintf(dir, sizeof(dir), "%s", in_scratch("long"));
	assert_int_equal(mkdir(dir, 0777), 0);
	snprintf(path, sizeof(path), "%s/run.jsonl", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("{}\n", file);
	for (int i = 0; i < 10000; i++)
		fputc('x', file);
	fclose(file);

	assert_int_equal(result_writer_reopen(&w, dir, &cut, &e), 0);
	assert_int_equal(cut, 10000);
	assert_int_equal(result_writer_cut(&w, &e), 0);
	result_writer_finish(&w);
	assert_file(path, "{}\n");
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The limit cuts the third record in two, as a full disk does. */
static void test_disk_full(void **state)
{
	struct result_writer w;
	struct error e = { 0 };
	char dir[PATH_MAX];

	(void)state;
	snprintf(dir, sizeof(dir), "%s", in_scratch("full"));
	assert_int_equal(result_writer_create(&w, dir, &e), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(50);
	add_number(&w, 1, 0);
	add_number(&w, 2, 0);
	add_number(&w, 3, -EFBIG);
	limit_files(RLIM_INFINITY);

	/* With room again the file stays as it is. */
	add_number(&w, 4, -EFBIG);
	assert_int_equal(result_writer_sync(&w, &e), -EFBIG);
	result_writer_finish(&w);
	assert_file(in_scratch("full/run.jsonl"),
		    "{\"type\":\"n\",\"n\":1}\n{\"type\":\"n\",\"n\":2}\n");
}

static const struct {
	const char *dir;
	int err;
} refused_rows[] = {
	{ "", -ENOENT },
	{ "file/below", -ENOTDIR },
	{ "/proc/faultline", -ENOENT },
};

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(chdir(scratch), 0);
	put_file("file", "x");
	for (size_t i = 0; i < sizeof(refused_rows) / sizeof(refused_rows[0]);
	     i++) {
		struct result_writer w;
		struct error e = { 0 };

		print_message("row %zu: %s\n", i, refused_rows[i].dir);
		assert_int_equal(
			result_writer_create(&w, refused_rows[i].dir, &e),
			refused_rows[i].err);
		assert_true(e.text[0]);
	}
}

static int make_scratch(void **state)
{
	(void)state;
	strcpy(scratch, "/tmp/faultline-writer-XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static int drop_scratch(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", scratch);
	return system(command); /* NOLINT(cert-env33-c): a fixed command */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_long_torn),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
