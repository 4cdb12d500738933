/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What holds mmap_lock.  No call of user space sleeps with it, so it is held by
 * calls that walk long: each has its own way of locking (all read in 6.12).
 */
#ifndef WORKLOADS_LIB_HOLDER_H
#define WORKLOADS_LIB_HOLDER_H

#include "region.h"
#include "uffd.h"

#include <faultline/run.h>

#include <sys/types.h>

enum holder_kind {
	HOLDER_NONE = 0,
	/*
	 * change_protection() over page tables that hold nothing, so that
	 * nothing is changed or flushed: by UFFDIO_WRITEPROTECT under the read
	 * lock, by mprotect() under the write lock.  Both are as long: an entry
	 * takes the one longer than the other, so it walks fewer.
	 */
	HOLDER_WALK,
	HOLDER_PROTECT,	 /* UFFDIO_WRITEPROTECT of pages, on and off; read */
	HOLDER_SCAN,	 /* PAGEMAP_SCAN that finds nothing; read */
	HOLDER_PAGEMAP,	 /* /proc/self/pagemap; read, dropped at each table */
	HOLDER_MPROTECT, /* of a whole mapping, on and off; write */
	HOLDER_MMAP,	 /* mmap, a page a table, munmap: downgraded to read */
	HOLDER_FORK,	 /* dup_mmap(); write */
	HOLDER_CLEAR_REFS, /* the whole address space; write */
};

/* With what a person should know of each. */
extern const char *const holder_kind_names[], *const holder_kind_words[];

struct holder_spec {
	enum holder_kind kind;
	size_t bytes; /* that it walks */
	/* HOLDER_WALK, for reading, see holder_even_walks(); 0: all. */
	size_t read_bytes;
	/* Memory to walk instead of its own, and the uffd it is armed with. */
	char *at;
	struct uffd *uffd;
	/*
	 * Whether the protection that is taken away and given back may be the
	 * right to write; else it is the right to execute.
	 */
	bool may_stop_writes;
};

/* Zeroed, there is none.  One thread steps it. */
struct holder {
	_Alignas(128) struct holder_spec spec;
	struct region region;
	char *base;
	struct uffd uffd;
	bool changed; /* the next step gives back what the last one took */
	int fd;
	bool opened;
	uint64_t *buffer; /* HOLDER_PAGEMAP */
	pid_t child;	  /* HOLDER_FORK: not waited for yet */
};

/*
 * In the address space that will be held.  Return: 0, -ECANCELED or -errno;
 * holder_finish() in any case.
 */
int holder_init(struct fl_run *run, struct holder *h,
		const struct holder_spec *spec);
void holder_finish(struct holder *h);

/**
 * holder_even_walks() - let both walks of HOLDER_WALK hold the lock as long
 * @ret_read_bytes: for the spec of others like it: the part of its bytes that
 *		takes as long to walk under the read lock as all of them under
 *		the write lock, in whole page tables
 *
 * Tries both a few times, when nobody else uses the address space.
 *
 * Return: 0 or -errno with run->why.
 */
int holder_even_walks(struct fl_run *run, struct holder *h,
		      size_t *ret_read_bytes);

/**
 * holder_hold() - hold the lock once
 * @write:	HOLDER_WALK: for writing
 * @ret_ns:	how long the call took, with its wait for the lock
 *
 * Return: 0 or -errno with run->why.
 */
int holder_hold(struct fl_run *run, struct holder *h, bool write,
		uint64_t *ret_ns);

#endif
