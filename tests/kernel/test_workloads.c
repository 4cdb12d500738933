// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workloads on the running kernel: every arm, a few batches each, TAP output.
 *
 * A row is a point.  It fails if a callback does, and if descriptors or
 * mappings are left behind after teardown.  Nothing here is timed.
 */
#include "bench/agent/probe.h"
#include "common/condition.h"
#include "common/param.h"
#include "workloads/lib/thp.h"
#include "workloads/lib/uffd.h"
#include "workloads/registry.h"

#include <faultline/run.h>

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	BATCHES = 3,
	MAX_ROLES = 4,
	MAX_VALUES = 64,
	NOPS = 8,
	LIMIT_S = 60
};

static const char *const rows[] = {
	"uffd_wp what=protect",
	"uffd_wp what=protect range=64K align=cross",
	"uffd_wp what=protect backing=shmem range=hpage+4K",
	"uffd_wp what=protect backing=anon-thp range=hpage",
	"uffd_wp what=protect backing=anon-thp range=4K",
	"uffd_wp what=protect backing=anon-thp range=hpage align=cross remote=1",
	"uffd_wp what=protect populated=no range=64K",
	"uffd_wp what=protect populated=no backing=shmem range=64K",
	"uffd_wp what=unprotect range=64K remote=1",
	"uffd_wp what=unprotect backing=shmem",
	"uffd_wp what=unprotect backing=anon-thp range=hpage-4K",
	"uffd_wp what=pair range=hpage",
	"uffd_wp what=pair backing=anon-thp range=64K",
	"wp_roundtrip handler=poll",
	"wp_roundtrip handler=block",
	"wp_roundtrip handler=spin",
	"wp_roundtrip handler=uring",
	"wp_roundtrip handler=poll backing=shmem range=64K",
	"wp_roundtrip handler=block backing=anon-thp range=64K",
	"wp_roundtrip handler=poll populated=no",
	"wp_roundtrip handler=poll rivals=no",
	"wp_roundtrip handler=poll range=64K align=cross",
	"uffd_wp what=protect backing=hugetlb range=hpage",
	"uffd_wp what=unprotect backing=hugetlb range=2hpage remote=1",
	"uffd_wp what=protect populated=no backing=hugetlb range=hpage",
	"wp_roundtrip handler=poll backing=hugetlb range=hpage",
	"uffd_wp what=protect backing=hugetlb range=hpage+4K",

	"tlb_flush range=page",
	"tlb_flush range=132K chunk=64K",
	"tlb_flush range=64K align=cross dirty=no",
	"tlb_flush range=64K backing=shmem",
	"tlb_flush range=hpage backing=anon-thp",
	"tlb_flush range=hpage backing=anon-thp dirty=no",
	"tlb_flush range=hpage backing=hugetlb",
	"tlb_flush range=64K remote=1",
	"tlb_flush range=64K remote=2 remote_state=kernel",
	"tlb_flush range=64K remote=1 remote_state=sleep",
	"tlb_trigger what=dontneed range=64K",
	"tlb_trigger what=dontneed range=hpage backing=anon-thp remote=1",
	"tlb_trigger what=dontneed range=64K backing=shmem align=cross",
	"tlb_trigger what=dontneed range=2hpage backing=hugetlb",
	"tlb_trigger what=munmap range=64K remote=1",
	"tlb_trigger what=munmap range=hpage+4K backing=shmem",
	"tlb_trigger what=pageout range=256K",
	"tlb_trigger what=clear-refs range=64K",
	"ksm_merge range=64K",
	"stale_window range=page",
	"stale_window range=256K chunk=64K",
	"stale_window range=64K backing=shmem align=cross",
	"stale_window range=hpage backing=anon-thp",
	"stale_window range=2hpage backing=hugetlb",
	"track_cost size=4M",
	"track_cost size=4M dirty=0 backing=shmem",
	"track_cost size=4M dirty=100 backing=anon-thp handler_cpu=same",
	"wp_track",
	"wp_track scenario=fork-event-child",
	"wp_track scenario=thp-all",
	"wp_catcher range=64K",
	"wp_catcher mm=other",
	"cow_fault size=256K",
	"cow_fault size=256K threads=2",
	"cow_fault backing=anon-thp size=4M",
	"cow_fault backing=anon-thp size=4M touch=folio",
	"cow_fault backing=mthp-64k size=256K",
	"cow scenario=T1-child-pipe",
	"cow scenario=T1-child-pipe order=thp",
	"cow scenario=T2-own-pipe",
	"cow scenario=T2-own-pipe order=mthp",
	"cow scenario=T2u-own-pipe-uffd",
	"cow scenario=T3-pipe-then-fork",
	"cow scenario=T4-after-fork",
	"cow scenario=T4r-remote-lru",
	"cow scenario=T4l-local-lru",
	"cow scenario=T5-child-alive",
	"cow scenario=T5-child-alive order=thp",
	"cow scenario=T6-ring-then-fork",
	"cow scenario=T6b-ring-protect",
	"cow scenario=T6c-ring-pageout",
	"cow scenario=T7-swapped",
	"cow scenario=S1-swapped-child",
	"cow scenario=S2-swapped-after",
	"cow scenario=S2r-unsettled",
	"cow scenario=T9-thp-after-fork order=thp",
	"cow scenario=T9b-thp-split order=thp",
	"cow scenario=T9b-thp-split order=4k",
	"cow scenario=T10-pin-read",
	"cow scenario=hugetlb-pipe-fork",
	"cow scenario=hugetlb-child-pipe",
	"cow scenario=anon-cow",
	"cow scenario=anon-noncow",
	"cow scenario=file-cow",
	"cow scenario=file-noncow",
	"cow scenario=gup-pin-reader",
	"cow scenario=gup-get-reader pages=1",
	"cow_race pages=16",
	"cow_race pages=4 cache=dropped",
	"pin_race pages=16",
	"fault_anon size=1M",
	"fork_cost size=1M",
	"fork_cost size=1M written=no backing=shmem",
	"fork_cost size=1M pinned=25",
	"fork_cost size=hpage backing=anon-thp",
	"fork_cost size=hpage backing=anon-thp pinned=5",
	"fork_cost size=hpage backing=hugetlb",
};

