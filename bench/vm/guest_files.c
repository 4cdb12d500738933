// SPDX-License-Identifier: GPL-2.0-only
#include "guest_files.h"

#include "bench/environment.h"
#include "bench/system_knobs.h"

#include "common/folder.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What `*` stands for in a knob's path. */
static const char *const sizes[] = { "16kB",  "32kB",  "64kB",	 "128kB",
				     "256kB", "512kB", "1024kB", "2048kB" };

static const char *const beside_pools[] = {
	"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages",
	"/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages",
};

enum {
	NR_SIZES = sizeof(sizes) / sizeof(sizes[0]),
	NR_BESIDE = sizeof(beside_pools) / sizeof(beside_pools[0])
};

/* A row with `*` is one file a size.  Return: NULL if @i is behind them. */
static const char *knob_file_at(size_t i, char buf[GUEST_PATH_BYTES])
{
	const struct system_knob *k;

	for (size_t at = 0; (k = system_knob_at(at)); at++) {
		const char *star = strchr(k->path, '*');
		size_t nr = star ? NR_SIZES : 1;

		if (i >= nr) {
			i -= nr;
			continue;
		}
		if (star)
			snprintf(buf, GUEST_PATH_BYTES, "%.*s%s%s",
				 (int)(star - k->path), k->path, sizes[i],
				 star + 1);
		else
			snprintf(buf, GUEST_PATH_BYTES, "%s", k->path);
		return buf;
	}
	return NULL;
}

const char *guest_file_at(size_t i, char buf[GUEST_PATH_BYTES])
{
	const char *path;

	if (i < NR_BESIDE)
		return beside_pools[i];
	i -= NR_BESIDE;
	for (size_t at = 0; (path = environment_file_at(at)); at++)
		if (at == i)
			return path;
	return knob_file_at(i - environment_nr_files(), buf);
}

bool guest_file_is_wanted(const char *path)
{
	char buf[GUEST_PATH_BYTES];
	const char *wanted;

	if (!strcmp(path, FL_GUEST_SYMBOLS))
		return true;
	for (size_t i = 0; (wanted = guest_file_at(i, buf)); i++)
		if (!strcmp(path, wanted))
			return true;

	return false;
}

int guest_file_store(const char *folder, const char *path, const char *text,
		     struct error *e)
{
	size_t bytes = strlen(text);
	char full[PATH_MAX];
	int fd, err = 0;

	if (!guest_file_is_wanted(path))
		return error_set(e, -EPROTO,
				 "the guest shows a file that it was not asked "
				 "for: %.80s",
				 path);
	if (snprintf(full, sizeof(full), "%s%s", folder, path) >=
	    (int)sizeof(full))
		return error_set(e, -ENAMETOOLONG, "%s: the path is too long",
				 folder);
	err = folder_make_parents(full);
	fd = err ? -1
		 : open(full, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 && !err)
		err = -errno;
	if (!err && write(fd, text, bytes) != (ssize_t)bytes)
		err = -EIO;
	if (fd >= 0)
		close(fd);
	return err ? error_set(e, err, "%s: %s", full, strerror(-err)) : 0;
}
