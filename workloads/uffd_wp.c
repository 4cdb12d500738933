// SPDX-License-Identifier: GPL-2.0-only
/*
 * uffd_wp: write-protecting memory with userfaultfd.
 *
 * Path: userfaultfd_writeprotect() -> mwriteprotect_range() ->
 * change_protection() and the TLB flush at its end; for the round trip also
 * do_wp_page() -> handle_userfault() (fs/userfaultfd.c, mm/userfaultfd.c,
 * mm/mprotect.c, mm/memory.c; read in 6.12).
 *
 * Each op of a batch has a slot of the region to itself, so no op finds what
 * another left.  prepare() makes the state that an arm starts from: pages
 * there, writable, dirty, in the TLB of this CPU, and then protected where the
 * arm wants it.  Huge pages are counted before each batch, and made anew where
 * an op that does not cover them whole has split them.
 *
 * The controls take out one thing at a time.  A range that is protected
 * already costs call and walk but no flush; page tables without pages leave
 * the walk of empty entries; a first touch is a fault that no user space sees.
 * Hugetlb memory has none without a flush: see the expectations.
 *
 * The round trip takes two stamps an op (some 50 ns) in the timed region.
 */
#include "lib/region.h"
#include "lib/roundtrip.h"
#include "lib/wp_area.h"

#include <unistd.h>

enum {
	WHAT_PROTECT,
	WHAT_UNPROTECT,
	WHAT_ROUNDTRIP,
	WHAT_PAIR
};

enum {
	CPU_SAME,
	CPU_OTHER
};

enum {
	ARM_PROTECT,
	ARM_ALREADY_PROTECTED,
	ARM_EMPTY,
	ARM_UNPROTECT,
	ARM_ALREADY_UNPROTECTED,
	ARM_PAIR,
	ARM_ROUNDTRIP,
	ARM_FIRST_TOUCH,
};

enum {
	METRIC_LATENCY,
	METRIC_ROUNDTRIP,
	METRIC_DELIVER,
	METRIC_RESOLVE,
	METRIC_RESUME,
};

enum {
	MAX_OPS = 1024,
	/* Of memory for a batch, unless one op needs more. */
	MAX_BYTES = 64 << 20,
	MAX_SPLIT_BYTES = 16 << 20, /* of huge pages to be made anew */
};

struct uffd_wp_params {
	uint64_t what;
	uint64_t range;
	uint64_t backing;
	uint64_t populated;
	uint64_t align;
	uint64_t remote;
	uint64_t handler;
	uint64_t handler_cpu;
};

struct uffd_wp {
	struct wp_area area;
	struct region empty; /* registered too: page tables and no pages */
	struct roundtrip roundtrip;
};

static bool splits(const struct uffd_wp_params *p)
{
	return p->backing == REGION_ANON_THP &&
	       (p->align == REGION_ALIGN_CROSS ||
		p->range % region_pmd_bytes());
}

static struct wp_area_spec area_spec(const struct uffd_wp_params *p)
{
	return (struct wp_area_spec){
		.slots = { .backing = (enum region_backing)p->backing,
			   .align = (enum region_align)p->align,
			   .len = p->range,
			   .max_bytes = splits(p) ? MAX_SPLIT_BYTES : MAX_BYTES,
			   .max_nr = MAX_OPS },
		.populated = p->populated,
		.blocking = p->what == WHAT_ROUNDTRIP &&
			    p->handler == FAULT_HANDLER_BLOCK,
	};
}

static uint64_t uffd_wp_max_ops(const void *params)
{
	struct wp_area_spec spec = area_spec(params);

	return wp_area_slots(&spec.slots).nr;
}

static uint64_t uffd_wp_pool(const void *params)
{
	struct wp_area_spec spec = area_spec(params);

	return wp_area_pool_pages(&spec.slots);
}

