// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holes in write-protected shared memory, on the running kernel: without a race
 * each later write has its event, and one that has none is seen.
 */
#include "workloads/lib/holes.h"

#include "../unit/unit.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	HOLES = 4,
	LEN = 6,
};

struct fixture {
	struct fl_run run;
	struct fl_thread th, handler;
	struct holes h;
	pthread_t thread;
	bool started;
	atomic_bool over;
};

static void *handle(void *data)
{
	struct fixture *f = data;

	while (!atomic_load(&f->over) &&
	       page_events_step(&f->handler, &f->h.events) >= 0)
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
	f->h.nr = HOLES;
	f->h.len = LEN;
	if (holes_init(&f->run, &f->h) ||
	    !(f->h.uffd.offered & UFFD_FEATURE_WP_HUGETLBFS_SHMEM)) {
		print_message("skipped: %s\n", f->run.why);
		return 0;
	}
	f->started = !pthread_create(&f->thread, NULL, handle, f);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->started) {
		atomic_store(&f->over, true);
		page_events_wake(&f->h.events);
		pthread_join(f->thread, NULL);
	}
	holes_finish(&f->h);
	holes_finish(&f->h);
	munmap(f, sizeof(*f));
	return 0;
}

static const struct {
	const char *name;
	bool by_madvise, plant;
	bool other; /* mapped elsewhere when the holes are punched */
} rows[] = {
	{ "fallocate", false, false, false },
	{ "madvise", true, false, false },
	{ "fallocate, mapped elsewhere", false, false, true },
	{ "madvise, mapped elsewhere", true, false, true },
	{ "planted", false, true, false },
};

static void punch_all(struct fixture *f, const char *name)
{
	for (size_t i = 0; i < HOLES; i++)
		check_row_int(name, holes_punch(&f->run, &f->h, i), 0);
}

static void read_other(struct fixture *f)
{
	const volatile char *at = f->h.other;

	for (size_t i = 0; i < f->h.file.nr; i++)
		(void)at[i * f->h.file.page_bytes];
}

static void test_rows(void **state)
{
	struct fixture *f = *state;

	if (!f->started)
		skip();
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].name;
		size_t planted = 0;

		f->h.by_madvise = rows[i].by_madvise;
		check_row_int(name, holes_start(&f->run, &f->h), 0);
		if (rows[i].other)
			read_other(f);
		punch_all(f, name);
		if (rows[i].plant)
			check_row_int(name, holes_plant(&f->th, &f->h), 0);
		check_row_int(name, holes_write(&f->th, &f->h), 0);
		for (size_t j = 0; j < f->h.file.nr; j++) {
			bool event = page_events_saw(&f->h.events, j,
						     PAGE_EVENTS_WP);

			planted += f->h.planted[j];
			check_row_int(name, event, !f->h.planted[j]);
			check_row_int(name, event, f->h.bit[j]);
		}
		check_row_u64(name, planted, rows[i].plant ? HOLES_PLANTED : 0);
	}
}

static void test_places(void **state)
{
	struct fixture *f = *state;
	size_t in = 0;

	for (size_t i = 0; i < HOLES_SPAN; i++)
		in += holes_has(&f->h, i);
	assert_int_equal(in, LEN);
	assert_true(holes_has(&f->h, holes_first(&f->h)));
	assert_false(holes_has(&f->h, holes_first(&f->h) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
