/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of features and of what probes find, both ways. */
#ifndef COMMON_FEATURE_H
#define COMMON_FEATURE_H

#include <faultline/feature.h>

/* "wp-async", as in jobs and records; "" for none. */
const char *feature_name(enum fl_feature feature);

/* "write-protect without a handler", for people; "" for none. */
const char *feature_words(enum fl_feature feature);

/* By its name; FL_FEATURE_NONE if there is none. */
enum fl_feature feature_find(const char *name);

/* "yes", "no", "denied", "failed"; "unknown" before it was tried. */
const char *feature_state_name(enum fl_feature_state state);

/* FL_FEATURE_UNKNOWN for any other word. */
enum fl_feature_state feature_state_find(const char *word);

#endif
