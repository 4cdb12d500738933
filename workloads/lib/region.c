// SPDX-License-Identifier: GPL-2.0-only
#include "region.h"

#include "common/units.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const region_backing_names[] = {
	[REGION_ANON_4K] = "anon-4k",
	[REGION_ANON_THP] = "anon-thp",
	[REGION_SHMEM] = "shmem",
	[REGION_HUGETLB] = "hugetlb",
	NULL,
};

const char *const region_align_names[] = {
	[REGION_ALIGN_HPAGE] = "hpage",
	[REGION_ALIGN_CROSS] = "cross",
	NULL,
};

struct region_ops {
	int (*map)(const struct region *r);
	int advice; /* about huge pages */
	int drop;   /* the advice that frees pages */
};

static int map_fixed(const struct region *r, int prot, int flags)
{
	void *p = mmap(r->base, r->bytes, prot,
		       MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return p == MAP_FAILED ? -errno : 0;
}

static int map_anon(const struct region *r)
{
	return map_fixed(r, PROT_READ | PROT_WRITE, 0);
}

static int map_file(const struct region *r, int fd)
{
	void *p;

	if (ftruncate(fd, (off_t)r->bytes))
		return -errno;

	p = mmap(r->base, r->bytes, PROT_READ | PROT_WRITE,
		 MAP_FIXED | MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? -errno : 0;
}

static int map_shmem(const struct region *r)
{
	int fd = memfd_create("faultline", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;

	err = map_file(r, fd);
	close(fd);
	return err;
}

/* What was there goes first: its pages may be the only ones of the pool. */
static int map_hugetlb(const struct region *r)
{
	int order = __builtin_ctzl(r->pmd_bytes);
	int err = map_fixed(r, PROT_NONE, MAP_NORESERVE);

	return err ? err
		   : map_fixed(r, PROT_READ | PROT_WRITE,
			       MAP_HUGETLB | order << MAP_HUGE_SHIFT);
}

static const struct region_ops region_ops[] = {
	[REGION_ANON_4K] = { map_anon, MADV_NOHUGEPAGE, MADV_DONTNEED },
	[REGION_ANON_THP] = { map_anon, MADV_HUGEPAGE, MADV_DONTNEED },
	[REGION_SHMEM] = { map_shmem, MADV_NOHUGEPAGE, MADV_REMOVE },
	[REGION_HUGETLB] = { map_hugetlb, MADV_NORMAL, MADV_DONTNEED },
};

size_t region_pmd_bytes(void)
{
	struct units units = units_of_machine();

	return units_pmd_bytes(&units);
}

static size_t round_up(size_t value, size_t unit)
{
	return (value + unit - 1) / unit * unit;
}

size_t region_unit_bytes(enum region_backing backing)
{
	return backing == REGION_HUGETLB ? region_pmd_bytes()
					 : (size_t)sysconf(_SC_PAGESIZE);
}

uint64_t region_pool_pages(enum region_backing backing, size_t bytes)
{
	size_t unit = region_unit_bytes(backing);

	return backing == REGION_HUGETLB ? (bytes + unit - 1) / unit : 0;
}

static size_t stride_of(const struct region_slots_spec *spec, size_t pmd_bytes)
{
	if (spec->align == REGION_ALIGN_CROSS)
		return round_up(spec->len, pmd_bytes) + pmd_bytes;
	if (spec->backing == REGION_ANON_THP ||
	    spec->backing == REGION_HUGETLB || pmd_bytes % spec->len)
		return round_up(spec->len, pmd_bytes);
	return spec->len;
}

/* The boundary lies in the middle, or one half table behind the start. */
static size_t first_of(const struct region_slots_spec *spec, size_t page_bytes,
		       size_t pmd_bytes)
{
	size_t before = spec->len / 2 / page_bytes * page_bytes;

	if (spec->align != REGION_ALIGN_CROSS)
		return 0;
	if (before > pmd_bytes / 2)
		before = pmd_bytes / 2;
	return pmd_bytes - before;
}

struct region_slots region_slots_of(const struct region_slots_spec *spec,
				    size_t page_bytes, size_t pmd_bytes)
{
	struct region_slots slots = {
		.first = first_of(spec, page_bytes, pmd_bytes),
		.stride = stride_of(spec, pmd_bytes),
		.len = spec->len,
	};

	slots.nr = spec->max_bytes / slots.stride;
	if (slots.nr > spec->max_nr)
		slots.nr = spec->max_nr;
	if (!slots.nr)
		slots.nr = 1;
	return slots;
}

static int reserve(struct region *r)
{
	size_t bytes = r->bytes + 2 * r->pmd_bytes;
	char *p = mmap(NULL, bytes, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t skip;

	if (p == MAP_FAILED)
		return -errno;

	skip = r->pmd_bytes - (uintptr_t)p % r->pmd_bytes;
	r->reserved = p;
	r->reserved_bytes = bytes;
	r->base = p + skip;
	return 0;
}

/* A kernel without huge pages refuses advice about them: nothing to stop. */
static int advise(const struct region *r)
{
	int advice = region_ops[r->backing].advice;

	if (!madvise(r->base, r->bytes, advice))
		return 0;
	return errno == EINVAL && advice == MADV_NOHUGEPAGE ? 0 : -errno;
}

int region_renew(const struct region *r)
{
	int err = region_ops[r->backing].map(r);

	return err ? err : advise(r);
}

int region_init(struct region *r, enum region_backing backing, size_t bytes)
{
	int err;

	r->backing = backing;
	r->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	r->pmd_bytes = region_pmd_bytes();
	r->bytes = round_up(bytes, region_unit_bytes(backing));

	err = reserve(r);
	if (!err)
		err = region_renew(r);
	if (err)
		region_finish(r);
	return err;
}

void region_finish(struct region *r)
{
	if (r->reserved)
		munmap(r->reserved, r->reserved_bytes);

	r->reserved = NULL;
	r->base = NULL;
}

void region_write(const struct region *r, size_t offset, size_t len)
{
	for (size_t at = offset; at < offset + len; at += r->page_bytes)
		*(volatile char *)(r->base + at) = 1;
}

int region_advise_parts(char *base, size_t offset, size_t len, size_t part,
			int advice)
{
	size_t end = offset + len, next;

	for (size_t at = offset; at < end; at = next) {
		next = (at / part + 1) * part;
		if (next > end)
			next = end;
		if (madvise(base + at, next - at, advice))
			return -errno;
	}
	return 0;
}

int region_empty(const struct region *r, size_t offset, size_t len)
{
	size_t part = r->backing == REGION_HUGETLB ? r->pmd_bytes
						   : r->pmd_bytes / 2;

	return region_advise_parts(r->base, offset, len, part,
				   region_ops[r->backing].drop);
}

int region_make_tables(const struct region *r)
{
	for (size_t at = 0; at < r->bytes; at += r->pmd_bytes)
		region_write(r, at, r->page_bytes);

	return region_empty(r, 0, r->bytes);
}
