// SPDX-License-Identifier: GPL-2.0-only
#include "wp_call.h"

#include <faultline/uapi_compat.h>

#include <errno.h>

/* Without a vector the kernel protects whatever is not protected yet. */
static int scan_piece(struct wp_area *area, char *start, size_t len)
{
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
		.start = (uintptr_t)start,
		.end = (uintptr_t)start + len,
		.category_mask = PAGE_IS_WRITTEN,
	};

	if (ioctl(area->pagemap.fd, PAGEMAP_SCAN, &arg) < 0)
		return -errno;
	return arg.walk_end == arg.end ? 0 : -EIO;
}

static int protect_piece(struct wp_area *area, char *start, size_t len)
{
	return uffd_protect(&area->uffd, start, len);
}

static int mprotect_piece(struct wp_area *area, char *start, size_t len)
{
	(void)area;
	return mprotect(start, len, PROT_READ) ? -errno : 0;
}

int wp_call(struct wp_area *area, bool scan, char *start, size_t len,
	    size_t piece)
{
	int (*call)(struct wp_area *, char *, size_t) = protect_piece;
	int err = 0;

	if (scan)
		call = scan_piece;
	else if (area->kind == WP_AREA_PLAIN)
		call = mprotect_piece;

	for (size_t at = 0; at < len && !err; at += piece)
		err = call(area, start + at,
			   len - at < piece ? len - at : piece);
	return err;
}

const char *wp_call_name(const struct wp_area *area, bool scan)
{
	if (scan)
		return "PAGEMAP_SCAN";

	return area->kind == WP_AREA_PLAIN ? "mprotect" : "UFFDIO_WRITEPROTECT";
}
