// SPDX-License-Identifier: GPL-2.0-only
/* What the loader makes of lines, good and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/load.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RUN "{\"type\":\"run\",\"schema\":1,\"run\":\"aa\",\"m\":0.01}\n"
#define POINT                                                              \
	"{\"type\":\"point\",\"run\":\"aa\",\"point\":\"p1\","             \
	"\"workload\":\"w\",\"mode\":\"batch\",\"params\":{\"x\":\"4K\"}," \
	"\"batch_ops\":10,\"metrics\":[{\"name\":\"latency\"}]}\n"
#define ARM(launch)                                             \
	"{\"type\":\"arm\",\"run\":\"aa\",\"launch\":" launch   \
	",\"slot\":0,\"name\":\"op\",\"kind\":\"reference\"}\n" \
	"{\"type\":\"arm\",\"run\":\"aa\",\"launch\":" launch   \
	",\"slot\":1,\"name\":\"ctl\",\"kind\":\"contrast\","   \
	"\"reference\":0}\n"
#define SAMPLES(launch, slots, ns)                                           \
	"{\"type\":\"samples\",\"run\":\"aa\",\"launch\":" launch            \
	",\"first\":0,\"slots\":\"" slots "\",\"marks\":\"0000\",\"ns\":" ns \
	"}\n"
#define COMMIT_AS(launch, point, status)                         \
	"{\"type\":\"launch\",\"run\":\"aa\",\"launch\":" launch \
	",\"point\":\"" point "\",\"boot\":\"b\",\"status\":\"" status "\"}\n"
#define COMMIT(launch) COMMIT_AS(launch, "p1", "ok")
#define GOOD_NS	       "[1000,2000,2000,1000]"
#define GOOD(launch)   ARM(launch) SAMPLES(launch, "0110", GOOD_NS) COMMIT(launch)

static int load_bytes(const char *text, size_t bytes, struct result **ret,
		      struct error *e)
{
	int fd = memfd_create("load", MFD_CLOEXEC);
	int err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, bytes), bytes);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	err = load_fd(fd, "test", ret, e);
	close(fd);
	return err;
}

/* nr[]: launches that are ok, invalid, failed, skipped, lost. */
static const struct {
	const char *name, *text;
	int err;
	size_t nr[RESULT_NR_STATUS];
	const char *warning; /* a part of one of them */
} rows[] = {
	{ "empty", "", -EINVAL },
	{ "no run", POINT, -EINVAL },
	{ "newer", "{\"type\":\"run\",\"schema\":2,\"run\":\"aa\"}\n",
	  -ENOTSUP },
	{ "good", RUN POINT GOOD("1") GOOD("2"), 0, { 2 } },
	{ "unknown type",
	  RUN "{\"type\":\"new\"}\n" POINT GOOD("1"),
	  0,
	  { 1 } },
	{ "torn last line",
	  RUN POINT GOOD("1") "{\"type\":\"la",
	  0,
	  { 1 },
	  "the last line is torn" },
	{ "torn samples",
	  RUN POINT ARM("1") "{\"type\":\"samp\n" COMMIT("1") GOOD("2"),
	  0,
	  { 1, 0, 0, 0, 1 },
	  "costs launch 1" },
	{ "torn first record",
	  RUN POINT GOOD("1") "{\"type\n" GOOD("2"),
	  0,
	  { 1, 0, 0, 0, 1 },
	  "costs launch 2" },
	{ "torn commit",
	  RUN POINT ARM("1") SAMPLES("1", "0110", GOOD_NS) "{\"ty\n" GOOD("2"),
	  0,
	  { 1 },
	  "costs launch 1" },
	{ "torn point",
	  RUN "{\"type\":\"poi\n" POINT GOOD("1"),
	  0,
	  { 1 },
	  "torn line, ignored" },
	{ "never committed",
	  RUN POINT ARM("1") SAMPLES("1", "0110", GOOD_NS) GOOD("2"),
	  0,
	  { 1 },
	  "never completed" },
	{ "unknown point",
	  RUN POINT ARM("1") COMMIT_AS("1", "p2", "ok"),
	  0,
	  { 0 },
	  "unknown point" },
	{ "launch twice",
	  RUN POINT GOOD("1") GOOD("1"),
	  0,
	  { 1 },
	  "comes twice" },
	{ "of no run",
	  RUN POINT "{\"type\":\"arm\",\"launch\":1}\n",
	  0,
	  { 0 },
	  "no known run" },
	{ "failed", RUN POINT COMMIT_AS("1", "p1", "failed"), 0, { 0, 0, 1 } },
	{ "skipped",
	  RUN POINT COMMIT_AS("1", "p1", "skipped"),
	  0,
	  { 0, 0, 0, 1 } },
	{ "invalid",
	  RUN POINT ARM("1") COMMIT_AS("1", "p1", "invalid"),
	  0,
	  { 0, 1 } },
	{ "status of another world",
	  RUN POINT COMMIT_AS("1", "p1", "great"),
	  0,
	  { 0, 1 } },
	{ "no samples", RUN POINT ARM("1") COMMIT("1"), 0, { 0, 1 } },
	{ "no arms",
	  RUN POINT SAMPLES("1", "0110", GOOD_NS) COMMIT("1"),
	  0,
	  { 0, 1 } },
	{ "no palindrome",
	  RUN POINT ARM("1") SAMPLES("1", "0101", GOOD_NS) COMMIT("1"),
	  0,
	  { 0, 1 } },
	{ "slot of no arm",
	  RUN POINT ARM("1") SAMPLES("1", "0220", GOOD_NS) COMMIT("1"),
	  0,
	  { 0, 1 } },
	{ "too few values",
	  RUN POINT ARM("1") SAMPLES("1", "0110", "[1]") COMMIT("1"),
	  0,
	  { 0, 0, 0, 0, 1 },
	  "costs launch 1" },
	{ "negative time",
	  RUN POINT ARM("1") SAMPLES("1", "0110", "[1,2,-2,1]") COMMIT("1"),
	  0,
	  { 0, 0, 0, 0, 1 },
	  "costs launch 1" },
	{ "NaN",
	  RUN POINT ARM("1") SAMPLES("1", "0110", "[1,NaN,2,1]") COMMIT("1"),
	  0,
	  { 0, 0, 0, 0, 1 },
	  "torn line" },
	{ "two arms of a slot",
	  RUN POINT ARM("1") ARM("1") SAMPLES("1", "0110", GOOD_NS) COMMIT("1"),
	  0,
	  { 0, 1 } },
	{ "slot out of range",
	  RUN POINT ARM("1") "{\"type\":\"arm\",\"run\":\"aa\",\"launch\":1,"
			     "\"slot\":36,\"name\":\"x\",\"kind\":\"again\","
			     "\"reference\":0}\n" COMMIT("1"),
	  0,
	  { 0, 1 } },
	{ "a run glued to a torn line",
	  RUN POINT GOOD("1") "{\"type\":\"samples\",\"ru" RUN POINT GOOD("2"),
	  0,
	  { 2 },
	  "a torn line before a run" },
	{ "point without params",
	  RUN
	  "{\"type\":\"point\",\"run\":\"aa\",\"point\":\"p1\"}\n" GOOD("1"),
	  0,
	  { 0 },
	  "lacks a field" },
};

