// SPDX-License-Identifier: GPL-2.0-only
#include "thp.h"

#include <faultline/uapi_compat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	THP_SCAN_REGIONS = 64
};

static int scan_once(const struct pagemap *pm, uintptr_t *start, uintptr_t end,
		     size_t *bytes)
{
	struct page_region found[THP_SCAN_REGIONS];
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = *start,
		.end = end,
		.vec = (uintptr_t)found,
		.vec_len = THP_SCAN_REGIONS,
		.category_mask = PAGE_IS_HUGE,
		.return_mask = PAGE_IS_HUGE,
	};
	int nr = ioctl(pm->fd, PAGEMAP_SCAN, &arg);

	if (nr < 0)
		return -errno;
	if (arg.walk_end <= *start)
		return -EIO;

	for (int i = 0; i < nr; i++)
		*bytes += found[i].end - found[i].start;
	*start = arg.walk_end;
	return 0;
}

static int count_by_scan(const struct pagemap *pm, const struct region *r,
			 size_t *ret_nr)
{
	uintptr_t start = (uintptr_t)r->base;
	uintptr_t end = start + r->bytes;
	size_t bytes = 0;
	int err = 0;

	while (!err && start < end)
		err = scan_once(pm, &start, end, &bytes);
	if (!err)
		*ret_nr = bytes / r->pmd_bytes;
	return err;
}

/* "start-end ..." opens a mapping; the lines about it follow. */
static bool opens_mapping(const char *line, const struct region *r,
			  bool *ret_ours)
{
	uintptr_t base = (uintptr_t)r->base;
	uintptr_t start, end;
	char *dash, *blank;

	start = strtoul(line, &dash, 16);
	if (dash == line || *dash != '-')
		return false;
	end = strtoul(dash + 1, &blank, 16);
	if (*blank != ' ')
		return false;

	*ret_ours = start >= base && end <= base + r->bytes;
	return true;
}

static int count_by_smaps(const struct region *r, size_t *ret_nr)
{
	static const char key[] = "AnonHugePages:";
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[512];
	bool ours = false;
	size_t kib = 0;

	if (!f)
		return -errno;

	while (fgets(line, sizeof(line), f)) {
		if (!opens_mapping(line, r, &ours) && ours &&
		    !strncmp(line, key, sizeof(key) - 1))
			kib += strtoul(line + sizeof(key) - 1, NULL, 10);
	}
	(void)fclose(f);
	*ret_nr = kib * 1024 / r->pmd_bytes;
	return 0;
}

int thp_count(const struct pagemap *pm, const struct region *r, size_t *ret_nr)
{
	int err = count_by_scan(pm, r, ret_nr);

	return err == -ENOTTY ? count_by_smaps(r, ret_nr) : err;
}

void thp_collapse(const struct region *r)
{
	(void)madvise(r->base, r->bytes, MADV_COLLAPSE);
}
