// SPDX-License-Identifier: GPL-2.0-only
#include "vm_series.h"

#include "analysis/load.h"
#include "analysis/series.h"
#include "bench/vm/cache.h"
#include "bench/vm/program.h"
#include "bench/vm/tree.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "config.h"

#include "common/folder.h"
#include "common/same_rest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	NAME_BYTES = 64,
	SECONDS_A_MINUTE = 60
};

#define SCRIPT "scripts/build-kernel.sh"

struct work {
	const struct vm_series_request *request;
	struct vm_tree tree;
	struct series series;
	char build[PATH_MAX], folder[PATH_MAX]; /* of the kernels */
	char base[PATH_MAX];			/* result of the base */
	char before[PATH_MAX];			/* image of the last counted */
	time_t begun;				/* the first behind the base */
};

static const struct vm_commit *commit_of(const struct work *w, size_t i)
{
	return i ? &w->tree.commits[i - 1] : &w->tree.base;
}

static void short_name(const struct vm_commit *c, char buf[NAME_BYTES])
{
	snprintf(buf, NAME_BYTES, "%.*s", VM_TREE_SHORT_DIGITS, c->hash);
}

static int join(char buf[PATH_MAX], struct error *e, const char *a,
		const char *b, const char *c)
{
	if (snprintf(buf, PATH_MAX, "%s/%s%s", a, b, c) >= PATH_MAX)
		return error_set(e, -ENAMETOOLONG, "%s: too long a path", a);
	return 0;
}

/* In the source folder that this program was built in: build/, or build/X/. */
static bool find_beside(char buf[PATH_MAX])
{
	static const char *const ups[] = { "/../../" SCRIPT,
					   "/../../../" SCRIPT };
	char exe[PATH_MAX - 64], *slash;
	ssize_t got = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[got > 0 ? got : 0] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return false;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(ups) / sizeof(ups[0]); i++) {
		snprintf(buf, PATH_MAX, "%s%s", exe, ups[i]);
		if (!access(buf, X_OK))
			return true;
	}
	return false;
}

static int find_build(struct work *w, struct error *e)
{
	const char *own = w->request->build;

	if (own && !strchr(own, '/')) {
		snprintf(w->build, sizeof(w->build), "%s", own);
		return 0;
	}
	if (own) {
		if (!access(own, X_OK) && realpath(own, w->build))
			return 0;
		return error_set(e, -errno, "--build %s: %s", own,
				 strerror(errno));
	}
	if (find_beside(w->build))
		return 0;
	snprintf(w->build, sizeof(w->build), "%s", FL_DATADIR "/" SCRIPT);
	if (!access(w->build, X_OK))
		return 0;
	return error_set(e, -ENOENT,
			 SCRIPT
			 " is neither beside this program nor in " FL_DATADIR
			 "; name it, or what else builds a "
			 "kernel, with --build COMMAND");
}

static void say_begin(const struct work *w, size_t i)
{
	const struct vm_commit *c = commit_of(w, i);
	long left = 0;

	if (i > 1)
		left = (long)(time(NULL) - w->begun) *
		       (long)(w->series.nr - i) / (long)(i - 1);
	fprintf(stderr, "[%zu/%zu] %.*s %.50s", i, w->series.nr - 1,
		VM_TREE_SHORT_DIGITS, c->hash, i ? c->subject : "(the base)");
	if (left >= 2L * SECONDS_A_MINUTE)
		fprintf(stderr, ", about %ld min left",
			left / SECONDS_A_MINUTE);
	else if (left)
		fprintf(stderr, ", about %ld s left", left);
	fputc('\n', stderr);
}

/* What make says of an error stands in the log, of which this is the end. */
static int not_built(struct series_step *step, const char *log)
{
	free(step->why);
	step->state = SERIES_NOT_BUILT;
	if (asprintf(&step->why, "it was not built, see %s", log) < 0)
		step->why = NULL;
	return step->why ? 0 : -ENOMEM;
}

/* Return: 0, also if make failed, which the step says. */
static int build(const struct work *w, size_t i, char image[PATH_MAX],
		 struct error *e)
{
	const struct vm_commit *c = commit_of(w, i);
	char name[NAME_BYTES], log[PATH_MAX];
	const char *const words[] = { w->build, "--source", w->tree.source,
				      "--into", w->folder,  "--name",
				      name,	NULL };
	const struct vm_program program = { .words = words,
					    .log = log,
					    .interrupted = &vm_interrupted };
	struct error why = { 0 };
	int err;

	short_name(c, name);
	err = join(log, e, w->folder, name, ".log");
	if (!err)
		err = join(image, e, w->folder, name, "/vmlinuz");
	if (!err)
		err = vm_tree_checkout(&w->tree, c, e);
	if (err)
		return err;
	unlink(log);
	fprintf(stderr, "  building, %s\n", log);
	err = vm_program_run(&program, NULL, &why);
	if (!err && access(image, R_OK))
		err = -EIO;
	if (err == -EIO) {
		fprintf(stderr, "  not built: see %s\n", log);
		return not_built(&w->series.steps[i], log);
	}
	return err ? error_set(e, err, "%s", why.text) : 0;
}

/* The base is side A of its own folder, any other B with its batches. */
static int boot(struct work *w, size_t i, const char *image,
		struct vm_side sides[2], struct error *e)
{
	struct vm_sides_request q = *w->request->sides;
	const char *const kernels[] = { image, image };
	char name[NAME_BYTES], dir[PATH_MAX], number[NAME_BYTES] = "base";
	int err;

