// SPDX-License-Identifier: GPL-2.0-only
#include "tracker_kinds.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

enum {
	WIDE_PAGES = 512, /* made writable together for want of mappings */
};

static int collect_counts(struct tracker *t, uint8_t *reports)
{
	atomic_thread_fence(memory_order_acquire);
	memcpy(reports, (const void *)t->counts, t->nr);
	return 0;
}

static int collect_nothing(struct tracker *t, uint8_t *reports)
{
	memset(reports, 0, t->nr);
	return 0;
}

/* userfaultfd */

static uint64_t features_of(const struct tracker_spec *spec)
{
	uint64_t features = UFFD_FEATURE_PAGEFAULT_FLAG_WP | spec->features;

	if (spec->kind != TRACKER_UFFD_WP)
		features |= UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED;
	if (spec->backing == REGION_SHMEM || spec->backing == REGION_HUGETLB)
		features |= UFFD_FEATURE_WP_HUGETLBFS_SHMEM;
	return features;
}

static int open_uffd(struct fl_run *run, struct tracker *t)
{
	struct uffd_options options = { .features = features_of(&t->spec) };
	int err = uffd_open(&t->uffd, &options);

	if (err)
		return fl_fail(run, err, "userfaultfd with the features %#llx",
			       (unsigned long long)options.features);

	fl_fact(run, "uffd", "%s", uffd_way_name(t->uffd.way));
	err = uffd_register(&t->uffd, t->spec.start, t->spec.bytes,
			    UFFDIO_REGISTER_MODE_WP);
	if (err)
		return fl_fail(run, err,
			       "UFFDIO_REGISTER for write-protection");

	t->registered = true;
	return 0;
}

static int init_uffd(struct fl_run *run, struct tracker *t)
{
	int err;

	if (!t->spec.handler)
		return fl_fail(run, -EINVAL, "a tracker without its handler");

	err = open_uffd(run, t);
	if (err)
		return err;

	atomic_store(&t->spec.handler->tracker, t);
	tracker_handler_wake(t->spec.handler);
	return 0;
}

static void close_uffd(struct tracker *t)
{
	int fork_fd = atomic_exchange(&t->fork_fd, 0);

	if (t->registered)
		(void)uffd_unregister(&t->uffd, t->spec.start, t->spec.bytes);
	if (fork_fd)
		close(fork_fd);
	uffd_close(&t->uffd);
	t->registered = false;
}

/*
 * The handler may still look at it, until the step that it is in has ended: it
 * polls for as long as 100 ms, unless it is woken.
 */
static void detach(struct tracker *t)
{
	struct tracker_handler *h = t->spec.handler;
	unsigned seen;

	if (!h || atomic_load(&h->tracker) != t)
		return;

	atomic_store(&h->tracker, NULL);
	seen = atomic_load(&h->steps);
	tracker_handler_wake(h);
	while (seen % 2 && atomic_load(&h->steps) == seen)
		sched_yield();
}

static void finish_uffd(struct tracker *t)
{
	detach(t);
	close_uffd(t);
}

static int set_uffd(struct tracker *t, char *start, size_t len, bool on)
{
	return on ? uffd_protect(&t->uffd, start, len)
		  : uffd_unprotect(&t->uffd, start, len);
}

/* WP_ASYNC */

static int init_async(struct fl_run *run, struct tracker *t)
{
	int err = pagemap_open(&t->pagemap);

	return err ? fl_fail(run, err, "/proc/self/pagemap")
		   : open_uffd(run, t);
}

static void finish_async(struct tracker *t)
{
	close_uffd(t);
	pagemap_close(&t->pagemap);
}

static struct pm_scan_arg scan_arg(const char *start, size_t len)
{
	return (struct pm_scan_arg){
		.size = sizeof(struct pm_scan_arg),
		.flags = PM_SCAN_CHECK_WPASYNC,
		.start = (uintptr_t)start,
		.end = (uintptr_t)start + len,
		.category_mask = PAGE_IS_WRITTEN,
	};
}

/* Without a vector the kernel protects whatever is not protected yet. */
static int set_async(struct tracker *t, char *start, size_t len, bool on)
{
	struct pm_scan_arg arg = scan_arg(start, len);

	if (!on)
		return uffd_unprotect(&t->uffd, start, len);

	arg.flags |= PM_SCAN_WP_MATCHING;
	if (ioctl(t->pagemap.fd, PAGEMAP_SCAN, &arg) < 0)
		return -errno;
	return arg.walk_end == arg.end ? 0 : -EIO;
}

static void note_region(struct tracker *t, const struct page_region *r,
			uint8_t *reports)
{
	uint64_t start = (uintptr_t)t->spec.start;
	uint64_t first = (r->start - start) / t->spec.page_bytes;
	uint64_t last = (r->end - 1 - start) / t->spec.page_bytes;

	memset(reports + first, 1, last - first + 1);
}

static int scan(struct tracker *t, struct pm_scan_arg *arg, uint8_t *reports)
{
	const struct page_region *regions = t->scratch;
	int nr;

	arg->vec = (uintptr_t)regions;
	arg->vec_len = TRACKER_SCRATCH_BYTES / sizeof(*regions);
	arg->return_mask = PAGE_IS_WRITTEN;
	while (arg->start < arg->end) {
		nr = ioctl(t->pagemap.fd, PAGEMAP_SCAN, arg);
		if (nr < 0)
			return -errno;
		for (int i = 0; i < nr; i++)
			note_region(t, &regions[i], reports);
		if (arg->walk_end <= arg->start)
			return -EIO;
		arg->start = arg->walk_end;
	}
	return 0;
}

