/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of tracepoints, wherever the kernel shows them. */
#ifndef AGENT_TRACEFS_H
#define AGENT_TRACEFS_H

#include <stdint.h>

/**
 * tracefs_open() - a descriptor of the folder `events`
 *
 * Tries the usual mount points.  Where nothing is mounted, and this user may,
 * it makes a mount of its own that nobody else can see and that ends with the
 * descriptor.
 *
 * Return: a descriptor, or -errno: -EACCES if this user may not, -ENOENT if
 * there is none.
 */
int tracefs_open(void);

/**
 * tracefs_id() - the number of an event
 * @fd:		what tracefs_open() gave
 * @event:	"exceptions:page_fault_user"
 *
 * Return: 0; -ENOENT if there is no such event; -EACCES; -EINVAL if what is
 * written there is no number.
 */
int tracefs_id(int fd, const char *event, uint64_t *ret_id);

#endif
