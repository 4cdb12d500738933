// SPDX-License-Identifier: GPL-2.0-only
#include "words.h"

#include <sys/mman.h>

int words_replace(const struct region *r, uint64_t word)
{
	struct region copy = *r;
	int err;

	copy.base = mmap(NULL, r->bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy.base == MAP_FAILED)
		return -errno;

	words_write(&copy, word);
	if (mremap(copy.base, r->bytes, r->bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
		   r->base) != MAP_FAILED)
		return 0;

	err = -errno;
	munmap(copy.base, r->bytes);
	return err;
}
