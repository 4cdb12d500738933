// SPDX-License-Identifier: GPL-2.0-only
#include "program.h"

#include "bench/child_exec.h"

#include "common/read_all.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	FIRST_FREE_FD = 3,
	SLICE_NS = 20000000,
	GRACE_SLICES = 250,
	MOST_TEXT = 16 << 20,
	WORST_LINE = 400
};

/* Where its output goes, and the pipe that tells of the exec. */
struct files {
	int out, err, report[2];
};

static void find(const char *name, char path[PATH_MAX])
{
	const char *at = getenv("PATH");

	snprintf(path, PATH_MAX, "%s", name);
	while (!strchr(name, '/') && at && *at) {
		size_t len = strcspn(at, ":");

		snprintf(path, PATH_MAX, "%.*s/%s", (int)len, at, name);
		if (!access(path, X_OK))
			return;
		at += len + (at[len] == ':');
	}
}

static int open_files(const struct vm_program *p, struct files *f)
{
	f->report[0] = f->report[1] = -1;
	if (p->log) {
		f->out = open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			      0666);
		f->err = fcntl(f->out, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
	} else {
		f->out = memfd_create("faultline-out", MFD_CLOEXEC);
		f->err = memfd_create("faultline-err", MFD_CLOEXEC);
	}
	if (f->out < 0 || f->err < 0 || pipe2(f->report, O_CLOEXEC))
		return -errno;
	return 0;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_files(struct files *f)
{
	close_one(&f->out);
	close_one(&f->err);
	close_one(&f->report[0]);
	close_one(&f->report[1]);
}

static int prepare(const struct vm_program *p, const struct files *f)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; p->unset && p->unset[i]; i++)
		unsetenv(p->unset[i]);
	for (size_t i = 0; p->set && p->set[i]; i++)
		putenv((char *)p->set[i]);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(f->out, STDOUT_FILENO) < 0 || dup2(f->err, STDERR_FILENO) < 0)
		return -errno;
	syscall(SYS_close_range, FIRST_FREE_FD, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	return 0;
}

static int start(const struct vm_program *p, struct files *f, pid_t *ret_pid)
{
	char path[PATH_MAX], *words[64] = { path };
	pid_t parent = getpid();

	find(p->words[0], path);
	for (size_t i = 1; p->words[i]; i++) {
		if (i + 1 == sizeof(words) / sizeof(words[0]))
			return -E2BIG;
		words[i] = (char *)p->words[i];
	}
	*ret_pid = fork();
	if (*ret_pid < 0)
		return -errno;
	if (!*ret_pid) {
		child_begin();
		child_exec(words, parent, f->report[1], prepare(p, f));
	}
	close_one(&f->report[1]);
	return child_await_exec(*ret_pid, f->report[0]);
}

static void slice(void)
{
	const struct timespec ts = { .tv_nsec = SLICE_NS };

	nanosleep(&ts, NULL);
}

static bool has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

/* Asked first, so that it can take back what it was about. */
static int end_group(pid_t pid)
{
	int status;

	kill(-pid, SIGTERM);
	for (int i = 0; i < GRACE_SLICES; i++) {
		if (has_ended(pid, &status)) {
			kill(-pid, SIGKILL);
			return -EINTR;
		}
		slice();
	}
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return -EINTR;
}

/* Return: 0, -EIO or -EINTR. */
static int wait_for(const struct vm_program *p, pid_t pid)
{
	int status = 0;

	while (!has_ended(pid, &status)) {
		if (p->interrupted && *p->interrupted)
			return end_group(pid);
		slice();
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

static char *read_text(int fd)
{
	struct stat st;
	char *text;
	ssize_t got;

	if (fstat(fd, &st) || st.st_size > MOST_TEXT || lseek(fd, 0, SEEK_SET))
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return NULL;
	got = read_all(fd, text, (size_t)st.st_size);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

static void say_why(const struct vm_program *p, int fd, struct error *e)
{
	char *text = p->log ? NULL : read_text(fd), *last = text;

	if (text) {
		text[strcspn(text, "\n")] = '\0';
		error_set(e, -EIO, "%s: %.*s", p->words[0], WORST_LINE,
			  *last ? last : "it failed and did not say why");
	} else {
		error_set(e, -EIO, "%s failed: see %s", p->words[0],
			  p->log ? p->log : "above");
	}
	free(text);
}

int vm_program_run(const struct vm_program *p, char **ret_text, struct error *e)
{
	struct files f;
	char *text = NULL;
	pid_t pid;
	int err = open_files(p, &f);

	if (!err)
		err = start(p, &f, &pid);
	if (err) {
		error_set(e, err, "%s: %s", p->words[0], strerror(-err));
		close_files(&f);
		return err;
	}
	err = wait_for(p, pid);
	if (err == -EINTR)
		error_set(e, err, "interrupted");
	else if (err)
		say_why(p, f.err, e);
	else if (ret_text && !(text = read_text(f.out)))
		err = error_set(e, -ENOMEM, "%s printed too much", p->words[0]);
	close_files(&f);
	if (!err && ret_text)
		*ret_text = text;
	return err;
}
