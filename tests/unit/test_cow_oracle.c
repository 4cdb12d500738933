// SPDX-License-Identifier: GPL-2.0-only
/* Each rule on each state: what it would do, and what should be done. */
#include "workloads/lib/cow_oracle.h"

#include "unit.h"

#include <stdio.h>

/* In the order of enum cow_policy; the last is what is needed. */
enum {
	ANSWERS = COW_POLICIES + 1
};

#define R COW_REUSE
#define C COW_COPY
#define U COW_CANNOT_TELL

static const struct row {
	const char *name;
	struct cow_state st;
	enum cow_answer answers[ANSWERS];
} rows[] = {
	{ "nobody shared it", { .m = 1, .e = true }, { R, R, R, R, R, R, R } },
	{ "T1 pipe of a child that unmapped it",
	  { .m = 1, .g = 1, .others_g = true, .got_while_shared = true },
	  { R, C, C, C, C, C, C } },
	{ "T2 own pipe",
	  { .m = 1, .g = 1, .e = true },
	  { R, R, C, C, R, R, R } },
	{ "T3 own pipe, then a fork",
	  { .m = 1, .g = 1 },
	  { R, R, C, C, C, C, R } },
	{ "T4 after a child", { .m = 1 }, { R, R, R, R, R, R, R } },
	{ "T4r in the LRU batch of another CPU",
	  { .m = 1, .remote = COW_YES },
	  { R, R, C, C, C, C, R } },
	{ "T4r or not",
	  { .m = 1, .remote = COW_MAYBE },
	  { R, R, U, U, U, U, R } },
	{ "T4l in that of this CPU",
	  { .m = 1, .local = COW_YES },
	  { R, R, C, R, R, R, R } },
	{ "T4l or not",
	  { .m = 1, .local = COW_MAYBE },
	  { R, R, U, R, R, R, R } },
	{ "T5 child alive", { .m = 2 }, { C, C, C, C, C, C, C } },
	{ "T6 pinned, child alive",
	  { .m = 2, .p = 1, .e = true, .pinned_at_fork = true },
	  { C, C, R, R, R, R, R } },
	{ "T6b pinned, protected and not",
	  { .m = 1, .p = 1, .e = true },
	  { R, R, C, C, R, R, R } },
	{ "T6c pinned, to be swapped out",
	  { .m = 1, .p = 1, .e = true, .reclaim_tried = true },
	  { U, U, U, U, R, R, R } },
	{ "T7 read in again, in the swap cache",
	  { .m = 1, .c = COW_YES, .e = true },
	  { R, R, C, R, R, R, R } },
	{ "T7 read in again, not in it",
	  { .m = 1, .e = true },
	  { R, R, R, R, R, R, R } },
	{ "S1 the child's is in swap",
	  { .m = 1, .s = 1, .c = COW_YES },
	  { C, C, C, C, C, C, C } },
	{ "S2 as S1, the child has ended",
	  { .m = 1, .c = COW_YES },
	  { R, R, C, R, R, R, R } },
	{ "S2 cached or not",
	  { .m = 1, .c = COW_MAYBE },
	  { R, R, U, R, R, R, R } },
	{ "S2 being written out",
	  { .m = 1, .c = COW_YES, .w = COW_YES },
	  { R, R, C, C, C, C, R } },
	{ "S2 being written out or not",
	  { .m = 1, .c = COW_YES, .w = COW_MAYBE },
	  { R, R, C, U, U, U, R } },
	{ "T7 being written out",
	  { .m = 1, .c = COW_YES, .w = COW_YES, .e = true },
	  { R, R, C, C, R, R, R } },
	{ "T8 merged by KSM",
	  { .m = 128, .k = true },
	  { C, C, C, C, C, C, C } },
	{ "T9 huge page after a child",
	  { .m = 1, .size = COW_HUGE },
	  { R, R, R, R, R, R, R } },
	{ "T9b the rest of a split one",
	  { .m = 1, .size = COW_LARGE },
	  { U, U, C, C, C, R, R } },
	{ "T10 pinned to read, child alive",
	  { .m = 2, .event = COW_PIN_READ },
	  { R, C, R, R, C, C, C } },
	{ "pinned to read, nobody else",
	  { .m = 1, .e = true, .event = COW_PIN_READ },
	  { R, R, R, R, R, R, R } },
	{ "huge page, child alive",
	  { .m = 2, .size = COW_HUGE },
	  { C, C, C, C, C, C, C } },
	{ "huge page, pipe of a child that unmapped it",
	  { .m = 1,
	    .g = 1,
	    .others_g = true,
	    .got_while_shared = true,
	    .size = COW_HUGE },
	  { R, C, R, C, C, C, C } },
	{ "huge page, own pipe, then a fork",
	  { .m = 1, .g = 1, .size = COW_HUGE },
	  { R, R, R, C, C, C, R } },
	{ "large, child alive",
	  { .m = 2, .size = COW_LARGE },
	  { C, C, C, C, C, C, C } },
	{ "large, nobody shared it",
	  { .m = 1, .e = true, .size = COW_LARGE },
	  { U, U, C, C, R, R, R } },
	{ "large, own pipe, then a fork",
	  { .m = 1, .g = 1, .size = COW_LARGE },
	  { U, U, C, C, C, C, R } },
	{ "large, held in passing",
	  { .m = 1, .remote = COW_MAYBE, .size = COW_LARGE },
	  { U, U, C, C, C, U, R } },
	{ "hugetlb, own pipe, then a fork",
	  { .m = 1, .g = 1, .size = COW_HUGETLB },
	  { R, R, R, R, R, R, R } },
	{ "hugetlb, pipe of a child that unmapped it",
	  { .m = 1,
	    .g = 1,
	    .others_g = true,
	    .got_while_shared = true,
	    .size = COW_HUGETLB },
	  { R, R, R, R, R, R, C } },
	{ "hugetlb, child alive",
	  { .m = 2, .size = COW_HUGETLB },
	  { C, C, C, C, C, C, C } },
	{ "file, COW",
	  { .m = 1, .kind = COW_FILE_PRIVATE },
	  { C, C, C, C, C, C, C } },
	{ "file, not COW",
	  { .m = 1, .kind = COW_FILE_SHARED },
	  { R, R, R, R, R, R, R } },
};

