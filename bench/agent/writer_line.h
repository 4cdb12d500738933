/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads of the agent share no cache line that one of them writes while
 * something is timed: such a line would move between their CPUs at every
 * store, and what is measured with many threads would be that.
 */
#ifndef AGENT_WRITER_LINE_H
#define AGENT_WRITER_LINE_H

#include <assert.h>
#include <stddef.h>

/* Two lines of 64 bytes: x86 fetches the neighbour of a line as well. */
#define WRITER_LINE 128

/* For the first member that another thread writes than those before it. */
#define WRITER_ALIGNED _Alignas(WRITER_LINE)

#define WRITER_ASSERT(type, member)                              \
	static_assert(offsetof(type, member) % WRITER_LINE == 0, \
		      #member " shares a line with another writer")

/* In an array, or before another object, it ends with its own line. */
#define WRITER_ASSERT_SIZE(type)                                 \
	static_assert(sizeof(type) % WRITER_LINE == 0 &&         \
			      _Alignof(type) % WRITER_LINE == 0, \
		      #type " shares a line with what follows")

#endif
