// SPDX-License-Identifier: GPL-2.0-only
/*
 * uffd_wp: write-protecting memory with userfaultfd.
 *
 * Path: userfaultfd_writeprotect() -> mwriteprotect_range() ->
 * change_protection() and the TLB flush at its end (fs/userfaultfd.c,
 * mm/userfaultfd.c, mm/mprotect.c; read in 6.12).  What a write to such memory
 * costs is wp_roundtrip.
 *
 * Each op of a batch has a slot of the region to itself, so no op finds what
 * another left.  prepare() makes the state that an arm starts from: pages
 * there, writable, dirty, in the TLB of this CPU, and then protected where the
 * arm wants it.  Huge pages are counted before each batch, and made anew where
 * an op that does not cover them whole has split them.
 *
 * The controls take out one thing at a time.  A range that is protected
 * already costs call and walk but no flush; page tables without pages leave
 * the walk of empty entries.  Hugetlb memory has none without a flush: see the
 * expectations.
 */
#include "lib/region.h"
#include "lib/wp_area.h"
#include "lib/wp_slots.h"

enum {
	WHAT_PROTECT,
	WHAT_UNPROTECT,
	WHAT_PAIR
};

enum {
	ARM_PROTECT,
	ARM_ALREADY_PROTECTED,
	ARM_EMPTY,
	ARM_UNPROTECT,
	ARM_ALREADY_UNPROTECTED,
	ARM_PAIR,
};

struct uffd_wp_params {
	uint64_t what;
	uint64_t range;
	uint64_t backing;
	uint64_t populated;
	uint64_t align;
	uint64_t remote;
};

struct uffd_wp {
	struct wp_area area;
	struct region empty; /* registered too: page tables and no pages */
};

static struct region_slots_spec slots_spec(const struct uffd_wp_params *p)
{
	return wp_slots_spec(p->backing, p->align, p->range);
}

static uint64_t uffd_wp_max_ops(const void *params)
{
	struct region_slots_spec spec = slots_spec(params);

	return wp_slots_nr(&spec);
}

static uint64_t uffd_wp_pool(const void *params)
{
	struct region_slots_spec spec = slots_spec(params);

	return wp_area_pool_pages(&spec);
}

/* The area, and the page tables of the other region. */
static uint64_t uffd_wp_memory(const void *params)
{
	struct region_slots_spec spec = slots_spec(params);

	return wp_slots_bytes(&spec) + wp_slots_table_bytes(&spec);
}

static bool has_empty(const struct uffd_wp_params *p)
{
	return p->what == WHAT_PROTECT && p->backing == REGION_ANON_4K &&
	       p->populated;
}

static int add_empty(struct fl_run *run)
{
	struct uffd_wp *s = fl_state(run);
	int err = region_init(&s->empty, REGION_ANON_4K, s->area.region.bytes);

	if (!err)
		err = uffd_register(&s->area.uffd, s->empty.base,
				    s->empty.bytes, UFFDIO_REGISTER_MODE_WP);
	if (!err)
		err = region_make_tables(&s->empty);
	return err ? fl_fail(run, err, "making page tables without pages") : 0;
}

static int uffd_wp_setup(struct fl_run *run)
{
	const struct uffd_wp_params *p = fl_params(run);
	struct uffd_wp *s = fl_state(run);
	struct wp_area_spec spec = { .slots = slots_spec(p),
				     .populated = p->populated };
	int err = wp_area_init(run, &s->area, &spec);

	return !err && has_empty(p) ? add_empty(run) : err;
}

static void uffd_wp_teardown(struct fl_run *run)
{
	struct uffd_wp *s = fl_state(run);

	wp_area_finish(&s->area);
	region_finish(&s->empty);
}

/* The state that an arm's ops start from. */
static int uffd_wp_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct uffd_wp *s = fl_state(run);
	unsigned arm = fl_thread_arm(th);
	int err;

	if (arm == ARM_EMPTY)
		return 0;

	err = wp_area_clean(run, &s->area, nops);
	if (!err && (arm == ARM_UNPROTECT || arm == ARM_ALREADY_UNPROTECTED))
		err = wp_area_protect(run, &s->area, nops);
	if (!err && arm == ARM_ALREADY_PROTECTED)
		err = wp_area_call(run, &s->area, nops, uffd_protect);
	if (!err && arm == ARM_ALREADY_UNPROTECTED)
		err = wp_area_call(run, &s->area, nops, uffd_unprotect);
	return err;
}

static int uffd_wp_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct uffd_wp *s = fl_state(run);

	switch (fl_thread_arm(th)) {
	case ARM_PROTECT:
	case ARM_ALREADY_PROTECTED:
		return wp_area_call(run, &s->area, nops, uffd_protect);
	case ARM_EMPTY:
		return wp_area_call_in(run, &s->area, &s->empty, nops,
				       uffd_protect);
	case ARM_UNPROTECT:
	case ARM_ALREADY_UNPROTECTED:
		return wp_area_call(run, &s->area, nops, uffd_unprotect);
	default:
		return wp_area_call(run, &s->area, nops, uffd_pair);
	}
}

static int check_empty(struct fl_run *run)
{
	struct uffd_wp *s = fl_state(run);
	uint64_t entry;
	int err = pagemap_entry(&s->area.pagemap,
				s->empty.base + s->area.slots.first, &entry);

	if (!err && entry & (PAGEMAP_PRESENT | PAGEMAP_UFFD_WP))
		err = -EPROTO;
	return err ? fl_fail(run, err, "empty memory must stay empty") : 0;
}

static int uffd_wp_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct uffd_wp *s = fl_state(run);
	unsigned arm = fl_thread_arm(th);

	if (arm == ARM_EMPTY)
		return check_empty(run);

	return wp_area_check(th, &s->area, nops,
			     arm == ARM_PROTECT ||
				     arm == ARM_ALREADY_PROTECTED);
}

