// SPDX-License-Identifier: GPL-2.0-only
#include "roundtrip.h"

#include "uring.h"
#include "wp_slots.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	FEW = 50, /* one page in so many may go another way */
	/*
	 * Pages touched last lie in a list of their CPU, which counts as one
	 * who has the page; so those that are written are followed by others.
	 */
	SETTLING = 64,
};

/* The memory of a way that protects; NULL for a control. */
static struct wp_area *area_of(struct roundtrip *rt, enum roundtrip_way way)
{
	switch (way) {
	case ROUNDTRIP_HANDLER:
		return &rt->area[WP_AREA_SYNC];
	case ROUNDTRIP_SIGNAL:
		return &rt->area[WP_AREA_PLAIN];
	case ROUNDTRIP_ASYNC:
		return &rt->area[WP_AREA_ASYNC];
	case ROUNDTRIP_REUSE:
	case ROUNDTRIP_TOUCH:
		break;
	}
	return NULL;
}

static unsigned areas_of(const struct roundtrip_spec *spec)
{
	return spec->rivals ? WP_AREA_KINDS : 1;
}

uint64_t roundtrip_pool_pages(const struct roundtrip_spec *spec)
{
	return areas_of(spec) * wp_area_pool_pages(&spec->slots);
}

/* The controls have a page an op each, and the reused ones two entries. */
uint64_t roundtrip_bytes(const struct roundtrip_spec *spec)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t an_op = 2 * (page + sizeof(uint64_t)) +
			 FAULT_STAMPS_SLOT_BYTES;

	return areas_of(spec) * wp_slots_bytes(&spec->slots) +
	       2 * wp_slots_table_bytes(&spec->slots) +
	       wp_slots_nr(&spec->slots) * an_op;
}

static int add_area(struct fl_run *run, struct roundtrip *rt,
		    const struct roundtrip_spec *spec, enum wp_area_kind kind)
{
	const struct wp_area_spec area = {
		.kind = kind,
		.slots = spec->slots,
		.populated = spec->populated,
		.blocking = kind == WP_AREA_SYNC &&
			    spec->how == FAULT_HANDLER_BLOCK,
	};

	return wp_area_init(run, &rt->area[kind], &area);
}

static int add_handler(struct fl_run *run, struct roundtrip *rt,
		       const struct roundtrip_spec *spec)
{
	struct wp_area *area = &rt->area[WP_AREA_SYNC];
	const struct fault_handler_spec handler = {
		.how = spec->how,
		.uffd = &area->uffd,
		.region = &area->region,
		.slots = area->slots,
	};
	int err = fault_handler_init(&rt->handler, &handler);

	if (err && spec->how == FAULT_HANDLER_URING)
		err = uring_skip(run, err);
	return err ? fl_fail(run, err, "setting up the fault handler") : 0;
}

static int add_signals(struct fl_run *run, struct roundtrip *rt)
{
	const struct wp_area *area = &rt->area[WP_AREA_PLAIN];
	int err;

	rt->signals.region = &area->region;
	rt->signals.slots = area->slots;
	rt->signals.stamps = &rt->handler.stamps;
	err = signal_handler_init(&rt->signals);
	return err ? fl_fail(run, err, "a handler of SIGSEGV") : 0;
}

static int add_reuse(struct fl_run *run, struct roundtrip *rt)
{
	struct roundtrip_reuse *reuse = &rt->reuse;
	size_t nr = rt->area[WP_AREA_SYNC].slots.nr;

	reuse->used = nr;
	reuse->entries = calloc(2 * nr, sizeof(*reuse->entries));
	if (!reuse->entries)
		return fl_fail(run, -ENOMEM, "%zu entries", 2 * nr);

	return cow_pages_init(run, &reuse->pages, COW_PAGES_LEFT, COW_PAGES_4K,
			      (nr + SETTLING) * run->page_bytes);
}

static int add_rivals(struct fl_run *run, struct roundtrip *rt,
		      const struct roundtrip_spec *spec)
{
	int err = add_area(run, rt, spec, WP_AREA_PLAIN);

	if (!err)
		err = add_signals(run, rt);
	if (!err && fl_has(run, FL_FEATURE_WP_ASYNC))
		err = add_area(run, rt, spec, WP_AREA_ASYNC);
	return err ? err : add_reuse(run, rt);
}

