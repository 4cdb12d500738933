// SPDX-License-Identifier: GPL-2.0-only
#include "cli/list.h"

#define WORD(table, index)                                                  \
	((size_t)(index) < sizeof(table) / sizeof(table[0]) && table[index] \
		 ? table[index]                                             \
		 : "unknown")

const char *list_type(enum fl_type type)
{
	static const char *const words[] = {
		[FL_TYPE_U64] = "number", [FL_TYPE_SIZE] = "size",
		[FL_TYPE_TIME] = "time",  [FL_TYPE_BOOL] = "bool",
		[FL_TYPE_ENUM] = "word",
	};

	return WORD(words, type);
}

const char *list_mode(enum fl_mode mode)
{
	static const char *const words[] = {
		[FL_MODE_BATCH] = "batch",
		[FL_MODE_WINDOW] = "window",
		[FL_MODE_TRIAL] = "trial",
	};

	return WORD(words, mode);
}

const char *list_kind(enum fl_kind kind)
{
	static const char *const words[] = {
		[FL_KIND_LATENCY] = "latency",
		[FL_KIND_RATE] = "rate",
		[FL_KIND_RATIO] = "ratio",
		[FL_KIND_COUNT] = "count",
	};

	return WORD(words, kind);
}

const char *list_better(enum fl_better better)
{
	static const char *const words[] = {
		[FL_BETTER_LOWER] = "lower",
		[FL_BETTER_HIGHER] = "higher",
	};

	return WORD(words, better);
}

const char *list_relation(enum fl_relation relation)
{
	static const char *const words[] = {
		[FL_EXACTLY] = "exactly",
		[FL_AT_LEAST] = "at-least",
		[FL_AT_MOST] = "at-most",
	};

	return WORD(words, relation);
}

const char *list_role_kind(enum fl_role_kind kind)
{
	static const char *const words[] = {
		[FL_ROLE_THREAD] = "thread",
		[FL_ROLE_PROCESS] = "process",
	};

	return WORD(words, kind);
}
