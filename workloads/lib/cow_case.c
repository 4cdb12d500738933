// SPDX-License-Identifier: GPL-2.0-only
#include "cow_case.h"

#include "cow_steps.h"
#include "scratch_file.h"
#include "thread_faults.h"
#include "vmstat.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	OTHER_BYTES = 4 << 20,
	ATTEMPTS = 10,
	CLOCK_READINGS = 101,
	POOL_FACTOR =
		3, /* the pages, copies of all, and one round ended late */
};

const char *const cow_order_names[] = {
	[COW_ORDER_4K] = "4k",
	[COW_ORDER_THP] = "thp",
	[COW_ORDER_MTHP] = "mthp",
	NULL,
};

/* The least: what every pair of readings takes. */
static uint64_t time_clock(void)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < CLOCK_READINGS; i++) {
		uint64_t t0 = fl_clock_ns(), t1 = fl_clock_ns();

		if (t1 - t0 < least)
			least = t1 - t0;
	}
	return least;
}

static enum region_backing backing_of(const struct cow_case_spec *spec)
{
	if (spec->hugetlb)
		return REGION_HUGETLB;

	return spec->order == COW_ORDER_THP ? REGION_ANON_THP : REGION_ANON_4K;
}

uint64_t cow_case_pool(size_t nr)
{
	return POOL_FACTOR * nr;
}

/*
 * Folios of 64K come where no larger one fits: in a part of what one page
 * table spans.
 */
static int init_memory(struct cow_case *c, const struct cow_case_spec *spec)
{
	size_t page = c->run->page_bytes, pmd = region_pmd_bytes();
	size_t bytes = spec->nr * page, skip = 0;
	int err;

	c->stride = spec->hugetlb ? pmd : page;
	if (spec->hugetlb)
		bytes = spec->nr * pmd;
	else if (spec->twins)
		bytes *= 2;
	else if (spec->order == COW_ORDER_THP)
		bytes = (spec->nr * page + pmd - 1) / pmd * pmd;
	else if (spec->order == COW_ORDER_MTHP)
		skip = COW_MTHP_BYTES;
	if (skip && spec->nr * page > pmd - 2 * skip)
		return fl_skip(c->run, "order=mthp has room for %zu pages",
			       (pmd - 2 * skip) / page);

	err = region_init(&c->region, backing_of(spec), skip ? pmd : bytes);
	if (err == -ENOMEM && spec->hugetlb)
		return fl_skip(c->run, "the hugetlb pool has no %zu free pages",
			       spec->nr);
	if (err)
		return fl_fail(c->run, err, "%zu bytes of memory", bytes);

	c->nr = spec->nr;
	c->base = c->region.base + skip;
	c->bytes = skip ? (spec->nr * page + skip - 1) / skip * skip : bytes;
	return 0;
}

static int init_file(struct cow_case *c)
{
	int err, fd = scratch_file_open();

	if (fd < 0)
		return fl_fail(c->run, fd, "a file in %s",
			       scratch_file_folder());

	c->file = fd;
	err = scratch_file_fill(fd, c->bytes);
	return err ? fl_fail(c->run, err, "filling a file in %s",
			     scratch_file_folder())
		   : 0;
}

static int init_uffd(struct cow_case *c)
{
	struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	int err = uffd_open(&c->uffd, &options);

	return err ? fl_fail(c->run, err, "userfaultfd") : 0;
}

static int init_tools(struct cow_case *c)
{
	int err = pagemap_open(&c->pagemap);

	if (err)
		return fl_fail(c->run, err, "/proc/self/pagemap");

	c->has_frames = !frames_open(&c->frames);
	c->other = mmap(NULL, OTHER_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c->other == MAP_FAILED)
		c->other = NULL;
	c->helper.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->helper.fd < 0)
		c->helper.fd = 0;
	if (!c->other || !c->helper.fd || pipe2(c->helper.pipe, O_CLOEXEC))
		return fl_fail(c->run, -ENOMEM, "memory and descriptors");

	(void)madvise(c->other, OTHER_BYTES, MADV_NOHUGEPAGE);
	c->clock_ns = time_clock();
	return 0;
}

int cow_case_init(struct fl_run *run, struct cow_case *c,
		  const struct cow_case_spec *spec)
{
	int err;

	c->run = run;
	c->order = spec->order;
	err = init_tools(c);
	if (!err && spec->order == COW_ORDER_MTHP && !c->has_frames)
		return fl_skip(run,
			       "whether folios are of 64K is told by frame "
			       "numbers only: run as root "
			       "(CAP_SYS_ADMIN)");
	if (!err)
		err = init_memory(c, spec);
	if (!err && spec->file)
		err = init_file(c);
	if (!err && spec->uffd)
		err = init_uffd(c);
	return err;
}

