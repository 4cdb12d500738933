// SPDX-License-Identifier: GPL-2.0-only
/*
 * Made-up results of a workload with a cost model and of one with windows.
 *
 * make_study flush|many|policy [launches [blocks]] > run.jsonl
 *
 * flush: calls walk pages and flush them, by arms that differ in how many
 * pages a call has; up to 33 pages they leave the TLB one by one.  policy:
 * writers beside a protector, under several locks, on a machine where they
 * wait for their CPUs.
 */
#include "tests/golden/made.h"
#include "tests/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	RESERVOIR = 200,
	WINDOWS = 3,
	LIMIT_PAGES = 33,
};

struct study {
	uint64_t seed;
	unsigned launches, blocks, launch;
	unsigned nr_sizes, nr_remotes; /* of flush */
};

/* An op of an arm: calls of some pages each; the control does not flush. */
struct flush_arm {
	const char *name;
	double pages_a_call; /* 0: all in one */
	double call_ns, walk_ns;
	bool flushes;
};

static const struct flush_arm flush_arms[] = {
	{ "ranged", 0, 420, 14, true },	    { "by-page", 1, 420, 14, true },
	{ "by-16", 16, 420, 14, true },	    { "no-flush", 0, 420, 14, false },
	{ "other-path", 0, 700, 11, true },
};

enum {
	FLUSH_ARMS = sizeof(flush_arms) / sizeof(flush_arms[0])
};

/* Many: all of the sizes and remote CPUs; the first few are a small result. */
static const double flush_pages[] = { 1,  16, 33,  34,	512, 2048, 2,	 8,
				      32, 64, 128, 256, 511, 513,  1024, 8192 };
static const unsigned flush_remotes[] = { 0, 3, 1 };

enum {
	FLUSH_MANY_SIZES = sizeof(flush_pages) / sizeof(flush_pages[0]),
	FLUSH_MANY_REMOTES = 3,
	FLUSH_SIZES = 6,
	FLUSH_REMOTES = 2,
};

static double calls_of(const struct flush_arm *a, double pages)
{
	return a->pages_a_call ? ceil(pages / a->pages_a_call) : 1;
}

static double flush_ns(const struct flush_arm *a, double pages, unsigned remote)
{
	double calls = calls_of(a, pages), each = pages / calls;
	double flush = each > LIMIT_PAGES ? 260 : 95 * each;
	double ns = calls * a->call_ns + pages * a->walk_ns;

	return a->flushes ? ns + calls * (180 + flush + 650 * remote) : ns;
}

static void print_flush_point(unsigned id, double pages, unsigned remote)
{
	char size[32];

	printf("{\"type\":\"point\",\"run\":\"" MADE_RUN "\",\"point\":"
	       "\"%016x\",\"workload\":\"flush\",\"mode\":\"batch\","
	       "\"params\":{\"range\":\"%s\",\"remote\":\"%u\",\"backing\":"
	       "\"anon-4k\"},\"placement\":\"compact\",\"batch_ops\":1,"
	       "\"metrics\":[{\"name\":\"latency\",\"unit\":\"ns\",\"better\":"
	       "\"lower\",\"kind\":\"latency\"},{\"name\":\"stale\",\"unit\":"
	       "\"ns\",\"better\":\"lower\",\"kind\":\"latency\"}],"
	       "\"terms\":[",
	       id, made_size((uint64_t)pages * 4096, size), remote);
	printf("{\"name\":\"call\",\"unit\":\"ns\",\"words\":\"a call without "
	       "pages\",\"capped\":false},"
	       "{\"name\":\"walk\",\"unit\":\"ns/page\",\"words\":\"a page table "
	       "entry changed\",\"capped\":false},"
	       "{\"name\":\"flush\",\"unit\":\"ns\",\"words\":\"a flush of this "
	       "CPU\",\"capped\":false},"
	       "{\"name\":\"drop\",\"unit\":\"ns/page\",\"words\":\"a page dropped "
	       "from the TLB\",\"capped\":true},"
	       "{\"name\":\"ipi\",\"unit\":\"ns/CPU\",\"words\":\"a CPU that "
	       "answers a flush\",\"capped\":false},"
	       "{\"name\":\"huge\",\"unit\":\"ns\",\"words\":\"a huge page "
	       "split\",\"capped\":false}]}\n");
}

