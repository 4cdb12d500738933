// SPDX-License-Identifier: GPL-2.0-only
/*
 * render IN NR: all pictures of a result, by gnuplot, in a folder of their
 * own.  NR of them must come, and gnuplot must be silent about each.  Exit
 * status 77 if there is no gnuplot.
 */
#include "analysis/load.h"
#include "analysis/out_gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_script(const struct picture *pic, const char *dir)
{
	char path[512];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/%s.gp", dir, pic->name);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	err = gnuplot_script(pic, f, NULL);
	return fclose(f) ? -errno : err;
}

static void clean(const struct pictures *p, const char *dir)
{
	static const char *const endings[] = { "gp", "png", "svg" };
	char path[512];

	for (size_t i = 0; i < p->nr_pictures; i++)
		for (size_t j = 0; j < 3; j++) {
			snprintf(path, sizeof(path), "%s/%s.%s", dir,
				 p->pictures[i]->name, endings[j]);
			unlink(path);
		}
	rmdir(dir);
}

static int render(const struct pictures *p, const char *dir)
{
	for (size_t i = 0; i < p->nr_pictures; i++) {
		struct error e = { 0 };
		int err = write_script(p->pictures[i], dir);

		if (!err)
			err = gnuplot_run(dir, p->pictures[i]->name, &e);
		if (err == -ENOENT)
			return 77;
		if (err || *e.text) {
			fprintf(stderr, "%s: %s\n", p->pictures[i]->name,
				e.text);
			return 1;
		}
	}
	return 0;
}

static int load(const char *path, struct result **ret)
{
	struct error e = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? -errno : load_fd(fd, path, ret, &e);

	if (fd >= 0)
		close(fd);
	if (err)
		fprintf(stderr, "%s: %s\n", path, e.text);
	return err;
}

static int draw(const struct summary *s, struct groups *g, size_t wanted)
{
	char dir[] = "/tmp/render-XXXXXX";
	struct pictures p = { 0 };
	int status = 1;

	if (pictures_new(s, g, &p))
		return 1;

	if (p.nr_pictures != wanted)
		fprintf(stderr, "%zu pictures, not %zu\n", p.nr_pictures,
			wanted);
	else if (mkdtemp(dir)) {
		status = render(&p, dir);
		clean(&p, dir);
	}
	pictures_finish(&p);
	return status;
}

int main(int argc, char **argv)
{
	struct result *r = NULL;
	struct summary *s = NULL;
	struct groups g = { 0 };
	int status = 1;

	if (argc != 3)
		return 2;
	if (load(argv[1], &r))
		return 1;
	if (!summary_new(r, &s) && !groups_new(s, &g))
		status = draw(s, &g, strtoul(argv[2], NULL, 10));
	groups_finish(&g);
	summary_free(s);
	result_free(r);
	return status;
}
