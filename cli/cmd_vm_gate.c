// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm gate: a verdict on a kernel, for git bisect run. */
#include "analysis/load.h"
#include "analysis/out_gate.h"
#include "bench/vm/image.h"
#include "bench/vm/machine.h"
#include "bench/vm/sides.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "cli/vm_options.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What git bisect run takes for a verdict, and what ends it. */
enum {
	GATE_EXIT_GOOD = 0,
	GATE_EXIT_BAD = 1,
	GATE_EXIT_CANNOT_TELL = CLI_CANNOT_TELL,
	GATE_EXIT_ABORT = 128,
	GATE_EXIT_INTERRUPTED = 130
};

enum {
	NR_SIDES = 2,
	MOST_OPEN = 16
};

struct options {
	const char *good, *like, *kernel, *arm, *more, *output;
	const char *memory, *boot_limit;
	struct gate_limit limit;
	uint64_t memory_bytes, boot_limit_ns;
	bool help;
	char **rest; /* for the config */
	int nr_rest;
};

static const char help[] =
	"Says whether a kernel got slower than a good one, by its exit status.\n"
	"\n"
	"Usage: faultline vm gate --good IMAGE --kernel IMAGE [OPTION ...]\n"
	"                     [CONFIG.yaml | WORKLOAD [AXIS=VALUES ...]]\n"
	"\n"
	"  git bisect start HEAD v6.12\n"
	"  git bisect run sh -c '\n"
	"      build-kernel.sh --source . --name step || exit 125\n"
	"      faultline vm gate --good v6.12 --kernel step wp_roundtrip'\n"
	"\n"
	"Both are booted in QEMU with the number of executed instructions as\n"
	"the clock, and no time is taken.  A number is bad when it rose by more\n"
	"than the limit, whatever its interval leaves open.  Without a config,\n"
	"configs/vm.yaml is run.\n"
	"\n"
	"Options:\n"
	"  --good IMAGE     the kernel that it is held against, booted twice\n"
	"  --like DIR       in its place: the A of an earlier -o, which is not\n"
	"                   booted again; with the same config\n"
	"  --kernel IMAGE   the one to judge: a bzImage, an ELF file with an\n"
	"                   entry for PVH, or the name of one in the cache\n"
	"  --arm NAME       only numbers of that arm count\n"
	"  --more N         instructions an op that it may have more, or N% of\n"
	"                   the good kernel's number.  0.5 by default: a path\n"
	"                   that is one instruction longer is bad, and a tick\n"
	"                   that falls into another batch is not\n"
	"  --memory SIZE    of a guest (1G)\n"
	"  --boot-limit TIME  for a guest to say hello\n"
	"  -o, --output DIR keep the result directories there: A and B\n"
	"\n"
	"Exit status, as git bisect run reads it:\n"
	"  0    good\n"
	"  1    bad\n"
	"  125  cannot be told, try another commit: the kernel did not boot or\n"
	"       broke down, has no such workload, or its interval holds the\n"
	"       limit; or the good kernel did not do the same twice\n"
	"  128  ends the bisection: bad usage, no QEMU, or the good kernel\n"
	"       cannot be run\n"
	"  130  ends it: interrupted\n";

static const struct {
	const char *name;
	size_t at;
} options[] = {
	{ "--good", offsetof(struct options, good) },
	{ "--like", offsetof(struct options, like) },
	{ "--kernel", offsetof(struct options, kernel) },
	{ "--arm", offsetof(struct options, arm) },
	{ "--more", offsetof(struct options, more) },
	{ "--memory", offsetof(struct options, memory) },
	{ "--boot-limit", offsetof(struct options, boot_limit) },
	{ "--output", offsetof(struct options, output) },
	{ "-o", offsetof(struct options, output) },
};

static int take_word(struct options *o, int argc, char **argv, int *i,
		     struct error *e)
{
	const char *word = argv[*i];

	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
		const char **to = (const char **)((char *)o + options[k].at);
		const char *text;

		if (!vm_is_option(word, options[k].name, &text))
			continue;
		if (!text && *i + 1 >= argc)
			return error_set(e, -EINVAL, "`%s` needs a value",
					 word);
		*to = text ? text : argv[++*i];
		return 0;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		o->help = true;
	else if (strcmp(word, "--") != 0)
		o->rest[o->nr_rest++] = argv[*i];
	return 0;
}

