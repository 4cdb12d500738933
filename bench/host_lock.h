/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One measuring run a host at a time.  The lock is a listening socket in the
 * abstract namespace: the kernel releases it when its holder dies, there is
 * no file to be left behind, and whoever is refused can ask who holds it.
 *
 * $FAULTLINE_HOST_LOCK gives the lock another name, for tests.
 */
#ifndef BENCH_HOST_LOCK_H
#define BENCH_HOST_LOCK_H

#include "common/error.h"

/**
 * host_lock_take() - become the run that measures
 * @ret_fd:	close() it to release the lock
 * @e:		names the holder by pid and command line
 *
 * Return: 0; -EBUSY if another run measures; -errno.
 */
int host_lock_take(int *ret_fd, struct error *e);

/*
 * Whether another run measures, for one that it does not harm, but that would
 * disturb it.  Return: as of host_lock_take().
 */
int host_lock_ask(struct error *e);

#endif
