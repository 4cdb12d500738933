// SPDX-License-Identifier: GPL-2.0-only
#include "atlas.h"

#include "fleet.h"
#include "machine.h"

#include "bench/host_lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Two nodes, so that pages can be moved; the kernel must not move them by
 * itself, nor take faults to find out where they are used.
 */
#define RACE_WORDS "numa_balancing=disable"

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int has_name(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool take_kernel(const char *dir, const char *name,
			struct vm_atlas_kernel *ret)
{
	if (strlen(name) >= sizeof(ret->name) ||
	    (size_t)snprintf(ret->image, sizeof(ret->image), "%s/%s/vmlinuz",
			     dir, name) >= sizeof(ret->image) ||
	    access(ret->image, R_OK))
		return false;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	return true;
}

int vm_atlas_folder(const char *dir, struct vm_atlas_kernel *ret,
		    size_t *ret_nr, struct error *e)
{
	struct dirent **list;
	int nr = scandir(dir, &list, has_name, by_name), err = 0;
	size_t found = 0;

	if (nr < 0)
		return error_set(e, -errno, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < nr; i++) {
		struct vm_atlas_kernel kernel;

		if (!err && take_kernel(dir, list[i]->d_name, &kernel)) {
			if (found == VM_ATLAS_MAX)
				err = error_set(e, -E2BIG,
						"%s: more than %d kernels", dir,
						VM_ATLAS_MAX);
			else
				ret[found++] = kernel;
		}
		free(list[i]);
	}
	free((void *)list);
	if (!err && !found)
		err = error_set(e, -ENOENT,
				"%s: none of its folders has a vmlinuz; "
				"scripts/fetch-kernels.sh gets some",
				dir);
	*ret_nr = found;
	return err;
}

static struct vm_machine machine_of(enum vm_atlas_kind kind,
				    uint64_t memory_bytes)
{
	bool race = kind == VM_ATLAS_RACE;

	return (struct vm_machine){
		.mode = race ? VM_MODE_FUNC : VM_MODE_INSN,
		.cpus = race ? 2 : 1,
		.nodes = race ? 2 : 1,
		.memory_bytes = memory_bytes,
		.append = race ? RACE_WORDS : NULL,
	};
}

struct part {
	struct config config;
	struct vm_atlas_side *side;
};

struct pass {
	const struct vm_atlas_request *request;
	struct vm_fleet_run *runs;
	struct part *parts;
	unsigned nr;
};

static bool begins_with(const struct vm_atlas_side *side, bool race)
{
	return side->state == VM_ATLAS_UNTRIED &&
	       (side->kind == VM_ATLAS_RACE) == race;
}

static void add(struct pass *pass, struct vm_atlas_side *side)
{
	static const char *const names[] = { "look", "race", "count" };
	const struct vm_atlas_request *q = pass->request;
	struct vm_fleet_run *run = &pass->runs[pass->nr];
	struct part *part = &pass->parts[pass->nr];

	part->side = side;
	part->config = *side->config;
	part->config.output = side->dir;
	*run = (struct vm_fleet_run){
		.request = { .runner = q->runner,
			     .guest = { .machine = machine_of(side->kind,
							      q->memory_bytes),
					.kernel = side->kernel->image,
					.interrupted = q->interrupted },
			     .like = side->like ? side->like->dir
						: side->like_dir,
			     .unlocked = true },
		.log = side->log,
		.after = VM_FLEET_NONE,
	};
	run->request.runner.config = &part->config;
	run->request.runner.interrupted = q->interrupted;
	snprintf(run->name, sizeof(run->name), "%s, %s", side->kernel->name,
		 names[side->kind]);
	for (unsigned i = 0; i < pass->nr; i++)
		if (side->like && pass->parts[i].side == side->like)
			run->after = (int)i;
	pass->nr++;
}

static void take_ends(const struct pass *pass)
{
	for (unsigned i = 0; i < pass->nr; i++) {
		const struct vm_fleet_run *run = &pass->runs[i];
		struct vm_atlas_side *side = pass->parts[i].side;

		if (run->state == VM_FLEET_DONE)
			side->state = VM_ATLAS_DONE;
		else if (run->pid)
			side->state = VM_ATLAS_FAILED;
		snprintf(side->why, sizeof(side->why), "%s", run->why);
	}
}

/* Races, or all others. */
static int run_pass(const struct vm_atlas_request *request, bool race,
		    struct error *e)
{
	struct pass pass = {
		.request = request,
		.runs = calloc(request->nr + 1, sizeof(*pass.runs)),
		.parts = calloc(request->nr + 1, sizeof(*pass.parts)),
	};
	int err = pass.runs && pass.parts ? 0 : -ENOMEM;

	for (unsigned i = 0; i < request->nr && !err; i++)
		if (begins_with(&request->sides[i], race))
			add(&pass, &request->sides[i]);
	if (err)
		error_set(e, err, "out of memory");
	else if (pass.nr)
		err = vm_fleet(pass.runs, pass.nr, race ? 1 : request->at_once,
			       request->interrupted, request->progress, e);
	if (pass.runs && pass.parts)
		take_ends(&pass);
	free(pass.runs);
	free(pass.parts);
	return err;
}

int vm_atlas_run(const struct vm_atlas_request *request, struct error *e)
{
	int err = host_lock_ask(e);

	if (!err)
		err = run_pass(request, false, e);
	return err ? err : run_pass(request, true, e);
}
