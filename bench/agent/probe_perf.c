// SPDX-License-Identifier: GPL-2.0-only
/* io_uring, and counting with perf. */
#include "config.h"
#include "probe.h"
#include "probe_try.h"
#include "tracefs.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#if FL_HAVE_LIBURING
#include <liburing.h>
#else
#include <linux/io_uring.h>
#endif

/* Which of the two calls failed, and how; both 0: none. */
struct ring_errors {
	int setup, pin;
};

#if FL_HAVE_LIBURING
static struct ring_errors pin_by_ring(const struct iovec *buffer)
{
	struct ring_errors e = { 0 };
	struct io_uring ring;

	e.setup = io_uring_queue_init(4, &ring, 0);
	if (e.setup)
		return e;

	e.pin = io_uring_register_buffers(&ring, buffer, 1);
	io_uring_queue_exit(&ring);
	return e;
}
#else
static struct ring_errors pin_by_ring(const struct iovec *buffer)
{
	struct io_uring_params params = { 0 };
	struct ring_errors e = { 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 4, &params);

	if (fd < 0) {
		e.setup = -errno;
		return e;
	}

	if (syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, buffer,
		    1))
		e.pin = -errno;
	close(fd);
	return e;
}
#endif

#define RING_SWITCH "/proc/sys/kernel/io_uring_disabled"

static enum fl_feature_state say_ring_denied(char *why)
{
	long disabled = probe_number(RING_SWITCH, 0);

	if (disabled == 1)
		return probe_say(
			FL_FEATURE_DENIED, why,
			"switched off for this user: write 0 to " RING_SWITCH
			", which says 1, or the id of a "
			"group of this user to "
			"/proc/sys/kernel/io_uring_group");
	if (disabled == 2)
		return probe_say(FL_FEATURE_DENIED, why,
				 "switched off: write 0 to " RING_SWITCH
				 ", which says 2");

	return probe_say(FL_FEATURE_DENIED, why,
			 "a seccomp filter (a container's, say) or a security "
			 "module refuses io_uring; allow it there");
}

/* What a user's rings pin is counted together. */
static enum fl_feature_state say_no_memlock(char *why)
{
	struct rlimit limit = { .rlim_cur = RLIM_INFINITY };

	if (getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		return probe_errno(ENOMEM, why, "io_uring");
	return probe_say(FL_FEATURE_DENIED, why,
			 "RLIMIT_MEMLOCK, %llu kB for all rings of this user, "
			 "is too small to pin a page: raise it (`ulimit -l`, "
			 "or memlock in /etc/security/limits.conf)",
			 (unsigned long long)limit.rlim_cur >> 10);
}

PROBE_TRY(io_uring)
{
	size_t len = (size_t)sysconf(_SC_PAGESIZE);
	struct iovec buffer = { .iov_base = probe_map(len), .iov_len = len };
	struct ring_errors e;

	(void)bytes;
	if (!buffer.iov_base)
		return probe_errno(errno, why, "mmap");

	e = pin_by_ring(&buffer);
	if (e.setup == -EPERM || e.setup == -EACCES)
		return say_ring_denied(why);
	if (e.setup == -ENOMEM || e.pin == -ENOMEM)
		return say_no_memlock(why);
	if (e.setup)
		return probe_errno(e.setup, why, "io_uring_setup");
	if (e.pin)
		return probe_errno(e.pin, why, "IORING_REGISTER_BUFFERS");

	return FL_FEATURE_YES;
}

int probe_perf_open(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config,
		.disabled = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			      PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static enum fl_feature_state say_tracefs(int err, char *why)
{
	if (err == -EACCES || err == -EPERM)
		return probe_say(FL_FEATURE_DENIED, why,
				 "tracefs is for root; run as root, or "
				 "`mount -o remount,gid=GROUP "
				 "/sys/kernel/tracing` and sysctl "
				 "kernel.perf_event_paranoid=-1");

	if (err == -ENOENT)
		return probe_say(FL_FEATURE_NO, why,
				 "the kernel has no tracefs or none of our "
				 "events (CONFIG_FTRACE)");

	return probe_errno(err, why, "tracefs");
}

/* One that this process can set off by itself, on any machine. */
static int find_event(uint64_t *ret_id)
{
	static const char *const events[] = { "raw_syscalls:sys_enter",
					      "sched:sched_switch" };
	int fd = tracefs_open();
	int err = fd < 0 ? fd : -ENOENT;

	for (size_t i = 0; fd >= 0 && err == -ENOENT && i < 2; i++)
		err = tracefs_id(fd, events[i], ret_id);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Each round makes a system call and gives up the CPU. */
static uint64_t count_some(int fd)
{
	const struct timespec shortly = { .tv_nsec = 1000 };
	uint64_t count = 0;

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	for (int i = 0; i < 4; i++)
		nanosleep(&shortly, NULL);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

PROBE_TRY(tracepoints)
{
	uint64_t id = 0, count;
	int err = find_event(&id), fd;

	(void)bytes;
	if (err)
		return say_tracefs(err, why);

	fd = probe_perf_open(PERF_TYPE_TRACEPOINT, id);
	if (fd == -EACCES || fd == -EPERM)
		return probe_say(FL_FEATURE_DENIED, why,
				 "sysctl kernel.perf_event_paranoid=-1 (it is "
				 "%ld), or run as root",
				 probe_number("/proc/sys/kernel/"
					      "perf_event_paranoid",
					      2));
	if (fd < 0)
		return probe_errno(fd, why, "perf_event_open");

	count = count_some(fd);
	close(fd);
	if (!count)
		return probe_say(FL_FEATURE_FAILED, why,
				 "a tracepoint that was passed counted 0");

	return FL_FEATURE_YES;
}