void cow_case_finish(struct cow_case *c)
{
	if (!c->run)
		return;

	atomic_store(&c->helper.busy, false);
	cow_steps_undo(c);
	uffd_close(&c->uffd);
	region_finish(&c->region);
	if (c->other)
		munmap(c->other, OTHER_BYTES);
	if (c->helper.fd)
		close(c->helper.fd);
	if (c->helper.pipe[0]) {
		close(c->helper.pipe[0]);
		close(c->helper.pipe[1]);
	}
	if (c->file)
		close(c->file);
	frames_close(&c->frames);
	pagemap_close(&c->pagemap);
	memset(c, 0, sizeof(*c));
}

static int read_frames(const struct cow_case *c, size_t i, uint64_t *ret_frame)
{
	return frames_read(&c->frames, cow_case_page(c, i), 1, ret_frame);
}

static uint64_t count_migrations(void)
{
	uint64_t nr = 0;

	(void)vmstat_read("pgmigrate_success", &nr);
	return nr;
}

int cow_note_frames(struct cow_case *c)
{
	int err = 0;

	if (c->noted)
		return 0;

	c->noted = true;
	memset(c->pages, 0, sizeof(c->pages));
	if (!c->has_frames)
		return 0;

	c->migrations = count_migrations();
	for (size_t i = 0; i < c->nr && !err; i++) {
		err = read_frames(c, i, &c->pages[i].before);
		(void)frames_flags(&c->frames, c->pages[i].before,
				   &c->pages[i].flags);
	}
	return err ? fl_fail(c->run, err, "frames before the write") : 0;
}

static int read_after(struct cow_case *c)
{
	int err = 0;

	for (size_t i = 0; c->has_frames && i < c->nr && !err; i++)
		err = read_frames(c, i, &c->pages[i].after);
	return err ? fl_fail(c->run, err, "frames after the write") : 0;
}

/* Each write is timed alone; the kernel says which of them faulted. */
static void write_pages(struct cow_case *c)
{
	for (size_t i = c->nr_first; i < c->nr; i++) {
		struct cow_page *p = &c->pages[i];
		volatile uint64_t *word = cow_case_word(c, i);
		uint64_t new_word = cow_case_new(c, i);
		uint64_t faults = thread_faults();
		uint64_t t0 = fl_clock_ns(), t1;

		*word = new_word;
		t1 = fl_clock_ns();
		p->faulted = thread_faults() != faults &&
			     t1 - t0 >= THREAD_FAULTS_GAP_NS;
		p->ns = t1 - t0 > c->clock_ns ? t1 - t0 - c->clock_ns : 0;
	}
}

static int pin_pages(struct cow_case *c)
{
	int err = 0;

	for (size_t i = 0; i < c->nr && !err; i++) {
		uint64_t word;

		err = pin_transient(cow_case_page(c, i), sizeof(word), &word);
		c->pages[i].faulted = true;
	}
	return err ? fl_fail(c->run, err, "process_vm_readv") : 0;
}

static int act(struct cow_case *c)
{
	if (c->scenario->st.event == COW_PIN_READ)
		return pin_pages(c);

	write_pages(c);
	return 0;
}

/* Merged pages have one frame: a twin that was not written stands for all. */
static void read_twins(struct cow_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		c->words[i] = *cow_case_word(c, c->nr + i);
}

static int read_file(struct cow_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		if (pread(c->file, &c->words[i], sizeof(c->words[i]),
			  (off_t)(i * c->stride)) != sizeof(c->words[i]))
			return fl_fail(c->run, -errno, "reading the file");
	return 0;
}

static int look(struct cow_case *c)
{
	switch (c->scenario->view) {
	case COW_VIEW_PIN:
		return pin_words(c->run, &c->pin, c->words);
	case COW_VIEW_CHILD:
		return forked_call(c->run, &c->child, COW_TELL_WORDS, 0, NULL);
	case COW_VIEW_CHILD_PIPE:
		return forked_call(c->run, &c->child, COW_TELL_PIPE, 0, NULL);
	case COW_VIEW_TWIN:
		read_twins(c);
		return 0;
	case COW_VIEW_FILE:
		return read_file(c);
	case COW_VIEW_NONE:
	default:
		return 0;
	}
}

