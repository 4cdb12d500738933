// SPDX-License-Identifier: GPL-2.0-only
#include "track_case.h"

#include "track_outside.h"
#include "track_scenarios.h"
#include "track_steps.h"

#include <inttypes.h>
#include <string.h>

enum {
	UNCHOSEN_EVERY = 4, /* one in so many pages is not written */
	HUGETLB_SHARE = 4,  /* of the pages: these are large */
	FEWEST = 4 * TRACK_PLANTED,
};

size_t track_case_pages(const struct track_scenario *scenario, size_t nr)
{
	switch (scenario->backing) {
	case REGION_ANON_THP:
		return region_pmd_bytes() / region_unit_bytes(REGION_ANON_THP);
	case REGION_HUGETLB:
		return nr / HUGETLB_SHARE > FEWEST ? nr / HUGETLB_SHARE
						   : FEWEST;
	default:
		return nr;
	}
}

static int init_memory(struct track_case *c, size_t nr)
{
	enum region_backing backing = c->own->backing;
	int err;

	c->page = region_unit_bytes(backing);
	c->nr = track_case_pages(c->own, nr);
	c->bytes = c->nr * c->page;
	if (c->nr > TRACK_MAX_PAGES)
		return fl_skip(c->run,
			       "a huge page has %zu pages here, a trial has "
			       "room for %d",
			       c->nr, TRACK_MAX_PAGES);

	err = region_init(&c->region, backing, c->bytes);
	if (err == -ENOMEM && backing == REGION_HUGETLB)
		return fl_skip(c->run, "the hugetlb pool has no %zu free pages",
			       c->nr);
	c->base = c->region.base;
	return err ? fl_fail(c->run, err, "%zu bytes of memory", c->bytes) : 0;
}

/* The trackers ask for it again; here it can be told what is missing. */
static int check_features(struct track_case *c)
{
	struct uffd_options options = { .features = c->own->features };
	struct uffd u = { 0 };
	int err = uffd_open(&u, &options);

	uffd_close(&u);
	if (err == -EPERM && options.features & UFFD_FEATURE_EVENT_FORK)
		return fl_skip(c->run, "events of fork are for who may trace: "
				       "run as root (CAP_SYS_PTRACE)");
	if (err == -EOPNOTSUPP)
		return fl_skip(c->run,
			       "userfaultfd of this kernel does not offer the "
			       "features %#" PRIx64,
			       options.features & ~u.offered);
	return err ? fl_fail(c->run, err, "userfaultfd") : 0;
}

int track_case_init(struct fl_run *run, struct track_case *c,
		    const struct track_scenario *scenario, size_t nr)
{
	int err;

	c->run = run;
	c->own = c->scenario = scenario;
	c->has_bits = fl_has(run, FL_FEATURE_PAGEMAP_WP);
	err = pagemap_open(&c->pagemap);
	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	c->has_frames = !frames_open(&c->frames);
	err = init_memory(c, nr);
	if (!err)
		err = check_features(c);
	return err ? err : tracker_handler_init(run, &c->handler);
}

void track_case_finish(struct track_case *c)
{
	if (!c->run)
		return;

	track_steps_undo(c);
	track_outside_finish(c);
	tracker_handler_finish(&c->handler);
	region_finish(&c->region);
	frames_close(&c->frames);
	pagemap_close(&c->pagemap);
	memset(c, 0, sizeof(*c));
}

/*
 * Of the last pages some count as armed and are not, some are armed and do not
 * count as such, and some will report one write more than was made.
 */
static int plant_page(struct track_case *c, size_t i)
{
	static const enum track_outcome found[] = { TRACK_MISSED, TRACK_FALSE,
						    TRACK_TWICE };
	struct track_page *p = &c->pages[i];

	p->planted = p->chosen = true;
	p->found = found[i % 3];
	p->armed = p->found != TRACK_FALSE;
	p->again = p->found == TRACK_TWICE;
	return p->found == TRACK_MISSED
		       ? tracker_disarm_range(c->run, &c->tracker, i, 1)
		       : tracker_arm_range(c->run, &c->tracker, i, 1);
}

static int plant(struct track_case *c)
{
	size_t nr = (size_t)3 * TRACK_PLANTED;
	int err = 0;

	for (size_t i = c->nr - nr; i < c->nr && !err; i++)
		err = plant_page(c, i);
	return err;
}

static int store(struct track_case *c, size_t i)
{
	*track_word(c, i) = track_new(c, i);
	return 0;
}

static int write_again(struct track_case *c, size_t i, track_write *write)
{
	int err = uffd_protect(&c->tracker.uffd, track_page_at(c, i), c->page);

	return err ? fl_fail(c->run, err, "arming a page once more")
		   : write(c, i);
}

static int act(struct track_case *c, track_write *write)
{
	int err = 0;

	for (size_t i = 0; i < c->nr && !err; i++) {
		struct track_page *p = &c->pages[i];

		if (!p->chosen || p->written)
			continue;
		err = write(c, i);
		if (!err && p->again)
			err = write_again(c, i, write);
		p->written = !err && !p->refused;
	}
	return err;
}

/* What was written is there, and nothing else has changed. */
static int look(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		bool is_new = c->pages[i].written && !c->scenario->elsewhere;
		uint64_t want = is_new ? track_new(c, i) : track_old(c, i);
		uint64_t word = *track_word(c, i);

		if (word != want)
			return fl_fail(c->run, -EPROTO,
				       "page %zu holds %" PRIx64
				       ", not %" PRIx64,
				       i, word, want);
	}
	return 0;
}

static void begin(struct track_case *c, enum tracker_kind kind, bool planted)
{
	bool plain = c->own->plain_plant ||
		     c->own->due[kind] != TRACK_DUE_REPORT;

	c->scenario = planted && plain ? track_scenario(TRACK_CASE_PLAIN)
				       : c->own;
	c->kind = kind;
	c->due = c->scenario->due[kind];
	c->equal = false;
	memset(c->pages, 0, sizeof(c->pages));
	for (size_t i = 0; i < c->nr; i++)
		c->pages[i].chosen = i % UNCHOSEN_EVERY != UNCHOSEN_EVERY - 1;

	/* Words that no earlier trial has left anywhere. */
	c->old_word = c->new_word + TRACK_MAX_PAGES;
	c->new_word = c->old_word + TRACK_MAX_PAGES;
}

static int run_once(struct track_case *c, bool planted)
{
	const struct track_scenario *s = c->scenario;
	int err = 0;

	fl_stage(c->th, "bringing pages into their state");
	for (track_step *const *step = s->steps; *step && !err; step++)
		err = (*step)(c);
	if (s->by_kernel && !tracker_sees_kernel(&c->tracker))
		c->due = TRACK_DUE_REFUSAL;
	if (!err && planted)
		err = plant(c);
	fl_stage(c->th, "writing pages");
	if (!err)
		err = act(c, s->write ? s->write : store);
	fl_stage(c->th, "collecting reports");
	if (!err)
		err = track_take_in(c);
	return err ? err : look(c);
}

int track_case_run(struct fl_thread *th, struct track_case *c,
		   enum tracker_kind kind, bool planted)
{
	int err;

	c->th = th;
	begin(c, kind, planted);
	err = run_once(c, planted);
	fl_stage(c->th, "putting memory back");
	track_steps_undo(c);
	return err;
}

/* What keeps state says nothing about what is not armed. */
bool track_case_counts(const struct track_case *c, size_t i)
{
	return c->pages[i].armed || !track_keeps_state(c);
}
