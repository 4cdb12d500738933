// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: what it offers is read first, then asked for, then done to a
 * page and seen.  A writing thread that stops at the page and an event with
 * the write-protect flag are the proof.
 */
#include "probe.h"
#include "probe_try.h"

#include "workloads/lib/pagemap.h"
#include "workloads/lib/region.h"
#include "workloads/lib/uffd.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define SYSCTL_PATH "/proc/sys/vm/unprivileged_userfaultfd"
#define WHAT_TO_CHANGE                                        \
	"sysctl vm.unprivileged_userfaultfd=1, or give this " \
	"user /dev/userfaultfd"

enum {
	EVENT_LIMIT_MS = 2000
};

/* One page, registered for write protection. */
struct wp_page {
	struct uffd uffd;
	char *page;
	size_t len;
};

enum wp_backing {
	WP_ANON_TOUCHED,
	WP_ANON_UNTOUCHED,
	WP_SHMEM_TOUCHED
};

static enum fl_feature_state say_denied(char *why)
{
	if (probe_number(SYSCTL_PATH, 0) == 1 || !geteuid())
		return probe_say(FL_FEATURE_DENIED, why,
				 "a seccomp filter (a container's, say) or a "
				 "security module refuses userfaultfd; allow "
				 "it there");

	return probe_say(FL_FEATURE_DENIED, why, WHAT_TO_CHANGE);
}

/* Yes, or why not. */
static enum fl_feature_state open_for(struct uffd *u, uint64_t features,
				      char *why)
{
	const struct uffd_options options = { .features = features };
	int err = uffd_open(u, &options);

	switch (-err) {
	case 0:
		return FL_FEATURE_YES;
	case EPERM:
	case EACCES:
		return say_denied(why);
	case ENOSYS:
		return probe_say(FL_FEATURE_NO, why,
				 "the kernel has no userfaultfd "
				 "(CONFIG_USERFAULTFD)");
	case EOPNOTSUPP:
		return probe_say(FL_FEATURE_NO, why,
				 "userfaultfd of this kernel does not offer it "
				 "(feature bits 0x%llx, wanted 0x%llx)",
				 (unsigned long long)u->offered,
				 (unsigned long long)features);
	default:
		return probe_errno(err, why, "userfaultfd");
	}
}

PROBE_TRY(uffd)
{
	struct uffd u = { 0 };
	enum fl_feature_state state = open_for(&u, 0, why);

	(void)bytes;
	if (state == FL_FEATURE_YES)
		probe_say(state, why, "%s", uffd_way_name(u.way));
	uffd_close(&u);
	return state;
}

PROBE_TRY(uffd_kernel)
{
	struct uffd u = { 0 };
	enum fl_feature_state state = open_for(&u, 0, why);

	(void)bytes;
	if (state == FL_FEATURE_YES && u.way == UFFD_WAY_USER_ONLY)
		state = probe_say(
			FL_FEATURE_DENIED, why,
			"only faults taken in user mode; " WHAT_TO_CHANGE);
	uffd_close(&u);
	return state;
}

static char *map_backing(enum wp_backing backing, size_t len)
{
	char *page;
	int fd;

	if (backing != WP_SHMEM_TOUCHED)
		return probe_map(len);

	fd = memfd_create("probe", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)len))
		return NULL;

	page = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return page == MAP_FAILED ? NULL : page;
}

static enum fl_feature_state register_and_protect(struct wp_page *p, char *why)
{
	int err = uffd_register(&p->uffd, p->page, p->len,
				UFFDIO_REGISTER_MODE_WP);

	if (err)
		return probe_errno(err, why, "UFFDIO_REGISTER");

	err = uffd_protect(&p->uffd, p->page, p->len);
	return err ? probe_errno(err, why, "UFFDIO_WRITEPROTECT")
		   : FL_FEATURE_YES;
}

