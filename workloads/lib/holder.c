// SPDX-License-Identifier: GPL-2.0-only
#include "holder.h"

#include <faultline/uapi_compat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const holder_kind_names[] = {
	[HOLDER_NONE] = "none",
	[HOLDER_WALK] = "walk",
	[HOLDER_PROTECT] = "protect",
	[HOLDER_SCAN] = "scan",
	[HOLDER_PAGEMAP] = "pagemap",
	[HOLDER_MPROTECT] = "mprotect",
	[HOLDER_MMAP] = "mmap",
	[HOLDER_FORK] = "fork",
	[HOLDER_CLEAR_REFS] = "clear-refs",
	NULL,
};

const char *const holder_kind_words[] = {
	[HOLDER_NONE] = "nobody",
	[HOLDER_WALK] = "empty page tables, for reading and for writing",
	[HOLDER_PROTECT] = "UFFDIO_WRITEPROTECT, on and off: for reading",
	[HOLDER_SCAN] = "PAGEMAP_SCAN that finds nothing: for reading",
	[HOLDER_PAGEMAP] = "/proc/self/pagemap: for reading, a table a time",
	[HOLDER_MPROTECT] = "mprotect, there and back: for writing",
	[HOLDER_MMAP] = "mmap, a page a table, munmap: for writing, briefly",
	[HOLDER_FORK] = "fork of it: for writing, and each mapping's own",
	[HOLDER_CLEAR_REFS] = "/proc/self/clear_refs: for writing",
	NULL,
};

static int toggle(struct holder *h)
{
	int all = PROT_READ | PROT_WRITE;
	int other = h->spec.may_stop_writes ? PROT_READ : all | PROT_EXEC;

	h->changed = !h->changed;
	return mprotect(h->base, h->spec.bytes, h->changed ? other : all)
		       ? -errno
		       : 0;
}

static int walk(struct holder *h, bool write)
{
	size_t part = h->spec.read_bytes ? h->spec.read_bytes : h->spec.bytes;

	return write ? toggle(h) : uffd_protect(&h->uffd, h->base, part);
}

/*
 * Others write to memory that is not the holder's own: between their fault and
 * the write itself a page could become protected, and nobody would resolve it.
 */
static int protect(struct holder *h, bool write)
{
	(void)write;
	if (h->spec.uffd)
		return uffd_unprotect(h->spec.uffd, h->base, h->spec.bytes);

	h->changed = !h->changed;
	return h->changed ? uffd_protect(&h->uffd, h->base, h->spec.bytes)
			  : uffd_unprotect(&h->uffd, h->base, h->spec.bytes);
}

/* None of the pages is in swap, so all are looked at and none is told. */
static int scan(struct holder *h, bool write)
{
	struct page_region found;
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = (uintptr_t)h->base,
		.end = (uintptr_t)h->base + h->spec.bytes,
		.vec = (uintptr_t)&found,
		.vec_len = 1,
		.category_mask = PAGE_IS_SWAPPED,
		.return_mask = PAGE_IS_SWAPPED,
	};

	(void)write;
	return ioctl(h->fd, PAGEMAP_SCAN, &arg) < 0 ? -errno : 0;
}

static int read_pagemap(struct holder *h, bool write)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t len = h->spec.bytes / page * sizeof(uint64_t), done = 0;
	off_t from = (off_t)((uintptr_t)h->base / page * sizeof(uint64_t));

	(void)write;
	while (done < len) {
		ssize_t got = pread(h->fd, (char *)h->buffer + done, len - done,
				    from + (off_t)done);

		if (got <= 0)
			return got ? -errno : -EIO;
		done += (size_t)got;
	}
	return 0;
}

static int change(struct holder *h, bool write)
{
	(void)write;
	return toggle(h);
}

static int map_and_unmap(struct holder *h, bool write)
{
	char *p = mmap(NULL, h->spec.bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)write;
	if (p == MAP_FAILED)
		return -errno;
	for (size_t at = 0; at < h->spec.bytes; at += h->region.pmd_bytes)
		*(volatile char *)(p + at) = 1;
	return munmap(p, h->spec.bytes) ? -errno : 0;
}

static int fork_all(struct holder *h, bool write)
{
	pid_t pid = _Fork();

	(void)write;
	if (!pid)
		_exit(0);
	if (pid < 0)
		return -errno;

	h->child = pid;
	return 0;
}

static int clear_refs(struct holder *h, bool write)
{
	(void)write;
	return pwrite(h->fd, "4", 1, 0) == 1 ? 0 : -errno;
}

enum {
	TRIES = 6
};

enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_UFFD = 1,
	NEEDS_PAGES = 2, /* not only page tables */
};

static const struct row {
	const char *name;
	int (*hold)(struct holder *h, bool write);
	unsigned needs;
	const char *file;
	int flags;
} rows[] = {
	[HOLDER_WALK] = { "UFFDIO_WRITEPROTECT or mprotect", walk, NEEDS_UFFD },
	[HOLDER_PROTECT] = { "UFFDIO_WRITEPROTECT", protect,
			     NEEDS_UFFD | NEEDS_PAGES },
	[HOLDER_SCAN] = { "PAGEMAP_SCAN", scan, NEEDS_PAGES,
			  "/proc/self/pagemap", O_RDONLY },
	[HOLDER_PAGEMAP] = { "/proc/self/pagemap", read_pagemap, NEEDS_PAGES,
			     "/proc/self/pagemap", O_RDONLY },
	[HOLDER_MPROTECT] = { "mprotect", change, NEEDS_PAGES },
	[HOLDER_MMAP] = { "mmap and munmap", map_and_unmap },
	[HOLDER_FORK] = { "fork", fork_all, NEEDS_PAGES },
	[HOLDER_CLEAR_REFS] = { "/proc/self/clear_refs", clear_refs,
				NEEDS_PAGES, "/proc/self/clear_refs",
				O_WRONLY },
};

