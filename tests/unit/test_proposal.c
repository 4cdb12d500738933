// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/proposal.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FIELDS \
	"Thread: a mail, May 2020\nClaim: it is\n cheap.\nLook: cow wp_race\n"
#define DIFF "--- a/mm/memory.c\n+++ b/mm/memory.c\nThread: no\n"

static const struct {
	const char *name, *text;
	int err;
} rows[] = {
	{ "a.patch", "Title.\n\n" FIELDS "\nWords\nmore.\n\n" DIFF, 0 },
	{ "a.patch", "Title.\n\nOn: b.patch\n" FIELDS DIFF, 0 },
	{ "a.patch", "Title.\n\nOn: ../b.patch\n" FIELDS DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nOn: b\n" FIELDS DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nOn: -b.patch\n" FIELDS DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nOn: .patch\n" FIELDS DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nOn: b.patch\nOn: b.patch\n" FIELDS DIFF,
	  -EINVAL },
	{ "a.patch", "Title.\n\n" FIELDS FIELDS DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nWords.\n\n" DIFF, -ENODATA },
	{ "a.patch", "Title.\n\nThread: x\nLook: cow\n" DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nThread: x\nClaim: y\nLook:\n" DIFF, -EINVAL },
	{ "a.patch", "Title.\n\nThread: x\nClaim: y\nLook: a/b\n" DIFF,
	  -EINVAL },
	{ "a.patch", "Title.\n\n" FIELDS, -EINVAL },
	{ "a.patch", "", -EINVAL },
	{ "a.patch", DIFF, -ENODATA },
	{ "../a.patch", "Title.\n\n" FIELDS DIFF, -EINVAL },
	{ ".patch", "Title.\n\n" FIELDS DIFF, -EINVAL },
	{ "a", "Title.\n\n" FIELDS DIFF, -EINVAL },
	{ "a b.patch", "Title.\n\n" FIELDS DIFF, -EINVAL },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proposal p = { 0 };
		struct error e = { 0 };
		int err = proposal_parse(rows[i].name, rows[i].text,
					 strlen(rows[i].text), &p, &e);

		if (err != rows[i].err)
			fail_msg("row %zu: %d, %s", i, err, e.text);
		assert_true(!err == !*e.text);
		proposal_finish(&p);
	}
}

static void test_fields(void **state)
{
	static const char text[] = "A title.\n\nOn: b.patch\n" FIELDS
				   "\nWords\nmore.\n\n" DIFF;
	struct proposal p;

	(void)state;
	assert_int_equal(
		proposal_parse("a-1.patch", text, sizeof(text) - 1, &p, NULL),
		0);
	assert_string_equal(p.name, "a-1");
	assert_string_equal(p.on, "b");
	assert_string_equal(p.title, "A title.");
	assert_string_equal(p.thread, "a mail, May 2020");
	assert_string_equal(p.claim, "it is cheap.");
	assert_string_equal(p.words, "Words more.");
	assert_true(proposal_looks_at(&p, "wp_race"));
	assert_false(proposal_looks_at(&p, "wp"));
	proposal_finish(&p);
}

/* Escapes, a NUL and a field without end stay printable and bounded. */
static void test_hostile(void **state)
{
	static char text[200000];
	struct proposal p;
	size_t len;

	(void)state;
	len = (size_t)sprintf(text, "\033[2J<script>\n\nThread: \xff\x01\n"
				    "Look: cow\nClaim: ");
	memset(text + len, 'x', 150000);
	text[len + 7] = '\0';
	len += 150000;
	len += (size_t)sprintf(text + len, "\n--- a/x\n");
	assert_int_equal(proposal_parse("a.patch", text, len, &p, NULL), 0);
	assert_null(strchr(p.title, '\033'));
	assert_non_null(strstr(p.title, "\\x1b"));
	assert_true(strlen(p.claim) < 500);
	for (const char *c = p.thread; *c; c++)
		assert_true(*c >= ' ' && *c <= '~');
	proposal_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
