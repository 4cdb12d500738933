// SPDX-License-Identifier: GPL-2.0-only
#include "debate_kernels.h"

#include "cli/vm.h"

#include "common/same_rest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	KERNEL_NAME_BYTES = 2 * PROPOSAL_NAME_BYTES + 16,
	MAX_BUILD_WORDS = 8
};

int debate_path(char buf[PATH_MAX], struct error *e, const char *a,
		const char *b, const char *c)
{
	if (snprintf(buf, PATH_MAX, "%s/%s%s", a, b, c) >= PATH_MAX)
		return error_set(e, -ENAMETOOLONG, "%s: too long a path", a);
	return 0;
}

static void name_kernel(const struct debate_kernel *k,
			char buf[KERNEL_NAME_BYTES])
{
	const char *on = k->p ? k->p->on : "";

	snprintf(buf, KERNEL_NAME_BYTES, "tiny%s%s%s%s", *on ? "-" : "", on,
		 k->p ? "-" : "", k->p ? k->p->name : "");
}

/* A patch from its first diff on: what its head says builds nothing. */
static FILE *open_diff(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[512];
	long at = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "--- ", 4)) {
			fseek(f, at, SEEK_SET);
			break;
		}
		at = ftell(f);
	}
	return f;
}

static void beside(const char *image, const char *name, const char *ending,
		   char buf[PATH_MAX])
{
	const char *slash = strrchr(image, '/');

	snprintf(buf, PATH_MAX, "%.*s/%s%s", slash ? (int)(slash - image) : 1,
		 slash ? image : ".", name, ending);
}

/* Whether what was built had these patches and this config: they lie beside. */
static bool is_current(const struct debate_job *job,
		       const struct debate_kernel *k)
{
	const char *names[] = { k->p ? k->p->name : "", k->p ? k->p->on : "" };
	char here[PATH_MAX], there[PATH_MAX];

	if (access(k->image, R_OK))
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (!*names[i])
			continue;
		snprintf(here, sizeof(here), "%s/%s.patch", job->patches,
			 names[i]);
		beside(k->image, names[i], ".patch", there);
		if (!same_rest(open_diff(here), open_diff(there)))
			return false;
	}
	snprintf(here, sizeof(here), "%s/tiny.config", job->patches);
	beside(k->image, "fragment", ".config", there);
	return same_rest(fopen(here, "re"), fopen(there, "re"));
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

static int build(const struct debate_job *job, const struct debate_kernel *k,
		 struct error *e)
{
	char script[PATH_MAX], first[PATH_MAX], second[PATH_MAX];
	char *words[MAX_BUILD_WORDS] = { script };
	char name[KERNEL_NAME_BYTES];
	unsigned nr = 1;
	int err = debate_path(script, e, job->patches,
			      "../../scripts/build-kernel.sh", "");

	name_kernel(k, name);
	if (!err && k->p && *k->p->on) {
		err = debate_path(first, e, job->patches, k->p->on, ".patch");
		words[nr++] = (char *)"--patch";
		words[nr++] = first;
	}
	if (!err && k->p) {
		err = debate_path(second, e, job->patches, k->p->name,
				  ".patch");
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

int debate_kernel_find(const struct debate_job *job, struct debate_kernel *k,
		       struct error *e)
{
	char name[KERNEL_NAME_BYTES], buf[PATH_MAX];
	bool ours = !job->kernels;
	int err;

	name_kernel(k, name);
	if (!ours) {
		err = debate_path(k->image, e, job->kernels, name, "/vmlinuz");
		if (!err && access(k->image, R_OK))
			err = error_set(e, -errno, "%s: %s", k->image,
					strerror(errno));
		return err;
	}
	snprintf(k->image, sizeof(k->image), "%s",
		 vm_find_kernel(name, buf, sizeof(buf)));
	if (is_current(job, k))
		return 0;
	err = build(job, k, e);
	if (!err)
		snprintf(k->image, sizeof(k->image), "%s",
			 vm_find_kernel(name, buf, sizeof(buf)));
	return err;
}