static int take_values(struct options *o, struct error *e)
{
	const struct units units = units_of_machine();

	if (!o->kernel)
		return error_set(e, -EINVAL,
				 "gate: which kernel?  --kernel IMAGE");
	if (!o->good == !o->like)
		return error_set(e, -EINVAL,
				 "gate: against which kernel?  --good IMAGE, "
				 "or --like DIR of an earlier one");
	if (o->more && gate_parse_limit(o->more, &o->limit))
		return error_set(e, -EINVAL,
				 "--more `%s`: instructions an op, or a share "
				 "as in 0.1%%",
				 o->more);
	if (o->memory && units_parse_size(o->memory, &units, &o->memory_bytes))
		return error_set(e, -EINVAL, "--memory `%s`: not a size",
				 o->memory);
	if (o->boot_limit &&
	    (units_parse_time(o->boot_limit, &o->boot_limit_ns) ||
	     !o->boot_limit_ns))
		return error_set(e, -EINVAL, "--boot-limit `%s`: not a time",
				 o->boot_limit);
	return 0;
}

static int parse(struct options *o, int argc, char **argv, struct error *e)
{
	int err = 0;

	for (int i = 1; i < argc && !err; i++)
		err = take_word(o, argc, argv, &i, e);
	return err || o->help ? err : take_values(o, e);
}

static int complain(int status, const char *what, const struct error *e)
{
	fprintf(stderr, "faultline: %s%s%s\n", what, *what ? ": " : "",
		e->text);
	return vm_interrupted ? GATE_EXIT_INTERRUPTED : status;
}

/* What would go wrong with each kernel is no verdict on this one. */
static int check_image(const char *path, int *ret_status, struct error *e)
{
	struct vm_image image;
	char *qemu = NULL;
	int err;

	*ret_status = GATE_EXIT_ABORT;
	if (access(path, R_OK))
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	err = vm_image_open(path, NULL, &image, e);
	if (err) {
		*ret_status = GATE_EXIT_CANNOT_TELL;
		return err;
	}
	qemu = vm_find_qemu(image.arch, e);
	err = qemu ? 0 : -ENOENT;
	if (qemu && access(qemu, X_OK))
		err = error_set(e, -errno, "%s: %s", qemu, strerror(errno));
	free(qemu);
	vm_image_finish(&image);
	return err;
}

static int check_like(const char *dir, struct error *e)
{
	struct result *r;
	int err = load_dir(dir, &r, e);

	if (err)
		return err;
	if (!result_same_text(r->runs[0].guest.mode, "insn"))
		err = error_set(e, -EINVAL,
				"%s: no instructions were counted; give the A "
				"of a faultline vm gate or compare",
				dir);
	else if (r->runs[0].again != RESULT_SAME_AGAIN)
		err = error_set(e, -EINVAL,
				"%s: nothing shows that it would do the same "
				"again; give the A of a faultline vm gate or "
				"compare",
				dir);
	else if (!result_same_text(r->runs[0].end, "done"))
		err = error_set(e, -EINVAL, "%s: it was not run to its end",
				dir);
	result_free(r);
	return err;
}

static int judge(const struct options *o, const struct result *const sides[],
		 const char *const names[], struct gate *ret_gate)
{
	struct summary *s = NULL;
	struct exact *x = NULL;
	struct groups g = { 0 };
	int err = summary_new(sides[0], &s);

	if (!err)
		err = groups_new(s, &g);
	if (!err)
		err = exact_new(sides, NR_SIDES, &x);
	if (!err) {
		gate_judge(x, o->arm, &o->limit, ret_gate);
		out_gate(x, names, &g, ret_gate, stdout);
	}
	exact_free(x);
	groups_finish(&g);
	summary_free(s);
	return err;
}

static int status_of(enum gate_verdict verdict)
{
	switch (verdict) {
	case GATE_GOOD:
		return GATE_EXIT_GOOD;
	case GATE_BAD:
		return GATE_EXIT_BAD;
	case GATE_CANNOT_TELL:
	default:
		return GATE_EXIT_CANNOT_TELL;
	}
}

static int load_and_judge(const struct options *o, const struct vm_side *sides)
{
	const char *const names[NR_SIDES] = { o->good ? o->good : o->like,
					      o->kernel };
	struct result *of[NR_SIDES] = { NULL };
	struct error e = { 0 };
	struct gate gate = { 0 };
	int err = 0, status;

	for (size_t i = 0; i < NR_SIDES && !err; i++)
		err = load_dir(sides[i].counts, &of[i], &e);
	if (err) {
		status = complain(GATE_EXIT_ABORT, "", &e);
	} else if (judge(o, (const struct result *const *)of, names, &gate)) {
		error_set(&e, -ENOMEM, "out of memory");
		status = complain(GATE_EXIT_ABORT, "", &e);
	} else {
		status = fflush(stdout) ? GATE_EXIT_ABORT
					: status_of(gate.verdict);
	}
	for (size_t i = 0; i < NR_SIDES; i++)
		result_free(of[i]);
	return status;
}