static uint64_t uffd_wp_memory(const void *params)
{
	const struct uffd_wp_params *p = params;
	struct wp_area_spec spec = area_spec(p);
	struct region_slots slots = wp_area_slots(&spec.slots);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t span = region_slots_span(&slots, slots.nr);
	size_t tables = span / region_pmd_bytes() + 1;
	size_t bytes = p->backing == REGION_ANON_THP ? span
						     : slots.nr * slots.len;

	/* The pool's pages are no available memory any more. */
	if (p->backing == REGION_HUGETLB)
		bytes = 0;
	if (p->what == WHAT_ROUNDTRIP)
		bytes += slots.nr * roundtrip_op_bytes(page);
	/* The page tables of two regions, and a page for each meanwhile. */
	return bytes + 4 * tables * page;
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
	struct wp_area_spec spec = area_spec(p);
	int err = wp_area_init(run, &s->area, &spec);

	if (!err && has_empty(p))
		err = add_empty(run);
	if (!err && p->what == WHAT_ROUNDTRIP)
		err = roundtrip_init(run, &s->roundtrip, &s->area,
				     (enum fault_handler_how)p->handler);
	return err;
}

static void uffd_wp_teardown(struct fl_run *run)
{
	struct uffd_wp *s = fl_state(run);

	roundtrip_finish(&s->roundtrip);
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
	if (arm == ARM_ROUNDTRIP || arm == ARM_FIRST_TOUCH)
		return roundtrip_prepare(run, &s->roundtrip, nops,
					 arm == ARM_ROUNDTRIP);

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
	case ARM_PAIR:
		return wp_area_call(run, &s->area, nops, uffd_pair);
	case ARM_ROUNDTRIP:
		roundtrip_store(&s->roundtrip, nops, true);
		return 0;
	default:
		roundtrip_store(&s->roundtrip, nops, false);
		return 0;
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

	switch (arm) {
	case ARM_EMPTY:
		return check_empty(run);
	case ARM_ROUNDTRIP:
		return roundtrip_check(th, &s->roundtrip, nops,
				       METRIC_ROUNDTRIP);
	case ARM_FIRST_TOUCH:
		return roundtrip_check_control(th, &s->roundtrip, nops,
					       METRIC_ROUNDTRIP);
	default:
		return wp_area_check(th, &s->area, nops,
				     arm == ARM_PROTECT ||
					     arm == ARM_ALREADY_PROTECTED);
	}
}

static uint64_t remote_count(const void *params)
{
	return ((const struct uffd_wp_params *)params)->remote;
}

static bool handler_on_same_cpu(const void *params)
{
	const struct uffd_wp_params *p = params;

	return p->handler_cpu == CPU_SAME;
}

static int handler_enter(struct fl_thread *th)
{
	struct uffd_wp *s = fl_state(fl_thread_run(th));

	return roundtrip_enter(fl_thread_run(th), &s->roundtrip);
}

static int handler_step(struct fl_thread *th)
{
	struct uffd_wp *s = fl_state(fl_thread_run(th));

	return roundtrip_step(fl_thread_run(th), &s->roundtrip);
}

static void handler_wake(struct fl_thread *th)
{
	struct uffd_wp *s = fl_state(fl_thread_run(th));

	fault_handler_wake(&s->roundtrip.handler);
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
	[WHAT_ROUNDTRIP] = "roundtrip",
	[WHAT_PAIR] = "pair",
	NULL,
};

static const char *const cpu_names[] = {
	[CPU_SAME] = "same",
	[CPU_OTHER] = "other",
	NULL,
};

