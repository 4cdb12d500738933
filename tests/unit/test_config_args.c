// SPDX-License-Identifier: GPL-2.0-only
/* Configs from command lines and files, good ones and bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/config.h"
#include "fake_registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "workload: fake_wp\n"

enum {
	MAX_WORDS = 12
};

static char *printed(const struct config *c)
{
	size_t bytes;
	char *text = NULL;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(config_print(c, out), 0);
	fclose(out);
	return text;
}

/* %s stands for the folder of the test's files. */
static const struct {
	const char *name;
	const char *words[MAX_WORDS];
	int err;
	const char *has; /* part of the printed config, or the message */
} word_rows[] = {
	{ "workload", { "fake_wp" }, 0, "name: \"fake_wp\"\nbudget: 5s\n" },
	{ "two points", { "fake_wp", "range=4K,8K" }, 0, "budget: 1m\n" },
	{ "equals", { "--budget=7s", "fake_wp" }, 0, "budget: 7s\n" },
	{ "separate", { "--budget", "7s", "fake_wp" }, 0, "budget: 7s\n" },
	{ "last wins", { "fake_wp", "--seed=1", "--seed=2" }, 0, "seed: 2\n" },
	{ "short",
	  { "fake_wp", "-o", "x y", "-q" },
	  0,
	  "output: \"x y\"\nbudget: 5s\n" },
	{ "short, joined", { "fake_wp", "-ox" }, 0, "output: \"x\"\n" },
	{ "no-flag", { "fake_wp", "--no-counters" }, 0, "counters: no\n" },
	{ "flag", { "fake_wp", "--quiet" }, 0, "quiet: yes\n" },
	{ "flag with value",
	  { "fake_wp", "--counters=no" },
	  0,
	  "counters: no\n" },
	{ "skip",
	  { "fake_wp", "range=4K,8K", "--skip", "range>4K" },
	  0,
	  "    skip:\n      - \"range>4K\"\n" },
	{ "axes option",
	  { "fake_wp", "--axes", "range=4K" },
	  0,
	  "      range: [4K]\n" },
	{ "workload option",
	  { "--workload", "fake_wp", "range=4K" },
	  0,
	  "  - workload: fake_wp\n    axes:\n      range: [4K]\n" },
	{ "sweeps",
	  { "--sweeps", "fake_wp range=4K", "--sweeps=fake_null" },
	  0,
	  "  - workload: fake_wp\n    axes:\n      range: [4K]\n"
	  "  - workload: fake_null\n" },
	{ "file", { "%s/good.yaml" }, 0, "seed: 9\nplacement: compact\n" },
	{ "command line wins",
	  { "--seed=3", "%s/good.yaml", "range=16K" },
	  0,
	  "seed: 3\n" },
	{ "axis over file",
	  { "%s/good.yaml", "range=16K" },
	  0,
	  "      range: [16K]\n      what: [unprotect]\n"
	  "  - workload: fake_null\n  - workload: fake_wp\n    axes:\n"
	  "      range: [16K]\n" },
	{ "skip where it fits",
	  { "%s/good.yaml", "--skip=range=4K" },
	  0,
	  "    skip:\n      - \"range=4K\"\n  - workload: fake_null\n"
	  "  - workload: fake_wp\n    skip:\n" },
	{ "nothing",
	  { NULL },
	  -EINVAL,
	  "command line: nothing to measure: it needs a `workload` or "
	  "`sweeps`" },
	{ "two words",
	  { "fake_wp", "fake_null" },
	  -EINVAL,
	  "`fake_wp` and `fake_null`: one config or workload at a time" },
	{ "misspelled",
	  { "fake_w" },
	  -EINVAL,
	  "there is no workload `fake_w`; did you mean `fake_wp`?" },
	{ "misspelled option",
	  { "fake_wp", "--sed=1" },
	  -EINVAL,
	  "there is no option `--sed`; did you mean `--seed`?" },
	{ "short option",
	  { "fake_wp", "-z" },
	  -EINVAL,
	  "there is no option `-z`" },
	{ "no value",
	  { "fake_wp", "--seed" },
	  -EINVAL,
	  "`--seed` needs a value: N" },
	{ "bad value",
	  { "fake_wp", "--seed=x" },
	  -EINVAL,
	  "--seed=x: `x` is not a whole number" },
	{ "axis value",
	  { "fake_wp", "range=4Q" },
	  -EINVAL,
	  "range: `4Q` is not a size (4096, 4K, 2M, hpage-4K)" },
	{ "axis name",
	  { "fake_wp", "rang=4K" },
	  -EINVAL,
	  "fake_wp has no parameter `rang`; did you mean `range`?" },
	{ "axis twice",
	  { "fake_wp", "range=4K", "range=8K" },
	  -EINVAL,
	  "axis `range` is there twice" },
	{ "no such axis",
	  { "%s/good.yaml", "zzz=4K" },
	  -EINVAL,
	  "no workload of this config has a parameter `zzz`" },
	{ "skip of nothing",
	  { "fake_wp", "--skip=rang=4K" },
	  -EINVAL,
	  "--skip=rang=4K: fake_wp has no parameter `rang`; did you mean "
	  "`range`?" },
	{ "no file",
	  { "%s/none.yaml" },
	  -ENOENT,
	  "/none.yaml: No such file or directory" },
	{ "folder", { "%s" }, -EISDIR, ": a directory; a config is a file" },
	{ "fifo", { "%s/fifo" }, -EINVAL, "/fifo: not a regular file" },
	{ "device", { "/dev/zero" }, -EINVAL, "/dev/zero: not a regular file" },
	{ "large",
	  { "%s/large" },
	  -EFBIG,
	  "/large: 104857600 bytes; a config has at most 1048576" },
	{ "place",
	  { "%s/bad.yaml" },
	  -EINVAL,
	  "/bad.yaml:2:1: there is no key `sead`; did you mean `seed`?" },
};

