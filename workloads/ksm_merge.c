// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksm_merge: write-protection that flushes at once, as KSM does it.
 *
 * Path: ksm_do_scan() -> try_to_merge_one_page() -> write_protect_page() and
 * replace_page(), mm/ksm.c (6.12).  Each clears an entry and flushes the page
 * with the page-table lock held: the way that was proposed for userfaultfd.
 *
 * The kernel's thread does the work, so an op is three whole scans of it: the
 * first sees a page, the second sees that it has not changed, and by the third
 * what is equal is merged.  The control has pages that all differ: they are
 * scanned as often, and nothing is merged.  What the merged arm takes above it
 * is copying away, two flushes a page, and the bookkeeping.
 *
 * KSM remembers the pages of an address, and looks less often at those that
 * it could not merge (smart_scan); so batches take turns between two places.
 *
 * A scan goes through all mergeable memory of the machine; where other programs
 * have such memory the numbers are theirs too.
 */
#include "lib/merged.h"
#include "lib/remote_cpu.h"
#include "lib/wp_area.h"

#include <unistd.h>

#define KSM "/sys/kernel/mm/ksm/"

enum {
	ARM_MERGED,
	ARM_DISTINCT,
};

enum {
	METRIC_LATENCY,
	METRIC_STOLEN,
};

enum {
	SCANS = 3,
	POLL_NS = 50000,
	PATIENCE_NS = 2000000000,
};

struct ksm_merge_params {
	uint64_t range;
	uint64_t remote;
	uint64_t remote_state;
};

struct ksm_merge {
	struct region region; /* two places */
	unsigned turn;
	struct responders responders;
};

static uint64_t ksm_merge_max_ops(const void *params)
{
	(void)params;
	return 1;
}

static uint64_t ksm_merge_memory(const void *params)
{
	return 2 * ((const struct ksm_merge_params *)params)->range;
}

static void ksm_merge_teardown(struct fl_run *run)
{
	struct ksm_merge *s = fl_state(run);

	responders_finish(&s->responders);
	region_finish(&s->region);
}

static uint64_t read_scans(void)
{
	return merged_number(KSM "full_scans");
}

static int ksm_merge_setup(struct fl_run *run)
{
	const struct ksm_merge_params *p = fl_params(run);
	struct ksm_merge *s = fl_state(run);
	int err;

	if (merged_number(KSM "run") != 1)
		return fl_skip(run, "KSM does not run: write 1 to " KSM "run");
	if (!merged_is_told())
		return fl_skip(run, "this kernel does not count the merged "
				    "pages of a process");

	err = wp_area_map(run, &s->region, REGION_ANON_4K, 2 * p->range);
	if (!err)
		err = responders_init(&s->responders, p->remote,
				      run->page_bytes);
	return err ? fl_fail(run, err, "memory and other CPUs") : 0;
}

/* New contents each time: nothing is merged with what was merged before. */
static void write_pages(struct fl_thread *th, char *place, size_t bytes)
{
	size_t page = fl_thread_run(th)->page_bytes;
	bool equal = fl_thread_arm(th) == ARM_MERGED;
	uint64_t word = fl_rand(th);

	for (size_t at = 0; at < bytes; at += page)
		*(volatile uint64_t *)(place + at) = equal ? word : word + at;
}

static bool has_responders(const struct ksm_merge_params *p)
{
	return p->remote && p->remote_state == REMOTE_CPU_USER;
}

static int ksm_merge_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct ksm_merge_params *p = fl_params(run);
	struct ksm_merge *s = fl_state(run);
	char *place = s->region.base + (s->turn++ % 2) * p->range;
	int err = region_renew(&s->region);

	(void)nops;
	if (err)
		return fl_fail(run, err, "mapping the region anew");

	write_pages(th, place, p->range);
	err = merged_allow(run, place, p->range);
	if (!err && has_responders(p))
		responders_mark(&s->responders);
	return err;
}

static int ksm_merge_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct timespec pause = { .tv_nsec = POLL_NS };
	uint64_t until = fl_clock_ns() + PATIENCE_NS;
	uint64_t scans = read_scans() + SCANS;

	(void)nops;
	while (read_scans() < scans) {
		if (fl_clock_ns() > until)
			return fl_fail(run, -ETIMEDOUT, "%d scans of KSM",
				       SCANS);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return 0;
}

