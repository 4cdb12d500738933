/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * userfaultfd, the calls that workloads and probes share.
 *
 * A kernel refuses a handshake that asks for a feature it does not know, so
 * uffd_open() reads the features with one descriptor and asks for what is
 * wanted with a second.
 */
#ifndef WORKLOADS_LIB_UFFD_H
#define WORKLOADS_LIB_UFFD_H

#include <faultline/uapi_compat.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which door let us in. */
enum uffd_way {
	UFFD_WAY_NONE = 0,
	UFFD_WAY_SYSCALL,
	UFFD_WAY_DEVICE,    /* /dev/userfaultfd, by its file permissions */
	UFFD_WAY_USER_ONLY, /* faults taken in kernel mode fail instead */
};

/* Zeroed, it is closed. */
struct uffd {
	enum uffd_way way;
	int fd;
	uint64_t offered; /* feature bits that the kernel has */
	atomic_ullong repeats;
};

struct uffd_options {
	uint64_t features; /* UFFD_FEATURE_*; 0 for none */
	bool blocking;	   /* read() waits; then poll() is of no use */
};

/**
 * uffd_open() - a descriptor with the handshake done
 * @u:		zeroed; filled on success, but for offered, which is set as soon
 *		as it is known
 * @options:	what is wanted
 *
 * Tries the system call, the device, and the system call for user-mode faults
 * only, in this order.
 *
 * Return: 0; -EPERM if this user may not; -ENOSYS if the kernel has no
 * userfaultfd; -EOPNOTSUPP if a wanted feature is not offered; another -errno.
 */
int uffd_open(struct uffd *u, const struct uffd_options *options);
void uffd_close(struct uffd *u);

/* "system call", "/dev/userfaultfd", "user mode only". */
const char *uffd_way_name(enum uffd_way way);

/* mode: UFFDIO_REGISTER_MODE_*.  Unregistering wakes whoever waits there. */
int uffd_register(const struct uffd *u, void *start, size_t len, uint64_t mode);
int uffd_unregister(const struct uffd *u, void *start, size_t len);

/*
 * UFFDIO_WRITEPROTECT does not say how far it came.  Where it fails with
 * EAGAIN the whole range is done again, and u->repeats counts that.  The second
 * resolves faults that wait in the range and wakes their threads.
 */
int uffd_protect(struct uffd *u, const void *start, size_t len);
int uffd_unprotect(struct uffd *u, const void *start, size_t len);

/* The one, then the other. */
int uffd_pair(struct uffd *u, const void *start, size_t len);

/*
 * Maps what lies in the page cache there (UFFDIO_CONTINUE); fills what is absent
 * with a copy (UFFDIO_COPY).  Both wake who waits there, and both are done in
 * full or not.  Return: 0; -EEXIST if something is there; -errno.
 */
int uffd_continue(struct uffd *u, const void *start, size_t len);
int uffd_copy(struct uffd *u, const void *start, const void *from, size_t len);

/* Return: 1 with an event, 0 if there is none (or a signal came), -errno. */
int uffd_read(const struct uffd *u, struct uffd_msg *ret_msg);

#endif
