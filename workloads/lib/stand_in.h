/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A lock in user space that stands in for mmap_lock where a kernel would take
 * it in another way than the one that runs.
 *
 * As in the kernel it can be held by several readers or one writer, who goes
 * before readers that come later, and whoever waits sleeps.  A thread must not
 * hold it while it waits in a fault: the kernel drops mmap_lock there.  So a
 * store takes and drops it just before, and one that has passed it is not held
 * up as a fault would be.
 */
#ifndef WORKLOADS_LIB_STAND_IN_H
#define WORKLOADS_LIB_STAND_IN_H

#include <pthread.h>
#include <stdbool.h>

/* How it is taken, if at all. */
enum stand_in_how {
	STAND_IN_NONE = 0,
	STAND_IN_READ,
	STAND_IN_WRITE
};

/* Zeroed, there is none. */
struct stand_in {
	pthread_rwlock_t lock;
	bool has_lock;
};

static inline int stand_in_init(struct stand_in *s)
{
	pthread_rwlockattr_t attr;
	int err;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(
		&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	err = pthread_rwlock_init(&s->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	s->has_lock = !err;
	return -err;
}

static inline void stand_in_finish(struct stand_in *s)
{
	if (s->has_lock)
		pthread_rwlock_destroy(&s->lock);
	s->has_lock = false;
}

static inline void stand_in_take(struct stand_in *s, enum stand_in_how how)
{
	if (how == STAND_IN_READ)
		pthread_rwlock_rdlock(&s->lock);
	else if (how == STAND_IN_WRITE)
		pthread_rwlock_wrlock(&s->lock);
}

static inline void stand_in_drop(struct stand_in *s, enum stand_in_how how)
{
	if (how != STAND_IN_NONE)
		pthread_rwlock_unlock(&s->lock);
}

/* How those take it that do not protect, where the protector does so. */
static inline enum stand_in_how stand_in_others(enum stand_in_how protector)
{
	return protector == STAND_IN_NONE ? STAND_IN_NONE : STAND_IN_READ;
}

#endif
