// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the runner are gone through twice: the first time each job is
 * put aside, the second time, after the boot, it is answered.  Between the two
 * nothing changes that a job is made of, so that they are the same.
 */
#include "run.h"

#include "again.h"
#include "batches.h"
#include "jobs.h"
#include "kvm.h"
#include "state_text.h"

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
	TRIALS = 20,
	FUNC_OPS = 16 /* of a batch whose time means nothing */
};

struct vm_run {
	struct vm_run_request request;
	struct vm_guest guest;
	struct runner_via via;
	struct runner *runner;
	struct vm_batches *like;
	struct vm_jobs jobs;
	bool collecting;
	char topology[128];
};

static bool counts(const struct vm_run *run)
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
		.unit = counts(run) ? FL_JOB_INSTRUCTIONS : FL_JOB_NS,
		.blocks = counts(run) ? INSN_BLOCKS
			  : timed     ? 0
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
	struct runner *r = run->runner;
	json_t *record = environment_boot(r->sysroot);
	const json_t *hello = run->guest.hello;

	if (!record)
		return error_set(e, -ENOMEM, "out of memory");
	if (json_object_get(hello, "machine"))
		json_object_set(record, "machine",
				json_object_get(hello, "machine"));
	if (json_object_get(hello, "page_bytes"))
		json_object_set(record, "page_bytes",
				json_object_get(hello, "page_bytes"));
	runner_set_text(record, "run", r->run_id);
	runner_set_label(r, record);
	json_object_set_new(record, "guest",
			    vm_guest_describe_boot(&run->guest));
	return runner_write(r, record, e);
}

/*
 * Runs a step twice with a boot between; what it asks for is in run->jobs.
 * Return: 0, or -errno with the reason.
 */
static int twice(struct vm_run *run,
		 int (*step)(struct vm_run *run, struct error *e),
		 struct error *e)
{
	struct runner *r = run->runner;
	uint64_t next_launch = r->next_launch;
	unsigned round = r->round;
	struct error why = { 0 };
	int err, boot_err;

	vm_jobs_finish(&run->jobs);
	run->collecting = true;
	err = step(run, e);
	run->collecting = false;
	if (err || !run->jobs.nr)
		return err;

	boot_err = vm_guest_run(&run->guest, &run->jobs, &why);
	vm_guest_sysroot(&run->guest, r->sysroot, sizeof(r->sysroot));
	environment_boot_id(r->sysroot, r->boot_id);
	if (!boot_err || run->guest.hello)
		err = write_boot(run, e);
	if (err)
		return err;
	if (boot_err)
		return error_set(e, boot_err, "%s", why.text);

	r->next_launch = next_launch;
	r->round = round;
	return step(run, e);
}

static bool needs_calibration(const struct vm_run *run, size_t i)
{
	const struct runner *r = run->runner;

	return r->points[i].state == RUNNER_OPEN && !r->points[i].calibrated;
}

/* What the survey boot is asked. */
static int survey(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	struct error ignored = { 0 };
	int err = runner_probe(r, run->collecting ? &ignored : e);

	if (run->collecting && err == -EINTR)
		err = 0;
	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (!run->collecting && needs_calibration(run, i))
			err = runner_check_needs(r, i, e);
	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (needs_calibration(run, i))
			err = runner_calibrate(r, i, e);
	return err;
}

static const char *not_here(const struct vm_run *run,
			    const struct plan_point *p)
{
	struct system_state state;

	if (counts(run) && p->workload->mode == FL_MODE_WINDOW)
		return "a window counts what is done in a time, and "
		       "instructions have none: use --mode func";
	system_state_of(p->workload, &run->runner->units, p->params, &state);
	for (unsigned i = 0; i < state.nr; i++)
		if (!strcmp(state.wants[i].knob, "swap"))
			return "a guest has no disk to swap to";
	return NULL;
}

/* Points that cannot be asked for at all. */
static int close_points(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		const struct plan_point *p = &r->plan->points[i];
		const char *why = p->skip ? p->skip : not_here(run, p);

		if (why)
			err = runner_skip(r, i, why, e);
	}
	return err;
}

