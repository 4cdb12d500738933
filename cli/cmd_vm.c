// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm: other kernels, in guests that are booted for them. */
#include "bench/vm/cache.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "common/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_command verbs[] = {
	{ "atlas", "what several kernels do, as one table and one heat map",
	  cmd_vm_atlas },
	{ "compare", "which paths of two or more kernels got longer",
	  cmd_vm_compare },
	{ "debate", "proposals as kernels, and one page about them",
	  cmd_vm_debate },
	{ "explain", "which function of a kernel got longer", cmd_vm_explain },
	{ "gate", "whether a kernel got slower, for git bisect run",
	  cmd_vm_gate },
	{ "run", "a run in a guest, as `faultline run` on this machine",
	  cmd_vm_run },
};

enum {
	NR_VERBS = sizeof(verbs) / sizeof(verbs[0]),
	SIGNAL_STATUS = 128 /* as a shell has it: no verdict of anything */
};

volatile sig_atomic_t vm_interrupted;

/* The emulator dies with this process. */
static void on_signal(int sig)
{
	if (vm_interrupted)
		_exit(SIGNAL_STATUS + sig);
	vm_interrupted = 1;
}

void vm_catch_signals(void)
{
	cli_catch_signals(on_signal);
}

const char *vm_find_kernel(const char *name, char *buf, size_t bytes)
{
	char kernels[4096];

	if (strchr(name, '/') || !access(name, F_OK))
		return name;
	vm_cache_folder("kernels", kernels, sizeof(kernels));
	snprintf(buf, bytes, "%s/%s/vmlinuz", kernels, name);
	return access(buf, F_OK) ? name : buf;
}

static int print_help(void)
{
	puts("Boots kernels in QEMU and measures there.\n"
	     "\n"
	     "Usage: faultline vm VERB [...]\n"
	     "\n"
	     "Verbs:");
	for (size_t i = 0; i < NR_VERBS; i++)
		printf("  %-8s %s\n", verbs[i].name, verbs[i].summary);
	puts("\n"
	     "`faultline vm VERB --help` tells more of each.  To start:\n"
	     "\n"
	     "  scripts/fetch-kernels.sh 6.1\n"
	     "  faultline vm run --kernel 6.1 -- uffd_wp range=4K");
	return CLI_OK;
}

static int unknown_verb(const char *word)
{
	const char *words[NR_VERBS], *near;
	struct error e = { 0 };

	for (size_t i = 0; i < NR_VERBS; i++)
		words[i] = verbs[i].name;
	near = nearest_word(word, words, NR_VERBS);
	error_set(&e, -EINVAL, "there is no `faultline vm %s`%s%s%s", word,
		  near ? "; did you mean `" : "", near ? near : "",
		  near ? "`?" : "");
	return cli_usage_error(&e);
}

int cmd_vm(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "--help";

	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		return print_help();
	for (size_t i = 0; i < NR_VERBS; i++)
		if (!strcmp(word, verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return unknown_verb(word);
}
