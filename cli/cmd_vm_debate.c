// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm debate: proposals as kernels, and one page about them. */
#include "analysis/debate.h"
#include "cli/cli.h"
#include "cli/debate.h"
#include "cli/vm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void print_help(void)
{
	puts("Boots each proposal of a discussion as a kernel, beside the rule\n"
	     "that shipped, and writes one page: what it costs, what it breaks,\n"
	     "and what was claimed.\n"
	     "\n"
	     "Usage: faultline vm debate [OPTION ...] [PROPOSAL ...]\n"
	     "\n"
	     "A proposal is a patch whose head says so (configs/kernels).  What\n"
	     "is not built yet is built by scripts/build-kernel.sh: the first\n"
	     "kernel takes half an hour, each other one half a minute of a CPU.\n"
	     "\n"
	     "Options:\n"
	     "  --patches DIR  the proposals (configs/kernels)\n"
	     "  --kernels DIR  kernels that are built: DIR/tiny/vmlinuz and\n"
	     "                 DIR/tiny-NAME/vmlinuz; nothing is built\n"
	     "  -o DIR         results and the page (results/debate-TIME)\n"
	     "  --again DIR    the page of an earlier -o DIR, written anew\n"
	     "\n"
	     "The page is DIR/debate.html, the same as text DIR/debate.txt.");
}

static int parse(struct debate_job *job, int argc, char **argv, bool *help,
		 struct error *e)
{
	const struct {
		const char *name;
		const char **to;
	} options[] = {
		{ "--patches", &job->patches },
		{ "--kernels", &job->kernels },
		{ "-o", &job->output },
		{ "--again", &job->again },
	};

	for (int i = 1; i < argc; i++) {
		size_t j, nr = sizeof(options) / sizeof(options[0]);

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			*help = true;
			return 0;
		}
		for (j = 0; j < nr && strcmp(argv[i], options[j].name) != 0;)
			j++;
		if (j < nr && ++i == argc)
			return error_set(e, -EINVAL, "`%s` needs a value",
					 argv[i - 1]);
		if (j < nr)
			*options[j].to = argv[i];
		else if (*argv[i] == '-')
			return error_set(e, -EINVAL, "what is `%s`?", argv[i]);
		else
			job->names[job->nr_names++] = argv[i];
	}
	return 0;
}

static int write_page(const char *dir, const char *file, const struct debate *d,
		      int (*print)(const struct debate *d, FILE *out),
		      struct error *e)
{
	char path[4096];
	FILE *out;
	int err;

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) >=
	    (int)sizeof(path))
		return error_set(e, -ENAMETOOLONG, "the path is too long");
	out = fopen(path, "we");
	if (!out)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	err = print(d, out);
	if (fclose(out) && !err)
		err = -errno;
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}

static int write_pages(const char *dir, struct error *e)
{
	struct debate *d;
	int err = debate_load(dir, &d, e);

	if (err)
		return err;
	err = write_page(dir, "debate.txt", d, out_debate_text, e);
	if (!err)
		err = write_page(dir, "debate.html", d, out_debate_html, e);
	if (!err && out_debate_text(d, stdout))
		err = error_set(e, -ENOMEM, "out of memory");
	debate_free(d);
	if (!err)
		printf("\npage: %s/debate.html\n", dir);
	return err;
}

static const char *default_output(char *buf, size_t bytes)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[32];

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	snprintf(buf, bytes, "results/debate-%s", stamp);
	return buf;
}

static int hold(const struct debate_job *asked)
{
	struct debate_job job = *asked;
	struct error e = { 0 };
	char output[64];
	int err, failed = 0;

	if (job.again)
		return write_pages(job.again, &e) ? cli_usage_error(&e)
						  : CLI_OK;
	if (!job.output)
		job.output = default_output(output, sizeof(output));
	vm_catch_signals();
	err = debate_run(&job, &failed, &e);
	if (err == -EINTR || err == -EIO) {
		fprintf(stderr, "faultline: %s\n", e.text);
		return CLI_FAILED;
	}
	if (!err)
		err = write_pages(job.output, &e);
	if (err)
		return cli_usage_error(&e);
	return failed ? CLI_FAILED : CLI_OK;
}

int cmd_vm_debate(int argc, char **argv)
{
	struct debate_job job = { .patches = "configs/kernels" };
	struct error e = { 0 };
	bool help = false;
	int status;

	job.names = calloc((size_t)argc + 1, sizeof(*job.names));
	if (!job.names) {
		fprintf(stderr, "faultline: out of memory\n");
		return CLI_FAILED;
	}
	if (parse(&job, argc, argv, &help, &e)) {
		status = cli_usage_error(&e);
	} else if (help) {
		print_help();
		status = CLI_OK;
	} else {
		status = hold(&job);
	}
	free(job.names);
	return status;
}
