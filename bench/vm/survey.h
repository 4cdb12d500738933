/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a survey boot has found out, kept between runs: a kernel in a machine
 * with an agent gives the same answers each time.  A file of JSON a kernel,
 * machine and agent, in ${XDG_CACHE_HOME:-~/.cache}/faultline/surveys: the
 * guest's hello, the files that it showed, and the jobs with their answers.
 * rm -rf it, and everything is asked anew.
 */
#ifndef BENCH_VM_SURVEY_H
#define BENCH_VM_SURVEY_H

#include "guest.h"
#include "jobs.h"

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * vm_survey_recall() - the answers, if there are any for this guest
 * @g:		gets hello and a sysroot, as from a boot
 * @ret_jobs:	empty where nothing, or nothing usable, is kept
 *
 * Return: 0, or -errno if the result's folder cannot be written.
 */
int vm_survey_recall(struct vm_guest *g, struct vm_jobs *ret_jobs,
		     struct error *e);

/**
 * vm_survey_keep() - what the guest's last boot has shown, and jobs
 * @jobs:	with answers
 * @older:	that were recalled, and stay
 *
 * Return: 0 or -errno; nothing depends on it.
 */
int vm_survey_keep(const struct vm_guest *g, const struct vm_jobs *jobs,
		   const struct vm_jobs *older, struct error *e);

/* The sysroot of the first boot of a result directory; false: it has none. */
bool vm_survey_sysroot(const char *dir, char *buf, size_t bytes);

#endif
