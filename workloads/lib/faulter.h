/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page after page that faults when it is touched, of memory of one kind, and
 * by a way that decides which lock the fault takes.
 *
 * On a kernel with per-VMA locks (6.4 and later, lock_vma_under_rcu() in
 * mm/memory.c, read in 6.12) a fault takes the lock of its mapping alone, if
 * that has an anon_vma or needs none.  The first fault of a new private mapping
 * takes mmap_lock for reading to make one, and MADV_POPULATE_WRITE takes it
 * always (faultin_page_range(), mm/gup.c).  So one kernel shows the faults of
 * both.
 */
#ifndef WORKLOADS_LIB_FAULTER_H
#define WORKLOADS_LIB_FAULTER_H

#include "thread_faults.h"
#include "uffd.h"

#include <faultline/run.h>

#include <sys/mman.h>

enum faulter_way {
	FAULTER_NEXT = 0, /* the next page of a mapping that is in use */
	FAULTER_FRESH,	  /* the only page of a mapping just made */
	FAULTER_POPULATE, /* the next page, by MADV_POPULATE_WRITE or _READ */
};

/* With what a person should know of each. */
extern const char *const faulter_way_names[], *const faulter_way_words[];

/* The first two allocate no page. */
enum faulter_kind {
	FAULTER_SHMEM = 0,  /* a write to shared memory that has the page */
	FAULTER_ZERO,	    /* a read: the zero page */
	FAULTER_ANON,	    /* a write: a new page */
	FAULTER_ZERO_WRITE, /* a write where the zero page is mapped */
	FAULTER_FILE,	    /* a write to a private file mapping: a copy */
	FAULTER_COW,	    /* the same where the file's page is mapped */
	FAULTER_ARMED,	    /* as ANON, registered with userfaultfd */
};

extern const char *const faulter_kind_names[], *const faulter_kind_words[];

struct faulter_spec {
	enum faulter_way way;
	enum faulter_kind kind;
	size_t pages; /* that fault before all are dropped again */
	char *at; /* in inaccessible memory of the caller's; NULL: of its own */
};

/* Zeroed, there is none.  One thread touches its pages. */
struct faulter {
	_Alignas(128) struct faulter_spec spec;
	char *base;
	size_t page_bytes, stride;
	size_t next; /* the page that faults next */
	bool writes;
	int advice; /* FAULTER_POPULATE */
	struct thread_faults before;
	int fd; /* of the memory, if opened */
	bool opened;
	struct uffd uffd; /* FAULTER_ARMED */
	void *reserved;	  /* with the guards; NULL: it is somebody else's */
	size_t reserved_bytes;
};

/**
 * faulter_init() - memory whose page tables are there and whose pages are not
 * @run:	says what failed, or why this combination means nothing
 *
 * A child process that is forked does not get it.
 *
 * Return: 0, -ECANCELED or -errno; faulter_finish() in any case.
 */
int faulter_init(struct fl_run *run, struct faulter *f,
		 const struct faulter_spec *spec);
void faulter_finish(struct faulter *f);

/*
 * The calling thread is the one that will touch the pages.  Its stack is kept
 * from children that others fork; it may not fork itself.
 */
int faulter_enter(struct fl_run *run, struct faulter *f);

/* Bytes from one end of the memory to the other. */
static inline size_t faulter_bytes(const struct faulter *f)
{
	return f->spec.pages * f->stride;
}

static inline bool faulter_is_used_up(const struct faulter *f)
{
	return f->next == f->spec.pages;
}

/* Takes one fault; not if it is used up.  Return: 0 or -errno. */
static inline int faulter_fault(struct faulter *f)
{
	char *page = f->base + f->next++ * f->stride;

	if (f->spec.way == FAULTER_POPULATE)
		return madvise(page, f->page_bytes, f->advice) ? -errno : 0;
	if (f->writes)
		*(volatile char *)page = 1;
	else
		(void)*(volatile char *)page;
	return 0;
}

/**
 * faulter_refill() - drop the pages, so that they fault again
 *
 * Before that it asks the kernel how often the thread faulted since they were
 * dropped last.
 *
 * Return: 0; -EIO if some of the touches did not fault; -errno.
 */
int faulter_refill(struct fl_run *run, struct faulter *f);

#endif
