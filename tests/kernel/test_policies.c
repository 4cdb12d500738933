// SPDX-License-Identifier: GPL-2.0-only
/*
 * The workloads in which somebody protects memory or holds its lock against
 * those that fault, as a driver sees them: every arm runs, what its roles hand over fits what they did, and
 * no expectation is broken.  Nothing is said of how long anything took.
 */
#include "agent_call.h"

#include <stdlib.h>

enum {
	NR_CPUS = 2,
	MAX_SLOTS = 16
};

#define KEYS                                           \
	"launch_ns=1000000000\nlimit_ns=60000000000\n" \
	"batch_ops=0\n"
#define BATCH_KEYS                                   \
	"launch_ns=50000000\nlimit_ns=60000000000\n" \
	"batch_ops=64\n"

/* Whose steps hand over a value, all or all but one a window and instance. */
struct handed_over {
	const char *metric, *role;
	unsigned less;
	bool in_some; /* the role is not part of every arm */
};

#define OBSERVED 3

/* A small range: what is asked is whether it runs, not what it costs. */
#define HOLDER(params)                                         \
	{                                                      \
		{ "launch", "fault_lock", KEYS "counters=2\n", \
		  params " size=4M", NR_CPUS },                \
		{                                              \
			{ "fault", "faulter", 0 },             \
				{ "hold", "holder", 0, true }, \
		}                                              \
	}

static const struct {
	struct agent_request request;
	struct handed_over observed[OBSERVED];
} rows[] = {
	{ { "launch", "wp_policy", KEYS "counters=2\n",
	    "range=64K memory=1M chunk=16K", NR_CPUS },
	  { { "protect", "protector", 0 },
	    { "parallel", "protector", 0 },
	    { "fault", "writer", 1 } } },
	{ { "launch", "wp_policy", KEYS "counters=1\n",
	    "range=hpage+4K memory=4M chunk=hpage", NR_CPUS },
	  { { "protect", "protector", 0 },
	    { "parallel", "protector", 0 },
	    { "fault", "writer", 1 } } },
	{ { "launch", "wp_policy", KEYS "counters=1\n", "range=4K memory=256K",
	    NR_CPUS },
	  { { "protect", "protector", 0 },
	    { "parallel", "protector", 0 },
	    { "fault", "writer", 1 } } },
	{ { "launch", "wp_io", KEYS "counters=1\n",
	    "range=1M file=4M readers=2", NR_CPUS },
	  { { "protect", "protector", 0 }, { "fault", "reader", 0 } } },
	HOLDER("faulter=next holder=walk"),
	HOLDER("faulter=populate holder=walk"),
	HOLDER("faulter=fresh kind=anon holder=protect"),
	HOLDER("faulter=next kind=cow holder=scan"),
	HOLDER("faulter=next kind=zero holder=pagemap"),
	HOLDER("faulter=next kind=zero-write holder=mprotect"),
	HOLDER("faulter=next kind=file holder=mmap"),
	HOLDER("faulter=populate kind=zero holder=fork"),
	HOLDER("faulter=fresh kind=file holder=clear-refs"),
	HOLDER("faulter=next kind=armed holder=protect where=same"),
	HOLDER("faulter=next kind=armed holder=mprotect where=adjacent"),
	HOLDER("faulter=next kind=anon holder=walk rate=1000 duty=50"),
	{ { "launch", "fault_lock", KEYS "counters=2\n",
	    "holder=none threads=2", NR_CPUS },
	  { { "fault", "faulter", 0 } } },
	{ { "launch", "wp_catcher", BATCH_KEYS "counters=2\n",
	    "mm=same range=64K", NR_CPUS } },
	{ { "launch", "wp_catcher", BATCH_KEYS "counters=2\n",
	    "mm=other range=64K", NR_CPUS } },
};

struct sums {
	uint64_t steps, windows, instances;
	uint64_t values, lost;
};

