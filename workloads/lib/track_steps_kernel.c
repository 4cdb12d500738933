// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's own threads move, merge and swap pages. */
#include "merged.h"
#include "nodes.h"
#include "swapped.h"
#include "track_outside.h"

/* The kernel's word on what is protected, after it has had its way. */
static int note_bits(struct track_case *c, const char *done)
{
	size_t kept = 0, armed = 0;

	if (!c->has_bits ||
	    (c->kind != TRACKER_UFFD_WP && c->kind != TRACKER_WP_ASYNC))
		return 0;

	for (size_t i = 0; i < c->nr; i++) {
		uint64_t entry = 0;

		(void)pagemap_entry(&c->pagemap, track_page_at(c, i), &entry);
		armed += c->pages[i].armed;
		kept += c->pages[i].armed && entry & PAGEMAP_UFFD_WP;
	}
	if (armed)
		fl_fact(c->run, tracker_names[c->kind],
			"%zu of %zu protected pages are so when %s", kept,
			armed, done);
	return 0;
}

int track_page_out(struct track_case *c)
{
	int err;

	fl_stage(c->th, "swapping pages out");
	err = swapped_out_all(c->run, &c->pagemap, c->base, c->nr);
	return err ? err : note_bits(c, "they are swapped out");
}

int track_merge(struct track_case *c)
{
	int err;

	fl_stage(c->th, "waiting for KSM to merge pages");
	err = merged_all(c->run, c->has_frames ? &c->frames : NULL, c->base,
			 c->bytes);
	return err ? err : note_bits(c, "they are merged");
}

int track_migrate(struct track_case *c)
{
	int node = nodes_other(c->base);
	size_t moved = 0;
	int err = node < 0 ? node
			   : nodes_move(c->base, c->nr, c->page, node, &moved);

	if (err == -ENODEV)
		return fl_skip(c->run, "pages move between NUMA nodes only, "
				       "and this process may use one: boot "
				       "with numa=fake=2");
	if (!err && !moved)
		err = -EBUSY;
	if (err)
		return fl_fail(c->run, err, "moving pages to another node");

	fl_fact(c->run, "moved", "%zu of %zu pages, to another node", moved,
		c->nr);
	return note_bits(c, "they are on another node");
}
