// SPDX-License-Identifier: GPL-2.0-only
#include "counters.h"

#include "counter_set.h"
#include "tracefs.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DTLB_LOAD_MISSES                                               \
	(PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_READ << 8 | \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

/* Events that may run in one group. */
enum family {
	SOFTWARE,
	HARDWARE,
	NR_FAMILIES
};

/* How much of an event is left when the kernel's part is denied. */
enum without_kernel {
	NOTHING, /* it happens in the kernel: counting would give 0 */
	A_PART,
	ALL, /* faults of user code are counted as user events */
};

static const struct row {
	const char *name;
	uint32_t type;
	uint64_t config;
	enum family family;
	enum without_kernel user;
	const char *filter; /* of tracefs_filter() */
} rows[] = {
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS,
	  SOFTWARE, ALL },
	{ "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN,
	  SOFTWARE, ALL },
	{ "context-switches", PERF_TYPE_SOFTWARE,
	  PERF_COUNT_SW_CONTEXT_SWITCHES, SOFTWARE, NOTHING },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, SOFTWARE,
	  A_PART },
	{ "exceptions:page_fault_user", PERF_TYPE_TRACEPOINT, 0, SOFTWARE,
	  NOTHING },
	{ "tlb:tlb_flush", PERF_TYPE_TRACEPOINT, 0, SOFTWARE, NOTHING },
	{ "tlb:tlb_flush/full", PERF_TYPE_TRACEPOINT, 0, SOFTWARE, NOTHING,
	  "pages == 0xffffffffffffffff && "
	  "reason != {flush on task switch} && "
	  "reason != {remote shootdown}" },
	{ "tlb:tlb_flush/local", PERF_TYPE_TRACEPOINT, 0, SOFTWARE, NOTHING,
	  "reason == {local shootdown} || reason == {local MM shootdown}" },
	{ "tlb:tlb_flush/send", PERF_TYPE_TRACEPOINT, 0, SOFTWARE, NOTHING,
	  "reason == {remote IPI send}" },
	{ "mmap_lock:mmap_lock_start_locking", PERF_TYPE_TRACEPOINT, 0,
	  SOFTWARE, NOTHING },
	{ "mmap_lock:mmap_lock_start_locking/write", PERF_TYPE_TRACEPOINT, 0,
	  SOFTWARE, NOTHING, "write == 1" },
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, HARDWARE,
	  A_PART },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
	  HARDWARE, A_PART },
	{ "dTLB-load-misses", PERF_TYPE_HW_CACHE, DTLB_LOAD_MISSES, HARDWARE,
	  A_PART },
};

enum {
	NR_ROWS = sizeof(rows) / sizeof(rows[0])
};

struct counters {
	size_t nr;
	struct counter counter[NR_ROWS];
	struct counter_value base[NR_ROWS]; /* at the last reset */
	const struct row *row[NR_ROWS];
	size_t place[NR_ROWS]; /* in its set */
	struct counter_set *set[NR_FAMILIES];
};

const char *counter_status_word(enum counter_status status)
{
	static const char *const words[] = {
		[COUNTER_OK] = "ok",
		[COUNTER_USER_ONLY] = "user-only",
		[COUNTER_UNSUPPORTED] = "unsupported",
		[COUNTER_DENIED] = "denied",
		[COUNTER_BUSY] = "busy",
		[COUNTER_INVALID] = "invalid",
		[COUNTER_ABSENT] = "absent",
	};

	return words[status];
}

static void settle(struct counter *c, enum counter_status status,
		   const char *why)
{
	c->status = status;
	snprintf(c->why, sizeof(c->why), "%s", why);
}

static void settle_by_errno(struct counter *c, int err)
{
	switch (-err) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		settle(c, COUNTER_UNSUPPORTED,
		       "neither the kernel nor the CPU has this event here");
		break;
	case EACCES:
	case EPERM:
		settle(c, COUNTER_DENIED,
		       "perf_event_paranoid denies it to this user");
		break;
	case EBUSY:
		settle(c, COUNTER_BUSY, "somebody else holds the counter");
		break;
	case ENOSYS:
		settle(c, COUNTER_UNSUPPORTED, "the kernel has no perf events");
		break;
	default:
		settle(c, COUNTER_INVALID, strerror(-err));
		break;
	}
}

static bool is_denied(int err)
{
	return err == -EACCES || err == -EPERM;
}

static void open_event(struct counters *c, size_t i,
		       struct counter_event *event)
{
	struct counter_set *set = c->set[c->row[i]->family];
	int place = counter_set_add(set, event);

	if (is_denied(place) && c->row[i]->user != NOTHING) {
		event->user_only = true;
		place = counter_set_add(set, event);
		if (place >= 0)
			settle(&c->counter[i], COUNTER_USER_ONLY,
			       "the kernel's part is denied to this user");
	}
	if (place < 0)
		settle_by_errno(&c->counter[i], place);
	else
		c->place[i] = (size_t)place;
}

/* Return: whether the event can be tried at all. */
static bool find_tracepoint(struct counter *counter, int tracefs,
			    uint64_t *ret_id)
{
	int err = tracefs < 0 ? tracefs
			      : tracefs_id(tracefs, counter->name, ret_id);

	if (err == -EACCES)
		settle(counter, COUNTER_DENIED,
		       "tracefs is closed to this user");
	else if (err && tracefs < 0)
		settle(counter, COUNTER_ABSENT, "there is no tracefs");
	else if (err)
		settle(counter, COUNTER_ABSENT,
		       "the kernel has no such tracepoint");
	return !err;
}

static void refuse_filter(struct counter *counter, int err)
{
	counter->status = COUNTER_UNSUPPORTED;
	snprintf(counter->why, sizeof(counter->why),
		 "the kernel refuses its filter: %s", strerror(-err));
}

