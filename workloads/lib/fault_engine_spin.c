// SPDX-License-Identifier: GPL-2.0-only
#include "fault_engine.h"

static int wait_spin(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	uint64_t end = fl_clock_ns() + FAULT_ENGINE_WAIT_MS * 1000000ULL;
	int got;

	do {
		got = uffd_read(h->spec.uffd, ret_msg);
	} while (!got && !atomic_load(&h->woken) && fl_clock_ns() < end);
	return got;
}

const struct fault_engine fault_engine_spin = {
	.wait = wait_spin,
};
