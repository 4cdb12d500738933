// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kernel it is, and the debug options that cost time in the paths that we
 * measure.
 *
 * The options come from /boot/config-RELEASE where it can be read, else from
 * the names in /proc/kallsyms, which everybody may read and which belong to
 * the running kernel for sure.  /proc/config.gz would need zlib for nothing
 * more; its bytes serve as the configuration's hash.
 */
#include "bench/environment_read.h"
#include "common/build_id.h"
#include "common/hash.h"

#include <string.h>

enum {
	NOTES_BYTES = 4096
};

static const struct debug_row {
	const char *name;
	const char *config; /* =y */
	const char *symbol; /* there if and only if it is built in */
} debug_rows[] = {
	{ "KASAN", "CONFIG_KASAN", "kasan_report" },
	{ "KCSAN", "CONFIG_KCSAN", "__tsan_read8" },
	{ "KMSAN", "CONFIG_KMSAN", "kmsan_report" },
	{ "KCOV", "CONFIG_KCOV", "__sanitizer_cov_trace_pc" },
	{ "LOCKDEP", "CONFIG_LOCKDEP", "lock_acquire" },
	{ "DEBUG_VM", "CONFIG_DEBUG_VM", "dump_mm" },
	{ "DEBUG_PAGEALLOC", "CONFIG_DEBUG_PAGEALLOC_ENABLE_DEFAULT", NULL },
	{ "SLUB_DEBUG_ON", "CONFIG_SLUB_DEBUG_ON", NULL },
	{ "PAGE_TABLE_CHECK", "CONFIG_PAGE_TABLE_CHECK_ENFORCED", NULL },
};

/* Built in or not, these cost something only if the command line says so. */
static const struct {
	const char *name;
	const char *words[4];
} cmdline_rows[] = {
	{ "DEBUG_PAGEALLOC", { "debug_pagealloc=on" } },
	{ "PAGE_TABLE_CHECK", { "page_table_check=on", "page_table_check=1" } },
	{ "slub_debug", { "slub_debug", "slab_debug" } },
	{ "page_owner", { "page_owner=on", "page_owner=1" } },
	{ "page_poison", { "page_poison=on", "page_poison=1" } },
	{ "init_on_free", { "init_on_free=1", "init_on_free=on" } },
};

enum {
	NR_DEBUG = sizeof(debug_rows) / sizeof(debug_rows[0]),
	NR_CMDLINE = sizeof(cmdline_rows) / sizeof(cmdline_rows[0]),
};

static void add_debug(json_t *array, const char *name)
{
	json_t *there;
	size_t i;

	json_array_foreach (array, i, there)
		if (!strcmp(json_string_value(there), name))
			return;

	json_array_append_new(array, json_string(name));
}

static void match_config(char *line, json_t *array)
{
	char *value = strchr(line, '=');

	if (!value || strncmp(value, "=y", 2) != 0)
		return;

	*value = '\0';
	for (size_t i = 0; i < NR_DEBUG; i++)
		if (!strcmp(line, debug_rows[i].config))
			add_debug(array, debug_rows[i].name);
}

/* "0000000000000000 T dump_mm", modules have more behind it. */
static void match_symbol(char *line, json_t *array)
{
	char *name = strrchr(line, ' ');

	if (!name || strchr(line, '['))
		return;

	name[strcspn(name, "\n")] = '\0';
	for (size_t i = 0; i < NR_DEBUG; i++)
		if (debug_rows[i].symbol &&
		    !strcmp(name + 1, debug_rows[i].symbol))
			add_debug(array, debug_rows[i].name);
}

static bool scan(const char *sysroot, const char *path, json_t *array,
		 void (*match)(char *line, json_t *array))
{
	FILE *file = environment_open(sysroot, path);
	char line[1024];

	if (!file)
		return false;

	while (fgets(line, sizeof(line), file))
		match(line, array);

	fclose(file);
	return true;
}

/* "word" alone stands for itself and for "word=anything". */
static bool on_cmdline(const char *cmdline, const char *word)
{
	size_t len = strlen(word);
	const char *s = cmdline;

	while ((s = strstr(s, word))) {
		bool starts = s == cmdline || s[-1] == ' ';

		s += len;
		if (starts &&
		    (!*s || *s == ' ' || (*s == '=' && !strchr(word, '='))))
			return true;
	}
	return false;
}

static void debug_from_cmdline(const char *cmdline, json_t *array)
{
	for (size_t i = 0; i < NR_CMDLINE; i++)
		for (const char *const *w = cmdline_rows[i].words; *w; w++)
			if (on_cmdline(cmdline, *w))
				add_debug(array, cmdline_rows[i].name);
}

static void add_config_hash(const char *sysroot, const char *path, json_t *boot)
{
	FILE *file = environment_open(sysroot, path);
	uint64_t hash = HASH_INIT;
	char buf[4096];
	size_t len;

	if (!file)
		return;

	while ((len = fread(buf, 1, sizeof(buf), file)) > 0)
		hash = hash_add(hash, buf, len);

	if (!ferror(file)) {
		char text[HASH_TEXT_BYTES];

		json_object_set_new(boot, "config_hash",
				    json_string(hash_print(hash, text)));
	}
	fclose(file);
}

static void add_debug_options(const char *sysroot, json_t *boot,
			      const char *config)
{
	json_t *array = json_array();
	const char *cmdline;
	bool known;

	known = (config && scan(sysroot, config, array, match_config)) ||
		scan(sysroot, "/proc/kallsyms", array, match_symbol);

	cmdline = json_string_value(json_object_get(boot, "cmdline"));
	if (cmdline)
		debug_from_cmdline(cmdline, array);

	if (known || json_array_size(array))
		json_object_set(boot, "debug", array);
	json_decref(array);
}

static void add_build_id(const char *sysroot, json_t *boot)
{
	char notes[NOTES_BYTES], text[BUILD_ID_TEXT_BYTES];
	long len = environment_bytes(sysroot, "/sys/kernel/notes", notes,
				     sizeof(notes));

	if (len > 0 && build_id_find(notes, (size_t)len, text))
		json_object_set_new(boot, "build_id", json_string(text));
}

void environment_kernel(const char *sysroot, json_t *boot)
{
	const char *release;
	char config[256] = "";

	release = json_string_value(json_object_get(boot, "kernel"));
	if (release && !strchr(release, '/'))
		snprintf(config, sizeof(config), "/boot/config-%s", release);

	add_build_id(sysroot, boot);
	add_config_hash(sysroot, "/proc/config.gz", boot);
	if (*config && !json_object_get(boot, "config_hash"))
		add_config_hash(sysroot, config, boot);

	add_debug_options(sysroot, boot, *config ? config : NULL);
}
