// SPDX-License-Identifier: GPL-2.0-only
/* Placement and CPU lists, on machines that hwloc makes up. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bench/topology.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	UNTOUCHED = 4242,
	LIST_MAX = 8
};

#define BIG "package:2 [numa] l3:16 core:8 pu:2"

static struct topology *make(const char *synthetic)
{
	struct topology *t = NULL;
	struct error e = { 0 };

	if (topology_new(synthetic, &t, &e))
		fail_msg("%s: %s", synthetic ? synthetic : "here", e.text);
	return t;
}

static const struct {
	const char *synthetic;
	unsigned nr_cpus;
	enum topology_policy policy;
	unsigned nr;
	int err;
	unsigned cpus[LIST_MAX];
} place_rows[] = {
	{ BIG, 512, TOPOLOGY_COMPACT, 4, 0, { 0, 1, 2, 3 } },
	{ BIG, 512, TOPOLOGY_ONE_PER_CORE, 4, 0, { 0, 2, 4, 6 } },
	{ BIG, 512, TOPOLOGY_COMPACT, 513, -ENOSPC },
	{ BIG, 512, TOPOLOGY_ONE_PER_CORE, 257, -ENOSPC },
	{ "core:2 pu:2", 4, TOPOLOGY_ONE_PER_CORE, 2, 0, { 0, 2 } },
	{ "core:2 pu:2", 4, TOPOLOGY_ONE_PER_CORE, 3, -ENOSPC },
	{ "core:2 pu:2", 4, TOPOLOGY_COMPACT, 0, 0 },
	/* OS numbers as many a BIOS gives them: the siblings come last. */
	{ "core:2 pu:2(indexes=0,2,1,3)",
	  4,
	  TOPOLOGY_COMPACT,
	  4,
	  0,
	  { 0, 2, 1, 3 } },
	{ "core:2 pu:2(indexes=0,2,1,3)",
	  4,
	  TOPOLOGY_ONE_PER_CORE,
	  2,
	  0,
	  { 0, 1 } },
	/* No cores at all: each PU is one. */
	{ "pu:4", 4, TOPOLOGY_ONE_PER_CORE, 3, 0, { 0, 1, 2 } },
	{ "package:2 pu:2", 4, TOPOLOGY_ONE_PER_CORE, 4, 0, { 0, 1, 2, 3 } },
};

static void test_place(void **state)
{
	unsigned cpus[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(place_rows) / sizeof(*place_rows); i++) {
		struct topology *t = make(place_rows[i].synthetic);
		unsigned nr = place_rows[i].nr;
		size_t bytes = nr * sizeof(*cpus);
		int err;

		cpus[0] = UNTOUCHED;
		err = topology_place(t, place_rows[i].policy, nr, cpus);
		if (topology_nr_cpus(t) != place_rows[i].nr_cpus ||
		    err != place_rows[i].err)
			fail_msg("row %zu: %u CPUs, %d", i, topology_nr_cpus(t),
				 err);
		if (!err && nr && memcmp(cpus, place_rows[i].cpus, bytes) != 0)
			fail_msg("row %zu: CPUs %u %u ...", i, cpus[0],
				 cpus[1]);
		if (err && cpus[0] != UNTOUCHED)
			fail_msg("row %zu: written in spite of %d", i, err);
		topology_free(t);
	}
}

static void test_all_cores(void **state)
{
	struct topology *t = make(BIG);
	unsigned cpus[256];

	(void)state;
	assert_int_equal(topology_place(t, TOPOLOGY_ONE_PER_CORE, 256, cpus),
			 0);
	for (unsigned i = 0; i < 256; i++)
		if (cpus[i] != 2 * i)
			fail_msg("core %u: CPU %u", i, cpus[i]);

	assert_false(topology_is_this_machine(t));
	topology_free(t);
}

