// SPDX-License-Identifier: GPL-2.0-only
/* Trackers on writes that are known: each page that was written, once. */
#include "bench/agent/probe.h"
#include "workloads/lib/track_cycle.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	PAGES = 2048,
	LIMIT_S = 60,
	/* More mappings than a process may have anywhere by default. */
	FILLER_PAGES = 140000,
};

struct scene {
	struct fl_run run;
	struct region region;
	struct tracker_handler handler;
	struct tracker tracker;
	pthread_t thread;
	uint8_t reports[PAGES];
	bool written[PAGES];
};

static void *handle(void *arg)
{
	struct scene *s = arg;

	while (!fl_stopped(&s->run) &&
	       tracker_handler_step(&s->run, &s->handler) >= 0)
		;
	return NULL;
}

static void scene_init(struct scene *s, enum region_backing backing)
{
	memset(s, 0, sizeof(*s));
	s->run.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	s->run.deadline_ns = fl_clock_ns() + LIMIT_S * UINT64_C(1000000000);
	assert_int_equal(
		region_init(&s->region, backing, PAGES * s->run.page_bytes), 0);
	region_write(&s->region, 0, s->region.bytes);
	assert_int_equal(tracker_handler_init(&s->run, &s->handler), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, handle, s), 0);
}

static void scene_finish(struct scene *s)
{
	atomic_store(&s->run.stop, true);
	tracker_handler_wake(&s->handler);
	pthread_join(s->thread, NULL);
	tracker_finish(&s->tracker);
	tracker_handler_finish(&s->handler);
	region_finish(&s->region);
}

static void start(struct scene *s, enum tracker_kind kind)
{
	struct tracker_spec spec = {
		.kind = kind,
		.handler = &s->handler,
		.start = s->region.base,
		.bytes = PAGES * s->run.page_bytes,
		.backing = s->region.backing,
	};

	tracker_init(&s->run, &s->tracker, &spec);
	assert_string_equal(s->run.why, "");
}

static void write_page(struct scene *s, size_t i)
{
	*(volatile char *)(s->region.base + i * s->run.page_bytes) = 2;
	s->written[i] = true;
}

/* A page alone, neighbours, the ends, across what a page table spans. */
static void write_some(struct scene *s)
{
	static const size_t some[] = { 0, 5, 6, 7, 511, 512, 1300, PAGES - 1 };

	memset(s->written, 0, sizeof(s->written));
	for (unsigned twice = 0; twice < 2; twice++)
		for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
			write_page(s, some[i]);
}

static void collect(struct scene *s)
{
	tracker_drain(&s->run, &s->tracker);
	tracker_collect(&s->run, &s->tracker, s->reports);
	assert_string_equal(s->run.why, "");
}

static void expect_exactly(struct scene *s, enum tracker_kind kind)
{
	collect(s);
	for (size_t i = 0; i < PAGES; i++)
		if (s->reports[i] != s->written[i])
			fail_msg("%s, %s: page %zu was reported %u times",
				 tracker_names[kind],
				 region_backing_names[s->region.backing], i,
				 s->reports[i]);
}

static bool skips(enum fl_feature feature, const char *name)
{
	const char *why = "";

	if (probe_feature(feature, &why) == FL_FEATURE_YES)
		return false;
	print_message("%s: %s\n", name, why);
	return true;
}

static bool has_not(enum tracker_kind kind)
{
	static const enum fl_feature needs[TRACKER_KINDS] = {
		[TRACKER_UFFD_WP] = TRACKER_NEEDS_UFFD_WP,
		[TRACKER_WP_ASYNC] = TRACKER_NEEDS_WP_ASYNC,
		[TRACKER_WP_ASYNC_GET] = TRACKER_NEEDS_WP_ASYNC,
		[TRACKER_SOFT_DIRTY] = TRACKER_NEEDS_SOFT_DIRTY,
	};

	return needs[kind] && skips(needs[kind], tracker_names[kind]);
}

