// SPDX-License-Identifier: GPL-2.0-only
#include "wp_area.h"

#include "thp.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	WP_AREA_RANDOM_PAGES = 4,
	WP_AREA_HUGE_TRIES = 3,
	WP_AREA_HOT_PAGES = 64, /* more than a flush drops one by one */
	WP_AREA_READS = WP_AREA_HOT_PAGES, /* short: a batch may take 1 us */
};

struct region_slots wp_area_slots(const struct region_slots_spec *spec)
{
	return region_slots_of(spec, (size_t)sysconf(_SC_PAGESIZE),
			       region_pmd_bytes());
}

uint64_t wp_area_pool_pages(const struct region_slots_spec *spec)
{
	struct region_slots slots = wp_area_slots(spec);

	return region_pool_pages(spec->backing,
				 region_slots_span(&slots, slots.nr));
}

static int open_uffd(struct fl_run *run, struct wp_area *area,
		     const struct wp_area_spec *spec)
{
	struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
		.blocking = spec->blocking,
	};
	int err;

	if (spec->kind == WP_AREA_PLAIN)
		return 0;
	if (spec->kind == WP_AREA_ASYNC)
		options.features |= UFFD_FEATURE_WP_ASYNC |
				    UFFD_FEATURE_WP_UNPOPULATED;
	if (spec->slots.backing == REGION_SHMEM ||
	    spec->slots.backing == REGION_HUGETLB)
		options.features |= UFFD_FEATURE_WP_HUGETLBFS_SHMEM;
	else if (!spec->populated)
		options.features |= UFFD_FEATURE_WP_UNPOPULATED;

	err = uffd_open(&area->uffd, &options);
	if (err == -EOPNOTSUPP)
		return fl_skip(run,
			       "userfaultfd of this kernel does not offer it "
			       "(feature bits %#" PRIx64 ", wanted "
			       "%#" PRIx64 ")",
			       area->uffd.offered, options.features);
	if (err)
		return fl_fail(run, err,
			       "userfaultfd with the features %#" PRIx64,
			       options.features);

	fl_fact(run, "uffd", "%s", uffd_way_name(area->uffd.way));
	return 0;
}

static int open_pagemap(struct fl_run *run, struct wp_area *area)
{
	int err = pagemap_open(&area->pagemap);

	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	area->check_bits = area->kind != WP_AREA_PLAIN &&
			   fl_has(run, FL_FEATURE_PAGEMAP_WP);
	return 0;
}

static int register_region(struct fl_run *run, struct wp_area *area)
{
	int err = 0;

	if (area->kind != WP_AREA_PLAIN)
		err = uffd_register(&area->uffd, area->region.base,
				    area->region.bytes,
				    UFFDIO_REGISTER_MODE_WP);
	return err ? fl_fail(run, err, "UFFDIO_REGISTER for write-protection")
		   : 0;
}

/* The driver has seen to it before the launch; somebody else may be quicker. */
static int skip_for_pool(struct fl_run *run, size_t bytes)
{
	return fl_skip(run,
		       "the pool has fewer than %" PRIu64 " free huge pages of "
		       "%zu kB: raise /sys/kernel/mm/hugepages/"
		       "hugepages-%zukB/nr_hugepages by what is missing",
		       region_pool_pages(REGION_HUGETLB, bytes),
		       region_pmd_bytes() >> 10, region_pmd_bytes() >> 10);
}

int wp_area_map(struct fl_run *run, struct region *r,
		enum region_backing backing, size_t bytes)
{
	int err = region_init(r, backing, bytes);

	if (err == -ENOMEM && backing == REGION_HUGETLB)
		return skip_for_pool(run, bytes);
	return err ? fl_fail(run, err, "mapping %zu bytes of %s", bytes,
			     region_backing_names[backing])
		   : 0;
}

static int add_region(struct fl_run *run, struct wp_area *area,
		      enum region_backing backing)
{
	size_t bytes = region_slots_span(&area->slots, area->slots.nr);
	int err = wp_area_map(run, &area->region, backing, bytes);

	return err ? err : register_region(run, area);
}

static void write_slots(const struct wp_area *area, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		region_write(&area->region, region_slot(&area->slots, i),
			     area->slots.len);
}

static int fill(struct fl_run *run, struct wp_area *area)
{
	int err = wp_area_restore_huge(run, area);

	if (err)
		return err;
	if (area->populated) {
		write_slots(area, area->slots.nr);
		return 0;
	}
	err = region_make_tables(&area->region);
	return err ? fl_fail(run, err, "dropping pages") : 0;
}

/*
 * Bits of the pool's pages came to pagemap later than those of others, and
 * only memory that is there can tell.
 */
