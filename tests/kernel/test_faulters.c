// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faulters and holders on the running kernel: every touch faults, and one that
 * does not is found out; every holder holds and leaves nothing behind.
 */
#include "bench/agent/probe.h"
#include "workloads/lib/faulter.h"
#include "workloads/lib/holder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	PAGES = 16,
	PASSES = 3,
	HOLDS = 4,
	BYTES = 4 << 20,
};

static struct fl_run run_of_test(void)
{
	return (struct fl_run){ .page_bytes = (size_t)sysconf(_SC_PAGESIZE) };
}

static bool is_skipped(struct fl_run *run, int err, const char *what)
{
	if (err && err != -ECANCELED && err != -EPERM)
		fail_msg("%s: %d: %s", what, err, run->why);
	if (err)
		print_message("%s skipped: %s\n", what, run->why);
	return err;
}

static bool can(enum faulter_way way, enum faulter_kind kind)
{
	if (way == FAULTER_POPULATE &&
	    probe_feature(FL_FEATURE_POPULATE_WRITE, NULL) != FL_FEATURE_YES)
		return false;
	return kind != FAULTER_ARMED ||
	       probe_feature(FL_FEATURE_WP_ANON, NULL) == FL_FEATURE_YES;
}

static void use_up(struct faulter *f)
{
	while (!faulter_is_used_up(f))
		assert_int_equal(faulter_fault(f), 0);
}

static void try_faulter(enum faulter_way way, enum faulter_kind kind)
{
	const struct faulter_spec spec = { .way = way,
					   .kind = kind,
					   .pages = PAGES };
	struct fl_run run = run_of_test();
	struct faulter f = { 0 };
	char what[64];

	snprintf(what, sizeof(what), "%s, %s", faulter_way_names[way],
		 faulter_kind_names[kind]);
	if (!is_skipped(&run, faulter_init(&run, &f, &spec), what)) {
		assert_int_equal(faulter_enter(&run, &f), 0);
		for (unsigned i = 0; i < PASSES; i++) {
			use_up(&f);
			if (faulter_refill(&run, &f))
				fail_msg("%s, pass %u: %s", what, i, run.why);
		}
	}
	faulter_finish(&f);
}

static void test_every_touch_faults(void **state)
{
	(void)state;
	for (unsigned way = 0; faulter_way_names[way]; way++)
		for (unsigned kind = 0; faulter_kind_names[kind]; kind++)
			if (can(way, kind))
				try_faulter(way, kind);
}

/* Pages that are there already take no fault, and that is an error. */
static void test_no_fault_is_found(void **state)
{
	const struct faulter_spec spec = { .kind = FAULTER_ANON,
					   .pages = PAGES };
	struct fl_run run = run_of_test();
	struct faulter f = { 0 };

	(void)state;
	assert_int_equal(faulter_init(&run, &f, &spec), 0);
	assert_int_equal(faulter_enter(&run, &f), 0);
	use_up(&f);
	assert_int_equal(faulter_refill(&run, &f), 0);
	f.next = PAGES / 2;
	for (size_t i = 0; i < PAGES / 2; i++)
		assert_int_equal(faulter_fault(&f), 0);
	assert_int_equal(faulter_refill(&run, &f), -EIO);
	assert_non_null(strstr(run.why, "16 touches took 8 faults"));
	faulter_finish(&f);
}

static enum fl_feature need_of(enum holder_kind kind)
{
	if (kind == HOLDER_WALK || kind == HOLDER_PROTECT)
		return FL_FEATURE_WP_ANON;
	return kind == HOLDER_SCAN ? FL_FEATURE_PAGEMAP_SCAN : FL_FEATURE_NONE;
}

static void hold_some(struct fl_run *run, struct holder *h, const char *what)
{
	for (unsigned i = 0; i < HOLDS; i++) {
		uint64_t ns = 0;

		if (holder_hold(run, h, i % 2, &ns))
			fail_msg("%s: %s", what, run->why);
		assert_true(ns > 0);
	}
}

static void test_holders(void **state)
{
	(void)state;
	for (unsigned kind = 1; holder_kind_names[kind]; kind++) {
		const struct holder_spec spec = { .kind = kind,
						  .bytes = BYTES,
						  .may_stop_writes = true };
		struct fl_run run = run_of_test();
		struct holder h = { 0 };

		if (need_of(kind) &&
		    probe_feature(need_of(kind), NULL) != FL_FEATURE_YES)
			continue;
		if (!is_skipped(&run, holder_init(&run, &h, &spec),
				holder_kind_names[kind]))
			hold_some(&run, &h, holder_kind_names[kind]);
		holder_finish(&h);
	}
}

static void test_walks_are_even(void **state)
{
	const struct holder_spec spec = { .kind = HOLDER_WALK,
					  .bytes = BYTES,
					  .may_stop_writes = true };
	struct fl_run run = run_of_test();
	struct holder h = { 0 };
	size_t part;

	(void)state;
	if (probe_feature(FL_FEATURE_WP_ANON, NULL) != FL_FEATURE_YES)
		skip();
	assert_int_equal(holder_init(&run, &h, &spec), 0);
	assert_int_equal(holder_even_walks(&run, &h, &part), 0);
	assert_in_range(part, region_pmd_bytes(), BYTES);
	assert_int_equal(part % region_pmd_bytes(), 0);
	holder_finish(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_touch_faults),
		cmocka_unit_test(test_no_fault_is_found),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_walks_are_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
