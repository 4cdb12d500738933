// SPDX-License-Identifier: GPL-2.0-only
/* Page tables, huge pages and advice. */
#include "probe.h"
#include "probe_try.h"

#include "workloads/lib/nodes.h"
#include "workloads/lib/pagemap.h"

#include <faultline/uapi_compat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define THP "/sys/kernel/mm/transparent_hugepage"

enum {
	SCAN_PAGES = 4,
	SCAN_TOUCHED = 2
};

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

PROBE_TRY(pagemap_pfn)
{
	struct pagemap pm = { 0 };
	char *page = probe_map(page_size());
	uint64_t entry;
	int err;

	(void)bytes;
	if (!page)
		return probe_errno(errno, why, "mmap");

	*(volatile char *)page = 1;
	err = pagemap_open(&pm);
	if (!err)
		err = pagemap_entry(&pm, page, &entry);
	if (err)
		return probe_errno(err, why, "/proc/self/pagemap");

	if (!(entry & PAGEMAP_PRESENT))
		return probe_say(FL_FEATURE_FAILED, why,
				 "pagemap does not show a page that is there");
	if (!(entry & PAGEMAP_PFN_MASK))
		return probe_say(FL_FEATURE_DENIED, why,
				 "frame numbers are for CAP_SYS_ADMIN; run as "
				 "root");

	return FL_FEATURE_YES;
}

/* One of four pages is there; the answer must be that one. */
PROBE_TRY(pagemap_scan)
{
	size_t size = page_size();
	char *area = probe_map(SCAN_PAGES * size);
	struct page_region region = { 0 };
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = (uintptr_t)area,
		.end = (uintptr_t)area + SCAN_PAGES * size,
		.vec = (uintptr_t)&region,
		.vec_len = 1,
		.category_mask = PAGE_IS_PRESENT,
		.return_mask = PAGE_IS_PRESENT,
	};
	struct pagemap pm = { 0 };
	int err, found;

	(void)bytes;
	if (!area)
		return probe_errno(errno, why, "mmap");

	madvise(area, SCAN_PAGES * size, MADV_NOHUGEPAGE);
	*(volatile char *)(area + SCAN_TOUCHED * size) = 1;
	err = pagemap_open(&pm);
	if (err)
		return probe_errno(err, why, "/proc/self/pagemap");

	found = ioctl(pm.fd, PAGEMAP_SCAN, &arg);
	if (found < 0)
		return probe_errno(errno, why, "ioctl PAGEMAP_SCAN");
	if (found != 1 ||
	    region.start != (uintptr_t)area + SCAN_TOUCHED * size ||
	    region.end != region.start + size)
		return probe_say(FL_FEATURE_FAILED, why,
				 "PAGEMAP_SCAN found %d regions instead of the "
				 "one page",
				 found);

	return FL_FEATURE_YES;
}

/* kB of a row in the part of /proc/self/smaps that holds an address. */
static unsigned long smaps_kib(const void *addr, const char *row)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	unsigned long kib = 0;
	bool inside = false;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		char *end;
		unsigned long first = strtoul(line, &end, 16);

		if (*end == '-')
			inside = (uintptr_t)addr >= first &&
				 (uintptr_t)addr < strtoul(end + 1, NULL, 16);
		else if (inside && !strncmp(line, row, strlen(row)))
			kib = strtoul(line + strlen(row), NULL, 10);
	}
	if (file)
		fclose(file);
	return kib;
}

static bool thp_is_never(void)
{
	FILE *file = fopen(THP "/enabled", "re");
	char line[128] = "";

	if (file && !fgets(line, sizeof(line), file))
		line[0] = '\0';
	if (file)
		fclose(file);
	return strstr(line, "[never]");
}

/* An aligned place of one huge page.  Yes, or why not. */
static enum fl_feature_state map_huge(char **ret_area, size_t *ret_size,
				      char *why)
{
	long size = probe_number(THP "/hpage_pmd_size", 0);
	uintptr_t start;
	char *area;

	if (size <= 0)
		return probe_say(FL_FEATURE_NO, why,
				 "the kernel has no transparent huge pages");

	area = probe_map(2 * (size_t)size);
	if (!area)
		return probe_errno(errno, why, "mmap");

	start = ((uintptr_t)area + (size_t)size - 1) & ~((uintptr_t)size - 1);
	*ret_area = area + (start - (uintptr_t)area);
	*ret_size = (size_t)size;
	return FL_FEATURE_YES;
}

static enum fl_feature_state expect_huge(const char *area, size_t size,
					 char *why)
{
	if (smaps_kib(area, "AnonHugePages:") >= size >> 10)
		return FL_FEATURE_YES;

	if (prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1)
		return probe_say(FL_FEATURE_NO, why,
				 "whoever started this switched them off "
				 "(PR_SET_THP_DISABLE)");

	/* Only words: the switch of the size itself may say otherwise. */
	if (thp_is_never())
		return probe_say(FL_FEATURE_NO, why,
				 "switched off; write madvise to " THP
				 "/enabled");

	return probe_say(FL_FEATURE_NO, why,
			 "no huge page was given; free memory, or "
			 "`sysctl vm.compact_memory=1`");
}

PROBE_TRY(thp)
{
	enum fl_feature_state state;
	size_t size = 0;
	char *area = NULL;

	(void)bytes;
	state = map_huge(&area, &size, why);
	if (state != FL_FEATURE_YES || !area)
		return state;

	if (madvise(area, size, MADV_HUGEPAGE))
		return probe_errno(errno, why, "MADV_HUGEPAGE");

	*(volatile char *)area = 1;
	return expect_huge(area, size, why);
}

