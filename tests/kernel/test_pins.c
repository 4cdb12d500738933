// SPDX-License-Identifier: GPL-2.0-only
/* What pins see, and which frames pages have. */
#include "workloads/lib/direct_read.h"
#include "workloads/lib/frames.h"
#include "workloads/lib/nodes.h"
#include "workloads/lib/pin.h"
#include "workloads/lib/vmstat.h"

#include "../unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NR = 8
};

struct fixture {
	struct fl_run run;
	struct pin pin;
	char *area;
	uint64_t words[NR];
};

static uint64_t *word_at(const struct fixture *f, size_t i)
{
	return (uint64_t *)(void *)(f->area + i * f->run.page_bytes);
}

static void write_words(const struct fixture *f, uint64_t first)
{
	for (size_t i = 0; i < NR; i++)
		*word_at(f, i) = first + i;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->run.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	f->run.deadline_ns = fl_clock_ns() + 60000000000U;
	f->area = mmap(NULL, NR * f->run.page_bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(f->area, MAP_FAILED);
	madvise(f->area, NR * f->run.page_bytes, MADV_NOHUGEPAGE);
	write_words(f, 100);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	pin_finish(&f->pin);
	pin_finish(&f->pin);
	munmap(f->area, NR * f->run.page_bytes);
	free(f);
	return 0;
}

static void skip_if_refused(struct fixture *f, int err)
{
	if (err != -ECANCELED)
		return;
	print_message("skipped: %s\n", f->run.why);
	skip();
}

static void check_words(struct fixture *f, uint64_t first)
{
	assert_int_equal(pin_words(&f->run, &f->pin, f->words), 0);
	for (size_t i = 0; i < NR; i++)
		assert_int_equal(f->words[i], first + i);
}

/* Writable pages that nobody shares are written in place: the pipe sees it. */
static void test_pipe(void **state)
{
	struct fixture *f = *state;
	int err = pin_pipe(&f->run, &f->pin, f->area, NR);

	skip_if_refused(f, err);
	assert_int_equal(err, 0);
	write_words(f, 200);
	check_words(f, 200);
}

/* Other pages at the same addresses: the pin keeps those it had. */
static void test_pipe_keeps(void **state)
{
	struct fixture *f = *state;
	int err = pin_pipe(&f->run, &f->pin, f->area, NR);

	skip_if_refused(f, err);
	assert_int_equal(err, 0);
	madvise(f->area, NR * f->run.page_bytes, MADV_DONTNEED);
	write_words(f, 200);
	check_words(f, 100);
}

static void test_pipe_too_large(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pin_pipe(&f->run, &f->pin, f->area, 200000),
			 -ECANCELED);
	assert_true(f->run.skipped);
	assert_non_null(strstr(f->run.why, "fs.pipe-max-size"));
}

/* The ring may be read more than once. */
static void test_ring(void **state)
{
	struct fixture *f = *state;
	int err = pin_ring(&f->run, &f->pin, f->area, NR);

	skip_if_refused(f, err);
	assert_int_equal(err, 0);
	check_words(f, 100);
	write_words(f, 200);
	check_words(f, 200);
	madvise(f->area, NR * f->run.page_bytes, MADV_DONTNEED);
	write_words(f, 300);
	check_words(f, 200);
}

/* Who holds the pages writes to them, though we may not. */
static void test_ring_puts(void **state)
{
	struct fixture *f = *state;
	size_t bytes = NR * f->run.page_bytes;
	int err = pin_ring(&f->run, &f->pin, f->area, NR);

	skip_if_refused(f, err);
	assert_int_equal(err, 0);
	mprotect(f->area, bytes, PROT_READ);
	assert_int_equal(pin_put_word(&f->pin, 2, 77), 0);
	assert_int_equal(*word_at(f, 2), 77);
	assert_int_equal(*word_at(f, 3), 103);

	assert_int_equal(pin_release(&f->pin), 0);
	pin_aim(&f->pin, word_at(f, 5), 1);
	assert_int_equal(pin_hold(&f->pin), -EFAULT);
	mprotect(f->area, bytes, PROT_READ | PROT_WRITE);
	assert_int_equal(pin_hold(&f->pin), 0);
	assert_int_equal(pin_put_word(&f->pin, 0, 88), 0);
	assert_int_equal(*word_at(f, 5), 88);
}