static double pages_of(const void *params)
{
	const struct ksm_merge_params *p = params;

	return (double)p->range / (double)sysconf(_SC_PAGESIZE);
}

/* Did it merge what is equal, and nothing else? */
static int ksm_merge_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct ksm_merge_params *p = fl_params(run);
	struct ksm_merge *s = fl_state(run);
	double merged = (double)merged_here();
	bool equal = fl_thread_arm(th) == ARM_MERGED;

	if (has_responders(p))
		responders_observe(th, &s->responders, nops,
				   equal ? pages_of(p) : 0, METRIC_STOLEN, 0);
	if (equal ? merged < 0.9 * pages_of(p) : merged > 0)
		return fl_fail(run, -EPROTO, "%g of %g pages were merged",
			       merged, pages_of(p));
	return 0;
}

static uint64_t remote_count(const void *params)
{
	return ((const struct ksm_merge_params *)params)->remote;
}

static int user_step(struct fl_thread *th)
{
	struct ksm_merge *s = fl_state(fl_thread_run(th));

	return responder_step(&s->responders, th->index);
}

static const struct fl_param ksm_merge_table[] = {
	FL_PARAM_SIZE(struct ksm_merge_params, range, "4M", 4096, 1 << 30,
		      "bytes of pages that are merged, or scanned"),
	FL_PARAM_U64(struct ksm_merge_params, remote, "0", 0, 1024, "threads",
		     "other CPUs that a flush may have to reach"),
	FL_PARAM_ENUM(struct ksm_merge_params, remote_state, remote_cpu_names,
		      "user", "what they do", .when = "remote>0"),
	{ 0 },
};

/* To wait for the kernel's thread is to sleep, as often as it takes. */
static const struct fl_arm ksm_merge_arms[] = {
	[ARM_MERGED] = { .name = "merged",
			 .switches = 1e6,
			 .differs = "three scans of KSM, pages that are equal",
			 .why = "scanning and merging" },
	[ARM_DISTINCT] = { .name = "distinct",
			   .reference = "merged",
			   .switches = 1e6,
			   .differs = "three scans, pages that all differ",
			   .why = "scanning alone" },
	{ 0 },
};

static const struct fl_metric ksm_merge_metrics[] = {
	[METRIC_LATENCY] = { .name = "latency",
			     .unit = "ns",
			     .better = FL_BETTER_LOWER,
			     .kind = FL_KIND_LATENCY,
			     .help = "time of three scans" },
	[METRIC_STOLEN] = { .name = "stolen",
			    .unit = "ns",
			    .better = FL_BETTER_LOWER,
			    .kind = FL_KIND_LATENCY,
			    .when = "remote>0 remote_state=user",
			    .help = "time that they take from another CPU" },
	{ 0 },
};

static const struct fl_need ksm_merge_needs[] = {
	{ FL_FEATURE_KSM, NULL },
	{ 0 },
};

static const struct fl_system ksm_merge_system[] = {
	{ .knob = "ksm", .value = "1" },
	{ .knob = "ksm-sleep", .value = "1" },
	{ .knob = "ksm-pages", .value = "5000" },
	{ 0 },
};

static const struct fl_role ksm_merge_roles[] = {
	REMOTE_CPU_ROLES(remote_count, user_step),
	{ 0 },
};

FL_DEFINE_WORKLOAD(ksm_merge) = {
	.name = "ksm_merge",
	.summary = "write-protection that flushes at once, as KSM does it",
	.kernel_path = "write_protect_page(), replace_page(), mm/ksm.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct ksm_merge_params),
	.state_size = sizeof(struct ksm_merge),
	.params = ksm_merge_table,
	.arms = ksm_merge_arms,
	.metrics = ksm_merge_metrics,
	.needs = ksm_merge_needs,
	.system = ksm_merge_system,
	.roles = ksm_merge_roles,
	.max_ops = ksm_merge_max_ops,
	.memory = ksm_merge_memory,
	.setup = ksm_merge_setup,
	.prepare = ksm_merge_prepare,
	.op = ksm_merge_op,
	.check = ksm_merge_check,
	.teardown = ksm_merge_teardown,
};
