// SPDX-License-Identifier: GPL-2.0-only
/*
 * faultline-agent: runs one job and writes its records.
 *
 * Usage: faultline-agent [JOB-FILE]
 *
 * Without a file the job comes on descriptor 3; the records go to descriptor
 * 4.  Exit status: 0 if the records are complete (a failure of the workload
 * is in them), 1 if they are not, 2 if the job is wrong, 3 past its limit.
 *
 * As /init of a guest it runs the jobs that lie beside it: see guest.h.
 */
#include "emit.h"
#include "guard.h"
#include "guest.h"
#include "job.h"
#include "launch.h"
#include "records.h"
#include "stages.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_job(int argc, char *const *argv, struct job *ret_job,
		    struct error *e)
{
	int fd = FL_JOB_FD, err;
	char *text = NULL;
	size_t bytes;

	if (argc > 2)
		return error_set(e, -EINVAL,
				 "usage: faultline-agent [JOB-FILE]");
	if (argc == 2)
		fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(e, -errno, "%s: %s", argv[1], strerror(errno));

	err = job_read(fd, &text, &bytes, e);
	close(fd);
	if (!err)
		err = job_parse(text, bytes, ret_job, e);
	free(text);
	return err;
}

static int start_guards(const struct job *job, struct error *e)
{
	int err = guard_parent((pid_t)job->parent);

	if (err)
		return error_set(e, err, "the driver is gone");
	if (job->limit_ns)
		err = guard_limit(job->limit_ns, stages_now);
	if (err)
		return error_set(e, err, "the time limit: %s", strerror(-err));
	return 0;
}

static int run_job(const struct job *job, struct error *e)
{
	struct records out;
	int err = records_init(&out, FL_RECORD_FD);

	if (err)
		return error_set(e, err, "records on descriptor %d: %s",
				 FL_RECORD_FD, strerror(-err));

	fcntl(FL_RECORD_FD, F_SETFD, FD_CLOEXEC);
	emit_hello(&out);
	launch_preset(job);
	if (job->kind == FL_JOB_PROBE)
		emit_probes(&out);
	else
		err = launch_run(job, &out);
	if (!err)
		err = records_done(&out);
	records_finish(&out);
	return err ? error_set(e, err, "records: %s", strerror(-err)) : 0;
}

int main(int argc, char **argv)
{
	struct job job = { 0 };
	struct error e = { 0 };
	int status = EXIT_SUCCESS;

	if (guest_is_init())
		guest_run();

	if (read_job(argc, argv, &job, &e))
		status = 2;
	else if (start_guards(&job, &e) || run_job(&job, &e))
		status = EXIT_FAILURE;

	if (status)
		fprintf(stderr, "faultline-agent: %s\n", e.text);
	job_finish(&job);
	return status;
}
