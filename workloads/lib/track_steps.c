// SPDX-License-Identifier: GPL-2.0-only
#include "track_steps.h"

#include "thp.h"
#include "track_outside.h"

#include <faultline/uapi_compat.h>

#include <string.h>
#include <sys/mman.h>

enum {
	COLLAPSE_ATTEMPTS = 5,
	FEW_EVERY = 8,
};

static int renew(struct track_case *c)
{
	int err = region_renew(&c->region);

	c->base = c->region.base;
	c->absent = false;
	return err ? fl_fail(c->run, err, "mapping the memory anew") : 0;
}

static int attach(struct track_case *c)
{
	struct tracker_spec spec = {
		.kind = c->kind,
		.handler = &c->handler,
		.start = c->base,
		.bytes = c->bytes,
		.page_bytes = c->page,
		.backing = c->region.backing,
		.features = c->scenario->features,
		.keep_forks = c->scenario->write == track_write_child,
	};

	return tracker_init(c->run, &c->tracker, &spec);
}

static void write_words(const struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		*track_word(c, i) = track_old(c, i);
}

static bool is_huge(const struct track_case *c)
{
	size_t nr = 0;

	return !thp_count(&c->pagemap, &c->region, &nr) &&
	       nr == thp_all(&c->region);
}

static int check_huge(struct track_case *c)
{
	if (is_huge(c))
		return 0;

	thp_collapse(&c->region);
	return is_huge(c) ? 0
			  : fl_skip(c->run,
				    "no huge page was to be had: memory is "
				    "fragmented, or set transparent_hugepage"
				    "/enabled to madvise");
}

int track_fill(struct track_case *c)
{
	int err = renew(c);

	if (!err)
		err = attach(c);
	if (err)
		return err;

	write_words(c);
	return c->region.backing == REGION_ANON_THP ? check_huge(c) : 0;
}

int track_fill_equal(struct track_case *c)
{
	c->equal = true;
	return track_fill(c);
}

/* All pages are there, or none is. */
static int check_present(struct track_case *c, bool want)
{
	for (size_t i = 0; i < c->nr; i++) {
		uint64_t entry = 0;
		int err = pagemap_entry(&c->pagemap, track_page_at(c, i),
					&entry);

		if (err)
			return fl_fail(c->run, err, "/proc/self/pagemap");
		if (want != !!(entry & PAGEMAP_PRESENT))
			return fl_fail(c->run, -EPROTO, "page %zu is %s", i,
				       want ? "not there" : "still there");
	}
	return 0;
}

int track_fill_none(struct track_case *c)
{
	int err = renew(c);

	c->old_word = 0;
	c->absent = true;
	if (!err)
		err = attach(c);
	return err ? err : check_present(c, false);
}

int track_fill_zero(struct track_case *c)
{
	int err = track_fill_none(c);

	c->absent = false;
	if (!err)
		err = track_read_in(c);
	return err ? err : check_present(c, true);
}

int track_fill_small(struct track_case *c)
{
	int err = renew(c);

	if (!err && madvise(c->base, c->bytes, MADV_NOHUGEPAGE))
		err = fl_fail(c->run, -errno, "madvise(MADV_NOHUGEPAGE)");
	if (err)
		return err;

	write_words(c);
	if (madvise(c->base, c->bytes, MADV_HUGEPAGE))
		return fl_fail(c->run, -errno, "madvise(MADV_HUGEPAGE)");
	return attach(c);
}

/* Of absent pages only if they were asked for. */
static bool has_marks(const struct track_case *c)
{
	switch (c->kind) {
	case TRACKER_UFFD_WP:
		return !c->absent ||
		       c->scenario->features & UFFD_FEATURE_WP_UNPOPULATED;
	case TRACKER_WP_ASYNC:
		return true;
	default:
		return false;
	}
}

/* Where userfaultfd protects, the page tables show it, and nothing else. */
static int check_bits(struct track_case *c)
{
	for (size_t i = 0; c->has_bits && i < c->nr; i++) {
		bool want = c->pages[i].armed && has_marks(c);
		uint64_t entry = 0;
		int err = pagemap_entry(&c->pagemap, track_page_at(c, i),
					&entry);

		if (err)
			return fl_fail(c->run, err, "/proc/self/pagemap");
		if (want != !!(entry & PAGEMAP_UFFD_WP))
			return fl_fail(c->run, -EPROTO,
				       "page %zu is %sprotected in the page "
				       "table",
				       i, want ? "not " : "");
	}
	return 0;
}

static int set_armed(struct track_case *c, size_t nr, bool armed)
{
	int err = armed ? tracker_arm_range(c->run, &c->tracker, 0, nr)
			: tracker_disarm_range(c->run, &c->tracker, 0, nr);

	for (size_t i = 0; i < nr && !err; i++)
		c->pages[i].armed = armed;
	return err ? err : check_bits(c);
}

int track_arm(struct track_case *c)
{
	return set_armed(c, track_keeps_state(c) ? c->nr : c->nr / 2, true);
}

int track_arm_all(struct track_case *c)
{
	return set_armed(c, c->nr, true);
}

int track_disarm_half(struct track_case *c)
{
	return set_armed(c, c->nr / 2, false);
}

int track_take_in(struct track_case *c)
{
	int err = tracker_drain(c->run, &c->tracker);

	if (!err)
		err = tracker_collect(c->run, &c->tracker, c->reports);
	for (size_t i = 0; i < c->nr && !err; i++) {
		struct track_page *p = &c->pages[i];

		p->reports = c->reports[i];
		p->early |= p->reports && !(p->armed && p->written) &&
			    track_case_counts(c, i);
	}
	return err;
}

