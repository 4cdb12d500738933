/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What we use of QEMU's plugin interface, version 1 (QEMU 4.2 to 8.x).  Debian
 * ships emulators that load plugins and no header for them.  The names and
 * types are the interface; the words are ours.
 */
#ifndef VM_PLUGIN_QEMU_PLUGIN_H
#define VM_PLUGIN_QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

enum {
	QEMU_PLUGIN_VERSION = 1
};

typedef uint64_t qemu_plugin_id_t;

struct qemu_plugin_tb;	 /* a translated block of the guest's code */
struct qemu_plugin_insn; /* an instruction of it */
struct qemu_info_t;

/* What a callback may do with registers: we do nothing. */
enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS = 0
};

enum qemu_plugin_op {
	QEMU_PLUGIN_INLINE_ADD_U64 = 0
};

typedef void (*qemu_plugin_tb_trans_cb)(qemu_plugin_id_t id,
					struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_vcpu_cb)(unsigned vcpu, void *data);
typedef void (*qemu_plugin_atexit_cb)(qemu_plugin_id_t id, void *data);

/* Called whenever a block is translated; blocks are valid within the call. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_tb_trans_cb cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
				    qemu_plugin_atexit_cb cb, void *data);

/* Whenever the block is executed: adds imm to *ptr, without a call. */
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
					      enum qemu_plugin_op op, void *ptr,
					      uint64_t imm);
/* Before the instruction is executed. */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_cb cb,
					    enum qemu_plugin_cb_flags flags,
					    void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(
	const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

#endif
