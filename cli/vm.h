/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of `faultline vm` share: each is one cmd_vm_*.c. */
#ifndef CLI_VM_H
#define CLI_VM_H

#include <signal.h>
#include <stddef.h>

struct config;
struct error;
struct vm_run;

/* argv[0] is the verb. */
int cmd_vm_atlas(int argc, char **argv);
int cmd_vm_compare(int argc, char **argv);
int cmd_vm_debate(int argc, char **argv);
int cmd_vm_explain(int argc, char **argv);
int cmd_vm_gate(int argc, char **argv);
int cmd_vm_run(int argc, char **argv);

enum vm_config {
	VM_CONFIG_COUNTS,    /* configs/vm.yaml */
	VM_CONFIG_FUNCTIONS, /* configs/vm-functions.yaml */
	VM_CONFIG_ATLAS,
	VM_CONFIG_ATLAS_RACE,
	VM_CONFIG_ATLAS_COUNT, /* configs/atlas-insn.yaml */
};

/* One that is in the program.  Return: 0 or -errno. */
int vm_config_new(enum vm_config which, struct config **ret_config,
		  struct error *e);

extern volatile sig_atomic_t vm_interrupted;

/* SIGINT, SIGTERM and SIGHUP set vm_interrupted; the second one ends. */
void vm_catch_signals(void);

/*
 * A name that is no file may be one of those that scripts/fetch-kernels.sh has
 * got.  Return: @name, or @buf.
 */
const char *vm_find_kernel(const char *name, char *buf, size_t bytes);

/* With the end of the guest's console, on stderr. */
void vm_print_failure(const struct vm_run *run, const struct error *e);

#endif
