// SPDX-License-Identifier: GPL-2.0-only
#include "toggle.h"

#include "clock.h"
#include "rng.h"
#include "roles.h"
#include "session.h"

#include "common/knob_value.h"

#include <faultline/protocol.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_value(struct session *s, const char *value)
{
	char line[FL_TOGGLE_MAX_BYTES + 2];
	size_t bytes = (size_t)snprintf(line, sizeof(line), "%s\n", value);
	ssize_t done = pwrite(FL_TOGGLE_FD, line, bytes, 0);

	if (done == (ssize_t)bytes)
		return 0;

	return fl_fail(&s->run, done < 0 ? -errno : -EIO, "writing `%s` to %s",
		       value, s->job->toggle.file);
}

static int read_back(struct session *s, const char *value)
{
	char text[KNOB_VALUE_BYTES];
	ssize_t bytes = pread(FL_TOGGLE_FD, text, sizeof(text) - 1, 0);
	const char *now;

	if (bytes < 0)
		return fl_fail(&s->run, -errno, "reading %s",
			       s->job->toggle.file);

	text[bytes] = '\0';
	now = knob_value_of(text);
	if (knob_same(now, value))
		return 0;

	return fl_fail(&s->run, -EIO, "%s was set to `%s` and says `%.64s`",
		       s->job->toggle.file, value, now);
}

int toggle_give(struct session *s, bool second)
{
	const char *value = s->job->toggle.values[second];
	int err = roles_pause(s->roles);

	if (!err)
		err = write_value(s, value);
	if (!err)
		err = read_back(s, value);
	if (!err)
		s->toggle.now = second;
	roles_go(s->roles);
	return err;
}

int toggle_start(struct session *s)
{
	const char *first = s->job->toggle.values[0];
	int err;

	if (!s->job->toggle.file)
		return 0;

	if (fcntl(FL_TOGGLE_FD, F_SETFD, FD_CLOEXEC))
		return fl_fail(&s->run, -errno, "%s on descriptor %d",
			       s->job->toggle.file, FL_TOGGLE_FD);
	err = write_value(s, first);
	if (!err)
		err = read_back(s, first);
	s->toggle.on = !err;
	return err;
}

int toggle_leave(struct session *s)
{
	const char *first = s->job->toggle.values[0];
	int err;

	if (!s->toggle.on)
		return 0;

	err = write_value(s, first);
	return err ? err : read_back(s, first);
}

bool toggle_is_due(const struct session *s, bool second)
{
	return s->toggle.on && s->toggle.now != second;
}

int toggle_give_settled(struct session *s, unsigned slot)
{
	bool second = s->schedule.slots[slot].kind == SLOT_TOGGLE;
	int err = toggle_is_due(s, second) ? toggle_give(s, second) : 0;

	if (!err && s->toggle.on)
		clock_sleep_until(fl_clock_ns() + s->job->toggle.settle_ns);
	return err;
}

bool toggle_turn(struct session *s)
{
	struct toggle *t = &s->toggle;

	t->outer = t->half_turn ? !t->outer : rng_below(&s->rng, 2);
	t->half_turn = !t->half_turn;
	return t->outer;
}
