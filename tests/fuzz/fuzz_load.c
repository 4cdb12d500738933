// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as run.jsonl: loaded, judged, printed, drawn as scripts.
 * seeds/load and tests/golden/in have examples.
 */
#include "analysis/compare.h"
#include "analysis/load.h"
#include "analysis/out_formats.h"
#include "analysis/out_gnuplot.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(const struct summary *s, struct groups *g, FILE *out)
{
	struct pictures p;

	if (pictures_new(s, g, &p))
		return;

	for (size_t i = 0; i < p.nr_pictures; i++)
		gnuplot_script(p.pictures[i], out, NULL);
	pictures_finish(&p);
}

static void compare(const struct summary *s, struct groups *g, FILE *out)
{
	struct compare *c;

	if (compare_new(s, s, &c))
		return;

	out_compare(c, g, out);
	compare_free(c);
}

static void use(const struct result *r, FILE *out)
{
	struct groups g = { 0 };
	struct summary *s;

	if (summary_new(r, &s))
		return;

	if (!groups_new(s, &g)) {
		for (size_t i = 0; out_format_at(i); i++)
			out_format_at(i)->print(s, &g, true, out);
		draw(s, &g, out);
		compare(s, &g, out);
	}
	groups_finish(&g);
	summary_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	FILE *out = fopen("/dev/null", "we");
	struct error e = { 0 };
	struct result *r;

	if (fd < 0 || !out || write(fd, data, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET))
		abort();
	if (!load_fd(fd, "fuzz", &r, &e)) {
		use(r, out);
		result_free(r);
	}
	fclose(out);
	close(fd);
	return 0;
}