/* A number of ops that is given, or that matters little. */
static uint64_t given_ops(const struct vm_run *run, size_t i)
{
	const struct plan_point *p = &run->runner->plan->points[i];
	uint64_t most = FUNC_OPS, ops = 0;

	if (p->workload->mode != FL_MODE_BATCH)
		return 1;
	if (run->like)
		ops = vm_batches_find(run->like, p->id);
	if (!ops && run->guest.machine.mode == VM_MODE_FUNC) {
		if (p->workload->max_ops)
			most = p->workload->max_ops(p->params);
		ops = most < FUNC_OPS ? most : FUNC_OPS;
	}
	return ops;
}

/* Points that need no calibration get their record after the survey. */
static void give_ops(struct vm_run *run)
{
	struct runner *r = run->runner;

	for (size_t i = 0; i < r->plan->nr_points; i++) {
		uint64_t ops = given_ops(run, i);

		if (r->points[i].state != RUNNER_OPEN || !ops)
			continue;
		r->points[i].batch_ops = ops;
		r->points[i].calibrated = true;
	}
}

/* Of those: what is missing for them, and their records. */
static int open_given(struct vm_run *run, const bool *given, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		if (!given[i])
			continue;
		err = runner_check_needs(r, i, e);
		if (!err && r->points[i].state == RUNNER_OPEN)
			err = runner_write(r, runner_record_point(r, i, NULL),
					   e);
	}
	return err;
}

/* What a point wants of the system, and this kernel does not have. */
static int check_state(struct vm_run *run, size_t i, struct error *e)
{
	struct runner *r = run->runner;
	const struct plan_point *p = &r->plan->points[i];
	char why[SYSTEM_WHY_BYTES];
	struct system_state state;

	system_state_of(p->workload, &r->units, p->params, &state);
	if (system_obstacle(r->sysroot, &r->units, &state, true, why))
		return runner_skip(r, i, why, e);
	return 0;
}

static int check_states(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++)
		if (r->points[i].state == RUNNER_OPEN)
			err = check_state(run, i, e);
	return err;
}

static int find_out(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	bool *given = calloc(r->plan->nr_points + 1, sizeof(*given));
	int err;

	if (!given)
		return error_set(e, -ENOMEM, "out of memory");
	err = close_points(run, e);
	give_ops(run);
	for (size_t i = 0; i < r->plan->nr_points; i++)
		given[i] = r->points[i].state == RUNNER_OPEN &&
			   r->points[i].calibrated;
	if (!err)
		err = twice(run, survey, e);
	if (!err)
		err = open_given(run, given, e);
	if (!err)
		err = check_states(run, e);
	free(given);
	return err;
}

static uint64_t launches_of(const struct vm_run *run)
{
	if (run->request.launches)
		return run->request.launches;
	return counts(run) ? 1 : run->runner->config->launches;
}

static int launch_all(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	uint64_t rounds = launches_of(run);
	int err = 0;

	for (uint64_t i = 0; i < rounds && !err; i++) {
		plan_round(r->plan, r->round, r->order);
		for (size_t j = 0; j < r->plan->nr_points && !err; j++)
			if (r->points[r->order[j]].state == RUNNER_OPEN &&
			    r->points[r->order[j]].calibrated)
				err = runner_launch(r, r->order[j], e);
		r->round++;
	}
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

	if (!err)
		err = twice(run, launch_all, e);
	/* Jobs that took more than one boot are not worth a second look. */
	if (err || !run->request.again || run->guest.nr_boots != boots + 1)
		return err;
	return vm_again(run->runner, &run->guest, &run->jobs, e);
}

int vm_run_measure(struct vm_run *run, struct error *e)
{
	struct runner *r = run->runner;
	struct error ignored = { 0 };
	int err = measure(run, e);

	if (!err) {
		close_all(run);
		return write_end(r, e);
	}

	r->why = err == -EINTR ? RUNNER_WHY_INTERRUPTED : RUNNER_WHY_ERROR;
	write_failure(r, e->text, &ignored);
	write_end(r, &ignored);
	return err;
}
