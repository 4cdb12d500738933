// SPDX-License-Identifier: GPL-2.0-only
#include "pin.h"

#include "pin_ring.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

static int say_too_small(struct fl_run *run, size_t nr)
{
	return fl_skip(run,
		       "a pipe for %zu pages is refused: raise "
		       "fs.pipe-max-size or fs.pipe-user-pages-soft, or take "
		       "fewer pages",
		       nr);
}

static int begin(struct fl_run *run, struct pin *p, const void *addr, size_t nr)
{
	*p = (struct pin){ .base = addr,
			   .nr = nr,
			   .page_bytes = run->page_bytes,
			   .fd = { -1, -1 } };
	p->page = malloc(run->page_bytes);
	return p->page ? 0 : fl_fail(run, -ENOMEM, "a page to read into");
}

/* Nothing waits: a full pipe is an error. */
static int splice_in(const struct pin *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		struct iovec v = { .iov_base = (char *)p->base + i * p->stride,
				   .iov_len = p->page_bytes };
		ssize_t n = vmsplice(p->fd[1], &v, 1, SPLICE_F_NONBLOCK);

		if (n != (ssize_t)p->page_bytes)
			return n < 0 ? -errno : -EIO;
	}
	return 0;
}

int pin_pipe_strided(struct fl_run *run, struct pin *p, const void *addr,
		     size_t nr, size_t stride)
{
	int err = begin(run, p, addr, nr);
	size_t bytes = nr * run->page_bytes;

	if (err)
		return err;
	if (pipe2(p->fd, O_CLOEXEC | O_NONBLOCK))
		return fl_fail(run, -errno, "a pipe");

	p->kind = PIN_PIPE;
	p->stride = stride;
	if (fcntl(p->fd[1], F_SETPIPE_SZ, (int)bytes) < (int)bytes)
		return say_too_small(run, nr);

	err = splice_in(p);
	return err ? fl_fail(run, err, "vmsplice of %zu pages", nr) : 0;
}

int pin_pipe(struct fl_run *run, struct pin *p, const void *addr, size_t nr)
{
	return pin_pipe_strided(run, p, addr, nr, run->page_bytes);
}

int pin_ring(struct fl_run *run, struct pin *p, const void *addr, size_t nr)
{
	int err = begin(run, p, addr, nr);

	if (err)
		return err;

	p->fd[0] = memfd_create("faultline-pin", MFD_CLOEXEC);
	if (p->fd[0] < 0)
		return fl_fail(run, -errno, "memfd_create");

	p->kind = PIN_RING;
	return pin_ring_open(run, addr, nr * run->page_bytes, &p->ring);
}

int pin_release(struct pin *p)
{
	return pin_ring_release(p->ring);
}

int pin_hold(struct pin *p)
{
	return pin_ring_hold(p->ring);
}

void pin_aim(struct pin *p, const void *addr, size_t nr)
{
	p->base = addr;
	p->nr = nr;
	pin_ring_aim(p->ring, addr, nr * p->page_bytes);
}

int pin_put_word(struct pin *p, size_t i, uint64_t word)
{
	size_t at = i * p->page_bytes;
	ssize_t n = pwrite(p->fd[0], &word, sizeof(word), (off_t)at);

	if (n != sizeof(word))
		return n < 0 ? -errno : -EIO;
	return pin_ring_read(p->ring, p->fd[0], at, sizeof(word));
}

static ssize_t read_page(const struct pin *p, size_t i)
{
	return p->kind == PIN_PIPE ? read(p->fd[0], p->page, p->page_bytes)
				   : pread(p->fd[0], p->page, p->page_bytes,
					   (off_t)(i * p->page_bytes));
}

int pin_words(struct fl_run *run, struct pin *p, uint64_t *ret_words)
{
	int err = p->kind == PIN_RING ? pin_ring_write(p->ring, p->fd[0]) : 0;

	if (err)
		return fl_fail(run, err, "a fixed write of %zu pages", p->nr);

	for (size_t i = 0; i < p->nr; i++) {
		ssize_t n = read_page(p, i);

		if (n != (ssize_t)p->page_bytes)
			return fl_fail(run, n < 0 ? -errno : -EIO,
				       "reading page %zu of a pin", i);
		memcpy(&ret_words[i], p->page, sizeof(ret_words[i]));
	}
	return 0;
}

void pin_finish(struct pin *p)
{
	pin_ring_close(p->ring);
	for (unsigned i = 0; p->kind && i < 2; i++)
		if (p->fd[i] >= 0)
			close(p->fd[i]);
	free(p->page);
	memset(p, 0, sizeof(*p));
}

int pin_transient(const void *addr, size_t bytes, void *into)
{
	struct iovec from = { .iov_base = (void *)addr, .iov_len = bytes };
	struct iovec to = { .iov_base = into, .iov_len = bytes };
	ssize_t n = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	if (n < 0)
		return -errno;
	return (size_t)n == bytes ? 0 : -EIO;
}
