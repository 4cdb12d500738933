/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent as /init of a guest: it mounts what is needed, runs the jobs that
 * lie beside it in the initramfs, each as a child as the driver would, writes
 * what they say to the second serial port, and ends the guest.
 *
 * docs/result-format.md has the files that it reads and the lines it writes.
 */
#ifndef AGENT_GUEST_H
#define AGENT_GUEST_H

#include <stdbool.h>

/* Process 1 of an initramfs that was made for it; in a container it is not. */
bool guest_is_init(void);

/* Does not come back: a guest has nowhere to go to. */
void guest_run(void) __attribute__((noreturn));

#endif
