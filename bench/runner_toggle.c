// SPDX-License-Identifier: GPL-2.0-only
/* The kernel file that a run toggles, from its config to the agents. */
#include "runner_steps.h"

#include <errno.h>
#include <unistd.h>

enum {
	/* Times that a launch lets the kernel settle, at most at its least. */
	SETTLES = 8 * FL_MAX_SLOTS
};

int runner_toggle_open(struct runner *r, struct error *e)
{
	const struct config *c = r->config;
	int err;

	if (!c->toggle)
		return 0;
	if (!c->allow_system_changes)
		return error_set(e, -EPERM,
				 "toggle: %s would be written to while this "
				 "runs, and put back at the end; allow it with "
				 "--allow-system-changes",
				 c->toggle);

	err = toggle_parse(c->toggle, &r->toggle, e);
	runner_hold(r, true);
	if (!err)
		err = toggle_open(&r->toggle, r->journal, &r->toggle_fd, e);
	if (err)
		error_prefix(e, "toggle");
	return err;
}

void runner_toggle_close(struct runner *r)
{
	if (r->toggle_fd >= 0)
		close(r->toggle_fd);
	r->toggle_fd = -1;
}

void runner_toggle_job(const struct runner *r, struct job *job)
{
	if (r->toggle_fd < 0)
		return;

	job->toggle = &r->toggle;
	job->toggle_settle_ns = r->config->toggle_settle_ns;
	job->limit_ns += SETTLES * job->toggle_settle_ns;
}

json_t *runner_toggle_record(const struct runner *r)
{
	return json_pack("{s:s,s:[s,s],s:I}", "file", r->toggle.file, "values",
			 r->toggle.values[0], r->toggle.values[1], "settle_ns",
			 (json_int_t)r->config->toggle_settle_ns);
}
