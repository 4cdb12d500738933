// SPDX-License-Identifier: GPL-2.0-only
/* faultline restore: puts back what a run that died has changed. */
#include "cli/cli.h"

#include "bench/host_lock.h"
#include "bench/journal.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int print_help(void)
{
	puts("Usage: faultline restore [-n]\n"
	     "\n"
	     "Puts back the kernel knobs that a run has changed and could not\n"
	     "put back itself, because it was killed.  A knob that somebody\n"
	     "else has changed since is left as it is, and said; what was\n"
	     "changed before the last boot is forgotten.\n"
	     "\n"
	     "A swap file that the run has made is switched off and removed,\n"
	     "after a boot too.  If memory does not hold what is swapped out\n"
	     "it stays, and this can be run again.\n"
	     "\n"
	     "  -n, --dry-run  only say what would be done\n"
	     "\n"
	     "The journal of what was changed is /var/lib/faultline/journal, or\n"
	     "in the folder $FAULTLINE_STATE_DIR, and so is the swap file.\n"
	     "\n"
	     "Exit status: 0; 1 if a knob could not be put back, was left, or a\n"
	     "run is measuring at this moment; 2 usage.");
	return CLI_OK;
}

static int fail(const struct error *e)
{
	fprintf(stderr, "faultline: %s\n", e->text);
	return CLI_FAILED;
}

static int restore(struct journal *j, enum journal_how how)
{
	struct journal_outcome o = { 0 };
	struct error e = { 0 };
	int err = journal_restore(j, how, stdout, &o, &e);

	if (err) {
		fflush(stdout);
		return fail(&e);
	}
	if (!o.restored && !o.back && !o.left && !o.dropped)
		puts("nothing to restore");
	return o.left ? CLI_FAILED : CLI_OK;
}

static int restore_alone(enum journal_how how)
{
	struct error e = { 0 };
	struct journal *j = NULL;
	int lock, status;

	if (host_lock_take(&lock, &e)) {
		error_prefix(&e, "nothing is restored");
		return fail(&e);
	}
	if (journal_open("", &j, &e))
		status = fail(&e);
	else
		status = restore(j, how);
	journal_free(j);
	close(lock);
	return status;
}

int cmd_restore(int argc, char **argv)
{
	enum journal_how how = JOURNAL_WRITE;
	struct error e = { 0 };

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return print_help();
		if (strcmp(argv[i], "--dry-run") != 0 &&
		    strcmp(argv[i], "-n") != 0) {
			error_set(&e, 0,
				  "restore does not know `%s`; it has "
				  "--dry-run and --help",
				  argv[i]);
			return cli_usage_error(&e);
		}
		how = JOURNAL_DRY_RUN;
	}
	return restore_alone(how);
}
