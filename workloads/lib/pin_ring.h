/* SPDX-License-Identifier: GPL-2.0-only */
/* A buffer registered with io_uring: for pin.c. */
#ifndef WORKLOADS_LIB_PIN_RING_H
#define WORKLOADS_LIB_PIN_RING_H

#include <faultline/run.h>

struct pin_ring;

/* Return: 0 or -errno with words; where it cannot be had, skipped. */
int pin_ring_open(struct fl_run *run, const void *base, size_t bytes,
		  struct pin_ring **ret_ring);
void pin_ring_close(struct pin_ring *ring);

/*
 * Lets go of the pages, and takes hold of those that are there now.  The second
 * may be timed.  Return: 0 or -errno.
 */
int pin_ring_release(struct pin_ring *ring);
int pin_ring_hold(struct pin_ring *ring);

/* What pin_ring_hold() takes hold of from now on. */
void pin_ring_aim(struct pin_ring *ring, const void *base, size_t bytes);

/* Writes what the registered buffer holds into the file, from its start. */
int pin_ring_write(struct pin_ring *ring, int fd);

/*
 * Reads from the file, at an offset, so many bytes into the registered buffer,
 * at the same offset.
 */
int pin_ring_read(struct pin_ring *ring, int fd, size_t offset, size_t bytes);

#endif