/* Armed, written, collected; twice; then one half armed alone. */
static void check_kind(struct scene *s, enum tracker_kind kind)
{
	start(s, kind);
	for (unsigned i = 0; i < 2; i++) {
		tracker_arm(&s->run, &s->tracker);
		memset(s->written, 0, sizeof(s->written));
		expect_exactly(s, kind);
		write_some(s);
		expect_exactly(s, kind);
	}
	tracker_arm(&s->run, &s->tracker);
	if (kind != TRACKER_SOFT_DIRTY) {
		tracker_disarm_range(&s->run, &s->tracker, 0, PAGES);
		tracker_arm_range(&s->run, &s->tracker, 512, 1024);
	}
	tracker_finish(&s->tracker);
	write_some(s);
	assert_string_equal(s->run.why, "");
}

static void exactly_what_was_written(void **state)
{
	static const enum region_backing backings[] = { REGION_ANON_4K,
							REGION_ANON_THP,
							REGION_SHMEM };
	static struct scene s;

	(void)state;
	for (size_t b = 0; b < sizeof(backings) / sizeof(backings[0]); b++) {
		if (backings[b] == REGION_SHMEM &&
		    skips(FL_FEATURE_WP_SHMEM, "shmem"))
			continue;
		scene_init(&s, backings[b]);
		for (unsigned kind = TRACKER_UFFD_WP; kind < TRACKER_KINDS;
		     kind++)
			if (!has_not((enum tracker_kind)kind))
				check_kind(&s, (enum tracker_kind)kind);
		scene_finish(&s);
	}
}

/* Only what is armed is reported, by those that count. */
static void parts_alone(void **state)
{
	static const enum tracker_kind kinds[] = { TRACKER_UFFD_WP,
						   TRACKER_MPROTECT };
	static struct scene s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		if (has_not(kinds[i]))
			continue;
		scene_init(&s, REGION_ANON_4K);
		start(&s, kinds[i]);
		tracker_arm_range(&s.run, &s.tracker, 512, 1024);
		write_some(&s);
		for (size_t p = 0; p < PAGES; p++)
			s.written[p] &= p >= 512 && p < 1536;
		expect_exactly(&s, kinds[i]);
		assert_int_equal(atomic_load(&s.tracker.events), 2);
		scene_finish(&s);
	}
}

static void second_writes_raise_nothing(void **state)
{
	static struct scene s;

	(void)state;
	if (has_not(TRACKER_UFFD_WP))
		skip();
	scene_init(&s, REGION_ANON_4K);
	start(&s, TRACKER_UFFD_WP);
	tracker_arm(&s.run, &s.tracker);
	write_some(&s);
	assert_int_equal(atomic_load(&s.tracker.events), 8);
	write_some(&s);
	assert_int_equal(atomic_load(&s.tracker.events), 8);
	assert_int_equal(atomic_load(&s.tracker.strays), 0);
	scene_finish(&s);
}

/* The scan that tells has armed again. */
static void get_and_protect(void **state)
{
	static struct scene s;

	(void)state;
	if (has_not(TRACKER_WP_ASYNC_GET))
		skip();
	scene_init(&s, REGION_ANON_4K);
	start(&s, TRACKER_WP_ASYNC_GET);
	tracker_arm(&s.run, &s.tracker);
	write_some(&s);
	expect_exactly(&s, TRACKER_WP_ASYNC_GET);
	memset(s.written, 0, sizeof(s.written));
	expect_exactly(&s, TRACKER_WP_ASYNC_GET);
	write_some(&s);
	expect_exactly(&s, TRACKER_WP_ASYNC_GET);
	scene_finish(&s);
}

static void *store(void *arg)
{
	struct scene *s = arg;

	write_page(s, 3);
	return NULL;
}

