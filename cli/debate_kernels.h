/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel of a proposal: found, or built by scripts/build-kernel.sh. */
#ifndef CLI_DEBATE_KERNELS_H
#define CLI_DEBATE_KERNELS_H

#include "analysis/proposal.h"
#include "cli/debate.h"

#include <limits.h>

/* One to boot: a proposal, or the rule that shipped if that is NULL. */
struct debate_kernel {
	const struct proposal *p;
	char image[PATH_MAX];
};

/*
 * Its image.  In the cache it is built where it is not there, or where it was
 * built from other patches.  Return: 0; -ENOENT; -EIO if it could not be built;
 * -EINTR; -errno.
 */
int debate_kernel_find(const struct debate_job *job, struct debate_kernel *k,
		       struct error *e);

/* "@a/@b@c".  Return: 0, or -ENAMETOOLONG with words. */
int debate_path(char buf[PATH_MAX], struct error *e, const char *a,
		const char *b, const char *c);

#endif
