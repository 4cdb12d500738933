/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instruction by which the agent tells an emulator that a timed batch of a
 * slot begins or ends: one that does nothing, and has a number of ours in it
 * that no CPU looks at.  It costs one instruction each.
 *
 *   x86-64   0f 1f 84 00  SLOT KIND 'L' 'F'   nopl 0x464cKKSS(%rax,%rax,1)
 *   arm64    d2e0001f | 0x46KS << 5           movz xzr, #0x46KS, lsl #48
 *
 * No compiler writes a constant into xzr.  On other architectures a mark does
 * nothing.
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
	WINDOW_MARK_ARM64_BYTES = 4,
};

#define WINDOW_MARK_ARM64 UINT64_C(0xd2e8c01f) /* of slot 0 and kind 0 */

#if defined(__x86_64__)
#define WINDOW_MARK_ASM		       ".byte 0x0f, 0x1f, 0x84, 0x00\n\t.long %c0"
#define WINDOW_MARK_NUMBER(slot, kind) (WINDOW_MARK_WORD + (kind) + (slot))
#elif defined(__aarch64__)
#define WINDOW_MARK_ASM ".inst %c0"
#define WINDOW_MARK_NUMBER(slot, kind) \
	(WINDOW_MARK_ARM64 + ((kind) / 16 + (slot)) * 32)
#endif

#ifdef WINDOW_MARK_ASM
#define WINDOW_MARK_CASE(slot, kind)                                       \
	case slot:                                                         \
		__asm__ volatile(WINDOW_MARK_ASM                           \
				 :                                         \
				 : "i"(WINDOW_MARK_NUMBER((slot), (kind))) \
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

static inline bool window_mark_parse_x86(const unsigned char *p,
					 unsigned *ret_kind, unsigned *ret_slot)
{
	static const unsigned char head[] = { 0x0f, 0x1f, 0x84, 0x00 };

	*ret_slot = p[4];
	*ret_kind = p[5];
	return !memcmp(p, head, sizeof(head)) && p[6] == 'L' && p[7] == 'F';
}

static inline bool window_mark_parse_arm64(const unsigned char *p,
					   unsigned *ret_kind,
					   unsigned *ret_slot)
{
	uint32_t word = (uint32_t)p[0] | (uint32_t)p[1] << 8 |
			(uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

	*ret_slot = word >> 5 & 15;
	*ret_kind = word >> 9 & 15;
	return (word & ~UINT32_C(0x1fe0)) == WINDOW_MARK_ARM64;
}

/*
 * Whether these are the bytes of a mark, and of which.  One of x86-64 has as
 * many as two instructions of arm64, so its architecture need not be told.
 */
static inline bool window_mark_parse(const void *insn, size_t bytes,
				     bool *ret_begins, unsigned *ret_slot)
{
	unsigned kind = 0, slot = 0;
	bool is_mark = false;

	if (bytes == WINDOW_MARK_BYTES)
		is_mark = window_mark_parse_x86(insn, &kind, &slot);
	else if (bytes == WINDOW_MARK_ARM64_BYTES)
		is_mark = window_mark_parse_arm64(insn, &kind, &slot);
	if (!is_mark || slot >= WINDOW_MARK_SLOTS || (kind != 1 && kind != 2))
		return false;

	*ret_begins = kind == 1;
	*ret_slot = slot;
	return true;
}

#endif
