// SPDX-License-Identifier: GPL-2.0-only
#include "tree.h"

#include "cache.h"
#include "program.h"

#include "common/folder.h"
#include "common/sha256.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
	KEY_DIGITS = 16,
	MOST_SUBJECT = 200,
	WAIT_US = 200000
};

/* One more than are taken, so that too many are seen. */
#define MOST_COMMITS "--max-count=257"

/* A git that was called by another must not look where that one does. */
static const char *const not_ours[] = { "GIT_DIR",
					"GIT_WORK_TREE",
					"GIT_INDEX_FILE",
					"GIT_COMMON_DIR",
					"GIT_OBJECT_DIRECTORY",
					"GIT_ALTERNATE_OBJECT_DIRECTORIES",
					"GIT_NAMESPACE",
					"GIT_PREFIX",
					"GIT_SHALLOW_FILE",
					"GIT_GRAFT_FILE",
					"GIT_REPLACE_REF_BASE",
					"GIT_LITERAL_PATHSPECS",
					NULL };

/* @set: one variable more, or NULL.  @words end with NULL. */
static int git(const struct vm_tree *t, const char *set,
	       const char *const *words, char **ret_text, struct error *e)
{
	const char *const env[] = { "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0",
				    "GIT_TERMINAL_PROMPT=0", set, NULL };
	const struct vm_program p = { .words = words,
				      .unset = not_ours,
				      .set = env,
				      .interrupted = t->interrupted };

	return vm_program_run(&p, ret_text, e);
}

/* The first line of what git says. */
static int ask(const struct vm_tree *t, const char *const *words, char *buf,
	       size_t bytes, struct error *e)
{
	char *text;
	int err = git(t, NULL, words, &text, e);

	if (err)
		return err;
	text[strcspn(text, "\n")] = '\0';
	if (snprintf(buf, bytes, "%s", text) >= (int)bytes)
		err = error_set(e, -ENAMETOOLONG, "git: too long an answer");
	free(text);
	return err;
}

static int find_repository(struct vm_tree *t, const char *dir, struct error *e)
{
	const char *const words[] = {
		"git", "-C", dir, "rev-parse", "--git-common-dir", NULL
	};
	char answer[PATH_MAX], path[2 * PATH_MAX];
	int err = ask(t, words, answer, sizeof(answer), e);

	if (err) {
		error_prefix(e, "--tree %s", dir);
		return err;
	}
	snprintf(path, sizeof(path), "%s%s%s", *answer == '/' ? "" : dir,
		 *answer == '/' ? "" : "/", answer);
	if (!realpath(path, t->git))
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	return 0;
}

static int resolve(struct vm_tree *t, const char *dir, const char *name,
		   char hash[VM_TREE_HASH_BYTES], struct error *e)
{
	char spec[PATH_MAX];
	const char *const words[] = { "git",	  "-C",	     dir,  "rev-parse",
				      "--verify", "--quiet", spec, NULL };
	struct error ignored = { 0 };
	int err;

	snprintf(spec, sizeof(spec), "%s^{commit}", name);
	err = *name == '-' ? -EIO
			   : ask(t, words, hash, VM_TREE_HASH_BYTES, &ignored);
	if (err == -EIO)
		return error_set(e, -EINVAL,
				 "--range: there is no commit `%s` in %s", name,
				 dir);
	return err ? error_set(e, err, "%s", ignored.text) : 0;
}

/* Text of a commit is data. */
static char *printable(const char *text, size_t bytes)
{
	char *copy = strndup(text, bytes < MOST_SUBJECT ? bytes : MOST_SUBJECT);

	for (char *c = copy; c && *c; c++)
		if (!isascii(*c) || !isprint(*c))
			*c = '?';
	return copy;
}

/* "hash parent ...<TAB>subject" */
static int take_commit(struct vm_commit *c, const char *line, size_t bytes)
{
	const char *tab = memchr(line, '\t', bytes);
	size_t head = tab ? (size_t)(tab - line) : bytes;
	size_t hash = strcspn(line, " \t\n"), blanks = 0;

	if (!tab || hash >= VM_TREE_HASH_BYTES)
		return -EPROTO;
	for (size_t i = 0; i < head; i++)
		blanks += line[i] == ' ';
	memcpy(c->hash, line, hash);
	c->hash[hash] = '\0';
	c->merge = blanks > 1;
	c->subject = printable(tab + 1, bytes - head - 1);
	return c->subject ? 0 : -ENOMEM;
}

static int log_of(const struct vm_tree *t, const char *range, const char *most,
		  char **ret_text, struct error *e)
{
	const char *const words[] = { "git",
				      "--git-dir",
				      t->git,
				      "log",
				      "--no-color",
				      "--no-show-signature",
				      "--first-parent",
				      "--reverse",
				      "--format=%H %P%x09%s",
				      most,
				      range,
				      "--",
				      NULL };

	return git(t, NULL, words, ret_text, e);
}

static int take_log(char *text, struct vm_commit *to, size_t most, size_t *nr,
		    struct error *e)
{
	int err = 0;

	*nr = 0;
	for (char *line = text; *line && !err; line += *line == '\n') {
		size_t bytes = strcspn(line, "\n");

		if (*nr == most)
			err = error_set(e, -E2BIG,
					"--range: more than %zu commits", most);
		else if ((err = take_commit(&to[*nr], line, bytes)))
			error_set(e, err, "git log: %s", strerror(-err));
		else
			++*nr;
		line += bytes;
	}
	free(text);
	return err;
}

