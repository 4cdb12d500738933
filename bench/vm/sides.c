// SPDX-License-Identifier: GPL-2.0-only
#include "sides.h"

#include "bench/host_lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run of the fleet needs to live as long as it. */
struct part {
	struct config config;
	char log[PATH_MAX];
};

struct sides {
	const struct vm_sides_request *request;
	struct vm_side *of;
	struct vm_fleet_run *runs;
	struct part *parts;
	unsigned nr;
};

char vm_side_letter(unsigned side)
{
	return (char)('A' + (int)side);
}

/* @result and its log; -ENAMETOOLONG. */
static int name_part(const char *dir, unsigned side, const char *what,
		     char result[PATH_MAX], char log[PATH_MAX])
{
	int len = snprintf(result, PATH_MAX, "%s/%c%s", dir,
			   vm_side_letter(side), what);

	if (len >= PATH_MAX ||
	    snprintf(log, PATH_MAX, "%s.log", result) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

static struct vm_run_request describe(const struct sides *s, unsigned side,
				      const struct config *config, bool counts)
{
	const struct vm_sides_request *q = s->request;
	struct vm_run_request run = {
		.runner = q->runner,
		.guest = { .machine = { .mode = counts ? VM_MODE_INSN
						       : VM_MODE_FUNC,
					.cpus = counts ? 1 : VM_FUNCTION_CPUS,
					.nodes = 1,
					.memory_bytes = q->memory_bytes },
			   .limits.hello_ns = q->boot_limit_ns,
			   .kernel = q->kernels[side],
			   .interrupted = q->interrupted },
		.launches = 1,
		.unlocked = true,
	};

	run.runner.config = config;
	run.runner.interrupted = q->interrupted;
	return run;
}

static int add(struct sides *s, unsigned side, bool counts)
{
	const struct vm_sides_request *q = s->request;
	struct vm_fleet_run *run = &s->runs[s->nr];
	struct part *part = &s->parts[s->nr];
	char *result = counts ? s->of[side].counts : s->of[side].functions;
	const char *what = counts ? "" : "-functions";
	int err = name_part(q->dir, side, what, result, part->log);

	if (err)
		return err;
	part->config = counts ? *q->counts : *q->functions;
	part->config.output = result;
	run->request = describe(s, side, &part->config, counts);
	run->log = part->log;
	run->after = VM_FLEET_NONE;
	snprintf(run->name, sizeof(run->name), "%c%s", vm_side_letter(side),
		 counts ? ", instructions" : ", functions");
	if (counts && side) {
		run->request.like = q->like ? q->like : s->of[0].counts;
		run->after = q->like ? VM_FLEET_NONE : 0;
	}
	run->request.again = counts && !side;
	s->nr++;
	return 0;
}

/* The runs that others wait for come first. */
static int add_all(struct sides *s)
{
	const struct vm_sides_request *q = s->request;
	int err = 0;

	for (unsigned i = 0; i < q->nr && !err; i++) {
		if (!i && q->like)
			snprintf(s->of[0].counts, sizeof(s->of[0].counts), "%s",
				 q->like);
		else
			err = add(s, i, true);
	}
	for (unsigned i = 0; i < q->nr && q->functions && !err; i++)
		err = add(s, i, false);
	return err;
}

static void take_reasons(const struct sides *s)
{
	for (unsigned i = 0; i < s->nr; i++) {
		const struct vm_fleet_run *run = &s->runs[i];
		unsigned side = (unsigned)(run->name[0] - 'A');
		bool counts = run->request.guest.machine.mode == VM_MODE_INSN;
		char *why = counts ? s->of[side].why_no_counts
				   : s->of[side].why_no_functions;

		if (run->state != VM_FLEET_DONE)
			snprintf(why, ERROR_TEXT_BYTES, "%s",
				 run->why[0] ? run->why : "it was not run");
	}
}

static int make_folder(const char *dir, struct error *e)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", dir);
	for (char *slash = strchr(copy + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0777);
		*slash = '/';
	}
	if (mkdir(copy, 0777) && errno != EEXIST)
		return error_set(e, -errno, "%s: %s", dir, strerror(errno));
	return 0;
}

static int run_sides(struct sides *s, struct error *e)
{
	const struct vm_sides_request *q = s->request;
	int lock, err = make_folder(q->dir, e);

	if (!err)
		err = host_lock_take(&lock, e);
	if (err)
		return err;
	/* Counts are the same beside others; they must not disturb them. */
	close(lock);
	err = add_all(s);
	if (err)
		error_set(e, err, "%s: %s", q->dir, strerror(-err));
	else
		err = vm_fleet(s->runs, s->nr, q->at_once, q->interrupted,
			       q->progress, e);
	take_reasons(s);
	return err;
}

int vm_sides_run(const struct vm_sides_request *request, struct vm_side *ret,
		 struct error *e)
{
	size_t most = 2 * (size_t)request->nr;
	struct sides s = {
		.request = request,
		.of = ret,
		.runs = calloc(most, sizeof(*s.runs)),
		.parts = calloc(most, sizeof(*s.parts)),
	};
	int err;

	memset(ret, 0, request->nr * sizeof(*ret));
	if (s.runs && s.parts)
		err = run_sides(&s, e);
	else
		err = error_set(e, -ENOMEM, "out of memory");
	free(s.runs);
	free(s.parts);
	return err;
}
