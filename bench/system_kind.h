/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of system state.  Between the files of it; others: system_state.h */
#ifndef BENCH_SYSTEM_KIND_H
#define BENCH_SYSTEM_KIND_H

#include "bench/system_state.h"

enum {
	SYSTEM_FOUND_BYTES = 512
};

/**
 * struct system_kind - how state of a kind is looked at, said and set
 * @in_bytes:	an amount of it is a size, not a number
 * @has_free:	what counts is how much of it is free: system_sight.nr_free
 * @look:	fills the sight, whose knob is found and which is absent so far
 * @print_found: what it says and what is wanted
 * @print_change: what a run would do and undo
 * @print_command: what a person types as root instead
 * @check_room:	NULL, or refuses what the machine has no room for
 * @advice:	NULL, or what to do if the kernel gave less
 */
struct system_kind {
	bool in_bytes, has_free;
	void (*look)(const char *root, const struct units *units,
		     const struct system_want *want, struct system_sight *s);
	void (*print_found)(const struct system_sight *s,
			    const struct system_want *want,
			    char buf[SYSTEM_FOUND_BYTES]);
	void (*print_change)(const struct system_sight *s,
			     char buf[SYSTEM_WHY_BYTES]);
	void (*print_command)(const struct system_sight *s,
			      char buf[SYSTEM_FOUND_BYTES]);
	int (*check_room)(const char *root, const struct units *units,
			  const struct system_sight *s, struct error *e);
	const char *advice;
};

extern const struct system_kind system_file, system_pool, system_swap;

/* Why it is absent, for the sight. */
void system_set_absent(struct system_sight *s, const char *why);

/* The number of an amount as people write it. */
const char *system_print_amount(const struct system_kind *kind, uint64_t amount,
				char buf[UNITS_TEXT_BYTES]);

#endif
