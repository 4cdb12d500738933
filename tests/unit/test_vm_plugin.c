// SPDX-License-Identifier: GPL-2.0-only
/* Emulators that take the plugin, and those that do not, as scripts. */
#include "bench/vm/plugin.h"

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <sys/stat.h>

static void test_word(void **state)
{
	char *word = vm_plugin_word("/a,b/x.so", "/c,,d");

	(void)state;
	assert_string_equal(word, "/a,,b/x.so,out=/c,,,,d");
	free(word);
}

static const struct {
	const char *name, *line;
	int err;
	const char *says;
} rows[] = {
	{ "7.2", "QEMU 7.2.22 monitor - type 'help' for more information", 0,
	  "" },
	{ "without",
	  "qemu: -plugin: TCG plugin interface not enabled in this "
	  "build",
	  -ENOTSUP, "without plugins" },
	{ "9",
	  "Could not load plugin x.so: plugin requires API version 1, but "
	  "this QEMU supports only a minimum version of 2",
	  -ENOTSUP, "another interface" },
	{ "damaged", "Could not load plugin x.so: file too short", -ENOTSUP,
	  "file too short" },
};

static void make_emulator(const char *path, const char *line)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\necho \"%s\"\n", line);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static void test_try(void **state)
{
	char path[128];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct error e = { 0 };

		snprintf(path, sizeof(path), "%s/qemu-%zu", root, i);
		make_emulator(path, rows[i].line);
		check_row_int(rows[i].name, vm_plugin_try(path, "x.so", &e),
			      rows[i].err);
		check_row(rows[i].name, strstr(e.text, rows[i].says));
	}
}

static void test_find(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_int_equal(setenv("FAULTLINE_PLUGIN", "/nowhere/x.so", 1), 0);
	assert_null(vm_plugin_find(&e));
	assert_non_null(strstr(e.text, "FAULTLINE_PLUGIN=/nowhere/x.so"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_try),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
