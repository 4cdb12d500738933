/* SPDX-License-Identifier: GPL-2.0-only */
/* What io_uring answers where it may not be used. */
#ifndef WORKLOADS_LIB_URING_H
#define WORKLOADS_LIB_URING_H

#include <faultline/run.h>

/*
 * Skips with a sentence that says what to change, if the error is that this
 * build, this kernel or this user has no io_uring.  The first words of a launch
 * stay, so it may be followed by fl_fail().  Return: what to hand on.
 */
int uring_skip(struct fl_run *run, int err);

#endif
