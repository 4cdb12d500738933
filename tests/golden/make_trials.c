// SPDX-License-Identifier: GPL-2.0-only
/*
 * Made-up results of trials: pages that are copied or reused, and rules that
 * predict which.
 *
 * make_trials one|many|mixed|arms|planted [launches [shift [boots]]] > run.jsonl
 *
 * one: only one rule is left; many: scenarios that do not tell two apart;
 * mixed: a kernel that follows another rule in one scenario; arms: two arms,
 * of which one is a control; planted: mistakes that must be found, not all of
 * them in T7, none in S1, and no exposure in T1.  @shift in % makes more pages of one scenario mistakes.
 */
#include "tests/golden/made.h"
#include "tests/random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIALS = 2, /* a launch and arm */
	PAGES = 64,
	RESERVOIR = 100,
	NR_RULES = 4,
};

enum outcome {
	COPIED,
	REUSED,
	MISSED,
	UNNECESSARY,
	WRONG,
	NR_OUTCOMES
};

static const char *const outcomes[][2] = {
	[COPIED] = { "copied", "the writer got a page of its own" },
	[REUSED] = { "reused", "the writer kept the page" },
	[MISSED] = { "missed", "reused, and another process sees the write" },
	[UNNECESSARY] = { "unnecessary", "copied, and nobody else had it" },
	[WRONG] = { "wrong", "copied, and a pin went on with the old page" },
};

static const char *const rules[NR_RULES][2] = {
	{ "mapcount", "reuse if no other process maps the page" },
	{ "page_count", "reuse if there is no other reference at all" },
	{ "refcount", "the same, once the batches of this CPU are drained" },
	{ "exclusive", "reuse if the page was marked as the process's own" },
};

/**
 * struct scenario - what a page is expected to be, and is
 * @expected:	a right kernel copies or reuses
 * @mistake:	what it is called if it comes otherwise
 * @predicted:	'c' or 'r' by rule, '-': cannot tell
 * @percent:	of the pages that come otherwise
 * @trials:	it is whole trials that do
 */
struct scenario {
	const char *name;
	enum outcome expected, mistake;
	const char *predicted;
	double percent;
	bool whole;
	const char *words;
};

static const struct scenario scenarios[] = {
	{ "T1", COPIED, MISSED, "rccc", .words = "a child reads by a # pipe" },
	{ "T2", REUSED, WRONG, "rccr" },
	{ "T3", COPIED, MISSED, "rccc" },
	{ "T4", REUSED, UNNECESSARY, "rrrr", 0.1,
	  .words = "after a fork whose child is gone" },
	{ "T4r", REUSED, UNNECESSARY, "r---", 88 },
	{ "T5", COPIED, MISSED, "cccc" },
	{ "T6", REUSED, WRONG, "rccr" },
	{ "T7", REUSED, UNNECESSARY, "rcrr", 6, true },
	{ "S1", COPIED, MISSED, "cccc" },
};
static const char *const orders[] = { "4k", "64k", "2m" };

enum {
	NR_SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]),
	NR_ORDERS = 3,
};

struct study {
	uint64_t seed;
	unsigned launches, launch, nr_arms, boots;
	const char *what;
	double shift;
	bool planted;
};

static bool is_measured(const struct study *s, const struct scenario *x)
{
	if (!strcmp(s->what, "many"))
		return !strcmp(x->name, "T1") || !strcmp(x->name, "T5") ||
		       !strcmp(x->name, "T7");
	if (s->planted)
		return x->words || !strcmp(x->name, "T7") ||
		       !strcmp(x->name, "S1");
	if (!strcmp(s->what, "arms"))
		return !strcmp(x->name, "T4") || !strcmp(x->name, "T4r");
	return true;
}

static double percent_of(const struct study *s, const struct scenario *x,
			 unsigned arm)
{
	if (!strcmp(s->what, "mixed") && !strcmp(x->name, "T3"))
		return 60;
	if (arm)
		return 0;
	return x->percent + (x->percent > 50 ? s->shift : 0);
}

static void print_words(const char *list, const char *key,
			const char *const words[][2], unsigned nr)
{
	printf(",\"%s\":[", list);
	for (unsigned i = 0; i < nr; i++)
		printf("%s{\"name\":\"%s\",\"%s\":\"%s\"}", i ? "," : "",
		       words[i][0], key, words[i][1]);
	printf("]");
}

