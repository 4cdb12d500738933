// SPDX-License-Identifier: GPL-2.0-only
/* The proposals of a folder. */
#include "array.h"
#include "proposal.h"

#include "common/read_all.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add(struct proposals *all, const struct proposal *p)
{
	struct proposal *more = array_more(all->of, all->nr, sizeof(*more));

	if (!more)
		return -ENOMEM;
	all->of = more;
	all->of[all->nr++] = *p;
	return 0;
}

static ssize_t read_file(int dir, const char *name, char *text)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read_all(fd, text, PROPOSAL_MAX_BYTES + 1);
	close(fd);
	return got;
}

static int take_file(struct proposals *all, int dir, const char *name,
		     struct error *e)
{
	char *text = malloc(PROPOSAL_MAX_BYTES + 1);
	struct proposal p = { 0 };
	struct error why = { 0 };
	ssize_t got;
	int err;

	if (!text)
		return error_set(e, -ENOMEM, "out of memory");
	got = read_file(dir, name, text);
	err = got < 0 ? error_set(&why, (int)got, "%s: %s", name,
				  strerror((int)-got))
		      : proposal_parse(name, text, (size_t)got, &p, &why);
	free(text);
	if (err == -ENODATA)
		return 0;
	if (!err && add(all, &p)) {
		proposal_finish(&p);
		err = error_set(&why, -ENOMEM, "out of memory");
	}
	return err ? error_set(e, err, "%s", why.text) : 0;
}

static int by_name(const void *a, const void *b)
{
	const struct proposal *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int check_stand(const struct proposals *all, struct error *e)
{
	for (size_t i = 0; i < all->nr; i++) {
		const struct proposal *p = &all->of[i], *on;

		if (!*p->on)
			continue;
		on = proposals_find(all, p->on);
		if (!on || *on->on)
			return error_set(
				e, -EINVAL,
				"%s.patch: it stands on %s.patch, which %s",
				p->name, p->on,
				on ? "stands on another itself"
				   : "is no proposal beside it");
	}
	return 0;
}

static int read_dir(DIR *d, struct proposals *all, struct error *e)
{
	const struct dirent *entry;
	int err = 0;

	while (!err && (entry = readdir(d))) {
		size_t len = strlen(entry->d_name);

		if (len > 6 && !strcmp(entry->d_name + len - 6, ".patch"))
			err = take_file(all, dirfd(d), entry->d_name, e);
	}
	if (err)
		return err;
	if (!all->nr)
		return -ENOENT;
	qsort(all->of, all->nr, sizeof(*all->of), by_name);
	return check_stand(all, e);
}

int proposals_read(const char *dir, struct proposals *ret, struct error *e)
{
	struct proposals all = { 0 };
	DIR *d = opendir(dir);
	int err;

	if (!d)
		return error_set(e, -errno, "%s: %s", dir, strerror(errno));
	err = read_dir(d, &all, e);
	closedir(d);
	if (err == -ENOENT)
		error_set(e, err, "%s: there is no proposal in it", dir);
	if (err) {
		proposals_finish(&all);
		return err;
	}
	*ret = all;
	return 0;
}

void proposals_finish(struct proposals *p)
{
	for (size_t i = 0; i < p->nr; i++)
		proposal_finish(&p->of[i]);
	free(p->of);
	*p = (struct proposals){ 0 };
}

const struct proposal *proposals_find(const struct proposals *p,
				      const char *name)
{
	for (size_t i = 0; i < p->nr; i++)
		if (!strcmp(p->of[i].name, name))
			return &p->of[i];
	return NULL;
}
