// SPDX-License-Identifier: GPL-2.0-only
/* What became of a page, and what should have: each state once. */
#include "workloads/lib/track_case.h"

#include "unit.h"

#define REPORT	TRACK_DUE_REPORT
#define NOTHING TRACK_DUE_NOTHING
#define REFUSAL TRACK_DUE_REFUSAL

static const struct {
	const char *name;
	struct track_page page;
	enum track_due due;
	enum track_outcome outcome, expected;
} rows[] = {
	{ "nothing happened", { 0 }, REPORT, TRACK_SILENT, TRACK_SILENT },
	{ "armed, not written",
	  { .armed = true },
	  REPORT,
	  TRACK_SILENT,
	  TRACK_SILENT },
	{ "written, not armed",
	  { .chosen = true, .written = true },
	  REPORT,
	  TRACK_SILENT,
	  TRACK_SILENT },
	{ "armed, written, reported",
	  { .armed = true, .chosen = true, .written = true, .reports = 1 },
	  REPORT,
	  TRACK_NOTIFIED,
	  TRACK_NOTIFIED },
	{ "armed and written without a report",
	  { .armed = true, .chosen = true, .written = true },
	  REPORT,
	  TRACK_MISSED,
	  TRACK_NOTIFIED },
	{ "reported twice",
	  { .armed = true, .chosen = true, .written = true, .reports = 2 },
	  REPORT,
	  TRACK_TWICE,
	  TRACK_NOTIFIED },
	{ "reported, not armed",
	  { .chosen = true, .written = true, .reports = 1 },
	  REPORT,
	  TRACK_FALSE,
	  TRACK_SILENT },
	{ "reported, not written",
	  { .armed = true, .reports = 1 },
	  REPORT,
	  TRACK_FALSE,
	  TRACK_SILENT },
	{ "reported before it was written",
	  { .armed = true,
	    .chosen = true,
	    .written = true,
	    .early = true,
	    .reports = 1 },
	  REPORT,
	  TRACK_FALSE,
	  TRACK_NOTIFIED },
	{ "tracking has ended",
	  { .armed = true, .chosen = true, .written = true },
	  NOTHING,
	  TRACK_DROPPED,
	  TRACK_DROPPED },
	{ "tracking has ended, and it is reported all the same",
	  { .armed = true, .chosen = true, .written = true, .reports = 1 },
	  NOTHING,
	  TRACK_NOTIFIED,
	  TRACK_DROPPED },
	{ "tracking has ended, not written",
	  { .armed = true },
	  NOTHING,
	  TRACK_SILENT,
	  TRACK_SILENT },
	{ "refused, as it should be",
	  { .armed = true, .chosen = true, .refused = true },
	  REFUSAL,
	  TRACK_REFUSED,
	  TRACK_REFUSED },
	{ "refused, unlike it should be",
	  { .armed = true, .chosen = true, .refused = true },
	  REPORT,
	  TRACK_REFUSED,
	  TRACK_NOTIFIED },
	{ "refused, and reported though nothing was written",
	  { .armed = true, .chosen = true, .refused = true, .reports = 1 },
	  REFUSAL,
	  TRACK_FALSE,
	  TRACK_REFUSED },
	{ "not refused, and unseen",
	  { .armed = true, .chosen = true, .written = true },
	  REFUSAL,
	  TRACK_MISSED,
	  TRACK_REFUSED },
	{ "not armed: nothing is refused",
	  { .chosen = true, .written = true },
	  REFUSAL,
	  TRACK_SILENT,
	  TRACK_SILENT },
};

static void test_judge(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct track_page *p = &rows[i].page;

		check_row_int(rows[i].name, track_outcome_of(p, rows[i].due),
			      rows[i].outcome);
		check_row_int(rows[i].name, track_expected_of(p, rows[i].due),
			      rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_judge) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
