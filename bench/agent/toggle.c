// SPDX-License-Identifier: GPL-2.0-only
#include "toggle.h"

#include "batch.h"
#include "clock.h"
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

static int flip(struct session *s, unsigned to)
{
	const char *value = s->job->toggle.values[to];
	int err = roles_pause(s->roles);

	if (!err)
		err = write_value(s, value);
	if (!err)
		err = read_back(s, value);
	if (!err)
		s->toggle.now = to;
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

/* The value that the slot runs with. */
static int give(struct session *s, unsigned slot)
{
	unsigned value = s->schedule.slots[slot].kind == SLOT_TOGGLE;

	return s->toggle.now == value ? 0 : flip(s, value);
}

static int drop_batches(struct session *s, unsigned slot, uint64_t until)
{
	struct sample dropped;
	int err;

	do {
		err = batch_run(s, slot, &dropped);
		session_fold(s, slot, false);
	} while (!err && fl_clock_ns() < until &&
		 fl_clock_ns() < s->run.deadline_ns);
	return err;
}

int toggle_ready(struct session *s, unsigned slot)
{
	int err;

	if (!s->toggle.on)
		return 0;

	err = give(s, slot);
	return err ? err
		   : drop_batches(s, slot,
				  fl_clock_ns() + s->job->toggle.settle_ns);
}

int toggle_settled(struct session *s, unsigned slot)
{
	int err;

	if (!s->toggle.on)
		return 0;

	err = give(s, slot);
	clock_sleep_until(fl_clock_ns() + s->job->toggle.settle_ns);
	return err;
}
