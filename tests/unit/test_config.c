// SPDX-License-Identifier: GPL-2.0-only
/* Configs from YAML text, good ones and bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/config.h"
#include "fake_registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define HEAD "workload: fake_wp\n"

enum {
	MAX_WORDS = 12,
	MAX_VALUES = 16
};

static const struct {
	const char *name;
	const char *text;
	int err;
	const char *message;
} bad_rows[] = {
	{ "empty", "", -EINVAL,
	  "t.yaml:1:1: nothing is in it; it needs a `workload` or `sweeps`" },
	{ "comment only", "# nothing\n", -EINVAL,
	  "t.yaml:2:1: nothing is in it; it needs a `workload` or `sweeps`" },
	{ "list at top", "- a\n", -EINVAL,
	  "t.yaml:1:1: here must stand lines of KEY: VALUE" },
	{ "word at top", "fake_wp\n", -EINVAL,
	  "t.yaml:1:1: here must stand lines of KEY: VALUE" },
	{ "no workload", "budget: 5s\n", -EINVAL,
	  "t.yaml: nothing to measure: it needs a `workload` or `sweeps`" },
	{ "axes without workload", "axes:\n  range: 4K\n", -EINVAL,
	  "t.yaml:1:1: `workload` is missing" },
	{ "unknown key", HEAD "budgt: 5s\n", -EINVAL,
	  "t.yaml:2:1: there is no key `budgt`; did you mean `budget`?" },
	{ "far key", HEAD "zzzzzz: 5s\n", -EINVAL,
	  "t.yaml:2:1: there is no key `zzzzzz`; there are name, output, "
	  "budget, launch, batch, trials, launches, m, inject, toggle, "
	  "toggle-settle, seed, placement, counters, until-settled, "
	  "allow-system-changes, quiet, workload, axes, skip, sweeps" },
	{ "key twice", HEAD "seed: 1\nm: 1%\nseed: 2\n", -EINVAL,
	  "t.yaml:4:1: `seed` is there twice" },
	{ "trials of none", HEAD "trials: 3\n", -EINVAL,
	  "t.yaml: trials=3: no workload here runs trials" },
	{ "workload twice", HEAD HEAD, -EINVAL,
	  "t.yaml:2:1: `workload` is there twice" },
	{ "misspelled workload", "workload: fake_pw\n", -EINVAL,
	  "t.yaml:1:11: there is no workload `fake_pw`; did you mean "
	  "`fake_wp`?" },
	{ "far workload", "workload: quite_another\n", -EINVAL,
	  "t.yaml:1:11: there is no workload `quite_another`; see `faultline "
	  "list`" },
	{ "4Q", HEAD "axes:\n  range: [4K, 4Q]\n", -EINVAL,
	  "t.yaml:3:15: range: `4Q` is not a size (4096, 4K, 2M, hpage-4K)" },
	{ "4Q after a comma", HEAD "axes:\n  range: 4K, 4Q\n", -EINVAL,
	  "t.yaml:3:14: range: `4Q` is not a size (4096, 4K, 2M, hpage-4K)" },
	{ "too small", HEAD "axes:\n  range: 4095\n", -ERANGE,
	  "t.yaml:3:10: range: `4095` is out of range: 4K to 1G" },
	{ "wrong choice", HEAD "axes:\n  what: [protekt]\n", -EINVAL,
	  "t.yaml:3:10: what: `protekt` is none of protect, unprotect, "
	  "roundtrip; did you mean `protect`?" },
	{ "empty list", HEAD "axes:\n  range: []\n", -EINVAL,
	  "t.yaml:3:10: axis `range` is an empty list" },
	{ "no value", HEAD "axes:\n  range:\n", -EINVAL,
	  "t.yaml:3:9: axis `range` is empty" },
	{ "empty value", HEAD "axes:\n  range: '4K,,8K'\n", -EINVAL,
	  "t.yaml:3:10: axis `range` has an empty value" },
	{ "empty axes", HEAD "axes:\n", -EINVAL,
	  "t.yaml:2:6: `axes` must be lines of NAME: VALUES" },
	{ "unknown axis", HEAD "axes:\n  rang: 4K\n", -EINVAL,
	  "t.yaml:3:3: fake_wp has no parameter `rang`; did you mean "
	  "`range`?" },
	{ "axis twice", HEAD "axes:\n  range: 4K\n  range: 8K\n", -EINVAL,
	  "t.yaml:4:3: axis `range` is there twice" },
	{ "nested list", HEAD "axes:\n  range: [[4K]]\n", -EINVAL,
	  "t.yaml:3:11: axis `range` must be a single word" },
	{ "nested mapping", HEAD "seed: {a: 1}\n", -EINVAL,
	  "t.yaml:2:7: `seed` must be a single word" },
	{ "a list as key", HEAD "? [a, b]\n: 1\n", -EINVAL,
	  "t.yaml:2:3: a key must be a single word" },
	{ "range without step", HEAD "axes:\n  range: 4K..8K\n", -EINVAL,
	  "t.yaml:3:10: `4K..8K` needs a step at its end: :x2 multiplies, "
	  ":+1 adds" },
	{ "x1", HEAD "axes:\n  range: 4K..8K:x1\n", -EINVAL,
	  "t.yaml:3:10: `4K..8K:x1` never ends: the step must be x2 or more, "
	  "or more than +0" },
	{ "+0", HEAD "axes:\n  remote: 1..8:+0\n", -EINVAL,
	  "t.yaml:3:11: `1..8:+0` never ends: the step must be x2 or more, or "
	  "more than +0" },
	{ "from zero", HEAD "axes:\n  remote: 0..8:x2\n", -EINVAL,
	  "t.yaml:3:11: `0..8:x2` never ends: 0 times anything is 0" },
	{ "downwards", HEAD "axes:\n  range: 8K..4K:x2\n", -EINVAL,
	  "t.yaml:3:10: `8K..4K:x2` ends before it starts" },
	{ "range of words", HEAD "axes:\n  populated: no..yes:+1\n", -EINVAL,
	  "t.yaml:3:14: populated: `no..yes:+1` is not yes or no" },
	{ "one axis explodes", HEAD "axes:\n  range: 4K..1G:+1\n", -ERANGE,
	  "t.yaml:3:10: `4K..1G:+1` brings axis `range` to 1073737729 values; "
	  "a plan has at most 100000 points" },
	{ "10^9 points",
	  HEAD "axes:\n  remote: 1..1000:+1\n  wait: 1ns..1000ns:+1ns\n"
	       "  range: 4K..4000K:+4K\n",
	  -ERANGE,
	  "t.yaml:1:1: more than 100000 points: remote 1000 x wait 1000 x "
	  "range 1000" },
	{ "skip of nothing", HEAD "skip: []\n", -EINVAL,
	  "t.yaml:2:7: `skip` is an empty list" },
	{ "blank skip", HEAD "skip: ' '\n", -EINVAL,
	  "t.yaml:2:7: an empty skip condition" },
	{ "skip of unknown", HEAD "skip:\n  - what=protect rage>4K\n", -EINVAL,
	  "t.yaml:3:5: fake_wp has no parameter `rage`; did you mean "
	  "`range`?" },
	{ "sweeps and axes",
	  "axes: {range: 4K}\nsweeps:\n  - workload: fake_wp\n", -EINVAL,
	  "t.yaml:3:5: `sweeps` beside `workload`, `axes` or `skip`: these "
	  "belong into each sweep" },
	{ "no sweep", "sweeps: []\n", -EINVAL,
	  "t.yaml:1:9: `sweeps` is an empty list" },
	{ "budget in a sweep",
	  "sweeps:\n  - workload: fake_wp\n    budget: 5s\n", -EINVAL,
	  "t.yaml:3:5: `budget` is for the whole run: it belongs to the top "
	  "level" },
	{ "sweep without workload", "sweeps:\n  - axes: {range: 4K}\n", -EINVAL,
	  "t.yaml:2:5: `workload` is missing" },
	{ "alias", HEAD "seed: *a\n", -EINVAL,
	  "t.yaml:2:7: aliases (*) are not allowed here: write the value "
	  "itself" },
	{ "anchor", HEAD "axes: &a {range: 4K}\n", -EINVAL,
	  "t.yaml:2:7: anchors (&) are not allowed here" },
	{ "bomb", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", -EINVAL,
	  "t.yaml:1:1: there is no key `a`; did you mean `m`?" },
	{ "tag", HEAD "seed: !!int 4\n", -EINVAL,
	  "t.yaml:2:7: tags (!) are not allowed here" },
	{ "two documents", HEAD "---\n" HEAD, -EINVAL,
	  "t.yaml:2:1: a second document; a config is one" },
	{ "tab", "workload:\tfake_wp\n\tseed: 1\n", -EINVAL,
	  "t.yaml:2:1: found a tab character that violates indentation, while "
	  "scanning a plain scalar" },
	{ "open bracket", HEAD "axes: {range: [4K\n", -EINVAL,
	  "t.yaml:3:1: did not find expected ',' or ']', while parsing a flow "
	  "sequence" },
	{ "not UTF-8", HEAD "name: \xff\n", -EINVAL,
	  "t.yaml:2:7: not UTF-8 text: invalid leading UTF-8 octet" },
	{ "escaped NUL", HEAD "name: \"a\\0b\"\n", -EINVAL,
	  "t.yaml:2:7: `name` has a NUL byte" },
	{ "hostile name", HEAD "name: ../x\n", -EINVAL,
	  "t.yaml:2:7: `../x` is no name: letters, digits, `.`, `_` and `-`, "
	  "at most 100, neither `.` nor `-` first" },
	{ "output with escapes", HEAD "output: \"a\\e[31m\"\n", -EINVAL,
	  "t.yaml:2:9: `a\\x1b[31m` has bytes that no path of ours may have: "
	  "use printable UTF-8" },
	{ "budget without unit", HEAD "budget: 60\n", -EINVAL,
	  "t.yaml:2:9: `60` is not a time, such as 100ms or 5s" },
	{ "budget too short", HEAD "budget: 1us\n", -ERANGE,
	  "t.yaml:2:9: budget=1us: must be 100ms to 720h" },
	{ "negative", HEAD "launches: -1\n", -EINVAL,
	  "t.yaml:2:11: `-1` is not a whole number" },
	{ "none", HEAD "launches: 0\n", -ERANGE,
	  "t.yaml:2:11: launches=0: must be 1 to 1000000" },
	{ "seed too large", HEAD "seed: 18446744073709551616\n", -EINVAL,
	  "t.yaml:2:7: `18446744073709551616` is not a whole number" },
	{ "M of nothing", HEAD "m: 0\n", -ERANGE,
	  "t.yaml:2:4: m=0: must be 1ppm to 100%" },
	{ "inject of a billion", HEAD "inject: 1000000000\n", -ERANGE,
	  "t.yaml:2:9: inject=1000000000: must be 0 or 1ppm to 100%" },
	{ "ratio", HEAD "m: much\n", -EINVAL,
	  "t.yaml:2:4: `much` is not a ratio, such as 1% or 0.01" },
	{ "bool", HEAD "counters: maybe\n", -EINVAL,
	  "t.yaml:2:11: `maybe` is neither yes nor no" },
	{ "placement", HEAD "placement: compakt\n", -EINVAL,
	  "t.yaml:2:12: there is no placement `compakt`; did you mean "
	  "`compact`?" },
	{ "placement far", HEAD "placement: 0;reboot\n", -EINVAL,
	  "t.yaml:2:12: there is no placement `0;reboot`; it is compact, "
	  "one-per-core or CPUs such as 0,2,4-7" },
	{ "no toggle", HEAD "toggle: \"\"\n", -EINVAL,
	  "t.yaml:2:9: `toggle` is empty" },
	{ "toggle without values", HEAD "toggle: /proc/sys/vm/a\n", -EINVAL,
	  "t.yaml:2:9: `/proc/sys/vm/a` is not FILE=V0,V1, such as "
	  "/proc/sys/vm/overcommit_memory=0,1" },
	{ "one value", HEAD "toggle: /proc/sys/vm/a=1\n", -EINVAL,
	  "t.yaml:2:9: `/proc/sys/vm/a=1` is not FILE=V0,V1, such as "
	  "/proc/sys/vm/overcommit_memory=0,1" },
	{ "an empty value", HEAD "toggle: \"/proc/sys/vm/a=1,\"\n", -EINVAL,
	  "t.yaml:2:9: `/proc/sys/vm/a=1,` is not FILE=V0,V1, such as "
	  "/proc/sys/vm/overcommit_memory=0,1" },
	{ "three values", HEAD "toggle: \"/proc/sys/vm/a=1,2,3\"\n", -EINVAL,
	  "t.yaml:2:9: `/proc/sys/vm/a=1,2,3` is not FILE=V0,V1, such as "
	  "/proc/sys/vm/overcommit_memory=0,1" },
	{ "equal values", HEAD "toggle: \"/sys/a=0x1,1\"\n", -EINVAL,
	  "t.yaml:2:9: toggle: `0x1` and `1` are one value: there is nothing "
	  "to compare" },
	{ "elsewhere", HEAD "toggle: \"/etc/passwd=0,1\"\n", -EINVAL,
	  "t.yaml:2:9: `/etc/passwd` is not below /proc/sys or /sys" },
	{ "upwards", HEAD "toggle: \"/sys/../etc/passwd=0,1\"\n", -EINVAL,
	  "t.yaml:2:9: `/sys/../etc/passwd` is no plain path of a file" },
	{ "control character", HEAD "toggle: \"/sys/a=0,1\\a\"\n", -EINVAL,
	  "t.yaml:2:9: the value `1\\x07` is not one line of printable "
	  "text" },
	{ "settles for too long", HEAD "toggle-settle: 2s\n", -ERANGE,
	  "t.yaml:2:16: toggle-settle=2s: must be 0 to 1s" },
	{ "batches too long", HEAD "batch: 50ms\n", -ERANGE,
	  "t.yaml: ten batches of 50ms do not fit into a launch of 100ms" },
};

static void check_error(const char *row, int err, int want,
			const struct error *e, const char *message)
{
	if (err == want && !strcmp(e->text, message))
		return;

	print_error("%s: %d, expected %d:\n  %s\nexpected\n  %s\n", row, err,
		    want, e->text, message);
	fail();
}

static void bad_yaml(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		struct config *c = NULL;
		struct error e = { 0 };
		int err = config_from_yaml("t.yaml", bad_rows[i].text,
					   strlen(bad_rows[i].text),
					   &fake_units, &c, &e);

		check_error(bad_rows[i].name, err, bad_rows[i].err, &e,
			    bad_rows[i].message);
		assert_null(c);
	}
}

static void nul_bytes(void **state)
{
	static const char text[] = HEAD "se\0ed: 1\n";
	struct config *c = NULL;
	struct error e = { 0 };

	(void)state;
	check_error("NUL",
		    config_from_yaml("t.yaml", text, sizeof(text) - 1,
				     &fake_units, &c, &e),
		    -EINVAL, &e,
		    "t.yaml:2:3: a NUL byte: this is no text file");
}

/* What nests, repeats or goes on without end is refused at once. */
static void floods(void **state)
{
	static const char *const units[] = { "[",    "{a: ", "- ",
					     "- - ", "? ",   "a: [" };
	size_t bytes = 1 << 20;
	char *text = malloc(bytes + 8);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i]);
		struct config *c = NULL;
		struct error e = { 0 };

		for (size_t at = 0; at + len <= bytes; at += len)
			memcpy(text + at, units[i], len);
		assert_int_equal(config_from_yaml("t.yaml", text,
						  bytes / len * len,
						  &fake_units, &c, &e),
				 -EINVAL);
		assert_true(strlen(e.text) > 0);
	}
	free(text);
}