/* A page that was asked for while it was writable is written later. */
static void test_direct_read(void **state)
{
	struct fixture *f = *state;
	struct direct_read d = { 0 };
	int err = direct_read_init(&f->run, &d, NR);

	if (err == -ECANCELED)
		direct_read_finish(&d);
	skip_if_refused(f, err);
	assert_int_equal(err, 0);
	for (unsigned turn = 1; turn < 4; turn++) {
		uint64_t word = 1000UL * turn;

		assert_int_equal(direct_read_words(&f->run, &d, word), 0);
		for (size_t i = 0; i < NR; i += 2)
			direct_read_ask(&d, i, word_at(f, i));
		assert_int_equal(direct_read_submit(&f->run, &d, turn), 0);
		assert_int_equal(direct_read_wait(&f->run, &d), 0);
		for (size_t i = 0; i < NR; i++)
			assert_int_equal(*word_at(f, i),
					 i % 2 ? 100 + i : word + i);
	}

	mprotect(f->area, f->run.page_bytes, PROT_READ);
	direct_read_ask(&d, 0, word_at(f, 0));
	err = direct_read_submit(&f->run, &d, 0);
	assert_int_equal(err ? err : direct_read_wait(&f->run, &d), -EFAULT);
	mprotect(f->area, f->run.page_bytes, PROT_READ | PROT_WRITE);

	direct_read_ask(&d, 0, word_at(f, 0));
	assert_int_equal(direct_read_submit(&f->run, &d, 4), 0);
	direct_read_finish(&d);
	assert_int_equal(*word_at(f, 0), 3000);
	direct_read_finish(&d);
}

static void test_nodes(void **state)
{
	struct fixture *f = *state;
	int node = nodes_other(f->area);
	size_t moved;

	if (node < 0) {
		assert_true(node == -ENODEV || node == -ENOSYS);
		assert_int_equal(
			nodes_move(f->area, NR, f->run.page_bytes, 0, &moved),
			node == -ENODEV ? 0 : node);
		skip();
	}
	assert_int_equal(
		nodes_move(f->area, NR, f->run.page_bytes, node, &moved), 0);
	assert_int_equal(moved, NR);
	assert_int_not_equal(nodes_other(f->area), node);
	for (size_t i = 0; i < NR; i++)
		assert_int_equal(*word_at(f, i), 100 + i);
}

/* As a user with too little memory to lock: says which limit. */
static void test_ring_limit(void **state)
{
	struct fixture *f = *state;
	int err = pin_ring(&f->run, &f->pin, f->area, NR), status;
	pid_t pid;

	skip_if_refused(f, err);
	pid = fork();
	if (!pid) {
		struct rlimit none = { 0 };
		bool said;

		if (setrlimit(RLIMIT_MEMLOCK, &none) ||
		    (!getuid() && setuid(65534)))
			_exit(77);
		err = pin_ring(&f->run, &f->pin, f->area, NR);
		said = strstr(f->run.why, "ulimit -l") ||
		       strstr(f->run.why, "io_uring_disabled");
		_exit(err == -ECANCELED && said ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_transient(void **state)
{
	struct fixture *f = *state;
	uint64_t word = 0;

	assert_int_equal(pin_transient(word_at(f, 3), sizeof(word), &word), 0);
	assert_int_equal(word, 103);
	madvise(f->area, f->run.page_bytes, MADV_DONTNEED);
	mprotect(f->area, f->run.page_bytes, PROT_NONE);
	assert_int_equal(pin_transient(f->area, sizeof(word), &word), -EFAULT);
	mprotect(f->area, f->run.page_bytes, PROT_READ | PROT_WRITE);
}

/* Mapped once each, all different; a page that is not there has none. */
static void test_frames(void **state)
{
	struct fixture *f = *state;
	struct frames frames = { 0 };
	uint64_t frame[NR], again[NR], count = 0, flags;
	int err = frames_open(&frames);

	if (err) {
		assert_int_equal(err, -EPERM);
		assert_int_not_equal(geteuid(), 0);
		skip();
	}
	assert_int_equal(frames_read(&frames, f->area, NR, frame), 0);
	for (size_t i = 0; i < NR; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(frame[i], frame[j]);
	if (!frames_count(&frames, frame[0], &count))
		assert_int_equal(count, 1);
	if (!frames_flags(&frames, frame[0], &flags))
		assert_int_equal(flags & (FRAMES_THP | FRAMES_HUGE), 0);

	write_words(f, 300);
	madvise(f->area, f->run.page_bytes, MADV_DONTNEED);
	assert_int_equal(frames_read(&frames, f->area, NR, again), 0);
	assert_int_equal(again[0], 0);
	assert_int_equal(again[NR - 1], frame[NR - 1]);
	frames_close(&frames);
	frames_close(&frames);
}

static void test_vmstat(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(vmstat_read("pgfault", &value), 0);
	assert_true(value > 0);
	assert_int_equal(vmstat_read("pgfaul", &value), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pipe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pipe_keeps, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_pipe_too_large, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_ring, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ring_limit, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_ring_puts, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_direct_read, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_nodes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_transient, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_frames, set_up, tear_down),
		cmocka_unit_test(test_vmstat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
