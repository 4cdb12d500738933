// SPDX-License-Identifier: GPL-2.0-only
#include "around_rule.h"

#include <faultline/uapi_compat.h>

#include <string.h>

bool around_is_off(enum around_rule rule, uint64_t modes)
{
	switch (rule) {
	case AROUND_OFF_WP_MINOR:
		return modes &
		       (UFFDIO_REGISTER_MODE_WP | UFFDIO_REGISTER_MODE_MINOR);
	case AROUND_OFF_ALL:
		return modes;
	case AROUND_OFF_NONE:
	case AROUND_RULES:
	default:
		return false;
	}
}

void around_predict(bool off, bool minor, size_t window, const uint32_t *order,
		    size_t nr, unsigned char *ret_answer)
{
	unsigned char first = minor && !off ? AROUND_LOST : AROUND_OWN;
	unsigned char rest = minor ? AROUND_LOST : AROUND_AROUND;

	if (off) {
		memset(ret_answer, AROUND_OWN, nr);
		return;
	}

	/* The first of a window that is read has it mapped. */
	memset(ret_answer, rest, nr);
	for (size_t i = nr; i-- > 0;) {
		size_t from = order[i] - order[i] % window;
		size_t len = nr - from < window ? nr - from : window;

		memset(ret_answer + from, rest, len);
		ret_answer[order[i]] = first;
	}
}

size_t around_window(const bool *present, size_t nr, size_t page)
{
	size_t from = page, to = page + 1, count = 0, window;

	for (size_t i = 0; i < nr; i++)
		count += present[i];
	while (from > 0 && present[from - 1])
		from--;
	while (to < nr && present[to])
		to++;

	window = to - from;
	if (!present[page] || count != window || (window & (window - 1)) ||
	    from % window)
		return 0;
	return window;
}
