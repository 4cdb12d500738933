// SPDX-License-Identifier: GPL-2.0-only
#include "pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int pagemap_open(struct pagemap *pm)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;

	pm->fd = fd;
	pm->page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	pm->opened = true;
	return 0;
}

void pagemap_close(struct pagemap *pm)
{
	if (pm->opened)
		close(pm->fd);

	pm->opened = false;
}

int pagemap_read(const struct pagemap *pm, const void *addr, size_t nr,
		 uint64_t *ret_entries)
{
	uint64_t first = (uintptr_t)addr / pm->page_bytes;
	size_t want = nr * sizeof(*ret_entries);
	ssize_t got = pread(pm->fd, ret_entries, want,
			    (off_t)(first * sizeof(*ret_entries)));

	if (got < 0)
		return -errno;
	return (size_t)got == want ? 0 : -EIO;
}

int pagemap_entry(const struct pagemap *pm, const void *addr,
		  uint64_t *ret_entry)
{
	return pagemap_read(pm, addr, 1, ret_entry);
}
