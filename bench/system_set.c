// SPDX-License-Identifier: GPL-2.0-only
/* What stands in the way of a state, and how it is brought about. */
#include "system_kind.h"

#include <errno.h>
#include <stdio.h>

const char *system_explain(const struct system_sight *s,
			   const struct system_want *want, bool allowed,
			   char buf[SYSTEM_WHY_BYTES])
{
	const char *user = "run with --allow-system-changes, or type";
	char found[SYSTEM_FOUND_BYTES], command[SYSTEM_FOUND_BYTES];

	if (s->is == SYSTEM_ABSENT) {
		snprintf(buf, SYSTEM_WHY_BYTES, "%s: %.500s",
			 s->found.knob ? s->found.words : want->knob, s->why);
		return buf;
	}
	if (s->is == SYSTEM_IS_SO || (allowed && s->writable))
		return NULL;

	if (!s->writable)
		user = allowed ? "this user may not change it; run as root, or "
				 "type"
			       : "run as root with --allow-system-changes, or "
				 "type";
	s->found.knob->kind->print_found(s, want, found);
	s->found.knob->kind->print_command(s, command);
	snprintf(buf, SYSTEM_WHY_BYTES, "%s: %s: %s as root: %s",
		 s->found.words, found, user, command);
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

const char *system_print_change(const struct system_sight *s,
				char buf[SYSTEM_WHY_BYTES])
{
	if (s->is == SYSTEM_IS_SO)
		snprintf(buf, SYSTEM_WHY_BYTES, "%s: is so already", s->path);
	else
		s->found.knob->kind->print_change(s, buf);
	return buf;
}

/* After the write: somebody else may have taken what came. */
static int check(const char *root, const struct units *units,
		 const struct system_want *want, struct error *e)
{
	char found[SYSTEM_FOUND_BYTES];
	struct system_sight s;

	system_look(root, units, want, &s);
	if (s.is == SYSTEM_IS_SO)
		return 0;
	if (s.is == SYSTEM_ABSENT && !s.found.knob->kind->has_free)
		return error_set(e, -EIO, "%s", s.why);

	s.found.knob->kind->print_found(&s, want, found);
	return error_set(e, s.found.knob->kind->has_free ? -ENOSPC : -EIO, "%s",
			 found);
}

int system_set(struct journal *j, const char *root, const struct units *units,
	       const struct system_want *want, struct error *e)
{
	const struct system_kind *kind;
	struct error ignored = { 0 };
	char amount[UNITS_TEXT_BYTES];
	struct system_sight s;
	int err;

	system_look(root, units, want, &s);
	if (s.is == SYSTEM_IS_SO)
		return 0;
	if (s.is == SYSTEM_ABSENT)
		return error_set(e, -ENOENT, "%s", s.why);

	kind = s.found.knob->kind;
	err = kind->check_room ? kind->check_room(root, units, &s, e) : 0;
	if (!err)
		err = journal_set(j, s.path, s.target, e);
	if (!err) {
		err = check(root, units, want, e);
		if (err)
			journal_set(j, s.path, s.present, &ignored);
	}
	if (!err || !kind->advice || (err != -EIO && err != -ENOSPC))
		return err;

	error_prefix(e, "%s%s", system_print_amount(kind, want->amount, amount),
		     kind->advice);
	return -ENOSPC;
}
