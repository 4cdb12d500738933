// SPDX-License-Identifier: GPL-2.0-only
#include "tracker.h"

#include "tracker_kinds.h"

#include <string.h>

enum {
	MOST_REPORTS = UINT8_MAX,
};

const char *const tracker_names[] = {
	[TRACKER_NONE] = "none",
	[TRACKER_UFFD_WP] = "uffd-wp",
	[TRACKER_WP_ASYNC] = "wp-async",
	[TRACKER_WP_ASYNC_GET] = "wp-async-get",
	[TRACKER_SOFT_DIRTY] = "soft-dirty",
	[TRACKER_MPROTECT] = "mprotect",
	NULL,
};

/* Threads that report the same page at once may lose one beyond the first. */
void tracker_count(struct tracker *t, size_t page)
{
	uint8_t nr = atomic_load_explicit(&t->counts[page],
					  memory_order_relaxed);

	if (nr < MOST_REPORTS)
		atomic_store_explicit(&t->counts[page], (uint8_t)(nr + 1),
				      memory_order_release);
}

/* Shared and touched: handlers write here while somebody else is timed. */
static int map_memory(struct fl_run *run, struct tracker *t)
{
	size_t bytes = TRACKER_SCRATCH_BYTES + t->nr;
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return fl_fail(run, -errno, "memory for reports of %zu pages",
			       t->nr);

	t->scratch = p;
	t->counts = (_Atomic uint8_t *)((char *)p + TRACKER_SCRATCH_BYTES);
	t->mapped_bytes = bytes;
	return 0;
}

int tracker_init(struct fl_run *run, struct tracker *t,
		 const struct tracker_spec *spec)
{
	int err;

	memset(t, 0, sizeof(*t));
	t->spec = *spec;
	if (!t->spec.page_bytes)
		t->spec.page_bytes = run->page_bytes;
	t->nr = t->spec.bytes / t->spec.page_bytes;
	err = map_memory(run, t);
	if (!err)
		err = tracker_ops[spec->kind].init(run, t);
	if (err)
		tracker_finish(t);
	return err;
}

void tracker_finish(struct tracker *t)
{
	if (!t->scratch)
		return;

	tracker_ops[t->spec.kind].finish(t);
	munmap(t->scratch, t->mapped_bytes);
	t->scratch = NULL;
}

static int set_range(struct fl_run *run, struct tracker *t, size_t first,
		     size_t nr, bool on)
{
	const struct tracker_ops *ops = &tracker_ops[t->spec.kind];
	size_t each = t->spec.page_bytes;
	int err = ops->set(t, t->spec.start + first * each, nr * each, on);

	if (err == -ENOMEM && t->spec.kind == TRACKER_MPROTECT)
		return fl_fail(run, err,
			       "mprotect of %zu pages: the process has as many "
			       "mappings as vm.max_map_count allows",
			       nr);
	return err ? fl_fail(run, err, "%s of %zu pages", ops->call, nr) : 0;
}

int tracker_arm_range(struct fl_run *run, struct tracker *t, size_t first_page,
		      size_t nr)
{
	if (t->spec.kind == TRACKER_SOFT_DIRTY) {
		first_page = 0;
		nr = t->nr;
	}
	memset((void *)(t->counts + first_page), 0, nr);
	return set_range(run, t, first_page, nr, true);
}

int tracker_arm(struct fl_run *run, struct tracker *t)
{
	return tracker_arm_range(run, t, 0, t->nr);
}

int tracker_disarm_range(struct fl_run *run, struct tracker *t,
			 size_t first_page, size_t nr)
{
	return set_range(run, t, first_page, nr, false);
}

int tracker_collect(struct fl_run *run, struct tracker *t, uint8_t *reports)
{
	int err = tracker_ops[t->spec.kind].collect(t, reports);

	if (!err && atomic_load(&t->failed))
		err = -EIO;
	return err ? fl_fail(run, err, "collecting the reports of %s",
			     tracker_names[t->spec.kind])
		   : 0;
}

bool tracker_sees_kernel(const struct tracker *t)
{
	switch (t->spec.kind) {
	case TRACKER_UFFD_WP:
		return t->uffd.way != UFFD_WAY_USER_ONLY;
	case TRACKER_WP_ASYNC:
	case TRACKER_WP_ASYNC_GET:
	case TRACKER_SOFT_DIRTY:
		return true;
	default:
		return false;
	}
}

void tracker_forget(struct tracker *t)
{
	memset((void *)t->counts, 0, t->nr);
}

void tracker_move(struct tracker *t, char *start)
{
	t->spec.start = start;
	t->signal.start = start;
}
