// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who resolves a write to a protected page: handlers of userfaultfd by each
 * engine, a handler of SIGSEGV, and what is said where io_uring is refused.
 */
#include "workloads/lib/fault_handler.h"
#include "workloads/lib/signal_handler.h"
#include "workloads/lib/uring.h"

#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	NR = 3,
	LIMIT_S = 10,
	AREA_BYTES = 1 << 20
};

/* A page that is a slot, a page that is none. */
static struct region_slots slots_of(const struct region *r)
{
	return (struct region_slots){ .stride = 2 * r->page_bytes,
				      .len = r->page_bytes,
				      .nr = NR };
}

static void write_page(const struct region *r, size_t page)
{
	*(volatile char *)(r->base + page * r->page_bytes) = 1;
}

static void write_slots(const struct region *r, struct fault_stamps *stamps)
{
	for (size_t i = 0; i < NR; i++) {
		stamps->writer[i].start_ns = fl_clock_ns();
		write_page(r, 2 * i);
		stamps->writer[i].end_ns = fl_clock_ns();
	}
}

static void check_stamps(const char *row, const struct fault_stamps *stamps)
{
	for (size_t i = 0; i < NR; i++) {
		struct fault_parts parts;

		check_row_int(row, fault_stamps_parts(stamps, i, &parts), 0);
		check_row(row, parts.deliver && parts.total);
	}
}

struct handling {
	struct fault_handler handler;
	atomic_bool stop;
	atomic_uint idle; /* steps in which nothing came */
	int err;
};

static void *handle(void *arg)
{
	struct handling *h = arg;

	h->err = fault_handler_enter(&h->handler);
	while (h->err >= 0 && !atomic_load(&h->stop)) {
		h->err = fault_handler_step(&h->handler);
		if (!h->err)
			atomic_fetch_add(&h->idle, 1);
	}
	return NULL;
}

/* A wait that gives up is one thing, the next one behind it another. */
static void wait_until_idle(struct handling *h)
{
	unsigned before = atomic_load(&h->idle);

	while (atomic_load(&h->idle) < before + 2)
		sched_yield();
}

static void write_while_handled(const char *row, struct handling *h)
{
	const struct region *r = h->handler.spec.region;
	uint64_t deadline = fl_clock_ns() + LIMIT_S * 1000000000ULL;
	size_t missing;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, handle, h), 0);
	write_slots(r, &h->handler.stamps);
	check_row_int(row,
		      fault_handler_wait(&h->handler, NR, deadline, &missing),
		      0);
	check_stamps(row, &h->handler.stamps);
	check_row_u64(row, atomic_load(&h->handler.strays), 0);

	wait_until_idle(h);
	write_page(r, 1);
	atomic_store(&h->stop, true);
	fault_handler_wake(&h->handler);
	pthread_join(thread, NULL);
	check_row(row, h->err >= 0);
	check_row_u64(row, atomic_load(&h->handler.events), NR + 1);
	check_row_u64(row, atomic_load(&h->handler.strays), 1);
}

static void try_engine(enum fault_handler_how how)
{
	const char *row = fault_handler_names[how];
	struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
		.blocking = how == FAULT_HANDLER_BLOCK,
	};
	struct region r = { 0 };
	struct uffd uffd = { 0 };
	struct handling h = { 0 };
	struct fault_handler_spec spec = { .how = how,
					   .uffd = &uffd,
					   .region = &r };

	if (uffd_open(&uffd, &options))
		skip();
	assert_int_equal(region_init(&r, REGION_ANON_4K, AREA_BYTES), 0);
	region_write(&r, 0, r.bytes);
	assert_int_equal(
		uffd_register(&uffd, r.base, r.bytes, UFFDIO_REGISTER_MODE_WP),
		0);
	spec.slots = slots_of(&r);
	if (fault_handler_init(&h.handler, &spec)) {
		check_row(row, how == FAULT_HANDLER_URING);
	} else {
		assert_int_equal(uffd_protect(&uffd, r.base, r.bytes), 0);
		write_while_handled(row, &h);
	}
	fault_handler_finish(&h.handler);
	region_finish(&r);
	uffd_close(&uffd);
}

static void test_engines(void **unused)
{
	(void)unused;
	alarm(4 * LIMIT_S);
	for (unsigned how = 0; fault_handler_names[how]; how++)
		try_engine((enum fault_handler_how)how);
	alarm(0);
}

static void test_signals(void **unused)
{
	struct region r = { 0 };
	struct fault_stamps stamps = { 0 };
	struct signal_handler h = { .region = &r, .stamps = &stamps };

	(void)unused;
	assert_int_equal(region_init(&r, REGION_ANON_4K, AREA_BYTES), 0);
	assert_int_equal(fault_stamps_init(&stamps, NR), 0);
	region_write(&r, 0, r.bytes);
	h.slots = slots_of(&r);
	assert_int_equal(signal_handler_init(&h), 0);
	assert_int_equal(mprotect(r.base, r.bytes, PROT_READ), 0);

	write_slots(&r, &stamps);
	check_stamps("signal", &stamps);
	assert_int_equal(atomic_load(&h.signals), NR);
	assert_int_equal(atomic_load(&h.strays), 0);
	write_page(&r, 1);
	write_page(&r, (size_t)2 * NR);
	assert_int_equal(atomic_load(&h.signals), NR + 2);
	assert_int_equal(atomic_load(&h.strays), 2);
	write_page(&r, 0);
	write_page(&r, 1);
	assert_int_equal(atomic_load(&h.signals), NR + 2);
	assert_int_equal(atomic_load(&h.err), 0);

	signal_handler_reset(&h, NR);
	assert_int_equal(atomic_load(&h.signals), 0);
	assert_int_equal(atomic_load(&stamps.resolver[0].done_ns), 0);
	signal_handler_finish(&h);
	fault_stamps_finish(&stamps);
	region_finish(&r);
}

static void test_refusals(void **unused)
{
	static const int refusals[] = { -EPERM, -EACCES, -ENOSYS };

	(void)unused;
	for (size_t i = 0; i < ROWS(refusals); i++) {
		struct fl_run run = { 0 };
		int err = uring_skip(&run, refusals[i]);

		assert_int_equal(fl_fail(&run, err, "a ring"), -ECANCELED);
		assert_true(run.skipped);
		assert_non_null(strchr(run.why, ':') ?: strchr(run.why, '('));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_engines),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