PROBE_TRY(collapse)
{
	enum fl_feature_state state;
	size_t size = 0;
	char *area = NULL;

	(void)bytes;
	state = map_huge(&area, &size, why);
	if (state != FL_FEATURE_YES || !area)
		return state;

	if (madvise(area, size, MADV_NOHUGEPAGE))
		return probe_errno(errno, why, "MADV_NOHUGEPAGE");

	for (size_t i = 0; i < size; i += page_size())
		*(volatile char *)(area + i) = 1;

	if (madvise(area, size, MADV_HUGEPAGE) ||
	    madvise(area, size, MADV_COLLAPSE))
		return errno == ENOMEM || errno == EAGAIN || errno == EBUSY
			       ? probe_say(
					 FL_FEATURE_NO, why,
					 "no huge page was given; free memory, "
					 "or `sysctl vm.compact_memory=1`")
			       : probe_errno(errno, why, "MADV_COLLAPSE");

	return expect_huge(area, size, why);
}

PROBE_TRY(populate_write)
{
	size_t len = SCAN_PAGES * page_size();
	char *area = probe_map(len);
	unsigned char resident[SCAN_PAGES] = { 0 };

	(void)bytes;
	if (!area)
		return probe_errno(errno, why, "mmap");

	if (madvise(area, len, MADV_POPULATE_WRITE))
		return probe_errno(errno, why, "MADV_POPULATE_WRITE");

	if (mincore(area, len, resident))
		return probe_errno(errno, why, "mincore");

	for (size_t i = 0; i < SCAN_PAGES; i++)
		if (!(resident[i] & 1))
			return probe_say(FL_FEATURE_FAILED, why,
					 "page %zu was not populated", i);

	return FL_FEATURE_YES;
}

/* Where there is no swap the advice is taken all the same, and nothing done. */
PROBE_TRY(pageout)
{
	char *page = probe_map(page_size());

	(void)bytes;
	if (!page)
		return probe_errno(errno, why, "mmap");

	*(volatile char *)page = 1;
	if (madvise(page, page_size(), MADV_PAGEOUT))
		return probe_errno(errno, why, "MADV_PAGEOUT");
	if (*(volatile char *)page != 1)
		return probe_say(FL_FEATURE_FAILED, why, "the page got lost");

	return FL_FEATURE_YES;
}

static int clear_soft_dirty(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;

	if (write(fd, "4", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

/* Where it is not configured, clearing succeeds and the bit is never set. */
PROBE_TRY(soft_dirty)
{
	struct pagemap pm = { 0 };
	char *page = probe_map(page_size());
	uint64_t before, after;
	int err;

	(void)bytes;
	if (!page)
		return probe_errno(errno, why, "mmap");

	*(volatile char *)page = 1;
	err = pagemap_open(&pm);
	if (!err)
		err = clear_soft_dirty();
	if (!err)
		err = pagemap_entry(&pm, page, &before);
	*(volatile char *)page = 2;
	if (!err)
		err = pagemap_entry(&pm, page, &after);
	if (err)
		return probe_errno(err, why, "/proc/self/clear_refs");

	if (before & PAGEMAP_SOFT_DIRTY)
		return probe_say(FL_FEATURE_FAILED, why,
				 "clear_refs does not clear the bit");
	if (!(after & PAGEMAP_SOFT_DIRTY))
		return probe_say(FL_FEATURE_NO, why,
				 "a write does not set the bit; the kernel "
				 "needs CONFIG_MEM_SOFT_DIRTY");

	return FL_FEATURE_YES;
}

/* Whether it runs now is the system's state, not the kernel's ability. */
PROBE_TRY(ksm)
{
	char *page = probe_map(page_size());

	(void)bytes;
	if (!page)
		return probe_errno(errno, why, "mmap");

	if (madvise(page, page_size(), MADV_MERGEABLE))
		return probe_errno(errno, why, "MADV_MERGEABLE");
	if (probe_number("/sys/kernel/mm/ksm/full_scans", -1) < 0)
		return probe_say(FL_FEATURE_NO, why,
				 "/sys/kernel/mm/ksm/full_scans cannot be "
				 "read");
	if (probe_number("/proc/self/ksm_merging_pages", -1) >= 0 ||
	    probe_pagemap_pfn(why, bytes) == FL_FEATURE_YES)
		return FL_FEATURE_YES;

	return probe_say(FL_FEATURE_NO, why,
			 "the kernel does not count merged pages of a "
			 "process (/proc/self/ksm_merging_pages), and frame "
			 "numbers are for root");
}

PROBE_TRY(move_nodes)
{
	char *page = probe_map(page_size());
	size_t moved = 0;
	int node, err;

	(void)bytes;
	if (!page)
		return probe_errno(errno, why, "mmap");

	*(volatile char *)page = 1;
	node = nodes_other(page);
	if (node == -ENODEV)
		return probe_say(
			FL_FEATURE_NO, why,
			"this process may use one NUMA node: boot with "
			"numa=fake=2, or allow another "
			"(cpuset.mems)");
	err = node < 0 ? node : nodes_move(page, 1, page_size(), node, &moved);
	if (err)
		return probe_errno(err, why, "move_pages");
	if (!moved)
		return probe_say(FL_FEATURE_NO, why,
				 "a page could not be moved to node %d", node);

	return FL_FEATURE_YES;
}
