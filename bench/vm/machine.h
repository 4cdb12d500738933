/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's machine, and QEMU's command line for it.
 *
 * insn	one CPU whose clock is the number of instructions that it executed: the
 *	same kernel with the same jobs gives the same bytes, on any host under
 *	any load.  The unit is instructions, on x86-64 and on arm64.
 * func	many CPUs, on any number of the host's: what happens and how often is
 *	right, how long it takes means nothing.
 * time	many CPUs of the host's own, by KVM.
 */
#ifndef BENCH_VM_MACHINE_H
#define BENCH_VM_MACHINE_H

#include "image.h"

#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

enum vm_mode {
	VM_MODE_INSN = 1,
	VM_MODE_FUNC,
	VM_MODE_TIME,
};

enum {
	VM_MAX_CPUS = 64,
	VM_MAX_NODES = 8
};

struct vm_machine {
	enum vm_mode mode;
	unsigned cpus;	/* 1 in insn mode */
	unsigned nodes; /* of memory; they share out CPUs and memory evenly */
	uint64_t memory_bytes;
	/*
	 * insn mode: other addresses and random numbers by this number, the
	 * same each time.  0: none of either.
	 */
	unsigned layout;
	const char *append;	  /* more words for the kernel; NULL: none */
	const char *const *words; /* and for the emulator, NULL behind the
				   * last; NULL: none */
};

/* "insn", "func" or "time"; 0 for another word. */
const char *vm_mode_name(enum vm_mode mode);
enum vm_mode vm_mode_find(const char *name);

/* Return: 0, or -EINVAL if there is no such machine. */
int vm_machine_check(const struct vm_machine *m, struct error *e);

/* In hwloc's notation: what a plan for it is made for. */
const char *vm_machine_topology(const struct vm_machine *m, char buf[128]);

/* Words for an emulator, NULL behind the last.  vm_words_free() them. */
struct vm_words {
	char **word;
	unsigned nr;
	int err;
};

/*
 * Not in insn mode: when a disk is done depends on the host, and its interrupt
 * would come after another number of instructions each time.
 */
static inline bool vm_machine_has_disk(const struct vm_machine *m)
{
	return m->mode != VM_MODE_INSN;
}

/* Descriptors of the emulator: the console, the results, and the disk. */
enum {
	VM_CONSOLE_FD = 3,
	VM_RESULT_FD,
	VM_DISK_FD
};

/**
 * vm_machine_words() - QEMU's command line
 * @qemu:	its path
 * @initrd:	the archive of initramfs.h
 *
 * Return: 0 or -ENOMEM.
 */
int vm_machine_words(const struct vm_machine *m, const struct vm_image *image,
		     const char *qemu, const char *initrd,
		     struct vm_words *ret_words);
void vm_words_free(struct vm_words *words);

/**
 * vm_find_qemu() - $FAULTLINE_QEMU, or qemu-system-* in $PATH
 *
 * For guests of another architecture than this machine's the variable is
 * $FAULTLINE_QEMU_AARCH64 or $FAULTLINE_QEMU_X86_64.
 *
 * Return: a path to free(), or NULL with @e set.
 */
char *vm_find_qemu(enum vm_arch arch, struct error *e);

#endif
