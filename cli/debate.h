/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels of proposals are built and run, into a folder for analysis/debate.h. */
#ifndef CLI_DEBATE_H
#define CLI_DEBATE_H

#include "common/error.h"

#include <stddef.h>

struct debate_job {
	const char *patches; /* a folder; configs for the runs lie there, too */
	const char
		*kernels; /* a folder; NULL: the cache, built where missing */
	const char *output, *again;
	const char **names; /* of proposals; none: all */
	size_t nr_names;
};

/**
 * debate_run() - build what is missing, boot everything
 * @ret_failed:	how many runs failed; the others are there
 *
 * Return: 0; -EINVAL, -ENOENT or -errno when nothing was run; -EIO when a
 * kernel could not be built; -EINTR.
 */
int debate_run(const struct debate_job *job, int *ret_failed, struct error *e);

#endif
