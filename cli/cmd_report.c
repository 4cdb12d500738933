// SPDX-License-Identifier: GPL-2.0-only
/* faultline report: a result directory as a table, pictures, JSON or KTAP. */
#include "cli/cli.h"

#include "analysis/load.h"
#include "analysis/out_formats.h"
#include "analysis/out_gnuplot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct report {
	const char *dir;
	const char
		*output; /* NULL: DIR/report, and only of what has pictures */
	const struct out_format *format;
	bool text_only, verbose, help;
};

static const char help[] =
	"Usage: faultline report DIR [--format FORMAT] [--text-only]\n"
	"                        [--verbose] [-o DIR]\n"
	"\n"
	"Prints the table of a result directory and draws its pictures.\n"
	"\n"
	"  --format FORMAT  text (as here), json: all of it as one object, or\n"
	"                 ktap: a test a point, for consumers of TAP; only that\n"
	"                 is printed, and no file is written without -o\n"
	"  --text-only    no pictures\n"
	"  --verbose      with the case id of each point\n"
	"  -o, --output DIR  where report.txt and the pictures go (default:\n"
	"                 DIR/report), or report.json or report.ktap\n"
	"\n"
	"Each picture is NAME.png and NAME.svg, and NAME.gp to edit and run\n"
	"again: `gnuplot NAME.gp` in that folder writes both.\n";

static int take_format(struct report *r, const char *name, struct error *e)
{
	r->format = out_format_find(name);
	return r->format ? 0
			 : error_set(e, -EINVAL,
				     "report: there is no format `%s`: text, "
				     "json or ktap",
				     name);
}

static int parse(int argc, char **argv, struct report *r, struct error *e)
{
	int err = 0;

	r->format = out_format_at(0);
	for (int i = 1; i < argc && !err; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--help") || !strcmp(word, "-h"))
			r->help = true;
		else if (!strcmp(word, "--text-only"))
			r->text_only = true;
		else if (!strcmp(word, "--verbose") || !strcmp(word, "-v"))
			r->verbose = true;
		else if (!strncmp(word, "--format=", 9))
			err = take_format(r, word + 9, e);
		else if (!strcmp(word, "--format") && i + 1 < argc)
			err = take_format(r, argv[++i], e);
		else if (!strncmp(word, "--output=", 9))
			r->output = word + 9;
		else if ((!strcmp(word, "-o") || !strcmp(word, "--output")) &&
			 i + 1 < argc)
			r->output = argv[++i];
		else if (word[0] == '-')
			return error_set(e, -EINVAL,
					 "report: what is `%s`? See faultline "
					 "report --help",
					 word);
		else if (r->dir)
			return error_set(e, -EINVAL,
					 "report: one directory at a time, "
					 "not also `%s`",
					 word);
		else
			r->dir = word;
	}
	if (!err && !r->dir && !r->help)
		return error_set(e, -EINVAL,
				 "report: which directory? See "
				 "faultline report --help");
	return err;
}

/* The whole table as text to free(). */
static char *make_text(const struct summary *s, struct groups *g,
		       const struct report *r)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	int err;

	if (!f)
		return NULL;

	err = r->format->print(s, g, r->verbose, f);
	if (fclose(f) || err) {
		free(text);
		return NULL;
	}
	return text;
}

static int write_text(const char *dir, const char *file, const char *text,
		      struct error *e)
{
	char path[4096];
	FILE *f;
	int err;

	if (mkdir(dir, 0777) && errno != EEXIST)
		return error_set(e, -errno, "%s: %s", dir, strerror(errno));
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, file) >=
	    sizeof(path))
		return error_set(e, -ENAMETOOLONG, "%s: the name is too long",
				 dir);
	f = fopen(path, "we");
	if (!f)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));

	err = fputs(text, f) < 0;
	if (fclose(f) || err)
		return error_set(e, -EIO, "%s: %s", path, strerror(errno));
	return 0;
}

static int draw(const struct summary *s, struct groups *g, const char *dir,
		struct error *e)
{
	struct pictures pictures;
	int err = pictures_new(s, g, &pictures);

	if (err)
		return error_set(e, err, "report: %s", strerror(-err));

	err = gnuplot_write(&pictures, dir, stdout, e);
	pictures_finish(&pictures);
	return err;
}

static int write_files(const struct report *r, const struct summary *s,
		       struct groups *g, const char *text)
{
	struct error e = { 0 };
	char dir[4096];
	int err;

	if (r->output)
		snprintf(dir, sizeof(dir), "%s", r->output);
	else
		snprintf(dir, sizeof(dir), "%s/report", r->dir);

	err = write_text(dir, r->format->file, text, &e);
	if (!err && r->format->pictures)
		printf("\ntable: %s/%s\n", dir, r->format->file);
	if (!err && r->format->pictures && !r->text_only)
		err = draw(s, g, dir, &e);
	if (!err)
		return CLI_OK;

	cli_usage_error(&e);
	return CLI_FAILED;
}

static int report(const struct report *r, const struct summary *s)
{
	struct error e = { 0 };
	struct groups g;
	char *text;
	int status = CLI_FAILED;

	if (groups_new(s, &g)) {
		error_set(&e, -ENOMEM, "report: out of memory");
		cli_usage_error(&e);
		return CLI_FAILED;
	}
	text = make_text(s, &g, r);
	if (text) {
		fputs(text, stdout);
		status = fflush(stdout) ? CLI_FAILED : CLI_OK;
	}
	if (text && (r->output || r->format->pictures)) {
		status = write_files(r, s, &g, text);
	}
	free(text);
	groups_finish(&g);
	return status;
}

int cmd_report(int argc, char **argv)
{
	struct report r = { 0 };
	struct error e = { 0 };
	struct result *result;
	struct summary *s;
	int status = CLI_FAILED;

	if (parse(argc, argv, &r, &e))
		return cli_usage_error(&e);
	if (r.help)
		return fputs(help, stdout) < 0 ? CLI_FAILED : CLI_OK;
	if (load_dir(r.dir, &result, &e))
		return cli_usage_error(&e);

	if (summary_new(result, &s)) {
		error_set(&e, -ENOMEM, "report: out of memory");
		cli_usage_error(&e);
	} else {
		status = report(&r, s);
		summary_free(s);
	}
	result_free(result);
	return status;
}
