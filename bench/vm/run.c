// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the runner are gone through twice: the first time each job is
 * put aside, the second time, after the boot, it is answered.  Between the two
 * nothing changes that a job is made of, so that they are the same.
 *
 * A boot is dear.  What a survey has found out is remembered by the kernel and
 * its machine.  And where another run tells what will be asked, it is asked at
 * once: if this kernel turns out to have the same, all is answered, and what is
 * not takes one more boot.
 */
#include "run_internal.h"

#include "again.h"
#include "batches.h"
#include "kvm.h"
#include "state_text.h"
#include "survey.h"

#include "bench/environment.h"
#include "bench/launch.h"
#include "bench/runner_steps.h"
#include "bench/system_kind.h"

#include "common/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	INSN_BLOCKS = 10,
	FUNC_BLOCKS = 3,
	PATIENCE = 12, /* with an emulator on a busy host */
	TRIALS = 20
};

bool vm_run_counts(const struct vm_run *run)
{
	return run->guest.machine.mode == VM_MODE_INSN;
}

static int put_aside(struct vm_run *run, const struct job *job,
		     const char *text, const struct runner_reader *reader,
		     struct error *e)
{
	*reader->end = (struct launch_end){ .status = LAUNCH_INTERRUPTED,
					    .exit_status = -1 };
	if (vm_jobs_add(&run->jobs, text, vm_state_text(run->runner, job)))
		return error_set(e, -ENOMEM, "out of memory");
	return 0;
}

static int run_via(void *ctx, const struct job *job, const char *text,
		   const struct runner_reader *reader, struct error *e)
{
	struct vm_run *run = ctx;
	const struct vm_job *known;

	if (run->collecting)
		return put_aside(run, job, text, reader, e);

	known = vm_jobs_find(&run->jobs, text);
	if (known) {
		vm_job_replay(known, reader);
		return 0;
	}
	*reader->end = (struct launch_end){ .status = LAUNCH_INTERRUPTED,
					    .exit_status = -1 };
	return 0;
}

static json_t *describe(void *ctx)
{
	struct vm_run *run = ctx;

	return vm_guest_describe(&run->guest);
}

static int check_config(const struct vm_run_request *request, struct error *e)
{
	const struct config *c = request->runner.config;

	if (c->toggle)
		return error_set(e, -EINVAL,
				 "a guest's files are not toggled: "
				 "compare two runs instead");
	if (c->inject > 0 && request->guest.machine.mode == VM_MODE_INSN)
		return error_set(e, -EINVAL,
				 "inject is a time, and instructions are "
				 "counted here");
	return 0;
}

static void fill_via(struct vm_run *run)
{
	const struct vm_run_request *request = &run->request;
	bool timed = run->guest.machine.mode == VM_MODE_TIME;

	run->via = (struct runner_via){
		.run = run_via,
		.ctx = run,
		.label = vm_mode_name(run->guest.machine.mode),
		.topology = vm_machine_topology(&run->guest.machine,
						run->topology),
		.describe = describe,
		.unit = vm_run_counts(run) ? FL_JOB_INSTRUCTIONS : FL_JOB_NS,
		.blocks = vm_run_counts(run) ? INSN_BLOCKS
			  : timed	     ? 0
					     : FUNC_BLOCKS,
		.patience = timed ? 1 : PATIENCE,
		.no_times = run->guest.machine.mode == VM_MODE_FUNC,
		.trials = timed ? 0 : TRIALS,
		.unlocked = request->unlocked,
	};
	if (request->blocks)
		run->via.blocks = request->blocks;
	run->request.runner.via = &run->via;
}

static int open_run(struct vm_run *run, struct error *e)
{
	int err = check_config(&run->request, e);

	if (!err && run->request.like)
		err = vm_batches_read(run->request.like, &run->like, e);
	if (!err)
		err = vm_guest_init(&run->guest, &run->request.guest, e);
	if (!err && run->guest.machine.mode == VM_MODE_TIME)
		err = vm_kvm_check(&run->guest, e);
	if (err)
		return err;

	fill_via(run);
	err = runner_new(&run->request.runner, &run->runner, e);
	return err ? err
		   : vm_guest_open_folder(&run->guest, run->runner->dir, e);
}

int vm_run_new(const struct vm_run_request *request, struct vm_run **ret_run,
	       struct error *e)
{
	struct vm_run *run = calloc(1, sizeof(*run));
	int err;

	if (!run)
		return error_set(e, -ENOMEM, "out of memory");
	run->request = *request;
	err = open_run(run, e);
	if (err) {
		vm_run_free(run);
		return err;
	}
	*ret_run = run;
	return 0;
}

void vm_run_free(struct vm_run *run)
{
	if (!run)
		return;

	vm_jobs_finish(&run->jobs);
	vm_jobs_finish(&run->remembered);
	vm_jobs_finish(&run->guessed);
	vm_batches_free(run->like);
	runner_free(run->runner);
	vm_guest_finish(&run->guest);
	free(run);
}

const struct runner *vm_run_runner(const struct vm_run *run)
{
	return run->runner;
}

const struct vm_guest *vm_run_guest(const struct vm_run *run)
{
	return &run->guest;
}

static int write_boot(struct vm_run *run, struct error *e)
{
	static const char *const shown[] = { "machine", "page_bytes",
					     "build_id", "config_hash" };
	struct runner *r = run->runner;
	json_t *record = environment_boot(r->sysroot);
	const json_t *hello = run->guest.hello;

	if (!record)
		return error_set(e, -ENOMEM, "out of memory");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (json_object_get(hello, shown[i]))
			json_object_set(record, shown[i],
					json_object_get(hello, shown[i]));
	runner_set_text(record, "run", r->run_id);
	runner_set_label(r, record);
	json_object_set_new(record, "guest",
			    vm_guest_describe_boot(&run->guest));
	return runner_write(r, record, e);
}