/* Whether the child sees what was written: then it shares the frame. */
static int check_child(struct cow_case *c)
{
	int err;

	if (!c->scenario->check_child)
		return 0;

	err = forked_call(c->run, &c->child, COW_TELL_WORDS, 0, NULL);
	for (size_t i = 0; !err && i < c->nr; i++)
		c->pages[i].leaked = c->words[i] == cow_case_new(c, i);
	return err;
}

static int build(struct cow_case *c)
{
	int err = 0;

	for (cow_step *const *step = c->scenario->steps; *step && !err; step++)
		err = (*step)(c);
	return err ? err : cow_note_frames(c);
}

static int run_once(struct cow_case *c)
{
	int err;

	c->equal = false;
	c->noted = false;
	c->nr_first = 0;
	/* Words that no earlier run has left anywhere. */
	c->old_word = c->new_word + COW_MAX_PAGES;
	c->new_word = c->old_word + COW_MAX_PAGES;
	err = build(c);
	if (!err)
		err = act(c);
	if (!err)
		err = read_after(c);
	if (!err)
		err = check_child(c);
	if (!err)
		err = look(c);
	return err;
}

int cow_case_run(struct cow_case *c, const struct cow_scenario *scenario)
{
	c->scenario = scenario;
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		int err = run_once(c);

		cow_steps_undo(c);
		if (err)
			return err;
		if (!c->has_frames || count_migrations() == c->migrations)
			return 0;
	}
	return fl_fail(c->run, -EAGAIN,
		       "the kernel migrated pages in each of %d trials",
		       ATTEMPTS);
}

static enum cow_answer by_frames(const struct cow_page *p)
{
	if (!p->before || !p->after)
		return COW_CANNOT_TELL;

	return p->after == p->before ? COW_REUSE : COW_COPY;
}

/* A twin that changed was written in place, by whichever write. */
static int by_view(const struct cow_case *c, size_t i,
		   enum cow_answer *ret_seen)
{
	uint64_t word = c->words[i];

	*ret_seen = COW_CANNOT_TELL;
	if (c->scenario->view == COW_VIEW_NONE)
		return 0;

	*ret_seen = word == cow_case_old(c, i) ? COW_COPY : COW_REUSE;
	if (*ret_seen == COW_COPY || word == cow_case_new(c, i) ||
	    c->scenario->view == COW_VIEW_TWIN)
		return 0;

	return fl_fail(c->run, -EPROTO,
		       "page %zu: its other holder sees neither the old word "
		       "nor the new",
		       i);
}

/* A child whose pipe took copies of its own holds none of our frames. */
static bool agree(const struct cow_case *c, enum cow_answer frames,
		  enum cow_answer view)
{
	return !frames || !view || frames == view ||
	       (c->scenario->view == COW_VIEW_CHILD_PIPE && view == COW_COPY);
}

int cow_case_seen(struct cow_case *c, size_t i, enum cow_answer *ret_seen)
{
	const struct cow_page *p = &c->pages[i];
	enum cow_answer frames = by_frames(p), view;
	int err = by_view(c, i, &view);

	if (err)
		return err;
	if (!agree(c, frames, view))
		return fl_fail(c->run, -EPROTO,
			       "page %zu: frames %" PRIx64 ", %" PRIx64
			       ", but others see %s",
			       i, p->before, p->after,
			       view == COW_COPY ? "the old word" : "the new");

	*ret_seen = view ? view : frames;
	if (!*ret_seen && !p->faulted)
		*ret_seen = COW_REUSE;
	return 0;
}

static enum cow_size size_of(const struct cow_case *c)
{
	if (c->region.backing == REGION_HUGETLB)
		return COW_HUGETLB;
	if (c->order == COW_ORDER_4K)
		return COW_BASE;

	/* One of its pages was written while it was shared: it was split. */
	return c->order == COW_ORDER_MTHP || c->nr_first ? COW_LARGE : COW_HUGE;
}

struct cow_state cow_case_state(const struct cow_case *c, size_t i)
{
	struct cow_state st = c->scenario->st;

	st.size = size_of(c);
	if (st.c == COW_MAYBE && c->pages[i].flags)
		st.c = (c->pages[i].flags & FRAMES_SWAPCACHE) ? COW_YES
							      : COW_NO;

	/* It may have ended by the time of the write. */
	if (c->pages[i].flags & FRAMES_WRITEBACK)
		st.w = COW_MAYBE;
	return st;
}