static void print_terms(const struct flush_arm *a, double pages,
			unsigned remote)
{
	double calls = calls_of(a, pages);

	if (a->walk_ns != flush_arms[0].walk_ns)
		return;

	printf(",\"terms\":[{\"name\":\"call\",\"count\":%g,\"size\":1},"
	       "{\"name\":\"walk\",\"count\":%g,\"size\":1}",
	       calls, pages);
	if (a->flushes)
		printf(",{\"name\":\"flush\",\"count\":%g,\"size\":1},"
		       "{\"name\":\"drop\",\"count\":%g,\"size\":%g}",
		       calls, calls, pages / calls);
	if (a->flushes && remote)
		printf(",{\"name\":\"ipi\",\"count\":%g,\"size\":%u}", calls,
		       remote);
	printf("]");
}

static void print_slot(const struct study *s, unsigned slot, const char *name,
		       const char *kind)
{
	printf("{\"type\":\"arm\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u,\"name\":\"%s\",\"kind\":\"%s\"",
	       s->launch, slot, name, kind);
	if (slot)
		printf(",\"reference\":0");
}

static void print_arm(const struct study *s, unsigned slot, const char *name)
{
	print_slot(s, slot, name, slot ? "contrast" : "reference");
}

static void print_slots(unsigned blocks, unsigned nr_arms)
{
	for (unsigned i = 0; i < blocks * 2 * nr_arms; i++) {
		unsigned at = i % (2 * nr_arms);

		putchar('0' + (int)(at < nr_arms ? at : 2 * nr_arms - 1 - at));
	}
}

static void print_samples(struct study *s, const double *ns)
{
	unsigned nr = s->blocks * 2 * FLUSH_ARMS;
	double launch = exp(0.01 * random_normal(&s->seed));

	printf("{\"type\":\"samples\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"first\":0,\"slots\":\"",
	       s->launch);
	print_slots(s->blocks, FLUSH_ARMS);
	printf("\",\"marks\":\"");
	for (unsigned i = 0; i < nr; i++)
		putchar('0');
	printf("\",\"ns\":[");
	for (unsigned i = 0; i < nr; i++) {
		unsigned at = i % (2 * FLUSH_ARMS);
		unsigned arm = at < FLUSH_ARMS ? at : 2 * FLUSH_ARMS - 1 - at;

		printf("%s%.0f", i ? "," : "",
		       ns[arm] * launch * exp(0.01 * random_normal(&s->seed)));
	}
	printf("]}\n");
}

/* Of a log-normal distribution, as far as it is likely to be seen. */
static void print_histogram(double middle, double spread)
{
	static const unsigned counts[] = { 50, 80, 40, 20, 7, 2, 1 };

	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		printf("%s[%.0f,%u]", i ? "," : "",
		       middle * exp(spread * (i - 1.0) / 2), counts[i]);
}

static void print_observed(struct study *s, unsigned slot, const char *metric,
			   double middle, double spread)
{
	printf("{\"type\":\"observed\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u,\"metric\":\"%s\",\"count\":%d,\"lost\":0,"
	       "\"histogram\":[",
	       s->launch, slot, metric, RESERVOIR);
	if (spread > 0.4)
		print_histogram(middle * exp(0.05 * random_normal(&s->seed)),
				spread);
	printf("],\"reservoir\":[");
	for (int i = 0; i < RESERVOIR; i++)
		printf("%s%.0f", i ? "," : "",
		       middle * exp(spread * random_normal(&s->seed)));
	printf("]}\n");
}

