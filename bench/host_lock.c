// SPDX-License-Identifier: GPL-2.0-only
#include "host_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	CMDLINE_BYTES = 200
};

static socklen_t make_address(struct sockaddr_un *ret_address)
{
	const char *name = getenv("FAULTLINE_HOST_LOCK");
	size_t room = sizeof(ret_address->sun_path) - 1;
	size_t bytes;

	if (!name || !*name)
		name = "faultline-measuring";
	bytes = strlen(name);
	if (bytes > room)
		bytes = room;

	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret_address->sun_path + 1, name, bytes);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + bytes);
}

static void read_cmdline(pid_t pid, char *ret_text, size_t bytes)
{
	char path[48];
	ssize_t got = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, ret_text, bytes - 1);
		close(fd);
	}
	if (got < 0)
		got = 0;

	while (got > 0 && !ret_text[got - 1])
		got--;
	for (ssize_t i = 0; i < got; i++)
		if (!ret_text[i])
			ret_text[i] = ' ';
	ret_text[got] = '\0';
}

/* The credentials of a listening socket are those of who called listen(). */
static int ask_holder(const struct sockaddr_un *address, socklen_t bytes,
		      pid_t *ret_pid)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct ucred holder = { 0 };
	socklen_t size = sizeof(holder);
	int err = 0;

	if (fd < 0)
		return -errno;

	if (connect(fd, (const struct sockaddr *)address, bytes) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &holder, &size))
		err = -errno;
	else
		*ret_pid = holder.pid;
	close(fd);
	return err;
}

static int refuse(const struct sockaddr_un *address, socklen_t bytes,
		  struct error *e)
{
	char cmdline[CMDLINE_BYTES];
	pid_t pid = 0;

	if (ask_holder(address, bytes, &pid) || pid <= 0)
		return error_set(e, -EBUSY,
				 "another run measures on this host; two would "
				 "spoil each other's numbers");

	read_cmdline(pid, cmdline, sizeof(cmdline));
	return error_set(
		e, -EBUSY,
		"process %d measures on this host (%s); two runs would "
		"spoil each other's numbers",
		(int)pid, cmdline[0] ? cmdline : "unknown");
}

int host_lock_take(int *ret_fd, struct error *e)
{
	struct sockaddr_un address;
	socklen_t bytes = make_address(&address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return error_set(e, -errno, "cannot take the host's lock: %s",
				 strerror(errno));

	if (!bind(fd, (struct sockaddr *)&address, bytes) && !listen(fd, 8)) {
		*ret_fd = fd;
		return 0;
	}

	err = -errno;
	close(fd);
	if (err == -EADDRINUSE)
		return refuse(&address, bytes, e);
	return error_set(e, err, "cannot take the host's lock: %s",
			 strerror(-err));
}

int host_lock_ask(struct error *e)
{
	int fd = -1, err = host_lock_take(&fd, e);

	if (!err)
		close(fd);
	return err;
}
