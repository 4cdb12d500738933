// SPDX-License-Identifier: GPL-2.0-only
#include "track_cycle.h"

#include "thp.h"

enum {
	PLANTED = 10,	      /* of each mistake, in a trial */
	PLANTED_PAGES = 4096, /* of the range, at most */
	PLANTED_PERCENT = 10, /* of them are in the script */
};

static int map_reports(struct fl_run *run, struct track_cycle *c)
{
	void *p = mmap(NULL, c->nr, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return fl_fail(run, -errno, "reports of %zu pages", c->nr);

	c->reports = p;
	return 0;
}

int track_cycle_init(struct fl_run *run, struct track_cycle *c,
		     enum region_backing backing, size_t bytes)
{
	int err;

	c->nr = bytes / run->page_bytes;
	err = tracker_handler_init(run, &c->handler);
	if (!err)
		err = map_reports(run, c);
	if (err)
		return err;

	err = pagemap_open(&c->pagemap);
	if (err)
		return fl_fail(run, err, "/proc/self/pagemap");

	err = region_init(&c->region, backing, bytes);
	if (err)
		return fl_fail(run, err, "mapping %zu bytes of %s", bytes,
			       region_backing_names[backing]);

	region_write(&c->region, 0, c->region.bytes);
	return 0;
}

void track_cycle_finish(struct track_cycle *c)
{
	tracker_finish(&c->tracker);
	tracker_handler_finish(&c->handler);
	pagemap_close(&c->pagemap);
	region_finish(&c->region);
	if (c->reports)
		munmap(c->reports, c->nr);
	c->reports = NULL;
}

/* Page tables of single pages stand in the way of huge ones: map it anew. */
static int restore_huge(struct fl_run *run, struct track_cycle *c)
{
	size_t nr = 0;
	int err = region_renew(&c->region);

	if (err)
		return fl_fail(run, err, "mapping huge pages anew");

	region_write(&c->region, 0, c->region.bytes);
	err = thp_count(&c->pagemap, &c->region, &nr);
	if (err)
		return fl_fail(run, err, "counting huge pages");
	if (nr < thp_all(&c->region))
		thp_collapse(&c->region);
	fl_fact(run, "thp", "huge pages are made anew before each trial");
	return 0;
}

int track_cycle_clean(struct fl_run *run, struct track_cycle *c)
{
	int err = 0;

	if (c->region.backing == REGION_ANON_THP)
		err = restore_huge(run, c);
	if (!err)
		region_write(&c->region, 0, c->region.bytes);
	return err;
}

/* Spreads small numbers over 64 bits: the script is that of the trial. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

struct track_script track_script_of(size_t pages, uint64_t percent,
				    uint64_t trial)
{
	struct track_script script = { .nr = pages * percent / 100 };

	if (script.nr) {
		script.stride = pages / script.nr;
		script.first = mix(trial) % script.stride;
	}
	return script;
}

bool track_script_has(const struct track_script *script, size_t page)
{
	return script->nr && page >= script->first &&
	       (page - script->first) % script->stride == 0 &&
	       (page - script->first) / script->stride < script->nr;
}

static void write_page(const struct track_cycle *c, size_t page)
{
	*(volatile char *)(c->region.base + page * c->region.page_bytes) = 2;
}

static void write_script(const struct track_cycle *c,
			 const struct track_script *script)
{
	size_t step = script->stride * c->region.page_bytes;
	char *at = c->region.base + script->first * c->region.page_bytes;

	for (size_t i = 0; i < script->nr; i++, at += step)
		*(volatile char *)at = 2;
}

/* Of a page, as its reports say. */
static unsigned outcome_of(bool written, unsigned reports)
{
	if (reports > 1)
		return TRACK_FALSE;
	if (written)
		return reports ? TRACK_REPORTED : TRACK_MISSED;
	return reports ? TRACK_FALSE : TRACK_SILENT;
}

void track_cycle_judge(struct fl_thread *th, const struct track_cycle *c,
		       const struct track_script *script, bool tracked)
{
	uint64_t nr[2][TRACK_FALSE + 1] = { 0 };

	for (size_t i = 0; i < c->nr; i++) {
		bool written = tracked && track_script_has(script, i);

		nr[written][outcome_of(written, c->reports[i])]++;
	}
	for (unsigned outcome = TRACK_REPORTED; outcome <= TRACK_FALSE;
	     outcome++) {
		fl_judge(th, outcome, TRACK_SILENT, nr[false][outcome]);
		fl_judge(th, outcome, TRACK_REPORTED, nr[true][outcome]);
	}
}

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static void time_writes(struct fl_thread *th, const struct track_cycle *c,
			const struct track_script *script,
			struct track_stamps *t)
{
	uint64_t t0;

	fl_stage(th, "writing");
	t->armed = cpu_ns();
	t0 = fl_clock_ns();
	write_script(c, script);
	t->writing_ns = fl_clock_ns() - t0;
	t->written = cpu_ns();
}

static int start(struct fl_run *run, struct track_cycle *c,
		 enum tracker_kind kind, size_t pages)
{
	struct tracker_spec spec = {
		.kind = kind,
		.handler = &c->handler,
		.start = c->region.base,
		.bytes = pages * c->region.page_bytes,
		.backing = c->region.backing,
	};

	return tracker_init(run, &c->tracker, &spec);
}

/* The scan of wp-async-get has armed already. */
static int run_phases(struct fl_thread *th, struct track_cycle *c,
		      const struct track_script *script,
		      struct track_stamps *ret)
{
	struct fl_run *run = fl_thread_run(th);
	struct track_stamps t;
	int err;

	fl_stage(th, "arming");
	t.begin = cpu_ns();
	err = tracker_arm(run, &c->tracker);
	if (err)
		return err;

	time_writes(th, c, script, &t);
	fl_stage(th, "collecting, and arming again");
	err = tracker_collect(run, &c->tracker, c->reports);
	t.collected = cpu_ns();
	if (!err && c->tracker.spec.kind != TRACKER_WP_ASYNC_GET)
		err = tracker_arm(run, &c->tracker);
	t.rearmed = cpu_ns();
	*ret = t;
	return err;
}

int track_cycle_run(struct fl_thread *th, struct track_cycle *c,
		    enum tracker_kind kind, const struct track_script *script,
		    struct track_stamps *ret)
{
	int err = start(fl_thread_run(th), c, kind, c->nr);

	if (!err)
		err = run_phases(th, c, script, ret);
	tracker_finish(&c->tracker);
	return err;
}

/* The page of the i-th planted mistake; one of the script, or the next. */
static size_t planted_page(const struct track_script *script, size_t i,
			   bool of_script)
{
	return script->first + i * (script->nr / PLANTED) * script->stride +
	       !of_script;
}

static int plant(struct fl_run *run, struct track_cycle *c,
		 const struct track_script *script, bool withhold)
{
	int err = tracker_arm(run, &c->tracker);

	for (size_t i = 0; !err && withhold && i < PLANTED; i++)
		err = tracker_disarm_range(run, &c->tracker,
					   planted_page(script, i, true), 1);
	if (err)
		return err;

	write_script(c, script);
	for (size_t i = 0; !withhold && i < PLANTED; i++)
		write_page(c, planted_page(script, i, false));
	return tracker_collect(run, &c->tracker, c->reports);
}

/* A mistake of one kind, and how the pages look that have it. */
static int find_planted(struct fl_thread *th, struct track_cycle *c,
			const struct track_script *script, bool withhold)
{
	struct fl_run *run = fl_thread_run(th);
	int err = plant(run, c, script, withhold);

	for (size_t i = 0; !err && i < PLANTED; i++) {
		size_t page = planted_page(script, i, withhold);

		fl_judge(th,
			 outcome_of(track_script_has(script, page),
				    c->reports[page]),
			 withhold ? TRACK_MISSED : TRACK_FALSE, 1);
	}
	return err;
}

int track_cycle_plant(struct fl_thread *th, struct track_cycle *c,
		      uint64_t trial)
{
	size_t pages = c->nr < PLANTED_PAGES ? c->nr : PLANTED_PAGES;
	struct track_script script = track_script_of(pages, PLANTED_PERCENT,
						     trial);
	int err = start(fl_thread_run(th), c, TRACKER_MPROTECT, pages);

	if (!err)
		err = find_planted(th, c, &script, true);
	if (!err)
		err = find_planted(th, c, &script, false);
	tracker_finish(&c->tracker);
	return err;
}
