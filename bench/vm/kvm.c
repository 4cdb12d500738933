// SPDX-License-Identifier: GPL-2.0-only
#include "kvm.h"

#include "cache.h"
#include "initramfs.h"

#include "bench/environment.h"

#include "common/folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

enum {
	LINE_BYTES = 1024
};

/* What an answer is good for. */
static void make_key(const struct vm_guest *g, char key[LINE_BYTES])
{
	char boot[48];

	snprintf(key, LINE_BYTES, "%s %.128s: ", environment_boot_id("", boot),
		 g->qemu_version);
}

/* Return: whether the file has an answer to this question. */
static bool recall(const char *path, const char *key, char answer[LINE_BYTES])
{
	FILE *in = fopen(path, "re");
	char line[2 * LINE_BYTES];
	bool found = false;

	while (in && !found && fgets(line, sizeof(line), in)) {
		found = !strncmp(line, key, strlen(key));
		line[strcspn(line, "\n")] = '\0';
		if (found)
			snprintf(answer, LINE_BYTES, "%s", line + strlen(key));
	}
	if (in)
		fclose(in);
	return found;
}

static void remember(const char *path, const char *key, const char *answer)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return;
	fprintf(out, "%s%s\n", key, answer);
	fclose(out);
}

static int on_hello(void *ctx, const json_t *hello, struct error *e)
{
	(void)ctx;
	(void)hello;
	(void)e;
	return 0;
}

static int on_file(void *ctx, const char *path, const char *text,
		   struct error *e)
{
	(void)ctx;
	(void)path;
	(void)text;
	(void)e;
	return 0;
}

static const struct vm_stream_calls calls = { .hello = on_hello,
					      .file = on_file };

static struct vm_machine timed(const struct vm_machine *machine)
{
	struct vm_machine ret = *machine;

	ret.mode = VM_MODE_TIME;
	return ret;
}

/* A guest without a job.  Return: 0, or -errno if it could not be tried. */
static int try(const struct vm_guest *g, const char *folder,
	       struct vm_judgement *ret, struct error *e)
{
	const struct vm_settings settings = { 0 };
	const struct vm_machine machine = timed(&g->machine);
	char archive[PATH_MAX + 16];
	struct vm_stream stream;
	struct vm_boot_end end;
	const struct vm_boot_request request = {
		.machine = &machine,
		.image = &g->image,
		.qemu = g->qemu,
		.initrd = archive,
		.folder = folder,
		.limits = { 20 * SECOND, 20 * SECOND, 40 * SECOND },
		.stream = &stream,
		.interrupted = g->interrupted,
	};
	int err;

	snprintf(archive, sizeof(archive), "%s/initramfs", folder);
	err = initramfs_write(archive, g->agent, &settings, NULL, 0, e);
	if (err)
		return err;
	vm_stream_init(&stream, &calls, NULL, 0);
	err = vm_boot(&request, &end, e);
	vm_stream_finish(&stream);
	unlink(archive);
	if (!err)
		*ret = end.judgement;
	return err;
}

static int answer(const char *text, struct error *e)
{
	if (!strcmp(text, "yes"))
		return 0;
	return error_set(e, -ENODEV,
			 "KVM boots no guests here (%s), and emulated times "
			 "mean nothing: use --mode insn or --mode func",
			 text);
}

int vm_kvm_check(const struct vm_guest *g, struct error *e)
{
	char folder[PATH_MAX], path[PATH_MAX + 16], key[LINE_BYTES];
	char text[LINE_BYTES] = "yes";
	struct vm_judgement j = { 0 };
	int err;

	if (access("/dev/kvm", R_OK | W_OK)) {
		snprintf(text, sizeof(text), "/dev/kvm: %s", strerror(errno));
		return answer(text, e);
	}
	vm_cache_folder("kvm", folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/verdict", folder);
	make_key(g, key);
	if (recall(path, key, text))
		return answer(text, e);

	if (folder_make(folder))
		return error_set(e, -errno, "%s: %s", folder, strerror(errno));
	err = try(g, folder, &j, e);
	if (err)
		return err;
	if (j.verdict == VM_INTERRUPTED)
		return error_set(e, -EINTR, "interrupted");
	if (j.verdict != VM_OK)
		snprintf(text, sizeof(text), "%s: %.400s",
			 vm_verdict_name(j.verdict), j.why);
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	remember(path, key, text);
	return answer(text, e);
}
