// SPDX-License-Identifier: GPL-2.0-only
#include "out_formats.h"

#include "out_text.h"

#include <string.h>

static const struct out_format formats[] = {
	{ "text", "report.txt", out_text, true },
	{ "json", "report.json", out_json, false },
	{ "ktap", "report.ktap", out_ktap, false },
};

const struct out_format *out_format_at(size_t index)
{
	return index < sizeof(formats) / sizeof(formats[0]) ? &formats[index]
							    : NULL;
}

const struct out_format *out_format_find(const char *name)
{
	for (size_t i = 0; out_format_at(i); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];

	return NULL;
}
