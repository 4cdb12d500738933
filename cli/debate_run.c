// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/debate.h"
#include "bench/vm/run.h"
#include "cli/debate.h"
#include "cli/vm.h"
#include "common/nearest.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	KERNEL_NAME_BYTES = 2 * PROPOSAL_NAME_BYTES + 16,
	MAX_KERNELS = 64,
	MAX_BUILD_WORDS = 8
};

/* A run of each kernel: configs/kernels/debate-NAME.yaml says what. */
static const struct {
	const char *name;
	enum vm_mode mode;
	unsigned cpus;
} runs[] = {
	{ "insn", VM_MODE_INSN, 1 },
	{ "func", VM_MODE_FUNC, 2 },
	{ "race", VM_MODE_FUNC, 4 },
};

/* One to boot: a proposal, or the rule that shipped if that is NULL. */
struct kernel {
	const struct proposal *p;
	char image[PATH_MAX];
};

struct hall {
	const struct debate_job *job;
	struct proposals proposals;
	struct kernel kernels[MAX_KERNELS];
	size_t nr;
};

static const char *folder_of(const struct kernel *k)
{
	return k->p ? k->p->name : DEBATE_SHIPPED;
}

static void name_kernel(const struct kernel *k, char buf[KERNEL_NAME_BYTES])
{
	const char *on = k->p ? k->p->on : "";

	snprintf(buf, KERNEL_NAME_BYTES, "tiny%s%s%s%s", *on ? "-" : "", on,
		 k->p ? "-" : "", k->p ? k->p->name : "");
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

static int join(char *buf, size_t bytes, struct error *e, const char *a,
		const char *b, const char *c)
{
	if (snprintf(buf, bytes, "%s/%s%s", a, b, c) >= (int)bytes)
		return error_set(e, -ENAMETOOLONG, "%s: too long a path", a);
	return 0;
}

static bool same_file(const char *a, const char *b)
{
	FILE *x = fopen(a, "re"), *y = fopen(b, "re");
	bool same = x && y;
	int c = 0;

	while (same && c != EOF) {
		c = fgetc(x);
		same = c == fgetc(y);
	}
	if (x)
		fclose(x);
	if (y)
		fclose(y);
	return same;
}

/* Whether what was built had these patches: they are kept beside it. */
static bool is_current(const struct hall *h, const struct kernel *k)
{
	const char *names[] = { k->p ? k->p->name : "", k->p ? k->p->on : "" };
	char here[PATH_MAX], there[PATH_MAX + 8], *slash;

	if (access(k->image, R_OK))
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (!*names[i])
			continue;
		snprintf(here, sizeof(here), "%s/%s.patch", h->job->patches,
			 names[i]);
		snprintf(there, sizeof(there), "%s", k->image);
		slash = strrchr(there, '/');
		if (!slash)
			return false;
		snprintf(slash, sizeof(there) - (size_t)(slash - there),
			 "/%s.patch", names[i]);
		if (!same_file(here, there))
			return false;
	}
	return true;
}

static int run_program(char *const *words, const char *what, struct error *e)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return error_set(e, -errno, "fork: %s", strerror(errno));
	if (!pid) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execv(words[0], words);
		fprintf(stderr, "faultline: %s: %s\n", words[0],
			strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (vm_interrupted)
		return error_set(e, -EINTR, "interrupted");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return error_set(e, -EIO, "%s was not built: see above", what);
	return 0;
}

static int build(const struct hall *h, const struct kernel *k, struct error *e)
{
	char script[PATH_MAX], first[PATH_MAX], second[PATH_MAX];
	char *words[MAX_BUILD_WORDS] = { script };
	char name[KERNEL_NAME_BYTES];
	unsigned nr = 1;
	int err = join(script, sizeof(script), e, h->job->patches,
		       "../../scripts/build-kernel.sh", "");

	name_kernel(k, name);
	if (!err && k->p && *k->p->on) {
		err = join(first, sizeof(first), e, h->job->patches, k->p->on,
			   ".patch");
		words[nr++] = (char *)"--patch";
		words[nr++] = first;
	}
	if (!err && k->p) {
		err = join(second, sizeof(second), e, h->job->patches,
			   k->p->name, ".patch");
		words[nr++] = (char *)"--patch";
		words[nr++] = second;
	}
	if (!err && access(script, X_OK))
		return error_set(
			e, -ENOENT,
			"%s is not built, and %s is not there to do "
			"it: run it in the source folder, or --kernels "
			"DIR",
			name, script);
	return err ? err : run_program(words, name, e);
}

