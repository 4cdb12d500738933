/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder of a test program's own, for cmocka_run_group_tests(). */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char root[64];

static inline int make_scratch(void **state)
{
	(void)state;
	unsetenv("FAULTLINE_STATE_DIR");
	/* In memory, if it can be: all is synced again and again. */
	strcpy(root, "/dev/shm/faultline-test-XXXXXX");
	if (mkdtemp(root))
		return 0;
	strcpy(root, "/tmp/faultline-test-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static inline int drop_scratch(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command); /* NOLINT(cert-env33-c): a fixed command */
}

#endif