/* The first half of a step. */
static int collect(struct vm_run *run,
		   int (*step)(struct vm_run *run, struct error *e),
		   struct error *e)
{
	struct runner *r = run->runner;
	uint64_t next_launch = r->next_launch;
	unsigned round = r->round;
	int err;

	vm_jobs_finish(&run->jobs);
	run->collecting = true;
	err = step(run, e);
	run->collecting = false;
	r->next_launch = next_launch;
	r->round = round;
	return err;
}

static void take_sysroot(struct vm_run *run)
{
	struct runner *r = run->runner;

	vm_guest_sysroot(&run->guest, r->sysroot, sizeof(r->sysroot));
	environment_boot_id(r->sysroot, r->boot_id);
}

/* For the jobs that are open. */
static int boot(struct vm_run *run, struct error *e)
{
	struct error why = { 0 };
	int boot_err = vm_guest_run(&run->guest, &run->jobs, &why), err = 0;

	take_sysroot(run);
	if (!boot_err || run->guest.hello)
		err = write_boot(run, e);
	if (err)
		return err;
	return boot_err ? error_set(e, boot_err, "%s", why.text) : 0;
}

/* A whole step, with a boot if something is not known already. */
static int ask(struct vm_run *run,
	       int (*step)(struct vm_run *run, struct error *e),
	       struct error *e)
{
	int err = collect(run, step, e);

	if (err)
		return err;
	vm_jobs_take_answers(&run->jobs, &run->guessed);
	vm_jobs_take_answers(&run->jobs, &run->remembered);
	if (vm_jobs_open(&run->jobs))
		err = boot(run, e);
	return err || !run->jobs.nr ? err : step(run, e);
}

/* The launches that the other run has, with what its kernel needed. */
static int guess(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	int err;

	if (!run->like || !vm_survey_sysroot(run->request.like, r->sysroot,
					     sizeof(r->sysroot)))
		return 0;
	run->guessing = true;
	err = collect(run, vm_run_launches, e);
	run->guessing = false;
	if (!err)
		err = boot(run, e);
	run->guessed = run->jobs;
	run->jobs = (struct vm_jobs){ 0 };
	return err;
}

static int recall(struct vm_run *run, struct error *e)
{
	int err;

	if (run->guest.machine.mode == VM_MODE_TIME || run->guest.symbols)
		return 0;
	err = vm_survey_recall(&run->guest, &run->remembered, e);
	if (!err && run->remembered.nr)
		take_sysroot(run);
	return err;
}

/* What could not be kept is asked for again the next time. */
static void remember(struct vm_run *run)
{
	struct error ignored = { 0 };

	if (run->guest.machine.mode != VM_MODE_TIME && run->guest.nr_boots &&
	    !vm_jobs_open(&run->jobs))
		vm_survey_keep(&run->guest, &run->jobs, &run->remembered,
			       &ignored);
}

static int ask_survey(struct vm_run *run, struct error *e)
{
	int err = ask(run, vm_run_survey, e);

	if (!err)
		remember(run);
	return err;
}

static int find_out(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	bool *given = calloc(r->plan->nr_points + 1, sizeof(*given));
	int err;

	if (!given)
		return error_set(e, -ENOMEM, "out of memory");
	err = vm_run_close_points(run, e);
	vm_run_give_ops(run);
	for (size_t i = 0; i < r->plan->nr_points; i++)
		given[i] = r->points[i].state == RUNNER_OPEN &&
			   r->points[i].calibrated;
	if (!err)
		err = recall(run, e);
	if (!err && !run->remembered.nr)
		err = guess(run, e);
	if (!err)
		err = ask_survey(run, e);
	if (!err)
		err = vm_run_open_given(run, given, e);
	if (!err)
		err = vm_run_check_states(run, e);
	free(given);
	return err;
}

static void close_all(struct vm_run *run)
{
	struct runner *r = run->runner;

	for (size_t i = 0; i < r->plan->nr_points; i++)
		if (r->points[i].state == RUNNER_OPEN)
			r->points[i].state = RUNNER_DONE;
}

static int write_failure(struct runner *r, const char *why, struct error *e)
{
	json_t *record = runner_record(r, "error");

	runner_set_text(record, "why", why);
	return runner_write(r, record, e);
}

static int write_end(struct runner *r, struct error *e)
{
	int err = runner_write(r, runner_record_end(r), e);

	return err ? err : result_writer_sync(&r->writer, e);
}

static int measure(struct vm_run *run, struct error *e)
{
	int err = find_out(run, e);
	unsigned boots = run->guest.nr_boots;

	if (!err && !run->request.survey_only)
		err = ask(run, vm_run_launches, e);
	/* Jobs that took more than one boot are not worth a second look. */
	if (err || !run->request.again || run->guest.nr_boots != boots + 1)
		return err;
	return vm_again(run->runner, &run->guest, &run->jobs, run->nr_counted,
			e);
}

int vm_run_measure(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	struct error ignored = { 0 };
	int err = measure(run, e);

	/* All that was known already was known of this kernel. */
	if (!err && !run->guest.nr_boots)
		err = write_boot(run, e);
	if (!err) {
		close_all(run);
		return write_end(r, e);
	}

	r->why = err == -EINTR ? RUNNER_WHY_INTERRUPTED : RUNNER_WHY_ERROR;
	write_failure(r, e->text, &ignored);
	write_end(r, &ignored);
	return err;
}