struct role_thread {
	pthread_t id;
	struct fl_thread th;
	int err;
};

struct launch {
	struct fl_run run;
	struct units units;
	struct role_thread roles[MAX_ROLES];
	unsigned nr_roles;
};

static enum fl_feature_state feature(enum fl_feature which)
{
	return probe_feature(which, NULL);
}

static const struct fl_harness harness = { .feature = feature };

static void *role_main(void *arg)
{
	struct role_thread *r = arg;
	const struct fl_role *role = r->th.role;

	r->err = role->enter ? role->enter(&r->th) : 0;
	while (r->err >= 0 && !fl_stopped(r->th.run))
		r->err = role->step(&r->th);
	return NULL;
}

static void start_role(struct launch *l, const struct fl_role *role)
{
	uint64_t nr = role->count ? role->count(l->run.params) : 1;

	for (uint64_t i = 0; i < nr && l->nr_roles < MAX_ROLES; i++) {
		struct role_thread *r = &l->roles[l->nr_roles];

		r->th = (struct fl_thread){ .run = &l->run,
					    .role = role,
					    .index = (unsigned)i };
		if (pthread_create(&r->id, NULL, role_main, r))
			abort();
		l->nr_roles++;
	}
}

static void start_roles(struct launch *l)
{
	const struct fl_workload *w = l->run.workload;

	for (const struct fl_role *r = w->roles; r && r->name; r++)
		if (condition_when(w, r->when, &l->units, l->run.params))
			start_role(l, r);
}

static int stop_roles(struct launch *l)
{
	int err = 0;

	atomic_store(&l->run.stop, true);
	for (unsigned i = 0; i < l->nr_roles; i++) {
		struct role_thread *r = &l->roles[i];

		if (r->th.role->wake)
			r->th.role->wake(&r->th);
		pthread_join(r->id, NULL);
		if (r->err < 0)
			err = r->err;
	}
	return err;
}

/* A trial that judges nothing is none. */
static int run_trial(struct fl_thread *th)
{
	static uint64_t cells[FL_MAX_ORACLES + 1]
			     [FL_MAX_OUTCOMES * FL_MAX_OUTCOMES];
	static struct fl_tally tally;
	int err;

	memset(cells, 0, sizeof(cells));
	tally = (struct fl_tally){ .nr_outcomes = FL_MAX_OUTCOMES,
				   .nr_oracles = FL_MAX_ORACLES,
				   .judged = cells[0],
				   .predicted = cells[1] };
	th->tally = &tally;
	err = th->run->workload->trial(th);
	if (!err && (!tally.nr || tally.misplaced))
		err = fl_fail(th->run, -EPROTO, "a trial of %u items",
			      (unsigned)tally.nr);
	return err;
}

static int run_batch(struct fl_thread *th)
{
	const struct fl_workload *w = th->run->workload;
	uint64_t nops = th->run->max_ops < NOPS ? th->run->max_ops : NOPS;
	int err = w->prepare ? w->prepare(th, nops) : 0;

	if (!err)
		err = w->op(th, nops);
	return err || !w->check ? err : w->check(th, nops);
}

static bool runs(const struct launch *l, const struct fl_arm *arm)
{
	return condition_when(l->run.workload, arm->when, &l->units,
			      l->run.params) &&
	       (!arm->needs || feature(arm->needs) == FL_FEATURE_YES);
}

