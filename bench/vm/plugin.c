// SPDX-License-Identifier: GPL-2.0-only
#include "plugin.h"

#include "boot_child.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "libfaultline-count.so"

enum {
	LINE_BYTES = 512
};

/* As seen from the folder of the running program. */
static const char *const beside[] = { NAME, "../bench/vm/plugin/" NAME,
				      "../../bench/vm/plugin/" NAME,
				      "bench/vm/plugin/" NAME };

static char *find_beside(void)
{
	char folder[PATH_MAX], path[PATH_MAX + 64], *slash;
	ssize_t got = readlink("/proc/self/exe", folder, sizeof(folder) - 1);

	if (got < 0)
		return NULL;
	folder[got] = '\0';
	slash = strrchr(folder, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, beside[i]);
		if (!access(path, R_OK))
			return realpath(path, NULL);
	}
	return NULL;
}

char *vm_plugin_find(struct error *e)
{
	static const char installed[] = FL_LIBDIR "/faultline/" NAME;
	const char *named = getenv("FAULTLINE_PLUGIN");
	char *path;

	if (named && *named) {
		path = realpath(named, NULL);
		if (!path)
			error_set(e, -errno, "FAULTLINE_PLUGIN=%s: %s", named,
				  strerror(errno));
		return path;
	}
	path = find_beside();
	if (!path && !access(installed, R_OK))
		path = strdup(installed);
	if (!path)
		error_set(e, -ENOENT,
			  "the emulator's plugin " NAME " is neither beside "
			  "this program nor at %s; name it with "
			  "FAULTLINE_PLUGIN=PATH",
			  installed);
	return path;
}

/* A comma in a path is written twice there. */
static void add_path(FILE *out, const char *path)
{
	for (; *path; path++) {
		if (*path == ',')
			fputc(',', out);
		fputc(*path, out);
	}
}

char *vm_plugin_word(const char *plugin, const char *counts)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	add_path(out, plugin);
	fputs(",out=", out);
	add_path(out, counts);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static const char *reason(const char *line)
{
	if (strstr(line, "minimum version") || strstr(line, "API version"))
		return "it wants plugins of another interface than ours "
		       "(version 1, QEMU 4.2 to 8.x)";
	if (strstr(line, "not enabled") || strstr(line, "nvalid option"))
		return "it is built without plugins";
	return line;
}

/* The monitor's greeting begins with the emulator's name. */
static bool is_greeting(const char *line)
{
	return !strncmp(line, "QEMU ", 5) || !*line;
}

int vm_plugin_try(const char *qemu, const char *plugin, struct error *e)
{
	char *word = vm_plugin_word(plugin, "/dev/null");
	char line[LINE_BYTES];
	char *const words[] = { (char *)qemu,
				(char *)"-M",
				(char *)"none",
				(char *)"-nodefaults",
				(char *)"-display",
				(char *)"none",
				(char *)"-accel",
				(char *)"tcg",
				(char *)"-plugin",
				word,
				(char *)"-monitor",
				(char *)"stdio",
				NULL };

	if (!word)
		return error_set(e, -ENOMEM, "out of memory");
	vm_child_first_line(words, line, sizeof(line));
	free(word);
	if (is_greeting(line))
		return 0;
	return error_set(e, -ENOTSUP, "%s does not take the plugin: %.200s",
			 qemu, reason(line));
}
