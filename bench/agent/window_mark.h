/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instruction by which the agent tells an emulator that a timed batch of a
 * slot begins or ends: a no-operation of eight bytes whose displacement, which
 * no CPU looks at, is a word of ours.  It costs one instruction each.
 *
 *   0f 1f 84 00  SLOT KIND 'L' 'F'     nopl 0x464cKKSS(%rax,%rax,1)
 *
 * Other architectures have none yet: there a mark does nothing.
 */
#ifndef AGENT_WINDOW_MARK_H
#define AGENT_WINDOW_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	WINDOW_MARK_SLOTS = 16, /* those beyond are not marked */
	WINDOW_MARK_BYTES = 8,
	WINDOW_MARK_WORD = 0x464c0000,
	WINDOW_MARK_BEGIN = 0x0100,
	WINDOW_MARK_END = 0x0200,
};

#ifdef __x86_64__
#define WINDOW_MARK_CASE(slot, kind)                                       \
	case slot:                                                         \
		__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00\n\t"        \
				 ".long %c0"                               \
				 :                                         \
				 : "i"(WINDOW_MARK_WORD + (kind) + (slot)) \
				 : "memory");                              \
		break
#define WINDOW_MARK_ALL(slot_, kind)                \
	do {                                        \
		switch (slot_) {                    \
			WINDOW_MARK_CASE(0, kind);  \
			WINDOW_MARK_CASE(1, kind);  \
			WINDOW_MARK_CASE(2, kind);  \
			WINDOW_MARK_CASE(3, kind);  \
			WINDOW_MARK_CASE(4, kind);  \
			WINDOW_MARK_CASE(5, kind);  \
			WINDOW_MARK_CASE(6, kind);  \
			WINDOW_MARK_CASE(7, kind);  \
			WINDOW_MARK_CASE(8, kind);  \
			WINDOW_MARK_CASE(9, kind);  \
			WINDOW_MARK_CASE(10, kind); \
			WINDOW_MARK_CASE(11, kind); \
			WINDOW_MARK_CASE(12, kind); \
			WINDOW_MARK_CASE(13, kind); \
			WINDOW_MARK_CASE(14, kind); \
			WINDOW_MARK_CASE(15, kind); \
		}                                   \
	} while (0)

static inline void window_mark_begin(unsigned slot)
{
	WINDOW_MARK_ALL(slot, WINDOW_MARK_BEGIN);
}

static inline void window_mark_end(unsigned slot)
{
	WINDOW_MARK_ALL(slot, WINDOW_MARK_END);
}
#else
static inline void window_mark_begin(unsigned slot)
{
	(void)slot;
}

static inline void window_mark_end(unsigned slot)
{
	(void)slot;
}
#endif

/* Whether these are the bytes of a mark, and of which. */
static inline bool window_mark_parse(const void *insn, size_t bytes,
				     bool *ret_begins, unsigned *ret_slot)
{
	static const unsigned char head[] = { 0x0f, 0x1f, 0x84, 0x00 };
	const unsigned char *p = insn;

	if (bytes != WINDOW_MARK_BYTES || memcmp(p, head, sizeof(head)) != 0 ||
	    p[6] != 'L' || p[7] != 'F' || p[4] >= WINDOW_MARK_SLOTS ||
	    (p[5] != 1 && p[5] != 2))
		return false;

	*ret_begins = p[5] == 1;
	*ret_slot = p[4];
	return true;
}

#endif
