/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commits of a git repository of the user's, as source trees to build.
 *
 * The repository is only read.  A folder of ours in the cache holds the files
 * of one commit and an index of our own; the next commit replaces the files in
 * which it differs, so that only those are compiled again.  Neither the user's
 * files nor refs, index or list of worktrees are touched.
 */
#ifndef BENCH_VM_TREE_H
#define BENCH_VM_TREE_H

#include "common/error.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	VM_TREE_MAX_COMMITS = 256,
	VM_TREE_HASH_BYTES = 65,
	VM_TREE_SHORT_DIGITS = 12
};

struct vm_commit {
	char hash[VM_TREE_HASH_BYTES];
	char *subject; /* printable ASCII */
	bool merge;    /* of its parents only the first is looked at */
};

struct vm_tree {
	char git[PATH_MAX];    /* what holds the objects */
	char source[PATH_MAX]; /* files of one commit at a time */
	char index[PATH_MAX];
	struct vm_commit base;
	struct vm_commit *commits; /* behind the base, oldest first */
	size_t nr;
	int lock;
	const volatile sig_atomic_t *interrupted;
};

/**
 * vm_tree_open() - the commits of a range
 * @dir:	in a git repository
 * @range:	"base..HEAD"; nothing behind the dots means HEAD
 *
 * Waits while another process has these sources.
 *
 * Return: 0; -EINVAL if there is no such range, or it is empty, or its base is
 * not on the line of first parents; -E2BIG; -EINTR; -errno.
 */
int vm_tree_open(const char *dir, const char *range,
		 const volatile sig_atomic_t *interrupted,
		 struct vm_tree *ret_tree, struct error *e);
void vm_tree_close(struct vm_tree *tree);

/* The files of @commit come into tree->source.  Return: 0 or -errno. */
int vm_tree_checkout(const struct vm_tree *tree, const struct vm_commit *commit,
		     struct error *e);

#endif