static int try_bits(struct fl_run *run, struct wp_area *area)
{
	uint64_t entry = 0;
	int err;

	if (!area->check_bits || area->region.backing != REGION_HUGETLB)
		return 0;

	err = wp_area_protect(run, area, 1);
	if (!err &&
	    pagemap_entry(&area->pagemap, area->region.base + area->slots.first,
			  &entry))
		err = fl_fail(run, -EIO, "reading pagemap");
	if (!err)
		err = wp_area_unprotect(run, area, 1);
	area->check_bits = entry & PAGEMAP_UFFD_WP;
	return err;
}

static int find_bits(struct fl_run *run, struct wp_area *area)
{
	int err = try_bits(run, area);

	if (area->kind == WP_AREA_PLAIN)
		return err;

	fl_fact(run, "wp_bits", "%s",
		area->check_bits ? "checked after each batch"
				 : "not checked: pagemap does not show them");
	return err;
}

static int check_hugetlb(struct fl_run *run,
			 const struct region_slots_spec *slots)
{
	size_t unit = region_unit_bytes(slots->backing);

	if (slots->len % unit)
		return fl_skip(run,
			       "memory of the hugetlb pool is protected in "
			       "whole pages of %zu kB: use a range that is a "
			       "multiple of hpage",
			       unit >> 10);
	if (slots->align == REGION_ALIGN_CROSS)
		return fl_skip(run, "huge pages of the hugetlb pool are never "
				    "split: use align=hpage");
	return 0;
}

static int check_spec(struct fl_run *run, const struct wp_area_spec *spec)
{
	const struct region_slots_spec *slots = &spec->slots;

	if (slots->len % run->page_bytes)
		return fl_skip(run,
			       "range %zu is not a multiple of this machine's "
			       "page of %" PRIu64 " bytes",
			       slots->len, run->page_bytes);
	if (slots->align == REGION_ALIGN_CROSS && slots->len == run->page_bytes)
		return fl_skip(run, "one page cannot cross a boundary of huge "
				    "pages: use align=hpage");
	if (slots->backing == REGION_ANON_THP && !spec->populated)
		return fl_skip(run, "memory without pages has no huge pages: "
				    "use backing=anon-4k");
	return slots->backing == REGION_HUGETLB ? check_hugetlb(run, slots) : 0;
}

int wp_area_init(struct fl_run *run, struct wp_area *area,
		 const struct wp_area_spec *spec)
{
	int err = check_spec(run, spec);

	if (err)
		return err;

	area->slots = wp_area_slots(&spec->slots);
	if (area->slots.nr > run->max_ops)
		area->slots.nr = run->max_ops;
	area->kind = spec->kind;
	area->populated = spec->populated;
	err = open_uffd(run, area, spec);
	if (!err)
		err = open_pagemap(run, area);
	if (!err)
		err = add_region(run, area, spec->slots.backing);
	if (!err)
		err = fill(run, area);
	return err ? err : find_bits(run, area);
}

void wp_area_finish(struct wp_area *area)
{
	uffd_close(&area->uffd);
	pagemap_close(&area->pagemap);
	region_finish(&area->region);
}

static int count_huge(struct fl_run *run, const struct wp_area *area,
		      size_t *ret_nr)
{
	int err = thp_count(&area->pagemap, &area->region, ret_nr);

	return err ? fl_fail(run, err, "counting huge pages") : 0;
}

/*
 * A page table that is there stands in the way of a huge page, so the memory
 * is mapped anew and faulted in.  Another thread that reads it meanwhile may
 * spoil that; then the kernel is asked to collapse what it has.
 */
static int renew_huge(struct fl_run *run, struct wp_area *area, size_t *ret_nr)
{
	int err = region_renew(&area->region);

	if (err)
		return fl_fail(run, err, "mapping huge pages anew");
	err = register_region(run, area);
	if (err)
		return err;

	region_write(&area->region, 0, area->region.bytes);
	err = count_huge(run, area, ret_nr);
	if (err || *ret_nr == thp_all(&area->region))
		return err;

	thp_collapse(&area->region);
	return count_huge(run, area, ret_nr);
}

int wp_area_restore_huge(struct fl_run *run, struct wp_area *area)
{
	size_t all = thp_all(&area->region);
	size_t nr = 0;
	int err;

	if (area->region.backing != REGION_ANON_THP)
		return 0;

	err = count_huge(run, area, &nr);
	for (unsigned i = 0; !err && nr < all && i < WP_AREA_HUGE_TRIES; i++)
		err = renew_huge(run, area, &nr);
	if (err)
		return err;
	if (nr < all)
		return fl_fail(run, -ENOMEM,
			       "%zu of %zu huge pages before a batch", nr, all);

	fl_fact(run, "thp", "%zu of %zu huge pages before each batch", nr, all);
	return 0;
}

