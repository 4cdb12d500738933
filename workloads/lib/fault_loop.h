/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A task that repeats mmap(), something with each page, munmap(), and does so
 * in steps that are short beside a whole loop.
 */
#ifndef WORKLOADS_LIB_FAULT_LOOP_H
#define WORKLOADS_LIB_FAULT_LOOP_H

#include <faultline/run.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* What is done with a page. */
enum fault_loop_touch {
	FAULT_LOOP_NOTHING =
		0, /* an iteration is a pair of calls, else a page */
	FAULT_LOOP_WRITE,
	FAULT_LOOP_DROP, /* write, MADV_DONTNEED, read */
};

struct fault_loop {
	size_t bytes; /* of the mapping */
	int flags;    /* of mmap(); without MAP_ANONYMOUS it is of a file */
	enum fault_loop_touch touch;
};

/* Its own: nobody else writes to these cache lines. */
struct fault_task {
	_Alignas(128) char *base; /* the mapping, else NULL */
	size_t at;		  /* the page that is next */
	int fd;			  /* of its file, -1 where it has none */
	bool cached;		  /* the file's pages are in the page cache */
};

static inline bool fault_loop_has_file(const struct fault_loop *l)
{
	return !(l->flags & MAP_ANONYMOUS);
}

/**
 * fault_task_fill() - bring all of its file into the page cache
 * @base_pages:	by writing page after page, so that each is a folio of its own;
 *		else by faults as those of the loop, with what readahead makes
 *		of them
 *
 * Return: 0 or -errno with run->why set, also where the file system is full.
 */
int fault_task_fill(struct fl_run *run, const struct fault_loop *l,
		    struct fault_task *t, bool base_pages);

/**
 * fault_task_begin() - enter a loop as if it had come that far
 * @at:		bytes that lie behind, in whole pages
 *
 * Return: 0 or -errno with run->why set.
 */
int fault_task_begin(struct fl_run *run, const struct fault_loop *l,
		     struct fault_task *t, size_t at);

/**
 * fault_task_run_in() - enter a loop at a moment that is like any other
 * @share:	of the time of one loop, from 0 to 1: uniform, and so is the moment
 *
 * Runs a loop to learn how long one takes, and then a part of one.  Some pages
 * take longer than others, munmap() longest of all: a page chosen at random
 * would be no such moment.
 *
 * Return: 0 or -errno with run->why set.
 */
int fault_task_run_in(struct fl_run *run, const struct fault_loop *l,
		      struct fault_task *t, double share);

/* Return: how many iterations it went on; -errno with run->why set. */
int fault_task_step(struct fl_run *run, const struct fault_loop *l,
		    struct fault_task *t);

/* How far it is: what fault_task_begin() takes to go on there. */
static inline size_t fault_task_at(const struct fault_task *t)
{
	return t->base ? t->at : 0;
}

/* Gives back what a task of this address space has mapped. */
void fault_task_end(const struct fault_loop *l, struct fault_task *t);

#endif
