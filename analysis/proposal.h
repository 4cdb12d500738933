/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel patch that stands for a proposal of a discussion, and what its head
 * says of it:
 *
 *	Reuse by mapcount alone.
 *
 *	On: another.patch
 *	Thread: the mail's subject and month
 *	Claim: what was said of it;
 *	 a line that begins with a blank goes on
 *	Look: cow wp_track
 *
 *	Words for people, up to the first line of a diff.
 *
 * A patch without Thread and Claim is no proposal.
 */
#ifndef ANALYSIS_PROPOSAL_H
#define ANALYSIS_PROPOSAL_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PROPOSAL_MAX_BYTES = 1 << 20, /* of a patch */
	PROPOSAL_MAX_LOOKS = 16,
	PROPOSAL_NAME_BYTES = 64
};

/* All text is printable ASCII of bounded length, and never NULL. */
struct proposal {
	char name[PROPOSAL_NAME_BYTES]; /* of the file, without .patch */
	char on[PROPOSAL_NAME_BYTES];	/* likewise, or "" */
	char *title, *thread, *claim;
	char *words; /* what else the head says, in one paragraph */
	char look[PROPOSAL_MAX_LOOKS][PROPOSAL_NAME_BYTES];
	size_t nr_looks;
};

/**
 * proposal_parse() - the head of a patch
 * @name:	of its file, as "mapcount.patch"
 * @text:	the patch, any bytes
 * @e:		says what is wrong, and on which line
 *
 * Return: 0; -ENODATA if it is a patch, but no proposal; -EINVAL; -ENOMEM.
 */
int proposal_parse(const char *name, const char *text, size_t bytes,
		   struct proposal *ret, struct error *e);
void proposal_finish(struct proposal *p);

/* Whether its Look names the workload. */
bool proposal_looks_at(const struct proposal *p, const char *workload);

struct proposals {
	struct proposal *of; /* by name */
	size_t nr;
};

/**
 * proposals_read() - all of a folder
 *
 * What a proposal stands on must be one of them, and may stand on nothing
 * itself.
 *
 * Return: 0; -ENOENT if there is none; -EINVAL; -errno.
 */
int proposals_read(const char *dir, struct proposals *ret, struct error *e);
void proposals_finish(struct proposals *p);

/* NULL if there is none of that name. */
const struct proposal *proposals_find(const struct proposals *p,
				      const char *name);

#endif