int wp_area_clean(struct fl_run *run, struct wp_area *area, size_t nr)
{
	int err = wp_area_unprotect(run, area, nr);

	if (!err)
		err = wp_area_restore_huge(run, area);
	if (err)
		return err;
	if (area->populated) {
		write_slots(area, nr);
		return 0;
	}
	err = region_empty(&area->region, 0,
			   region_slots_span(&area->slots, nr));
	return err ? fl_fail(run, err, "dropping pages") : 0;
}

int wp_area_undirty(struct fl_run *run, struct wp_area *area, size_t nr)
{
	size_t len = region_slots_span(&area->slots, nr);

	if (madvise(area->region.base, len, MADV_FREE))
		return fl_fail(run, -errno, "madvise(MADV_FREE)");

	for (size_t at = 0; at < len; at += area->region.page_bytes)
		(void)*(volatile char *)(area->region.base + at);
	return 0;
}

int wp_area_set(struct wp_area *area, char *start, size_t len, bool on)
{
	if (area->kind == WP_AREA_PLAIN)
		return mprotect(start, len,
				on ? PROT_READ : PROT_READ | PROT_WRITE)
			       ? -errno
			       : 0;
	return on ? uffd_protect(&area->uffd, start, len)
		  : uffd_unprotect(&area->uffd, start, len);
}

void wp_area_release(struct wp_area *area)
{
	struct region *r = &area->region;

	if (r->reserved)
		wp_area_set(area, r->base, r->bytes, false);
}

int wp_area_protect(struct fl_run *run, struct wp_area *area, size_t nr)
{
	size_t len = region_slots_span(&area->slots, nr);
	int err = wp_area_set(area, area->region.base, len, true);

	return err ? fl_fail(run, err, "protecting %zu bytes", len) : 0;
}

int wp_area_unprotect(struct fl_run *run, struct wp_area *area, size_t nr)
{
	size_t len = region_slots_span(&area->slots, nr);
	int err = wp_area_set(area, area->region.base, len, false);

	return err ? fl_fail(run, err, "unprotecting %zu bytes", len) : 0;
}

int wp_area_call_in(struct fl_run *run, struct wp_area *area,
		    const struct region *r, size_t nr,
		    int (*call)(struct uffd *, const void *, size_t))
{
	const struct region_slots *slots = &area->slots;

	for (size_t i = 0; i < nr; i++) {
		int err = call(&area->uffd, r->base + region_slot(slots, i),
			       slots->len);

		if (err)
			return fl_fail(run, err, "UFFDIO_WRITEPROTECT");
	}
	return 0;
}

int wp_area_call(struct fl_run *run, struct wp_area *area, size_t nr,
		 int (*call)(struct uffd *, const void *, size_t))
{
	return wp_area_call_in(run, area, &area->region, nr, call);
}

/* The ends first, then anywhere. */
static const char *page_to_check(struct fl_thread *th,
				 const struct wp_area *area, size_t nr,
				 unsigned which)
{
	size_t page = area->region.page_bytes;
	size_t pages = area->slots.len / page;
	size_t at = which == 0 ? 0 : nr * pages - 1;

	if (which > 1)
		at = fl_rand(th) % (nr * pages);
	return area->region.base + region_slot(&area->slots, at / pages) +
	       at % pages * page;
}

static void tell_repeats(struct fl_thread *th, struct wp_area *area)
{
	unsigned long long repeats = atomic_load(&area->uffd.repeats);

	if (repeats != area->repeats_told)
		fl_repeated(th);
	area->repeats_told = repeats;
}

int wp_area_check(struct fl_thread *th, struct wp_area *area, size_t nr,
		  bool on)
{
	struct fl_run *run = fl_thread_run(th);
	uint64_t want = on ? PAGEMAP_UFFD_WP : 0;

	tell_repeats(th, area);
	if (!area->check_bits)
		return 0;

	for (unsigned i = 0; i < 2 + WP_AREA_RANDOM_PAGES; i++) {
		const char *page = page_to_check(th, area, nr, i);
		uint64_t entry;
		int err = pagemap_entry(&area->pagemap, page, &entry);

		if (err)
			return fl_fail(run, err, "reading pagemap");
		if ((entry & PAGEMAP_UFFD_WP) != want)
			return fl_fail(run, -EPROTO,
				       "a page that should be %s has pagemap "
				       "entry %#" PRIx64,
				       on ? "protected" : "unprotected", entry);
	}
	return 0;
}

void wp_area_read(const struct wp_area *area)
{
	const struct region *r = &area->region;
	const volatile char *at = r->base + area->slots.first +
				  r->page_bytes / 2;
	size_t pages = area->slots.len / r->page_bytes;

	if (pages > WP_AREA_HOT_PAGES)
		pages = WP_AREA_HOT_PAGES;

	for (size_t i = 0; i < WP_AREA_READS; i++) {
		if (area->populated)
			(void)at[i % pages * r->page_bytes];
		__asm__ volatile("" ::: "memory");
	}
}
