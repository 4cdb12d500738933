/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * References to pages that others than page tables hold, and what they see.
 *
 * A pipe holds pages by vmsplice(): a plain reference (FOLL_GET), to read only.
 * A buffer that is registered with io_uring is pinned for long and to write
 * (FOLL_PIN | FOLL_WRITE | FOLL_LONGTERM).  Both show the page that they took
 * hold of, whichever page the address space has by then.
 */
#ifndef WORKLOADS_LIB_PIN_H
#define WORKLOADS_LIB_PIN_H

#include <faultline/run.h>

enum pin_kind {
	PIN_NONE = 0,
	PIN_PIPE,
	PIN_RING,
};

struct pin_ring;

/* Zeroed, there is none. */
struct pin {
	enum pin_kind kind;
	const char *base;
	size_t nr, page_bytes;
	size_t stride; /* from one page to the next */
	int fd[2];     /* the pipe; or the file that the ring writes into */
	struct pin_ring *ring;
	char *page; /* what is read, one page */
};

/*
 * Take hold of nr pages.  What this machine or this user cannot do is skipped,
 * with the limit or sysctl to change.  Return: 0 or -errno with words.
 */
int pin_pipe(struct fl_run *run, struct pin *p, const void *addr, size_t nr);
int pin_ring(struct fl_run *run, struct pin *p, const void *addr, size_t nr);

/* The first page of every stride, of huge pages say, by a pipe. */
int pin_pipe_strided(struct fl_run *run, struct pin *p, const void *addr,
		     size_t nr, size_t stride);

/*
 * For a ring: lets go, and takes hold anew of the pages that are there then.
 * The second may be timed.  Return: 0 or -errno.
 */
int pin_release(struct pin *p);
int pin_hold(struct pin *p);

/* For a ring that has let go: other pages for pin_hold() to take. */
void pin_aim(struct pin *p, const void *addr, size_t nr);

/*
 * For a ring: the kernel writes the word at the start of page i, through its
 * hold on the page.  Return: 0 or -errno.
 */
int pin_put_word(struct pin *p, size_t i, uint64_t word);

/* The descriptor that, kept open, keeps the pages held. */
static inline int pin_fd(const struct pin *p)
{
	return p->fd[0];
}

/*
 * The first 8 bytes of each page, as the pin sees them.  A pipe lets go of its
 * pages thereby.  Return: 0 or -errno with words.
 */
int pin_words(struct fl_run *run, struct pin *p, uint64_t *ret_words);

void pin_finish(struct pin *p);

/*
 * Reads memory of this process by process_vm_readv(), which pins each page
 * while it copies (FOLL_PIN, to read).  Return: 0 or -errno.
 */
int pin_transient(const void *addr, size_t bytes, void *into);

#endif
