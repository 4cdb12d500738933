// SPDX-License-Identifier: GPL-2.0-only
#include "faulter.h"

#include "region.h"
#include "scratch_file.h"

#include <faultline/uapi_compat.h>

#include <pthread.h>
#include <unistd.h>

const char *const faulter_way_names[] = {
	[FAULTER_NEXT] = "next",
	[FAULTER_FRESH] = "fresh",
	[FAULTER_POPULATE] = "populate",
	NULL,
};

const char *const faulter_way_words[] = {
	[FAULTER_NEXT] = "the next page of a mapping in use: its own lock",
	[FAULTER_FRESH] = "the page of a mapping just made: mmap_lock, once",
	[FAULTER_POPULATE] = "MADV_POPULATE of the next page: mmap_lock",
	NULL,
};

const char *const faulter_kind_words[] = {
	[FAULTER_SHMEM] = "write to shared memory that has the page",
	[FAULTER_ZERO] = "read of the zero page",
	[FAULTER_ANON] = "write to a new page",
	[FAULTER_ZERO_WRITE] = "write where the zero page is mapped",
	[FAULTER_FILE] = "write to a private mapping of a file",
	[FAULTER_COW] = "the same where the page is mapped: copied",
	[FAULTER_ARMED] = "anon, registered with userfaultfd",
	NULL,
};

const char *const faulter_kind_names[] = {
	[FAULTER_SHMEM] = "shmem", [FAULTER_ZERO] = "zero",
	[FAULTER_ANON] = "anon",   [FAULTER_ZERO_WRITE] = "zero-write",
	[FAULTER_FILE] = "file",   [FAULTER_COW] = "cow",
	[FAULTER_ARMED] = "armed", NULL,
};

static bool is_of_file(enum faulter_kind kind)
{
	return kind == FAULTER_SHMEM || kind == FAULTER_FILE ||
	       kind == FAULTER_COW;
}

/* Memory where a page is read before it is written. */
static bool reads_first(enum faulter_kind kind)
{
	return kind == FAULTER_ZERO_WRITE || kind == FAULTER_COW;
}

static int check_spec(struct fl_run *run, const struct faulter_spec *spec)
{
	if (spec->way == FAULTER_FRESH && spec->kind != FAULTER_ANON &&
	    spec->kind != FAULTER_FILE)
		return fl_skip(run, "faulter=fresh is about making an "
				    "anon_vma: use kind=anon or kind=file");
	return 0;
}

