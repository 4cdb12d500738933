// SPDX-License-Identifier: GPL-2.0-only
#include "around_pass.h"

#include "thread_faults.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int open_uffds(struct fl_run *run, struct around_pass *p)
{
	struct uffd_options options = { 0 };
	int err = uffd_open(&p->sync, &options);

	options.features = UFFD_FEATURE_WP_ASYNC;
	if (!err && (p->sync.offered & UFFD_FEATURE_WP_ASYNC))
		err = uffd_open(&p->async, &options);
	return err ? fl_fail(run, err, "userfaultfd") : 0;
}

int around_pass_init(struct fl_run *run, struct around_pass *p)
{
	struct page_events *e = &p->events;
	int err = cached_file_init(run, &p->file);

	if (!err)
		err = open_uffds(run, p);
	if (err)
		return err;

	e->uffd = &p->sync;
	e->base = p->file.base;
	e->nr = p->file.nr;
	e->page_bytes = p->file.page_bytes;
	err = page_events_init(run, e);
	if (!err)
		err = pagemap_open(&p->pagemap);
	p->source = calloc(p->file.nr, p->file.page_bytes);
	if (!err && !p->source)
		err = -ENOMEM;
	if (err)
		return fl_fail(run, err, "what watches the pages");

	/* Empty memory of the C library would be one page for all. */
	memset(p->source, 1, p->file.bytes);
	return 0;
}

void around_pass_finish(struct around_pass *p)
{
	free(p->source);
	p->source = NULL;
	pagemap_close(&p->pagemap);
	page_events_finish(&p->events);
	uffd_close(&p->async);
	uffd_close(&p->sync);
	cached_file_finish(&p->file);
}

void around_pass_order(struct fl_thread *th, struct around_pass *p, bool random)
{
	for (uint32_t i = 0; i < p->file.nr; i++)
		p->order[i] = i;
	for (size_t i = p->file.nr; random && i-- > 1;) {
		size_t j = (fl_rand(th) >> 8) % (i + 1);
		uint32_t page = p->order[i];

		p->order[i] = p->order[j];
		p->order[j] = page;
	}
}

static int enlist(struct fl_run *run, struct around_pass *p,
		  const struct around_way *way)
{
	struct uffd *u = way->async ? &p->async : &p->sync;
	int err;

	if (!way->modes)
		return 0;

	err = u->way == UFFD_WAY_NONE
		      ? -EINVAL
		      : uffd_register(u, p->file.base, p->file.bytes,
				      way->modes);
	if (err == -EINVAL)
		return fl_skip(run,
			       "this kernel does not register such memory for "
			       "%s: it takes one that does",
			       way->words);
	return err ? fl_fail(run, err, "UFFDIO_REGISTER for %s", way->words)
		   : 0;
}

/* Who fills shared memory for others does so each time, a file once. */
static int fill(struct fl_run *run, struct around_pass *p,
		const struct around_way *way)
{
	int err;

	if (way->before == AROUND_COPIED) {
		p->filled = false;
		return cached_file_empty(run, &p->file);
	}
	if (p->filled)
		return 0;

	err = p->fill ? p->fill(run) : cached_file_fill(run, &p->file);
	p->filled = !err && (!p->fill || p->file.kind != CACHED_SHMEM);
	return err;
}

static int bring_about(struct fl_run *run, struct around_pass *p,
		       const struct around_way *way)
{
	struct cached_file *f = &p->file;
	int err = 0;

	switch (way->before) {
	case AROUND_POPULATED:
		for (size_t i = 0; i < f->nr; i++)
			(void)*cached_file_word(f, i);
		return 0;
	case AROUND_PROTECTED:
		err = uffd_protect(&p->sync, f->base, f->bytes);
		return err ? fl_fail(run, err, "UFFDIO_WRITEPROTECT") : 0;
	case AROUND_COPIED:
		err = uffd_copy(&p->sync, f->base, p->source, f->bytes);
		return err ? fl_fail(run, err, "UFFDIO_COPY") : 0;
	case AROUND_CONTINUED:
	case AROUND_NOTHING:
	default:
		return 0;
	}
}