static bool has_warning(const struct result *r, const char *part)
{
	for (size_t i = 0; i < r->warnings.nr_notes; i++)
		if (strstr(r->warnings.notes[i].value, part))
			return true;
	return false;
}

static void check_row(size_t at, const struct result *r)
{
	for (int s = 0; s < RESULT_NR_STATUS; s++) {
		size_t nr = r->nr_points ? r->points[0].nr_status[s] : 0;

		if (nr != rows[at].nr[s])
			fail_msg("%s: status %d: %zu", rows[at].name, s, nr);
	}
	if (rows[at].warning && !has_warning(r, rows[at].warning))
		fail_msg("%s: no such warning", rows[at].name);
	if (!rows[at].warning && r->warnings.nr_notes)
		fail_msg("%s: warned: %s", rows[at].name,
			 r->warnings.notes[0].value);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct result *r = NULL;
		struct error e = { 0 };
		int err = load_bytes(rows[i].text, strlen(rows[i].text), &r,
				     &e);

		if (err != rows[i].err)
			fail_msg("%s: %d (%s)", rows[i].name, err, e.text);
		if (err && !*e.text)
			fail_msg("%s: no words", rows[i].name);
		if (!err)
			check_row(i, r);
		result_free(r);
	}
}

static void test_scores(void **state)
{
	static const char text[] = RUN POINT GOOD("1");
	struct result *r = NULL;
	const struct result_point *p;

	(void)state;
	assert_int_equal(load_bytes(text, sizeof(text) - 1, &r, NULL), 0);
	p = &r->points[0];
	assert_int_equal(p->nr_arms, 2);
	assert_string_equal(p->arms[1].reference, "op");
	assert_float_equal(p->arms[0].scores[0].level_ns, 100, 1e-9);
	assert_float_equal(p->arms[1].scores[0].level_ns, 200, 1e-9);
	assert_float_equal(p->arms[1].scores[0].ratio, log(2), 1e-9);
	assert_true(isnan(p->arms[0].scores[0].ratio));
	assert_null(r->runs[0].end);
	result_free(r);
}

