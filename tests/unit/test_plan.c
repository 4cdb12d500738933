// SPDX-License-Identifier: GPL-2.0-only
/* Points, case ids, CPUs, arms, rounds and times, on machines of all sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/plan.h"
#include "fake_registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALL "package:1 core:2 pu:1"
#define LARGE "package:4 core:64 pu:2"

struct fixture {
	struct config *config;
	struct topology *topology;
	struct plan *plan;
};

static int make(struct fixture *f, const char *yaml, const char *topology,
		struct error *e)
{
	memset(f, 0, sizeof(*f));
	if (config_from_yaml("t.yaml", yaml, strlen(yaml), &fake_units,
			     &f->config, e) ||
	    topology_new(topology, &f->topology, e)) {
		print_error("%s\n", e->text);
		fail();
	}
	return plan_new(f->config, f->topology, &fake_units, &f->plan, e);
}

static void make_ok(struct fixture *f, const char *yaml, const char *topology)
{
	struct error e = { 0 };

	if (!make(f, yaml, topology, &e))
		return;
	print_error("%s\n%s\n", yaml, e.text);
	fail();
}

static void finish(struct fixture *f)
{
	plan_free(f->plan);
	topology_free(f->topology);
	config_free(f->config);
}

/* Behind what is in @buf, of @bytes, cut off where it is full. */
static void append(char *buf, size_t bytes, const char *text, const char *end)
{
	size_t used = strlen(buf);

	snprintf(buf + used, bytes - used, "%s%s", text, end);
}

/* Names of points, in order, separated by newlines. */
static const struct {
	const char *name;
	const char *yaml;
	const char *labels;
} label_rows[] = {
	{ "no axis", "workload: fake_wp\n", "fake_wp\n" },
	{ "no parameter", "workload: fake_null\n", "fake_null\n" },
	{ "last is fastest",
	  "workload: fake_wp\naxes:\n  range: [4K, 8K]\n  remote: 0..2:+1\n",
	  "fake_wp range=4K remote=0\nfake_wp range=4K remote=1\n"
	  "fake_wp range=4K remote=2\nfake_wp range=8K remote=0\n"
	  "fake_wp range=8K remote=1\nfake_wp range=8K remote=2\n" },
	{ "skip",
	  "workload: fake_wp\naxes:\n  range: 4K..16K:x2\n  remote: [0, 1]\n"
	  "skip:\n  - range<16K remote=1\n  - range=8K\n",
	  "fake_wp range=4K remote=0\nfake_wp range=16K remote=0\n"
	  "fake_wp range=16K remote=1\n" },
	{ "an axis that means nothing there makes no points",
	  "workload: fake_wp\naxes:\n  range: [4K, 1M]\n"
	  "  populated: [no, yes]\n",
	  "fake_wp range=4K populated=no\nfake_wp range=4K populated=yes\n"
	  "fake_wp range=1M\n" },
	{ "nor does a skip rule see it",
	  "workload: fake_wp\naxes:\n  range: 1M\n  populated: no\n"
	  "skip: populated=no\n",
	  "fake_wp range=1M\n" },
	{ "duplicates",
	  "sweeps:\n  - {workload: fake_wp, axes: {range: [4K, 64K]}}\n"
	  "  - {workload: fake_null}\n  - workload: fake_wp\n"
	  "  - {workload: fake_wp, axes: {range: [8K, 4K]}}\n",
	  "fake_wp range=4K\nfake_wp range=64K\nfake_null\n"
	  "fake_wp range=8K\n" },
};

static void points(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(label_rows) / sizeof(label_rows[0]);
	     i++) {
		char label[PLAN_LABEL_BYTES], all[4096] = "";
		struct fixture f;

		make_ok(&f, label_rows[i].yaml, SMALL);
		for (size_t j = 0; j < f.plan->nr_points; j++) {
			append(all, sizeof(all),
			       plan_label(&f.plan->points[j], label), "\n");
		}
		if (strcmp(all, label_rows[i].labels) != 0) {
			print_error("%s:\n%s", label_rows[i].name, all);
			fail();
		}
		finish(&f);
	}
}

