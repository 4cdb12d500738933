// SPDX-License-Identifier: GPL-2.0-only
/* What entries of pagemap say of a write: was the page copied or kept? */
#include "workloads/lib/cow_pages.h"

#include "unit.h"

#define OWN    (PAGEMAP_PRESENT | PAGEMAP_EXCLUSIVE)
#define OTHERS PAGEMAP_PRESENT
#define FILES  (PAGEMAP_PRESENT | PAGEMAP_EXCLUSIVE | PAGEMAP_FILE)

static const struct {
	const char *row;
	enum cow_pages_kind kind;
	uint64_t before, after;
	size_t astray;
} rows[] = {
	{ "copied", COW_PAGES_SHARED, OTHERS | 7, OWN | 8, 0 },
	{ "copied, no frames", COW_PAGES_SHARED, OTHERS, OWN, 0 },
	{ "still shared", COW_PAGES_SHARED, OTHERS, OTHERS, 1 },
	{ "the same frame", COW_PAGES_SHARED, OTHERS | 7, OWN | 7, 1 },
	{ "was not shared", COW_PAGES_SHARED, OWN | 7, OWN | 8, 1 },
	{ "swapped out", COW_PAGES_SHARED, OTHERS | 7, PAGEMAP_SWAPPED, 1 },

	{ "reused", COW_PAGES_LEFT, OWN | 7, OWN | 7, 0 },
	{ "reused, no frames", COW_PAGES_LEFT, OWN, OWN, 0 },
	{ "copied instead", COW_PAGES_LEFT, OWN | 7, OWN | 8, 1 },
	{ "the child is there", COW_PAGES_LEFT, OTHERS | 7, OWN | 7, 1 },
	{ "nothing happens", COW_PAGES_OWN, OWN | 7, OWN | 7, 0 },
	{ "moved", COW_PAGES_OWN, OWN | 7, OWN | 8, 1 },

	{ "zero page", COW_PAGES_ZERO, OTHERS | 1, OWN | 8, 0 },
	{ "no page", COW_PAGES_ZERO, OTHERS | 1, 0, 1 },
	{ "of a file", COW_PAGES_FILE, FILES | 7, OWN | 8, 0 },
	{ "still the file's", COW_PAGES_FILE, FILES | 7, FILES | 7, 1 },
};

static void test_each_kind_goes_its_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct cow_pages p = { .kind = rows[i].kind };
		const uint64_t before[] = { rows[i].before, rows[i].before };
		const uint64_t after[] = { rows[i].after, rows[i].after };

		check_row_u64(rows[i].row,
			      cow_pages_astray(&p, before, after, 2),
			      2 * rows[i].astray);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_goes_its_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
