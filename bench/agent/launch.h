/* SPDX-License-Identifier: GPL-2.0-only */
/* A job that measures, from its setup to its records. */
#ifndef AGENT_LAUNCH_H
#define AGENT_LAUNCH_H

#include "job.h"
#include "records.h"

/* What the job says about features need not be tried. */
void launch_preset(const struct job *job);

/*
 * Runs a launch or a calibration.  Whatever the workload does, short of a
 * crash, ends in records; what went wrong is in them.
 *
 * Return: 0, or -ENOMEM before there was anything to record.
 */
int launch_run(const struct job *job, struct records *out);

#endif