static void print_end(struct study *s, unsigned point)
{
	printf("{\"type\":\"launch\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"point\":\"%016x\",\"boot\":\"" MADE_BOOT "\",\"round\":0,"
	       "\"status\":\"ok\",\"blocks\":%u,\"long_ops\":false,"
	       "\"wall_ns\":150000000,\"load1\":0.5,\"steal_ticks\":0}\n",
	       s->launch++, point, 18U, 0U, s->blocks);
}

static void flush_launch(struct study *s, unsigned at)
{
	double pages = flush_pages[at % s->nr_sizes], ns[FLUSH_ARMS];
	unsigned remote = flush_remotes[at / s->nr_sizes];

	for (unsigned i = 0; i < FLUSH_ARMS; i++) {
		ns[i] = flush_ns(&flush_arms[i], pages, remote);
		print_arm(s, i, flush_arms[i].name);
		print_terms(&flush_arms[i], pages, remote);
		printf("}\n");
	}
	print_samples(s, ns);
	/* How long an old entry lives: from its page's turn to the flush. */
	for (unsigned i = 0; remote && i < FLUSH_ARMS; i++)
		if (flush_arms[i].flushes)
			print_observed(s, i, "stale",
				       ns[i] / calls_of(&flush_arms[i], pages),
				       0.3);
	print_end(s, at + 1);
}

static void make_flush(struct study *s)
{
	unsigned nr_points = s->nr_sizes * s->nr_remotes;

	for (unsigned i = 0; i < nr_points; i++)
		print_flush_point(i + 1, flush_pages[i % s->nr_sizes],
				  flush_remotes[i / s->nr_sizes]);
	for (unsigned i = 0; i < s->launches; i++)
		flush_launch(s, i % nr_points);
}

static const struct {
	const char *name;
	double writes, protects; /* a second */
	double fault_ns, tail;
	double parallel; /* per mille */
} policies[] = {
	{ "read-lock", 180000, 5000, 2400, 0.5, 930 },
	{ "by-page", 176000, 1200, 2500, 0.5, 940 },
	{ "write-lock", 120000, 4700, 2450, 1.6, 20 },
	{ "hybrid", 178500, 4100, 2420, 0.7, 610 },
};

enum {
	POLICIES = sizeof(policies) / sizeof(policies[0]),
	POLICY_AGAIN = POLICIES,
	POLICY_INJECT,
	POLICY_SLOTS,
};

static void print_policy_point(void)
{
	printf("{\"type\":\"point\",\"run\":\"" MADE_RUN "\",\"point\":"
	       "\"%016x\",\"workload\":\"policy\",\"mode\":\"window\","
	       "\"params\":{\"range\":\"2M\",\"writers\":\"2\"},"
	       "\"placement\":\"compact\",\"batch_ops\":1,\"metrics\":["
	       "{\"name\":\"writes\",\"unit\":\"1/s\",\"better\":\"higher\","
	       "\"kind\":\"rate\"},{\"name\":\"fault\",\"unit\":\"ns\","
	       "\"better\":\"lower\",\"kind\":\"latency\"},{\"name\":"
	       "\"parallel\",\"unit\":\"per mille\",\"better\":\"higher\","
	       "\"kind\":\"ratio\"}],\"terms\":[]}\n",
	       1);
}

/* The machine takes a share of the CPU time that varies by a tenth. */
static void print_window(struct study *s, unsigned slot, const char *role,
			 unsigned instances, double per_s, double pace)
{
	double cpu = 0.9 * exp(0.1 * random_normal(&s->seed));
	double noise = exp(0.004 * random_normal(&s->seed));
	double steps = per_s * noise * (pace > 0 ? 1 : cpu) * 0.05;

	printf("{\"type\":\"window\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u,\"role\":\"%s\",\"instances\":%u,\"steps\":%.0f,"
	       "\"wall_ns\":50000000,\"cpu_ns\":%.0f,\"busy_ns\":%.0f",
	       s->launch, slot, role, instances, steps, instances * 5e7 * cpu,
	       instances * 5e7 * 0.8);
	printf(",\"least_steps\":%.0f,\"most_steps\":%.0f,\"untimed_ns\":0,"
	       "\"switches\":[3,4]",
	       steps / instances * 0.9, steps / instances * 1.1);
	if (pace > 0)
		printf(",\"pace_per_s\":%g", pace);
	printf("}\n");
}

