// SPDX-License-Identifier: GPL-2.0-only
#include "job_toggle.h"

#include "common/knob_value.h"
#include "common/units.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int take_text(struct job_lines *l, const char *key, char **ret_text,
		     struct error *e)
{
	const char *text = job_lines_take(l, key);
	int err;

	if (!text || !*text)
		return error_set(e, -EINVAL, "job: no %s", key);
	if (strlen(text) > FL_TOGGLE_MAX_BYTES)
		return error_set(e, -EINVAL, "job: %s: more than %d bytes", key,
				 FL_TOGGLE_MAX_BYTES);
	err = knob_value_check(text, e);
	if (err) {
		error_prefix(e, "job: %s", key);
		return err;
	}
	*ret_text = strdup(text);
	return *ret_text ? 0 : error_set(e, -ENOMEM, "job: no memory");
}

static int take_settle(struct job_lines *l, uint64_t *ret_ns, struct error *e)
{
	const char *text = job_lines_take(l, "toggle_settle_ns");

	if (!text || units_parse_u64(text, ret_ns))
		return error_set(e, -EINVAL,
				 "job: toggle_settle_ns must be a number");
	if (*ret_ns > FL_TOGGLE_MAX_SETTLE_NS)
		return error_set(e, -ERANGE,
				 "job: toggle_settle_ns: more than %d",
				 FL_TOGGLE_MAX_SETTLE_NS);
	return 0;
}

int job_toggle_parse(struct job_lines *l, struct job_toggle *ret_toggle,
		     struct error *e)
{
	struct job_toggle t = { 0 };
	int err;

	if (!job_lines_find(l, "toggle"))
		return 0;

	err = take_text(l, "toggle", &t.file, e);
	if (!err)
		err = take_text(l, "toggle_v0", &t.values[0], e);
	if (!err)
		err = take_text(l, "toggle_v1", &t.values[1], e);
	if (!err)
		err = take_settle(l, &t.settle_ns, e);
	if (!err && knob_same(t.values[0], t.values[1]))
		err = error_set(e, -EINVAL,
				"job: toggle_v0 and toggle_v1 are one value");
	if (err) {
		job_toggle_finish(&t);
		return err;
	}
	*ret_toggle = t;
	return 0;
}

void job_toggle_finish(struct job_toggle *t)
{
	free(t->file);
	free(t->values[0]);
	free(t->values[1]);
	*t = (struct job_toggle){ 0 };
}
