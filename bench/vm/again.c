// SPDX-License-Identifier: GPL-2.0-only
#include "again.h"

#include "bench/runner_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int copy_jobs(const struct vm_jobs *from, struct vm_jobs *to)
{
	for (size_t i = 0; i < from->nr; i++) {
		const char *state = from->of[i].state;
		char *copy = state ? strdup(state) : NULL;

		if ((state && !copy) || vm_jobs_add(to, from->of[i].text, copy))
			return -ENOMEM;
	}
	return 0;
}

static int write_record(struct runner *r, const char *first, const char *second,
			struct error *e)
{
	json_t *record = runner_record(r, "again");

	runner_set_text(record, "lines_hash", first);
	runner_set_text(record, "again_hash", second);
	return runner_write(r, record, e);
}

int vm_again(struct runner *r, struct vm_guest *g, const struct vm_jobs *jobs,
	     struct error *e)
{
	struct vm_jobs copy = { 0 };
	struct error why = { 0 };
	char first[HASH_TEXT_BYTES];
	int err;

	memcpy(first, g->hash, sizeof(first));
	err = copy_jobs(jobs, &copy);
	if (err)
		error_set(e, err, "out of memory");
	else
		err = vm_guest_run(g, &copy, &why);
	vm_jobs_finish(&copy);
	if (err == -EINTR)
		return error_set(e, err, "%s", why.text);
	if (err && err != -EPROTO)
		return err;
	return write_record(r, first, err ? "none" : g->hash, e);
}
