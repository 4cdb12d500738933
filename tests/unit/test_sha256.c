// SPDX-License-Identifier: GPL-2.0-only
#include "common/sha256.h"

#include "unit.h"

/* The examples of the standard, and the lengths around a block's end. */
static const struct {
	const char *text;
	const char *printed;
} rows[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
	      "5" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2001"
		 "5ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
};

static void hashes_as_published(void **state)
{
	char buf[SHA256_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(
			rows[i].text,
			sha256_print(rows[i].text, strlen(rows[i].text), buf),
			rows[i].printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
