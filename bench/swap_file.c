// SPDX-License-Identifier: GPL-2.0-only
#include "bench/swap_file.h"

#include "bench/environment.h"
#include "bench/swap_call.h"
#include "bench/swaps.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

enum {
	LABEL_BYTES = 16,
	MAGIC_BYTES = 10,
	FD_PATH_BYTES = 32
};

static const char magic[MAGIC_BYTES + 1] = "SWAPSPACE2";
static const char label[LABEL_BYTES] = "faultline";

/*
 * The first page of a swap area, union swap_header of include/linux/swap.h
 * (6.12); its last bytes are the magic.
 */
struct header {
	char boot[1024];
	uint32_t version;
	uint32_t last_page;
	uint32_t nr_bad_pages;
	unsigned char uuid[16];
	char label[LABEL_BYTES];
};

static const char *fd_path(int fd, char buf[FD_PATH_BYTES])
{
	snprintf(buf, FD_PATH_BYTES, "/proc/self/fd/%d", fd);
	return buf;
}

static bool has_our_header(int fd)
{
	struct header h;

	return pread(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h) &&
	       h.version == 1 && !memcmp(h.label, label, sizeof(label));
}

static int find_active(const char *root, const struct stat *st,
		       struct swap_file *file, struct error *e)
{
	struct swap_area areas[SWAPS_MAX];
	int nr = swaps_read(root, areas);
	struct stat other;

	if (nr < 0)
		return error_set(e, nr, "/proc/swaps: cannot be read: %s",
				 strerror(-nr));
	for (int i = 0; i < nr; i++) {
		if (stat(areas[i].name, &other) || other.st_dev != st->st_dev ||
		    other.st_ino != st->st_ino)
			continue;
		file->active = true;
		file->used_bytes = areas[i].used_bytes;
	}
	return 0;
}

static int look_at(const char *root, int fd, struct swap_file *ret_file,
		   struct error *e)
{
	struct swap_file file = { .is = SWAP_FILE_FOREIGN };
	struct stat st;
	int err;

	if (fstat(fd, &st))
		return error_set(e, -errno, "fstat: %s", strerror(errno));

	err = find_active(root, &st, &file, e);
	if (!err && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    st.st_nlink == 1 && has_our_header(fd)) {
		file.is = SWAP_FILE_OURS;
		file.bytes = (uint64_t)st.st_size;
	}
	if (!err)
		*ret_file = file;
	return err;
}

/* Return: the descriptor, or -1 if there is none that could be ours. */
static int open_and_look(const char *root, int folder, const char *name,
			 struct swap_file *ret_file, int *ret_err,
			 struct error *e)
{
	int fd = openat(folder, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*ret_err = 0;
	*ret_file = (struct swap_file){ .is = SWAP_FILE_NONE };
	if (fd < 0 && errno == ELOOP)
		ret_file->is = SWAP_FILE_FOREIGN;
	else if (fd < 0 && errno != ENOENT)
		*ret_err = error_set(e, -errno, "cannot be opened: %s",
				     strerror(errno));
	else if (fd >= 0)
		*ret_err = look_at(root, fd, ret_file, e);
	return fd;
}

int swap_file_look(const char *root, int folder, const char *name,
		   struct swap_file *ret_file, struct error *e)
{
	int err, fd = open_and_look(root, folder, name, ret_file, &err, e);