/* Literal: an id that changes breaks every result that was ever written. */
static const struct {
	const char *yaml;
	const char *topology;
	const char *id;
} id_rows[] = {
	{ "workload: fake_null\n", SMALL, "c755a78c10f6d949" },
	{ "workload: fake_wp\n", SMALL, "5cfbaf87505411c2" },
	{ "workload: fake_wp\n", LARGE, "5cfbaf87505411c2" },
	{ "workload: fake_wp\nseed: 7\nm: 5%\nname: x\n", SMALL,
	  "5cfbaf87505411c2" },
	{ "workload: fake_wp\naxes: {range: 64K}\n", SMALL,
	  "5cfbaf87505411c2" },
	{ "workload: fake_wp\naxes: {range: 128K}\n", SMALL,
	  "cf438fca0cb0b94d" },
	{ "workload: fake_wp\nplacement: one-per-core\n", SMALL,
	  "41c2fb93386c8f9d" },
	{ "workload: fake_wp\nplacement: 0-1\n", SMALL, "7bbfd6091d18a56f" },
};

static void case_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(id_rows) / sizeof(id_rows[0]); i++) {
		struct fixture f;

		make_ok(&f, id_rows[i].yaml, id_rows[i].topology);
		if (strcmp(f.plan->points[0].id, id_rows[i].id) != 0) {
			print_error("row %zu: %s is not %s\n", i,
				    f.plan->points[0].id, id_rows[i].id);
			fail();
		}
		finish(&f);
	}
}

/* The text that is hashed, written out by hand. */
static void case_id_text(void **state)
{
	static const char text[] = "placement=compact\npopulated=1\n"
				   "range=65536\nremote=0\nwait=0\nwhat=0\n"
				   "workload=fake_wp\n";
	char id[HASH_TEXT_BYTES];
	struct fixture f;

	(void)state;
	make_ok(&f, "workload: fake_wp\n", SMALL);
	hash_print(hash_add(HASH_INIT, text, sizeof(text) - 1), id);
	assert_string_equal(f.plan->points[0].id, id);
	assert_int_equal(f.plan->points[0].memory_bytes, 2 * 65536);
	finish(&f);
}

static const struct {
	const char *name;
	const char *axes;
	const char *placement;
	const char *topology;
	const char *skip; /* NULL: it can run */
	unsigned nr_cpus;
	unsigned last; /* OS number of its last CPU */
	const char *workload;
} cpu_rows[] = {
	{ "alone", "{}", "compact", SMALL, NULL, 1, 0 },
	{ "one remote", "{remote: 1}", "compact", SMALL, NULL, 2, 1 },
	{ "too many", "{remote: 2}", "compact", SMALL,
	  "needs 3 CPUs, this machine lets us use 2", 0, 0 },
	{ "handler elsewhere", "{what: roundtrip, populated: no}", "compact",
	  SMALL, NULL, 2, 1 },
	{ "handler on the same", "{what: roundtrip, populated: yes}", "compact",
	  SMALL, NULL, 1, 0 },
	{ "handler not there", "{what: protect, populated: no}", "compact",
	  SMALL, NULL, 1, 0 },
	{ "all of 512", "{remote: 511}", "compact", LARGE, NULL, 512, 511 },
	{ "one of 512 missing", "{remote: 512}", "compact", LARGE,
	  "needs 513 CPUs, this machine lets us use 512", 0, 0 },
	{ "one a core", "{remote: 255}", "one-per-core", LARGE, NULL, 256,
	  510 },
	{ "too few cores", "{remote: 256}", "one-per-core", LARGE,
	  "needs 257 CPUs, each on its core; the cores that this machine lets "
	  "us use: 256",
	  0, 0 },
	{ "no other CPU", "{remote: 1}", "compact", "package:1 core:1 pu:1",
	  "needs 2 CPUs, this machine lets us use 1", 0, 0 },
	{ "list", "{remote: 2}", "511,0,4-7", LARGE, NULL, 3, 4 },
	{ "list too short", "{remote: 2}", "511,0", LARGE,
	  "needs 3 CPUs, the placement has only 2", 0, 0 },
	{ "no more for an arm", "{remote: 1}", "0-7", LARGE, NULL, 3, 2,
	  "fake_window" },
	{ "the arm that wants most", "{remote: 5}", "0-7", LARGE, NULL, 6, 5,
	  "fake_window" },
	{ "an arm has none", "{remote: 0}", "0-7", LARGE, NULL, 3, 2,
	  "fake_window" },
};