static const struct {
	const char *values;
	const char *axis;
	size_t nr;
	uint64_t want[MAX_VALUES];
} axis_rows[] = {
	{ "4K", "range", 1, { 4096 } },
	{ "[4K, 8192, page]", "range", 2, { 4096, 8192 } },
	{ "4K..32K:x2", "range", 4, { 4096, 8192, 16384, 32768 } },
	{ "4K..40K:x4", "range", 2, { 4096, 16384 } },
	{ "[hpage-4K, hpage, hpage+4K]",
	  "range",
	  3,
	  { 2093056, 2097152, 2101248 } },
	{ "hpage-4K, hpage, hpage+4K",
	  "range",
	  3,
	  { 2093056, 2097152, 2101248 } },
	{ "[4K..16K:x2, 8K, 12K, 4K]",
	  "range",
	  4,
	  { 4096, 8192, 16384, 12288 } },
	{ "4K..12K:+page", "range", 3, { 4096, 8192, 12288 } },
	{ "1..10:+3", "remote", 4, { 1, 4, 7, 10 } },
	{ "1..9:+3", "remote", 3, { 1, 4, 7 } },
	{ "[0, 1..8:x2]", "remote", 5, { 0, 1, 2, 4, 8 } },
	{ "10us..30us:+10us", "wait", 3, { 10000, 20000, 30000 } },
	{ "[roundtrip, protect]", "what", 2, { 2, 0 } },
	{ "no, yes, off", "populated", 2, { 0, 1 } },
};

