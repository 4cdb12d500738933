// SPDX-License-Identifier: GPL-2.0-only
#include "launch.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the agent lies, as seen from the folder of the running program. */
static const char *const beside[] = {
	"",
	"bench/agent/",
	"../bench/agent/",
	"../../bench/agent/",
};

enum {
	NR_BESIDE = sizeof(beside) / sizeof(beside[0]),
	NAME_BYTES = 64
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

static char *find_beside(const char *name)
{
	char folder[PATH_MAX], path[PATH_MAX + NAME_BYTES + 32];

	if (own_folder(folder, sizeof(folder)))
		return NULL;

	for (size_t i = 0; i < NR_BESIDE; i++) {
		snprintf(path, sizeof(path), "%s/%s%s", folder, beside[i],
			 name);
		if (!access(path, X_OK))
			return strdup(path);
	}
	return NULL;
}

static char *find_installed(const char *name)
{
	char path[sizeof(FL_LIBEXECDIR) + NAME_BYTES];

	snprintf(path, sizeof(path), "%s/%s", FL_LIBEXECDIR, name);
	return access(path, X_OK) ? NULL : strdup(path);
}

/* Return: a path, or NULL; @e is set only if the variable names no program. */
static char *find(const char *name, const char *variable, struct error *e)
{
	const char *named = getenv(variable);
	char *path;

	if (named && *named) {
		if (!access(named, X_OK))
			return strdup(named);
		error_set(e, -errno, "%s=%s: %s", variable, named,
			  strerror(errno));
		return NULL;
	}
	path = find_beside(name);
	return path ? path : find_installed(name);
}

char *launch_find_agent(struct error *e)
{
	char *path = find("faultline-agent", "FAULTLINE_AGENT", e);

	/* What is wrong with a name stands there already. */
	if (!path)
		error_set(e, -ENOENT,
			  "faultline-agent is neither beside this program nor "
			  "in %s; name it with FAULTLINE_AGENT=PATH",
			  FL_LIBEXECDIR);
	return path;
}

char *launch_find_agent_for(const char *machine, struct error *e)
{
	char name[NAME_BYTES], variable[NAME_BYTES];
	char *path;

	snprintf(name, sizeof(name), "faultline-agent-%s", machine);
	snprintf(variable, sizeof(variable), "FAULTLINE_AGENT_%s", machine);
	for (char *c = variable; *c; c++)
		*c = (char)toupper((unsigned char)*c);

	path = find(name, variable, e);
	if (!path)
		error_set(e, -ENOENT,
			  "%s is neither beside this program nor in %s: "
			  "scripts/build-agent.sh builds it; or name it with "
			  "%s=PATH",
			  name, FL_LIBEXECDIR, variable);
	return path;
}
