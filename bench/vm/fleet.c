// SPDX-License-Identifier: GPL-2.0-only
#include "fleet.h"

#include "bench/runner_steps.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND 1e9

/* What it prints goes to its log; its error, to the parent. */
static int redirect(const struct vm_fleet_run *run)
{
	int fd = open(run->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
	    dup2(fd, STDERR_FILENO) < 0)
		return -errno;
	close(fd);
	return 0;
}

static int measure(const struct vm_run_request *request, struct error *e)
{
	struct vm_run *run;
	int err = vm_run_new(request, &run, e);

	if (err)
		return err;
	err = vm_run_measure(run, e);
	if (err && vm_run_guest(run)->end.tail[0])
		fprintf(stderr, "The end of the console:\n%s",
			vm_run_guest(run)->end.tail);
	vm_run_free(run);
	return err;
}

static _Noreturn void child(const struct vm_fleet_run *run, int out,
			    pid_t parent)
{
	struct error e = { 0 };
	int err;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	err = redirect(run);
	if (err)
		error_set(&e, err, "%s: %s", run->log, strerror(-err));
	else
		err = measure(&run->request, &e);
	if (err) {
		fprintf(stderr, "faultline: %s\n", e.text);
		if (write(out, e.text, strlen(e.text)) < 0)
			_exit(1);
	}
	fflush(NULL);
	_exit(err ? 1 : 0);
}

static int begin(struct vm_fleet_run *run, struct error *e)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return error_set(e, -errno, "pipe: %s", strerror(errno));
	fflush(NULL);
	run->begun_ns = runner_now_ns();
	run->pid = fork();
	if (run->pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return error_set(e, -errno, "fork: %s", strerror(errno));
	}
	if (!run->pid)
		child(run, ends[1], parent);
	close(ends[1]);
	run->pipe = ends[0];
	run->state = VM_FLEET_RUNNING;
	return 0;
}

static void take_why(struct vm_fleet_run *run)
{
	ssize_t bytes = read(run->pipe, run->why, sizeof(run->why) - 1);

	run->why[bytes > 0 ? bytes : 0] = '\0';
	close(run->pipe);
}

/* How many are over, and, at the pace so far, when all will be. */
static void say_left(const struct vm_fleet_run *runs, unsigned nr,
		     FILE *progress)
{
	uint64_t begun = runs[0].begun_ns;
	double left;
	unsigned over = 0;

	for (unsigned i = 0; i < nr; i++) {
		over += runs[i].state == VM_FLEET_DONE ||
			runs[i].state == VM_FLEET_FAILED;
		if (runs[i].begun_ns && runs[i].begun_ns < begun)
			begun = runs[i].begun_ns;
	}
	left = (double)(runner_now_ns() - begun) / SECOND / over * (nr - over);
	if (over < nr)
		fprintf(progress, " (%u of %u, about %.0f s left)", over, nr,
			left);
}

static void end(struct vm_fleet_run *run, int status)
{
	bool ok = WIFEXITED(status) && !WEXITSTATUS(status);

	take_why(run);
	run->took_ns = runner_now_ns() - run->begun_ns;
	run->state = ok ? VM_FLEET_DONE : VM_FLEET_FAILED;
	if (!ok && !run->why[0])
		snprintf(run->why, sizeof(run->why),
			 "its process ended, see %.400s", run->log);
}

static void say_end(const struct vm_fleet_run *runs, unsigned nr,
		    const struct vm_fleet_run *run, FILE *progress)
{
	bool ok = run->state == VM_FLEET_DONE;

	if (!progress)
		return;
	fprintf(progress, "  %s: %.1f s%s%s", run->name,
		(double)run->took_ns / SECOND,
		ok ? "" : ", failed: ", run->why);
	say_left(runs, nr, progress);
	fputc('\n', progress);
}

/* The first that can begin; NULL if none can. */
static struct vm_fleet_run *choose(struct vm_fleet_run *runs, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		struct vm_fleet_run *run = &runs[i];
		const struct vm_fleet_run *after = run->after < 0
							   ? NULL
							   : &runs[run->after];

		if (run->state != VM_FLEET_WAITING)
			continue;
		if (after && after->state == VM_FLEET_FAILED) {
			run->state = VM_FLEET_FAILED;
			snprintf(run->why, sizeof(run->why),
				 "not tried: %s failed", after->name);
		} else if (!after || after->state == VM_FLEET_DONE) {
			return run;
		}
	}
	return NULL;
}

static unsigned count_running(const struct vm_fleet_run *runs, unsigned nr)
{
	unsigned running = 0;

	for (unsigned i = 0; i < nr; i++)
		running += runs[i].state == VM_FLEET_RUNNING;
	return running;
}

static void stop(const struct vm_fleet_run *runs, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (runs[i].state == VM_FLEET_RUNNING)
			kill(runs[i].pid, SIGTERM);
}

/* Waits for one to end.  An interrupt is passed on once. */
static void reap(struct vm_fleet_run *runs, unsigned nr, FILE *progress,
		 const volatile int *interrupted, bool *stopped)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);

	if (interrupted && *interrupted && !*stopped) {
		stop(runs, nr);
		*stopped = true;
	}
	for (unsigned i = 0; i < nr && pid > 0; i++) {
		if (runs[i].state != VM_FLEET_RUNNING || runs[i].pid != pid)
			continue;
		end(&runs[i], status);
		say_end(runs, nr, &runs[i], progress);
	}
}

static unsigned default_at_once(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus > 2 ? (unsigned)cpus : 2;
}

int vm_fleet(struct vm_fleet_run *runs, unsigned nr, unsigned at_once,
	     const volatile int *interrupted, FILE *progress, struct error *e)
{
	unsigned most = at_once ? at_once : default_at_once();
	bool stopped = false;
	int err = 0;

	for (;;) {
		bool over = err || (interrupted && *interrupted);
		struct vm_fleet_run *next = over ? NULL : choose(runs, nr);
		unsigned running = count_running(runs, nr);

		if (next && running < most)
			err = begin(next, e);
		else if (running)
			reap(runs, nr, progress, interrupted, &stopped);
		else
			break;
	}
	if (!err && interrupted && *interrupted)
		return error_set(e, -EINTR, "interrupted");
	return err;
}
