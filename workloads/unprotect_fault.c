// SPDX-License-Identifier: GPL-2.0-only
/*
 * unprotect_fault: does the first write fault once a page is unprotected?
 *
 * Path: change_pte_range(), mm/mprotect.c; do_wp_page(), mm/memory.c (read in
 * 6.12).
 *
 * Unprotecting takes a bit of userfaultfd out of each page table entry.  It may
 * give the write bit back as well, where nobody else has the page; then it
 * flushes the TLB, and the next write is free.  Or it leaves that to the fault
 * that the next write takes.  The first is what MM_CP_TRY_CHANGE_WRITABLE asks
 * for, since 6.2; and what mprotect() does to private memory since 5.19.
 *
 * A trial protects and unprotects pages that were written before and writes
 * each of them once more.  Either answer is right: which one it is tells how
 * old the kernel behaves, together with which calls flush (uffd_wp).  Two
 * controls must come out as they are known: pages that were never protected,
 * and pages that are not there.
 */
#include "lib/thread_faults.h"
#include "lib/wp_area.h"

#include <sys/mman.h>
#include <unistd.h>

enum {
	ARM_UNPROTECTED,
	ARM_MPROTECT,
	ARM_UNTOUCHED,
	ARM_ABSENT,
};

enum {
	OUT_WRITABLE,
	OUT_FAULTED,
};

enum {
	RULE_RESTORED,
	RULE_LEFT,
};

struct unprotect_fault_params {
	uint64_t pages;
};

struct unprotect_fault {
	struct wp_area area;
};

static uint64_t pages_of(const void *params)
{
	return ((const struct unprotect_fault_params *)params)->pages;
}

static uint64_t unprotect_fault_memory(const void *params)
{
	return pages_of(params) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int unprotect_fault_setup(struct fl_run *run)
{
	struct unprotect_fault *s = fl_state(run);
	uint64_t pages = pages_of(fl_params(run));
	struct wp_area_spec spec = {
		.slots = { .len = run->page_bytes,
			   .max_bytes = pages * run->page_bytes,
			   .max_nr = pages },
		.populated = true,
	};

	return wp_area_init(run, &s->area, &spec);
}

static void unprotect_fault_teardown(struct fl_run *run)
{
	struct unprotect_fault *s = fl_state(run);

	wp_area_finish(&s->area);
}

static int by_mprotect(struct fl_run *run, const struct region *r)
{
	if (mprotect(r->base, r->bytes, PROT_READ) ||
	    mprotect(r->base, r->bytes, PROT_READ | PROT_WRITE))
		return fl_fail(run, -errno, "mprotect");
	return 0;
}

static int bring_into_state(struct fl_thread *th, struct wp_area *area)
{
	struct fl_run *run = fl_thread_run(th);
	size_t nr = area->slots.nr;
	int err = wp_area_clean(run, area, nr);

	if (err)
		return err;
	switch (fl_thread_arm(th)) {
	case ARM_UNPROTECTED:
		err = wp_area_protect(run, area, nr);
		if (!err)
			err = wp_area_check(th, area, nr, true);
		return err ? err : wp_area_unprotect(run, area, nr);
	case ARM_MPROTECT:
		return by_mprotect(run, &area->region);
	case ARM_ABSENT:
		err = region_empty(&area->region, 0, area->region.bytes);
		return err ? fl_fail(run, err, "dropping pages") : 0;
	default:
		return 0;
	}
}

static void judge(struct fl_thread *th, unsigned seen)
{
	unsigned arm = fl_thread_arm(th);

	if (arm == ARM_UNTOUCHED || arm == ARM_ABSENT) {
		fl_judge(th, seen,
			 arm == ARM_ABSENT ? OUT_FAULTED : OUT_WRITABLE, 1);
		return;
	}
	fl_judge(th, seen, seen, 1);
	if (arm != ARM_UNPROTECTED)
		return;
	fl_predict(th, RULE_RESTORED, OUT_WRITABLE, seen, 1);
	fl_predict(th, RULE_LEFT, OUT_FAULTED, seen, 1);
}

static int unprotect_fault_trial(struct fl_thread *th)
{
	struct unprotect_fault *s = fl_state(fl_thread_run(th));
	struct wp_area *area = &s->area;
	int err = bring_into_state(th, area);

	if (err)
		return err;
	for (size_t i = 0; i < area->slots.nr; i++) {
		struct thread_faults before = thread_faults_now();

		region_write(&area->region, region_slot(&area->slots, i),
			     area->slots.len);
		judge(th, thread_faults_since(&before, false) ? OUT_FAULTED
							      : OUT_WRITABLE);
	}
	return 0;
}

static const struct fl_param unprotect_fault_table[] = {
	FL_PARAM_U64(struct unprotect_fault_params, pages, "64", 1, 512,
		     "pages", "of a trial"),
	{ 0 },
};

static const struct fl_arm unprotect_fault_arms[] = {
	[ARM_UNPROTECTED] = { .name = "unprotected",
			      .differs = "UFFDIO_WRITEPROTECT, on and off",
			      .why = "the question" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "unprotected",
			   .differs = "mprotect to read and back",
			   .why = "the same entries; it learnt it earlier" },
	[ARM_UNTOUCHED] = { .name = "untouched",
			    .reference = "unprotected",
			    .differs = "never protected",
			    .why = "control: no write may fault" },
	[ARM_ABSENT] = { .name = "absent",
			 .reference = "unprotected",
			 .differs = "dropped",
			 .why = "control: each write must fault" },
	{ 0 },
};

static const struct fl_metric unprotect_fault_metrics[] = {
	{ .name = "expected",
	  .unit = "",
	  .better = FL_BETTER_HIGHER,
	  .kind = FL_KIND_RATIO,
	  .help = "share of writes that came out as known" },
	{ 0 },
};

static const struct fl_need unprotect_fault_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ FL_FEATURE_WP_ANON, NULL },
	{ 0 },
};

static const struct fl_outcome unprotect_fault_outcomes[] = {
	[OUT_WRITABLE] = { "writable", "written without a fault" },
	[OUT_FAULTED] = { "faulted", "written by way of a fault" },
	{ 0 },
};

static const struct fl_oracle unprotect_fault_oracles[] = {
	[RULE_RESTORED] = { "restored", "unprotecting gives the write bit "
					"back (since 6.2)" },
	[RULE_LEFT] = { "left", "it is left to the fault of the next write" },
	{ 0 },
};

FL_DEFINE_WORKLOAD(unprotect_fault) = {
	.name = "unprotect_fault",
	.summary = "does a write fault after its page was unprotected?",
	.kernel_path = "change_pte_range(), mm/mprotect.c; do_wp_page(), "
		       "mm/memory.c (6.12)",
	.source = "linux-mm, 2020-12: userfaultfd write-protection and memory "
		  "corruption by a deferred TLB flush",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct unprotect_fault_params),
	.state_size = sizeof(struct unprotect_fault),
	.params = unprotect_fault_table,
	.arms = unprotect_fault_arms,
	.metrics = unprotect_fault_metrics,
	.needs = unprotect_fault_needs,
	.outcomes = unprotect_fault_outcomes,
	.oracles = unprotect_fault_oracles,
	.max_ops = pages_of,
	.memory = unprotect_fault_memory,
	.setup = unprotect_fault_setup,
	.trial = unprotect_fault_trial,
	.teardown = unprotect_fault_teardown,
};
