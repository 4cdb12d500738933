// SPDX-License-Identifier: GPL-2.0-only
#include "fault_loop.h"

#include "scratch_file.h"

#include <faultline/uapi_compat.h>

#include <sys/mman.h>
#include <unistd.h>

enum {
	MIB = 1 << 20,
	/*
	 * Most writes to a large folio do not fault: with few of them a step
	 * could be so short that the harness's own part of it shows.
	 */
	STEP_PAGES = 256,
	STEP_PAIRS = 16,
};

static int map(struct fl_run *run, const struct fault_loop *l,
	       struct fault_task *t)
{
	void *p = mmap(NULL, l->bytes, PROT_READ | PROT_WRITE, l->flags, t->fd,
		       0);

	if (p == MAP_FAILED)
		return fl_fail(run, -errno, "mmap of %zu MiB", l->bytes / MIB);

	t->base = p;
	t->at = 0;
	return 0;
}

static int unmap(struct fl_run *run, const struct fault_loop *l,
		 struct fault_task *t)
{
	if (munmap(t->base, l->bytes))
		return fl_fail(run, -errno, "munmap of %zu MiB",
			       l->bytes / MIB);

	t->base = NULL;
	return 0;
}

/*
 * Leaves the first pages as the loop leaves those behind it: written, or read
 * at last.  Where a file has no room for a page there is an error and no
 * signal.
 */
static int populate(struct fl_run *run, const struct fault_loop *l,
		    struct fault_task *t, size_t bytes)
{
	bool write = l->touch == FAULT_LOOP_WRITE;
	int advice = write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;

	t->at = bytes;
	if (!bytes || !madvise(t->base, bytes, advice))
		return 0;

	if (!fault_loop_has_file(l))
		return fl_fail(run, -errno, "faulting in %zu MiB", bytes / MIB);

	return fl_fail(run, -errno, "faulting in %zu MiB of a file in %s%s",
		       bytes / MIB, scratch_file_folder(),
		       errno == EFAULT ? " (is it full?)" : "");
}

static int fill_by_faults(struct fl_run *run, const struct fault_loop *l,
			  struct fault_task *t)
{
	int err = map(run, l, t);

	if (!err)
		err = populate(run, l, t, l->bytes);
	if (!err)
		err = unmap(run, l, t);
	return err;
}

static int fill_by_writes(struct fl_run *run, const struct fault_loop *l,
			  struct fault_task *t)
{
	for (size_t at = 0; at < l->bytes; at += run->page_bytes)
		if (pwrite(t->fd, "", 1, (off_t)at) != 1)
			return fl_fail(run, errno ? -errno : -ENOSPC,
				       "writing %zu MiB to a file in %s",
				       l->bytes / MIB, scratch_file_folder());
	return 0;
}

int fault_task_fill(struct fl_run *run, const struct fault_loop *l,
		    struct fault_task *t, bool base_pages)
{
	int err = base_pages ? fill_by_writes(run, l, t)
			     : fill_by_faults(run, l, t);

	t->cached = !err;
	return err;
}

int fault_task_begin(struct fl_run *run, const struct fault_loop *l,
		     struct fault_task *t, size_t at)
{
	int err = map(run, l, t);

	return err ? err : populate(run, l, t, at);
}

static int write_pages(struct fl_run *run, struct fault_task *t, size_t end)
{
	size_t at = t->at;

	for (; at < end; at += run->page_bytes)
		*(volatile char *)(t->base + at) = 0;
	t->at = at;
	return 0;
}

static int drop_pages(struct fl_run *run, struct fault_task *t, size_t end)
{
	for (; t->at < end; t->at += run->page_bytes) {
		char *page = t->base + t->at;

		*(volatile char *)page = 1;
		if (madvise(page, run->page_bytes, MADV_DONTNEED))
			return fl_fail(run, -errno, "madvise(MADV_DONTNEED)");
		if (*(volatile char *)page)
			return fl_fail(run, -EIO,
				       "a page that was dropped "
				       "still says what it said");
	}
	return 0;
}

static int step_pages(struct fl_run *run, const struct fault_loop *l,
		      struct fault_task *t)
{
	int err = t->base ? 0 : map(run, l, t);
	size_t from = t->at, end = from + STEP_PAGES * run->page_bytes;

	if (!t->base)
		return err;

	if (end > l->bytes)
		end = l->bytes;
	err = l->touch == FAULT_LOOP_WRITE ? write_pages(run, t, end)
					   : drop_pages(run, t, end);
	if (!err && end == l->bytes)
		err = unmap(run, l, t);
	return err ? err : (int)((end - from) / run->page_bytes);
}

static int step_pairs(struct fl_run *run, const struct fault_loop *l,
		      struct fault_task *t)
{
	int err = 0;

	for (unsigned i = 0; i < STEP_PAIRS && !err; i++) {
		err = map(run, l, t);
		if (!err)
			err = unmap(run, l, t);
	}
	return err ? err : STEP_PAIRS;
}

int fault_task_step(struct fl_run *run, const struct fault_loop *l,
		    struct fault_task *t)
{
	return l->touch ? step_pages(run, l, t) : step_pairs(run, l, t);
}

int fault_task_run_in(struct fl_run *run, const struct fault_loop *l,
		      struct fault_task *t, double share)
{
	uint64_t start = fl_clock_ns(), loop_ns, until;
	int ret;

	do
		ret = fault_task_step(run, l, t);
	while (ret >= 0 && t->base);
	loop_ns = fl_clock_ns() - start;

	until = fl_clock_ns() + (uint64_t)((double)loop_ns * share);
	while (ret >= 0 && fl_clock_ns() < until)
		ret = fault_task_step(run, l, t);
	return ret < 0 ? ret : 0;
}

void fault_task_end(const struct fault_loop *l, struct fault_task *t)
{
	if (t->base)
		munmap(t->base, l->bytes);
	t->base = NULL;
}