static const struct fl_param uffd_wp_params[] = {
	FL_PARAM_ENUM(struct uffd_wp_params, what, what_names, "protect",
		      "what an op is; pair: protect, then unprotect"),
	FL_PARAM_SIZE(struct uffd_wp_params, range, "page", 4096, 1 << 30,
		      "bytes protected or unprotected by one call"),
	FL_PARAM_ENUM(struct uffd_wp_params, backing, region_backing_names,
		      "anon-4k", "kind of memory"),
	FL_PARAM_BOOL(struct uffd_wp_params, populated, "yes",
		      "the pages are there; no: page tables alone"),
	FL_PARAM_ENUM(struct uffd_wp_params, align, region_align_names, "hpage",
		      "the range begins on a huge page's boundary or in as few "
		      "page tables as can be, or has a boundary inside"),
	FL_PARAM_U64(struct uffd_wp_params, remote, "0", 0, 1024, "threads",
		     "other CPUs that read the pages in user space"),
	FL_PARAM_ENUM(struct uffd_wp_params, handler, fault_handler_names,
		      "poll", "how the fault handler waits",
		      .when = "what=roundtrip"),
	FL_PARAM_ENUM(struct uffd_wp_params, handler_cpu, cpu_names, "other",
		      "where the fault handler runs", .when = "what=roundtrip"),
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
	[ARM_ROUNDTRIP] = { .name = "roundtrip",
			    .when = "what=roundtrip",
			    .switches = 1,
			    .differs = "a write to a protected page",
			    .why = "fault, event, ioctl and wake-up" },
	[ARM_FIRST_TOUCH] = { .name = "first-touch",
			      .reference = "roundtrip",
			      .when = "what=roundtrip",
			      .differs = "a write to memory without a page, "
					 "which is not registered",
			      .why = "a fault that the kernel resolves alone" },
	{ 0 },
};

#define LATENCY(name_, when_, help_)                                      \
	{                                                                 \
		.name = (name_), .unit = "ns", .better = FL_BETTER_LOWER, \
		.kind = FL_KIND_LATENCY, .when = (when_), .help = (help_) \
	}

static const struct fl_metric uffd_wp_metrics[] = {
	[METRIC_LATENCY] = LATENCY("latency", NULL, "time of an op"),
	[METRIC_ROUNDTRIP] = LATENCY("roundtrip", "what=roundtrip",
				     "store to next instruction, one op"),
	[METRIC_DELIVER] = LATENCY("deliver", "what=roundtrip",
				   "store to event read by the handler"),
	[METRIC_RESOLVE] = LATENCY("resolve", "what=roundtrip",
				   "event read to the return of the ioctl, or "
				   "to the resume if that is earlier"),
	[METRIC_RESUME] = LATENCY("resume", "what=roundtrip",
				  "return of the ioctl to the writer's next "
				  "instruction, 0 if that is earlier"),
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
	{ "page-faults", NULL, "what!=roundtrip", FL_EXACTLY, 0, 0.01 },
	{ "tlb:tlb_flush", "protect", "what=protect populated=yes remote<3",
	  FL_AT_LEAST, 1, 0.05 },
	{ "tlb:tlb_flush", "pair", "what=pair populated=yes remote<3",
	  FL_AT_LEAST, 1, 0.05 },
	{ "tlb:tlb_flush", "already-protected", "what=protect backing!=hugetlb",
	  FL_EXACTLY, 0, 0.05 },
	{ "tlb:tlb_flush", "empty", "what=protect", FL_EXACTLY, 0, 0.05 },
	{ "tlb:tlb_flush", "already-unprotected",
	  "what=unprotect backing!=hugetlb", FL_EXACTLY, 0, 0.05 },
	{ "exceptions:page_fault_user", "roundtrip",
	  "what=roundtrip populated=yes", FL_EXACTLY, 1, 0.05 },
	{ "exceptions:page_fault_user", "roundtrip",
	  "what=roundtrip populated=no", FL_EXACTLY, 2, 0.05 },
	{ "exceptions:page_fault_user", "first-touch", "what=roundtrip",
	  FL_EXACTLY, 1, 0.05 },
	{ 0 },
};

static const struct fl_role uffd_wp_roles[] = {
	{ .name = "handler",
	  .when = "what=roundtrip",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = handler_on_same_cpu,
	  .enter = handler_enter,
	  .step = handler_step,
	  .wake = handler_wake,
	  .switches = 1 },
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
		       "handle_userfault(), fs/userfaultfd.c (6.12)",
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
