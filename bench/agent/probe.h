/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes of kernel features: each tries the thing itself.
 *
 * A probe runs in a child process with a deadline, so that one that hangs or
 * crashes is a result like any other.  The child is a fork: probe before large
 * memory is set up, or its pages are write-protected by it.
 */
#ifndef AGENT_PROBE_H
#define AGENT_PROBE_H

#include <faultline/feature.h>

#include <stddef.h>

enum {
	PROBE_WHY_BYTES = 256
};

struct probe {
	enum fl_feature feature;
	/* @why: what to change, unless yes; with yes, how if there are ways */
	enum fl_feature_state (*try)(char *why, size_t bytes);
};

/* NULL behind the last. */
const struct probe *probe_at(size_t i);

/* Tried once; @ret_why may be NULL, and gets the probe's words or "". */
enum fl_feature_state probe_feature(enum fl_feature feature,
				    const char **ret_why);

/* Somebody tried already on this boot, as this user: no need to again. */
void probe_preset(enum fl_feature feature, enum fl_feature_state state,
		  const char *why);

/**
 * probe_run() - try in a child
 * @probe:	what to try
 * @limit_ms:	then the child is killed
 * @why:	gets the probe's words
 * @bytes:	of @why
 */
enum fl_feature_state probe_run(const struct probe *probe, int limit_ms,
				char *why, size_t bytes);

#endif
