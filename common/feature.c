// SPDX-License-Identifier: GPL-2.0-only
#include "common/feature.h"

#include <stddef.h>
#include <string.h>

#define ROW(constant, name_, words_) \
	[FL_FEATURE_##constant] = { (name_), (words_) },

static const struct {
	const char *name, *words;
} features[FL_FEATURE_NR] = { [FL_FEATURE_NONE] = { "", "" },
			      FL_FEATURES(ROW) };

#undef ROW

static const char *const states[] = {
	[FL_FEATURE_UNKNOWN] = "unknown", [FL_FEATURE_YES] = "yes",
	[FL_FEATURE_NO] = "no",		  [FL_FEATURE_DENIED] = "denied",
	[FL_FEATURE_FAILED] = "failed",
};

enum {
	NR_STATES = sizeof(states) / sizeof(states[0])
};

const char *feature_name(enum fl_feature feature)
{
	return features[feature].name;
}

const char *feature_words(enum fl_feature feature)
{
	return features[feature].words;
}

enum fl_feature feature_find(const char *name)
{
	for (size_t i = FL_FEATURE_NONE + 1; i < FL_FEATURE_NR; i++)
		if (!strcmp(features[i].name, name))
			return (enum fl_feature)i;

	return FL_FEATURE_NONE;
}

const char *feature_state_name(enum fl_feature_state state)
{
	return states[state];
}

enum fl_feature_state feature_state_find(const char *word)
{
	for (size_t i = FL_FEATURE_YES; i < NR_STATES; i++)
		if (!strcmp(states[i], word))
			return (enum fl_feature_state)i;

	return FL_FEATURE_UNKNOWN;
}
