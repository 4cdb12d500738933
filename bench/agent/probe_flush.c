// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether UFFDIO_WRITEPROTECT of pages that are protected already flushes the
 * TLB.  Linux 5.10 does; in 6.1 tlb_flush_pte_range() is called only for an
 * entry that pte_needs_flush() (arch/x86/include/asm/tlbflush.h) says changed.
 * It decides which control a measurement of protect may use.
 *
 * Flushes are counted by the tracepoint tlb:tlb_flush, or, where that is not
 * allowed, by the interrupts that reach another CPU that runs a thread of this
 * process.  Both are tried first on protections that must flush: where those
 * are not seen, nothing can be said about the others.
 */
#include "guard.h"
#include "probe.h"
#include "probe_try.h"
#include "system_counts.h"
#include "tracefs.h"

#include "workloads/lib/uffd.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
	ROUNDS = 64,
	MANY = ROUNDS / 2, /* flushes of so many rounds are one each */
	FEW = ROUNDS / 8,  /* so few come from elsewhere */
	TRIES = 3,
	GATE_LIMIT_MS = 50,
	MAX_CPUS = 8192,
};

struct area {
	struct uffd uffd;
	char *page;
	size_t len;
};

/* Reads the counter of flushes; the difference of two readings is used. */
struct eye {
	int perf_fd;	       /* -1: by interrupts */
	atomic_ulong progress; /* of the other thread */
	atomic_bool stop;
	unsigned cpu;
};

static enum fl_feature_state make_area(struct area *a, char *why)
{
	const struct uffd_options options = {
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP
	};
	int err = uffd_open(&a->uffd, &options);

	if (err == -EOPNOTSUPP)
		return probe_say(FL_FEATURE_NO, why,
				 "userfaultfd cannot write-protect here");
	if (err)
		return probe_errno(err, why, "userfaultfd");

	a->len = (size_t)sysconf(_SC_PAGESIZE);
	a->page = probe_map(a->len);
	if (!a->page)
		return probe_errno(errno, why, "mmap");

	*(volatile char *)a->page = 1;
	err = uffd_register(&a->uffd, a->page, a->len, UFFDIO_REGISTER_MODE_WP);
	return err ? probe_errno(err, why, "UFFDIO_REGISTER") : FL_FEATURE_YES;
}

static uint64_t look(const struct eye *eye)
{
	struct system_counts now;
	uint64_t count = 0;

	if (eye->perf_fd >= 0)
		return read(eye->perf_fd, &count, sizeof(count)) ==
				       sizeof(count)
			       ? count
			       : 0;

	system_counts_read(&now);
	return now.value[0];
}

/* Waits until the other CPU ran our thread just now. */
static void gate(struct eye *eye)
{
	unsigned long seen = atomic_load(&eye->progress);
	struct timespec start, now;

	if (eye->perf_fd >= 0)
		return;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (atomic_load(&eye->progress) == seen &&
		 (now.tv_sec - start.tv_sec) * 1000 +
				 (now.tv_nsec - start.tv_nsec) / 1000000 <
			 GATE_LIMIT_MS);
}

static void perf_switch(const struct eye *eye, unsigned long request)
{
	if (eye->perf_fd >= 0)
		ioctl(eye->perf_fd, request, 0);
}

/* Flushes of ROUNDS calls; each of them must flush if @fresh. */
static uint64_t count_flushes(struct area *a, struct eye *eye, bool fresh)
{
	uint64_t before = look(eye);

	for (int i = 0; i < ROUNDS; i++) {
		if (fresh) {
			uffd_unprotect(&a->uffd, a->page, a->len);
			*(volatile char *)a->page = 1;
		}
		gate(eye);
		perf_switch(eye, PERF_EVENT_IOC_ENABLE);
		uffd_protect(&a->uffd, a->page, a->len);
		perf_switch(eye, PERF_EVENT_IOC_DISABLE);
	}
	return look(eye) - before;
}

static enum fl_feature_state judge(struct area *a, struct eye *eye, char *why)
{
	uint64_t fresh = 0, again = 0;

