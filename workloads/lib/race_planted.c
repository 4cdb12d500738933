// SPDX-License-Identifier: GPL-2.0-only
/* Copies of the pages that are raced for: snapshots, and what is planted. */
#include "race.h"

#include <string.h>

enum {
	PASSES = 2
};

static void copy_pages(const struct race *r, char *to)
{
	const struct race_writers *w = &r->writers;
	size_t page = r->memory.area.region.page_bytes;

	for (size_t i = 0; i < w->nr_pages; i++)
		memcpy(to + i * page, w->base + w->offset[w->first + i], page);
}

int race_put_back(struct fl_run *run, struct race *r)
{
	struct race_writers *w = &r->writers;
	size_t page = r->memory.area.region.page_bytes;
	int err;

	copy_pages(r, r->copy);
	err = race_writers_wait(run, w, PASSES);
	for (size_t i = 0; i < w->nr_pages && !err; i++)
		memcpy(w->base + w->offset[w->first + i], r->copy + i * page,
		       page);
	return err;
}

size_t race_torn(const char *a, const char *b, size_t nr, size_t page_bytes)
{
	size_t torn = 0;

	for (size_t i = 0; i < nr; i++)
		torn += memcmp(a + i * page_bytes, b + i * page_bytes,
			       page_bytes) != 0;
	return torn;
}

static int copy_again(struct fl_run *run, struct race *r, uint64_t wait_ns,
		      bool broken)
{
	struct timespec t = { .tv_nsec = (long)wait_ns };
	int err = 0;

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
	if (broken) {
		err = race_memory_open_all(run, &r->memory);
		race_let_go(r);
	}
	if (broken && !err)
		err = race_writers_wait(run, &r->writers, PASSES);
	copy_pages(r, r->again);
	return err;
}

int race_snapshot(struct fl_thread *th, struct race *r, uint64_t wait_ns,
		  bool broken, struct race_snapshot *ret)
{
	struct fl_run *run = fl_thread_run(th);
	size_t page = r->memory.area.region.page_bytes;
	int err = race_freeze(th, r, &ret->stale), opened;

	fl_stage(th, "copying the pages twice");
	copy_pages(r, r->copy);
	if (!err)
		err = copy_again(run, r, wait_ns, broken);
	ret->torn = race_torn(r->copy, r->again, r->spec.pages, page);
	opened = race_memory_open_all(run, &r->memory);
	race_let_go(r);
	return err ? err : opened;
}