static bool is_of(const json_t *record, const char *type, const char *key,
		  const char *word, uint64_t slot)
{
	uint64_t at;

	return !strcmp(record_text_or(record, "type", ""), type) &&
	       !strcmp(record_text_or(record, key, ""), word) &&
	       !record_u64(record, "slot", &at, NULL) && at == slot;
}

static void add(uint64_t *sum, const json_t *record, const char *key)
{
	uint64_t value;

	if (!record_u64(record, key, &value, NULL))
		*sum += value;
}

static struct sums sums_of(const struct agent_outcome *o,
			   const struct handed_over *h, uint64_t slot)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < o->nr; i++) {
		const json_t *record = o->record[i];

		if (is_of(record, "window", "role", h->role, slot)) {
			s.windows++;
			add(&s.steps, record, "steps");
			add(&s.instances, record, "instances");
		}
		if (is_of(record, "observed", "metric", h->metric, slot)) {
			add(&s.values, record, "count");
			add(&s.lost, record, "lost");
		}
	}
	return s;
}

static void check_observed(const struct agent_outcome *o, size_t row,
			   uint64_t slot)
{
	for (unsigned i = 0; i < OBSERVED; i++) {
		const struct handed_over *h = &rows[row].observed[i];
		struct sums s;

		if (!h->metric)
			continue;
		s = sums_of(o, h, slot);
		if (h->in_some && !s.windows && !s.values)
			continue;
		if (!s.windows || s.lost || s.values > s.steps ||
		    s.values + h->less * s.instances < s.steps)
			fail_msg("row %zu, slot %u, %s: %u values and %u lost "
				 "for %u steps in %u windows",
				 row, (unsigned)slot, h->metric,
				 (unsigned)s.values, (unsigned)s.lost,
				 (unsigned)s.steps, (unsigned)s.windows);
	}
}

static void check_expects(const struct agent_outcome *o, size_t row)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""),
			    "expect") &&
		    !strcmp(record_text_or(o->record[i], "state", ""),
			    "broken"))
			fail_msg("row %zu: %s", row,
				 record_text_or(o->record[i], "why", ""));
}

/* Whatever the load: in all arms together each role got somewhere. */
static void check_progress(const struct agent_outcome *o, size_t row,
			   unsigned slots)
{
	for (unsigned i = 0; i < OBSERVED; i++) {
		const struct handed_over *h = &rows[row].observed[i];
		uint64_t values = 0;

		if (!h->metric)
			continue;
		for (unsigned slot = 0; slot < slots; slot++)
			values += sums_of(o, h, slot).values;
		if (!values)
			fail_msg("row %zu: no %s at all", row, h->metric);
	}
}

static unsigned count_slots(const struct agent_outcome *o)
{
	unsigned nr = 0;

	for (size_t i = 0; i < o->nr; i++)
		nr += !strcmp(record_text_or(o->record[i], "type", ""), "arm");
	return nr;
}

static void check_row(size_t row)
{
	struct agent_outcome o = agent_run(&rows[row].request);
	const char *status = agent_text(&o, "result", "status");
	const char *why = agent_text(&o, "result", "why");
	unsigned slots = count_slots(&o);

	if (!strcmp(status, "skipped")) {
		print_message("row %zu skipped: %s\n", row, why);
		agent_outcome_finish(&o);
		return;
	}
	check_expects(&o, row);
	if (o.status || !o.done || strcmp(status, "ok") != 0)
		fail_msg("row %zu: status %x, %s: %s", row, (unsigned)o.status,
			 status, why);
	assert_in_range(slots, 2, MAX_SLOTS);
	for (unsigned slot = 0; slot < slots; slot++)
		check_observed(&o, row, slot);
	check_progress(&o, row, slots);
	agent_outcome_finish(&o);
}

static void test_rows(void **state)
{
	unsigned cpus[NR_CPUS];

	(void)state;
	if (agent_cpus(cpus, NR_CPUS) < NR_CPUS)
		skip();
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
		check_row(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
