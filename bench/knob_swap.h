/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The swap file of a run as a knob.  It says "none", or its size ("289M"); a
 * size with ", off" behind it is a file that no page can be in.  Setting a
 * size makes it, setting "none" removes it.
 */
#ifndef BENCH_KNOB_SWAP_H
#define BENCH_KNOB_SWAP_H

#include "bench/knob.h"

#define KNOB_SWAP_NONE "none"

extern const struct knob_kind knob_swap;

/**
 * knob_swap_path() - where the file of a run is, or would be
 * @root:	"" for this machine
 *
 * Return: 0; -EINVAL if the folder of the journal has no plain path.
 */
int knob_swap_path(const char *root, char *buf, size_t bytes, struct error *e);

#endif
