// SPDX-License-Identifier: GPL-2.0-only
#include "launch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the agent lies, as seen from the folder of the running program. */
static const char *const beside[] = {
	"faultline-agent",
	"bench/agent/faultline-agent",
	"../bench/agent/faultline-agent",
	"../../bench/agent/faultline-agent",
};

enum {
	NR_BESIDE = sizeof(beside) / sizeof(beside[0])
};

static int own_folder(char *ret_path, size_t bytes)
{
	ssize_t got = readlink("/proc/self/exe", ret_path, bytes - 1);
	char *slash;

	if (got < 0)
		return -errno;

	ret_path[got] = '\0';
	slash = strrchr(ret_path, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	return 0;
}

static char *find_beside(void)
{
	char folder[PATH_MAX], path[PATH_MAX + 64];

	if (own_folder(folder, sizeof(folder)))
		return NULL;

	for (size_t i = 0; i < NR_BESIDE; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, beside[i]);
		if (!access(path, X_OK))
			return strdup(path);
	}
	return NULL;
}

char *launch_find_agent(struct error *e)
{
	static const char installed[] = FL_LIBEXECDIR "/faultline-agent";
	const char *named = getenv("FAULTLINE_AGENT");
	char *path;

	if (named && *named) {
		if (!access(named, X_OK))
			return strdup(named);
		error_set(e, -errno, "FAULTLINE_AGENT=%s: %s", named,
			  strerror(errno));
		return NULL;
	}

	path = find_beside();
	if (!path && !access(installed, X_OK))
		path = strdup(installed);
	if (!path)
		error_set(e, -ENOENT,
			  "faultline-agent is neither beside this program nor "
			  "at %s; name it with FAULTLINE_AGENT=PATH",
			  installed);
	return path;
}