/* Leaves the page protected.  The probe's process ends soon: no clean-up. */
static enum fl_feature_state protect_page(struct wp_page *p,
					  enum wp_backing backing,
					  uint64_t features, char *why)
{
	enum fl_feature_state state;

	features |= UFFD_FEATURE_PAGEFAULT_FLAG_WP;
	state = open_for(&p->uffd, features, why);
	if (state != FL_FEATURE_YES)
		return state;

	p->len = (size_t)sysconf(_SC_PAGESIZE);
	p->page = map_backing(backing, p->len);
	if (!p->page)
		return probe_errno(errno, why, "mmap");

	if (backing != WP_ANON_UNTOUCHED)
		*(volatile char *)p->page = 1;

	return register_and_protect(p, why);
}

static void *write_page(void *page)
{
	*(volatile char *)page = 2;
	return NULL;
}

static bool is_wp_event(const struct uffd_msg *msg)
{
	return msg->event == UFFD_EVENT_PAGEFAULT &&
	       msg->arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP;
}

/* A write must stop, be told, and go on when the page is released. */
static enum fl_feature_state expect_event(struct wp_page *p, char *why)
{
	struct pollfd poll_fd = { .fd = p->uffd.fd, .events = POLLIN };
	struct uffd_msg msg = { 0 };
	pthread_t thread;
	bool seen;

	if (pthread_create(&thread, NULL, write_page, p->page))
		return probe_say(FL_FEATURE_FAILED, why, "no thread");

	seen = poll(&poll_fd, 1, EVENT_LIMIT_MS) == 1 &&
	       uffd_read(&p->uffd, &msg) == 1 && is_wp_event(&msg);
	if (!seen)
		return probe_say(FL_FEATURE_NO, why,
				 "a write to a protected page was not told");

	if (uffd_unprotect(&p->uffd, p->page, p->len))
		return probe_errno(errno, why, "UFFDIO_WRITEPROTECT");

	pthread_join(thread, NULL);
	if (*(volatile char *)p->page != 2)
		return probe_say(FL_FEATURE_FAILED, why, "the write got lost");

	return FL_FEATURE_YES;
}

static enum fl_feature_state try_event(enum wp_backing backing,
				       uint64_t features, char *why)
{
	struct wp_page p = { 0 };
	enum fl_feature_state state = protect_page(&p, backing, features, why);

	return state == FL_FEATURE_YES ? expect_event(&p, why) : state;
}

PROBE_TRY(wp_anon)
{
	(void)bytes;
	return try_event(WP_ANON_TOUCHED, 0, why);
}

PROBE_TRY(wp_shmem)
{
	(void)bytes;
	return try_event(WP_SHMEM_TOUCHED, UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
			 why);
}

static void *read_page(void *page)
{
	(void)*(volatile char *)page;
	return NULL;
}

/* A page that is in the cache and not mapped: a read must stop, and be told. */
static enum fl_feature_state expect_minor(struct wp_page *p, char *why)
{
	struct pollfd poll_fd = { .fd = p->uffd.fd, .events = POLLIN };
	struct uffd_msg msg = { 0 };
	pthread_t thread;
	bool seen;

	if (pthread_create(&thread, NULL, read_page, p->page))
		return probe_say(FL_FEATURE_FAILED, why, "no thread");

	seen = poll(&poll_fd, 1, EVENT_LIMIT_MS) == 1 &&
	       uffd_read(&p->uffd, &msg) == 1 &&
	       msg.event == UFFD_EVENT_PAGEFAULT &&
	       msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_MINOR;
	if (!seen)
		return probe_say(FL_FEATURE_NO, why,
				 "a read of a cached page was not told");

	if (uffd_continue(&p->uffd, p->page, p->len))
		return probe_errno(-errno, why, "UFFDIO_CONTINUE");

	pthread_join(thread, NULL);
	return FL_FEATURE_YES;
}

