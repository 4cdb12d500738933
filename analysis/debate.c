// SPDX-License-Identifier: GPL-2.0-only
#include "debate.h"
#include "debate_side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void note_missing(struct debate_entry *entry, const char *mode,
			 const char *why)
{
	format_append(entry->missing, sizeof(entry->missing), "%s%s: %s",
		      *entry->missing ? "; " : "", mode, why);
}

/* Whether that mode has anything for a proposal, by what the base ran. */
static bool has_something(const struct debate_side *base,
			  const struct proposal *p)
{
	for (size_t i = 0; base->result && i < base->result->nr_points; i++)
		if (proposal_looks_at(p, base->result->points[i].workload))
			return true;
	return !base->result;
}

static int compare_mode(const char *dir, struct debate_entry *entry,
			const struct debate_mode *mode)
{
	const char *base_name = *entry->proposal->on ? entry->proposal->on
						     : DEBATE_SHIPPED;
	struct debate_side base = { 0 }, now = { 0 };
	struct error why = { 0 };
	int err = debate_side_load(dir, base_name, mode->name, &base, &why);

	if (!err)
		err = debate_side_load(dir, entry->proposal->name, mode->name,
				       &now, &why);
	if (!err)
		err = mode->compare(&base, &now, entry);
	else if (err != -ENOMEM) {
		if (mode->wanted(entry->proposal) &&
		    has_something(&base, entry->proposal))
			note_missing(entry, mode->name,
				     err == -ENOENT ? "no results are there"
						    : why.text);
		err = 0;
	}
	debate_side_finish(&base);
	debate_side_finish(&now);
	return err;
}

static int fill(const char *dir, struct debate *d)
{
	int err = 0;

	d->entries = calloc(d->proposals.nr, sizeof(*d->entries));
	if (!d->entries)
		return -ENOMEM;
	for (size_t i = 0; i < d->proposals.nr && !err; i++) {
		struct debate_entry *entry = &d->entries[d->nr++];

		entry->proposal = &d->proposals.of[i];
		for (size_t m = 0; m < debate_nr_modes && !err; m++)
			err = compare_mode(dir, entry, &debate_modes[m]);
	}
	return err;
}

static void name_kernel(const char *dir, struct debate *d)
{
	struct debate_side s = { 0 };
	struct error ignored = { 0 };

	for (size_t m = 0; m < debate_nr_modes && !*d->kernel; m++) {
		if (!debate_side_load(dir, DEBATE_SHIPPED, debate_modes[m].name,
				      &s, &ignored) &&
		    s.result->nr_boots && s.result->boots[0].kernel)
			snprintf(d->kernel, sizeof(d->kernel), "%.40s",
				 s.result->boots[0].kernel);
		debate_side_finish(&s);
	}
}

int debate_load(const char *dir, struct debate **ret_debate, struct error *e)
{
	struct debate *d = calloc(1, sizeof(*d));
	char path[4096];
	int err;

	if (!d)
		return error_set(e, -ENOMEM, "out of memory");
	if (snprintf(path, sizeof(path), "%s/" DEBATE_PATCHES, dir) >=
	    (int)sizeof(path)) {
		free(d);
		return error_set(e, -ENAMETOOLONG, "the path is too long");
	}
	err = proposals_read(path, &d->proposals, e);
	if (!err) {
		err = fill(dir, d);
		if (err)
			error_set(e, err, "out of memory");
	}
	if (err) {
		debate_free(d);
		return err;
	}
	name_kernel(dir, d);
	*ret_debate = d;
	return 0;
}

void debate_free(struct debate *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->nr; i++) {
		free(d->entries[i].costs.of);
		free(d->entries[i].events.of);
		free(d->entries[i].breaks.of);
		free(d->entries[i].blind.of);
	}
	free(d->entries);
	proposals_finish(&d->proposals);
	free(d);
}
