// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a made-up run.jsonl whose answers are known, by a seeded generator:
 * for the golden files, and large ones for timing the report.
 *
 * make_result [launches [blocks [scale [boots [seed [toggle]]]]]] > run.jsonl
 *
 * Every level is multiplied by scale, so that two files can be compared; the
 * boots take turns, each with a level of its own.  With toggle there is an arm
 * that is toggled, so many times slower than its reference.
 */
#include "tests/golden/made.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOGGLED                                                        \
	",\"toggle\":{\"file\":\"/sys/kernel/mm/example\",\"values\":" \
	"[\"off\",\"on\"],\"settle_ns\":1000000}"

enum {
	MAX_SLOTS = 5,
	RESERVOIR = 64
};

/* One point and what is true of it. */
struct made_point {
	const char *what, *handler, *handler_cpu;
	uint64_t range;
	double op_ns, control_ns; /* no control: 0 */
	unsigned batch_ops;
};

struct maker {
	uint64_t rng;
	unsigned launches, blocks, boots, seed;
	double scale;
	double toggle; /* 0: no such arm */
	unsigned launch;
	unsigned boot; /* of the launch that is being written */
};

static double uniform(struct maker *m)
{
	m->rng ^= m->rng >> 12;
	m->rng ^= m->rng << 25;
	m->rng ^= m->rng >> 27;
	return ((double)((m->rng * UINT64_C(2685821657736338717)) >> 11) +
		0.5) /
	       9007199254740992.0;
}