/* What fork() copies must be in the child; all else would only slow it. */
static int fill_own(struct holder *h, const struct row *row)
{
	int err = region_init(&h->region, REGION_ANON_4K, h->spec.bytes);

	if (err)
		return err;

	h->base = h->region.base;
	err = region_make_tables(&h->region);
	if (err)
		return err;
	if (row->needs & NEEDS_PAGES)
		region_write(&h->region, 0, h->spec.bytes);
	if (h->spec.kind == HOLDER_FORK)
		return 0;
	return madvise(h->base, h->spec.bytes, MADV_DONTFORK) ? -errno : 0;
}

static int arm(struct holder *h)
{
	const struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP
	};
	int err = uffd_open(&h->uffd, &options);

	return err ? err
		   : uffd_register(&h->uffd, h->base, h->spec.bytes,
				   UFFDIO_REGISTER_MODE_WP);
}

static int open_file(struct holder *h, const struct row *row)
{
	h->fd = open(row->file, row->flags | O_CLOEXEC);
	if (h->fd < 0)
		return -errno;

	h->opened = true;
	return 0;
}

static int give_buffer(struct holder *h)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (h->spec.kind != HOLDER_PAGEMAP)
		return 0;

	h->buffer = calloc(h->spec.bytes / page, sizeof(*h->buffer));
	return h->buffer ? 0 : -ENOMEM;
}

/* Some security modules forbid memory that is writable and executable. */
static int try_once(struct fl_run *run, struct holder *h)
{
	int err = 0;

	if (h->spec.kind != HOLDER_MPROTECT || h->spec.may_stop_writes)
		return 0;
	for (unsigned i = 0; i < 2 && !err; i++)
		err = toggle(h);
	if (err == -EACCES || err == -EPERM)
		return fl_skip(run, "this user may not make memory executable, "
				    "and where=same must leave it writable: "
				    "use where=other");
	return err ? fl_fail(run, err, "mprotect") : 0;
}

int holder_init(struct fl_run *run, struct holder *h,
		const struct holder_spec *spec)
{
	const struct row *row = &rows[spec->kind];
	int err = 0;

	h->spec = *spec;
	h->base = spec->at;
	h->region.pmd_bytes = region_pmd_bytes();
	if (!spec->at)
		err = fill_own(h, row);
	if (!err && row->needs & NEEDS_UFFD && !spec->uffd)
		err = arm(h);
	if (!err && row->file)
		err = open_file(h, row);
	if (!err)
		err = give_buffer(h);
	return err ? fl_fail(run, err, "preparing %s over %zu bytes", row->name,
			     spec->bytes)
		   : try_once(run, h);
}

void holder_finish(struct holder *h)
{
	uffd_close(&h->uffd);
	if (h->opened)
		close(h->fd);
	free(h->buffer);
	region_finish(&h->region);

	h->opened = false;
	h->buffer = NULL;
}

/* The least of a few, 0 if one fails. */
static uint64_t time_walk(struct holder *h, bool write)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t t0 = fl_clock_ns(), ns;

		if (walk(h, write))
			return 0;
		ns = fl_clock_ns() - t0;
		least = ns < least ? ns : least;
	}
	return least;
}

int holder_even_walks(struct fl_run *run, struct holder *h,
		      size_t *ret_read_bytes)
{
	uint64_t write_ns = time_walk(h, true), read_ns = time_walk(h, false);
	size_t tables = h->spec.bytes / h->region.pmd_bytes, part;

	if (!write_ns || !read_ns)
		return fl_fail(run, -EIO, "trying both walks");

	part = (size_t)((double)tables * (double)write_ns / (double)read_ns +
			0.5);
	part = part < 1 ? 1 : part;
	h->spec.read_bytes = part < tables ? part * h->region.pmd_bytes
					   : h->spec.bytes;
	fl_fact(run, "walk",
		"as long under either lock: under the read lock it goes over "
		"about 1/%.0f of the bytes",
		(double)h->spec.bytes / (double)h->spec.read_bytes);
	*ret_read_bytes = h->spec.read_bytes;
	return 0;
}

/* The child is gone before the next one comes; that is no part of the hold. */
static int reap(struct holder *h)
{
	pid_t pid = h->child;

	h->child = 0;
	return pid && waitpid(pid, NULL, 0) != pid ? -errno : 0;
}

int holder_hold(struct fl_run *run, struct holder *h, bool write,
		uint64_t *ret_ns)
{
	const struct row *row = &rows[h->spec.kind];
	uint64_t t0 = fl_clock_ns();
	int err = row->hold(h, write);

	*ret_ns = fl_clock_ns() - t0;
	if (!err)
		err = reap(h);
	return err ? fl_fail(run, err, "%s", row->name) : 0;
}
