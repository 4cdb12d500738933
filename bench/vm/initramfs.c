// SPDX-License-Identifier: GPL-2.0-only
#include "initramfs.h"

#include "cpio.h"
#include "guest_files.h"

#include "common/read_all.h"

#include <faultline/protocol.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MOST_AGENT_BYTES = 64 << 20
};

static int load(const char *path, char **ret_data, size_t *ret_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	ssize_t got = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (st.st_size > MOST_AGENT_BYTES)
		err = -EFBIG;
	*ret_data = err ? NULL : malloc((size_t)st.st_size + 1);
	if (!err)
		got = *ret_data ? read_all(fd, *ret_data, (size_t)st.st_size)
				: -ENOMEM;
	close(fd);
	if (!err && got < 0)
		err = (int)got;
	if (err)
		free(*ret_data);
	*ret_bytes = (size_t)got;
	return err;
}

/* In a guest there is nothing that it could be linked with. */
static bool is_static(const char *data, size_t bytes)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (bytes < sizeof(header) || memcmp(data, ELFMAG, SELFMAG) != 0)
		return false;
	memcpy(&header, data, sizeof(header));
	for (unsigned i = 0; i < header.e_phnum; i++) {
		uint64_t at = header.e_phoff + i * sizeof(segment);

		if (at > bytes || bytes - at < sizeof(segment))
			return false;
		memcpy(&segment, data + at, sizeof(segment));
		if (segment.p_type == PT_INTERP)
			return false;
	}
	return true;
}

static void add_settings(struct cpio *c, const struct vm_settings *settings)
{
	char path[GUEST_PATH_BYTES], *text = NULL;
	const char *file;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	if (!out) {
		c->err = -ENOMEM;
		return;
	}
	/* As many bytes for any number: memory is the same for the first jobs. */
	fprintf(out, "alive_ms=%u\njobs=%06u\n", settings->alive_ms,
		settings->nr_jobs);
	for (size_t i = 0; (file = guest_file_at(i, path)); i++)
		fprintf(out, "file=%s\n", file);
	if (settings->symbols)
		fprintf(out, "symbols=%s\n", FL_GUEST_SYMBOLS);
	if (fclose(out))
		c->err = -ENOMEM;
	else
		cpio_file(c, FL_GUEST_SETTINGS, 0644, text, bytes);
	free(text);
}

static void add_jobs(struct cpio *c, const struct vm_job_files *jobs, size_t nr)
{
	char name[64];

	cpio_folder(c, "jobs");
	for (size_t i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), FL_GUEST_JOB, (unsigned)i);
		cpio_file(c, name, 0644, jobs[i].job, strlen(jobs[i].job));
		if (!jobs[i].state)
			continue;
		snprintf(name, sizeof(name), FL_GUEST_STATE, (unsigned)i);
		cpio_file(c, name, 0644, jobs[i].state, strlen(jobs[i].state));
	}
}

/* Return: 0, or -errno with the reason. */
static int load_static(const char *agent, char **ret_program, size_t *ret_bytes,
		       struct error *e)
{
	int err = load(agent, ret_program, ret_bytes);

	if (err)
		return error_set(e, err, "%s: %s", agent, strerror(-err));
	if (is_static(*ret_program, *ret_bytes))
		return 0;
	free(*ret_program);
	return error_set(e, -EINVAL,
			 "%s is not static, and a guest has no libraries: "
			 "build with -Dagent_static=true",
			 agent);
}

static void add_program(struct cpio *c, const char *program, size_t bytes)
{
	cpio_folder(c, "dev");
	cpio_device(c, "dev/console", 5, 1);
	cpio_file(c, "init", 0755, program, bytes);
}

int initramfs_write(const char *path, const char *agent,
		    const struct vm_settings *settings,
		    const struct vm_job_files *jobs, size_t nr, struct error *e)
{
	char *program = NULL;
	size_t bytes = 0;
	struct cpio c;
	FILE *out;
	int err = load_static(agent, &program, &bytes, e);

	if (err)
		return err;
	out = fopen(path, "we");
	if (!out) {
		err = -errno;
		free(program);
		return error_set(e, err, "%s: %s", path, strerror(-err));
	}

	cpio_init(&c, out);
	add_program(&c, program, bytes);
	add_settings(&c, settings);
	add_jobs(&c, jobs, nr);
	err = cpio_finish(&c);
	if (fclose(out) && !err)
		err = -EIO;
	free(program);
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}