/* The descriptor turns into something that no event comes from. */
static void a_handler_that_fails_lets_writers_go(void **state)
{
	static struct scene s;
	FILE *null = fopen("/dev/null", "re");
	pthread_t writer;

	(void)state;
	assert_non_null(null);
	if (has_not(TRACKER_UFFD_WP))
		skip();
	scene_init(&s, REGION_ANON_4K);
	start(&s, TRACKER_UFFD_WP);
	tracker_arm(&s.run, &s.tracker);
	assert_true(dup3(fileno(null), s.tracker.uffd.fd, O_CLOEXEC) >= 0);
	fclose(null);
	tracker_handler_wake(&s.handler);
	assert_int_equal(pthread_create(&writer, NULL, store, &s), 0);
	pthread_join(writer, NULL);
	assert_true(tracker_drain(&s.run, &s.tracker) < 0);
	assert_true(atomic_load(&s.tracker.failed));
	assert_non_null(strstr(s.run.why, "nothing is tracked any more"));
	scene_finish(&s);
}

/* Every second page another protection: no mapping is left. */
static bool use_up_mappings(char *base, size_t page)
{
	for (size_t i = 1; i < FILLER_PAGES; i += 2)
		if (mprotect(base + i * page, page, PROT_READ))
			return errno == ENOMEM;

	return false;
}

static void check_widened(struct scene *s)
{
	size_t unseen = 0, beside = 0;

	collect(s);
	for (size_t i = 0; i < PAGES; i++) {
		unseen += s->written[i] && !s->reports[i];
		beside += !s->written[i] && s->reports[i];
	}
	assert_int_equal(unseen, 0);
	assert_true(beside > 0);
	/* Some of them were written later. */
	assert_true(beside <= atomic_load(&s->tracker.widened));
}

static void without_mappings_more_is_reported(void **state)
{
	static struct scene s;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *filler = mmap(NULL, FILLER_PAGES * page, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool none_left;

	(void)state;
	assert_ptr_not_equal(filler, MAP_FAILED);
	scene_init(&s, REGION_ANON_4K);
	start(&s, TRACKER_MPROTECT);
	tracker_arm(&s.run, &s.tracker);
	none_left = use_up_mappings(filler, page);
	if (none_left) {
		write_some(&s);
		munmap(filler, FILLER_PAGES * page);
		check_widened(&s);
	} else {
		munmap(filler, FILLER_PAGES * page);
	}
	scene_finish(&s);
	if (!none_left) {
		print_message("vm.max_map_count is too high to be reached\n");
		skip();
	}
}

static const struct {
	size_t pages;
	uint64_t percent;
	size_t nr, stride;
} script_rows[] = {
	{ 16384, 0, 0, 0 },	  { 16384, 1, 163, 100 },
	{ 16384, 10, 1638, 10 },  { 16384, 50, 8192, 2 },
	{ 1000, 60, 600, 1 },	  { 16384, 100, 16384, 1 },
	{ 262144, 1, 2621, 100 },
};

static void scripts_are_spread_evenly(void **state)
{
	(void)state;
	for (size_t r = 0; r < sizeof(script_rows) / sizeof(script_rows[0]);
	     r++)
		for (uint64_t trial = 0; trial < 5; trial++) {
			size_t pages = script_rows[r].pages, nr = 0;
			struct track_script s = track_script_of(
				pages, script_rows[r].percent, trial);

			for (size_t i = 0; i < pages; i++)
				nr += track_script_has(&s, i);
			if (nr != script_rows[r].nr || nr != s.nr ||
			    s.stride != script_rows[r].stride)
				fail_msg("row %zu: %zu pages, stride %zu", r,
					 nr, s.stride);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_are_spread_evenly),
		cmocka_unit_test(exactly_what_was_written),
		cmocka_unit_test(parts_alone),
		cmocka_unit_test(second_writes_raise_nothing),
		cmocka_unit_test(get_and_protect),
		cmocka_unit_test(a_handler_that_fails_lets_writers_go),
		cmocka_unit_test(without_mappings_more_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
