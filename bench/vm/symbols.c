// SPDX-License-Identifier: GPL-2.0-only
#include "symbols.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK_BYTES = 64 * 1024
};

void vm_symbols_path(const struct vm_image *image, char *buf, size_t bytes)
{
	char folder[PATH_MAX];

	vm_cache_folder("images", folder, sizeof(folder));
	snprintf(buf, bytes, "%.3900s/%s.kallsyms", folder, image->sha256);
}

static int copy(FILE *in, FILE *out)
{
	char chunk[CHUNK_BYTES];
	size_t got;

	while ((got = fread(chunk, 1, sizeof(chunk), in)) > 0)
		if (fwrite(chunk, 1, got, out) != got)
			return -EIO;
	return ferror(in) ? -EIO : 0;
}

/* Whole or not there: another run may do the same at this moment. */
static int store(FILE *in, const char *path)
{
	char part[PATH_MAX + 8];
	FILE *out;
	int fd, err;

	snprintf(part, sizeof(part), "%s.XXXXXX", path);
	fd = mkstemp(part);
	if (fd < 0)
		return -errno;
	fchmod(fd, 0644);
	out = fdopen(fd, "w");
	err = out ? copy(in, out) : -errno;
	if (out ? fclose(out) : close(fd))
		err = -EIO;
	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	return err;
}

int vm_symbols_keep(const struct vm_image *image, const char *shown,
		    struct error *e)
{
	FILE *in = fopen(shown, "re");
	char path[PATH_MAX];
	int err;

	if (!in)
		return error_set(e, -ENOENT,
				 "this kernel shows no /proc/kallsyms "
				 "(CONFIG_KALLSYMS)");
	vm_symbols_path(image, path, sizeof(path));
	err = store(in, path);
	fclose(in);
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}
