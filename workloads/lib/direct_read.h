/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that a disk writes to: reads by O_DIRECT of a file in $TMPDIR or
 * /var/tmp, asked for and not waited for (Linux AIO).
 *
 * The kernel takes hold of the pages when it is asked (FOLL_PIN | FOLL_WRITE),
 * and what arrives later goes into them whatever the page tables say by then.
 * Reads of other memory go ahead of them, so that it is later.
 */
#ifndef WORKLOADS_LIB_DIRECT_READ_H
#define WORKLOADS_LIB_DIRECT_READ_H

#include <faultline/run.h>

#include <linux/aio_abi.h>

/* Zeroed, there is none. */
struct direct_read {
	bool opened;
	int fd;
	aio_context_t context;
	size_t page_bytes;
	size_t nr;    /* most pages */
	char *block;  /* as many pages, in and out of the file */
	char *ahead;  /* what is read ahead of them goes here */
	size_t asked; /* in calls */
	struct iocb *calls;
	size_t under_way; /* submitted, and not known to be done */
};

/* Return: 0 or -errno with words; where it cannot be had, skipped. */
int direct_read_init(struct fl_run *run, struct direct_read *d, size_t nr);

/* Waits for what is under way. */
void direct_read_finish(struct direct_read *d);

/* Page i of the file begins with the word plus i.  0 or -errno with words. */
int direct_read_words(struct fl_run *run, struct direct_read *d, uint64_t word);

/* Page i of the file is to be read into a page; then all that were named are. */
void direct_read_ask(struct direct_read *d, size_t i, void *page);
int direct_read_submit(struct fl_run *run, struct direct_read *d,
		       unsigned ahead_mib);

/*
 * Until all are done.  Return: 0; -EFAULT if the kernel would not write to a
 * page, in words only what else went wrong.
 */
int direct_read_wait(struct fl_run *run, struct direct_read *d);

#endif
