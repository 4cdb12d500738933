// SPDX-License-Identifier: GPL-2.0-only
#include "holes.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

static int map_other(struct fl_run *run, struct holes *h)
{
	void *p = mmap(NULL, h->file.bytes, PROT_READ, MAP_SHARED, h->file.fd,
		       0);

	if (p == MAP_FAILED)
		return fl_fail(run, -errno, "a second mapping");

	h->other = p;
	return 0;
}

static int watch(struct fl_run *run, struct holes *h)
{
	const struct uffd_options options = { 0 };
	int err = uffd_open(&h->uffd, &options);

	if (!err)
		err = pagemap_open(&h->pagemap);
	if (err)
		return fl_fail(run, err, "what watches the pages");

	h->events.uffd = &h->uffd;
	h->events.base = h->file.base;
	h->events.nr = h->file.nr;
	h->events.page_bytes = h->file.page_bytes;
	return page_events_init(run, &h->events);
}

int holes_init(struct fl_run *run, struct holes *h)
{
	int err;

	h->file.nr = h->nr * HOLES_SPAN;
	err = cached_file_init(run, &h->file);
	if (!err)
		err = map_other(run, h);
	return err ? err : watch(run, h);
}

void holes_finish(struct holes *h)
{
	page_events_finish(&h->events);
	pagemap_close(&h->pagemap);
	uffd_close(&h->uffd);
	if (h->other)
		munmap(h->other, h->file.bytes);
	h->other = NULL;
	cached_file_finish(&h->file);
}

int holes_punch(struct fl_run *run, const struct holes *h, size_t hole)
{
	size_t at = (hole * HOLES_SPAN + holes_first(h)) * h->file.page_bytes;
	size_t len = h->len * h->file.page_bytes;
	int how = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	if (h->by_madvise)
		return madvise(h->file.base + at, len, MADV_REMOVE)
			       ? fl_fail(run, -errno, "madvise(MADV_REMOVE)")
			       : 0;
	return fallocate(h->file.fd, how, (off_t)at, (off_t)len)
		       ? fl_fail(run, -errno, "fallocate(PUNCH_HOLE)")
		       : 0;
}

static int look(struct fl_run *run, struct holes *h, size_t page,
		uint64_t *ret_entry)
{
	const char *at = h->file.base + page * h->file.page_bytes;
	int err = pagemap_entry(&h->pagemap, at, ret_entry);

	return err ? fl_fail(run, err, "reading pagemap") : 0;
}

/* Every page is protected; those of the holes are mapped. */
static int check_start(struct fl_run *run, struct holes *h)
{
	for (size_t i = 0; i < h->file.nr; i++) {
		uint64_t entry;
		int err = look(run, h, i, &entry);
		bool present = !err && entry & PAGEMAP_PRESENT;

		if (err)
			return err;
		if (!(entry & PAGEMAP_UFFD_WP) || present != holes_has(h, i))
			return fl_fail(run, -EPROTO,
				       "page %zu: not as it should be before "
				       "(%" PRIx64 ")",
				       i, entry);
	}
	return 0;
}

static int protect_all(struct fl_run *run, struct holes *h)
{
	int err = uffd_register(&h->uffd, h->file.base, h->file.bytes,
				UFFDIO_REGISTER_MODE_WP);

	if (!err)
		err = uffd_protect(&h->uffd, h->file.base, h->file.bytes);
	if (!err && madvise(h->other, h->file.bytes, MADV_DONTNEED))
		err = -errno;
	return err ? fl_fail(run, err, "protecting the pages") : 0;
}

int holes_start(struct fl_run *run, struct holes *h)
{
	int err = cached_file_fill(run, &h->file);

	if (!err)
		err = cached_file_map(run, &h->file);
	if (!err)
		err = protect_all(run, h);
	for (size_t i = 0; i < h->file.nr && !err; i++)
		if (holes_has(h, i))
			(void)*cached_file_word(&h->file, i);
	page_events_reset(&h->events);
	memset(h->written, 0, sizeof(h->written));
	memset(h->planted, 0, sizeof(h->planted));
	return err ? err : check_start(run, h);
}

int holes_plant(struct fl_thread *th, struct holes *h)
{
	struct cached_file *f = &h->file;
	int err = 0;

	for (size_t i = 0; i < HOLES_PLANTED && i < f->nr && !err; i++) {
		size_t page = (fl_rand(th) >> 8) % f->nr;

		while (h->planted[page])
			page = (page + 1) % f->nr;
		h->planted[page] = true;
		err = uffd_unprotect(&h->uffd, f->base + page * f->page_bytes,
				     f->page_bytes);
	}
	return err ? fl_fail(fl_thread_run(th), err, "planting") : 0;
}

int holes_write(struct fl_thread *th, struct holes *h)
{
	struct fl_run *run = fl_thread_run(th);
	int err = 0;

	fl_stage(th, "writing every page");
	for (size_t i = 0; i < h->file.nr && !err; i++) {
		uint64_t entry;

		if (h->written[i])
			continue;
		err = look(run, h, i, &entry);
		h->bit[i] = !err && entry & PAGEMAP_UFFD_WP;
		if (!err)
			*cached_file_word(&h->file, i) = 2;
	}
	return err ? err : atomic_load(&h->events.err);
}