	for (int i = 0; i < TRIES; i++) {
		fresh = count_flushes(a, eye, true);
		again = count_flushes(a, eye, false);
		if (fresh >= MANY && again < FEW)
			return FL_FEATURE_YES;
	}

	if (fresh < MANY)
		return probe_say(FL_FEATURE_FAILED, why,
				 "could not be seen: %d protections that must "
				 "flush showed %llu flushes",
				 ROUNDS, (unsigned long long)fresh);
	if (again < MANY)
		return probe_say(
			FL_FEATURE_FAILED, why,
			"could not be seen: %d repeated protections "
			"showed %llu flushes, neither few nor one each",
			ROUNDS, (unsigned long long)again);

	return probe_say(FL_FEATURE_NO, why,
			 "%d repeated protections flushed %llu times", ROUNDS,
			 (unsigned long long)again);
}

static int open_tracepoint(void)
{
	int tracefs = tracefs_open(), err;
	uint64_t id;

	if (tracefs < 0)
		return -1;

	err = tracefs_id(tracefs, "tlb:tlb_flush", &id);
	close(tracefs);
	return err ? -1 : probe_perf_open(PERF_TYPE_TRACEPOINT, id);
}

static void *spin(void *arg)
{
	struct eye *eye = arg;

	(void)guard_pin(eye->cpu);
	while (!atomic_load_explicit(&eye->stop, memory_order_relaxed))
		atomic_fetch_add_explicit(&eye->progress, 1,
					  memory_order_relaxed);
	return NULL;
}

static void find_two(const cpu_set_t *set, size_t bytes, unsigned *cpus,
		     unsigned *ret_nr)
{
	for (unsigned cpu = 0; cpu < MAX_CPUS && *ret_nr < 2; cpu++)
		if (CPU_ISSET_S(cpu, bytes, set))
			cpus[(*ret_nr)++] = cpu;
}

/* A launch is bound to one CPU; the probe's child may use all of the group. */
static bool two_cpus(unsigned *ret_mine, unsigned *ret_other)
{
	size_t bytes = CPU_ALLOC_SIZE(MAX_CPUS);
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	unsigned cpus[2], nr = 0;

	if (!set)
		return false;

	memset(set, 0xff, bytes);
	sched_setaffinity(0, bytes, set);
	if (sched_getaffinity(0, bytes, set) == 0)
		find_two(set, bytes, cpus, &nr);
	CPU_FREE(set);
	if (nr < 2)
		return false;

	*ret_mine = cpus[0];
	*ret_other = cpus[1];
	return true;
}

static enum fl_feature_state by_interrupts(struct area *a, struct eye *eye,
					   char *why)
{
	enum fl_feature_state state;
	struct system_counts now;
	pthread_t thread;
	unsigned mine;

	system_counts_read(&now);
	if (!now.present[0])
		return probe_say(FL_FEATURE_FAILED, why,
				 "could not be seen: no tracepoint "
				 "tlb:tlb_flush for this user, and no row TLB "
				 "in /proc/interrupts");

	if (!two_cpus(&mine, &eye->cpu))
		return probe_say(FL_FEATURE_FAILED, why,
				 "could not be seen: no tracepoint "
				 "tlb:tlb_flush for this user, and no second "
				 "CPU that a flush would interrupt");

	(void)guard_pin(mine);
	if (pthread_create(&thread, NULL, spin, eye))
		return probe_say(FL_FEATURE_FAILED, why, "no thread");

	state = judge(a, eye, why);
	atomic_store(&eye->stop, true);
	pthread_join(thread, NULL);
	return state;
}

PROBE_TRY(rewp_no_flush)
{
	struct eye eye = { .perf_fd = -1 };
	struct area a = { 0 };
	enum fl_feature_state state = make_area(&a, why);

	(void)bytes;
	if (state != FL_FEATURE_YES)
		return state;

	eye.perf_fd = open_tracepoint();
	if (eye.perf_fd < 0)
		return by_interrupts(&a, &eye, why);

	state = judge(&a, &eye, why);
	close(eye.perf_fd);
	return state;
}
