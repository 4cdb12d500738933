/* SPDX-License-Identifier: GPL-2.0-only */
/* What another CPU does while this one flushes: whom the flush must reach. */
#ifndef WORKLOADS_LIB_REMOTE_CPU_H
#define WORKLOADS_LIB_REMOTE_CPU_H

#include "responder.h"

enum remote_cpu_state {
	REMOTE_CPU_USER = 0, /* runs the address space, in user space */
	REMOTE_CPU_KERNEL,   /* runs it, in a system call most of the time */
	REMOTE_CPU_SLEEP,    /* its thread of it sleeps: idle, lazy TLB */
	REMOTE_CPU_OTHER_MM, /* runs another address space */
};

extern const char *const remote_cpu_names[];

/* Whether a flush must interrupt such a CPU. */
static inline bool remote_cpu_responds(enum remote_cpu_state state)
{
	return state == REMOTE_CPU_USER || state == REMOTE_CPU_KERNEL;
}

/*
 * For a role's step(); that of REMOTE_CPU_OTHER_MM must be a process.  One in
 * user space is a responder.
 */
int remote_cpu_in_kernel(struct fl_thread *th);
int remote_cpu_sleeping(struct fl_thread *th);
int remote_cpu_in_other_mm(struct fl_thread *th);

/*
 * The roles of a workload with parameters `remote`, how many there are, and
 * `remote_state`.
 */
#define REMOTE_CPU_ROLE(name_, kind_, gates_, count_, step_)               \
	{                                                                  \
		.name = (name_), .kind = (kind_), .gates = (gates_),       \
		.when = "remote>0 remote_state=" name_, .count = (count_), \
		.step = (step_)                                            \
	}
#define REMOTE_CPU_ROLES(count, user_step)                                 \
	REMOTE_CPU_ROLE("user", FL_ROLE_THREAD, true, count, user_step),   \
		REMOTE_CPU_ROLE("kernel", FL_ROLE_THREAD, true, count,     \
				remote_cpu_in_kernel),                     \
		REMOTE_CPU_ROLE("sleep", FL_ROLE_THREAD, false, count,     \
				remote_cpu_sleeping),                      \
		REMOTE_CPU_ROLE("other-mm", FL_ROLE_PROCESS, false, count, \
				remote_cpu_in_other_mm)

#endif
