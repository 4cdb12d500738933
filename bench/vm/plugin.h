/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plugin that counts instructions by block of code: where it lies, and
 * whether an emulator takes it.
 */
#ifndef BENCH_VM_PLUGIN_H
#define BENCH_VM_PLUGIN_H

#include "common/error.h"

/**
 * vm_plugin_find() - $FAULTLINE_PLUGIN, beside the program, or installed
 *
 * Return: a path to free(), or NULL with @e set.
 */
char *vm_plugin_find(struct error *e);

/**
 * vm_plugin_try() - does this emulator load it?
 * @qemu:	its path
 *
 * It is started without a machine for it, and must get as far as its monitor.
 * Debian's 7.2 loads plugins; some are built without; from version 9 on they
 * want a newer interface than ours.
 *
 * Return: 0; -ENOTSUP with what the emulator says about it; -ENOMEM.
 */
int vm_plugin_try(const char *qemu, const char *plugin, struct error *e);

/* What follows -plugin: counts go to @counts.  To free(); NULL: no memory. */
char *vm_plugin_word(const char *plugin, const char *counts);

#endif