	if (fd >= 0)
		close(fd);
	return err;
}

static int write_header(int fd, uint64_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *text = calloc(1, page);
	struct header h = { .version = 1,
			    .last_page = (uint32_t)(bytes / page - 1) };
	ssize_t done;

	if (!text)
		return -ENOMEM;

	memcpy(h.label, label, sizeof(label));
	memcpy(text, &h, sizeof(h));
	memcpy(text + page - MAGIC_BYTES, magic, MAGIC_BYTES);
	done = pwrite(fd, text, page, 0);
	free(text);
	return done == (ssize_t)page ? 0 : done < 0 ? -errno : -EIO;
}

/* There, swap must not be copied on write; elsewhere nothing is to be done. */
static void prepare_btrfs(int fd)
{
	struct statfs fs;
	int flags;

	if (fstatfs(fd, &fs) || (long)fs.f_type != BTRFS_SUPER_MAGIC ||
	    ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return;
	flags |= FS_NOCOW_FL;
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

/* What else to try where it is the file system that cannot do it. */
static int fail(int err, const char *what, struct error *e)
{
	bool unfit = err == -EOPNOTSUPP || err == -EISDIR || err == -EINVAL;

	return error_set(e, err, "%s: %s%s", what, strerror(-err),
			 unfit ? ": this file system cannot hold swap; set "
				 "FAULTLINE_STATE_DIR to a folder of root on "
				 "ext4 or XFS"
			       : "");
}

static int fill(int fd, uint64_t bytes, struct error *e)
{
	int err;

	prepare_btrfs(fd);
	if (fallocate(fd, 0, 0, (off_t)bytes))
		return fail(-errno, "its blocks cannot be allocated", e);

	err = write_header(fd, bytes);
	if (!err && fsync(fd))
		err = -errno;
	return err ? error_set(e, err, "cannot be written: %s", strerror(-err))
		   : 0;
}

/* It has a name only when it is whole. */
static int make_file(int folder, const char *name, uint64_t bytes,
		     struct error *e)
{
	int fd = openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[FD_PATH_BYTES];
	int err;

	if (fd < 0)
		return fail(-errno, "cannot be made", e);

	err = fill(fd, bytes, e);
	if (!err && linkat(AT_FDCWD, fd_path(fd, path), folder, name,
			   AT_SYMLINK_FOLLOW))
		err = error_set(e, -errno, "cannot be given its name: %s",
				strerror(errno));
	close(fd);
	return err;
}

static int say_on(int err, struct error *e)
{
	if (err == -EPERM)
		return error_set(e, err,
				 "swapon: not permitted: it needs "
				 "CAP_SYS_ADMIN of the host (in a container: "
				 "--cap-add SYS_ADMIN, and no user namespace), "
				 "and not too many active areas");
	return fail(err, "swapon", e);
}

static int activate(int folder, const char *name, struct error *e)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char path[FD_PATH_BYTES];
	int err;

	if (fd < 0)
		return error_set(e, -errno, "cannot be opened: %s",
				 strerror(errno));

	err = swap_call_on(fd_path(fd, path));
	close(fd);
	return err ? say_on(err, e) : 0;
}

int swap_file_make(int folder, const char *name, uint64_t bytes,
		   struct error *e)
{
	int err = make_file(folder, name, bytes, e);

	if (err)
		return err;

	if (fsync(folder))
		err = error_set(e, -errno, "cannot be written: %s",
				strerror(errno));
	if (!err)
		err = activate(folder, name, e);
	if (err)
		unlinkat(folder, name, 0);
	return err;
}

/*
 * Whoever switches swap off while memory is short is the first to be killed
 * for it, so that is not begun.
 */
static int deactivate(const char *root, int fd, const struct swap_file *file,
		      struct error *e)
{
	uint64_t available = environment_memory_of_machine(root);
	char path[FD_PATH_BYTES];
	int err = -ENOMEM;

	if (file->used_bytes < available)
		err = swap_call_off(fd_path(fd, path));
	if (err == -ENOMEM)
		return error_set(e, err,
				 "swapoff: memory does not hold the %" PRIu64
				 " MiB that are swapped out; end what uses "
				 "memory, then run `faultline restore`",
				 file->used_bytes >> 20);
	return err ? error_set(e, err, "swapoff: %s", strerror(-err)) : 0;
}

int swap_file_remove(const char *root, int folder, const char *name,
		     struct error *e)
{
	struct swap_file file;
	int err, fd = open_and_look(root, folder, name, &file, &err, e);

	if (!err && file.is == SWAP_FILE_FOREIGN)
		err = error_set(e, -EPERM, "is not the one that was made");
	if (!err && file.active)
		err = deactivate(root, fd, &file, e);
	if (!err && file.is == SWAP_FILE_OURS &&
	    (unlinkat(folder, name, 0) || fsync(folder)))
		err = error_set(e, -errno, "cannot be removed: %s",
				strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}
