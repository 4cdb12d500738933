// SPDX-License-Identifier: GPL-2.0-only
/* Wanted system state on a fake tree: what is there, what stands in the way. */
#include "unit.h"

#include "bench/system_state.h"
#include "workloads/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define THP   "/sys/kernel/mm/transparent_hugepage/"
#define POOL  "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define KSM   "/sys/kernel/mm/ksm/"
#define ALLOW true
#define ASK   false

static char root[] = "/tmp/faultline-system.XXXXXX";
static const struct units units = { 4096, 2 << 20 };

static void put(const char *path, const char *text)
{
	char full[256];
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = full; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

static const char *get(const char *path)
{
	static char text[128];
	char full[256];
	FILE *file;
	size_t len;

	snprintf(full, sizeof(full), "%s%s", root, path);
	file = fopen(full, "r");
	assert_non_null(file);
	if (!file)
		return "";
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void put_pool(const char *nr, const char *nr_free, const char *reserved)
{
	put(POOL "nr_hugepages", nr);
	put(POOL "free_hugepages", nr_free);
	put(POOL "resv_hugepages", reserved);
}

static int make_tree(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	put("/proc/sys/kernel/random/boot_id",
	    "0f2c6f5e-2f7a-4a55-9c38-5b4f6a1d2e90\n");
	put("/proc/sys/kernel/numa_balancing", "0\n");
	put(THP "enabled", "always [madvise] never\n");
	put(THP "hugepages-64kB/enabled", "always inherit madvise [never]\n");
	put(THP "khugepaged/scan_sleep_millisecs", "10000\n");
	put(KSM "run", "0\n");
	put(KSM "pages_to_scan", "100\n");
	put_pool("8\n", "6\n", "2\n");
	return 0;
}

static int drop_tree(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command); /* NOLINT(cert-env33-c): a fixed command */
}

static const struct {
	const char *name;
	struct system_want want;
	int is;
	const char *target;
	const char *path;
} look_rows[] = {
	{ "the word in brackets",
	  { "thp", "madvise", 0 },
	  SYSTEM_IS_SO,
	  "madvise",
	  THP "enabled" },
	{ "another word",
	  { "thp", "never", 0 },
	  SYSTEM_DIFFERS,
	  "never",
	  THP "enabled" },
	{ "a size in the name",
	  { "mthp-64K", "never", 0 },
	  SYSTEM_IS_SO,
	  "never",
	  THP "hugepages-64kB/enabled" },
	{ "hpage in the name",
	  { "mthp-hpage", "never", 0 },
	  SYSTEM_ABSENT,
	  "",
	  THP "hugepages-2048kB/enabled" },
	{ "a number",
	  { "khugepaged-sleep", "10000", 0 },
	  SYSTEM_IS_SO,
	  "10000",
	  THP "khugepaged/scan_sleep_millisecs" },
	{ "another number", { "ksm", "1", 0 }, SYSTEM_DIFFERS, "1", KSM "run" },
	{ "at least, and it is",
	  { "ksm-pages", "", 100 },
	  SYSTEM_IS_SO,
	  "100",
	  KSM "pages_to_scan" },
	{ "at least, and it is not",
	  { "ksm-pages", "", 101 },
	  SYSTEM_DIFFERS,
	  "101",
	  KSM "pages_to_scan" },
	{ "what is free and not reserved",
	  { "hugetlb", "", 4 },
	  SYSTEM_IS_SO,
	  "8",
	  POOL "nr_hugepages" },
	{ "the size of the pool is not enough",
	  { "hugetlb", "", 7 },
	  SYSTEM_DIFFERS,
	  "11",
	  POOL "nr_hugepages" },
	{ "below /proc",
	  { "numa-balancing", "0", 0 },
	  SYSTEM_IS_SO,
	  "0",
	  "/proc/sys/kernel/numa_balancing" },
	{ "not there",
	  { "ksm-sleep", "20", 0 },
	  SYSTEM_ABSENT,
	  "",
	  KSM "sleep_millisecs" },
	{ "no knob", { "kms", "1", 0 }, SYSTEM_ABSENT, "", "" },
	{ "no size", { "mthp-big", "never", 0 }, SYSTEM_ABSENT, "", "" },
};

static void looks(void **state)
{
	(void)state;
	put_pool("8\n", "6\n", "2\n");
	for (size_t i = 0; i < ROWS(look_rows); i++) {
		struct system_sight s;

		system_look(root, &units, &look_rows[i].want, &s);
		check_row_int(look_rows[i].name, (int)s.is, look_rows[i].is);
		check_row_text(look_rows[i].name, s.target,
			       look_rows[i].target);
		check_row_text(look_rows[i].name, s.found.path,
			       look_rows[i].path);
	}
}

static const struct {
	struct system_want want;
	bool allowed;
	const char *why; /* NULL: nothing is in the way */
} obstacle_rows[] = {
	{ { "thp", "madvise", 0 }, ASK, NULL },
	{ { "thp", "never", 0 }, ALLOW, NULL },
	{ { "thp", "never", 0 },
	  ASK,
	  "transparent huge pages: " THP "enabled says `madvise`, wanted is "
	  "`never`: run with --allow-system-changes, or type as root: echo "
	  "never > " THP "enabled" },
	{ { "ksm-pages", "", 500 },
	  ASK,
	  "pages a scan of KSM: " KSM "pages_to_scan says `100`, wanted is at "
	  "least `500`: run with --allow-system-changes, or type as root: echo "
	  "500 > " KSM "pages_to_scan" },
	{ { "hugetlb", "", 32 },
	  ASK,
	  "the hugetlb pool, pages of 2048kB: " POOL "nr_hugepages says `8`, "
	  "and 4 are free of the 32 that are wanted: run with "
	  "--allow-system-changes, or type as root: echo 36 > " POOL
	  "nr_hugepages" },
	{ { "mthp-32K", "always", 0 },
	  ALLOW,
	  "transparent huge pages of 32kB: the kernel has no transparent huge "
	  "pages of this size" },
	{ { "ksm-sleep", "20", 0 },
	  ALLOW,
	  "KSM's pause in ms: the kernel has no KSM (CONFIG_KSM)" },
};

static void obstacles(void **state)
{
	(void)state;
	put_pool("8\n", "6\n", "2\n");
	for (size_t i = 0; i < ROWS(obstacle_rows); i++) {
		struct system_state s = { .wants = { obstacle_rows[i].want },
					  .nr = 1 };
		const char *want = obstacle_rows[i].why;
		char buf[SYSTEM_WHY_BYTES];
		const char *got = system_obstacle(
			root, &units, &s, obstacle_rows[i].allowed, buf);

		check_row_text(s.wants[0].knob, got ? got : "nothing",
			       want ? want : "nothing");
	}
}

/* As a user who may not write: what root sees is not what he may do. */
static void not_root(void **state)
{
	const struct system_want want = { "thp", "never", 0 };
	char buf[SYSTEM_WHY_BYTES];
	struct system_sight s;

	(void)state;
	system_look(root, &units, &want, &s);
	s.writable = false;
	assert_non_null(strstr(system_explain(&s, &want, ALLOW, buf),
			       "this user may not change it; run as root, or "
			       "type as root: echo never > "));
	assert_non_null(strstr(system_explain(&s, &want, ASK, buf),
			       "run as root with --allow-system-changes, or "
			       "type as root: "));
}

static void sets(void **state)
{
	const struct system_want thp = { "thp", "never", 0 };
	const struct system_want pool = { "hugetlb", "", 32 };
	const struct system_want pages = { "ksm-pages", "", 500 };
	struct error e = { 0 };
	struct journal *j;

	(void)state;
	unsetenv("FAULTLINE_STATE_DIR");
	put_pool("0\n", "0\n", "0\n");
	assert_int_equal(journal_open(root, &j, &e), 0);
	assert_int_equal(system_set(j, root, &units, &thp, &e), 0);
	assert_int_equal(system_set(j, root, &units, &pages, &e), 0);
	assert_string_equal(get(THP "enabled"), "never");
	assert_string_equal(get(KSM "pages_to_scan"), "500");

	put("/proc/meminfo", "MemAvailable:    40960 kB\n");
	assert_int_equal(system_set(j, root, &units, &pool, &e), -ENOSPC);
	assert_non_null(strstr(e.text, "32 pages more need 64 MiB of memory, "
				       "and 40 MiB are available"));
	put("/proc/meminfo", "MemAvailable:    81920 kB\n");
	e.text[0] = '\0';

	/* Files do not grow pages: as a kernel without memory for them. */
	assert_int_equal(system_set(j, root, &units, &pool, &e), -ENOSPC);
	assert_non_null(strstr(e.text, "32 free pages are wanted"));
	assert_non_null(strstr(e.text, "compact_memory"));
	assert_non_null(strstr(e.text, "says `32`, and 0 are free"));
	assert_string_equal(get(POOL "nr_hugepages"), "0");

	assert_int_equal(journal_restore(j, JOURNAL_WRITE, NULL, NULL, &e), 0);
	assert_string_equal(get(THP "enabled"), "madvise");
	assert_string_equal(get(KSM "pages_to_scan"), "100");
	assert_string_equal(get(POOL "nr_hugepages"), "0");
	journal_free(j);
	put(THP "enabled", "always [madvise] never\n");
}

/* Every row of every workload names a knob that there is. */
static void tables(void **state)
{
	struct system_knob_found found;

	(void)state;
	for (size_t i = 0; registry_at(i); i++) {
		const struct fl_workload *w = registry_at(i);

		for (const struct fl_system *s = w->system; s && s->knob; s++)
			check_row(w->name,
				  system_knob_find(s->knob, &units, &found) &&
					  !s->value == !!s->amount);
	}
	for (size_t i = 0; system_knob_at(i); i++)
		for (size_t k = 0; k < i; k++)
			check_row(system_knob_at(i)->name,
				  strcmp(system_knob_at(i)->name,
					 system_knob_at(k)->name) != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks),    cmocka_unit_test(obstacles),
		cmocka_unit_test(not_root), cmocka_unit_test(sets),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, make_tree, drop_tree);
}