	short_name(commit_of(w, i), name);
	if (i)
		snprintf(number, sizeof(number), "%03zu-%.*s", i,
			 VM_TREE_SHORT_DIGITS, name);
	err = join(dir, e, w->request->sides->dir, number, "");
	if (err)
		return err;
	q.kernels = kernels;
	q.nr = i ? 2 : 1;
	q.like = i ? w->base : NULL;
	q.dir = dir;
	return vm_sides_run(&q, sides, e);
}

static int count(struct work *w, size_t i, const char *image, struct error *e)
{
	struct series_step *step = &w->series.steps[i];
	struct vm_side sides[2];
	struct error why = { 0 };
	const char *text;
	int err = boot(w, i, image, sides, e);

	if (err)
		return err;
	text = sides[i ? 1 : 0].why_no_counts;
	if (!*text && load_dir(sides[i ? 1 : 0].counts, &step->result, &why))
		text = why.text;
	if (*text) {
		step->state = SERIES_NOT_RUN;
		step->why = strdup(text);
		return step->why ? 0 : error_set(e, -ENOMEM, "out of memory");
	}
	if (!i)
		memcpy(w->base, sides[0].counts, sizeof(w->base));
	memcpy(w->before, image, sizeof(w->before));
	return 0;
}

static int do_step(struct work *w, size_t i, struct error *e)
{
	struct series_step *step = &w->series.steps[i];
	char image[PATH_MAX];
	int err;

	say_begin(w, i);
	if (i == 1)
		w->begun = time(NULL);
	err = build(w, i, image, e);
	if (err || step->state == SERIES_NOT_BUILT)
		return err;
	if (i && same_rest(fopen(image, "re"), fopen(w->before, "re"))) {
		step->state = SERIES_SAME_IMAGE;
		return 0;
	}
	return count(w, i, image, e);
}

static int do_steps(struct work *w, struct error *e)
{
	size_t all = w->series.nr;
	int err = 0;

	for (size_t i = 0; i < all && !err; i++) {
		err = do_step(w, i, e);
		if (!err && !i && !w->series.steps[0].result)
			err = error_set(e, -EIO, "the base: %s",
					w->series.steps[0].why);
		/* What was not come to is not in the report. */
		if (err == -EINTR) {
			w->series.nr = i;
			w->series.cut_short = true;
		}
	}
	return err;
}

static int write_report(const char *dir, const char *text, struct error *e)
{
	char path[PATH_MAX];
	FILE *f;
	int err = join(path, e, dir, "report.txt", "");

	if (err)
		return err;
	f = fopen(path, "we");
	err = !f || fputs(text, f) < 0;
	if ((f && fclose(f)) || err)
		return error_set(e, -EIO, "%s: %s", path, strerror(errno));
	printf("\nreport: %s\n", path);
	return 0;
}

static int report(struct work *w, struct error *e)
{
	char *text = NULL;
	size_t bytes = 0;
	int err = series_compare(&w->series);
	FILE *out = err ? NULL : open_memstream(&text, &bytes);

	if (out)
		err = out_series(&w->series, out);
	if (!out || fclose(out) || err) {
		free(text);
		return error_set(e, -ENOMEM, "out of memory");
	}
	fputs(text, stdout);
	err = write_report(w->request->sides->dir, text, e);
	free(text);
	return err;
}

static int prepare(struct work *w, struct error *e)
{
	struct series *s = &w->series;
	char relative[PATH_MAX];
	int err = join(relative, e, w->request->sides->dir, "kernels", "");

	if (!err && (err = folder_make(relative)))
		error_set(e, err, "%s: %s", relative, strerror(-err));
	if (!err && !realpath(relative, w->folder))
		err = error_set(e, -errno, "%s: %s", relative, strerror(errno));
	if (err)
		return err;
	s->steps = calloc(w->tree.nr + 1, sizeof(*s->steps));
	if (!s->steps)
		return error_set(e, -ENOMEM, "out of memory");
	s->nr = w->tree.nr + 1;
	for (size_t i = 0; i < s->nr; i++) {
		s->steps[i].hash = commit_of(w, i)->hash;
		s->steps[i].subject = commit_of(w, i)->subject;
		s->steps[i].merge = commit_of(w, i)->merge;
	}
	return 0;
}

static bool is_whole(const struct series *s)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->steps[i].why)
			return false;
	return !s->cut_short;
}

/* From here on there is something to show for it, whatever happens. */
static int run(struct work *w, struct error *e)
{
	int err = do_steps(w, e);
	struct error ignored = { 0 };

	if (err)
		fprintf(stderr, "faultline: %s\n", e->text);
	if (w->series.steps[0].result && report(w, &ignored))
		fprintf(stderr, "faultline: %s\n", ignored.text);
	return err || !is_whole(&w->series) || *ignored.text || fflush(stdout)
		       ? CLI_FAILED
		       : CLI_OK;
}

int vm_series(const struct vm_series_request *request)
{
	struct work w = { .request = request };
	struct error e = { 0 };
	int status, err = find_build(&w, &e);

	if (!err)
		err = vm_tree_open(request->tree, request->range,
				   &vm_interrupted, &w.tree, &e);
	if (err)
		return cli_usage_error(&e);
	status = prepare(&w, &e) ? cli_usage_error(&e) : run(&w, &e);
	series_finish(&w.series);
	vm_tree_close(&w.tree);
	return status;
}