static void axis_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(axis_rows) / sizeof(axis_rows[0]); i++) {
		struct config *c = NULL;
		struct error e = { 0 };
		char text[256];
		int err;

		snprintf(text, sizeof(text), HEAD "axes: \n  %s: %s\n",
			 axis_rows[i].axis, axis_rows[i].values);
		err = config_from_yaml("t.yaml", text, strlen(text),
				       &fake_units, &c, &e);
		check_error(axis_rows[i].values, err, 0, &e, "");
		assert_int_equal(c->sweeps[0].axes[0].nr_values,
				 axis_rows[i].nr);
		assert_memory_equal(c->sweeps[0].axes[0].values,
				    axis_rows[i].want,
				    axis_rows[i].nr * sizeof(uint64_t));
		config_free(c);
	}
}

static void defaults(void **state)
{
	struct config *c = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(config_from_yaml("dir/my study.yaml", HEAD,
					  strlen(HEAD), &fake_units, &c, &e),
			 0);
	assert_string_equal(c->name, "my-study");
	assert_null(c->output);
	assert_int_equal(c->budget_ns, 60000000000);
	assert_int_equal(c->launch_ns, 100000000);
	assert_int_equal(c->batch_ns, 50000);
	assert_int_equal(c->launches, 20);
	assert_true(c->m > 0.0099 && c->m < 0.0101);
	assert_true(c->inject >= 0 && c->inject <= 0);
	assert_int_equal(c->seed, 1);
	assert_int_equal(c->placement, CONFIG_PLACEMENT_COMPACT);
	assert_null(c->toggle);
	assert_int_equal(c->toggle_settle_ns, 1000000);
	assert_true(c->counters && c->until_settled && !c->quiet);
	assert_false(c->allow_system_changes);
	config_free(c);
}