static int add_fresh(struct fl_run *run, struct roundtrip *rt)
{
	size_t bytes = rt->area[WP_AREA_SYNC].slots.nr * run->page_bytes;
	int err = region_init(&rt->fresh, REGION_ANON_4K, bytes);

	if (!err)
		err = region_make_tables(&rt->fresh);
	return err ? fl_fail(run, err, "mapping %zu bytes for the control",
			     bytes)
		   : 0;
}

int roundtrip_init(struct fl_run *run, struct roundtrip *rt,
		   const struct roundtrip_spec *spec)
{
	int err = add_area(run, rt, spec, WP_AREA_SYNC);

	if (!err)
		err = add_handler(run, rt, spec);
	if (!err && spec->rivals)
		err = add_rivals(run, rt, spec);
	return err ? err : add_fresh(run, rt);
}

void roundtrip_finish(struct roundtrip *rt)
{
	signal_handler_finish(&rt->signals);
	fault_handler_finish(&rt->handler);
	cow_pages_finish(&rt->reuse.pages);
	free(rt->reuse.entries);
	rt->reuse.entries = NULL;
	region_finish(&rt->fresh);
	for (unsigned i = 0; i < WP_AREA_KINDS; i++)
		wp_area_finish(&rt->area[i]);
}

static int look_at_reused(struct fl_run *run, struct roundtrip *rt, size_t nops,
			  uint64_t *ret_entries)
{
	const struct cow_pages_part part = {
		.offset = rt->reuse.used * run->page_bytes,
		.stride = run->page_bytes,
		.nr = nops,
	};

	return cow_pages_look(run, &rt->reuse.pages, &part, ret_entries);
}

static int prepare_reuse(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	struct roundtrip_reuse *reuse = &rt->reuse;

	if (reuse->used + nops > rt->area[WP_AREA_SYNC].slots.nr) {
		int err = cow_pages_renew(run, &reuse->pages);

		if (err)
			return err;
		reuse->used = 0;
	}
	return look_at_reused(run, rt, nops, reuse->entries);
}

static int prepare_touch(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	int err = region_empty(&rt->fresh, 0, nops * run->page_bytes);

	return err ? fl_fail(run, err, "dropping pages") : 0;
}

int roundtrip_prepare(struct fl_run *run, struct roundtrip *rt,
		      enum roundtrip_way way, size_t nops)
{
	struct wp_area *area = area_of(rt, way);
	int err;

	if (way == ROUNDTRIP_REUSE)
		return prepare_reuse(run, rt, nops);
	if (way == ROUNDTRIP_TOUCH)
		return prepare_touch(run, rt, nops);
	if (way == ROUNDTRIP_HANDLER)
		fault_handler_reset(&rt->handler, nops);
	if (way == ROUNDTRIP_SIGNAL)
		signal_handler_reset(&rt->signals, nops);

	err = wp_area_clean(run, area, nops);
	return err ? err : wp_area_protect(run, area, nops);
}

void roundtrip_store(struct roundtrip *rt, enum roundtrip_way way, size_t nops)
{
	const struct wp_area *area = area_of(rt, way);
	struct writer_stamps *stamps = rt->handler.stamps.writer;
	size_t stride = area ? area->slots.stride : rt->fresh.page_bytes;
	char *at = area ? area->region.base + area->slots.first
			: rt->fresh.base;

	if (way == ROUNDTRIP_REUSE)
		at = rt->reuse.pages.region.base + rt->reuse.used * stride;

	for (size_t i = 0; i < nops; i++, at += stride) {
		stamps[i].start_ns = fl_clock_ns();
		*(volatile char *)at = 1;
		stamps[i].end_ns = fl_clock_ns();
	}
}

static int say_count(struct fl_run *run, const char *what, uint64_t seen,
		     uint64_t strays, size_t nops)
{
	if (seen == nops && !strays)
		return 0;

	return fl_fail(run, -EPROTO,
		       "%llu %s for %zu ops, %llu of them elsewhere",
		       (unsigned long long)seen, what, nops,
		       (unsigned long long)strays);
}

static int check_handler(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	struct fault_handler *h = &rt->handler;
	size_t missing;
	int err = fault_handler_wait(h, nops, run->deadline_ns, &missing);

	if (err)
		return fl_fail(run, err, "no fault was seen for op %zu",
			       missing);

	return say_count(run, "events", atomic_load(&h->events),
			 atomic_load(&h->strays), nops);
}