static int take_base(struct vm_tree *t, const char *base, struct error *e)
{
	char *text;
	size_t nr;
	int err = log_of(t, base, "--max-count=1", &text, e);

	return err ? err : take_log(text, &t->base, 1, &nr, e);
}

/* Each commit is held against the one before it: its first parent. */
static int check_line(const struct vm_tree *t, struct error *e)
{
	char parent[VM_TREE_HASH_BYTES], spec[VM_TREE_HASH_BYTES + 2];
	const char *const words[] = { "git",	   "--git-dir", t->git,
				      "rev-parse", spec,	NULL };
	int err;

	snprintf(spec, sizeof(spec), "%s^1", t->commits[0].hash);
	err = ask(t, words, parent, sizeof(parent), e);
	if (!err && strcmp(parent, t->base.hash) != 0)
		err = error_set(e, -EINVAL,
				"--range: its base is not on the line of first "
				"parents of its end; take git merge-base of "
				"the two");
	return err;
}

static int take_commits(struct vm_tree *t, const char *dir, const char *range,
			struct error *e)
{
	const char *dots = strstr(range, "..");
	char base[PATH_MAX], from[VM_TREE_HASH_BYTES], to[VM_TREE_HASH_BYTES];
	char both[2 * VM_TREE_HASH_BYTES + 2], *text = NULL;
	int err;

	if (!dots || dots == range || dots[2] == '.')
		return error_set(e, -EINVAL,
				 "--range `%s`: it is BASE..END, as in "
				 "v6.12..HEAD",
				 range);
	snprintf(base, sizeof(base), "%.*s", (int)(dots - range), range);
	err = resolve(t, dir, base, from, e);
	if (!err)
		err = resolve(t, dir, dots[2] ? dots + 2 : "HEAD", to, e);
	if (!err)
		err = take_base(t, from, e);
	snprintf(both, sizeof(both), "%s..%s", from, to);
	t->commits = calloc(VM_TREE_MAX_COMMITS, sizeof(*t->commits));
	if (!err && !t->commits)
		err = error_set(e, -ENOMEM, "out of memory");
	if (!err)
		err = log_of(t, both, MOST_COMMITS, &text, e);
	if (!err)
		err = take_log(text, t->commits, VM_TREE_MAX_COMMITS, &t->nr,
			       e);
	if (!err && !t->nr)
		err = error_set(e, -EINVAL, "--range `%s`: no commit is in it",
				range);
	return err ? err : check_line(t, e);
}

static int wait_for_lock(const struct vm_tree *t, struct error *e)
{
	while (flock(t->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_set(e, -errno, "%s: %s", t->source,
					 strerror(errno));
		if (t->interrupted && *t->interrupted)
			return error_set(e, -EINTR, "interrupted");
		usleep(WAIT_US);
	}
	return 0;
}

static int make_folder(struct vm_tree *t, struct error *e)
{
	char key[SHA256_TEXT_BYTES], name[64], folder[PATH_MAX - 16];
	char lock[PATH_MAX];
	int err;

	sha256_print(t->git, strlen(t->git), key);
	snprintf(name, sizeof(name), "trees/%.*s", KEY_DIGITS, key);
	vm_cache_folder(name, folder, sizeof(folder));
	snprintf(t->source, sizeof(t->source), "%s/source", folder);
	snprintf(t->index, sizeof(t->index), "%s/index", folder);
	snprintf(lock, sizeof(lock), "%s/lock", folder);
	err = folder_make(t->source);
	if (err)
		return error_set(e, err, "%s: %s", t->source, strerror(-err));
	t->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (t->lock < 0)
		return error_set(e, -errno, "%s: %s", lock, strerror(errno));
	return wait_for_lock(t, e);
}

int vm_tree_open(const char *dir, const char *range,
		 const volatile sig_atomic_t *interrupted,
		 struct vm_tree *ret_tree, struct error *e)
{
	struct vm_tree *t = ret_tree;
	int err;

	*t = (struct vm_tree){ .lock = -1, .interrupted = interrupted };
	err = find_repository(t, dir, e);
	if (!err)
		err = take_commits(t, dir, range, e);
	if (!err)
		err = make_folder(t, e);
	if (err)
		vm_tree_close(t);
	return err;
}

void vm_tree_close(struct vm_tree *tree)
{
	free(tree->base.subject);
	for (size_t i = 0; i < tree->nr; i++)
		free(tree->commits[i].subject);
	free(tree->commits);
	if (tree->lock >= 0)
		close(tree->lock);
	*tree = (struct vm_tree){ .lock = -1 };
}

int vm_tree_checkout(const struct vm_tree *tree, const struct vm_commit *commit,
		     struct error *e)
{
	char set[PATH_MAX + 16], stale[PATH_MAX + 8];
	const char *const words[] = { "git",
				      "--git-dir",
				      tree->git,
				      "--work-tree",
				      tree->source,
				      "-c",
				      "core.bare=false",
				      "-c",
				      "core.fsmonitor=false",
				      "-c",
				      "core.hooksPath=/dev/null",
				      "-c",
				      "core.sparseCheckout=false",
				      "-c",
				      "core.splitIndex=false",
				      "-c",
				      "submodule.recurse=false",
				      "read-tree",
				      "--reset",
				      "-u",
				      commit->hash,
				      NULL };

	/* Only who was killed has left it: the lock is ours. */
	snprintf(stale, sizeof(stale), "%s.lock", tree->index);
	unlink(stale);
	snprintf(set, sizeof(set), "GIT_INDEX_FILE=%s", tree->index);
	return git(tree, set, words, NULL, e);
}
