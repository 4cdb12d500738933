/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a fault handler waits for an event: for fault_handler.c.
 *
 * A wake-up is a flag and a call that ends wait(); the flag has been looked at
 * just before wait(), so a wake() that comes after that must end it too, or
 * wait() ends by itself within FAULT_ENGINE_WAIT_MS.
 */
#ifndef WORKLOADS_LIB_FAULT_ENGINE_H
#define WORKLOADS_LIB_FAULT_ENGINE_H

#include "fault_handler.h"

enum {
	FAULT_ENGINE_WAIT_MS = 100
};

/* All but wait() may be NULL.  int: 0 or -errno. */
struct fault_engine {
	int (*init)(struct fault_handler *h);  /* in setup() */
	int (*enter)(struct fault_handler *h); /* in the handler's thread */
	/* Return: 1 with an event, 0 if none came, -errno. */
	int (*wait)(struct fault_handler *h, struct uffd_msg *ret_msg);
	void (*wake)(struct fault_handler *h);	 /* from any thread */
	void (*finish)(struct fault_handler *h); /* also after half an init */
};

extern const struct fault_engine fault_engine_poll;
extern const struct fault_engine fault_engine_block;
extern const struct fault_engine fault_engine_spin;
extern const struct fault_engine fault_engine_uring;

/* An eventfd that wake() writes to, for engines that can wait for two. */
int fault_engine_open_wake(struct fault_handler *h);
void fault_engine_close_wake(struct fault_handler *h);
void fault_engine_write_wake(struct fault_handler *h);
void fault_engine_clear_wake(struct fault_handler *h);

#endif
