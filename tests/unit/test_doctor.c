// SPDX-License-Identifier: GPL-2.0-only
/*
 * The doctor's judgement and its report, on a made-up machine and made-up
 * workloads.  FL_ACCEPT=1 takes the report as it is now.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bench/doctor.h"
#include "workloads/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fl_need protect_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ FL_FEATURE_WP_SHMEM, "backing=shmem" },
	{ 0 },
};

static const struct fl_arm protect_arms[] = {
	{ .name = "again", .needs = FL_FEATURE_REWP_NO_FLUSH },
	{ .name = "protect", .reference = "again" },
	{ 0 },
};

static const struct fl_expect protect_expects[] = {
	{ .counter = "page-faults" },
	{ .counter = "tlb:tlb_flush", .arm = "protect" },
	{ .counter = "tlb:tlb_flush", .arm = "again" },
	{ 0 },
};

static const struct fl_need frames_needs[] = {
	{ FL_FEATURE_PAGEMAP_PFN, NULL },
	{ 0 },
};

static const struct fl_workload made_up[] = {
	{ .name = "null_op" },
	{ .name = "protect",
	  .needs = protect_needs,
	  .arms = protect_arms,
	  .expects = protect_expects },
	{ .name = "frames", .needs = frames_needs },
	{ .name = "misbehave", .selftest = true },
};

const struct fl_workload *registry_at(size_t index)
{
	return index < sizeof(made_up) / sizeof(*made_up) ? &made_up[index]
							  : NULL;
}

const struct fl_workload *registry_find(const char *name)
{
	for (size_t i = 0; registry_at(i); i++)
		if (!strcmp(registry_at(i)->name, name))
			return registry_at(i);

	return NULL;
}

uint64_t registry_hash(void)
{
	return 1;
}

static const char boot_text[] =
	"{\"kernel\":\"6.12.94-example\",\"cpu_model\":\"Example Server CPU "
	"with a name that is far too long to fit on one line of the report\","
	"\"cpus_online\":16,\"smt\":\"off\",\"memory_bytes\":67108864000,"
	"\"swap\":[{\"name\":\"/dev/zram0\",\"type\":\"partition\","
	"\"size_bytes\":4294967296,\"used_bytes\":1048576,\"priority\":100},"
	"{\"name\":\"/var/swap file\",\"type\":\"file\",\"size_bytes\":"
	"1073741824,\"used_bytes\":0,\"priority\":-2}],"
	"\"numa_nodes\":2,\"hypervisor\":false,\"thp_enabled\":\"madvise\","
	"\"clocksource\":\"tsc\"}";

static const char root_features[] =
	"[{\"feature\":\"uffd\",\"words\":\"userfaultfd\",\"state\":\"yes\","
	"\"why\":\"system call\"},"
	"{\"feature\":\"wp-shmem\",\"words\":\"write-protect shared memory\","
	"\"state\":\"no\",\"why\":\"not offered\"},"
	"{\"feature\":\"rewp-no-flush\",\"words\":\"protecting again does not "
	"flush\",\"state\":\"yes\"},"
	"{\"feature\":\"pagemap-pfn\",\"words\":\"pagemap shows frame "
	"numbers\",\"state\":\"yes\"}]";

static const char user_features[] =
	"[{\"feature\":\"uffd\",\"words\":\"userfaultfd\",\"state\":\"yes\","
	"\"why\":\"user mode only\"},"
	"{\"feature\":\"wp-shmem\",\"words\":\"write-protect shared memory\","
	"\"state\":\"no\",\"why\":\"not offered\"},"
	"{\"feature\":\"rewp-no-flush\",\"words\":\"protecting again does not "
	"flush\",\"state\":\"failed\",\"why\":\"could not be seen: no "
	"tracepoint \\u001b[31m for this user, and no second CPU that a flush "
	"would interrupt\"},"
	"{\"feature\":\"pagemap-pfn\",\"words\":\"pagemap shows frame "
	"numbers\",\"state\":\"denied\",\"why\":\"run as root\"}]";

static const char root_events[] =
	"[{\"name\":\"page-faults\",\"status\":\"ok\"},"
	"{\"name\":\"tlb:tlb_flush\",\"status\":\"ok\"},"
	"{\"name\":\"cycles\",\"status\":\"unsupported\",\"why\":\"no such "
	"event\"}]";

static const char user_events[] =
	"[{\"name\":\"page-faults\",\"status\":\"user-only\",\"why\":\"the "
	"kernel's part is denied\"},"
	"{\"name\":\"tlb:tlb_flush\",\"status\":\"denied\",\"why\":\"tracefs "
	"is closed\"},"
	"{\"name\":\"cycles\",\"status\":\"unsupported\",\"why\":\"no such "
	"event\"}]";

static json_t *parse(const char *text)
{
	json_error_t e;
	json_t *o = json_loads(text, 0, &e);

	if (!o)
		fail_msg("%s: %s", e.text, text);
	return o;
}

static void make_up(struct doctor *d)
{
	*d = (struct doctor){
		.boot = parse(boot_text),
		.sides = { { .title = "root",
			     .features = parse(root_features),
			     .events = parse(root_events) },
			   { .title = "user",
			     .features = parse(user_features),
			     .events = parse(user_events) } },
		.nr_sides = 2,
		.warnings = { { "debug kernel",
				"it runs with KASAN; boot "
				"another",
				1 },
			      { "load", "the load is 9.0 on 4 CPUs", 0 } },
		.nr_warnings = 2,
	};
}

static const struct {
	unsigned side;
	enum doctor_verdict verdict;
	const char *workload, *missing, *unverified;
} opinion_rows[] = {
	{ 0, DOCTOR_YES, "null_op", "[]", "[]" },
	{ 1, DOCTOR_YES, "null_op", "[]", "[]" },
	{ 0, DOCTOR_PARTLY, "protect",
	  "[\"backing=shmem: write-protect shared memory\"]", "[]" },
	{ 1, DOCTOR_PARTLY, "protect",
	  "[\"backing=shmem: write-protect shared memory\",\"arm again: "
	  "protecting again does not flush\"]",
	  "[\"tlb:tlb_flush\"]" },
	{ 0, DOCTOR_YES, "frames", "[]", "[]" },
	{ 1, DOCTOR_NO, "frames", "[\"pagemap shows frame numbers\"]", "[]" },
};

static void expect_array(size_t row, const json_t *array, const char *text)
{
	json_t *expected = parse(text);

	if (!json_equal(array, expected))
		fail_msg("row %zu: not %s", row, text);
	json_decref(expected);
}

static void test_judge(void **state)
{
	struct doctor d;

	(void)state;
	make_up(&d);
	for (size_t i = 0; i < sizeof(opinion_rows) / sizeof(*opinion_rows);
	     i++) {
		struct doctor_opinion o;

		doctor_judge(&d.sides[opinion_rows[i].side],
			     registry_find(opinion_rows[i].workload), &o);
		if (o.verdict != opinion_rows[i].verdict)
			fail_msg("row %zu: %d", i, o.verdict);
		expect_array(i, o.missing, opinion_rows[i].missing);
		expect_array(i, o.unverified, opinion_rows[i].unverified);
		doctor_opinion_finish(&o);
	}
	assert_true(doctor_can_measure(&d));
	doctor_finish(&d);
}

static char *print(const struct doctor *d, bool colour)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	doctor_print(d, colour, out);
	fclose(out);
	return text;
}

static char *golden(const char *accepted)
{
	static char text[16384];
	const char *path = FIXTURES "/doctor/report.txt";
	FILE *file = fopen(path, accepted ? "w" : "r");
	size_t len = 0;

	if (!file)
		fail_msg("%s cannot be opened", path);
	if (accepted)
		fputs(accepted, file);
	else
		len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	return text;
}

static void test_report(void **state)
{
	struct doctor d;
	char *text;

	(void)state;
	make_up(&d);
	text = print(&d, false);
	if (getenv("FL_ACCEPT"))
		golden(text);
	assert_string_equal(text, golden(NULL));
	free(text);
	doctor_finish(&d);
}

static void test_report_fits(void **state)
{
	struct doctor d;
	char *text, *rest, *line;

	(void)state;
	make_up(&d);
	rest = text = print(&d, false);
	while ((line = strsep(&rest, "\n")))
		if (strlen(line) > 72 || strchr(line, '\033'))
			fail_msg("`%s`", line);
	free(text);

	text = print(&d, true);
	assert_non_null(strstr(text, "\033[32myes\033[0m"));
	assert_null(strstr(text, "tracepoint \033"));
	free(text);
	doctor_finish(&d);
}

/* A user that cannot reach the agent; an agent that says nothing at all. */
static void test_notes(void **state)
{
	struct doctor d;
	char *text;

	(void)state;
	make_up(&d);
	json_array_clear(d.sides[1].features);
	json_array_clear(d.sides[1].events);
	snprintf(d.sides[1].note, sizeof(d.sides[1].note), "not tried");
	text = print(&d, false);
	assert_non_null(strstr(text, "user: not tried"));
	assert_non_null(strstr(text, "not told"));
	assert_true(doctor_can_measure(&d));
	free(text);

	snprintf(d.sides[0].note, sizeof(d.sides[0].note), "it crashed");
	assert_false(doctor_can_measure(&d));
	doctor_finish(&d);
}

/* Records of another shape than agreed on must not do harm. */
static void test_hostile_records(void **state)
{
	struct doctor d;
	char *text;

	(void)state;
	make_up(&d);
	json_decref(d.sides[0].features);
	json_decref(d.sides[0].events);
	d.sides[0].features = parse("[1,null,{},{\"feature\":7},{\"feature\":"
				    "\"uffd\",\"state\":[]},[[]]]");
	d.sides[0].events = parse("[\"x\",{\"name\":\"cycles\",\"status\":3}]");
	json_object_set_new(d.boot, "kernel", json_string("\n\033[2Jx"));
	text = print(&d, false);
	assert_null(strchr(text, '\033'));
	free(text);
	json_decref(doctor_json(&d));
	doctor_finish(&d);
}

static void test_json(void **state)
{
	struct doctor d;
	json_t *o;

	(void)state;
	make_up(&d);
	o = doctor_json(&d);
	assert_int_equal(json_array_size(json_object_get(o, "sides")), 2);
	assert_int_equal(json_array_size(json_object_get(o, "workloads")), 3);
	assert_int_equal(json_array_size(json_object_get(o, "warnings")), 2);
	json_decref(o);
	doctor_finish(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_report_fits),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_hostile_records),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