/* It happened before the trial began, so to say. */
static int check_resolved(struct track_case *c, size_t i)
{
	struct track_page *p = &c->pages[i];

	if (p->armed && p->reports != 1)
		return fl_fail(c->run, -EPROTO,
			       "page %zu was written before the case began and "
			       "brought %u reports",
			       i, p->reports);
	p->armed = p->written = p->early = false;
	return 0;
}

/* Trackers that report writes forget what they have reported. */
static int arm_anew(struct track_case *c)
{
	if (track_keeps_state(c))
		return track_arm(c);

	tracker_forget(&c->tracker);
	return check_bits(c);
}

int track_resolve(struct track_case *c)
{
	int err;

	for (size_t i = 0; i < c->nr; i++)
		if (c->pages[i].armed) {
			*track_word(c, i) = track_old(c, i);
			c->pages[i].written = true;
		}
	err = track_take_in(c);
	for (size_t i = 0; i < c->nr && !err; i++)
		err = check_resolved(c, i);
	return err ? err : arm_anew(c);
}

int track_choose_first(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		c->pages[i].chosen = i == 0;
	return 0;
}

int track_choose_few(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		c->pages[i].chosen = i % FEW_EVERY == 0;
	return 0;
}

int track_choose_all(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		c->pages[i].chosen = true;
	return 0;
}

int track_write_first(struct track_case *c)
{
	*track_word(c, 0) = track_new(c, 0);
	c->pages[0].written = true;
	return track_take_in(c);
}

static int serve(void *data, uint32_t cmd, uint64_t i, uint64_t *ret_value)
{
	struct track_case *c = data;
	char *base = cmd == TRACK_ALIAS ? c->alias : c->base;

	(void)ret_value;
	*(volatile uint64_t *)(void *)(base + i * c->page) = track_new(c, i);
	return 0;
}

int track_fork(struct track_case *c)
{
	struct forked_spec spec = { .name = "of the case",
				    .serve = serve,
				    .data = c };

	return forked_start(c->run, &c->child, &spec);
}

int track_end_child(struct track_case *c)
{
	return forked_end(c->run, &c->child);
}

int track_write_child(struct track_case *c, size_t i)
{
	return forked_call(c->run, &c->child, TRACK_OWN, i, NULL);
}

int track_write_alias(struct track_case *c, size_t i)
{
	return forked_call(c->run, &c->child, TRACK_ALIAS, i, NULL);
}

/* A mapping of no length is mapped once more; the other end finds it. */
int track_fill_alias(struct track_case *c)
{
	int err = renew(c);
	void *p;

	if (err)
		return err;

	p = mremap(c->base, 0, c->bytes, MREMAP_MAYMOVE);
	if (p == MAP_FAILED)
		return fl_fail(c->run, -errno, "mapping the memory once more");

	c->alias = p;
	err = attach(c);
	if (!err)
		write_words(c);
	return err;
}

static int drop(struct track_case *c, int advice, const char *name)
{
	if (madvise(c->base, c->bytes, advice))
		return fl_fail(c->run, -errno, "madvise(%s)", name);
	return check_present(c, false);
}

int track_drop_pages(struct track_case *c)
{
	if (c->region.backing != REGION_SHMEM)
		c->old_word = 0;
	return drop(c, MADV_DONTNEED, "MADV_DONTNEED");
}

int track_punch_hole(struct track_case *c)
{
	c->old_word = 0;
	return drop(c, MADV_REMOVE, "MADV_REMOVE");
}

static int move(char *from, char *to, size_t bytes)
{
	void *p = mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to);

	return p == MAP_FAILED ? -errno : 0;
}

/*
 * Before 6.17 a call moved one mapping, and mprotect() of some pages makes
 * several.
 */
static int move_all(struct track_case *c, char *to)
{
	int err = move(c->base, to, c->bytes);

	if (err != -EFAULT)
		return err;
	err = 0;
	for (size_t i = 0; i < c->bytes / c->page && !err; i++)
		err = move(c->base + i * c->page, to + i * c->page, c->page);
	return err;
}

int track_move(struct track_case *c)
{
	void *to = mmap(NULL, c->bytes, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int err;

	if (to == MAP_FAILED)
		return fl_fail(c->run, -errno, "room to move to");

	c->moved = to;
	err = move_all(c, to);
	if (err)
		return fl_fail(c->run, err, "mremap");

	c->base = to;
	tracker_move(&c->tracker, c->base);
	return 0;
}

/* To be refused for good is an answer too. */
int track_collapse(struct track_case *c)
{
	int err = -EAGAIN;

	for (unsigned i = 0; i < COLLAPSE_ATTEMPTS && err == -EAGAIN; i++)
		err = madvise(c->base, c->bytes, MADV_COLLAPSE) ? -errno : 0;
	if (err && err != -EINVAL)
		return fl_fail(c->run, err, "madvise(MADV_COLLAPSE)");

	if (c->kind == TRACKER_UFFD_WP)
		fl_fact(c->run, "collapse", "%s",
			err ? "refused while pages are protected"
			    : "a huge page was made of protected pages");
	return 0;
}

int track_read_in(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		if (*track_word(c, i) != track_old(c, i))
			return fl_fail(c->run, -EPROTO,
				       "page %zu is not what was written", i);
	return 0;
}

void track_steps_undo(struct track_case *c)
{
	forked_kill(&c->child);
	track_outside_undo(c);
	tracker_finish(&c->tracker);
	if (c->alias)
		munmap(c->alias, c->bytes);
	if (c->moved)
		munmap(c->moved, c->bytes);
	c->alias = c->moved = NULL;
	c->base = c->region.base;
}
