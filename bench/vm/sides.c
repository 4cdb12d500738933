// SPDX-License-Identifier: GPL-2.0-only
#include "sides.h"

#include "bench/host_lock.h"

#include "common/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a run of the fleet needs to live as long as it. */
struct part {
	struct config config;
	char log[PATH_MAX];
	unsigned side, layout;
};

struct sides {
	const struct vm_sides_request *request;
	struct vm_side *of;
	char survey[PATH_MAX]; /* A's, whose batches all have */
	struct vm_fleet_run *runs;
	struct part *parts;
	unsigned nr;
};

char vm_side_letter(unsigned side)
{
	return (char)('A' + (int)side);
}

/* @result and its log; -ENAMETOOLONG. */
static int name_part(const char *dir, const char *name, char result[PATH_MAX],
		     char log[PATH_MAX])
{
	int len = snprintf(result, PATH_MAX, "%s/%s", dir, name);

	if (len >= PATH_MAX ||
	    snprintf(log, PATH_MAX, "%s.log", result) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

static struct vm_run_request describe(const struct sides *s, unsigned side,
				      unsigned layout)
{
	const struct vm_sides_request *q = s->request;
	struct vm_run_request run = {
		.runner = q->runner,
		.guest = { .machine = { .mode = VM_MODE_INSN,
					.cpus = 1,
					.nodes = 1,
					.memory_bytes = q->memory_bytes,
					.layout = layout },
			   .limits.hello_ns = q->boot_limit_ns,
			   .kernel = q->kernels[side],
			   .interrupted = q->interrupted },
		.launches = 1,
		.observed_from = layout ? 0 : q->observed_from,
		.again = !side && !layout,
		.unlocked = true,
	};

	run.runner.interrupted = q->interrupted;
	run.like = q->like ? q->like : s->survey;
	return run;
}

static int add(struct sides *s, unsigned side, unsigned layout, char *result)
{
	const struct vm_sides_request *q = s->request;
	struct vm_fleet_run *run = &s->runs[s->nr];
	struct part *part = &s->parts[s->nr];
	int err = name_part(q->dir, run->name, result, part->log);

	if (err)
		return err;
	part->config = *q->counts;
	part->config.output = result;
	if (layout && q->observed_from)
		part->config.nr_sweeps = q->observed_from;
	part->side = side;
	part->layout = layout;
	run->request = describe(s, side, layout);
	run->request.runner.config = &part->config;
	run->log = part->log;
	run->after = s->nr && !q->like ? 0 : VM_FLEET_NONE;
	s->nr++;
	return 0;
}

/* What all others wait for. */
static int add_survey(struct sides *s)
{
	struct vm_run_request *run = &s->runs[0].request;
	int err;

	snprintf(s->runs[0].name, sizeof(s->runs[0].name), "A-survey");
	err = add(s, 0, 0, s->survey);
	run->like = NULL;
	run->again = false;
	run->survey_only = true;
	return err;
}

static int add_side(struct sides *s, unsigned side, unsigned layout)
{
	struct vm_fleet_run *run = &s->runs[s->nr];

	snprintf(run->name, sizeof(run->name), layout ? "%c-layout-%u" : "%c",
		 vm_side_letter(side), layout);
	return add(s, side, layout,
		   layout ? s->of[side].layouts[layout - 1]
			  : s->of[side].counts);
}

static int add_all(struct sides *s)
{
	const struct vm_sides_request *q = s->request;
	int err = q->like ? 0 : add_survey(s);

	for (unsigned layout = 0; layout <= q->layouts; layout++)
		for (unsigned i = 0; i < q->nr && !err; i++) {
			if (!i && !layout && q->like)
				snprintf(s->of[0].counts, PATH_MAX, "%s",
					 q->like);
			else
				err = add_side(s, i, layout);
		}
	return err;
}

static void take_reasons(const struct sides *s)
{
	for (unsigned i = 0; i < s->nr; i++) {
		const struct vm_fleet_run *run = &s->runs[i];
		const struct part *part = &s->parts[i];
		struct vm_side *side = &s->of[part->side];

		if (run->state == VM_FLEET_DONE || run->request.survey_only)
			continue;
		if (run->after >= 0 &&
		    s->runs[run->after].state == VM_FLEET_FAILED)
			run = &s->runs[run->after];
		if (part->layout)
			side->layouts[part->layout - 1][0] = '\0';
		else
			snprintf(side->why_no_counts, ERROR_TEXT_BYTES, "%s",
				 run->why[0] ? run->why : "it was not run");
	}
}

static int run_sides(struct sides *s, struct error *e)
{
	const struct vm_sides_request *q = s->request;
	int err = folder_make(q->dir);

	if (err)
		return error_set(e, err, "%s: %s", q->dir, strerror(-err));
	err = host_lock_ask(e);
	if (err)
		return err;
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
	size_t most = 1 + (size_t)request->nr * (request->layouts + 1);
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
