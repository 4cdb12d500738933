// SPDX-License-Identifier: GPL-2.0-only
/* faultline compare: two result directories, point by point. */
#include "cli/cli.h"

#include "analysis/compare.h"
#include "analysis/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"Usage: faultline compare A B\n"
	"\n"
	"Says how B differs from A, two result directories, in each point that\n"
	"both have.  There is a verdict where each side has two boots or more;\n"
	"with one boot a side there is a difference and an interval.\n";

struct loaded {
	struct result *result;
	struct summary *summary;
};

static int load(const char *dir, struct loaded *l, struct error *e)
{
	int err = load_dir(dir, &l->result, e);

	if (err)
		return err;

	err = summary_new(l->result, &l->summary);
	return err ? error_set(e, err, "%s: %s", dir, strerror(-err)) : 0;
}

static void unload(struct loaded *l)
{
	summary_free(l->summary);
	result_free(l->result);
}

static int print(const struct loaded *a, const struct loaded *b)
{
	struct compare *c = NULL;
	struct groups g = { 0 };
	int err = groups_new(a->summary, &g);

	if (!err)
		err = compare_new(a->summary, b->summary, &c);
	if (!err)
		err = out_compare(c, &g, stdout);
	if (!err && !c->nr_rows)
		err = -ENODATA;
	compare_free(c);
	groups_finish(&g);
	return err ? CLI_FAILED : CLI_OK;
}

int cmd_compare(int argc, char **argv)
{
	struct loaded a = { 0 }, b = { 0 };
	struct error e = { 0 };
	int status;

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return fputs(help, stdout) < 0 ? CLI_FAILED : CLI_OK;
	if (argc != 3 || argv[1][0] == '-' || argv[2][0] == '-') {
		error_set(&e, -EINVAL,
			  "compare: two directories are needed; "
			  "see faultline compare --help");
		return cli_usage_error(&e);
	}

	if (load(argv[1], &a, &e) || load(argv[2], &b, &e))
		status = cli_usage_error(&e);
	else
		status = print(&a, &b);
	unload(&a);
	unload(&b);
	return status;
}
