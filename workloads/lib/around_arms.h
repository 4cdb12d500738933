/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arms of fault_around: the ways to register a mapping, a row each in two
 * tables, the one for people and the other for what is done.
 */
#ifndef WORKLOADS_LIB_AROUND_ARMS_H
#define WORKLOADS_LIB_AROUND_ARMS_H

#include "around_pass.h"

enum {
	AROUND_ARM_UNREGISTERED,
	AROUND_ARM_THERE,
	AROUND_ARM_MISSING,
	AROUND_ARM_COPIED,
	AROUND_ARM_WP,
	AROUND_ARM_PROTECTED,
	AROUND_ARM_WP_ASYNC,
	AROUND_ARM_MINOR,
	AROUND_ARM_CONTINUED,
	AROUND_ARM_MISSING_WP,
	AROUND_ARM_MISSING_MINOR,
	AROUND_ARM_WP_MINOR,
	AROUND_ARM_ALL,
	AROUND_ARM_PLANTED,
	AROUND_ARMS,
};

extern const struct around_way around_ways[AROUND_ARMS];
extern const struct fl_arm around_arms[AROUND_ARMS + 1];

#endif