static int collect_async(struct tracker *t, uint8_t *reports)
{
	struct pm_scan_arg arg = scan_arg(t->spec.start, t->spec.bytes);

	if (t->spec.kind == TRACKER_WP_ASYNC_GET)
		arg.flags |= PM_SCAN_WP_MATCHING;
	memset(reports, 0, t->nr);
	return scan(t, &arg, reports);
}

/* soft-dirty */

static int init_soft_dirty(struct fl_run *run, struct tracker *t)
{
	int err = pagemap_open(&t->pagemap);

	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	t->clear_refs = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	t->has_clear_refs = t->clear_refs >= 0;
	return t->has_clear_refs
		       ? 0
		       : fl_fail(run, -errno, "/proc/self/clear_refs");
}

static void finish_soft_dirty(struct tracker *t)
{
	if (t->has_clear_refs)
		close(t->clear_refs);
	t->has_clear_refs = false;
	pagemap_close(&t->pagemap);
}

static int set_soft_dirty(struct tracker *t, char *start, size_t len, bool on)
{
	(void)start;
	(void)len;
	if (!on)
		return -EOPNOTSUPP;
	return write(t->clear_refs, "4", 1) == 1 ? 0 : -errno;
}

static int collect_soft_dirty(struct tracker *t, uint8_t *reports)
{
	size_t each = t->pagemap.page_bytes, all = t->spec.bytes / each;
	size_t most = TRACKER_SCRATCH_BYTES / sizeof(uint64_t);
	uint64_t *entries = t->scratch;

	memset(reports, 0, t->nr);
	for (size_t at = 0, nr; at < all; at += nr) {
		int err;

		nr = all - at < most ? all - at : most;
		err = pagemap_read(&t->pagemap, t->spec.start + at * each, nr,
				   entries);
		if (err)
			return err;
		for (size_t i = 0; i < nr; i++)
			if (entries[i] & PAGEMAP_SOFT_DIRTY)
				reports[(at + i) * each / t->spec.page_bytes] =
					1;
	}
	return 0;
}

/* mprotect */

static int set_mprotect(struct tracker *t, char *start, size_t len, bool on)
{
	int prot = on ? PROT_READ : PROT_READ | PROT_WRITE;

	(void)t;
	return mprotect(start, len, prot) ? -errno : 0;
}

/* Pages that are made writable with another: nobody would see them written. */
static void report_unseen(struct tracker *t, size_t first, size_t nr)
{
	for (size_t i = first; i < first + nr; i++) {
		if (atomic_load_explicit(&t->counts[i], memory_order_relaxed))
			continue;
		atomic_fetch_add(&t->widened, 1);
		atomic_store_explicit(&t->counts[i], 1, memory_order_release);
	}
}

/* All pages of the range that lie in the same block as the page. */
static int open_block(struct tracker *t, size_t page, size_t block)
{
	size_t first = page / block * block;
	size_t nr = t->nr - first < block ? t->nr - first : block;
	size_t each = t->spec.page_bytes;
	int err = set_mprotect(t, t->spec.start + first * each, nr * each,
			       false);

	if (!err)
		report_unseen(t, first, nr);
	return err;
}

/* In the handler of the signal.  All at once never makes a mapping more. */
static void take(struct fault_signal *g, char *at)
{
	struct tracker *t = (struct tracker *)(void *)((char *)g -
						       offsetof(struct tracker,
								signal));
	size_t each = t->spec.page_bytes;
	size_t offset = (size_t)(at - t->spec.start), page = offset / each;

	atomic_fetch_add(&t->events, 1);
	tracker_count(t, page);
	if (!set_mprotect(t, at - offset % each, each, false))
		return;
	if (!open_block(t, page, WIDE_PAGES) || !open_block(t, page, t->nr))
		return;

	/* The store faults again, and then as it would without us. */
	atomic_store(&t->failed, true);
	signal(SIGSEGV, SIG_DFL);
}

static int init_mprotect(struct fl_run *run, struct tracker *t)
{
	int err;

	t->signal.start = t->spec.start;
	t->signal.len = t->spec.bytes;
	t->signal.take = take;
	err = fault_signal_init(&t->signal);
	return err ? fl_fail(run, err, "a handler of SIGSEGV") : 0;
}

static void finish_mprotect(struct tracker *t)
{
	if (!t->signal.has_action)
		return;

	(void)set_mprotect(t, t->spec.start, t->spec.bytes, false);
	fault_signal_finish(&t->signal);
}

static int init_nothing(struct fl_run *run, struct tracker *t)
{
	(void)run;
	(void)t;
	return 0;
}

static void finish_nothing(struct tracker *t)
{
	(void)t;
}

static int set_nothing(struct tracker *t, char *start, size_t len, bool on)
{
	(void)t;
	(void)start;
	(void)len;
	(void)on;
	return 0;
}

const struct tracker_ops tracker_ops[] = {
	[TRACKER_NONE] = { "nothing", init_nothing, set_nothing,
			   collect_nothing, finish_nothing },
	[TRACKER_UFFD_WP] = { "UFFDIO_WRITEPROTECT", init_uffd, set_uffd,
			      collect_counts, finish_uffd },
	[TRACKER_WP_ASYNC] = { "PAGEMAP_SCAN", init_async, set_async,
			       collect_async, finish_async },
	[TRACKER_WP_ASYNC_GET] = { "PAGEMAP_SCAN", init_async, set_async,
				   collect_async, finish_async },
	[TRACKER_SOFT_DIRTY] = { "clear_refs", init_soft_dirty, set_soft_dirty,
				 collect_soft_dirty, finish_soft_dirty },
	[TRACKER_MPROTECT] = { "mprotect", init_mprotect, set_mprotect,
			       collect_counts, finish_mprotect },
};
