/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mapped file on a disk, whose pages can be evicted, so that reading them
 * waits for I/O.
 *
 * It is read a page every EVICTED_FILE_STEP bytes: a fault that finds its page
 * in the page cache maps others around it, and these must not spare the next
 * one its fault.
 */
#ifndef WORKLOADS_LIB_EVICTED_FILE_H
#define WORKLOADS_LIB_EVICTED_FILE_H

#include <faultline/run.h>

#include <stdbool.h>
#include <stddef.h>

enum {
	EVICTED_FILE_STEP = 64 << 10
};

/* Zeroed, there is none. */
struct evicted_file {
	char *base;
	size_t bytes;
	int fd, mem; /* the file; /proc/self/mem */
	bool opened, has_mem;
};

/*
 * In $TMPDIR or /var/tmp, without a name; skipped with a sentence where the
 * file system keeps its pages.
 */
int evicted_file_init(struct fl_run *run, struct evicted_file *f, size_t bytes);
void evicted_file_finish(struct evicted_file *f);

static inline size_t evicted_file_places(const struct evicted_file *f)
{
	return f->bytes / EVICTED_FILE_STEP;
}

/* Not mapped any more, and, evict, not in memory.  Return: 0 or -errno. */
int evicted_file_drop(const struct evicted_file *f, size_t place, bool evict);

/* Reads it, which faults. */
static inline void evicted_file_read(const struct evicted_file *f, size_t place)
{
	(void)*(volatile char *)(f->base + place * EVICTED_FILE_STEP);
}

/*
 * Reads it through /proc/self/mem: there the fault may not drop mmap_lock, and
 * so keeps it for reading while it waits.  Return: 0 or -errno.
 */
int evicted_file_read_held(const struct evicted_file *f, size_t place);

#endif