static char *printed(const struct config *c)
{
	size_t bytes;
	char *text = NULL;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(config_print(c, out), 0);
	fclose(out);
	return text;
}

static const char *const round_trips[] = {
	HEAD,
	HEAD "name: \"a.b-c\"\noutput: \"a \\\"b\\\\ \xc3\xa4: #c\"\n"
	     "budget: 90s\nlaunch: 1234567ns\nbatch: 1us\nlaunches: 7\n"
	     "m: 0.3%\ninject: 12345ppm\nseed: 18446744073709551615\n"
	     "placement: 0,2,4-7\ncounters: no\nuntil-settled: off\n"
	     "toggle: \"/sys/a b=\\\"x\\\",y\\\\ z\"\ntoggle-settle: 3us\n"
	     "allow-system-changes: yes\n"
	     "quiet: yes\n",
	HEAD "axes:\n  range: [4K..1G:x2, hpage+4K, 4097]\n  what: roundtrip\n"
	     "  populated: [no, yes]\n  wait: [0, 1500ns]\n"
	     "skip:\n  - what=protect  range<hpage\n  - 'populated=no'\n",
	"sweeps:\n  - workload: fake_wp\n    axes: {remote: 0..3:+1}\n"
	"  - {workload: fake_null}\n  - workload: fake_wp\n"
	"    skip: \"range>4K\\nwait=0\"\nplacement: one-per-core\n",
};

/* What is printed is read back, and prints to the same. */
static void round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(round_trips) / sizeof(char *); i++) {
		struct config *c = NULL, *again = NULL;
		struct error e = { 0 };
		char *first, *second;
		int err = config_from_yaml("t.yaml", round_trips[i],
					   strlen(round_trips[i]), &fake_units,
					   &c, &e);

		check_error(round_trips[i], err, 0, &e, "");
		first = printed(c);
		err = config_from_yaml("again.yaml", first, strlen(first),
				       &fake_units, &again, &e);
		check_error(first, err, 0, &e, "");
		second = printed(again);
		assert_string_equal(first, second);
		assert_int_equal(c->nr_sweeps, again->nr_sweeps);
		assert_memory_equal(&c->m, &again->m, sizeof(c->m));
		assert_memory_equal(&c->inject, &again->inject,
				    sizeof(c->inject));
		assert_int_equal(c->seed, again->seed);
		free(first);
		free(second);
		config_free(c);
		config_free(again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_yaml), cmocka_unit_test(nul_bytes),
		cmocka_unit_test(floods),   cmocka_unit_test(axis_values),
		cmocka_unit_test(defaults), cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
