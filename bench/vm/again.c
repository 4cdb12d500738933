// SPDX-License-Identifier: GPL-2.0-only
#include "again.h"

#include "bench/runner_steps.h"

#include "common/hash.h"

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

/* What the first jobs wrote, and how they ended. */
static uint64_t hash_jobs(const struct vm_jobs *jobs, size_t nr)
{
	uint64_t hash = HASH_INIT;

	for (size_t i = 0; i < nr && i < jobs->nr; i++) {
		const struct vm_job *job = &jobs->of[i];
		char *end = job->end ? json_dumps(job->end, JSON_SORT_KEYS)
				     : NULL;

		hash = hash_add(hash, job->records, job->bytes);
		if (end)
			hash = hash_add(hash, end, strlen(end) + 1);
		free(end);
	}
	return hash;
}

int vm_again(struct runner *r, struct vm_guest *g, const struct vm_jobs *jobs,
	     size_t nr, struct error *e)
{
	char first[HASH_TEXT_BYTES], second[HASH_TEXT_BYTES] = "none";
	size_t most = nr ? nr : jobs->nr;
	struct vm_jobs copy = { .most = most };
	struct error why = { 0 };
	int err = copy_jobs(jobs, &copy);

	if (err)
		error_set(e, err, "out of memory");
	else
		err = vm_guest_run(g, &copy, &why);
	if (!err)
		hash_print(hash_jobs(&copy, most), second);
	hash_print(hash_jobs(jobs, most), first);
	vm_jobs_finish(&copy);
	if (err == -EINTR)
		return error_set(e, err, "%s", why.text);
	if (err && err != -EPROTO)
		return err;
	return write_record(r, first, second, e);
}
