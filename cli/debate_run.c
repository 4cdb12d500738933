// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/debate.h"
#include "bench/host_lock.h"
#include "bench/vm/fleet.h"
#include "cli/debate_kernels.h"
#include "cli/vm.h"
#include "common/folder.h"
#include "common/nearest.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	MAX_KERNELS = 64,
	INSN = 0,
	RACE = 2,
	NR_MODES = 3,
};

/* A run of each kernel: configs/kernels/debate-NAME.yaml says what. */
static const struct {
	const char *name;
	enum vm_mode mode;
	unsigned cpus;
} modes[NR_MODES] = {
	[INSN] = { "insn", VM_MODE_INSN, 1 },
	{ "func", VM_MODE_FUNC, 2 },
	[RACE] = { "race", VM_MODE_FUNC, 2 },
};

/* What a run of the fleet needs to live as long as it. */
struct part {
	struct config *config;
	size_t nr_sweeps; /* with those that nobody looks at */
	char log[PATH_MAX], like[PATH_MAX];
};

struct hall {
	const struct debate_job *job;
	struct proposals proposals;
	struct debate_kernel kernels[MAX_KERNELS];
	size_t nr;
	struct vm_fleet_run runs[NR_MODES * MAX_KERNELS];
	struct part parts[NR_MODES * MAX_KERNELS];
	unsigned nr_runs;
};

static const char *folder_of(const struct debate_kernel *k)
{
	return k->p ? k->p->name : DEBATE_SHIPPED;
}

static int add_kernel(struct hall *h, const struct proposal *p, struct error *e)
{
	for (size_t i = 0; i < h->nr; i++)
		if (h->kernels[i].p == p)
			return 0;
	if (h->nr == MAX_KERNELS)
		return error_set(e, -E2BIG, "too many proposals");
	h->kernels[h->nr++].p = p;
	return 0;
}

static int add_proposal(struct hall *h, const struct proposal *p,
			struct error *e)
{
	int err = 0;

	if (*p->on)
		err = add_kernel(h, proposals_find(&h->proposals, p->on), e);
	return err ? err : add_kernel(h, p, e);
}

static int unknown(const struct hall *h, const char *name, struct error *e)
{
	const char *words[MAX_KERNELS], *near;
	size_t nr = 0;

	for (size_t i = 0; i < h->proposals.nr && nr < MAX_KERNELS; i++)
		words[nr++] = h->proposals.of[i].name;
	near = nearest_word(name, words, nr);
	return error_set(e, -EINVAL, "%s: there is no proposal `%s`%s%s%s",
			 h->job->patches, name, near ? "; did you mean `" : "",
			 near ? near : "", near ? "`?" : "");
}

static int choose(struct hall *h, struct error *e)
{
	const struct debate_job *job = h->job;
	int err = add_kernel(h, NULL, e);

	for (size_t i = 0; i < h->proposals.nr && !err && !job->nr_names; i++)
		err = add_proposal(h, &h->proposals.of[i], e);
	for (size_t i = 0; i < job->nr_names && !err; i++) {
		const struct proposal *p = proposals_find(&h->proposals,
							  job->names[i]);

		err = p ? add_proposal(h, p, e) : unknown(h, job->names[i], e);
	}
	return err;
}

/* What this kernel looks at, and all that stands on it. */
static bool is_looked_at(const struct hall *h, const struct debate_kernel *k,
			 const char *workload)
{
	for (size_t i = 0; i < h->nr; i++) {
		const struct proposal *p = h->kernels[i].p;

		if (p && proposal_looks_at(p, workload) &&
		    (p == k->p || !strcmp(p->on, k->p ? k->p->name : "")))
			return true;
	}
	return false;
}

/* Sweeps that nobody looks at go to the end; how many are left. */
static size_t keep_looked_at(const struct hall *h,
			     const struct debate_kernel *k, struct config *c)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->nr_sweeps; i++) {
		struct config_sweep sweep = c->sweeps[i];

		if (!is_looked_at(h, k, sweep.workload->name))
			continue;
		c->sweeps[i] = c->sweeps[nr];
		c->sweeps[nr++] = sweep;
	}
	return nr;
}

static struct vm_run_request describe(const struct debate_kernel *k,
				      unsigned mode, struct part *part)
{
	static char *argv[] = { (char *)"vm debate", NULL };

	return (struct vm_run_request){
		.guest = { .machine = { .mode = modes[mode].mode,
					.cpus = modes[mode].cpus,
					.nodes = 1,
					.memory_bytes = UINT64_C(1) << 30 },
			   .kernel = k->image,
			   .interrupted = &vm_interrupted },
		.runner = { .config = part->config,
			    .argc = 1,
			    .argv = argv,
			    .version = FL_VERSION,
			    .build = FL_BUILD,
			    .comparable = FL_BUILD_COMPARABLE,
			    .interrupted = &vm_interrupted,
			    .warnings = stderr },
		.like = mode == INSN && k->p ? part->like : NULL,
		.again = mode == INSN && !k->p,
		.unlocked = true,
	};
}

static int name_files(const struct hall *h, const struct debate_kernel *k,
		      unsigned mode, char out[PATH_MAX], struct part *part,
		      struct error *e)
{
	char folder[PATH_MAX], shipped[PATH_MAX];
	int err = debate_path(folder, e, h->job->output, folder_of(k), "");