static int find_kernel(const struct hall *h, struct kernel *k, struct error *e)
{
	char name[KERNEL_NAME_BYTES], buf[PATH_MAX];
	bool ours = !h->job->kernels;
	int err;

	name_kernel(k, name);
	if (!ours) {
		err = join(k->image, sizeof(k->image), e, h->job->kernels, name,
			   "/vmlinuz");
		if (!err && access(k->image, R_OK))
			err = error_set(e, -errno, "%s: %s", k->image,
					strerror(errno));
		return err;
	}
	snprintf(k->image, sizeof(k->image), "%s",
		 vm_find_kernel(name, buf, sizeof(buf)));
	if (is_current(h, k))
		return 0;
	err = build(h, k, e);
	if (!err)
		snprintf(k->image, sizeof(k->image), "%s",
			 vm_find_kernel(name, buf, sizeof(buf)));
	return err;
}

/* What this kernel looks at, and all that stands on it. */
static bool is_looked_at(const struct hall *h, const struct kernel *k,
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
static size_t keep_looked_at(const struct hall *h, const struct kernel *k,
			     struct config *c)
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

static int measure(const struct kernel *k, size_t at, struct config *c,
		   const char *like, struct error *e)
{
	char *argv[] = { (char *)"vm debate", NULL };
	struct vm_run_request request = {
		.guest = { .machine = { .mode = runs[at].mode,
					.cpus = runs[at].cpus,
					.nodes = 1,
					.memory_bytes = UINT64_C(1) << 30 },
			   .kernel = k->image,
			   .interrupted = &vm_interrupted },
		.runner = { .config = c,
			    .argc = 1,
			    .argv = argv,
			    .version = FL_VERSION,
			    .build = FL_BUILD,
			    .comparable = FL_BUILD_COMPARABLE,
			    .interrupted = &vm_interrupted,
			    .warnings = stderr },
		.like = like,
	};
	struct vm_run *run;
	int err = vm_run_new(&request, &run, e);

	if (err)
		return err;
	err = vm_run_measure(run, e);
	if (err)
		vm_print_failure(run, e);
	vm_run_free(run);
	return err;
}

static int run_one(const struct hall *h, const struct kernel *k, size_t at,
		   struct error *e)
{
	const struct units units = units_of_machine();
	char file[PATH_MAX], out[PATH_MAX], like[PATH_MAX];
	struct config *c = NULL;
	char *words[] = { file, (char *)"-o", out };
	size_t nr, all;
	int err;

	snprintf(file, sizeof(file), "%s/debate-%s.yaml", h->job->patches,
		 runs[at].name);
	snprintf(out, sizeof(out), "%s/%s/%s", h->job->output, folder_of(k),
		 runs[at].name);
	snprintf(like, sizeof(like), "%s/" DEBATE_SHIPPED "/%s", h->job->output,
		 runs[at].name);
	err = config_new(3, words, &units, &c, e);
	if (err)
		return err;
	all = c->nr_sweeps;
	nr = keep_looked_at(h, k, c);
	if (nr) {
		fprintf(stderr, "==> %s, %s\n", folder_of(k), runs[at].name);
		c->nr_sweeps = nr;
		err = measure(
			k, at, c,
			k->p && runs[at].mode == VM_MODE_INSN ? like : NULL, e);
		c->nr_sweeps = all;
	}
	config_free(c);
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
	char part[PATH_MAX];

	for (const char *c = path; *c; c++) {
		if (*c != '/' || c == path)
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)(c - path), path);
		if (mkdir(part, 0777) && errno != EEXIST)
			return error_set(e, -errno, "%s: %s", part,
					 strerror(errno));
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	return 0;
}

static int make_folders(const struct hall *h, struct error *e)
{
	char path[PATH_MAX];
	int err = join(path, sizeof(path), e, h->job->output, DEBATE_PATCHES,
		       "");

	if (!err)
		err = make_folder(path, e);
	for (size_t i = 0; i < h->nr && !err; i++) {
		if (h->kernels[i].p)
			err = copy_patch(h, h->kernels[i].p, e);
		if (!err)
			err = join(path, sizeof(path), e, h->job->output,
				   folder_of(&h->kernels[i]), "");
		if (!err)
			err = make_folder(path, e);
	}
	return err;
}

static int run_all(struct hall *h, int *ret_failed, struct error *e)
{
	int err = 0;

	for (size_t i = 0; i < h->nr && !err; i++)
		err = find_kernel(h, &h->kernels[i], e);
	if (!err)
		err = make_folders(h, e);
	for (size_t i = 0; i < h->nr && !err; i++)
		for (size_t at = 0; at < sizeof(runs) / sizeof(runs[0]); at++) {
			struct error why = { 0 };

			if (run_one(h, &h->kernels[i], at, &why))
				++*ret_failed;
			if (*why.text)
				fprintf(stderr, "faultline: %s\n", why.text);
			if (vm_interrupted)
				return error_set(e, -EINTR, "interrupted");
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
