// SPDX-License-Identifier: GPL-2.0-only
/* faultline list: the workloads, or all about some of them. */
#include "cli/cli.h"
#include "cli/list.h"

#include "common/nearest.h"
#include "workloads/registry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	MAX_WORKLOADS = 256
};

struct list_options {
	const struct fl_workload *chosen[MAX_WORKLOADS];
	size_t nr_chosen;
	bool all, json, words, help;
};

static void print_help(FILE *out)
{
	fprintf(out,
		"Usage: faultline list [--all] [--json | --words] [NAME ...]\n"
		"\n"
		"Without a name, one line a workload; with names, all about\n"
		"each: parameters, arms, metrics, and what it needs and "
		"expects.\n"
		"\n"
		"  --all    also those that only test this program\n"
		"  --json   the same as a JSON array, with all about each\n"
		"  --words  the names, or what the parameters of those named\n"
		"           can be, one a line: for completion in a shell\n");
}

static int choose(struct list_options *o, const char *name, struct error *e)
{
	const struct fl_workload *w = registry_find(name);
	const char *words[MAX_WORKLOADS];
	const char *nearest;
	size_t nr = 0;

	if (w && o->nr_chosen < MAX_WORKLOADS) {
		o->chosen[o->nr_chosen++] = w;
		return 0;
	}
	if (w)
		return error_set(e, -E2BIG, "too many names");

	for (; nr < MAX_WORKLOADS && registry_at(nr); nr++)
		words[nr] = registry_at(nr)->name;
	nearest = nearest_word(name, words, nr);
	if (nearest)
		return error_set(e, -EINVAL,
				 "there is no workload `%s`; did you mean "
				 "`%s`?",
				 name, nearest);
	return error_set(e, -EINVAL,
			 "there is no workload `%s`; see `faultline list`",
			 name);
}

static int read_words(struct list_options *o, int argc, char **argv,
		      struct error *e)
{
	int err = 0;

	for (int i = 1; !err && i < argc; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--help") || !strcmp(word, "-h"))
			o->help = true;
		else if (!strcmp(word, "--all"))
			o->all = true;
		else if (!strcmp(word, "--json"))
			o->json = true;
		else if (!strcmp(word, "--words"))
			o->words = true;
		else if (word[0] == '-')
			err = error_set(e, -EINVAL,
					"list has no option `%s`; it has "
					"--all, --json, --words and --help",
					word);
		else
			err = choose(o, word, e);
	}
	return err;
}

static void choose_default(struct list_options *o)
{
	const struct fl_workload *w;

	for (size_t i = 0; (w = registry_at(i)); i++)
		if ((o->all || !w->selftest) && o->nr_chosen < MAX_WORKLOADS)
			o->chosen[o->nr_chosen++] = w;
}

static void print_json(const struct list_options *o)
{
	json_t *array = json_array();

	for (size_t i = 0; i < o->nr_chosen; i++)
		json_array_append_new(array, list_json(o->chosen[i]));
	json_dumpf(array, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(array);
}

static void print_words(const struct list_options *o, bool named)
{
	for (size_t i = 0; i < o->nr_chosen; i++) {
		if (named)
			list_print_candidates(o->chosen[i], stdout);
		else
			printf("%s\n", o->chosen[i]->name);
	}
}

static void print_chosen(const struct list_options *o, bool whole)
{
	for (size_t i = 0; i < o->nr_chosen; i++) {
		if (whole && i)
			putchar('\n');
		if (whole)
			list_print_one(o->chosen[i], stdout);
		else
			list_print_line(o->chosen[i], stdout);
	}
}

int cmd_list(int argc, char **argv)
{
	struct list_options o = { .nr_chosen = 0 };
	struct error e = { 0 };
	bool whole;
	int err = read_words(&o, argc, argv, &e);

	if (err)
		return cli_usage_error(&e);
	if (o.help) {
		print_help(stdout);
		return CLI_OK;
	}

	whole = o.nr_chosen;
	if (!whole)
		choose_default(&o);
	if (o.words)
		print_words(&o, whole);
	else if (o.json)
		print_json(&o);
	else
		print_chosen(&o, whole);

	if (!fflush(stdout) && !ferror(stdout))
		return CLI_OK;
	error_set(&e, -EIO, "cannot write to stdout");
	cli_usage_error(&e);
	return CLI_FAILED;
}
