// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel reads and writes pages for us: by get_user_pages() (mm/gup.c), by
 * copying to user space, or through a hold that it took on them before.
 */
#include "scratch_file.h"
#include "track_outside.h"
#include "track_steps.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	AHEAD_MIB = 2,
	MOST_AHEAD_MIB = 32,
};

static size_t count_moved(const struct track_case *c, const uint64_t *before)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++) {
		uint64_t now = 0;

		(void)frames_read(&c->frames, track_page_at(c, i), 1, &now);
		nr += now != before[i];
	}
	return nr;
}

int track_read_vm(struct track_case *c)
{
	uint64_t *before = c->outside.before, word;
	int err = 0;

	if (c->has_frames)
		for (size_t i = 0; i < c->nr; i++)
			(void)frames_read(&c->frames, track_page_at(c, i), 1,
					  &before[i]);
	for (size_t i = 0; i < c->nr && !err; i++)
		err = pin_transient(track_page_at(c, i), sizeof(word), &word);
	if (err)
		return fl_fail(c->run, err, "process_vm_readv");

	if (c->has_frames)
		fl_fact(c->run, "copied by the read",
			"%zu of %zu pages, by frame numbers",
			count_moved(c, before), c->nr);
	return track_take_in(c);
}

int track_read_pipe(struct track_case *c)
{
	int err = pin_pipe(c->run, &c->outside.pin, c->base, c->nr);

	return err ? err : track_take_in(c);
}

int track_hold_ring(struct track_case *c)
{
	return pin_ring(c->run, &c->outside.pin, c->base, c->nr);
}

int track_release_ring(struct track_case *c)
{
	int err = pin_release(&c->outside.pin);

	return err ? fl_fail(c->run, err, "letting go of registered pages") : 0;
}

/* The kernel may not write there: it says so and has written nothing. */
static int judge(struct track_case *c, size_t i, ssize_t n, size_t want,
		 const char *call)
{
	if (n == (ssize_t)want)
		return 0;
	if (n < 0 && (errno == EFAULT || errno == EIO)) {
		c->pages[i].refused = true;
		return 0;
	}
	return fl_fail(c->run, n < 0 ? -errno : -EIO, "%s", call);
}

int track_write_vm(struct track_case *c, size_t i)
{
	uint64_t word = track_new(c, i);
	struct iovec from = { .iov_base = &word, .iov_len = sizeof(word) };
	struct iovec to = { .iov_base = track_page_at(c, i),
			    .iov_len = sizeof(word) };

	return judge(c, i, process_vm_writev(getpid(), &from, 1, &to, 1, 0),
		     sizeof(word), "process_vm_writev");
}

/* A descriptor is opened once in a launch; 0 is none of ours. */
static int open_once(struct track_case *c, int *fd, int opened)
{
	if (opened < 0)
		return fl_fail(c->run, -errno, "a file to write by");

	*fd = opened;
	return 0;
}

int track_write_read(struct track_case *c, size_t i)
{
	uint64_t word = track_new(c, i);
	int *fd = &c->outside.file, err = 0;

	if (!*fd)
		err = open_once(c, fd, memfd_create("faultline", MFD_CLOEXEC));
	if (err)
		return err;
	if (pwrite(*fd, &word, sizeof(word), 0) != sizeof(word))
		return fl_fail(c->run, -errno, "writing to a memfd");
	return judge(c, i, pread(*fd, track_page_at(c, i), sizeof(word), 0),
		     sizeof(word), "read");
}

int track_write_mem(struct track_case *c, size_t i)
{
	uint64_t word = track_new(c, i);
	int *fd = &c->outside.mem, err = 0;

	if (!*fd)
		err = open_once(c, fd,
				open("/proc/self/mem", O_RDWR | O_CLOEXEC));
	return err ? err
		   : judge(c, i,
			   pwrite(*fd, &word, sizeof(word),
				  (off_t)(uintptr_t)track_page_at(c, i)),
			   sizeof(word), "/proc/self/mem");
}

int track_write_ring(struct track_case *c, size_t i)
{
	int err = pin_put_word(&c->outside.pin, i, track_new(c, i));

	return err ? fl_fail(c->run, err, "a fixed read of io_uring") : 0;
}

