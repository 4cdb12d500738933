// SPDX-License-Identifier: GPL-2.0-only
#include "cow_steps.h"

#include "thp.h"

#include <faultline/uapi_compat.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	SETTLE_PAGES = 64, /* more than a batch of the LRU lists holds */
	PATIENCE_NS = 2000000000,
	IDLE_MS = 50,
};

static void write_words(const struct cow_case *c)
{
	size_t nr = c->bytes / c->stride;

	for (size_t i = 0; i < nr; i++)
		*cow_case_word(c, i) = cow_case_old(c, i);
}

/*
 * Pages that a CPU has just faulted in wait in a batch of its own, which holds
 * a reference to each.  More faults push them out; MADV_COLD drains the rest.
 */
static int settle(struct cow_case *c)
{
	size_t bytes = SETTLE_PAGES * c->run->page_bytes;

	for (size_t at = 0; at < bytes; at += c->run->page_bytes)
		*(volatile char *)(c->other + at) = 1;
	(void)madvise(c->other, bytes, MADV_COLD);
	return madvise(c->other, bytes, MADV_DONTNEED) ? -errno : 0;
}

static int renew(struct cow_case *c)
{
	int err = region_renew(&c->region);

	if (!err && c->order == COW_ORDER_MTHP &&
	    madvise(c->base, c->bytes, MADV_HUGEPAGE))
		err = -errno;
	return err ? fl_fail(c->run, err, "mapping the memory anew") : 0;
}

static bool is_huge(struct cow_case *c)
{
	size_t nr = 0;

	return !thp_count(&c->pagemap, &c->region, &nr) &&
	       nr == thp_all(&c->region);
}

/* Folios lie at a multiple of their size, one frame behind the other. */
static bool is_of_64k(struct cow_case *c)
{
	size_t nr = c->bytes / c->stride;
	size_t folio = COW_MTHP_BYTES / c->stride;
	uint64_t frame[COW_MAX_PAGES];

	if (frames_read(&c->frames, c->base, nr, frame))
		return false;

	for (size_t i = 0; i < nr; i++)
		if (frame[i] != frame[i / folio * folio] + i % folio ||
		    frame[i / folio * folio] % folio)
			return false;
	return true;
}

static int check_order(struct cow_case *c)
{
	if (c->order == COW_ORDER_THP && !is_huge(c)) {
		thp_collapse(&c->region);
		if (!is_huge(c))
			return fl_skip(c->run,
				       "no huge page was to be had: memory is "
				       "fragmented, or set transparent_hugepage"
				       "/enabled to madvise");
	}
	if (c->order == COW_ORDER_MTHP && !is_of_64k(c))
		return fl_skip(c->run,
			       "no folios of 64K: set transparent_hugepage/"
			       "hugepages-64kB/enabled to madvise");
	return 0;
}

int cow_fill_unsettled(struct cow_case *c)
{
	int err = renew(c);

	if (err)
		return err;

	write_words(c);
	return check_order(c);
}

int cow_fill(struct cow_case *c)
{
	int err = cow_fill_unsettled(c);

	if (!err)
		err = settle(c);
	return err ? fl_fail(c->run, err, "settling pages") : 0;
}

int cow_fill_equal(struct cow_case *c)
{
	c->equal = true;
	return cow_fill(c);
}

static void ask(struct cow_helper *h)
{
	uint64_t one = 1;
	ssize_t n = write(h->fd, &one, sizeof(one));

	(void)n;
}

void cow_helper_wake(struct cow_case *c)
{
	if (c->helper.fd)
		ask(&c->helper);
}

