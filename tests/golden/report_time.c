// SPDX-License-Identifier: GPL-2.0-only
/* report_time FILE LIMIT_S: how long a table takes, without pictures. */
#include "analysis/load.h"
#include "analysis/out_text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int report(int fd, double *ret_loaded)
{
	struct error e = { 0 };
	struct result *r;
	struct summary *s = NULL;
	struct groups g = { 0 };
	int err = load_fd(fd, "big", &r, &e);
	FILE *out;

	if (err)
		return err;

	out = fopen("/dev/null", "we");
	if (!out) {
		result_free(r);
		return -1;
	}

	*ret_loaded = now_s();
	err = summary_new(r, &s);
	if (!err)
		err = groups_new(s, &g);
	if (!err)
		err = out_text(s, &g, false, out);
	groups_finish(&g);
	summary_free(s);
	result_free(r);
	fclose(out);
	return err;
}

int main(int argc, char **argv)
{
	double limit = argc == 3 ? strtod(argv[2], NULL) : 0;
	double begin = now_s(), loaded = begin, end;
	struct rusage usage;
	int fd, err;

	if (argc != 3)
		return 2;

	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -1 : report(fd, &loaded);
	end = now_s();
	if (fd >= 0)
		close(fd);
	getrusage(RUSAGE_SELF, &usage);
	printf("load %.2f s, the rest %.2f s, %ld MiB at most; limit %.1f s\n",
	       loaded - begin, end - loaded, usage.ru_maxrss / 1024, limit);
	return err || end - begin > limit;
}
