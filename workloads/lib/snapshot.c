// SPDX-License-Identifier: GPL-2.0-only
#include "snapshot.h"

#include "thread_faults.h"
#include "wp_call.h"

#include <inttypes.h>
#include <poll.h>
#include <sched.h>

enum {
	WAIT_MS = 20,
	STORE_BYTES = 64, /* between the words of two writers in a page */
	STORE_WORDS = 32,
};

static _Thread_local uint64_t signals_taken;

struct wp_shape snapshot_shape(const struct snapshot_spec *spec)
{
	return (struct wp_shape){
		.backing = REGION_ANON_4K,
		.range = spec->range,
		.chunk = spec->chunk,
		.max_nr = 1,
		.dirty = true,
	};
}

static struct region_slots ranges_of(const struct snapshot_spec *spec)
{
	struct region_slots_spec slots = {
		.backing = REGION_ANON_4K,
		.len = spec->range,
		.max_bytes = spec->memory,
		.max_nr = SIZE_MAX,
	};

	return wp_area_slots(&slots);
}

static size_t span_of(const struct snapshot_spec *spec)
{
	struct region_slots ranges = ranges_of(spec);

	return region_slots_span(&ranges, ranges.nr);
}

size_t snapshot_bytes(const struct snapshot_spec *spec)
{
	return WP_AREA_KINDS * span_of(spec);
}

static struct wp_area *area_of(struct snapshot *s,
			       const struct snapshot_policy *policy)
{
	return wp_ways_area(&s->ways, &policy->way);
}

/* In the thread that writes, which must not fault for ever. */
static void take_signal(struct fault_signal *g, char *at)
{
	struct snapshot *s = (struct snapshot *)((char *)g -
						 offsetof(struct snapshot,
							  guard));
	struct wp_area *area = &s->ways.area[WP_AREA_PLAIN];
	size_t page = area->region.page_bytes;

	signals_taken++;
	if (!wp_area_set(area, at - (uintptr_t)at % page, page, false))
		return;

	atomic_store(&s->failed, true);
	wp_area_release(area);
}

static int guard_plain(struct snapshot *s)
{
	const struct region *plain = &s->ways.area[WP_AREA_PLAIN].region;

	s->guard = (struct fault_signal){ .start = plain->base,
					  .len = plain->bytes,
					  .take = take_signal };
	return fault_signal_init(&s->guard);
}

int snapshot_init(struct fl_run *run, struct snapshot *s,
		  const struct snapshot_spec *spec)
{
	struct wp_shape whole = snapshot_shape(spec);
	int err;

	if (spec->range % run->page_bytes)
		return fl_skip(run, "range is not a multiple of this machine's "
				    "page: use range=page");

	s->shape = whole;
	s->writers = spec->writers;
	s->ranges = ranges_of(spec);
	whole.range = span_of(spec);
	err = wp_ways_init(run, &s->ways, &whole, false);
	if (err)
		return err;

	err = guard_plain(s);
	if (!err)
		err = stand_in_init(&s->lock);
	return err ? fl_fail(run, err, "a handler of SIGSEGV and a lock") : 0;
}

void snapshot_finish(struct snapshot *s)
{
	fault_signal_finish(&s->guard);
	stand_in_finish(&s->lock);
	wp_ways_finish(&s->ways);
}

void snapshot_release(struct snapshot *s)
{
	for (unsigned i = 0; i < WP_WAYS_AREAS; i++)
		wp_area_release(&s->ways.area[i]);
}

int snapshot_begin(struct fl_thread *th, struct snapshot *s,
		   const struct snapshot_policy *policy)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_area *area = area_of(s, policy);
	int err;

	snapshot_release(s);
	err = wp_area_protect(run, area, 1);
	if (err)
		return err;

	if (area->check_bits)
		fl_fact(run, "wp_bits", "checked before each window");
	return wp_area_check(th, area, 1, true);
}

int snapshot_check(struct fl_run *run, struct snapshot *s, uint64_t threads)
{
	fl_fact(run, "cpus", "%d for %" PRIu64 " threads",
		__builtin_popcountll(atomic_load(&s->cpus)), threads);
	return atomic_load(&s->failed)
		       ? fl_fail(run, -ENOMEM, "mprotect() of one page")
		       : 0;
}

void snapshot_enter(struct snapshot *s)
{
	atomic_fetch_or(&s->cpus, 1ULL << ((unsigned)sched_getcpu() % 64));
}

void snapshot_enter_writer(struct snapshot *s, unsigned writer)
{
	s->writer[writer].begun = false;
	snapshot_enter(s);
}

static void add_one(atomic_ullong *to)
{
	atomic_store_explicit(
		to, atomic_load_explicit(to, memory_order_relaxed) + 1,
		memory_order_relaxed);
}

/* @before: s->protects when an unprotect began, which has ended now. */
static void note_unprotect(struct snapshot *s, struct snapshot_line *line,
			   unsigned long long before)
{
	if (before % 2 && atomic_load(&s->protects) == before)
		add_one(&line->inside);
}