/* What a knob was made to say, once however often it was; one that was so. */
static void test_states(void **state)
{
#define SYSTEM                                                              \
	"{\"type\":\"system\",\"run\":\"aa\",\"epoch\":2,"                  \
	"\"state\":\"ksm=1 thp=madvise\",\"knobs\":["                       \
	"{\"knob\":\"ksm\",\"file\":\"/f\",\"found\":\"0\",\"set\":\"1\"}," \
	"{\"knob\":\"thp\",\"file\":\"/t\",\"found\":\"madvise\"},3]}\n"
	static const char text[] = RUN SYSTEM POINT GOOD("1") SYSTEM
		"{\"type\":\"system\"}\n";
	struct result *r = NULL;

	(void)state;
	assert_int_equal(load_bytes(text, sizeof(text) - 1, &r, NULL), 0);
	assert_int_equal(r->states.nr_notes, 2);
	assert_string_equal(r->states.notes[0].value,
			    "ksm=1 thp=madvise; /f from 0 to 1");
	assert_string_equal(r->states.notes[1].value, "?");
	result_free(r);
}

#define POINT_OF(mode)                                            \
	"{\"type\":\"point\",\"run\":\"aa\",\"point\":\"p1\","    \
	"\"workload\":\"w\",\"mode\":\"" mode "\",\"params\":{}," \
	"\"batch_ops\":1,\"metrics\":[{\"name\":\"m\",\"unit\":\"1/s\"}]}\n"
#define WINDOW(slot, role, steps)                                         \
	"{\"type\":\"window\",\"run\":\"aa\",\"launch\":1,\"slot\":" slot \
	",\"role\":\"" role "\",\"steps\":" steps ",\"wall_ns\":500000000}\n"
#define TRIALS(slot, outcome, count)                                          \
	"{\"type\":\"trials\",\"run\":\"aa\",\"launch\":1,\"slot\":" slot     \
	",\"outcome\":\"" outcome "\",\"expected\":\"good\",\"count\":" count \
	"}\n"

/* The first role's steps a second; the share of trials as expected. */
static void test_modes(void **state)
{
	static const struct {
		const char *name, *text;
		enum result_status status;
		double level, other;
	} modes[] = {
		{ "windows add up, other roles do not",
		  RUN POINT_OF("window") ARM("1") WINDOW("0", "r", "100")
			  WINDOW("0", "s", "7") WINDOW("1", "r", "200")
				  WINDOW("0", "r", "300") COMMIT("1"),
		  RESULT_OK, 400, 400 },
		{ "the first role is an arm's own",
		  RUN POINT_OF("window") ARM("1") WINDOW("1", "b", "200")
			  WINDOW("0", "a", "100") WINDOW("0", "b", "7")
				  WINDOW("1", "a", "9") COMMIT("1"),
		  RESULT_OK, 200, 400 },
		{ "trials",
		  RUN POINT_OF("trial") ARM("1") TRIALS("0", "good", "9")
			  TRIALS("0", "bad", "3") TRIALS("1", "good", "1")
				  COMMIT("1"),
		  RESULT_OK, 0.75, 1 },
		{ "an arm without a window",
		  RUN POINT_OF("window") ARM("1") WINDOW("0", "r", "100")
			  COMMIT("1"),
		  RESULT_INVALID },
		{ "samples are no windows", RUN POINT_OF("window") GOOD("1"),
		  RESULT_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct result *r = NULL;
		const struct result_arm *arms;

		assert_int_equal(load_bytes(modes[i].text,
					    strlen(modes[i].text), &r, NULL),
				 0);
		if (r->points[0].nr_status[modes[i].status] != 1)
			fail_msg("%s: not status %d", modes[i].name,
				 (int)modes[i].status);
		arms = r->points[0].arms;
		if (modes[i].status == RESULT_OK &&
		    (fabs(arms[0].scores[0].level_ns - modes[i].level) > 1e-9 ||
		     fabs(arms[1].scores[0].level_ns - modes[i].other) > 1e-9))
			fail_msg("%s: levels %g and %g", modes[i].name,
				 arms[0].scores[0].level_ns,
				 arms[1].scores[0].level_ns);
		result_free(r);
	}
}

/* Only long ops have CPU times, and they may come and go. */
static void test_cpu_times(void **state)
{
	static const char text[] = RUN POINT GOOD("1") ARM(
		"2") "{\"type\":\"samples\",\"run\":\"aa\",\"launch\":2,"
		     "\"first\":0,\"slots\":\"0110\",\"marks\":\"0000\","
		     "\"ns\":[10,20,20,10],\"cpu_ns\":[5,6,6,5]}\n" COMMIT("2")
			     GOOD("3");
	struct result *r = NULL;
	const struct result_score *scores;

	(void)state;
	assert_int_equal(load_bytes(text, sizeof(text) - 1, &r, NULL), 0);
	assert_int_equal(r->points[0].nr_status[RESULT_OK], 3);
	scores = r->points[0].arms[1].scores;
	assert_true(isnan(scores[0].cpu_ns));
	assert_float_equal(scores[1].cpu_ns, 0.6, 1e-9);
	assert_float_equal(scores[1].level_ns, 2, 1e-9);
	assert_true(isnan(scores[2].cpu_ns));
	result_free(r);
}

/* A line longer than a record may be costs memory for no more than one. */
static void test_long_line(void **state)
{
	enum {
		BYTES = 5 * 1024 * 1024
	};
	static const char head[] = RUN POINT;
	static const char tail[] = "\n" GOOD("1");
	char *text = malloc(BYTES);
	struct result *r = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', BYTES);
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + BYTES - sizeof(tail) + 1, tail, sizeof(tail) - 1);
	assert_int_equal(load_bytes(text, BYTES, &r, NULL), 0);
	assert_true(has_warning(r, "over 1 MiB"));
	/* It stood where the launch began. */
	assert_int_equal(r->points[0].nr_status[RESULT_LOST], 1);
	result_free(r);
	free(text);
}

