/* SPDX-License-Identifier: GPL-2.0-only */
/* The build id in a kernel's notes (/sys/kernel/notes). */
#ifndef COMMON_BUILD_ID_H
#define COMMON_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>

enum {
	BUILD_ID_TEXT_BYTES = 2 * 64 + 1
};

/* Return: whether they hold one, printed then. */
bool build_id_find(const void *notes, size_t bytes,
		   char ret_text[BUILD_ID_TEXT_BYTES]);

#endif