static const struct {
	const char *text;
	int err;
	unsigned nr;
	unsigned cpus[LIST_MAX];
} list_rows[] = {
	{ "0", 0, 1, { 0 } },
	{ "0,2,4-7", 0, 6, { 0, 2, 4, 5, 6, 7 } },
	{ "7,0-1", 0, 3, { 7, 0, 1 } },
	{ "5-5", 0, 1, { 5 } },
	{ "007", 0, 1, { 7 } },
	{ "511", 0, 1, { 511 } },
	{ "0-7", 0, 8, { 0, 1, 2, 3, 4, 5, 6, 7 } },
	{ "", -EINVAL },
	{ "0-", -EINVAL },
	{ "-3", -EINVAL },
	{ "-", -EINVAL },
	{ "5-2", -EINVAL },
	{ "0,,1", -EINVAL },
	{ ",0", -EINVAL },
	{ "0,", -EINVAL },
	{ "0, 1", -EINVAL },
	{ " 0", -EINVAL },
	{ "+1", -EINVAL },
	{ "0x1", -EINVAL },
	{ "0-1-2", -EINVAL },
	{ "1;2", -EINVAL },
	{ "one", -EINVAL },
	{ "3,3", -EINVAL },
	{ "0-3,2", -EINVAL },
	{ "512", -ENXIO },
	{ "4294967296", -ENXIO },
	{ "99999999999", -ENXIO },
	{ "99999999999999999999999999", -ENXIO },
	{ "510-1000000000", -ENXIO },
	{ "512-18446744073709551615", -ENXIO },
	{ "0-1000000000", -E2BIG },
	{ "0-8", -E2BIG },
};

static void check_list(const struct topology *t, size_t i)
{
	unsigned cpus[LIST_MAX] = { UNTOUCHED }, nr = UNTOUCHED;
	struct error e = { 0 };
	int err;

	err = topology_parse_list(t, list_rows[i].text, cpus, LIST_MAX, &nr,
				  &e);
	if (err != list_rows[i].err)
		fail_msg("`%s`: %d, not %d (%s)", list_rows[i].text, err,
			 list_rows[i].err, e.text);
	if (err && (nr != UNTOUCHED || cpus[0] != UNTOUCHED || !e.text[0]))
		fail_msg("`%s`: written or unexplained", list_rows[i].text);
	if (!err && (nr != list_rows[i].nr ||
		     memcmp(cpus, list_rows[i].cpus, nr * sizeof(*cpus)) != 0))
		fail_msg("`%s`: %u CPUs, first %u", list_rows[i].text, nr,
			 cpus[0]);
}

static void test_list(void **state)
{
	struct topology *t = make(BIG);

	(void)state;
	for (size_t i = 0; i < sizeof(list_rows) / sizeof(*list_rows); i++)
		check_list(t, i);
	topology_free(t);
}

static void test_descriptions_that_are_none(void **state)
{
	static const char *const rows[] = {
		"bogus:2",
		"core:0 pu:2",
		"core:100000 pu:100000",
		"pu:99999999999999999999",
		"pu:70000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct topology *t = NULL;
		struct error e = { 0 };

		if (topology_new(rows[i], &t, &e) != -EINVAL || t || !*e.text)
			fail_msg("`%s` was accepted", rows[i]);
	}
}

static void test_environment_is_honoured(void **state)
{
	struct topology *t;

	(void)state;
	setenv("HWLOC_SYNTHETIC", "core:3 pu:2", 1);
	t = make(NULL);
	assert_int_equal(topology_nr_cpus(t), 6);
	assert_false(topology_is_this_machine(t));
	topology_free(t);
	unsetenv("HWLOC_SYNTHETIC");
}

/* Only what the affinity mask allows. */
static void test_this_machine(void **state)
{
	cpu_set_t old, one;
	struct topology *t;
	unsigned cpu;

	(void)state;
	t = make(NULL);
	assert_true(topology_is_this_machine(t));
	assert_int_equal(topology_place(t, TOPOLOGY_COMPACT, 1, &cpu), 0);
	topology_free(t);

	assert_int_equal(sched_getaffinity(0, sizeof(old), &old), 0);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	t = make(NULL);
	assert_int_equal(topology_nr_cpus(t), 1);
	topology_free(t);
	assert_int_equal(sched_setaffinity(0, sizeof(old), &old), 0);
}

static void test_export(void **state)
{
	char path[] = "/tmp/topology-XXXXXX";
	struct topology *t = make("core:2 pu:2");
	struct stat st;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(topology_export(t, path), 0);
	topology_free(t);

	setenv("HWLOC_XMLFILE", path, 1);
	t = make(NULL);
	unsetenv("HWLOC_XMLFILE");
	assert_int_equal(topology_nr_cpus(t), 4);
	assert_int_equal(topology_export(t, "/nonexistent/t.xml"), -ENOENT);
	topology_free(t);

	assert_int_equal(stat(path, &st), 0);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_all_cores),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_descriptions_that_are_none),
		cmocka_unit_test(test_environment_is_honoured),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_export),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
