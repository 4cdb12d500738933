// SPDX-License-Identifier: GPL-2.0-only
#include "swapped.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum {
	TRIES = 5,
	DROP_TRIES = 500, /* each waits for the disk a little */
	DROP_NAP_NS = 2000000,
	FEW = 8, /* one in so many may stay in the cache */
	ALL_TRIES = 10,
	ALL_NAP_NS = 1000000,
	WRITTEN_NS = 2000000000,
};

int swapped_init(struct fl_run *run, struct swapped *s,
		 const struct region *region)
{
	int err = pagemap_open(&s->pagemap);

	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	s->nr = region->bytes / region->page_bytes;
	s->entries = calloc(s->nr, sizeof(*s->entries));
	s->cached = calloc(s->nr, sizeof(*s->cached));
	return s->entries && s->cached
		       ? 0
		       : fl_fail(run, -ENOMEM, "entries of %zu pages", s->nr);
}

void swapped_finish(struct swapped *s)
{
	pagemap_close(&s->pagemap);
	free(s->entries);
	free(s->cached);
	s->entries = NULL;
	s->cached = NULL;
}

static void nap(long ns)
{
	struct timespec time = { .tv_nsec = ns };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

int swapped_try(struct fl_run *run, void *base, size_t bytes)
{
	return madvise(base, bytes, MADV_PAGEOUT)
		       ? fl_fail(run, -errno, "madvise(MADV_PAGEOUT)")
		       : 0;
}

static int page_out(struct fl_run *run, const struct region *region)
{
	return swapped_try(run, region->base, region->bytes);
}

size_t swapped_count(const struct pagemap *pm, const void *base, size_t nr)
{
	size_t swapped = 0;

	for (size_t i = 0; i < nr; i++) {
		uint64_t entry = 0;

		(void)pagemap_entry(pm, (const char *)base + i * pm->page_bytes,
				    &entry);
		swapped += (entry & PAGEMAP_SWAPPED) != 0;
	}
	return swapped;
}

int swapped_out_all(struct fl_run *run, const struct pagemap *pm, void *base,
		    size_t nr)
{
	int err = swapped_try(run, base, nr * pm->page_bytes);

	for (unsigned i = 0; !err && i < ALL_TRIES; i++) {
		if (swapped_count(pm, base, nr) == nr)
			return 0;
		nap(ALL_NAP_NS);
		err = swapped_try(run, base, nr * pm->page_bytes);
	}
	return err ? err
		   : fl_skip(run,
			     "only %zu of %zu pages went to swap: swap is full, "
			     "or the memory cgroup allows none",
			     swapped_count(pm, base, nr), nr);
}

int swapped_written(struct fl_run *run, const struct frames *f,
		    const void *base, size_t nr)
{
	uint64_t until = fl_clock_ns() + WRITTEN_NS;

	for (size_t i = 0; i < nr; i++)
		while (frames_has(
			f, (const char *)base + i * f->pagemap.page_bytes,
			FRAMES_WRITEBACK)) {
			if (fl_clock_ns() > until)
				return fl_fail(run, -ETIMEDOUT,
					       "writing to swap");
			nap(ALL_NAP_NS);
		}
	return 0;
}

static int look(struct fl_run *run, struct swapped *s,
		const struct region *region, size_t *ret_swapped)
{
	int err = pagemap_read(&s->pagemap, region->base, s->nr, s->entries);

	if (err)
		return fl_fail(run, err, "reading pagemap");

	*ret_swapped = 0;
	for (size_t i = 0; i < s->nr; i++)
		*ret_swapped += swapped_is(s, i);
	return 0;
}

/* Of pages that are swapped out mincore() says whether they are cached. */
static int count_cached(struct fl_run *run, struct swapped *s,
			const struct region *region, size_t *ret_cached)
{
	if (mincore(region->base, region->bytes, s->cached))
		return fl_fail(run, -errno, "mincore");

	*ret_cached = 0;
	for (size_t i = 0; i < s->nr; i++)
		*ret_cached += s->cached[i] & 1;
	return 0;
}

static void read_back(const struct region *region)
{
	for (size_t at = 0; at < region->bytes; at += region->page_bytes)
		(void)*(volatile char *)(region->base + at);
}

/* A page that is still being written is kept: then once more. */
static int drop_cache(struct fl_run *run, struct swapped *s,
		      const struct region *region)
{
	size_t cached = s->nr;
	int err = count_cached(run, s, region, &cached);

	for (unsigned i = 0; !err && cached * FEW > s->nr; i++) {
		if (i == DROP_TRIES)
			return fl_fail(run, -EBUSY,
				       "%zu of %zu pages stay in the swap "
				       "cache",
				       cached, s->nr);
		nap(DROP_NAP_NS);
		read_back(region);
		err = page_out(run, region);
		if (!err)
			err = count_cached(run, s, region, &cached);
	}
	return err;
}

int swapped_out(struct fl_run *run, struct swapped *s,
		const struct region *region, bool dropped)
{
	size_t swapped = 0;
	int err = 0;

	for (unsigned i = 0; !err && swapped < s->nr && i < TRIES; i++) {
		err = page_out(run, region);
		if (!err)
			err = look(run, s, region, &swapped);
	}
	if (!err && !swapped)
		return fl_skip(run, "MADV_PAGEOUT swaps nothing out: add swap "
				    "(swapon), or run with "
				    "--allow-system-changes");
	if (!err && dropped)
		err = drop_cache(run, s, region);
	return err ? err : look(run, s, region, &swapped);
}
