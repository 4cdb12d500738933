// SPDX-License-Identifier: GPL-2.0-only
#include "race_memory.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	FORGET = 32
};

const char *const race_by_names[] = {
	[RACE_BY_UFFD_WP] = "uffd-wp",
	[RACE_BY_WP_ASYNC] = "wp-async",
	[RACE_BY_SOFT_DIRTY] = "soft-dirty",
	[RACE_BY_MPROTECT] = "mprotect",
	[RACE_BY_NUMA] = "numa",
	NULL,
};

const char *const race_by_words[] = {
	[RACE_BY_UFFD_WP] = "UFFDIO_WRITEPROTECT, which a monitor undoes",
	[RACE_BY_WP_ASYNC] = "the same, undone by the write itself (WP_ASYNC)",
	[RACE_BY_SOFT_DIRTY] = "clear_refs of the whole address space",
	[RACE_BY_MPROTECT] = "mprotect, under the write lock: the control",
	[RACE_BY_NUMA] = "hints for NUMA balancing",
	NULL,
};

static enum wp_area_kind kind_of(enum race_by by)
{
	switch (by) {
	case RACE_BY_UFFD_WP:
		return WP_AREA_SYNC;
	case RACE_BY_WP_ASYNC:
		return WP_AREA_ASYNC;
	case RACE_BY_SOFT_DIRTY:
	case RACE_BY_MPROTECT:
	case RACE_BY_NUMA:
		break;
	}
	return WP_AREA_PLAIN;
}

static _Thread_local bool resolves_own;

void race_memory_resolve_own(bool on)
{
	resolves_own = on;
}

/* In the thread that writes. */
static void take_signal(struct fault_signal *g, char *at)
{
	struct race_memory *m =
		(struct race_memory *)((char *)g -
				       offsetof(struct race_memory, guard));
	size_t page = m->area.region.page_bytes;

	while (!resolves_own && atomic_load(&m->held))
		sched_yield();
	if (wp_area_set(&m->area, at - (uintptr_t)at % page, page, false))
		wp_area_release(&m->area);
}

static int guard_area(struct fl_run *run, struct race_memory *m)
{
	int err;

	if (m->by != RACE_BY_MPROTECT)
		return 0;

	m->guard.start = m->area.region.base;
	m->guard.len = m->area.region.bytes;
	m->guard.take = take_signal;
	err = fault_signal_init(&m->guard);
	return err ? fl_fail(run, err, "a handler of SIGSEGV") : 0;
}

static int open_clear_refs(struct fl_run *run, struct race_memory *m)
{
	int fd;

	if (m->by != RACE_BY_SOFT_DIRTY)
		return 0;

	fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fl_fail(run, -errno, "/proc/self/clear_refs");

	m->clear_refs = fd + 1;
	return 0;
}

int race_memory_init(struct fl_run *run, struct race_memory *m, enum race_by by,
		     size_t bytes)
{
	const struct wp_area_spec spec = {
		.kind = kind_of(by),
		.slots = { .backing = REGION_ANON_4K,
			   .len = bytes,
			   .max_bytes = bytes,
			   .max_nr = 1 },
		.populated = true,
	};
	int err;

	if (by == RACE_BY_NUMA)
		return fl_skip(run, "hints for NUMA balancing are set at times "
				    "that the kernel chooses "
				    "(task_numa_work()): no call of ours opens "
				    "a window, so nothing says what fell into "
				    "it");
	m->by = by;
	err = wp_area_init(run, &m->area, &spec);
	if (!err)
		err = guard_area(run, m);
	return err ? err : open_clear_refs(run, m);
}

void race_memory_finish(struct race_memory *m)
{
	fault_signal_finish(&m->guard);
	if (m->clear_refs)
		close(m->clear_refs - 1);
	m->clear_refs = 0;
	wp_area_finish(&m->area);
}

static int protect(struct race_memory *m, size_t from, size_t len)
{
	if (m->by == RACE_BY_SOFT_DIRTY)
		return pwrite(m->clear_refs - 1, "4", 1, 0) == 1 ? 0 : -errno;

	return wp_area_set(&m->area, m->area.region.base + from, len, true);
}

/* The quickest of late: the others were preempted. */
static void note_quick(struct race_memory *m)
{
	m->quick_ns += m->quick_ns / FORGET;
	if (!m->quick_ns || m->took_ns < m->quick_ns)
		m->quick_ns = m->took_ns;
}

