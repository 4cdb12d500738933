/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An archive that the kernel unpacks as its initramfs: cpio's "newc" format.
 * The same members give the same bytes: owner, times and numbers are fixed.
 */
#ifndef BENCH_VM_CPIO_H
#define BENCH_VM_CPIO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cpio {
	FILE *out; /* of the caller */
	uint32_t inode;
	uint64_t bytes;
	int err; /* the first; nothing is written after it */
};

void cpio_init(struct cpio *c, FILE *out);

/* Names have no slash in front; folders come before what is in them. */
void cpio_folder(struct cpio *c, const char *name);
void cpio_file(struct cpio *c, const char *name, unsigned mode,
	       const void *data, size_t bytes);
/* A character device. */
void cpio_device(struct cpio *c, const char *name, unsigned major,
		 unsigned minor);

/* The trailer.  Return: 0; -EFBIG for a file of 4 GiB; -EIO. */
int cpio_finish(struct cpio *c);

#endif