PROBE_TRY(minor_shmem)
{
	struct wp_page p = { .len = (size_t)sysconf(_SC_PAGESIZE) };
	enum fl_feature_state state;
	int err;

	(void)bytes;
	state = open_for(&p.uffd, UFFD_FEATURE_MINOR_SHMEM, why);
	if (state != FL_FEATURE_YES)
		return state;

	p.page = map_backing(WP_SHMEM_TOUCHED, p.len);
	if (!p.page)
		return probe_errno(-errno, why, "mmap");

	*(volatile char *)p.page = 1;
	if (madvise(p.page, p.len, MADV_DONTNEED))
		return probe_errno(-errno, why, "MADV_DONTNEED");

	err = uffd_register(&p.uffd, p.page, p.len, UFFDIO_REGISTER_MODE_MINOR);
	return err ? probe_errno(err, why, "UFFDIO_REGISTER")
		   : expect_minor(&p, why);
}

/* Page tables alone: the pool need not have a page for it. */
PROBE_TRY(wp_hugetlb)
{
	size_t len = region_pmd_bytes();
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB |
		    __builtin_ctzl(len) << MAP_HUGE_SHIFT;
	struct wp_page p = { .len = len };
	enum fl_feature_state state;

	(void)bytes;
	state = open_for(&p.uffd,
			 UFFD_FEATURE_PAGEFAULT_FLAG_WP |
				 UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
			 why);
	if (state != FL_FEATURE_YES)
		return state;

	p.page = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (p.page == MAP_FAILED)
		return probe_say(FL_FEATURE_NO, why,
				 "the kernel has no hugetlb pages of %zu kB "
				 "(CONFIG_HUGETLBFS)",
				 len >> 10);
	return register_and_protect(&p, why);
}

PROBE_TRY(wp_unpopulated)
{
	(void)bytes;
	return try_event(WP_ANON_UNTOUCHED, UFFD_FEATURE_WP_UNPOPULATED, why);
}

/* -errno, or whether pagemap says that the page is protected. */
static int shows_protected(const struct wp_page *p)
{
	struct pagemap pm = { 0 };
	uint64_t entry;
	int err = pagemap_open(&pm);

	if (!err)
		err = pagemap_entry(&pm, p->page, &entry);
	pagemap_close(&pm);
	return err ? err : !!(entry & PAGEMAP_UFFD_WP);
}

/* The write goes through by itself and leaves its mark. */
PROBE_TRY(wp_async)
{
	struct wp_page p = { 0 };
	enum fl_feature_state state;

	(void)bytes;
	state = protect_page(&p, WP_ANON_TOUCHED, UFFD_FEATURE_WP_ASYNC, why);
	if (state != FL_FEATURE_YES)
		return state;

	if (shows_protected(&p) != 1)
		return probe_say(FL_FEATURE_FAILED, why,
				 "pagemap does not show the protected page");

	write_page(p.page);
	if (shows_protected(&p) != 0)
		return probe_say(FL_FEATURE_NO, why,
				 "pagemap does not show that the page was "
				 "written");

	return FL_FEATURE_YES;
}

PROBE_TRY(pagemap_wp)
{
	struct wp_page p = { 0 };
	enum fl_feature_state state;
	int before, after, err;

	(void)bytes;
	state = protect_page(&p, WP_ANON_TOUCHED, 0, why);
	if (state != FL_FEATURE_YES)
		return state;

	before = shows_protected(&p);
	err = uffd_unprotect(&p.uffd, p.page, p.len);
	after = shows_protected(&p);
	if (before < 0 || err || after < 0)
		return probe_errno(before < 0 ? before
				   : err      ? err
					      : after,
				   why, "/proc/self/pagemap");
	if (!before)
		return probe_say(FL_FEATURE_NO, why,
				 "the kernel has no such bit in pagemap; only "
				 "events tell");
	if (after)
		return probe_say(FL_FEATURE_FAILED, why,
				 "the bit stays when the page is released");

	return FL_FEATURE_YES;
}