static void test_many_points(void **state)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *f = open_memstream(&text, &bytes);
	struct result *r = NULL;
	struct error e = { 0 };

	(void)state;
	assert_non_null(f);
	fputs(RUN, f);
	for (int i = 0; i < RESULT_MAX_POINTS + 1; i++)
		fprintf(f,
			"{\"type\":\"point\",\"run\":\"aa\",\"point\":"
			"\"p%d\"}\n",
			i);
	fclose(f);
	assert_int_equal(load_bytes(text, bytes, &r, &e), -E2BIG);
	assert_non_null(strstr(e.text, "more than 100000 points"));
	free(text);
}

static void test_no_directory(void **state)
{
	struct result *r = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(load_dir("/dev/null", &r, &e), -ENOTDIR);
	assert_non_null(strstr(e.text, "no result directory"));
}

#define COUNTERS(role, value)                                                       \
	"{\"type\":\"counters\",\"run\":\"aa\",\"launch\":1,\"slot\":0,"            \
	"\"role\":\"" role "\",\"ops\":10,\"events\":[{\"name\":"                   \
	"\"tlb:tlb_flush\",\"scope\":\"thread\",\"status\":\"ok\",\"value\":" value \
	",\"enabled_ns\":5,\"running_ns\":5,\"empty\":0}]}\n"
#define EXPECT(role, state)                                                 \
	"{\"type\":\"expect\",\"run\":\"aa\",\"launch\":1,\"slot\":0,"      \
	"\"role\":\"" role "\",\"counter\":\"tlb:tlb_flush\",\"relation\":" \
	"\"exactly\",\"per_op\":1,\"tolerance\":0,\"state\":\"" state "\"}\n"

/* What one role counted is not added to what the other did. */
static void test_counted_roles(void **state)
{
	static const char text[] = RUN POINT_OF("window") ARM("1")
		WINDOW("0", "r", "100") WINDOW("1", "r", "200")
			COUNTERS("r", "10") COUNTERS("s", "30")
				EXPECT("r", "held") EXPECT("s", "unverified")
					COMMIT("1");
	const struct result_point *p;
	struct result *r = NULL;

	(void)state;
	assert_int_equal(load_bytes(text, strlen(text), &r, NULL), 0);
	p = &r->points[0];
	assert_int_equal(p->nr_counters, 2);
	assert_string_equal(p->counters[0].name, "r: tlb:tlb_flush");
	assert_float_equal(p->counters[0].value, 10, 0);
	assert_string_equal(p->counters[1].name, "s: tlb:tlb_flush");
	assert_float_equal(p->counters[1].value, 30, 0);
	assert_int_equal(p->nr_expects, 2);
	assert_string_equal(p->expects[1].counter, "s: tlb:tlb_flush");
	assert_int_equal(p->expects[0].nr_held, 1);
	assert_int_equal(p->expects[1].nr_unverified, 1);
	result_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_counted_roles),
		cmocka_unit_test(test_cpu_times),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_many_points),
		cmocka_unit_test(test_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
