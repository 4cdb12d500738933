// SPDX-License-Identifier: GPL-2.0-only
#include "fault_handler.h"

#include "fault_engine.h"

#include <sched.h>

const char *const fault_handler_names[] = {
	[FAULT_HANDLER_POLL] = "poll",
	[FAULT_HANDLER_BLOCK] = "block",
	[FAULT_HANDLER_SPIN] = "spin",
	[FAULT_HANDLER_URING] = "uring",
	NULL,
};

static const struct fault_engine *const engines[] = {
	[FAULT_HANDLER_POLL] = &fault_engine_poll,
	[FAULT_HANDLER_BLOCK] = &fault_engine_block,
	[FAULT_HANDLER_SPIN] = &fault_engine_spin,
	[FAULT_HANDLER_URING] = &fault_engine_uring,
};

int fault_handler_init(struct fault_handler *h,
		       const struct fault_handler_spec *spec)
{
	int err;

	h->spec = *spec;
	h->engine = engines[spec->how];
	err = fault_stamps_init(&h->stamps, spec->slots.nr);
	if (!err && h->engine->init)
		err = h->engine->init(h);
	if (err)
		fault_handler_finish(h);
	return err;
}

void fault_handler_finish(struct fault_handler *h)
{
	if (h->engine && h->engine->finish)
		h->engine->finish(h);
	fault_stamps_finish(&h->stamps);
	h->engine = NULL;
}

int fault_handler_enter(struct fault_handler *h)
{
	return h->engine->enter ? h->engine->enter(h) : 0;
}

void fault_handler_wake(struct fault_handler *h)
{
	atomic_store(&h->woken, true);
	if (h->engine->wake)
		h->engine->wake(h);
}

static int wait_event(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	if (atomic_exchange(&h->woken, false))
		return 0;

	return h->engine->wait(h, ret_msg);
}

static int resolve(struct fault_handler *h, size_t offset, uint64_t read_ns)
{
	const struct region *r = h->spec.region;
	const struct region_slots *slots = &h->spec.slots;
	size_t slot;
	bool known = region_slot_at(slots, offset, &slot);
	int err = uffd_unprotect(h->spec.uffd, r->base + offset,
				 known ? slots->len : r->page_bytes);
	uint64_t done_ns = fl_clock_ns();

	if (err)
		return err;
	if (known)
		fault_stamps_set(&h->stamps, slot, read_ns, done_ns);
	else
		atomic_fetch_add(&h->strays, 1);
	return 1;
}

/* Nobody would ever resolve what waits: let the writers go. */
static int give_up(struct fault_handler *h, int err)
{
	const struct region *r = h->spec.region;

	atomic_store(&h->failed, true);
	(void)uffd_unregister(h->spec.uffd, r->base, r->bytes);
	return err;
}

int fault_handler_step(struct fault_handler *h)
{
	struct uffd_msg msg = { 0 };
	int got = wait_event(h, &msg);
	uint64_t read_ns = fl_clock_ns();

	if (!got)
		return 0;
	if (got > 0 && (msg.event != UFFD_EVENT_PAGEFAULT ||
			!(msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP)))
		got = -EPROTO;
	if (got < 0)
		return give_up(h, got);

	atomic_fetch_add(&h->events, 1);
	got = resolve(
		h, msg.arg.pagefault.address - (uintptr_t)h->spec.region->base,
		read_ns);
	return got < 0 ? give_up(h, got) : got;
}

void fault_handler_reset(struct fault_handler *h, size_t nr)
{
	fault_stamps_reset(&h->stamps, nr);
	atomic_store(&h->events, 0);
	atomic_store(&h->strays, 0);
}

int fault_handler_wait(struct fault_handler *h, size_t nr, uint64_t deadline_ns,
		       size_t *ret_missing)
{
	for (size_t i = 0; i < nr; i++) {
		while (!atomic_load_explicit(&h->stamps.resolver[i].done_ns,
					     memory_order_acquire)) {
			bool failed = atomic_load(&h->failed);

			if (failed || fl_clock_ns() > deadline_ns) {
				*ret_missing = i;
				return failed ? -EIO : -ETIMEDOUT;
			}
			sched_yield();
		}
	}
	return 0;
}
