// SPDX-License-Identifier: GPL-2.0-only
/* Folders with those above them, and files that are the same. */
#include "common/folder.h"
#include "common/same_rest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[64];

static int setup(void **state)
{
	(void)state;
	strcpy(top, "/tmp/test-folder-XXXXXX");
	return mkdtemp(top) && !chdir(top) ? 0 : -1;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static void test_make(void **state)
{
	char most[PATH_MAX + 1];

	(void)state;
	assert_int_equal(folder_make("a/b/c"), 0);
	assert_true(is_folder("a/b/c"));
	assert_int_equal(folder_make("a/b/c"), 0);
	assert_int_equal(folder_make_parents("a/d/file"), 0);
	assert_true(is_folder("a/d"));
	assert_false(is_folder("a/d/file"));

	assert_int_equal(folder_make(""), -ENOENT);
	memset(most, 'x', PATH_MAX);
	most[PATH_MAX] = '\0';
	assert_int_equal(folder_make(most), -ENAMETOOLONG);
	assert_int_equal(fclose(fopen("a/file", "w")), 0);
	assert_int_equal(folder_make("a/file/b"), -ENOTDIR);
	assert_int_equal(rmdir("a/b/c") || rmdir("a/b") || rmdir("a/d") ||
				 unlink("a/file") || rmdir("a"),
			 0);
}

static FILE *text_file(const char *text, long at)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	return f;
}

static void test_same_rest(void **state)
{
	(void)state;
	assert_true(same_rest(text_file("abc", 0), text_file("abc", 0)));
	assert_true(same_rest(text_file("xabc", 1), text_file("abc", 0)));
	assert_true(same_rest(text_file("", 0), text_file("abc", 3)));
	assert_false(same_rest(text_file("abc", 0), text_file("abd", 0)));
	assert_false(same_rest(text_file("abc", 0), text_file("ab", 0)));
	assert_false(same_rest(text_file("ab", 0), text_file("abc", 0)));
	assert_false(same_rest(NULL, text_file("", 0)));
	assert_false(same_rest(NULL, NULL));
}

static int teardown(void **state)
{
	(void)state;
	return chdir("/") || rmdir(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_same_rest),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