/* Returns at once when it is asked, else after a while. */
static int idle(struct cow_helper *h)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	uint64_t value;

	if (poll(&p, 1, IDLE_MS) > 0 &&
	    read(h->fd, &value, sizeof(value)) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

int cow_remote_step(struct fl_thread *th, struct cow_case *c)
{
	struct cow_helper *h = &c->helper;
	unsigned asked = atomic_load(&h->asked);

	(void)th;
	if (asked == atomic_load(&h->done))
		return idle(h);

	write_words(c);
	atomic_store(&h->done, asked);
	return 1;
}

/* The page is held until the byte is read from the pipe again. */
static void hold_shortly(const struct cow_case *c, size_t i)
{
	struct iovec v = { .iov_base = cow_case_page(c, i), .iov_len = 1 };
	char byte;

	if (vmsplice(c->helper.pipe[1], &v, 1, SPLICE_F_NONBLOCK) == 1 &&
	    read(c->helper.pipe[0], &byte, 1) < 0)
		return;
}

int cow_reader_step(struct fl_thread *th, struct cow_case *c, bool plain)
{
	struct cow_helper *h = &c->helper;
	unsigned asked = atomic_load(&h->asked);
	uint64_t word;

	(void)th;
	if (!atomic_load(&h->busy)) {
		atomic_store(&h->done, asked);
		return idle(h);
	}
	for (size_t i = 0; i < c->nr; i++)
		if (plain)
			hold_shortly(c, i);
		else
			(void)pin_transient(cow_case_page(c, i), sizeof(word),
					    &word);
	atomic_store(&h->done, asked);
	return 1;
}

static int wait_helper(struct cow_case *c)
{
	struct cow_helper *h = &c->helper;
	unsigned asked = atomic_fetch_add(&h->asked, 1) + 1;
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	ask(h);
	while (atomic_load(&h->done) != asked) {
		if (fl_clock_ns() > until || fl_stopped(c->run))
			return fl_fail(c->run, -ETIMEDOUT,
				       "the helper on another CPU");
		sched_yield();
	}
	return 0;
}

int cow_fill_remote(struct cow_case *c)
{
	int err = renew(c);

	return err ? err : wait_helper(c);
}

int cow_start_reader(struct cow_case *c)
{
	atomic_store(&c->helper.busy, true);
	return wait_helper(c);
}

static int map_file(struct cow_case *c, int flags)
{
	void *p;

	for (size_t i = 0; i < c->nr; i++) {
		uint64_t word = cow_case_old(c, i);

		if (pwrite(c->file, &word, sizeof(word),
			   (off_t)(i * c->stride)) != sizeof(word))
			return fl_fail(c->run, -errno, "writing the file");
	}
	p = mmap(c->base, c->bytes, PROT_READ | PROT_WRITE, MAP_FIXED | flags,
		 c->file, 0);
	if (p == MAP_FAILED)
		return fl_fail(c->run, -errno, "mapping the file");
	return cow_read_in(c);
}

int cow_map_private(struct cow_case *c)
{
	return map_file(c, MAP_PRIVATE);
}

int cow_map_shared(struct cow_case *c)
{
	return map_file(c, MAP_SHARED);
}

static int take_pipe(struct cow_case *c)
{
	int err = pin_pipe_strided(c->run, &c->child_pin, c->base, c->nr,
				   c->stride);

	if (!err && munmap(c->base, c->bytes))
		err = -errno;
	return err;
}

static int serve(void *data, uint32_t cmd, uint64_t arg, uint64_t *ret_value)
{
	struct cow_case *c = data;

	(void)arg;
	(void)ret_value;
	switch (cmd) {
	case COW_TELL_WORDS:
		for (size_t i = 0; i < c->nr; i++)
			c->words[i] = *cow_case_word(c, i);
		return 0;
	case COW_TAKE_PIPE:
		return take_pipe(c);
	case COW_TELL_PIPE:
		return pin_words(c->run, &c->child_pin, c->words);
	default:
		return -ENOSYS;
	}
}

int cow_fork(struct cow_case *c)
{
	struct forked_spec spec = { .name = "of the case",
				    .serve = serve,
				    .data = c };

	return forked_start(c->run, &c->child, &spec);
}

int cow_end_child(struct cow_case *c)
{
	return forked_end(c->run, &c->child);
}

int cow_child_pipe(struct cow_case *c)
{
	return forked_call(c->run, &c->child, COW_TAKE_PIPE, 0, NULL);
}

int cow_own_pipe(struct cow_case *c)
{
	return pin_pipe_strided(c->run, &c->pin, c->base, c->nr, c->stride);
}

int cow_own_ring(struct cow_case *c)
{
	return pin_ring(c->run, &c->pin, c->base, c->nr);
}

int cow_protect(struct cow_case *c)
{
	if (mprotect(c->base, c->bytes, PROT_READ) ||
	    mprotect(c->base, c->bytes, PROT_READ | PROT_WRITE))
		return fl_fail(c->run, -errno, "mprotect");
	return 0;
}

int cow_protect_uffd(struct cow_case *c)
{
	int err = uffd_register(&c->uffd, c->base, c->bytes,
				UFFDIO_REGISTER_MODE_WP);

	if (!err)
		err = uffd_pair(&c->uffd, c->base, c->bytes);
	if (!err)
		err = uffd_unregister(&c->uffd, c->base, c->bytes);
	return err ? fl_fail(c->run, err, "userfaultfd") : 0;
}

int cow_read_in(struct cow_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		if (*cow_case_word(c, i) != cow_case_old(c, i))
			return fl_fail(c->run, -EPROTO,
				       "page %zu is not what was written", i);
	return 0;
}

int cow_write_first(struct cow_case *c)
{
	*cow_case_word(c, 0) = cow_case_new(c, 0);
	c->nr_first = 1;
	return 0;
}

void cow_steps_undo(struct cow_case *c)
{
	if (atomic_exchange(&c->helper.busy, false))
		(void)wait_helper(c);
	forked_kill(&c->child);
	pin_finish(&c->pin);
	memset(&c->child_pin, 0, sizeof(c->child_pin));
}