/*
 * The cache is filled before the mapping where that needs a mapping itself, and
 * behind the registration where another process does it.
 */
int around_pass_map(struct fl_thread *th, struct around_pass *p,
		    const struct around_way *way)
{
	struct fl_run *run = fl_thread_run(th);
	int err = p->fill ? 0 : fill(run, p, way);

	page_events_reset(&p->events);
	if (!err)
		err = cached_file_map(run, &p->file);
	if (!err)
		err = enlist(run, p, way);
	if (!err && p->fill) {
		fl_stage(th, "waiting for another process to fill the file");
		err = fill(run, p, way);
	}
	return err ? err : bring_about(run, p, way);
}

int around_pass_continue(struct fl_run *run, struct around_pass *p,
			 const struct around_way *way)
{
	int err = way->before == AROUND_CONTINUED
			  ? uffd_continue(&p->sync, p->file.base, p->file.bytes)
			  : 0;

	return err ? fl_fail(run, err, "UFFDIO_CONTINUE") : 0;
}

int around_pass_look(struct fl_run *run, struct around_pass *p)
{
	int err = pagemap_read(&p->pagemap, p->file.base, p->file.nr,
			       p->entries);

	if (err)
		return fl_fail(run, err, "reading pagemap");
	for (size_t i = 0; i < p->file.nr; i++)
		p->before[i] = p->entries[i] & PAGEMAP_PRESENT;
	return 0;
}

static int handler_failed(struct around_pass *p)
{
	return atomic_load(&p->events.err);
}

int around_pass_one(struct fl_thread *th, struct around_pass *p,
		    const struct around_way *way, size_t page,
		    size_t *ret_present)
{
	struct fl_run *run = fl_thread_run(th);
	size_t present = 0;
	int err = around_pass_map(th, p, way);

	if (!err)
		err = around_pass_continue(run, p, way);
	if (err)
		return err;

	fl_stage(th, "reading one page");
	(void)*cached_file_word(&p->file, page);
	err = handler_failed(p);
	if (!err)
		err = around_pass_look(run, p);
	for (size_t i = 0; i < p->file.nr; i++)
		present += p->before[i];
	*ret_present = present;
	return err;
}

int around_pass_watched(struct fl_thread *th, struct around_pass *p)
{
	struct fl_run *run = fl_thread_run(th);
	int err = around_pass_look(run, p);

	p->unlike = 0;
	fl_stage(th, "reading page after page, each looked at before");
	for (size_t i = 0; i < p->file.nr && !err; i++) {
		size_t page = p->order[i];
		uint64_t entry, faults;

		err = pagemap_entry(&p->pagemap,
				    p->file.base + page * p->file.page_bytes,
				    &entry);
		faults = thread_faults();
		(void)*cached_file_word(&p->file, page);
		p->turn[page] = entry & PAGEMAP_PRESENT;
		p->unlike += p->turn[page] == (thread_faults() != faults);
	}
	if (err)
		return fl_fail(run, err, "reading pagemap");
	return handler_failed(p);
}

int around_pass_timed(struct fl_thread *th, struct around_pass *p,
		      const struct around_way *way, uint64_t *ret_ns,
		      uint64_t *ret_faults)
{
	uint64_t faults = thread_faults(), t0 = fl_clock_ns();
	int err = around_pass_continue(fl_thread_run(th), p, way);

	fl_stage(th, "reading all pages");
	for (size_t i = 0; i < p->file.nr; i++)
		(void)*cached_file_word(&p->file, p->order[i]);
	*ret_ns = fl_clock_ns() - t0;
	*ret_faults = thread_faults() - faults;
	return err ? err : handler_failed(p);
}