	if (!err)
		err = debate_path(shipped, e, h->job->output, DEBATE_SHIPPED,
				  "");
	if (!err)
		err = debate_path(out, e, folder, modes[mode].name, "");
	if (!err)
		err = debate_path(part->like, e, shipped, modes[mode].name, "");
	return err ? err
		   : debate_path(part->log, e, folder, modes[mode].name,
				 ".log");
}

static void finish_part(struct part *part)
{
	if (part->config)
		part->config->nr_sweeps = part->nr_sweeps;
	config_free(part->config);
	part->config = NULL;
}

/* Nothing, if nobody looks at anything that is in this mode's config. */
static int add_run(struct hall *h, const struct debate_kernel *k, unsigned mode,
		   struct error *e)
{
	const struct units units = units_of_machine();
	struct vm_fleet_run *run = &h->runs[h->nr_runs];
	struct part *part = &h->parts[h->nr_runs];
	char file[PATH_MAX], out[PATH_MAX], name[64];
	char *words[] = { file, (char *)"-o", out };
	int err;

	snprintf(name, sizeof(name), "debate-%s", modes[mode].name);
	err = debate_path(file, e, h->job->patches, name, ".yaml");
	if (!err)
		err = name_files(h, k, mode, out, part, e);
	if (!err)
		err = config_new(3, words, &units, &part->config, e);
	if (err)
		return err;
	part->nr_sweeps = part->config->nr_sweeps;
	part->config->nr_sweeps = keep_looked_at(h, k, part->config);
	if (!part->config->nr_sweeps) {
		finish_part(part);
		return 0;
	}
	run->request = describe(k, mode, part);
	run->log = part->log;
	run->after = run->request.like ? 0 : VM_FLEET_NONE;
	snprintf(run->name, sizeof(run->name), "%.40s, %s", folder_of(k),
		 modes[mode].name);
	h->nr_runs++;
	return 0;
}

static int add_runs(struct hall *h, unsigned mode, struct error *e)
{
	int err = 0;

	for (size_t i = 0; i < h->nr && !err; i++)
		err = add_run(h, &h->kernels[i], mode, e);
	return err;
}

static int copy_patch(const struct hall *h, const struct proposal *p,
		      struct error *e)
{
	char from[PATH_MAX], to[PATH_MAX];
	FILE *in, *out;
	int c, err = 0;

	snprintf(from, sizeof(from), "%s/%s.patch", h->job->patches, p->name);
	snprintf(to, sizeof(to), "%s/" DEBATE_PATCHES "/%s.patch",
		 h->job->output, p->name);
	in = fopen(from, "re");
	out = in ? fopen(to, "we") : NULL;
	if (!out)
		err = error_set(e, -errno, "%s: %s", in ? to : from,
				strerror(errno));
	while (!err && (c = fgetc(in)) != EOF)
		fputc(c, out);
	if (in)
		fclose(in);
	if (out && fclose(out) && !err)
		err = error_set(e, -errno, "%s: %s", to, strerror(errno));
	return err;
}

static int make_folder(const char *path, struct error *e)
{
	int err = folder_make(path);

	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}

static int make_folders(const struct hall *h, struct error *e)
{
	char path[PATH_MAX];
	int err = debate_path(path, e, h->job->output, DEBATE_PATCHES, "");

	if (!err)
		err = make_folder(path, e);
	for (size_t i = 0; i < h->nr && !err; i++) {
		if (h->kernels[i].p)
			err = copy_patch(h, h->kernels[i].p, e);
		if (!err)
			err = debate_path(path, e, h->job->output,
					  folder_of(&h->kernels[i]), "");
		if (!err)
			err = make_folder(path, e);
	}
	return err;
}

/* Those that count nothing but code and outcomes, side by side; then races. */
static int run_fleets(struct hall *h, struct error *e)
{
	unsigned before;
	int err = add_runs(h, INSN, e);

	for (unsigned mode = INSN + 1; mode < RACE && !err; mode++)
		err = add_runs(h, mode, e);
	before = h->nr_runs;
	if (!err)
		err = add_runs(h, RACE, e);
	if (!err)
		err = vm_fleet(h->runs, before, 0, &vm_interrupted, stderr, e);
	return err ? err
		   : vm_fleet(h->runs + before, h->nr_runs - before, 1,
			      &vm_interrupted, stderr, e);
}

static int run_all(struct hall *h, int *ret_failed, struct error *e)
{
	int err = 0;

	for (size_t i = 0; i < h->nr && !err; i++)
		err = debate_kernel_find(h->job, &h->kernels[i], e);
	if (!err)
		err = host_lock_ask(e);
	if (!err)
		err = make_folders(h, e);
	if (!err)
		err = run_fleets(h, e);
	for (unsigned i = 0; i < h->nr_runs; i++) {
		*ret_failed += h->runs[i].state == VM_FLEET_FAILED;
		finish_part(&h->parts[i]);
	}
	return err;
}

int debate_run(const struct debate_job *job, int *ret_failed, struct error *e)
{
	struct hall *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return error_set(e, -ENOMEM, "out of memory");
	h->job = job;
	err = proposals_read(job->patches, &h->proposals, e);
	if (!err)
		err = choose(h, e);
	if (!err)
		err = run_all(h, ret_failed, e);
	proposals_finish(&h->proposals);
	free(h);
	return err;
}
