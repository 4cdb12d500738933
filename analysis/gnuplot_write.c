// SPDX-License-Identifier: GPL-2.0-only
/* Scripts, data files and pictures into a folder. */
#include "out_gnuplot.h"

#include <errno.h>
#include <string.h>

static FILE *create(const char *dir, const char *name, const char *ending,
		    struct error *e)
{
	char path[4096];
	FILE *f;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s.%s", dir, name,
			     ending) >= sizeof(path)) {
		error_set(e, -ENAMETOOLONG, "%s: the name is too long", dir);
		return NULL;
	}
	f = fopen(path, "we");
	if (!f)
		error_set(e, -errno, "%s: %s", path, strerror(errno));
	return f;
}

static int finish(FILE *f, int err, const char *name, struct error *e)
{
	if (!f)
		return err;
	if (fclose(f) && !err)
		err = -errno;
	return err ? error_set(e, err, "%s: %s", name, strerror(-err)) : 0;
}

static int write_script(const struct picture *pic, const char *dir,
			struct error *e)
{
	FILE *script = create(dir, pic->name, "gp", e);
	FILE *data = NULL;
	int err = 0;

	if (!script)
		return -EIO;
	if (gnuplot_needs_data_file(pic)) {
		data = create(dir, pic->name, "dat", e);
		if (!data)
			err = -EIO;
	}
	if (!err)
		err = gnuplot_script(pic, script, data);
	err = finish(data, err, pic->name, e);
	return finish(script, err, pic->name, e);
}

static void say_left_out(const struct picture *pic, FILE *log)
{
	for (size_t i = 0; i < pic->nr_panels; i++) {
		if (!pic->panels[i].nr_left_out)
			continue;
		fprintf(log, "%s: a panel shows %d series, not those beyond\n",
			pic->name, PICTURE_MAX_SERIES);
		return;
	}
}

int gnuplot_write(const struct pictures *p, const char *dir, FILE *log,
		  struct error *e)
{
	bool missing = false;

	for (size_t i = 0; i < p->nr_pictures; i++) {
		const struct picture *pic = p->pictures[i];
		struct error said = { 0 };
		int err = write_script(pic, dir, e);

		if (err)
			return err;
		say_left_out(pic, log);
		err = missing ? -ENOENT : gnuplot_run(dir, pic->name, &said);
		if (err == -ENOENT)
			missing = true;
		else if (*said.text)
			fprintf(log, "%s/%s.gp: %s\n", dir, pic->name,
				said.text);
		if (!err)
			fprintf(log, "picture: %s/%s.{png,svg,gp}\n", dir,
				pic->name);
	}
	if (missing)
		fprintf(log,
			"no pictures: there is no gnuplot; `apt-get install "
			"gnuplot-nox`, then run\nreport again, or `gnuplot "
			"*.gp` in %s\n",
			dir);
	for (size_t i = 0; i < p->remarks.nr_notes; i++)
		fprintf(log, "%s\n", p->remarks.notes[i].value);
	return 0;
}
