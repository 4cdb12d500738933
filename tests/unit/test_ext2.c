// SPDX-License-Identifier: GPL-2.0-only
/* What a guest's disk is given for a file system, read back field by field. */
#include "unit.h"

#include "bench/agent/ext2.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	BLOCK = 4096,
	SUPER = 1024
};

static const struct {
	uint64_t bytes;
	int err;
} rows[] = {
	{ 0, -EINVAL },
	{ UINT64_C(255) * BLOCK, -EINVAL },
	{ UINT64_C(256) * BLOCK, 0 },
	{ 20000000, 0 },
	{ EXT2_MAX_BYTES, 0 },
	{ EXT2_MAX_BYTES + UINT64_C(1) * BLOCK, -EINVAL },
};

static uint64_t number(const unsigned char *p, size_t bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

static unsigned count_free(const unsigned char *map)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < 8 * BLOCK; i++)
		nr += !(map[i / 8] >> i % 8 & 1);
	return nr;
}

static void check_image(const unsigned char *image, uint64_t bytes)
{
	const unsigned char *super = image + SUPER, *group = image + BLOCK;
	const unsigned char *inodes = image + BLOCK * number(group + 8, 4);
	const unsigned char *root = inodes + number(super + 88, 2);
	const unsigned char *names = image + BLOCK * number(root + 40, 4);

	assert_int_equal(number(super + 56, 2), 0xef53);
	assert_int_equal(number(super + 4, 4), bytes / BLOCK);
	assert_int_equal(number(super + 12, 4),
			 count_free(image + BLOCK * number(group, 4)));
	assert_int_equal(number(super + 16, 4),
			 count_free(image + BLOCK * number(group + 4, 4)));
	assert_int_equal(number(group + 12, 2), number(super + 12, 4));
	assert_int_equal(number(root, 2), 041777);
	assert_int_equal(number(names, 4), 2);
	assert_int_equal(number(names + 4, 2) + number(names + 16, 2), BLOCK);
	assert_memory_equal(names + 20, "..", 2);
}

static void test_sizes(void **state)
{
	static unsigned char image[64 * BLOCK];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = memfd_create("image", MFD_CLOEXEC);
		int err = ext2_make(fd, rows[i].bytes);

		if (err != rows[i].err)
			fail_msg("row %zu: %d", i, err);
		memset(image, 0, sizeof(image));
		if (!err && pread(fd, image, sizeof(image), 0) > BLOCK)
			check_image(image, rows[i].bytes);
		else if (!err)
			fail_msg("row %zu: nothing is written", i);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sizes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