int race_memory_protect(struct fl_run *run, struct race_memory *m, size_t from,
			size_t len)
{
	uint64_t t0;
	int err;

	m->last = from + len - m->area.region.page_bytes;
	race_window_open(&m->window);
	t0 = fl_clock_ns();
	err = protect(m, from, len);
	m->took_ns = fl_clock_ns() - t0;
	race_window_close(&m->window);
	note_quick(m);
	return err ? fl_fail(run, err, "protecting %zu bytes by %s", len,
			     race_by_names[m->by])
		   : 0;
}

int race_memory_forget(struct fl_run *run, struct race_memory *m, size_t from,
		       size_t len)
{
	int err = protect(m, from, len);

	if (!err && m->by != RACE_BY_SOFT_DIRTY)
		err = wp_area_set(&m->area, m->area.region.base + from, len,
				  false);
	return err ? fl_fail(run, err, "having %zu bytes forgotten by TLBs",
			     len)
		   : 0;
}

static int take_event(struct race_memory *m)
{
	size_t page = m->area.region.page_bytes;
	struct uffd_msg msg = { 0 };
	uintptr_t at;
	int got = uffd_read(&m->area.uffd, &msg);

	if (got <= 0)
		return got;

	at = msg.arg.pagefault.address;
	got = wp_area_set(
		&m->area,
		m->area.region.base +
			(at - at % page - (uintptr_t)m->area.region.base),
		page, false);
	return got ? got : 1;
}

/* Says that it reads, and looks then; who holds does the reverse. */
int race_memory_monitor(struct fl_run *run, struct race_memory *m)
{
	int got = 0;

	if (m->by != RACE_BY_UFFD_WP)
		return 0;

	atomic_store(&m->monitors, true);
	if (!atomic_load(&m->held))
		got = take_event(m);
	atomic_store(&m->monitors, false);
	return got < 0 ? fl_fail(run, got, "resolving an event") : got;
}

void race_memory_hold(struct fl_run *run, struct race_memory *m)
{
	atomic_store(&m->held, true);
	while (atomic_load(&m->monitors) && !fl_stopped(run) &&
	       fl_clock_ns() < run->deadline_ns)
		sched_yield();
}

void race_memory_let_go(struct race_memory *m)
{
	atomic_store(&m->held, false);
}

static bool pagemap_shows(const struct race_memory *m, const char *at,
			  uint64_t bit)
{
	uint64_t entry = 0;

	return !pagemap_entry(&m->area.pagemap, at, &entry) && (entry & bit);
}

/* Through the front door, which waits for the lock; EFAULT if read-only. */
static bool is_read_only(char *at)
{
	uint64_t word = *(volatile uint64_t *)(void *)at;
	struct iovec from = { .iov_base = &word, .iov_len = sizeof(word) };
	struct iovec to = { .iov_base = at, .iov_len = sizeof(word) };

	return process_vm_writev(getpid(), &from, 1, &to, 1, 0) < 0;
}

static bool is_protected(const struct race_memory *m, size_t offset)
{
	char *at = m->area.region.base + offset;

	if (m->area.kind != WP_AREA_PLAIN)
		return pagemap_shows(m, at, PAGEMAP_UFFD_WP);
	return m->by == RACE_BY_SOFT_DIRTY
		       ? !pagemap_shows(m, at, PAGEMAP_SOFT_DIRTY)
		       : is_read_only(at);
}

static bool shows_nothing(const struct race_memory *m)
{
	return m->area.kind != WP_AREA_PLAIN && !m->area.check_bits;
}

bool race_memory_has_begun(const struct race_memory *m, size_t offset)
{
	return shows_nothing(m) || is_protected(m, offset);
}

bool race_memory_goes_on(const struct race_memory *m)
{
	return shows_nothing(m) || !is_protected(m, m->last);
}

static bool undone_by_write(const struct race_memory *m)
{
	return m->by == RACE_BY_WP_ASYNC || m->by == RACE_BY_SOFT_DIRTY;
}

int race_memory_unprotect(struct fl_run *run, struct race_memory *m,
			  size_t offset)
{
	int err = 0;

	if (!undone_by_write(m))
		err = wp_area_set(&m->area, m->area.region.base + offset,
				  m->area.region.page_bytes, false);
	return err ? fl_fail(run, err, "unprotecting a page by %s",
			     race_by_names[m->by])
		   : 0;
}

int race_memory_open_all(struct fl_run *run, struct race_memory *m)
{
	int err = 0;

	if (m->by != RACE_BY_SOFT_DIRTY)
		err = wp_area_set(&m->area, m->area.region.base,
				  m->area.region.bytes, false);
	return err ? fl_fail(run, err, "making all of it writable") : 0;
}

void race_memory_release(struct race_memory *m)
{
	wp_area_release(&m->area);
	atomic_store(&m->held, false);
}