static int boot(const struct options *o, const struct vm_sides_request *q)
{
	struct vm_side sides[NR_SIDES];
	struct error e = { 0 };

	if (vm_sides_run(q, sides, &e))
		return complain(GATE_EXIT_ABORT, "", &e);
	if (sides[0].why_no_counts[0]) {
		error_set(&e, -EIO, "%s", sides[0].why_no_counts);
		return complain(GATE_EXIT_ABORT, "the good kernel", &e);
	}
	if (sides[1].why_no_counts[0]) {
		error_set(&e, -EIO, "%s", sides[1].why_no_counts);
		return complain(GATE_EXIT_CANNOT_TELL, "cannot be told", &e);
	}
	return vm_interrupted ? GATE_EXIT_INTERRUPTED
			      : load_and_judge(o, sides);
}

static int remove_one(const char *path, const struct stat *st, int kind,
		      struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static int boot_in_folder(const struct options *o, struct vm_sides_request *q)
{
	const char *tmp = getenv("TMPDIR");
	struct error e = { 0 };
	char folder[PATH_MAX];
	int status;

	q->dir = o->output;
	if (!o->output) {
		snprintf(folder, sizeof(folder), "%s/faultline-gate-XXXXXX",
			 tmp && *tmp ? tmp : "/tmp");
		q->dir = mkdtemp(folder);
		if (!q->dir) {
			error_set(&e, -errno, "%s: %s", folder,
				  strerror(errno));
			return complain(GATE_EXIT_ABORT, "", &e);
		}
	}
	status = boot(o, q);
	if (!o->output)
		nftw(folder, remove_one, MOST_OPEN, FTW_DEPTH | FTW_PHYS);
	return status;
}

static int run(const struct options *o, int argc, char **argv)
{
	char paths[NR_SIDES][PATH_MAX];
	const char *kernels[NR_SIDES] = { NULL };
	const struct units units = units_of_machine();
	struct config *counts = NULL;
	struct error e = { 0 };
	struct vm_sides_request q = {
		.kernels = kernels,
		.nr = NR_SIDES,
		.like = o->like,
		.runner = { .argc = argc,
			    .argv = argv,
			    .version = FL_VERSION,
			    .build = FL_BUILD,
			    .comparable = FL_BUILD_COMPARABLE },
		.memory_bytes = o->memory_bytes,
		.boot_limit_ns = o->boot_limit_ns,
		.at_once = 1,
		.interrupted = &vm_interrupted,
		.progress = stderr,
	};
	int status = GATE_EXIT_ABORT;

	kernels[1] = vm_find_kernel(o->kernel, paths[1], PATH_MAX);
	if (o->good)
		kernels[0] = vm_find_kernel(o->good, paths[0], PATH_MAX);
	if ((o->like && check_like(o->like, &e)) ||
	    (o->good && check_image(kernels[0], &status, &e)))
		return complain(GATE_EXIT_ABORT, "", &e);
	if (check_image(kernels[1], &status, &e))
		return complain(status, "", &e);
	if (o->nr_rest ? config_new(o->nr_rest, o->rest, &units, &counts, &e)
		       : vm_config_new(VM_CONFIG_COUNTS, &counts, &e))
		return complain(GATE_EXIT_ABORT, "", &e);
	q.counts = counts;
	vm_catch_signals();
	status = boot_in_folder(o, &q);
	config_free(counts);
	return status;
}

int cmd_vm_gate(int argc, char **argv)
{
	struct options o = { .memory_bytes = UINT64_C(1) << 30,
			     .limit = { .more = 0.5 } };
	struct error e = { 0 };
	int status;

	o.rest = calloc((size_t)argc + 1, sizeof(*o.rest));
	if (!o.rest)
		error_set(&e, -ENOMEM, "out of memory");
	if (!o.rest || parse(&o, argc, argv, &e))
		status = complain(GATE_EXIT_ABORT, "", &e);
	else if (o.help)
		status = fputs(help, stdout) < 0 ? GATE_EXIT_ABORT
						 : GATE_EXIT_GOOD;
	else
		status = run(&o, argc, argv);
	free(o.rest);
	return status;
}