/* Each page by itself: of a buffer the kernel takes all pages or none. */
int track_write_ring_late(struct track_case *c, size_t i)
{
	struct pin *pin = &c->outside.pin;
	int err;

	pin_aim(pin, track_page_at(c, i), 1);
	err = pin_hold(pin);
	c->pages[i].refused = err == -EFAULT;
	if (err)
		return c->pages[i].refused
			       ? 0
			       : fl_fail(c->run, err,
					 "registering a page with io_uring");

	err = pin_put_word(pin, 0, track_new(c, i));
	if (err)
		return fl_fail(c->run, err, "a fixed read of io_uring");
	return track_release_ring(c);
}

static int open_disk(struct track_case *c)
{
	if (c->outside.disk.opened)
		return 0;

	return direct_read_init(c->run, &c->outside.disk, c->nr);
}

static int ask_disk(struct track_case *c, unsigned ahead_mib)
{
	struct direct_read *d = &c->outside.disk;
	int err;

	fl_stage(c->th, "asking a disk for pages");
	err = open_disk(c);
	if (!err)
		err = direct_read_words(c->run, d, c->new_word);
	if (err)
		return err;

	for (size_t i = 0; i < c->nr; i++)
		if (c->pages[i].chosen)
			direct_read_ask(d, i, track_page_at(c, i));
	return direct_read_submit(c->run, d, ahead_mib);
}

static int wait_disk(struct track_case *c)
{
	fl_stage(c->th, "waiting for a disk");
	return direct_read_wait(c->run, &c->outside.disk);
}

/*
 * All at once, when the first is to be written.  A page that is as it was has
 * been refused.
 */
int track_write_direct(struct track_case *c, size_t i)
{
	struct track_outside *o = &c->outside;
	int err = 0;

	if (o->disk_word != c->new_word) {
		o->disk_word = c->new_word;
		err = ask_disk(c, 0);
		if (!err)
			err = wait_disk(c);
	}
	if (err && err != -EFAULT)
		return err;

	c->pages[i].refused = *track_word(c, i) != track_new(c, i);
	return 0;
}

/* Still as it was: what the disk writes there comes later. */
static size_t count_under_way(struct track_case *c, size_t *ret_asked)
{
	size_t nr = 0;

	*ret_asked = 0;
	for (size_t i = 0; i < c->nr; i++) {
		struct track_page *p = &c->pages[i];

		if (!p->chosen)
			continue;
		p->written = *track_word(c, i) != track_old(c, i);
		nr += !p->written;
		++*ret_asked;
	}
	return nr;
}

static void forget_early(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		if (c->pages[i].written)
			c->pages[i].armed = false;
}

static int begin_anew(struct track_case *c)
{
	int err = wait_disk(c);

	tracker_finish(&c->tracker);
	return err ? err : track_fill(c);
}

int track_arm_under_way(struct track_case *c)
{
	for (unsigned ahead = AHEAD_MIB; ahead <= MOST_AHEAD_MIB; ahead *= 2) {
		int err = ask_disk(c, ahead);
		size_t asked, late;

		if (!err)
			err = track_arm(c);
		if (err)
			return err;

		late = count_under_way(c, &asked);
		fl_fact(c->run, "reads of the disk",
			"at least half were under way when pages were armed, "
			"%u MiB ahead of them",
			ahead);
		if (late * 2 >= asked) {
			forget_early(c);
			return 0;
		}
		err = begin_anew(c);
		if (err)
			return err;
	}
	return fl_skip(c->run,
		       "reads of %s by O_DIRECT end too soon to protect pages "
		       "meanwhile: set TMPDIR to a folder on a disk",
		       scratch_file_folder());
}

int track_write_under_way(struct track_case *c, size_t i)
{
	(void)i;
	return wait_disk(c);
}

void track_outside_undo(struct track_case *c)
{
	if (c->outside.disk.under_way)
		(void)direct_read_wait(c->run, &c->outside.disk);
	pin_finish(&c->outside.pin);
}

void track_outside_finish(struct track_case *c)
{
	direct_read_finish(&c->outside.disk);
	if (c->outside.file)
		close(c->outside.file);
	if (c->outside.mem)
		close(c->outside.mem);
	c->outside.file = c->outside.mem = 0;
}
