// SPDX-License-Identifier: GPL-2.0-only
#include "fault_stamps.h"

#include <errno.h>
#include <sys/mman.h>

/* Shared and touched: the timed window writes here. */
int fault_stamps_init(struct fault_stamps *s, size_t nr)
{
	size_t bytes = nr * FAULT_STAMPS_SLOT_BYTES;
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;

	s->resolver = p;
	s->writer = (struct writer_stamps *)(s->resolver + nr);
	s->bytes = bytes;
	return 0;
}

void fault_stamps_finish(struct fault_stamps *s)
{
	if (s->resolver)
		munmap(s->resolver, s->bytes);

	s->resolver = NULL;
	s->writer = NULL;
}

void fault_stamps_reset(struct fault_stamps *s, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		fault_stamps_set(s, i, 0, 0);
}

void fault_stamps_set(struct fault_stamps *s, size_t slot, uint64_t read_ns,
		      uint64_t done_ns)
{
	struct resolver_stamps *r = &s->resolver[slot];

	atomic_store_explicit(&r->read_ns, read_ns, memory_order_relaxed);
	atomic_store_explicit(&r->done_ns, done_ns, memory_order_release);
}

int fault_parts_of(const struct writer_stamps *writer, uint64_t read_ns,
		   uint64_t done_ns, struct fault_parts *ret_parts)
{
	uint64_t resolved_ns = done_ns < writer->end_ns ? done_ns
							: writer->end_ns;

	if (read_ns < writer->start_ns || resolved_ns < read_ns)
		return -ERANGE;

	ret_parts->total = writer->end_ns - writer->start_ns;
	ret_parts->deliver = read_ns - writer->start_ns;
	ret_parts->resolve = resolved_ns - read_ns;
	ret_parts->resume = writer->end_ns - resolved_ns;
	return 0;
}

int fault_stamps_parts(const struct fault_stamps *s, size_t slot,
		       struct fault_parts *ret_parts)
{
	const struct resolver_stamps *r = &s->resolver[slot];

	return fault_parts_of(
		&s->writer[slot],
		atomic_load_explicit(&r->read_ns, memory_order_relaxed),
		atomic_load_explicit(&r->done_ns, memory_order_relaxed),
		ret_parts);
}