static void write_file(const char *folder, const char *name, const char *text,
		       off_t bytes)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fflush(f);
	if (bytes)
		assert_int_equal(ftruncate(fileno(f), bytes), 0);
	fclose(f);
}

static int make_files(void **state)
{
	static char folder[] = "/tmp/faultline-config-XXXXXX";
	char path[4096];

	if (!mkdtemp(folder))
		return -1;

	*state = folder;
	write_file(folder, "good.yaml",
		   "seed: 9\nsweeps:\n  - workload: fake_wp\n    axes:\n"
		   "      range: [4K, 8K]\n      what: unprotect\n"
		   "  - workload: fake_null\n  - workload: fake_wp\n",
		   0);
	write_file(folder, "bad.yaml", HEAD "sead: 1\n", 0);
	write_file(folder, "large", "", 100 << 20);
	snprintf(path, sizeof(path), "%s/fifo", folder);
	return mkfifo(path, 0600);
}

static int remove_files(void **state)
{
	static const char *const names[] = { "good.yaml", "bad.yaml", "large",
					     "fifo" };
	char path[4096];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", (char *)*state, names[i]);
		unlink(path);
	}
	return rmdir(*state);
}

static int fill_words(const char *folder, const char *const *from,
		      char words[][4096], char **argv)
{
	int argc = 0;

	for (; argc < MAX_WORDS && from[argc]; argc++) {
		bool path = !strncmp(from[argc], "%s", 2);

		snprintf(words[argc], 4096, "%s%s", path ? folder : "",
			 from[argc] + (path ? 2 : 0));
		argv[argc] = words[argc];
	}
	return argc;
}

static void command_lines(void **state)
{
	static char words[MAX_WORDS][4096];
	char *argv[MAX_WORDS];

	for (size_t i = 0; i < sizeof(word_rows) / sizeof(word_rows[0]); i++) {
		int argc = fill_words(*state, word_rows[i].words, words, argv);
		struct config *c = NULL;
		struct error e = { 0 };
		int err = config_new(argc, argv, &fake_units, &c, &e);
		char *text = c ? printed(c) : strdup(e.text);

		if (err != word_rows[i].err ||
		    !strstr(text, word_rows[i].has)) {
			print_error("%s: %d, %s\n%s\nexpected\n%s\n",
				    word_rows[i].name, err, e.text, text,
				    word_rows[i].has);
			fail();
		}
		free(text);
		config_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(command_lines, make_files,
						remove_files),
	};

	return cmocka_run_group_tests_name("config_args", tests, NULL, NULL);
}
