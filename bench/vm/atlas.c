// SPDX-License-Identifier: GPL-2.0-only
#include "atlas.h"

#include "machine.h"
#include "run.h"

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
#define FUNC_WORDS "numa_balancing=disable"

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

static struct vm_run_request request_of(const struct vm_atlas_side *side,
					const struct config *config)
{
	struct vm_run_request request = {
		.runner = side->runner,
		.guest = { .machine = { .mode = side->insn ? VM_MODE_INSN
							   : VM_MODE_FUNC,
					.cpus = side->insn ? 1 : 2,
					.nodes = side->insn ? 1 : 2,
					.memory_bytes = side->memory_bytes,
					.append = side->insn ? NULL
							     : FUNC_WORDS },
			   .kernel = side->image,
			   .interrupted = side->runner.interrupted,
			   .progress = side->runner.progress },
		.like = side->like,
	};

	request.runner.config = config;
	return request;
}

static int measure(const struct vm_run_request *request, struct error *ret_why,
		   struct error *e)
{
	struct vm_run *run;
	int err = vm_run_new(request, &run, e);

	if (err)
		return err;
	err = vm_run_measure(run, ret_why);
	vm_run_free(run);
	if (err == -EINTR)
		error_set(e, err, "interrupted");
	return err == -EINTR ? err : 0;
}

int vm_atlas_run(const struct vm_atlas_side *side, struct error *ret_why,
		 struct error *e)
{
	const struct units units = units_of_machine();
	char output[VM_ATLAS_PATH_BYTES + 16];
	char *words[2];
	struct vm_run_request request;
	struct config *config = NULL;
	int err;

	*ret_why = (struct error){ 0 };
	snprintf(output, sizeof(output), "--output=%s", side->dir);
	words[0] = (char *)side->config;
	words[1] = output;
	err = config_new(2, words, &units, &config, e);
	if (err)
		return err;
	request = request_of(side, config);
	err = measure(&request, ret_why, e);
	config_free(config);
	return err;
}