static void test_answers(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct row *r = &rows[i];
		char row[96];

		for (unsigned p = 0; p < COW_POLICIES; p++) {
			snprintf(row, sizeof(row), "%s, policy %u", r->name, p);
			check_row_int(row,
				      cow_predict((enum cow_policy)p, &r->st),
				      r->answers[p]);
		}
		check_row_int(r->name, cow_needed(&r->st),
			      r->answers[COW_POLICIES]);
	}
}

static const struct {
	const char *name;
	struct cow_state st;
	enum cow_answer seen;
	enum cow_verdict want;
} judged[] = {
	{ "reused, others map it", { .m = 2 }, R, COW_MISSED },
	{ "reused, others swap it in", { .m = 1, .s = 1 }, R, COW_MISSED },
	{ "reused, others hold it",
	  { .m = 1, .g = 1, .others_g = true },
	  R,
	  COW_MISSED },
	{ "copied, others hold it",
	  { .m = 1, .g = 1, .others_g = true },
	  C,
	  COW_FINE },
	{ "copied, others map it", { .m = 2 }, C, COW_FINE },
	{ "copied, nobody else", { .m = 1 }, C, COW_UNNECESSARY },
	{ "copied, nobody else, in a batch",
	  { .m = 1, .remote = COW_YES },
	  C,
	  COW_UNNECESSARY },
	{ "copied, own pipe", { .m = 1, .g = 1 }, C, COW_WRONG },
	{ "copied, own pin", { .m = 1, .p = 1 }, C, COW_WRONG },
	{ "copied, own pin and a child",
	  { .m = 2, .p = 1, .pinned_at_fork = true },
	  C,
	  COW_WRONG },
	{ "reused, own pipe", { .m = 1, .g = 1 }, R, COW_FINE },
	{ "copied, shared file",
	  { .m = 1, .kind = COW_FILE_SHARED },
	  C,
	  COW_UNNECESSARY },
	{ "reused, private file",
	  { .m = 1, .kind = COW_FILE_PRIVATE },
	  R,
	  COW_MISSED },
};

static void test_judged(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ROWS(judged); i++)
		check_row_int(judged[i].name,
			      cow_judge(&judged[i].st, judged[i].seen),
			      judged[i].want);
}

/* Two rules that never differ could not be told apart. */
static void test_rules_differ(void **unused)
{
	(void)unused;
	for (unsigned a = 0; a < COW_POLICIES; a++)
		for (unsigned b = 0; b < a; b++) {
			unsigned differ = 0;

			for (size_t i = 0; i < ROWS(rows); i++) {
				enum cow_answer x = rows[i].answers[a];
				enum cow_answer y = rows[i].answers[b];

				differ += x != y && x != U && y != U;
			}
			if (!differ)
				fail_msg("policies %u and %u", a, b);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_judged),
		cmocka_unit_test(test_rules_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
