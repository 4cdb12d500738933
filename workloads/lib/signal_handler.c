// SPDX-License-Identifier: GPL-2.0-only
#include "signal_handler.h"

#include <faultline/run.h>

#include <sys/mman.h>

static int allow(char *at, size_t len)
{
	return mprotect(at, len, PROT_READ | PROT_WRITE) ? -errno : 0;
}

/*
 * All of it at once needs no mapping to be split, so it works where there are
 * too many.  If it does not either, the next fault ends the process.
 */
static void give_up(struct signal_handler *h, int err)
{
	int none = 0;

	atomic_compare_exchange_strong(&h->err, &none, err);
	if (allow(h->region->base, h->region->bytes))
		signal(SIGSEGV, SIG_DFL);
}

/* cppcheck-suppress constParameter ; fault_signal's type */
static void take(struct fault_signal *g, char *at)
{
	uint64_t read_ns = fl_clock_ns();
	struct signal_handler *h = (struct signal_handler *)g;
	size_t page = h->region->page_bytes;
	char *start = at - (size_t)(at - h->region->base) % page;
	size_t slot;
	bool known = region_slot_at(&h->slots,
				    (size_t)(start - h->region->base), &slot);
	int err = allow(start, known ? h->slots.len : page);

	atomic_fetch_add(&h->signals, 1);
	if (!known)
		atomic_fetch_add(&h->strays, 1);
	if (err)
		give_up(h, err);
	else if (known)
		fault_stamps_set(h->stamps, slot, read_ns, fl_clock_ns());
}

int signal_handler_init(struct signal_handler *h)
{
	h->signal.start = h->region->base;
	h->signal.len = h->region->bytes;
	h->signal.take = take;
	return fault_signal_init(&h->signal);
}

void signal_handler_finish(struct signal_handler *h)
{
	if (h->signal.has_action)
		fault_signal_finish(&h->signal);
}

void signal_handler_reset(struct signal_handler *h, size_t nr)
{
	fault_stamps_reset(h->stamps, nr);
	atomic_store(&h->signals, 0);
	atomic_store(&h->strays, 0);
}
