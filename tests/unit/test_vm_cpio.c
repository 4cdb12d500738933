// SPDX-License-Identifier: GPL-2.0-only
/* The archive byte by byte, and as a kernel reads it. */
#include "bench/vm/cpio.h"

#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	HEADER = 110
};

struct archive {
	char *data;
	size_t bytes;
	int err;
};

static void write_example(struct cpio *c)
{
	cpio_folder(c, "dev");
	cpio_device(c, "dev/console", 5, 1);
	cpio_file(c, "init", 0755, "abcde", 5);
	cpio_file(c, "empty", 0644, "", 0);
}

static struct archive make(void (*write)(struct cpio *c))
{
	struct archive a = { 0 };
	FILE *out = open_memstream(&a.data, &a.bytes);
	struct cpio c;

	assert_non_null(out);
	cpio_init(&c, out);
	write(&c);
	a.err = cpio_finish(&c);
	assert_int_equal(fclose(out), 0);
	return a;
}

static unsigned long field(const char *header, unsigned i)
{
	char text[9] = "";

	memcpy(text, header + 6 + 8UL * i, 8);
	return strtoul(text, NULL, 16);
}

static const struct {
	const char *name;
	unsigned mode, bytes, major, minor;
	const char *data;
} members[] = {
	{ "dev", S_IFDIR | 0755, 0, 0, 0, "" },
	{ "dev/console", S_IFCHR | 0600, 0, 5, 1, "" },
	{ "init", S_IFREG | 0755, 5, 0, 0, "abcde" },
	{ "empty", S_IFREG | 0644, 0, 0, 0, "" },
	{ "TRAILER!!!", 0, 0, 0, 0, "" },
};

static size_t up(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static void members_are_as_given(void **state)
{
	struct archive a = make(write_example);
	size_t at = 0;

	(void)state;
	assert_int_equal(a.err, 0);
	for (size_t i = 0; i < ROWS(members); i++) {
		const char *h = a.data + at;
		const char *name = members[i].name;

		assert_true(at + HEADER < a.bytes);
		assert_memory_equal(h, "070701", 6);
		check_row_u64(name, field(h, 1), members[i].mode);
		check_row_u64(name, field(h, 2), 0);
		check_row_u64(name, field(h, 5), 0);
		check_row_u64(name, field(h, 6), members[i].bytes);
		check_row_u64(name, field(h, 9), members[i].major);
		check_row_u64(name, field(h, 10), members[i].minor);
		check_row_u64(name, field(h, 11), strlen(name) + 1);
		check_row_text(name, h + HEADER, name);
		at += up(HEADER + strlen(name) + 1);
		assert_memory_equal(a.data + at, members[i].data,
				    members[i].bytes);
		at += up(members[i].bytes);
	}
	assert_true(a.bytes >= at && a.bytes % 512 == 0);
	free(a.data);
}

static void same_members_same_bytes(void **state)
{
	struct archive a = make(write_example), b = make(write_example);

	(void)state;
	assert_int_equal(a.bytes, b.bytes);
	assert_memory_equal(a.data, b.data, a.bytes);
	free(a.data);
	free(b.data);
}

static void full_disk_is_told(void **state)
{
	FILE *out = fopen("/dev/full", "w");
	struct cpio c;

	(void)state;
	if (!out)
		skip();
	cpio_init(&c, out);
	write_example(&c);
	assert_int_equal(cpio_finish(&c), -EIO);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_as_given),
		cmocka_unit_test(same_members_same_bytes),
		cmocka_unit_test(full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
