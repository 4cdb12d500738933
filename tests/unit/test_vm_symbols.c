// SPDX-License-Identifier: GPL-2.0-only
/* Symbols as a guest shows them, and as they are kept. */
#include "bench/vm/symbols.h"

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <unistd.h>

static const struct {
	const char *name, *shown, *kept;
} rows[] = {
	{ "none", "", "" },
	{ "two", "ffffffff81000000 first 1a0 second ",
	  "ffffffff81000000 t first\nffffffff810001a0 t second\n" },
	{ "one address", "10 a 0 b ",
	  "0000000000000010 t a\n0000000000000010 t b\n" },
	/* What is not sorted wraps around. */
	{ "back", "20 a fffffffffffffff0 b ",
	  "0000000000000020 t a\n0000000000000010 t b\n" },
	{ "cut off", "20 a 10", "0000000000000020 t a\n" },
	{ "no numbers", "20 a what is this", "0000000000000020 t a\n" },
};

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* In a cache that is not there yet. */
static void test_keep(void **state)
{
	const struct vm_image image = { .sha256 = "0123" };
	char shown[128], path[4096], text[256];

	(void)state;
	assert_int_equal(setenv("XDG_CACHE_HOME", root, 1), 0);
	vm_symbols_path(&image, path, sizeof(path));
	assert_non_null(strstr(path, "/faultline/images/0123.kallsyms"));
	snprintf(shown, sizeof(shown), "%s/shown", root);
	for (size_t i = 0; i < ROWS(rows); i++) {
		FILE *f;
		size_t got;

		write_file(shown, rows[i].shown);
		check_row_int(rows[i].name,
			      vm_symbols_keep(&image, shown, NULL), 0);
		f = fopen(path, "re");
		assert_non_null(f);
		got = fread(text, 1, sizeof(text) - 1, f);
		text[got] = '\0';
		assert_int_equal(fclose(f), 0);
		check_row_text(rows[i].name, text, rows[i].kept);
	}
}

static void test_not_shown(void **state)
{
	const struct vm_image image = { .sha256 = "4567" };
	struct error e = { 0 };
	char path[4096];

	(void)state;
	assert_int_equal(vm_symbols_keep(&image, "/nowhere/kallsyms", &e),
			 -ENOENT);
	assert_non_null(strstr(e.text, "CONFIG_KALLSYMS"));
	vm_symbols_path(&image, path, sizeof(path));
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_not_shown),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
