// SPDX-License-Identifier: GPL-2.0-only
#include "vm_verdict.h"

#include "analysis/conduct.h"
#include "analysis/load.h"
#include "analysis/out_exact.h"
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

static int print_counts(const struct loaded *l, FILE *out)
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
		memcpy(x->letters, l->letters, sizeof(l->letters));
		err = out_exact(x, l->names, &g, out);
	}
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

static void load_all(struct loaded *l, const struct vm_sides_request *q,
		     const struct vm_side *sides, const char *const *names,
		     bool counts, FILE *out)
{
	for (unsigned i = 0; i < q->nr; i++)
		load(l, counts ? sides[i].counts : sides[i].functions,
		     counts ? sides[i].why_no_counts
			    : sides[i].why_no_functions,
		     names[i], vm_side_letter(i), out);
}

/* Return: 0; -ENODATA if there are no two to compare; -errno. */
static int print_all(const struct vm_sides_request *q,
		     const struct vm_side *sides, const char *const *names,
		     bool *ret_whole, FILE *out)
{
	struct loaded counts = { 0 }, functions = { 0 };
	int err = -ENODATA;

	load_all(&counts, q, sides, names, true, out);
	if (q->functions)
		load_all(&functions, q, sides, names, false, out);
	*ret_whole = counts.nr == q->nr &&
		     (!q->functions || functions.nr == q->nr);
	if (counts.nr >= 2 && !*sides[0].why_no_counts)
		err = print_counts(&counts, out);
	if (!err && functions.nr >= 2)
		err = print_functions(&functions, out);
	unload(&counts);
	unload(&functions);
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
	int err = out ? print_all(q, sides, names, &whole, out) : -ENOMEM;

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
	return err || !whole || fflush(stdout) ? CLI_FAILED : CLI_OK;
}
