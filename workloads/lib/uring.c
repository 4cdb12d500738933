// SPDX-License-Identifier: GPL-2.0-only
#include "uring.h"

#include "config.h"

int uring_skip(struct fl_run *run, int err)
{
	if (!FL_HAVE_LIBURING)
		return fl_skip(run, "this faultline was built without "
				    "liburing: install liburing-dev and build "
				    "it again");
	if (err == -EPERM || err == -EACCES)
		return fl_skip(run, "io_uring is refused: sysctl "
				    "kernel.io_uring_disabled=0, or allow it "
				    "in the seccomp filter of the container");
	if (err == -ENOSYS)
		return fl_skip(run, "the kernel has no io_uring "
				    "(CONFIG_IO_URING)");

	return err;
}