static void cpus(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cpu_rows) / sizeof(cpu_rows[0]); i++) {
		const struct plan_point *p;
		struct fixture f;
		char yaml[512];
		bool ok;

		snprintf(yaml, sizeof(yaml),
			 "workload: %s\naxes: %s\nplacement: \"%s\"\n",
			 cpu_rows[i].workload ? cpu_rows[i].workload
					      : "fake_wp",
			 cpu_rows[i].axes, cpu_rows[i].placement);
		make_ok(&f, yaml, cpu_rows[i].topology);
		p = &f.plan->points[0];
		ok = p->nr_cpus == cpu_rows[i].nr_cpus &&
		     !p->skip == !cpu_rows[i].skip;
		if (ok && p->skip)
			ok = !strcmp(p->skip, cpu_rows[i].skip);
		if (ok && p->nr_cpus)
			ok = p->cpus[p->nr_cpus - 1] == cpu_rows[i].last;
		if (!ok) {
			print_error("%s: %u CPUs, %s\n", cpu_rows[i].name,
				    p->nr_cpus, p->skip ? p->skip : "runs");
			fail();
		}
		finish(&f);
	}
}

static const struct {
	const char *name;
	const char *yaml;
	int err;
	const char *message;
} bad_rows[] = {
	{ "all skipped", "workload: fake_wp\nskip: range=64K\n", -EINVAL,
	  "the skip rules leave no point" },
	{ "no such CPU", "workload: fake_wp\nplacement: 0,9\n", -ENXIO,
	  "placement: " },
};

static void bad_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		struct error e = { 0 };
		struct fixture f;
		int err = make(&f, bad_rows[i].yaml, SMALL, &e);

		if (err != bad_rows[i].err || f.plan ||
		    strncmp(e.text, bad_rows[i].message,
			    strlen(bad_rows[i].message)) != 0) {
			print_error("%s: %d, %s\n", bad_rows[i].name, err,
				    e.text);
			fail();
		}
		finish(&f);
	}
}

static const struct {
	const char *name;
	const char *yaml;
	const char *slots; /* name/kind/arm of each */
} slot_rows[] = {
	{ "small", "workload: fake_wp\n",
	  "none/0/1 flush/1/2 none:again/2/1 " },
	{ "large", "workload: fake_wp\naxes: {range: hpage}\n",
	  "none/0/1 flush/1/2 large/1/3 none:again/2/1 " },
	{ "roundtrip", "workload: fake_wp\naxes: {what: roundtrip}\n",
	  "touch/0/0 touch:again/2/0 " },
	{ "inject", "workload: fake_wp\ninject: 1%\n",
	  "none/0/1 flush/1/2 none:again/2/1 none:inject/3/1 " },
	{ "toggle", "workload: fake_wp\ntoggle: \"/sys/a=0,1\"\n",
	  "none/0/1 flush/1/2 none:again/2/1 none:toggle/4/1 " },
};

static void slots(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(slot_rows) / sizeof(slot_rows[0]); i++) {
		struct plan_slot slot[FL_MAX_SLOTS];
		char all[1024] = "", one[80];
		struct fixture f;
		unsigned nr;

		make_ok(&f, slot_rows[i].yaml, SMALL);
		nr = plan_slots(f.plan, f.plan->points, &fake_units, slot);
		for (unsigned j = 0; j < nr; j++) {
			snprintf(one, sizeof(one), "%.47s/%d/%u ", slot[j].name,
				 (int)slot[j].kind, slot[j].arm);
			append(all, sizeof(all), one, "");
		}
		if (strcmp(all, slot_rows[i].slots) != 0) {
			print_error("%s: %s\n", slot_rows[i].name, all);
			fail();
		}
		finish(&f);
	}
}

/* Of each epoch: what it wants, and how many points it has. */
static const struct {
	const char *name;
	const char *yaml;
	const char *epochs;
} epoch_rows[] = {
	{ "nothing wanted", "workload: fake_wp\n", "as found/1 " },
	{ "one state", "workload: fake_state\naxes: {thp: never}\n",
	  "thp=never/1 " },
	{ "as found comes first",
	  "workload: fake_state\naxes: {thp: [always, found, never]}\n",
	  "as found/1 thp=always/1 thp=never/1 " },
	{ "amounts are raised to the most",
	  "workload: fake_state\naxes: {pool: [3, 9, 5]}\n", "hugetlb>=9/3 " },
	{ "an amount of 0 is none",
	  "workload: fake_state\naxes: {pool: [0, 2]}\n",
	  "as found/1 hugetlb>=2/1 " },
	{ "both, sorted by knob",
	  "workload: fake_state\naxes: {pool: [1, 2], thp: [never, always]}\n",
	  "hugetlb>=2 thp=never/2 hugetlb>=2 thp=always/2 " },
	{ "sizes as people write them",
	  "workload: fake_state\naxes: {swap: [0, 64M, 256M]}\n",
	  "as found/1 swap>=256M/2 " },
	{ "many at once",
	  "workload: fake_state\n"
	  "axes: {swap: [0, 64M], ksm: [no, yes], mthp: yes, pool: 2}\n",
	  "hugetlb>=2 mthp-64K=madvise/1 "
	  "hugetlb>=2 ksm=1 ksm-sleep=20 mthp-64K=madvise/1 "
	  "hugetlb>=2 mthp-64K=madvise swap>=64M/1 "
	  "hugetlb>=2 ksm=1 ksm-sleep=20 mthp-64K=madvise swap>=64M/1 " },
	{ "across workloads",
	  "sweeps:\n  - {workload: fake_state, axes: {pool: 7}}\n"
	  "  - {workload: fake_null}\n"
	  "  - {workload: fake_state, axes: {thp: found}}\n",
	  "as found/2 hugetlb>=7/1 " },
};

