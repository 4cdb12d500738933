// SPDX-License-Identifier: GPL-2.0-only
/*
 * A made-up result of trials that cost something: three ways to learn which
 * pages were written, and nobody who looks.
 *
 * make_costs [launches] > run.jsonl
 *
 * All costs of a launch move together, as the clock of a machine does; each has
 * a little noise of its own.  One way misses some pages.
 */
#include "tests/golden/made.h"
#include "tests/random.h"

#include <stdlib.h>

enum {
	PAGES = 16384,
	NR_SIZES = 2,
	NR_SHARES = 4,
};

static const char *const sizes[NR_SIZES] = { "64M", "1G" };
static const unsigned shares[NR_SHARES] = { 0, 1, 10, 100 };
static const char *const metrics[] = { "arming", "write", "collect", "rearm",
				       "cycle" };

enum {
	NR_METRICS = sizeof(metrics) / sizeof(metrics[0]),
};

/* ns a page; @missed: pages a trial, of 1000 that are written. */
static const struct way {
	const char *name;
	double arm, write, collect, rearm;
	unsigned missed;
} ways[] = {
	{ "none", 0, 12, 0, 0, 0 },
	{ "handler", 15, 7000, 0.05, 5, 0 },
	{ "scan", 14, 660, 6, 4, 2 },
	{ "signal", 15, 4400, 0.05, 90, 0 },
};

enum {
	NR_WAYS = sizeof(ways) / sizeof(ways[0]),
};

static double cost_of(const struct way *way, unsigned metric, double share)
{
	switch (metric) {
	case 0:
		return way->arm;
	case 1:
		return share > 0 ? way->write : 0;
	case 2:
		return way->collect;
	case 3:
		return way->rearm;
	default:
		return way->arm > 0
			       ? way->write * share + way->collect + way->rearm
			       : 0;
	}
}

static void print_point(unsigned id, const char *size, unsigned share)
{
	printf("{\"type\":\"point\",\"run\":\"" MADE_RUN "\",\"point\":"
	       "\"%016x\",\"workload\":\"track\",\"mode\":\"trial\","
	       "\"params\":{\"size\":\"%s\",\"dirty\":\"%u\"},"
	       "\"placement\":\"compact\",\"batch_ops\":1,\"metrics\":["
	       "{\"name\":\"right\",\"unit\":\"\",\"better\":\"higher\","
	       "\"kind\":\"ratio\"}",
	       id, size, share);
	for (unsigned i = 0; i < NR_METRICS; i++)
		printf(",{\"name\":\"%s\",\"unit\":\"ps/page\",\"better\":"
		       "\"lower\",\"kind\":\"count\"}",
		       metrics[i]);
	printf("],\"terms\":[],\"outcomes\":[{\"name\":\"reported\",\"help\":"
	       "\"written, and told once\"},{\"name\":\"silent\",\"help\":"
	       "\"not written, and not told\"},{\"name\":\"missed\",\"help\":"
	       "\"written, and not told\"},{\"name\":\"false\",\"help\":"
	       "\"told without a write\"}],\"oracles\":[]}\n");
}

static void print_head(const char *type, unsigned launch, unsigned slot)
{
	printf("{\"type\":\"%s\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u",
	       type, launch, slot);
}

static void print_judged(unsigned launch, unsigned slot, const char *outcome,
			 const char *expected, unsigned count)
{
	if (!count)
		return;
	print_head("trials", launch, slot);
	printf(",\"outcome\":\"%s\",\"expected\":\"%s\",\"count\":%u}\n",
	       outcome, expected, count);
}

static void print_trial(unsigned launch, unsigned slot, unsigned share)
{
	unsigned written = slot ? PAGES * share / 100 : 0;
	unsigned missed = written * ways[slot].missed / 1000;

	print_head("trial_count", launch, slot);
	printf(",\"trials\":1}\n");
	print_judged(launch, slot, "reported", "reported", written - missed);
	print_judged(launch, slot, "missed", "reported", missed);
	print_judged(launch, slot, "silent", "silent", PAGES - written);
}

/* Nothing can be planted as missed where nothing is written. */
static void print_planted(unsigned launch, unsigned share)
{
	print_head("trial_count", launch, NR_WAYS);
	printf(",\"trials\":1}\n");
	print_judged(launch, NR_WAYS, "missed", "missed", share ? 10 : 0);
	print_judged(launch, NR_WAYS, "false", "false", share < 100 ? 10 : 0);
}

static void print_arms(unsigned launch)
{
	for (unsigned slot = 0; slot < NR_WAYS; slot++) {
		print_head("arm", launch, slot);
		printf(",\"name\":\"%s\",\"kind\":\"%s\"%s}\n", ways[slot].name,
		       slot ? "contrast" : "reference",
		       slot ? ",\"reference\":0" : "");
	}
	print_head("arm", launch, NR_WAYS);
	printf(",\"name\":\"planted\",\"kind\":\"planted\"}\n");
}

static void print_costs(unsigned launch, unsigned slot, unsigned share,
			double clock, uint64_t *seed)
{
	for (unsigned i = 0; i < NR_METRICS; i++) {
		double ns = cost_of(&ways[slot], i, share / 100.0);

		if (ns <= 0)
			continue;
		print_head("observed", launch, slot);
		printf(",\"metric\":\"%s\",\"count\":1,\"lost\":0,"
		       "\"histogram\":[],\"reservoir\":[%.0f]}\n",
		       metrics[i],
		       1000 * ns * clock * exp(0.02 * random_normal(seed)));
	}
}

static void print_launch(unsigned launch, unsigned point, unsigned share,
			 uint64_t *seed)
{
	double clock = exp(0.1 * random_normal(seed));

	print_arms(launch);
	for (unsigned slot = 0; slot < NR_WAYS; slot++) {
		print_trial(launch, slot, share);
		print_costs(launch, slot, share, clock, seed);
	}
	print_planted(launch, share);
	printf("{\"type\":\"launch\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"point\":\"%016x\",\"boot\":\"" MADE_BOOT "\",\"round\":0,"
	       "\"status\":\"ok\",\"blocks\":1,\"long_ops\":false,"
	       "\"wall_ns\":50000000,\"load1\":0.5,\"steal_ticks\":0}\n",
	       launch, point, 18U, 0U);
}

int main(int argc, char **argv)
{
	unsigned launches = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 8;
	unsigned nr_points = NR_SIZES * NR_SHARES, launch = 1;
	uint64_t seed = 0xc057;

	made_head("", 1, 18);
	for (unsigned i = 0; i < nr_points; i++)
		print_point(i + 1, sizes[i / NR_SHARES], shares[i % NR_SHARES]);
	for (unsigned l = 0; l < launches; l++)
		for (unsigned i = 0; i < nr_points; i++)
			/* The larger size has too few for intervals. */
			if (i < NR_SHARES || l < 3)
				print_launch(launch++, i + 1,
					     shares[i % NR_SHARES], &seed);
	printf("{\"type\":\"end\",\"run\":\"" MADE_RUN "\",\"why\":\"done\","
	       "\"launches\":%u,\"seconds\":1}\n",
	       launch - 1);
	return 0;
}
