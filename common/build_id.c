// SPDX-License-Identifier: GPL-2.0-only
#include "build_id.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	NOTE_BUILD_ID = 3,
	MOST_BYTES = (BUILD_ID_TEXT_BYTES - 1) / 2
};

static uint32_t word_at(const unsigned char *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* ELF notes: sizes of name and descriptor, type, both padded to 4 bytes. */
bool build_id_find(const void *data, size_t bytes,
		   char ret_text[BUILD_ID_TEXT_BYTES])
{
	const unsigned char *notes = data;

	for (uint64_t at = 0; at + 12 <= bytes;) {
		uint64_t name = word_at(notes + at);
		uint64_t desc = word_at(notes + at + 4);
		uint64_t desc_at = at + 12 + ((name + 3) & ~3ULL);
		uint64_t next = desc_at + ((desc + 3) & ~3ULL);

		if (next > bytes)
			return false;
		if (word_at(notes + at + 8) == NOTE_BUILD_ID && name == 4 &&
		    !memcmp(notes + at + 12, "GNU", 4) && desc &&
		    desc <= MOST_BYTES) {
			for (uint64_t i = 0; i < desc; i++)
				snprintf(ret_text + 2 * i, 3, "%02x",
					 notes[desc_at + i]);
			return true;
		}
		at = next;
	}
	return false;
}