static void epochs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(epoch_rows) / sizeof(epoch_rows[0]);
	     i++) {
		char all[1024] = "", text[SYSTEM_TEXT_BYTES], count[32];
		struct fixture f;

		make_ok(&f, epoch_rows[i].yaml, SMALL);
		for (unsigned j = 0; j < f.plan->nr_epochs; j++) {
			const struct plan_epoch *epoch = &f.plan->epochs[j];

			snprintf(count, sizeof(count), "/%zu ",
				 epoch->nr_points);
			append(all, sizeof(all),
			       system_state_print(&epoch->state, text), count);
		}
		if (strcmp(all, epoch_rows[i].epochs) != 0) {
			print_error("%s: %s\n", epoch_rows[i].name, all);
			fail();
		}
		finish(&f);
	}
}

#define TEN "workload: fake_wp\naxes: {remote: 0..9:+1}\n"

static void rounds(void **state)
{
	static const size_t first[10] = { 8, 6, 1, 4, 0, 5, 3, 7, 2, 9 };
	size_t order[10], again[10], other[10];
	unsigned places[10][10] = { { 0 } };
	struct fixture f, g;

	(void)state;
	make_ok(&f, TEN "seed: 1\n", LARGE);
	make_ok(&g, TEN "seed: 2\n", SMALL);
	for (unsigned round = 0; round < 5000; round++) {
		unsigned seen = 0;

		plan_round(f.plan, round, order);
		for (size_t i = 0; i < 10; i++) {
			seen |= 1U << order[i];
			places[order[i]][i]++;
		}
		assert_int_equal(seen, (1U << 10) - 1);
	}
	/* 500 each are expected, 21 is the standard deviation. */
	for (size_t i = 0; i < 100; i++)
		assert_in_range(places[i / 10][i % 10], 400, 600);

	plan_round(f.plan, 0, order);
	assert_memory_equal(order, first, sizeof(first));
	plan_round(f.plan, 0, again);
	assert_memory_equal(order, again, sizeof(order));
	plan_round(f.plan, 1, other);
	assert_memory_not_equal(order, other, sizeof(order));
	plan_round(g.plan, 0, other);
	assert_memory_not_equal(order, other, sizeof(order));
	finish(&f);
	finish(&g);
}

/* A launch: 5 ms start, 10 ms warm-up, 100 ms samples, 10 ms counters. */
static const struct {
	const char *name;
	const char *yaml;
	uint64_t least_ms, most_ms;
} time_rows[] = {
	{ "one", "workload: fake_wp\n", 20 * 125 + 65, 60000 + 125 + 65 },
	{ "two", "workload: fake_wp\naxes: {range: [4K, 8K]}\n", 40 * 125 + 130,
	  60000 + 125 + 130 },
	{ "those that run", "workload: fake_wp\naxes: {remote: [0, 9]}\n",
	  20 * 125 + 65, 60000 + 125 + 65 },
	{ "none runs", "workload: fake_wp\naxes: {remote: 9}\n", 0, 0 },
	{ "no counters", "workload: fake_wp\ncounters: no\n", 20 * 115 + 65,
	  60000 + 115 + 65 },
	{ "long warm-up", "workload: fake_wp\nlaunch: 1s\n", 20 * 1065 + 65,
	  60000 + 1065 + 65 },
	{ "to the end", "workload: fake_wp\nuntil-settled: no\n", 60000 + 65,
	  60000 + 125 + 65 },
	{ "trials for a time", "workload: fake_trial\n", 20 * 125 + 65,
	  60000 + 125 + 65 },
	/* How long a trial takes is not known. */
	{ "so many trials", "workload: fake_trial\ntrials: 2\n", 20 * 25 + 65,
	  60000 + 125 + 65 },
	{ "too short", "workload: fake_wp\nbudget: 1s\n", 20 * 125 + 65,
	  1000 + 125 + 65 },
};