static int check_signals(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	struct signal_handler *h = &rt->signals;
	int err = atomic_load(&h->err);

	if (err)
		return fl_fail(run, err, "mprotect() by the signal handler");

	return say_count(run, "signals", atomic_load(&h->signals),
			 atomic_load(&h->strays), nops);
}

/* A page for each op lost its bit, and nobody was told. */
static int check_async(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	struct wp_area *area = &rt->area[WP_AREA_ASYNC];
	struct uffd_msg msg;
	uint64_t entry;

	if (uffd_read(&area->uffd, &msg))
		return fl_fail(run, -EPROTO, "an event in WP_ASYNC memory");

	for (size_t i = 0; area->check_bits && i < nops; i++) {
		const char *at = area->region.base +
				 region_slot(&area->slots, i);
		int err = pagemap_entry(&area->pagemap, at, &entry);

		if (err)
			return fl_fail(run, err, "reading pagemap");
		if (entry & PAGEMAP_UFFD_WP)
			return fl_fail(run, -EPROTO,
				       "the page of op %zu is still protected",
				       i);
	}
	return 0;
}

static int check_reuse(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	struct roundtrip_reuse *reuse = &rt->reuse;
	uint64_t *after = reuse->entries + nops;
	int err = look_at_reused(run, rt, nops, after);
	size_t astray;

	if (err)
		return err;

	reuse->used += nops;
	astray = cow_pages_astray(&reuse->pages, reuse->entries, after, nops);
	return astray * FEW <= nops
		       ? 0
		       : fl_fail(run, -EPROTO, "%zu of %zu pages were copied",
				 astray, nops);
}

static int check_way(struct fl_run *run, struct roundtrip *rt,
		     enum roundtrip_way way, size_t nops)
{
	switch (way) {
	case ROUNDTRIP_HANDLER:
		return check_handler(run, rt, nops);
	case ROUNDTRIP_SIGNAL:
		return check_signals(run, rt, nops);
	case ROUNDTRIP_ASYNC:
		return check_async(run, rt, nops);
	case ROUNDTRIP_REUSE:
		return check_reuse(run, rt, nops);
	case ROUNDTRIP_TOUCH:
		break;
	}
	return 0;
}

static int observe_parts(struct fl_thread *th, struct roundtrip *rt,
			 size_t nops, unsigned first)
{
	for (size_t i = 0; i < nops; i++) {
		struct fault_parts parts;
		int err = fault_stamps_parts(&rt->handler.stamps, i, &parts);

		if (err)
			return fl_fail(fl_thread_run(th), err,
				       "the clocks of writer and handler "
				       "disagree");
		fl_observe(th, first, parts.total);
		fl_observe(th, first + 1, parts.deliver);
		fl_observe(th, first + 2, parts.resolve);
		fl_observe(th, first + 3, parts.resume);
	}
	return 0;
}

static void observe_total(struct fl_thread *th, const struct roundtrip *rt,
			  size_t nops, unsigned first)
{
	const struct writer_stamps *stamps = rt->handler.stamps.writer;

	for (size_t i = 0; i < nops; i++)
		fl_observe(th, first, stamps[i].end_ns - stamps[i].start_ns);
}

int roundtrip_check(struct fl_thread *th, struct roundtrip *rt,
		    enum roundtrip_way way, size_t nops, unsigned first)
{
	int err = check_way(fl_thread_run(th), rt, way, nops);

	if (err)
		return err;
	if (way != ROUNDTRIP_HANDLER && way != ROUNDTRIP_SIGNAL) {
		observe_total(th, rt, nops, first);
		return 0;
	}
	err = observe_parts(th, rt, nops, first);
	return err || way != ROUNDTRIP_HANDLER
		       ? err
		       : wp_area_check(th, &rt->area[WP_AREA_SYNC], nops,
				       false);
}

int roundtrip_enter(struct fl_run *run, struct roundtrip *rt)
{
	int err = fault_handler_enter(&rt->handler);

	return err ? fl_fail(run, err, "starting the fault handler") : 0;
}

int roundtrip_step(struct fl_run *run, struct roundtrip *rt)
{
	int got = fault_handler_step(&rt->handler);

	return got < 0 ? fl_fail(run, got, "resolving a fault") : got;
}

void roundtrip_read(struct roundtrip *rt, enum roundtrip_way way)
{
	const struct wp_area *area = area_of(rt, way);

	wp_area_read(area ? area : &rt->area[WP_AREA_SYNC]);
}
