// SPDX-License-Identifier: GPL-2.0-only
/* Starts gnuplot without a shell, with a limit, and reads what it says. */
#include "out_gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LIMIT_MS = 60 * 1000,
	SAID_BYTES = 512
};

/*
 * Ours, but that texts are UTF-8 whatever the user's locale: in another
 * gnuplot complains.  The caller frees the array, the strings are not copied.
 */
static char **make_environment(void)
{
	static char locale[] = "LC_ALL=C.UTF-8";
	size_t nr = 0, kept = 0;
	char **env;

	while (environ[nr])
		nr++;
	env = calloc(nr + 2, sizeof(*env));
	if (!env)
		return NULL;

	for (size_t i = 0; i < nr; i++)
		if (strncmp(environ[i], "LC_ALL=", 7) != 0)
			env[kept++] = environ[i];
	env[kept] = locale;
	return env;
}

static int spawn(const char *dir, const char *script, int err_fd, pid_t *ret)
{
	char *argv[] = { (char *)"gnuplot", (char *)"-d", (char *)script,
			 NULL };
	posix_spawn_file_actions_t actions;
	char **env = make_environment();
	int err = env ? posix_spawn_file_actions_init(&actions) : ENOMEM;

	if (err) {
		free((void *)env);
		return -err;
	}

	err = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
					       O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
						       O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, err_fd, 2);
	if (!err)
		err = posix_spawn_file_actions_addchdir_np(&actions, dir);
	if (!err)
		err = posix_spawnp(ret, "gnuplot", &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	free((void *)env);
	return -err;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Reads until the other side closes it.  Return: 0 or -ETIMEDOUT. */
static int read_all(int fd, char *said)
{
	int64_t end = now_ms() + LIMIT_MS;
	size_t len = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - now_ms();
		char chunk[256];
		ssize_t got;

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		if ((size_t)got > SAID_BYTES - 1 - len)
			got = (ssize_t)(SAID_BYTES - 1 - len);
		memcpy(said + len, chunk, (size_t)got);
		len += (size_t)got;
		said[len] = '\0';
	}
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int judge(int read_err, int status, char *said, struct error *e)
{
	for (char *c = said; *c; c++)
		if (*c == '\n')
			*c = ' ';
	if (read_err)
		return error_set(e, read_err,
				 "gnuplot took over %d s and was killed",
				 LIMIT_MS / 1000);
	if (status == 127)
		return error_set(e, -ENOENT, "gnuplot could not be started");
	if (status || *said)
		return error_set(e, status ? -EIO : 0,
				 "gnuplot (exit status %d) said: %s", status,
				 *said ? said : "nothing");
	return 0;
}

static int check_file(const char *dir, const char *name, const char *ending,
		      struct error *e)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ending);
	if (stat(path, &st) || !st.st_size)
		return error_set(e, -EIO, "gnuplot left no %s", path);
	return 0;
}

int gnuplot_run(const char *dir, const char *name, struct error *e)
{
	char script[PICTURE_TEXT_BYTES + 8], said[SAID_BYTES] = "";
	int fds[2], err, status;
	pid_t pid = 0;

	if (pipe2(fds, O_CLOEXEC))
		return error_set(e, -errno, "pipe: %s", strerror(errno));

	snprintf(script, sizeof(script), "%s.gp", name);
	err = spawn(dir, script, fds[1], &pid);
	close(fds[1]);
	if (err) {
		close(fds[0]);
		return error_set(e, err, "gnuplot: %s", strerror(-err));
	}
	err = read_all(fds[0], said);
	close(fds[0]);
	if (err)
		kill(pid, SIGKILL);
	status = wait_for(pid);
	err = judge(err, status, said, e);
	if (!err)
		err = check_file(dir, name, "png", e);
	if (!err)
		err = check_file(dir, name, "svg", e);
	return err;
}
