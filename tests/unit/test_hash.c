// SPDX-License-Identifier: GPL-2.0-only
#include "common/hash.h"

#include "unit.h"

/* The published test vectors of FNV-1a, 64 bit. */
static const struct {
	const char *text;
	uint64_t hash;
	const char *printed;
} rows[] = {
	{ "", UINT64_C(0xcbf29ce484222325), "cbf29ce484222325" },
	{ "a", UINT64_C(0xaf63dc4c8601ec8c), "af63dc4c8601ec8c" },
	{ "foobar", UINT64_C(0x85944171f73967e8), "85944171f73967e8" },
};

static void hashes_as_published(void **state)
{
	char buf[HASH_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *text = rows[i].text;
		size_t bytes = strlen(text), half = bytes / 2;
		uint64_t hash = hash_add(HASH_INIT, text, bytes);

		check_row_u64(text, hash, rows[i].hash);
		check_row_text(text, hash_print(hash, buf), rows[i].printed);

		hash = hash_add(HASH_INIT, text, half);
		hash = hash_add(hash, text + half, bytes - half);
		check_row_u64(text, hash, rows[i].hash);
	}
	assert_string_equal(hash_print(1, buf), "0000000000000001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
