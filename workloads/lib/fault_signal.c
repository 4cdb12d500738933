// SPDX-License-Identifier: GPL-2.0-only
#include "fault_signal.h"

#include <errno.h>
#include <stdatomic.h>

/* A handler of signals is told nothing but the address. */
static _Atomic(struct fault_signal *) current;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	struct fault_signal *g = atomic_load(&current);
	char *at = info->si_addr;

	(void)context;
	if (g && at >= g->start && at < g->start + g->len) {
		g->take(g, at);
		return;
	}
	/* It happens again, and then as it always would. */
	signal(sig, SIG_DFL);
}

int fault_signal_init(struct fault_signal *g)
{
	struct sigaction action = { .sa_sigaction = on_fault,
				    .sa_flags = SA_SIGINFO };

	atomic_store(&current, g);
	if (sigaction(SIGSEGV, &action, &g->old_action))
		return -errno;

	g->has_action = true;
	return 0;
}

void fault_signal_finish(struct fault_signal *g)
{
	if (g->has_action)
		sigaction(SIGSEGV, &g->old_action, NULL);

	g->has_action = false;
	atomic_store(&current, NULL);
}