static void times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(time_rows) / sizeof(time_rows[0]); i++) {
		struct fixture f;

		make_ok(&f, time_rows[i].yaml, SMALL);
		if (f.plan->least_ns != time_rows[i].least_ms * 1000000 ||
		    f.plan->most_ns != time_rows[i].most_ms * 1000000) {
			print_error("%s: %llu to %llu\n", time_rows[i].name,
				    (unsigned long long)f.plan->least_ns,
				    (unsigned long long)f.plan->most_ns);
			fail();
		}
		finish(&f);
	}
}

/* As many points as may be, and one more, without laying that out. */
static void most_points(void **state)
{
	static const char over[] = "workload: fake_wp\naxes:\n"
				   "  wait: 1ns..100000ns:+1ns\n"
				   "  populated: [no, yes]\n";
	struct config *c = NULL;
	struct error e = { 0 };
	struct fixture f;

	(void)state;
	make_ok(&f, "workload: fake_wp\naxes: {wait: '1ns..100000ns:+1ns'}\n",
		LARGE);
	assert_int_equal(f.plan->nr_points, PLAN_MAX_POINTS);
	finish(&f);

	assert_int_equal(config_from_yaml("t.yaml", over, strlen(over),
					  &fake_units, &c, &e),
			 -ERANGE);
	assert_string_equal(e.text, "t.yaml:1:1: more than 100000 points: "
				    "wait 100000 x populated 2");
}

static void printed(void **state)
{
	static const char want[] =
		"t: 3 points, 1 of them skipped; 20 launches or more of 100ms "
		"each, in\n";
	char *text = NULL;
	struct fixture f;
	size_t bytes;
	FILE *out;

	(void)state;
	make_ok(&f, "workload: fake_wp\naxes: {remote: [0, 511, 512]}\n",
		LARGE);
	out = open_memstream(&text, &bytes);
	assert_non_null(out);
	plan_print(f.plan, &fake_units, NULL, out);
	fclose(out);
	assert_memory_equal(text, want, sizeof(want) - 1);
	assert_non_null(strstr(text, "CPUs 0-511; memory"));
	assert_non_null(strstr(text, "        skipped: needs 513 CPUs, this "
				     "machine lets us use 512\n"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 72);
	free(text);
	finish(&f);
}

static const struct {
	bool looked, allowed;
	const char *has, *lacks;
} print_rows[] = {
	{ true, false,
	  "Epoch 2, 1 point: the system state hugetlb>=4 thp=always",
	  "will be changed" },
	{ true, false,
	  "would be skipped: the hugetlb pool, pages of 2048kB: the kernel has",
	  "is so already" },
	{ true, true,
	  "would be skipped: transparent huge pages: the kernel has",
	  "will be changed" },
	{ false, true, "Epoch 1, 1 point: the system state as found",
	  "would be skipped" },
	{ false, false, "each round is shuffled anew: epoch 1: 1; epoch 2: 2",
	  "would be skipped" },
};

/* Lines that were wrapped are joined again: paths are longer than a line. */
static void join_lines(char *text)
{
	for (char *at; (at = strstr(text, "\n  "));) {
		size_t blanks = strspn(at + 1, " ");

		*at = ' ';
		memmove(at + 1, at + 1 + blanks, strlen(at + 1 + blanks) + 1);
	}
}

static void printed_epochs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(print_rows) / sizeof(print_rows[0]);
	     i++) {
		char *text = NULL;
		struct fixture f;
		size_t bytes;
		FILE *out;

		make_ok(&f,
			"sweeps:\n  - {workload: fake_null}\n"
			"  - {workload: fake_state, axes: {pool: 4, thp: "
			"always}}\n",
			SMALL);
		f.config->allow_system_changes = print_rows[i].allowed;
		out = open_memstream(&text, &bytes);
		assert_non_null(out);
		plan_print(f.plan, &fake_units,
			   print_rows[i].looked ? "/nowhere" : NULL, out);
		fclose(out);
		join_lines(text);
		if (!strstr(text, print_rows[i].has) ||
		    strstr(text, print_rows[i].lacks)) {
			print_error("row %zu: %s\n", i, text);
			fail();
		}
		free(text);
		finish(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points),
		cmocka_unit_test(case_ids),
		cmocka_unit_test(case_id_text),
		cmocka_unit_test(cpus),
		cmocka_unit_test(bad_plans),
		cmocka_unit_test(slots),
		cmocka_unit_test(epochs),
		cmocka_unit_test(rounds),
		cmocka_unit_test(times),
		cmocka_unit_test(most_points),
		cmocka_unit_test(printed),
		cmocka_unit_test(printed_epochs),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