static uint64_t remote_count(const void *params)
{
	return ((const struct uffd_wp_params *)params)->remote;
}

static int spinner_step(struct fl_thread *th)
{
	struct uffd_wp *s = fl_state(fl_thread_run(th));

	wp_area_read(&s->area);
	return 1;
}

static const char *const what_names[] = {
	[WHAT_PROTECT] = "protect",
	[WHAT_UNPROTECT] = "unprotect",
	[WHAT_PAIR] = "pair",
	NULL,
};

static const struct fl_param uffd_wp_params[] = {
	FL_PARAM_ENUM(struct uffd_wp_params, what, what_names, "protect",
		      "what an op is; pair: protect, then unprotect"),
	WP_SLOTS_PARAMS(struct uffd_wp_params),
	FL_PARAM_U64(struct uffd_wp_params, remote, "0", 0, 1024, "threads",
		     "other CPUs that read the pages in user space"),
	{ 0 },
};

static const struct fl_arm uffd_wp_arms[] = {
	[ARM_PROTECT] = { .name = "protect",
			  .when = "what=protect",
			  .differs = "the call on writable, dirty pages",
			  .why = "call, walk, page table writes and TLB flush" },
	[ARM_ALREADY_PROTECTED] = { .name = "already-protected",
				    .reference = "protect",
				    .when = "what=protect",
				    .needs = FL_FEATURE_REWP_NO_FLUSH,
				    .differs = "the same call a second time",
				    .why = "call and walk, and no flush" },
	[ARM_EMPTY] = { .name = "empty",
			.reference = "protect",
			.when = "what=protect backing=anon-4k populated=yes",
			.differs = "page tables without pages",
			.why = "call and walk of empty entries" },
	[ARM_UNPROTECT] = { .name = "unprotect",
			    .when = "what=unprotect",
			    .differs = "the call, mode 0, on protected pages",
			    .why = "call and walk; since 6.2 a flush if anonymous" },
	[ARM_ALREADY_UNPROTECTED] = { .name = "already-unprotected",
				      .reference = "unprotect",
				      .when = "what=unprotect",
				      .needs = FL_FEATURE_REWP_NO_FLUSH,
				      .differs = "the same call a second time",
				      .why = "call and walk, and no flush" },
	[ARM_PAIR] = { .name = "pair",
		       .when = "what=pair",
		       .differs = "protect, then unprotect, of the same pages",
		       .why = "the least noise: an op leaves what it found" },
	{ 0 },
};

static const struct fl_metric uffd_wp_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of an op" },
	{ 0 },
};

static const struct fl_need uffd_wp_needs[] = {
	WP_AREA_NEEDS,
	{ FL_FEATURE_WP_UNPOPULATED,
	  "populated=no backing!=shmem backing!=hugetlb" },
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ 0 },
};

static const struct fl_system uffd_wp_system[] = {
	WP_AREA_POOL(uffd_wp_pool),
	{ 0 },
};

/*
 * The tracepoint knows nothing of flushes that the hardware broadcasts, which
 * the kernel uses for address spaces on more than three CPUs; hence the limit
 * on remote.  Whether unprotecting flushes depends on the kernel.  Of hugetlb
 * memory the whole range is flushed whatever was found in it
 * (hugetlb_change_protection(), mm/hugetlb.c, seen on 6.18): there the second
 * call is no control without a flush.
 */
static const struct fl_expect uffd_wp_expects[] = {
	{ "page-faults", NULL, NULL, FL_EXACTLY, 0, 0.01 },
	{ "tlb:tlb_flush", "protect", "what=protect populated=yes remote<3",
	  FL_AT_LEAST, 1, 0.05 },
	{ "tlb:tlb_flush", "pair", "what=pair populated=yes remote<3",
	  FL_AT_LEAST, 1, 0.05 },
	{ "tlb:tlb_flush", "already-protected", "what=protect backing!=hugetlb",
	  FL_EXACTLY, 0, 0.05 },
	{ "tlb:tlb_flush", "empty", "what=protect", FL_EXACTLY, 0, 0.05 },
	{ "tlb:tlb_flush", "already-unprotected",
	  "what=unprotect backing!=hugetlb", FL_EXACTLY, 0, 0.05 },
	{ 0 },
};

static const struct fl_role uffd_wp_roles[] = {
	{ .name = "spinner",
	  .when = "remote>0",
	  .kind = FL_ROLE_THREAD,
	  .count = remote_count,
	  .step = spinner_step,
	  .gates = true },
	{ 0 },
};

FL_DEFINE_WORKLOAD(uffd_wp) = {
	.name = "uffd_wp",
	.summary = "write-protecting memory with userfaultfd",
	.kernel_path = "mwriteprotect_range(), mm/userfaultfd.c; "
		       "change_protection(), mm/mprotect.c (6.12)",
	.source = "linux-mm, 2020-12: userfaultfd write-protection and memory "
		  "corruption by a deferred TLB flush",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct uffd_wp_params),
	.state_size = sizeof(struct uffd_wp),
	.params = uffd_wp_params,
	.arms = uffd_wp_arms,
	.metrics = uffd_wp_metrics,
	.needs = uffd_wp_needs,
	.system = uffd_wp_system,
	.expects = uffd_wp_expects,
	.roles = uffd_wp_roles,
	.max_ops = uffd_wp_max_ops,
	.memory = uffd_wp_memory,
	.setup = uffd_wp_setup,
	.prepare = uffd_wp_prepare,
	.op = uffd_wp_op,
	.check = uffd_wp_check,
	.teardown = uffd_wp_teardown,
};