static uint64_t count_inside(struct snapshot *s)
{
	uint64_t sum = atomic_load(&s->unprotector.inside);

	for (unsigned i = 0; i < s->writers; i++)
		sum += atomic_load(&s->writer[i].inside);
	return sum;
}

static int call(struct snapshot *s, const struct snapshot_policy *policy,
		char *start)
{
	int err;

	stand_in_take(&s->lock, policy->lock);
	atomic_fetch_add(&s->protects, 1);
	err = wp_call(area_of(s, policy), policy->way.scan, start,
		      s->shape.range, wp_way_piece(&policy->way, &s->shape));
	atomic_fetch_add(&s->protects, 1);
	stand_in_drop(&s->lock, policy->lock);
	return err;
}

int snapshot_protect(struct fl_run *run, struct snapshot *s,
		     const struct snapshot_policy *policy,
		     struct snapshot_protect *ret)
{
	struct wp_area *area = area_of(s, policy);
	size_t at = region_slot(&s->ranges, s->next++ % s->ranges.nr);
	char *start = area->region.base + at;
	int err = wp_area_set(area, start, s->shape.range, false);
	uint64_t inside, t0;

	if (err)
		return fl_fail(run, err, "making a range writable");

	region_write(&area->region, at, s->shape.range);
	inside = count_inside(s);
	t0 = fl_clock_ns();
	err = call(s, policy, start);
	ret->ns = fl_clock_ns() - t0;
	ret->inside = count_inside(s) - inside;
	return err ? fl_fail(run, err, "%s",
			     wp_call_name(area, policy->way.scan))
		   : 0;
}

static char *pick_page(struct fl_thread *th, const struct snapshot *s,
		       const struct region *r)
{
	size_t pages = s->ranges.len / r->page_bytes;
	uint64_t at = fl_rand(th) % (pages * s->ranges.nr);

	return r->base + region_slot(&s->ranges, at / pages) +
	       at % pages * r->page_bytes;
}

static bool has_faulted(struct snapshot_line *line, uint64_t took_ns)
{
	uint64_t before = line->faults;

	if (took_ns < THREAD_FAULTS_GAP_NS)
		return false;

	line->faults = thread_faults();
	return line->faults != before;
}

bool snapshot_store(struct fl_thread *th, struct snapshot *s,
		    const struct snapshot_policy *policy, uint64_t *ret_ns)
{
	struct snapshot_line *line = &s->writer[th->index];
	enum stand_in_how how = stand_in_others(policy->lock);
	char *page = pick_page(th, s, &area_of(s, policy)->region);
	/* The start of the page is the protector's. */
	size_t word = (1 + (size_t)th->index % STORE_WORDS) * STORE_BYTES;
	uint64_t signals = signals_taken, t0;
	unsigned long long before;

	if (!line->begun)
		line->faults = thread_faults();
	line->begun = true;
	before = atomic_load(&s->protects);
	t0 = fl_clock_ns();
	stand_in_take(&s->lock, how);
	stand_in_drop(&s->lock, how);
	*(volatile char *)(page + word) = 1;
	*ret_ns = fl_clock_ns() - t0;
	if (signals_taken == signals && !has_faulted(line, *ret_ns))
		return false;

	if (policy->way.kind != WP_AREA_SYNC)
		note_unprotect(s, line, before);
	return true;
}

static int unprotect_page(struct snapshot *s,
			  const struct snapshot_policy *policy,
			  uint64_t address)
{
	struct wp_area *area = area_of(s, policy);
	enum stand_in_how how = stand_in_others(policy->lock);
	size_t page = area->region.page_bytes;
	size_t at = (address - (uintptr_t)area->region.base) / page * page;
	unsigned long long before = atomic_load(&s->protects);
	int err;

	stand_in_take(&s->lock, how);
	err = uffd_unprotect(&area->uffd, area->region.base + at, page);
	stand_in_drop(&s->lock, how);
	note_unprotect(s, &s->unprotector, before);
	return err;
}

int snapshot_unprotect(struct fl_run *run, struct snapshot *s,
		       const struct snapshot_policy *policy)
{
	const struct uffd *uffd = &s->ways.area[WP_AREA_SYNC].uffd;
	struct pollfd fd = { .fd = uffd->fd, .events = POLLIN };
	struct uffd_msg msg = { 0 };
	int got = poll(&fd, 1, WAIT_MS);

	if (got < 0 && errno != EINTR)
		return fl_fail(run, -errno, "waiting for an event");
	if (got <= 0)
		return 0;

	got = uffd_read(uffd, &msg);
	if (got > 0 && msg.event != UFFD_EVENT_PAGEFAULT)
		got = -EPROTO;
	if (got < 0)
		return fl_fail(run, got, "reading an event");
	if (!got)
		return 0;

	got = unprotect_page(s, policy, msg.arg.pagefault.address);
	return got ? fl_fail(run, got, "unprotecting a page") : 1;
}
