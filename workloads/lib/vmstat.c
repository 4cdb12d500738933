// SPDX-License-Identifier: GPL-2.0-only
#include "vmstat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int vmstat_read(const char *name, uint64_t *ret_value)
{
	FILE *f = fopen("/proc/vmstat", "re");
	size_t len = strlen(name);
	char line[128];
	int err = -ENOENT;

	if (!f)
		return -errno;

	while (err && fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, len) != 0 || line[len] != ' ')
			continue;
		*ret_value = strtoull(line + len, NULL, 10);
		err = 0;
	}
	fclose(f);
	return err;
}
