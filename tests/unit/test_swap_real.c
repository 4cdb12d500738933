// SPDX-License-Identifier: GPL-2.0-only
/* A swap file of this machine, made and removed by who is killed anywhere. */
#include "killed.h"
#include "unit.h"

#include "bench/journal.h"
#include "bench/knob.h"
#include "bench/knob_swap.h"
#include "bench/swap_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/var/tmp/faultline-swap.XXXXXX";
static char path[KNOB_PATH_BYTES];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	setenv("FAULTLINE_STATE_DIR", folder, 1);
	return knob_swap_path("", path, sizeof(path), NULL);
}

/* Fails if anything is left. */
static int drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int live(void)
{
	struct journal *j;

	return journal_open("", &j, NULL) || journal_set(j, path, "1M", NULL) ||
	       journal_restore(j, JOURNAL_WRITE, NULL, NULL, NULL);
}

static bool is_active(void)
{
	FILE *file = fopen("/proc/swaps", "r");
	char line[4096];
	bool found = false;

	while (file && fgets(line, sizeof(line), file))
		found = found || strstr(line, folder);
	if (file)
		fclose(file);
	return found;
}

static void restore(unsigned stop)
{
	struct journal_outcome outcome;
	struct error e = { 0 };
	struct journal *j;

	assert_int_equal(journal_open("", &j, &e), 0);
	if (journal_restore(j, JOURNAL_WRITE, NULL, &outcome, &e) ||
	    outcome.left)
		fail_msg("killed at stop %u: %s", stop, e.text);
	journal_free(j);
	if (is_active() || !access(path, F_OK))
		fail_msg("killed at stop %u: the file is still there", stop);
}

static void killed_anywhere(void **state)
{
	struct swap_call_place place;
	unsigned was_active = 0;
	int killed = 1;

	(void)state;
	if (!swap_call_permitted() || swap_call_place(folder, &place) ||
	    place.unfit)
		skip();
	for (unsigned i = 1; killed == 1; i++) {
		killed = kill_after(i, live);
		if (killed < 0)
			skip();
		assert_true(i < MAX_SYSCALLS);
		was_active += is_active();
		restore(i);
	}
	assert_true(was_active > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_anywhere),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
