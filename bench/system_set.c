// SPDX-License-Identifier: GPL-2.0-only
/* What stands in the way of a state, and how it is brought about. */
#include "system_state.h"

#include "environment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FOUND_BYTES = 320
};

static const char *print_found(const struct system_sight *s,
			       const struct system_want *want,
			       char buf[FOUND_BYTES])
{
	if (s->found.knob->pool)
		snprintf(buf, FOUND_BYTES,
			 "%s says `%s`, and %" PRIu64
			 " are free of the %" PRIu64 " that are wanted",
			 s->found.path, s->present, s->nr_free, want->amount);
	else
		snprintf(buf, FOUND_BYTES, "%s says `%s`, wanted is %s`%s`",
			 s->found.path, s->present,
			 *want->value ? "" : "at least ", s->target);
	return buf;
}

const char *system_explain(const struct system_sight *s,
			   const struct system_want *want, bool allowed,
			   char buf[SYSTEM_WHY_BYTES])
{
	const char *user = "run with --allow-system-changes, or type";
	char found[FOUND_BYTES];

	if (s->is == SYSTEM_ABSENT) {
		snprintf(buf, SYSTEM_WHY_BYTES, "%s: %.400s",
			 s->found.knob ? s->found.words : want->knob, s->why);
		return buf;
	}
	if (s->is == SYSTEM_IS_SO || (allowed && s->writable))
		return NULL;

	if (!s->writable)
		user = allowed ? "this user may not write it; run as root, or "
				 "type"
			       : "run as root with --allow-system-changes, or "
				 "type";
	snprintf(buf, SYSTEM_WHY_BYTES, "%s: %s: %s as root: echo %s > %s",
		 s->found.words, print_found(s, want, found), user, s->target,
		 s->found.path);
	return buf;
}

const char *system_obstacle(const char *root, const struct units *units,
			    const struct system_state *s, bool allowed,
			    char buf[SYSTEM_WHY_BYTES])
{
	struct system_sight sight;

	for (unsigned i = 0; i < s->nr; i++) {
		system_look(root, units, &s->wants[i], &sight);
		if (system_explain(&sight, &s->wants[i], allowed, buf))
			return buf;
	}
	return NULL;
}

/* After the write: somebody else may have taken what came. */
static int check(const char *root, const struct units *units,
		 const struct system_want *want, struct error *e)
{
	struct system_sight s;
	char found[FOUND_BYTES];

	system_look(root, units, want, &s);
	if (s.is == SYSTEM_IS_SO)
		return 0;
	return error_set(e, s.found.knob->pool ? -ENOSPC : -EIO, "%s",
			 print_found(&s, want, found));
}

/* A kernel that tries hard to find what is not there hurts everybody. */
static int check_memory(const char *root, const struct units *units,
			const struct system_sight *s, struct error *e)
{
	uint64_t page = units_pmd_bytes(units);
	uint64_t more = strtoull(s->target, NULL, 10) -
			strtoull(s->present, NULL, 10);
	uint64_t available = environment_memory_of_machine(root);

	if (!s->found.knob->pool || more <= available / page)
		return 0;
	return error_set(e, -ENOSPC,
			 "%" PRIu64 " pages more need %" PRIu64 " MiB of "
			 "memory, and %" PRIu64 " MiB are available",
			 more, (more * page) >> 20, available >> 20);
}

int system_set(struct journal *j, const char *root, const struct units *units,
	       const struct system_want *want, struct error *e)
{
	struct error ignored = { 0 };
	struct system_sight s;
	int err;

	system_look(root, units, want, &s);
	if (s.is == SYSTEM_IS_SO)
		return 0;
	if (s.is == SYSTEM_ABSENT)
		return error_set(e, -ENOENT, "%s", s.why);

	err = check_memory(root, units, &s, e);
	if (!err)
		err = journal_set(j, s.found.path, s.target, e);
	if (!err) {
		err = check(root, units, want, e);
		if (err)
			journal_set(j, s.found.path, s.present, &ignored);
	}
	if (!err || !s.found.knob->pool || (err != -EIO && err != -ENOSPC))
		return err;

	error_prefix(e,
		     "%" PRIu64
		     " free pages are wanted and memory did not give "
		     "them: take a smaller range, end what uses memory, or let "
		     "the kernel compact it first (echo 1 > "
		     "/proc/sys/vm/compact_memory)",
		     want->amount);
	return -ENOSPC;
}
