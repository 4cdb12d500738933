// SPDX-License-Identifier: GPL-2.0-only
#include "cow_pages.h"

#include "thread_faults.h"
#include "wp_area.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const cow_pages_backing_names[] = {
	[COW_PAGES_4K] = "anon-4k",
	[COW_PAGES_THP] = "anon-thp",
	[COW_PAGES_MTHP] = "mthp-64k",
	NULL,
};

size_t cow_pages_folio_bytes(enum cow_pages_backing backing)
{
	switch (backing) {
	case COW_PAGES_THP:
		return region_pmd_bytes();
	case COW_PAGES_MTHP:
		return COW_PAGES_MTHP_BYTES;
	case COW_PAGES_4K:
		break;
	}
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Private, over the region; the mapping keeps the file. */
static int map_file(struct cow_pages *p)
{
	int fd = memfd_create("faultline", MFD_CLOEXEC);
	void *at = MAP_FAILED;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (!fallocate(fd, 0, 0, (off_t)p->region.bytes))
		at = mmap(p->region.base, p->region.bytes,
			  PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE, fd,
			  0);
	if (at == MAP_FAILED)
		err = -errno;
	close(fd);
	return err;
}

int cow_pages_init(struct fl_run *run, struct cow_pages *p,
		   enum cow_pages_kind kind, enum cow_pages_backing backing,
		   size_t bytes)
{
	int err;

	p->kind = kind;
	p->backing = backing;
	err = pagemap_open(&p->pagemap);
	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	err = wp_area_map(run, &p->region,
			  backing == COW_PAGES_4K ? REGION_ANON_4K
						  : REGION_ANON_THP,
			  bytes);
	if (!err && kind == COW_PAGES_FILE)
		err = map_file(p);
	if (err)
		return fl_fail(run, err, "%zu bytes of memory", bytes);
	if (madvise(p->region.base, p->region.bytes, MADV_DONTFORK))
		return fl_fail(run, -errno, "madvise(MADV_DONTFORK)");
	return 0;
}

void cow_pages_finish(struct cow_pages *p)
{
	forked_kill(&p->child);
	region_finish(&p->region);
	pagemap_close(&p->pagemap);
}

static void read_all(const struct region *r)
{
	for (size_t at = 0; at < r->bytes; at += r->page_bytes)
		(void)*(volatile char *)(r->base + at);
}

static int say_size(struct fl_run *run, const struct cow_pages *p,
		    uint64_t faults)
{
	size_t kib = cow_pages_folio_bytes(p->backing) >> 10;
	bool large = faults <
		     p->region.bytes / cow_pages_folio_bytes(p->backing);

	return fl_skip(run,
		       "%zu KiB of memory took %" PRIu64
		       " faults: not in pieces of %zu KiB; %s",
		       p->region.bytes >> 10, faults, kib,
		       large ? "allow no larger ones "
			       "(/sys/kernel/mm/transparent_hugepage)"
			     : "allow them there "
			       "(/sys/kernel/mm/transparent_hugepage), and "
			       "write 1 to /proc/sys/vm/compact_memory");
}

/* Each folio takes one fault, so their number tells how large they are. */
static int write_all(struct fl_run *run, struct cow_pages *p)
{
	size_t folios = p->region.bytes / cow_pages_folio_bytes(p->backing);
	size_t few = folios / 8 + 1;
	uint64_t faults = thread_faults();

	region_write(&p->region, 0, p->region.bytes);
	faults = thread_faults() - faults;
	if (p->backing == COW_PAGES_4K ||
	    (faults <= folios + few && faults + few >= folios))
		return 0;

	return say_size(run, p, faults);
}

static int share(struct fl_run *run, struct cow_pages *p)
{
	const struct forked_spec spec = { .name = "sharer" };
	int err;

	if (madvise(p->region.base, p->region.bytes, MADV_DOFORK))
		return fl_fail(run, -errno, "madvise(MADV_DOFORK)");
	err = forked_start(run, &p->child, &spec);
	if (!err && p->kind == COW_PAGES_LEFT)
		err = forked_end(run, &p->child);
	if (!err && madvise(p->region.base, p->region.bytes, MADV_DONTFORK))
		err = fl_fail(run, -errno, "madvise(MADV_DONTFORK)");
	return err;
}

int cow_pages_renew(struct fl_run *run, struct cow_pages *p)
{
	int err = forked_end(run, &p->child);

	if (err)
		return err;
	if (madvise(p->region.base, p->region.bytes, MADV_DONTNEED))
		return fl_fail(run, -errno, "madvise(MADV_DONTNEED)");

	switch (p->kind) {
	case COW_PAGES_ZERO:
	case COW_PAGES_FILE:
		read_all(&p->region);
		return 0;
	case COW_PAGES_OWN:
		return write_all(run, p);
	case COW_PAGES_SHARED:
	case COW_PAGES_LEFT:
		break;
	}
	err = write_all(run, p);
	return err ? err : share(run, p);
}

int cow_pages_look(struct fl_run *run, const struct cow_pages *p,
		   const struct cow_pages_part *part, uint64_t *ret_entries)
{
	bool dense = part->stride == p->region.page_bytes;
	size_t nr = dense ? part->nr : 1;
	int err = 0;

	for (size_t i = 0; i < part->nr && !err; i += nr)
		err = pagemap_read(&p->pagemap,
				   p->region.base + part->offset +
					   i * part->stride,
				   nr, ret_entries + i);
	return err ? fl_fail(run, err, "reading pagemap") : 0;
}

/* Anonymous, and no other process has it. */
static bool is_own(uint64_t entry)
{
	return (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_EXCLUSIVE) &&
	       !(entry & PAGEMAP_FILE);
}

size_t cow_pages_astray(const struct cow_pages *p, const uint64_t *before,
			const uint64_t *after, size_t nr)
{
	bool stays = p->kind == COW_PAGES_LEFT || p->kind == COW_PAGES_OWN;
	size_t astray = 0;

	for (size_t i = 0; i < nr; i++) {
		uint64_t moved = (before[i] ^ after[i]) & PAGEMAP_PFN_MASK;
		uint64_t frames = after[i] & PAGEMAP_PFN_MASK;
		bool was_own = is_own(before[i]);

		astray += !is_own(after[i]) || was_own != stays ||
			  (frames && stays == (moved != 0));
	}
	return astray;
}
