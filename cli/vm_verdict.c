// SPDX-License-Identifier: GPL-2.0-only
#include "vm_verdict.h"

#include "analysis/conduct.h"
#include "analysis/exact_layouts.h"
#include "analysis/exact_page.h"
#include "analysis/load.h"
#include "analysis/out_exact.h"
#include "analysis/out_gnuplot.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Runs that could be read, and whose they are. */
struct loaded {
	const struct result *of[VM_MAX_SIDES];
	const char *names[VM_MAX_SIDES];
	char letters[VM_MAX_SIDES + 1];
	unsigned nr;
	bool (*observed)(const void *ctx, const char *workload);
	const void *ctx;
};

static void unload(struct loaded *l)
{
	for (unsigned i = 0; i < l->nr; i++)
		result_free((struct result *)l->of[i]);
}

static void load(struct loaded *l, const char *dir, const char *why,
		 const char *name, char letter, FILE *out)
{
	struct result *r = NULL;
	struct error e = { 0 };

	if (*why || load_dir(dir, &r, &e)) {
		format_paragraph(out, "! ", 2, "%c (%s) is left out: %s",
				 letter, name, *why ? why : e.text);
		return;
	}
	l->of[l->nr] = r;
	l->letters[l->nr] = letter;
	l->names[l->nr++] = name;
}

/* Of a layout, the kernels that have a row in the fixed one. */
static bool load_layout(const struct loaded *fixed, const struct vm_side *sides,
			unsigned layout, struct loaded *ret)
{
	*ret = (struct loaded){ 0 };
	for (unsigned i = 0; i < fixed->nr; i++) {
		const char *dir =
			sides[fixed->letters[i] - 'A'].layouts[layout];
		struct result *r = NULL;
		struct error e = { 0 };

		if (!*dir || load_dir(dir, &r, &e)) {
			unload(ret);
			return false;
		}
		ret->of[ret->nr++] = r;
	}
	return true;
}

static int print_layouts(const struct loaded *fixed, const struct exact *x,
			 const struct vm_side *sides, unsigned layouts,
			 struct groups *g, FILE *out)
{
	struct loaded *loaded = calloc(layouts, sizeof(*loaded));
	struct exact *of[VM_MAX_LAYOUTS];
	unsigned nr = 0;
	int err = loaded ? 0 : -ENOMEM;

	for (unsigned i = 0; !err && i < layouts; i++)
		if (load_layout(fixed, sides, i, &loaded[nr])) {
			err = exact_new(loaded[nr].of, loaded[nr].nr, &of[nr]);
			nr += !err;
		} else {
			format_paragraph(out, "! ", 2,
					 "layout %u is left out: see its log",
					 i + 1);
		}
	if (!err && nr)
		err = out_layouts(x, (const struct exact *const *)of, nr, g,
				  out);
	for (unsigned i = 0; i < nr; i++) {
		exact_free(of[i]);
		unload(&loaded[i]);
	}
	free(loaded);
	return err;
}

static int print_counts(const struct loaded *l, const struct vm_side *sides,
			unsigned layouts, struct pictures *pictures, FILE *out)
{
	struct summary *s = NULL;
	struct exact *x = NULL;
	struct groups g = { 0 };
	int err = summary_new(l->of[0], &s);

	if (!err)
		err = groups_new(s, &g);
	if (!err)
		err = exact_new(l->of, l->nr, &x);
	if (!err) {
		exact_leave_out(x, l->observed, l->ctx);
		memcpy(x->letters, l->letters, sizeof(l->letters));
		err = out_exact(x, l->names, &g, out);
	}
	if (!err && l->nr > 2)
		err = out_letters(x, &g, out);
	if (!err && layouts)
		err = print_layouts(l, x, sides, layouts, &g, out);
	if (!err)
		err = picture_exact(x, l->names, &g, pictures);
	exact_free(x);
	groups_finish(&g);
	summary_free(s);
	return err;
}

static int print_functions(const struct loaded *l, FILE *out)
{
	struct conduct *c = NULL;
	int err = conduct_new(l->of, l->nr, &c);

	if (!err)
		err = out_conduct(c, l->letters, out);
	conduct_free(c);
	return err;
}

/* A workload of a sweep that only observes, and of no other. */
static bool is_observed(const void *ctx, const char *workload)
{
	const struct vm_sides_request *q = ctx;
	bool observed = false;

	for (size_t i = 0; i < q->counts->nr_sweeps; i++) {
		const struct config_sweep *sweep = &q->counts->sweeps[i];
		bool same = !strcmp(sweep->workload->name, workload);

		if (same && (i < q->observed_from || !q->observed_from))
			return false;
		observed = observed || same;
	}
	return observed;
}

/* Return: 0; -ENODATA if there are no two to compare; -errno. */
static int print_all(const struct vm_sides_request *q,
		     const struct vm_side *sides, const char *const *names,
		     bool *ret_whole, struct pictures *pictures, FILE *out)
{
	struct loaded l = { .observed = is_observed, .ctx = q };
	int err = -ENODATA;

	for (unsigned i = 0; i < q->nr; i++)
		load(&l, sides[i].counts, sides[i].why_no_counts, names[i],
		     vm_side_letter(i), out);
	*ret_whole = l.nr == q->nr;
	if (l.nr >= 2 && !*sides[0].why_no_counts)
		err = print_counts(&l, sides, q->layouts, pictures, out);
	if (!err && q->observed_from)
		err = print_functions(&l, out);
	unload(&l);
	return err;
}

static int write_file(const char *dir, const char *text, struct error *e)
{
	char path[PATH_MAX + 16];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/report.txt", dir);
	f = fopen(path, "we");
	err = !f || fputs(text, f) < 0;
	if ((f && fclose(f)) || err)
		return error_set(e, -EIO, "%s: %s", path, strerror(errno));
	return 0;
}

int vm_verdict(const struct vm_sides_request *q, const struct vm_side *sides,
	       const char *const *names)
{
	struct error e = { 0 };
	bool whole = false;
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	struct pictures pictures = { 0 };
	int err = out ? print_all(q, sides, names, &whole, &pictures, out)
		      : -ENOMEM;

	if (out && fclose(out))
		err = -ENOMEM;
	if (text) {
		fputs(text, stdout);
		if (write_file(q->dir, text, &e)) {
			cli_usage_error(&e);
			err = -EIO;
		}
	}
	free(text);
	if (!err)
		printf("\nreport: %s/report.txt\n", q->dir);
	if (!err && pictures.nr_pictures &&
	    gnuplot_write(&pictures, q->dir, stdout, &e)) {
		cli_usage_error(&e);
		err = -EIO;
	}
	pictures_finish(&pictures);
	return err || !whole || fflush(stdout) ? CLI_FAILED : CLI_OK;
}