static void print_point(const struct study *s, unsigned id,
			const char *scenario, const char *order)
{
	printf("{\"type\":\"point\",\"run\":\"" MADE_RUN "\",\"point\":"
	       "\"%016x\",\"workload\":\"reuse\",\"mode\":\"trial\","
	       "\"params\":{\"scenario\":\"%s\",\"order\":\"%s\",\"pages\":"
	       "\"64\"},\"placement\":\"compact\",\"batch_ops\":1,"
	       "\"metrics\":[{\"name\":\"expected\",\"unit\":\"\",\"better\":"
	       "\"higher\",\"kind\":\"ratio\"},{\"name\":\"copy\",\"unit\":"
	       "\"ns\",\"better\":\"lower\",\"kind\":\"latency\"},{\"name\":"
	       "\"reuse\",\"unit\":\"ns\",\"better\":\"lower\",\"kind\":"
	       "\"latency\"}],\"terms\":[]",
	       id, scenario, order);
	print_words("outcomes", "help", outcomes, NR_OUTCOMES);
	print_words("oracles", "words", rules, NR_RULES);
	if (s->planted)
		printf(",\"exposure\":\"writes while somebody reads\"");
	printf("}\n");
}

static void print_head(const struct study *s, const char *type, unsigned slot)
{
	printf("{\"type\":\"%s\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u",
	       type, s->launch, slot);
}

/* How many pages of a trial come otherwise. */
static unsigned draw(struct study *s, const struct scenario *x, unsigned arm)
{
	double percent = percent_of(s, x, arm);
	unsigned nr = 0;

	if (x->whole)
		return 100 * random_unit(&s->seed) < percent ? PAGES : 0;
	for (unsigned i = 0; i < PAGES; i++)
		nr += 100 * random_unit(&s->seed) < percent;
	return nr;
}

static void print_trials(const struct study *s, const struct scenario *x,
			 unsigned slot, unsigned otherwise)
{
	const unsigned counts[] = { TRIALS * PAGES - otherwise, otherwise };

	print_head(s, "trial_count", slot);
	printf(",\"trials\":%d", TRIALS);
	if (s->planted)
		printf(",\"exposed\":%d",
		       strcmp(x->name, "T1") ? 5000 * TRIALS : 0);
	printf("}\n");
	for (unsigned i = 0; i < 2; i++) {
		if (!counts[i])
			continue;
		print_head(s, "trials", slot);
		printf(",\"outcome\":\"%s\",\"expected\":\"%s\",\"count\":%u}\n",
		       outcomes[i ? x->mistake : x->expected][0],
		       outcomes[x->expected][0], counts[i]);
	}
	for (unsigned rule = 0; rule < NR_RULES; rule++)
		for (unsigned i = 0; i < 2; i++) {
			bool copied = (x->expected == COPIED) != (i == 1);

			if (!counts[i] || x->predicted[rule] == '-')
				continue;
			print_head(s, "predicted", slot);
			printf(",\"oracle\":\"%s\",\"predicted\":\"%s\","
			       "\"seen\":\"%s\",\"count\":%u}\n",
			       rules[rule][0],
			       x->predicted[rule] == 'c' ? "copied" : "reused",
			       copied ? "copied" : "reused", counts[i]);
		}
}

/* An arm record and its items, or that it cannot run. */
static void print_planted(const struct study *s, const struct scenario *x)
{
	unsigned lost = strcmp(x->name, "T7") ? 0 : 5;

	if (!strcmp(x->name, "S1")) {
		printf("{\"type\":\"arm\",\"run\":\"" MADE_RUN
		       "\",\"launch\":%u,\"name\":\"lose\",\"kind\":"
		       "\"planted\",\"skip\":\"swap cannot be had\"}\n",
		       s->launch);
		return;
	}
	print_head(s, "arm", 1);
	printf(",\"name\":\"lose\",\"kind\":\"planted\"}\n");
	print_head(s, "trial_count", 1);
	printf(",\"trials\":%d,\"exposed\":%d}\n", TRIALS, 5000 * TRIALS);
	print_head(s, "trials", 1);
	printf(",\"outcome\":\"%s\",\"expected\":\"%s\",\"count\":%u}\n",
	       outcomes[x->mistake][0], outcomes[x->mistake][0],
	       TRIALS * PAGES - lost);
	if (!lost)
		return;
	print_head(s, "trials", 1);
	printf(",\"outcome\":\"%s\",\"expected\":\"%s\",\"count\":%u}\n",
	       outcomes[x->expected][0], outcomes[x->mistake][0], lost);
}

