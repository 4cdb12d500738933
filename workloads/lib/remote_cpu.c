// SPDX-License-Identifier: GPL-2.0-only
#include "remote_cpu.h"

#include <sys/random.h>

enum {
	SPINS = 1000,
	SLEEP_NS = 20000000,
	/* Some microseconds of ChaCha, with interrupts enabled. */
	RANDOM_BYTES = 2048,
};

const char *const remote_cpu_names[] = {
	[REMOTE_CPU_USER] = "user",
	[REMOTE_CPU_KERNEL] = "kernel",
	[REMOTE_CPU_SLEEP] = "sleep",
	[REMOTE_CPU_OTHER_MM] = "other-mm",
	NULL,
};

int remote_cpu_in_kernel(struct fl_thread *th)
{
	char sink[RANDOM_BYTES];

	(void)th;
	return getrandom(sink, sizeof(sink), GRND_NONBLOCK) < 0 ? -errno : 1;
}

int remote_cpu_sleeping(struct fl_thread *th)
{
	struct timespec slice = { .tv_nsec = SLEEP_NS };

	(void)th;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &slice, NULL);
	return 1;
}

int remote_cpu_in_other_mm(struct fl_thread *th)
{
	(void)th;
	for (unsigned i = 0; i < SPINS; i++)
		__asm__ volatile("" ::: "memory");
	return 1;
}
