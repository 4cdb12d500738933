/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file whose pages are in the page cache and whose mapping is made afresh,
 * with no page table entry, as often as one likes; always at the same place.
 *
 * Any process that shares the descriptor may fill the cache: memory of tmpfs is
 * punched out and written again, a file on a disk is dropped and read again.
 */
#ifndef WORKLOADS_LIB_CACHED_FILE_H
#define WORKLOADS_LIB_CACHED_FILE_H

#include "region.h"

#include <faultline/run.h>

enum cached_file_kind {
	CACHED_SHMEM = 0, /* a memfd, mapped shared */
	CACHED_SHARED,	  /* on a disk */
	CACHED_PRIVATE,	  /* likewise, mapped privately */
};

/* For FL_PARAM_ENUM. */
extern const char *const cached_file_kinds[];

/* Zeroed, there is none. */
struct cached_file {
	enum cached_file_kind kind;
	bool large; /* large folios are wanted */
	size_t nr, page_bytes, bytes;
	int fd;
	bool opened;
	struct region place; /* keeps the addresses */
	char *base;
};

/* kind, large and nr are set; the cache is empty. */
int cached_file_init(struct fl_run *run, struct cached_file *f);
void cached_file_finish(struct cached_file *f);

/* Drops all pages from the cache, and brings all in anew. */
int cached_file_empty(struct fl_run *run, const struct cached_file *f);
int cached_file_fill(struct fl_run *run, const struct cached_file *f);

/* Nothing is mapped, nor registered. */
int cached_file_map(struct fl_run *run, const struct cached_file *f);

/*
 * Of how many folios its pages are, all of which are mapped.  Return: 0; -EPERM
 * if this user is not told; -errno.
 */
int cached_file_folios(const struct cached_file *f, size_t *ret_folios);

static inline volatile uint64_t *cached_file_word(const struct cached_file *f,
						  size_t page)
{
	return (volatile uint64_t *)(void *)(f->base + page * f->page_bytes);
}

#endif
