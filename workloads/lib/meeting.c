// SPDX-License-Identifier: GPL-2.0-only
#include "meeting.h"

#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of each point: there, and awake. */
enum {
	THERE = 1,
	READY = 2,
	STEPS = 2
};

enum {
	SPINS = 1000,
	SLICE_NS = 20000000, /* longest sleep without a look around */
	READY_NS = 100000,   /* then it goes alone */
	PATIENCE_NS = 5000000000,
};

static size_t bytes_of(const struct meeting *m)
{
	return m->nr * sizeof(*m->points);
}

int meeting_init(struct fl_run *run, struct meeting *m, size_t nr)
{
	void *p;

	m->nr = nr;
	p = mmap(NULL, bytes_of(m), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p == MAP_FAILED)
		return fl_fail(run, -errno, "shared memory");

	m->points = p;
	return 0;
}

void meeting_finish(struct meeting *m)
{
	if (m->points)
		munmap(m->points, bytes_of(m));
	m->points = NULL;
}

void meeting_plan(struct fl_thread *th, struct meeting *m,
		  enum meeting_order order, uint64_t phase_ns)
{
	m->order = order;
	for (unsigned i = 0; i < MEETING_PARTIES; i++)
		atomic_store(&m->party[i].at, 0);

	for (size_t i = 0; i < m->nr; i++) {
		uint64_t r = fl_rand(th) >> 8;

		memset(&m->points[i], 0, sizeof(m->points[i]));
		if (phase_ns)
			m->points[i].stay[r & 1].wait_ns = (r >> 1) % phase_ns;
	}
}

static void be_at(struct meeting *m, unsigned party, unsigned where)
{
	atomic_uint *at = &m->party[party].at;

	atomic_store(at, where);
	syscall(SYS_futex, at, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* How far the other must be before this party may enter. */
static unsigned awaited(const struct meeting *m, unsigned party, size_t point)
{
	if (m->order == MEETING_TOGETHER)
		return (unsigned)(point * STEPS + THERE);
	if ((m->order == MEETING_FIRST_0) == (party == 0))
		return 0;
	return (unsigned)(m->nr * STEPS + THERE);
}

/*
 * Who spins on a crowded CPU uses up its turn, and the two would never run at
 * once; so it sleeps if the other does not come soon.
 */
static int wait_for(const struct fl_run *run, atomic_uint *at, unsigned least)
{
	struct timespec slice = { .tv_nsec = SLICE_NS };
	uint64_t until = fl_clock_ns() + PATIENCE_NS;
	unsigned now;

	for (unsigned i = 0; i < SPINS; i++)
		if (atomic_load(at) >= least)
			return 0;
	while ((now = atomic_load(at)) < least) {
		if (fl_clock_ns() > until || fl_clock_ns() > run->deadline_ns)
			return -ETIMEDOUT;
		syscall(SYS_futex, at, FUTEX_WAIT, now, &slice, NULL, 0);
	}
	return 0;
}

/* Both are awake, or one of them is late. */
static void get_ready(struct meeting *m, unsigned party, size_t point)
{
	unsigned ready = (unsigned)(point * STEPS + READY);
	uint64_t until = fl_clock_ns() + READY_NS;

	atomic_store(&m->party[party].at, ready);
	while (atomic_load(&m->party[!party].at) < ready &&
	       fl_clock_ns() < until)
		;
}

int meeting_enter(struct fl_run *run, struct meeting *m, unsigned party,
		  size_t point)
{
	struct meeting_stay *stay = &m->points[point].stay[party];
	uint64_t until;
	int err;

	be_at(m, party, (unsigned)(point * STEPS + THERE));
	err = wait_for(run, &m->party[!party].at, awaited(m, party, point));
	if (err)
		return err;

	if (m->order == MEETING_TOGETHER)
		get_ready(m, party, point);
	stay->t0 = fl_clock_ns();
	until = stay->t0 + stay->wait_ns;
	while (stay->t0 < until)
		stay->t0 = fl_clock_ns();
	return 0;
}

void meeting_end(struct meeting *m, unsigned party)
{
	be_at(m, party, (unsigned)(m->nr * STEPS + THERE));
}

uint64_t meeting_overlap(const struct meeting *m, size_t point)
{
	const struct meeting_stay *a = &m->points[point].stay[0];
	const struct meeting_stay *b = &m->points[point].stay[1];
	uint64_t from = a->t0 > b->t0 ? a->t0 : b->t0;
	uint64_t to = a->t1 < b->t1 ? a->t1 : b->t1;

	return from && to > from ? to - from : 0;
}