static double normal(struct maker *m)
{
	double u = uniform(m), v = uniform(m);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void print_point(const struct made_point *p, unsigned id)
{
	char size[32];

	printf("{\"type\":\"point\",\"run\":\"" MADE_RUN
	       "\",\"point\":\"%016x\","
	       "\"workload\":\"uffd_wp\",\"mode\":\"batch\",\"params\":{"
	       "\"what\":\"%s\",\"range\":\"%s\",\"backing\":\"anon-4k\","
	       "\"handler\":\"%s\",\"handler_cpu\":\"%s\"},"
	       "\"placement\":\"compact\",\"batch_ops\":%u,\"metrics\":["
	       "{\"name\":\"latency\",\"unit\":\"ns\",\"better\":\"lower\","
	       "\"kind\":\"latency\"}",
	       id, p->what, made_size(p->range, size), p->handler,
	       p->handler_cpu, p->batch_ops);
	if (!p->control_ns)
		for (int i = 0; i < 3; i++) {
			static const char *const names[] = { "roundtrip",
							     "deliver",
							     "resume" };

			printf(",{\"name\":\"%s\",\"unit\":\"ns\","
			       "\"better\":\"lower\",\"kind\":\"latency\"}",
			       names[i]);
		}
	printf("]}\n");
}

static void print_arm(struct maker *m, unsigned slot, const char *name,
		      const char *kind)
{
	printf("{\"type\":\"arm\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u,\"name\":\"%s\",\"kind\":\"%s\"%s}\n",
	       m->launch, slot, name, kind, slot ? ",\"reference\":0" : "");
}

static unsigned print_arms(struct maker *m, const struct made_point *p)
{
	char name[64];
	unsigned slot = 0;

	print_arm(m, slot++, p->what, "reference");
	if (p->control_ns) {
		snprintf(name, sizeof(name), "%s-again", p->what);
		print_arm(m, slot++, name, "contrast");
	}
	snprintf(name, sizeof(name), "%s:again", p->what);
	print_arm(m, slot++, name, "again");
	snprintf(name, sizeof(name), "%s:inject", p->what);
	print_arm(m, slot++, name, "inject");
	if (m->toggle > 0) {
		snprintf(name, sizeof(name), "%s:toggle", p->what);
		print_arm(m, slot++, name, "toggle");
	}
	return slot;
}

static double slot_ns(const struct maker *m, const struct made_point *p,
		      unsigned slot, unsigned nr_slots)
{
	unsigned inject = nr_slots - (m->toggle > 0 ? 2 : 1);

	if (slot == inject)
		return p->op_ns * 1.01;
	if (slot > inject)
		return p->op_ns * m->toggle;
	return p->control_ns && slot == 1 ? p->control_ns : p->op_ns;
}

static void print_samples(struct maker *m, const struct made_point *p,
			  unsigned nr_slots)
{
	unsigned nr = m->blocks * 2 * nr_slots;
	double launch_wide = exp(0.01 * normal(m));

	printf("{\"type\":\"samples\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"first\":0,\"slots\":\"",
	       m->launch);
	for (unsigned i = 0; i < nr; i++) {
		unsigned at = i % (2 * nr_slots);

		putchar('0' +
			(int)(at < nr_slots ? at : 2 * nr_slots - 1 - at));
	}
	printf("\",\"marks\":\"");
	for (unsigned i = 0; i < nr; i++)
		putchar(uniform(m) < 0.001 ? '1' : '0');
	printf("\",\"ns\":[");
	for (unsigned i = 0; i < nr; i++) {
		unsigned at = i % (2 * nr_slots);
		unsigned slot = at < nr_slots ? at : 2 * nr_slots - 1 - at;
		double ns = slot_ns(m, p, slot, nr_slots) * p->batch_ops *
			    m->scale * (1 + 0.001 * m->boot) * launch_wide *
			    exp(0.02 * normal(m));

		printf("%s%.0f", i ? "," : "", ns);
	}
	printf("]}\n");
}

static void print_observed(struct maker *m, const struct made_point *p,
			   const char *metric, double share)
{
	bool other = !strcmp(p->handler_cpu, "other");

	printf("{\"type\":\"observed\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":0,\"metric\":\"%s\",\"count\":5000,\"lost\":0,"
	       "\"histogram\":[],\"reservoir\":[",
	       m->launch, metric);
	for (int i = 0; i < RESERVOIR; i++)
		printf("%s%.0f", i ? "," : "",
		       share * m->scale * p->op_ns *
			       exp((other ? 0.5 : 0.08) * normal(m)));
	printf("]}\n");
}

static void print_counters(struct maker *m, const struct made_point *p,
			   unsigned slot)
{
	printf("{\"type\":\"counters\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":%u,\"ops\":1000,\"batches\":10,\"events\":["
	       "{\"name\":\"page-faults\",\"scope\":\"thread\","
	       "\"status\":\"ok\",\"value\":%u},"
	       "{\"name\":\"tlb:tlb_flush\",\"scope\":\"thread\","
	       "\"status\":\"ok\",\"value\":%u},"
	       "{\"name\":\"mmap_lock:mmap_lock_start_locking\","
	       "\"scope\":\"thread\",\"status\":\"ok\",\"value\":1000},",
	       m->launch, slot, p->control_ns > 0 ? 0U : 1000U,
	       slot ? 0U : 1000U);
	printf("{\"name\":\"instructions\",\"scope\":\"thread\","
	       "\"status\":\"ok\",\"value\":%.0f},"
	       "{\"name\":\"cycles\",\"scope\":\"thread\","
	       "\"status\":\"unsupported\",\"why\":\"no PMU here\"}]}\n",
	       1000 * p->op_ns * 2);
}

static void print_launch(struct maker *m, const struct made_point *p,
			 unsigned point, unsigned round)
{
	unsigned nr_slots = print_arms(m, p);

	print_samples(m, p, nr_slots);
	if (!p->control_ns) {
		print_observed(m, p, "roundtrip", 1);
		print_observed(m, p, "deliver", 0.6);
		print_observed(m, p, "resume", 0.4);
	}
	print_counters(m, p, 0);
	if (p->control_ns)
		print_counters(m, p, 1);
	printf("{\"type\":\"expect\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"slot\":0,\"counter\":\"page-faults\",\"relation\":"
	       "\"exactly\",\"per_op\":%d,\"tolerance\":0.01,\"seen\":%d,"
	       "\"state\":\"held\"}\n",
	       m->launch, !p->control_ns, !p->control_ns);
	printf("{\"type\":\"fact\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"name\":\"thp\",\"value\":\"none in the region\"}\n",
	       m->launch);
	printf("{\"type\":\"launch\",\"run\":\"" MADE_RUN "\",\"launch\":%u,"
	       "\"point\":\"%016x\",\"boot\":\"" MADE_BOOT "\",\"round\":%u,"
	       "\"status\":\"ok\",\"blocks\":%u,\"long_ops\":false,"
	       "\"wall_ns\":150000000,\"load1\":0.5,\"steal_ticks\":0}\n",
	       m->launch, point, m->seed, m->boot, round, m->blocks);
	m->launch++;
}

enum {
	MAX_POINTS = 24
};

static void add_ranges(struct made_point *points, unsigned *nr,
		       const char *what, double fixed_ns, double share)
{
	static const uint64_t pages[] = {
		1, 4, 16, 64, 256, 511, 512, 513, 2048
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		double ns = fixed_ns + 60.0 * (double)pages[i];

		points[(*nr)++] = (struct made_point){
			.what = what,
			.handler = "poll",
			.handler_cpu = "same",
			.range = pages[i] * 4096,
			.op_ns = ns,
			.control_ns = share * ns,
			.batch_ops = (unsigned)(1 + 50000 / ns),
		};
	}
}

static void add_roundtrips(struct made_point *points, unsigned *nr)
{
	static const char *const handlers[] = { "poll", "block", "spin" };

	for (int i = 0; i < 6; i++) {
		double ns = i / 3 ? 33000 : 6900;

		points[(*nr)++] = (struct made_point){
			.what = "roundtrip",
			.handler = handlers[i % 3],
			.handler_cpu = i / 3 ? "other" : "same",
			.range = 4096,
			.op_ns = ns * (1 - 0.07 * (i % 3)),
			.batch_ops = (unsigned)(1 + 50000 / ns),
		};
	}
}

static double argument(int argc, char **argv, int at, double otherwise)
{
	return at < argc ? strtod(argv[at], NULL) : otherwise;
}

int main(int argc, char **argv)
{
	struct maker m = {
		.launches = (unsigned)argument(argc, argv, 1, 8),
		.blocks = (unsigned)argument(argc, argv, 2, 10),
		.scale = argument(argc, argv, 3, 1),
		.boots = (unsigned)fmax(1, argument(argc, argv, 4, 1)),
		.seed = (unsigned)argument(argc, argv, 5, 18),
		.toggle = argument(argc, argv, 6, 0),
		.launch = 1,
	};
	struct made_point points[MAX_POINTS];
	unsigned nr = 0;

	add_ranges(points, &nr, "protect", 881, 0.8);
	add_ranges(points, &nr, "unprotect", 791, 0.9);
	add_roundtrips(points, &nr);

	if (!nr)
		return 1;

	m.rng = 0x5eed + m.seed;
	made_head(m.toggle > 0 ? TOGGLED : "", m.boots, m.seed);
	for (unsigned i = 0; i < nr; i++)
		print_point(&points[i], i + 1);
	for (unsigned i = 0; i < m.launches; i++) {
		m.boot = i / nr % (m.boots ? m.boots : 1);
		print_launch(&m, &points[i % nr], i % nr + 1, i / nr);
	}
	printf("{\"type\":\"end\",\"run\":\"" MADE_RUN "\",\"why\":\"done\","
	       "\"launches\":%u,\"seconds\":1}\n",
	       m.launch - 1);
	return 0;
}