/* An event that counts more than its name says does not count at all. */
static void filter_event(struct counters *c, size_t i, int tracefs)
{
	const struct row *row = c->row[i];
	char filter[128];
	int err;

	if (c->counter[i].status != COUNTER_OK)
		return;

	err = tracefs_filter(tracefs, row->name, row->filter, filter,
			     sizeof(filter));
	if (err == -EACCES) {
		settle(&c->counter[i], COUNTER_DENIED,
		       "the tracepoint's format is closed to this user");
		return;
	}
	if (err) {
		settle(&c->counter[i], COUNTER_UNSUPPORTED,
		       "the tracepoint's format does not list such flushes");
		return;
	}
	err = counter_set_filter(c->set[row->family], c->place[i], filter);
	if (err)
		refuse_filter(&c->counter[i], err);
}

static void open_row(struct counters *c, const struct row *row, int tracefs)
{
	struct counter_event event = { .type = row->type,
				       .config = row->config };
	size_t i = c->nr++;

	c->row[i] = row;
	c->counter[i].name = row->name;
	c->counter[i].user_suffices = row->user == ALL;
	if (row->type != PERF_TYPE_TRACEPOINT ||
	    find_tracepoint(&c->counter[i], tracefs, &event.config))
		open_event(c, i, &event);
	if (row->filter)
		filter_event(c, i, tracefs);
}

static int read_event(struct counters *c, size_t i, struct counter_value *ret)
{
	return counter_set_read(c->set[c->row[i]->family], c->place[i], ret);
}

/* A page that was written becomes read-only: the CPU must forget its entry. */
static void flush_once(void)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	*(volatile char *)page = 1;
	mprotect(page, bytes, PROT_READ);
	munmap(page, bytes);
}

/*
 * Every kernel has tlb:tlb_flush, but only x86 calls it (arch/x86/mm/tlb.c,
 * read in 6.12): elsewhere its 0 would say that nothing is flushed.
 */
static void check_flushes(struct counters *c)
{
	struct counter_value v;
	size_t i = 0;

	while (i < c->nr && strcmp(c->counter[i].name, "tlb:tlb_flush") != 0)
		i++;
	if (i == c->nr || c->counter[i].status != COUNTER_OK)
		return;

	counter_set_enable(c->set[SOFTWARE]);
	flush_once();
	counter_set_disable(c->set[SOFTWARE]);
	if (read_event(c, i, &v) || v.value)
		return;
	for (i = 0; i < c->nr; i++)
		if (!strncmp(c->counter[i].name, "tlb:", 4) &&
		    c->counter[i].status == COUNTER_OK)
			settle(&c->counter[i], COUNTER_ABSENT,
			       "this architecture does not report its flushes");
}

bool counters_is_tracepoint(const char *name)
{
	return strchr(name, ':') != NULL;
}

int counters_new(bool tracepoints, struct counters **ret_counters)
{
	struct counters *c = calloc(1, sizeof(*c));
	int tracefs;

	if (!c)
		return -ENOMEM;

	for (unsigned f = 0; f < NR_FAMILIES; f++) {
		c->set[f] = counter_set_new();
		if (!c->set[f]) {
			counters_free(c);
			return -ENOMEM;
		}
	}
	tracefs = tracepoints ? tracefs_open() : -ENOENT;
	for (size_t i = 0; i < NR_ROWS; i++)
		if (tracepoints || rows[i].type != PERF_TYPE_TRACEPOINT)
			open_row(c, &rows[i], tracefs);
	if (tracefs >= 0)
		close(tracefs);
	check_flushes(c);
	*ret_counters = c;
	return 0;
}

void counters_free(struct counters *c)
{
	for (unsigned f = 0; c && f < NR_FAMILIES; f++)
		counter_set_free(c->set[f]);
	free(c);
}

void counters_reset(struct counters *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		int err = 0;

		if (counter_has_value(&c->counter[i]))
			err = read_event(c, i, &c->base[i]);
		if (err)
			settle_by_errno(&c->counter[i], err);
	}
}

/* The software group stands inside: it does not see the other's calls. */
void counters_enable(struct counters *c)
{
	if (counter_set_nr(c->set[HARDWARE]))
		counter_set_enable(c->set[HARDWARE]);
	if (counter_set_nr(c->set[SOFTWARE]))
		counter_set_enable(c->set[SOFTWARE]);
}

void counters_disable(struct counters *c)
{
	if (counter_set_nr(c->set[SOFTWARE]))
		counter_set_disable(c->set[SOFTWARE]);
	if (counter_set_nr(c->set[HARDWARE]))
		counter_set_disable(c->set[HARDWARE]);
}

static void collect_one(struct counters *c, size_t i)
{
	const struct counter_value *base = &c->base[i];
	struct counter *counter = &c->counter[i];
	struct counter_value v;
	int err;

	if (!counter_has_value(counter))
		return;

	err = read_event(c, i, &v);
	if (err) {
		settle_by_errno(counter, err);
		return;
	}
	if (v.running_ns == base->running_ns) {
		settle(counter, COUNTER_BUSY, "it never got a counter");
		return;
	}
	counter->value = v.value - base->value;
	counter->enabled_ns = v.enabled_ns - base->enabled_ns;
	counter->running_ns = v.running_ns - base->running_ns;
}

void counters_collect(struct counters *c)
{
	for (size_t i = 0; i < c->nr; i++)
		collect_one(c, i);
}

size_t counters_nr(const struct counters *c)
{
	return c->nr;
}

const struct counter *counters_at(const struct counters *c, size_t i)
{
	return &c->counter[i];
}
