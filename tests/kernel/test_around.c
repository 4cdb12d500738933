// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads through mappings that are registered in one way or another, on the
 * running kernel: how many pages one read maps, and that an event which does
 * not come is seen.  The answers are those of kernels that have WP for shared
 * memory; of others the ways that they lack are left out.
 */
#include "workloads/lib/around_arms.h"

#include "../unit/unit.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	NR = 64,
	PAGE = 20, /* that is read */
	HIDDEN = 7,
};

struct fixture {
	struct fl_run run;
	struct fl_thread th, handler;
	struct around_pass pass;
	pthread_t thread;
	atomic_bool over;
};

static void *handle(void *data)
{
	struct fixture *f = data;

	while (!atomic_load(&f->over) &&
	       page_events_step(&f->handler, &f->pass.events) >= 0)
		;
	return NULL;
}

static int set_up(void **state)
{
	struct fixture *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(f, MAP_FAILED);
	*state = f;
	f->run.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	f->run.deadline_ns = fl_clock_ns() + 60000000000U;
	f->th = (struct fl_thread){ .run = &f->run, .rng = 1 };
	f->handler = (struct fl_thread){ .run = &f->run };
	f->pass.file.nr = NR;
	if (around_pass_init(&f->run, &f->pass)) {
		print_message("skipped: %s\n", f->run.why);
		around_pass_finish(&f->pass);
		return 0;
	}
	return pthread_create(&f->thread, NULL, handle, f);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->pass.file.base) {
		atomic_store(&f->over, true);
		page_events_wake(&f->pass.events);
		pthread_join(f->thread, NULL);
	}
	around_pass_finish(&f->pass);
	munmap(f, sizeof(*f));
	return 0;
}

/* Of pages that are mapped: all, one, or the window of fault-around. */
enum mapped {
	WINDOW,
	ONE,
	ALL
};

static const struct {
	enum mapped mapped;
	bool events;
} wants[AROUND_ARMS] = {
	[AROUND_ARM_UNREGISTERED] = { WINDOW, false },
	[AROUND_ARM_THERE] = { ALL, false },
	[AROUND_ARM_MISSING] = { WINDOW, false },
	[AROUND_ARM_COPIED] = { ALL, false },
	[AROUND_ARM_WP] = { ONE, false },
	[AROUND_ARM_PROTECTED] = { ONE, false },
	[AROUND_ARM_WP_ASYNC] = { ONE, false },
	[AROUND_ARM_MINOR] = { ONE, true },
	[AROUND_ARM_CONTINUED] = { ALL, false },
	[AROUND_ARM_MISSING_WP] = { ONE, false },
	[AROUND_ARM_MISSING_MINOR] = { ONE, true },
	[AROUND_ARM_WP_MINOR] = { ONE, true },
	[AROUND_ARM_ALL] = { ONE, true },
	[AROUND_ARM_PLANTED] = { ONE, true },
};

static size_t count(enum mapped mapped, size_t window)
{
	return mapped == WINDOW ? window : mapped == ONE ? 1 : NR;
}

static size_t learn_window(struct fixture *f)
{
	size_t present;

	assert_int_equal(around_pass_one(&f->th, &f->pass,
					 &around_ways[AROUND_ARM_UNREGISTERED],
					 PAGE, &present),
			 0);
	return present;
}

static void test_one_read(void **state)
{
	struct fixture *f = *state;
	size_t window;

	if (!f->pass.file.base)
		skip();
	window = learn_window(f);
	assert_in_range(window, 1, NR);
	for (unsigned i = 0; i < AROUND_ARMS; i++) {
		const char *name = around_arms[i].name;
		size_t present;
		int err = around_pass_one(&f->th, &f->pass, &around_ways[i],
					  PAGE, &present);

		if (f->run.skipped) {
			print_message("%s: %s\n", name, f->run.why);
			f->run.skipped = false;
			f->run.why[0] = 0;
			continue;
		}
		check_row_int(name, err, 0);
		check_row_u64(name, present, count(wants[i].mapped, window));
		check_row_int(name,
			      page_events_saw(&f->pass.events, PAGE,
					      PAGE_EVENTS_MINOR),
			      wants[i].events);
	}
}

/* A pass in any order: each page faults itself, or was mapped by another. */
static void test_passes(void **state)
{
	const struct around_way *way = &around_ways[AROUND_ARM_UNREGISTERED];
	struct fixture *f = *state;
	struct around_pass *p = &f->pass;
	size_t window, own = 0;
	uint64_t ns, faults;

	if (!p->file.base)
		skip();
	window = learn_window(f);
	around_pass_order(&f->th, p, true);
	assert_int_equal(around_pass_map(&f->th, p, way), 0);
	assert_int_equal(around_pass_watched(&f->th, p), 0);
	for (size_t i = 0; i < NR; i++) {
		assert_false(p->before[i]);
		own += !p->turn[i];
	}
	assert_int_equal(own, NR / window);
	assert_int_equal(p->unlike, 0);

	assert_int_equal(around_pass_map(&f->th, p, way), 0);
	assert_int_equal(around_pass_timed(&f->th, p, way, &ns, &faults), 0);
	assert_int_equal(faults, NR / window);
	assert_true(ns > 0);
	assert_int_equal(around_pass_timed(&f->th, p, way, &ns, &faults), 0);
	assert_int_equal(faults, 0);
}

/* Mapped behind the back of who counts: the others have their event. */
static void test_hidden(void **state)
{
	const struct around_way *way = &around_ways[AROUND_ARM_PLANTED];
	struct fixture *f = *state;
	struct around_pass *p = &f->pass;
	size_t page_bytes = f->run.page_bytes;

	if (!p->file.base || !(p->sync.offered & UFFD_FEATURE_MINOR_SHMEM))
		skip();
	around_pass_order(&f->th, p, true);
	assert_int_equal(around_pass_map(&f->th, p, way), 0);
	assert_int_equal(uffd_continue(&p->sync,
				       p->file.base + HIDDEN * page_bytes,
				       page_bytes),
			 0);
	assert_int_equal(uffd_continue(&p->sync,
				       p->file.base + HIDDEN * page_bytes,
				       page_bytes),
			 -EEXIST);
	assert_int_equal(around_pass_watched(&f->th, p), 0);
	for (size_t i = 0; i < NR; i++)
		if (page_events_saw(&p->events, i, PAGE_EVENTS_MINOR) !=
		    (i != HIDDEN))
			fail_msg("page %zu", i);
	assert_int_equal(p->unlike, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_read, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_passes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hidden, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
