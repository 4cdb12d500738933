// SPDX-License-Identifier: GPL-2.0-only
/* The era matrix into files. */
#include "atlas.h"
#include "out_gnuplot.h"

#include <errno.h>
#include <string.h>

static int write_script(const struct atlas *a, const char *name, FILE *out)
{
	return atlas_script(a, name, out);
}

static int write_text(const struct atlas *a, const char *name, FILE *out)
{
	(void)name;
	return atlas_text(a, out);
}

static int write_json(const struct atlas *a, const char *name, FILE *out)
{
	(void)name;
	return atlas_json(a, out);
}

static int write_one(const struct atlas *a, const char *dir, const char *name,
		     const char *ending,
		     int (*print)(const struct atlas *, const char *, FILE *),
		     struct error *e)
{
	char path[4096];
	FILE *out;
	int err;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s.%s", dir, name,
			     ending) >= sizeof(path))
		return error_set(e, -ENAMETOOLONG, "%s: the name is too long",
				 dir);
	out = fopen(path, "we");
	if (!out)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	err = print(a, name, out);
	if (fclose(out) && !err)
		err = -errno;
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}

static void draw(const char *dir, const char *name, FILE *log)
{
	struct error said = { 0 };
	int err = gnuplot_run(dir, name, &said);

	if (err == -ENOENT)
		fputs("no picture: there is no gnuplot; `apt-get install "
		      "gnuplot-nox`\n",
		      log);
	else if (*said.text)
		fprintf(log, "%s/%s.gp: %s\n", dir, name, said.text);
	if (!err)
		fprintf(log, "picture: %s/%s.{png,svg,gp}\n", dir, name);
}

int atlas_write(const struct atlas *a, const char *dir, const char *name,
		FILE *log, struct error *e)
{
	int err = write_one(a, dir, name, "txt", write_text, e);

	if (!err)
		err = write_one(a, dir, name, "json", write_json, e);
	if (!err)
		err = write_one(a, dir, name, "gp", write_script, e);
	if (err)
		return err;
	fprintf(log, "table: %s/%s.{txt,json}\n", dir, name);
	draw(dir, name, log);
	return 0;
}
