// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU: how often each block of code ran, in each timed batch.
 *
 *   -plugin libfaultline-count.so,out=FILE
 *
 * The agent marks the batches (bench/agent/window_mark.h).  FILE gets lines of text:
 *
 *   block INDEX ADDRESS INSTRUCTIONS    when a block is translated
 *   window SLOT                         when a batch ends, then
 *   INDEX TIMES                         for each block that ran in it
 *   end                                 when the emulator leaves
 *
 * INDEX counts from 0 and is implied by the order of the block lines too; the
 * address is hexadecimal.  One CPU is counted: the deterministic mode has no
 * other.  The counts do not change what the guest does: its own clock counts
 * the same instructions with the plugin and without.
 */
#include "bench/agent/window_mark.h"
#include "qemu_plugin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))

enum {
	BLOCKS_A_CHUNK = 4096,
	MAX_CHUNKS = 1024,
};

/* Chunks never move: translated code adds to the counters in them. */
struct chunk {
	uint64_t times[BLOCKS_A_CHUNK];
	uint64_t before[BLOCKS_A_CHUNK]; /* when the batch began */
};

static struct chunk *chunks[MAX_CHUNKS];
static size_t nr_blocks;
static FILE *out;
static bool inside;

extern PLUGIN_EXPORT int qemu_plugin_version;
PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* For the callbacks, which take one pointer. */
static unsigned slots[WINDOW_MARK_SLOTS];

static uint64_t *counter_of(size_t block)
{
	return &chunks[block / BLOCKS_A_CHUNK]->times[block % BLOCKS_A_CHUNK];
}

static uint64_t *before_of(size_t block)
{
	return &chunks[block / BLOCKS_A_CHUNK]->before[block % BLOCKS_A_CHUNK];
}

/* False: no room, the block is not counted. */
static bool add_block(void)
{
	size_t chunk = nr_blocks / BLOCKS_A_CHUNK;

	if (chunk == MAX_CHUNKS)
		return false;
	if (!chunks[chunk])
		chunks[chunk] = calloc(1, sizeof(*chunks[chunk]));
	if (!chunks[chunk])
		return false;

	nr_blocks++;
	return true;
}

static void begin(unsigned vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	for (size_t i = 0; i < nr_blocks; i++)
		*before_of(i) = *counter_of(i);
	inside = true;
}

static void end(unsigned vcpu, void *data)
{
	(void)vcpu;
	if (!inside)
		return;

	inside = false;
	fprintf(out, "window %u\n", *(unsigned *)data);
	for (size_t i = 0; i < nr_blocks; i++)
		if (*counter_of(i) != *before_of(i))
			fprintf(out, "%zu %" PRIu64 "\n", i,
				*counter_of(i) - *before_of(i));
}

static void watch_marks(struct qemu_plugin_tb *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		unsigned slot;
		bool begins;

		if (window_mark_parse(qemu_plugin_insn_data(insn),
				      qemu_plugin_insn_size(insn), &begins,
				      &slot))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, begins ? begin : end,
				QEMU_PLUGIN_CB_NO_REGS, &slots[slot]);
	}
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t block = nr_blocks;

	(void)id;
	if (!add_block())
		return;

	fprintf(out, "block %zu %" PRIx64 " %zu\n", block,
		qemu_plugin_tb_vaddr(tb), qemu_plugin_tb_n_insns(tb));
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 counter_of(block), 1);
	watch_marks(tb);
}

static void leave(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	fputs("end\n", out);
	if (fclose(out))
		fputs("faultline-count: the counts could not be written\n",
		      stderr);
}

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
				      const struct qemu_info_t *info, int argc,
				      char **argv);

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
			int argc, char **argv)
{
	(void)info;
	for (unsigned i = 0; i < WINDOW_MARK_SLOTS; i++)
		slots[i] = i;
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0) {
		fputs("faultline-count: out=FILE, and nothing else\n", stderr);
		return -1;
	}
	out = fopen(argv[0] + 4, "we");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, leave, NULL);
	return 0;
}