static void print_facts(const struct study *s, const struct scenario *x)
{
	const char *const facts[][2] = { { "scenario", x->words },
					 { "path", "do_wp_page()" } };

	for (unsigned i = 0; i < 2; i++)
		printf("{\"type\":\"fact\",\"run\":\"" MADE_RUN
		       "\",\"launch\":%u,\"name\":\"%s\",\"value\":\""
		       "%s%s%s\"}\n",
		       s->launch, facts[i][0], i ? "" : x->name, i ? "" : ": ",
		       facts[i][1]);
}

static void print_observed(struct study *s, unsigned slot, const char *metric,
			   double middle)
{
	print_head(s, "observed", slot);
	printf(",\"metric\":\"%s\",\"count\":%d,\"lost\":0,\"histogram\":[],"
	       "\"reservoir\":[",
	       metric, RESERVOIR);
	for (int i = 0; i < RESERVOIR; i++)
		printf("%s%.0f", i ? "," : "",
		       middle * exp(0.2 * random_normal(&s->seed)));
	printf("]}\n");
}

static void print_launch(struct study *s, const struct scenario *x,
			 unsigned order, unsigned point, unsigned round)
{
	static const double copy_ns[] = { 1900, 2600, 150000 };

	for (unsigned slot = 0; slot < s->nr_arms; slot++) {
		print_head(s, "arm", slot);
		printf(slot ? ",\"name\":\"settled\",\"kind\":\"contrast\","
			      "\"reference\":0}\n"
			    : ",\"name\":\"write\",\"kind\":\"reference\"}\n");
	}
	for (unsigned slot = 0; slot < s->nr_arms; slot++) {
		unsigned nr = 0;

		for (unsigned i = 0; i < TRIALS; i++)
			nr += draw(s, x, slot);
		print_trials(s, x, slot, nr);
		if (x->expected == COPIED || nr)
			print_observed(s, slot, "copy", copy_ns[order]);
		if (x->expected == REUSED && nr < TRIALS * PAGES)
			print_observed(s, slot, "reuse", 640);
	}
	if (s->planted)
		print_planted(s, x);
	if (s->planted && x->words)
		print_facts(s, x);
	printf("{\"type\":\"launch\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"point\":\"%016x\",\"boot\":\"" MADE_BOOT "\",\"round\":0,"
	       "\"status\":\"ok\",\"blocks\":%d,\"long_ops\":false,"
	       "\"wall_ns\":50000000,\"load1\":0.5,\"steal_ticks\":0}\n",
	       s->launch++, point, 18U, round % s->boots, TRIALS);
}

static void make(struct study *s)
{
	for (unsigned i = 0; i < NR_SCENARIOS * NR_ORDERS; i++)
		if (is_measured(s, &scenarios[i / NR_ORDERS]))
			print_point(s, i + 1, scenarios[i / NR_ORDERS].name,
				    orders[i % NR_ORDERS]);
	for (unsigned l = 0; l < s->launches; l++)
		for (unsigned i = 0; i < NR_SCENARIOS * NR_ORDERS; i++)
			if (is_measured(s, &scenarios[i / NR_ORDERS]))
				print_launch(s, &scenarios[i / NR_ORDERS],
					     i % NR_ORDERS, i + 1, l);
}

int main(int argc, char **argv)
{
	struct study s = { .seed = 0x5eed, .launch = 1, .nr_arms = 1 };

	s.what = argc > 1 ? argv[1] : "one";
	s.launches = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 10;
	s.shift = argc > 3 ? strtod(argv[3], NULL) : 0;
	s.boots = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 1;
	if (!strcmp(s.what, "arms"))
		s.nr_arms = 2;
	s.planted = !strcmp(s.what, "planted");
	made_head("", s.boots, 18);
	make(&s);
	printf("{\"type\":\"end\",\"run\":\"" MADE_RUN "\",\"why\":\"done\","
	       "\"launches\":%u,\"seconds\":1}\n",
	       s.launch - 1);
	return 0;
}