static int run_arms(struct launch *l)
{
	const struct fl_workload *w = l->run.workload;
	struct fl_thread th = { .run = &l->run, .rng = 1 };
	uint64_t values[MAX_VALUES] = { 0 };
	int err = 0;

	for (unsigned m = 1; m < FL_MAX_METRICS; m++)
		th.observed[m] = (struct fl_observations){
			.ns = values, .capacity = MAX_VALUES
		};

	for (unsigned i = 0; !err && i < BATCHES; i++) {
		for (th.arm = 0; !err && w->arms[th.arm].name; th.arm++)
			if (runs(l, &w->arms[th.arm]))
				err = w->mode == FL_MODE_TRIAL ? run_trial(&th)
							       : run_batch(&th);
	}
	return err;
}

static int run_launch(struct launch *l)
{
	const struct fl_workload *w = l->run.workload;
	int err = w->setup(&l->run);

	if (!err) {
		start_roles(l);
		err = run_arms(l);
		if (stop_roles(l) && !err)
			err = -EIO;
	}
	w->teardown(&l->run);
	return err;
}

static int set_params(const struct launch *l, char *text)
{
	const struct fl_workload *w = l->run.workload;
	struct error e = { 0 };
	uint64_t value;
	char *save;

	for (char *t = strtok_r(text, " ", &save); t;
	     t = strtok_r(NULL, " ", &save)) {
		char *equals = strchr(t, '=');
		const struct fl_param *p;

		*equals = '\0';
		p = param_find(w, t);
		if (!p || param_parse(p, equals + 1, &l->units, &value, &e))
			return -EINVAL;
		param_set(p, l->run.params, value);
	}
	return 0;
}

static unsigned count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned nr = 0;

	while (d && readdir(d))
		nr++;
	if (d)
		closedir(d);
	return nr;
}

static int prepare_launch(struct launch *l, const char *row)
{
	struct error e = { 0 };
	char *text = strdup(row);
	char *params = text ? strchr(text, ' ') : NULL;
	const struct fl_workload *w;
	int err;

	if (!text)
		abort();
	if (params)
		*params++ = '\0';
	w = registry_find(text);
	memset(l, 0, sizeof(*l));
	l->units = units_of_machine();
	l->run.workload = w;
	l->run.harness = &harness;
	l->run.params = calloc(1, w->params_size);
	l->run.state = mmap(NULL, w->state_size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!l->run.params || l->run.state == MAP_FAILED)
		abort();

	err = param_defaults(w, &l->units, l->run.params, &e);
	if (!err && params)
		err = set_params(l, params);
	free(text);
	l->run.page_bytes = l->units.page_bytes;
	l->run.hpage_bytes = l->units.hpage_bytes;
	if (!err)
		l->run.max_ops = w->max_ops ? w->max_ops(l->run.params) : 1;
	l->run.deadline_ns = fl_clock_ns() + LIMIT_S * 1000000000ULL;
	return err;
}

/* Whether one can be had at all on this machine. */
static bool has_huge_pages(void)
{
	struct region r = { 0 };
	struct pagemap pm = { 0 };
	size_t nr = 0;

	if (!pagemap_open(&pm) &&
	    !region_init(&r, REGION_ANON_THP, region_pmd_bytes())) {
		region_write(&r, 0, r.bytes);
		(void)thp_count(&pm, &r, &nr);
	}
	region_finish(&r);
	pagemap_close(&pm);
	return nr == 1;
}

/* Return: whether the row is all right. */
static bool run_row(unsigned nr, const char *row)
{
	unsigned before = count_descriptors();
	struct launch l;
	int err = prepare_launch(&l, row);
	bool ok;

	if (strstr(row, "thp") && !has_huge_pages())
		err = fl_skip(&l.run, "no huge pages on this machine");
	if (!err)
		err = run_launch(&l);
	if (!err && count_descriptors() != before)
		err = fl_fail(&l.run, -EMFILE, "descriptors left behind");

	ok = !err || l.run.skipped || err == -EOPNOTSUPP;
	printf("%s %u %s%s%s\n", ok ? "ok" : "not ok", nr, row,
	       ok && err ? " # SKIP "
	       : err	 ? " # "
			 : "",
	       l.run.why);
	free(l.run.params);
	munmap(l.run.state, l.run.workload->state_size);
	return ok;
}

int main(void)
{
	unsigned nr_rows = sizeof(rows) / sizeof(*rows), bad = 0;
	struct uffd probe = { 0 };
	int err = uffd_open(&probe, &(struct uffd_options){ 0 });

	uffd_close(&probe);
	if (err) {
		printf("TAP version 13\n1..0 # SKIP no userfaultfd: %s\n",
		       strerror(-err));
		return 0;
	}

	/* A handler that never comes hangs the writer in the kernel. */
	alarm(LIMIT_S * 2);
	printf("TAP version 13\n1..%u\n", nr_rows);
	for (unsigned i = 0; i < nr_rows; i++)
		bad += !run_row(i + 1, rows[i]);
	return bad != 0;
}