static int reserve(struct faulter *f)
{
	size_t pmd = region_pmd_bytes();
	size_t bytes = faulter_bytes(f) + 2 * pmd;
	char *p = mmap(NULL, bytes, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;

	f->reserved = p;
	f->reserved_bytes = bytes;
	f->base = p + pmd - (uintptr_t)p % pmd;
	return 0;
}

static int map(const struct faulter *f, char *start, size_t len)
{
	int sharing = f->spec.kind == FAULTER_SHMEM ? MAP_SHARED : MAP_PRIVATE;
	int source = f->opened ? 0 : MAP_ANONYMOUS;
	void *p = mmap(start, len, PROT_READ | PROT_WRITE,
		       MAP_FIXED | sharing | source, f->opened ? f->fd : -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	/* A kernel without huge pages refuses the advice: nothing to stop. */
	if (madvise(p, len, MADV_NOHUGEPAGE) && errno != EINVAL)
		return -errno;
	return madvise(p, len, MADV_DONTFORK) ? -errno : 0;
}

static int open_memory(enum faulter_kind kind)
{
	int fd;

	if (kind != FAULTER_SHMEM)
		return scratch_file_open();

	fd = memfd_create("faultline", MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* All mappings of FAULTER_FRESH show the first page of their file. */
static int open_file(struct fl_run *run, struct faulter *f)
{
	size_t bytes = f->spec.way == FAULTER_FRESH
			       ? f->page_bytes
			       : f->spec.pages * f->page_bytes;
	int err;

	f->fd = open_memory(f->spec.kind);
	if (f->fd < 0)
		return fl_fail(run, f->fd, "a file in %s",
			       scratch_file_folder());

	f->opened = true;
	err = f->spec.kind == FAULTER_SHMEM
		      ? (ftruncate(f->fd, (off_t)bytes) ? -errno : 0)
		      : scratch_file_fill(f->fd, bytes);
	return err ? fl_fail(run, err, "a file of %zu bytes in %s", bytes,
			     scratch_file_folder())
		   : 0;
}

static int arm(struct fl_run *run, struct faulter *f)
{
	const struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP
	};
	int err = uffd_open(&f->uffd, &options);

	if (err)
		return fl_fail(run, err, "userfaultfd");

	err = uffd_register(&f->uffd, f->base, faulter_bytes(f),
			    UFFDIO_REGISTER_MODE_WP);
	return err ? fl_fail(run, err, "UFFDIO_REGISTER") : 0;
}

static int map_places(struct faulter *f)
{
	int err = 0;

	if (f->spec.way != FAULTER_FRESH)
		return map(f, f->base, faulter_bytes(f));

	for (size_t i = 0; i < f->spec.pages && !err; i++)
		err = map(f, f->base + i * f->stride, f->page_bytes);
	return err;
}

/* In halves of what a page table spans, see region_empty(). */
static int drop(struct faulter *f)
{
	return region_advise_parts(f->base, 0, faulter_bytes(f),
				   region_pmd_bytes() / 2, MADV_DONTNEED);
}

static void read_all(const struct faulter *f)
{
	for (size_t i = 0; i < f->spec.pages; i++)
		(void)*(volatile char *)(f->base + i * f->stride);
}

static int empty(struct fl_run *run, struct faulter *f)
{
	int err = f->spec.way == FAULTER_FRESH ? map_places(f) : drop(f);

	if (err)
		return fl_fail(run, err, "dropping the pages that faulted");

	if (reads_first(f->spec.kind))
		read_all(f);
	f->next = 0;
	f->before = thread_faults_now();
	return 0;
}

/* What the first fault of a mapping makes is there after it. */
static int settle(struct fl_run *run, struct faulter *f)
{
	for (size_t i = 0; i < f->spec.pages; i++)
		*(volatile char *)(f->base + i * f->stride) = 1;
	return empty(run, f);
}

int faulter_init(struct fl_run *run, struct faulter *f,
		 const struct faulter_spec *spec)
{
	int err = check_spec(run, spec);

	f->spec = *spec;
	f->page_bytes = run->page_bytes;
	f->stride = run->page_bytes * (spec->way == FAULTER_FRESH ? 2 : 1);
	f->writes = spec->kind != FAULTER_ZERO;
	f->advice = f->writes ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
	f->base = spec->at;
	if (!err && is_of_file(spec->kind))
		err = open_file(run, f);
	if (err)
		return err;

	if (!f->base)
		err = reserve(f);
	if (!err)
		err = map_places(f);
	if (err)
		return fl_fail(run, err, "mapping %zu pages", spec->pages);

	if (spec->kind == FAULTER_ARMED)
		err = arm(run, f);
	return err ? err : settle(run, f);
}

void faulter_finish(struct faulter *f)
{
	uffd_close(&f->uffd);
	if (f->reserved)
		munmap(f->reserved, f->reserved_bytes);
	if (f->opened)
		close(f->fd);

	f->reserved = NULL;
	f->opened = false;
}

/*
 * What a fork by somebody else would take from the thread's stack, it would
 * have to fault in again.
 */
static int keep_stack(struct fl_run *run)
{
	pthread_attr_t attr;
	size_t bytes = 0;
	void *stack = NULL;
	int err = pthread_getattr_np(pthread_self(), &attr);

	if (!err) {
		err = pthread_attr_getstack(&attr, &stack, &bytes);
		pthread_attr_destroy(&attr);
	}
	/* Of a main thread's stack most is not mapped: ENOMEM, for that part. */
	if (!err && madvise(stack, bytes, MADV_DONTFORK) && errno != ENOMEM)
		err = errno;
	return err ? fl_fail(run, -err, "keeping the stack from fork") : 0;
}

int faulter_enter(struct fl_run *run, struct faulter *f)
{
	f->before = thread_faults_now();
	f->before.minor -= f->next;
	return keep_stack(run);
}

int faulter_refill(struct fl_run *run, struct faulter *f)
{
	struct thread_faults now = thread_faults_now();
	uint64_t faults = now.minor - f->before.minor + now.major -
			  f->before.major;

	if (faults < f->next)
		return fl_fail(run, -EIO, "%zu touches took %llu faults",
			       f->next, (unsigned long long)faults);
	return empty(run, f);
}