static void print_policy_slots(const struct study *s)
{
	for (unsigned slot = 0; slot < POLICIES; slot++) {
		print_arm(s, slot, policies[slot].name);
		printf("}\n");
	}
	print_slot(s, POLICY_AGAIN, "read-lock:again", "again");
	printf("}\n");
	print_slot(s, POLICY_INJECT, "read-lock:inject", "inject");
	printf("}\n");
}

static void print_policy_windows(struct study *s)
{
	for (unsigned w = 0; w < WINDOWS * POLICY_SLOTS; w++) {
		unsigned slot = w % POLICY_SLOTS;
		unsigned at = slot < POLICIES ? slot : 0;
		double slower = slot == POLICY_INJECT ? 1.01 : 1;

		print_window(s, slot, "writer", 2, policies[at].writes / slower,
			     0);
		print_window(s, slot, "protector", 1, policies[at].protects,
			     5000);
	}
}

static void print_counters(const struct study *s, unsigned slot,
			   const char *role, double ops, double faults,
			   double locks)
{
	printf("{\"type\":\"counters\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u,\"role\":\"%s\",\"ops\":%.0f,\"events\":["
	       "{\"name\":\"page-faults\",\"scope\":\"thread\",\"status\":\"ok\""
	       ",\"value\":%.0f},{\"name\":\"mmap_lock:mmap_lock_start_locking"
	       "\",\"scope\":\"thread\",\"status\":\"ok\",\"value\":%.0f}]}\n",
	       s->launch, slot, role, ops, faults * ops, locks * ops);
}

static void print_policy_counters(const struct study *s)
{
	for (unsigned slot = 0; slot < POLICIES; slot++) {
		print_counters(s, slot, "writer", 1800, 1, slot == 2);
		print_counters(s, slot, "protector", 50, 0,
			       slot == 1 ? 256 : 1);
	}
	print_counters(s, 0, "idle", 0, 0, 0);
}

static void make_policy(struct study *s)
{
	print_policy_point();
	for (unsigned i = 0; i < s->launches; i++) {
		print_policy_slots(s);
		print_policy_windows(s);
		print_policy_counters(s);
		for (unsigned slot = 0; slot < POLICIES; slot++) {
			print_observed(s, slot, "fault",
				       policies[slot].fault_ns,
				       policies[slot].tail);
			print_observed(s, slot, "parallel",
				       policies[slot].parallel, 0.02);
		}
		print_end(s, 1);
	}
}

static unsigned argument(int argc, char **argv, int at, unsigned otherwise)
{
	return at < argc ? (unsigned)strtoul(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	struct study s = { .seed = 0x5eed,
			   .launch = 1,
			   .nr_sizes = FLUSH_SIZES,
			   .nr_remotes = FLUSH_REMOTES };
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "many")) {
		s.nr_sizes = FLUSH_MANY_SIZES;
		s.nr_remotes = FLUSH_MANY_REMOTES;
	}
	s.launches = argument(argc, argv, 2, 480);
	s.blocks = argument(argc, argv, 3, 3);
	made_head("", 1, 18);
	if (!strcmp(what, "policy"))
		make_policy(&s);
	else
		make_flush(&s);
	printf("{\"type\":\"end\",\"run\":\"" MADE_RUN "\",\"why\":\"done\","
	       "\"launches\":%u,\"seconds\":1}\n",
	       s.launch - 1);
	return 0;
}
