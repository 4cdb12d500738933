// SPDX-License-Identifier: GPL-2.0-only
#include "roundtrip.h"

#include "uring.h"

static int add_plain(struct fl_run *run, struct roundtrip *rt)
{
	size_t bytes = rt->area->slots.nr * run->page_bytes;
	int err = region_init(&rt->plain, REGION_ANON_4K, bytes);

	if (!err)
		err = region_make_tables(&rt->plain);
	return err ? fl_fail(run, err, "mapping %zu bytes for the control",
			     bytes)
		   : 0;
}

int roundtrip_init(struct fl_run *run, struct roundtrip *rt,
		   struct wp_area *area, enum fault_handler_how how)
{
	struct fault_handler_spec spec = {
		.how = how,
		.uffd = &area->uffd,
		.region = &area->region,
		.slots = area->slots,
	};
	int err = fault_handler_init(&rt->handler, &spec);

	if (err && how == FAULT_HANDLER_URING)
		err = uring_skip(run, err);
	if (err)
		return fl_fail(run, err, "setting up the fault handler");

	rt->area = area;
	return add_plain(run, rt);
}

void roundtrip_finish(struct roundtrip *rt)
{
	fault_handler_finish(&rt->handler);
	region_finish(&rt->plain);
}

int roundtrip_prepare(struct fl_run *run, struct roundtrip *rt, size_t nops,
		      bool handled)
{
	int err;

	if (!handled) {
		err = region_empty(&rt->plain, 0, nops * run->page_bytes);
		return err ? fl_fail(run, err, "dropping pages") : 0;
	}

	fault_handler_reset(&rt->handler, nops);
	err = wp_area_clean(run, rt->area, nops);
	return err ? err : wp_area_protect(run, rt->area, nops);
}

void roundtrip_store(struct roundtrip *rt, size_t nops, bool handled)
{
	const struct region_slots *slots = &rt->area->slots;
	struct writer_stamps *stamps = rt->handler.stamps.writer;
	char *at = handled ? rt->area->region.base + slots->first
			   : rt->plain.base;
	size_t stride = handled ? slots->stride : rt->plain.page_bytes;

	for (size_t i = 0; i < nops; i++, at += stride) {
		stamps[i].start_ns = fl_clock_ns();
		*(volatile char *)at = 1;
		stamps[i].end_ns = fl_clock_ns();
	}
}

static int check_events(struct fl_run *run, struct roundtrip *rt, size_t nops)
{
	struct fault_handler *h = &rt->handler;
	unsigned long long events, strays;
	size_t missing;
	int err = fault_handler_wait(h, nops, run->deadline_ns, &missing);

	if (err)
		return fl_fail(run, err, "no fault was seen for op %zu",
			       missing);

	events = atomic_load(&h->events);
	strays = atomic_load(&h->strays);
	if (events != nops || strays)
		return fl_fail(
			run, -EPROTO,
			"%llu faults for %zu ops, %llu of them elsewhere",
			events, nops, strays);
	return 0;
}

int roundtrip_check(struct fl_thread *th, struct roundtrip *rt, size_t nops,
		    unsigned first)
{
	struct fl_run *run = fl_thread_run(th);
	int err = check_events(run, rt, nops);

	for (size_t i = 0; !err && i < nops; i++) {
		struct fault_parts parts;

		err = fault_stamps_parts(&rt->handler.stamps, i, &parts);
		if (err)
			return fl_fail(run, err,
				       "the clocks of writer and handler "
				       "disagree");
		fl_observe(th, first, parts.total);
		fl_observe(th, first + 1, parts.deliver);
		fl_observe(th, first + 2, parts.resolve);
		fl_observe(th, first + 3, parts.resume);
	}
	return err ? err : wp_area_check(th, rt->area, nops, false);
}

int roundtrip_check_control(struct fl_thread *th, struct roundtrip *rt,
			    size_t nops, unsigned first)
{
	const struct writer_stamps *stamps = rt->handler.stamps.writer;

	for (size_t i = 0; i < nops; i++)
		fl_observe(th, first, stamps[i].end_ns - stamps[i].start_ns);
	return 0;
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
