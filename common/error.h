/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors that know their place: "quick.yaml:9:12: `4Q` is not a size". */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdarg.h>

enum {
	ERROR_TEXT_BYTES = 1024
};

/* Zeroed, it is "no error".  The first text set stays. */
struct error {
	char text[ERROR_TEXT_BYTES]; /* one line, printable, no newline */
};

/* Where in a file; line and column count from 1, 0 leaves them out. */
struct place {
	const char *file;
	unsigned line, column;
};

/**
 * error_set() - say what is wrong
 * @e:		may be NULL: then only @err is handed on
 * @err:	-errno to hand on
 * @fmt:	what is wrong and what to do, no newline at the end
 *
 * Control characters and bytes that are not ASCII are written as \xNN: the
 * text may quote hostile input.
 *
 * Return: @err.
 */
int error_set(struct error *e, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * error_at() - error_set() with a place in front
 * @where:	may be NULL
 */
int error_at(struct error *e, int err, const struct place *where,
	     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#ifdef __clang_analyzer__
/* An analyzer sees one file at a time, and here that @err is handed on. */
#define error_set(e, err, ...)                           \
	({                                               \
		int err_ = (err);                        \
		(void)(error_set)(e, err_, __VA_ARGS__); \
		err_;                                    \
	})
#define error_at(e, err, where, ...)                           \
	({                                                     \
		int err_ = (err);                              \
		(void)(error_at)(e, err_, where, __VA_ARGS__); \
		err_;                                          \
	})
#endif

/* Puts "prefix: " in front of a text that is there already. */
void error_prefix(struct error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
