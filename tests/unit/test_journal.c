// SPDX-License-Identifier: GPL-2.0-only
/* The journal on a fake tree of knobs, for one boot and another. */
#include "killed.h"
#include "scratch.h"
#include "unit.h"

#include "bench/journal.h"
#include "bench/knob.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ONE    "/proc/sys/vm/one"
#define TWO    "/proc/sys/vm/two"
#define THP    "/sys/kernel/mm/thp/enabled"
#define BOOT   "/proc/sys/kernel/random/boot_id"
#define OF     "0f2c6f5e-2f7a-4a55-9c38-5b4f6a1d2e90"
#define OTHER  "11111111-2f7a-4a55-9c38-5b4f6a1d2e90"
#define FILE_  "/var/lib/faultline/journal"
#define FOLDER "/var/lib/faultline"

enum {
	DEAD_PID = 999999999
};

static const char *in_root(const char *path)
{
	static char full[4][PATH_MAX];
	static unsigned next;
	char *buf = full[next++ % 4];

	snprintf(buf, PATH_MAX, "%s%s", root, path);
	return buf;
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(in_root(path), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char *get(const char *path)
{
	static char text[4 * KNOB_VALUE_BYTES];
	FILE *file = fopen(in_root(path), "r");
	size_t len = 0;

	if (file) {
		len = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	return text;
}

static bool is_there(const char *path)
{
	struct stat st;

	return !lstat(in_root(path), &st);
}

static void make_tree(void)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "rm -rf '%s' && umask 022 && mkdir -p '%s/proc/sys/vm' "
		 "'%s/proc/sys/kernel/random' '%s/sys/kernel/mm/thp'",
		 root, root, root, root);
	/* NOLINTNEXTLINE(cert-env33-c): fixed but for our own folder's name */
	assert_int_equal(system(command), 0);
	put(BOOT, OF "\n");
	put(ONE, "1\n");
	put(TWO, "two\twords\n");
	put(THP, "always [madvise] never\n");
}

static struct journal *open_journal(void)
{
	struct error e = { 0 };
	struct journal *j;

	assert_int_equal(journal_open(root, &j, &e), 0);
	return j;
}

/* As a process of its own would: set, and be gone. */
static void set_and_go(const char *path, const char *value)
{
	struct journal *j = open_journal();
	struct error e = { 0 };

	if (journal_set(j, path, value, &e))
		fail_msg("%s: %s", path, e.text);
	journal_free(j);
}

static char said[8192];

static int restore_how(enum journal_how how, struct journal_outcome *ret,
		       struct error *e)
{
	FILE *say = fmemopen(said, sizeof(said), "w");
	struct journal *j = open_journal();
	int err = journal_restore(j, how, say, ret, e);

	journal_free(j);
	fclose(say);
	return err;
}

static int restore(struct journal_outcome *ret, struct error *e)
{
	return restore_how(JOURNAL_WRITE, ret, e);
}

static void test_nothing_is_made(void **state)
{
	struct journal_leftover leftover = { 7, 7 };
	struct error e = { 0 };
	struct journal *j;

	(void)state;
	make_tree();
	j = open_journal();
	assert_int_equal(journal_look_for_leftover(j, &leftover, &e), 0);
	assert_int_equal(leftover.nr_knobs, 0);
	assert_int_equal(journal_restore(j, JOURNAL_WRITE, NULL, NULL, &e), 0);
	assert_int_equal(journal_set(j, ONE, "0x1", &e), 0);
	assert_int_equal(journal_set(j, THP, "madvise", &e), 0);
	assert_int_equal(journal_set(j, TWO, "two words", &e), 0);
	journal_free(j);
	assert_false(is_there("/var"));
}

/* What a knob says, what it is set to, what must be written back. */
static const struct {
	const char *path, *value, *then, *after;
} set_rows[] = {
	{ ONE, "5", "5\n", "1\n" },
	{ TWO, "three four five", "three four five\n", "two\twords\n" },
	{ THP, "never", "never\n", "madvise\n" },
};

static void test_set_and_restore(void **state)
{
	struct journal_outcome outcome;
	struct error e = { 0 };
	struct stat st;

	(void)state;
	for (size_t i = 0; i < ROWS(set_rows); i++) {
		const char *path = set_rows[i].path;

		make_tree();
		set_and_go(path, set_rows[i].value);
		check_row_text(path, get(path), set_rows[i].then);
		assert_int_equal(stat(in_root(FOLDER), &st), 0);
		check_row_int(path, st.st_mode & 07777, 0700);
		assert_int_equal(stat(in_root(FILE_), &st), 0);
		check_row_int(path, st.st_mode & 07777, 0600);

		check_row_int(path, restore(&outcome, &e), 0);
		check_row_int(path, outcome.restored, 1);
		check_row_text(path, get(path), set_rows[i].after);
		check_row(path, strstr(said, path));
		check_row(path, !is_there(FILE_));
		check_row_int(path, restore(&outcome, &e), 0);
		check_row_int(path, outcome.restored, 0);
	}
}

/* What others do between two settings, and what is put back in the end. */
static const struct {
	const char *name, *first, *others, *second, *at_end, *after;
	unsigned restored, back, left;
} twice_rows[] = {
	{ "the first old value", "5", NULL, "6", NULL, "1\n", 1, 0, 0 },
	{ "set to what it was", "5", NULL, "1", NULL, "1\n", 0, 1, 0 },
	{ "theirs in between", "5", "7\n", "6", NULL, "7\n", 1, 0, 0 },
	{ "theirs at the end", "5", NULL, "6", "9\n", "9\n", 0, 0, 1 },
	{ "they put it back", "5", NULL, "6", "1\n", "1\n", 0, 1, 0 },
	{ "one of ours", "5", NULL, "6", "5\n", "1\n", 1, 0, 0 },
};

static void test_set_twice(void **state)
{
	struct journal_outcome outcome;
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(twice_rows); i++) {
		const char *row = twice_rows[i].name;

		make_tree();
		set_and_go(ONE, twice_rows[i].first);
		if (twice_rows[i].others)
			put(ONE, twice_rows[i].others);
		set_and_go(ONE, twice_rows[i].second);
		if (twice_rows[i].at_end)
			put(ONE, twice_rows[i].at_end);
		check_row_int(row, restore(&outcome, &e), 0);
		check_row_text(row, get(ONE), twice_rows[i].after);
		check_row_int(row, outcome.restored, twice_rows[i].restored);
		check_row_int(row, outcome.back, twice_rows[i].back);
		check_row_int(row, outcome.left, twice_rows[i].left);
		check_row(row, !is_there(FILE_));
	}
}

/* Newest first: of two that are said, the one set last comes first. */
static void test_order(void **state)
{
	struct journal_outcome outcome;
	struct error e = { 0 };
	const char *one, *two, *thp;

	(void)state;
	make_tree();
	set_and_go(ONE, "5");
	set_and_go(THP, "never");
	set_and_go(TWO, "x");
	set_and_go(ONE, "6");
	assert_int_equal(restore(&outcome, &e), 0);
	assert_int_equal(outcome.restored, 3);
	one = strstr(said, ONE);
	two = strstr(said, TWO);
	thp = strstr(said, THP);
	assert_true(two && thp && one);
	assert_true(two < thp && thp < one);
}

static void test_other_boot(void **state)
{
	struct journal_outcome outcome;
	struct error e = { 0 };

	(void)state;
	make_tree();
	set_and_go(ONE, "5");
	put(BOOT, OTHER "\n");
	set_and_go(TWO, "x");
	assert_int_equal(restore(&outcome, &e), 0);
	assert_int_equal(outcome.dropped, 1);
	assert_int_equal(outcome.restored, 1);
	assert_string_equal(get(ONE), "5\n");
	assert_non_null(strstr(said, "dropped " ONE));
	assert_false(is_there(FILE_));

	make_tree();
	set_and_go(ONE, "5");
	assert_int_equal(unlink(in_root(BOOT)), 0);
	assert_int_equal(restore(&outcome, &e), -ENOENT);
	assert_string_equal(get(ONE), "5\n");
	assert_true(is_there(FILE_));
}

static void test_dry_run(void **state)
{
	struct journal_outcome outcome;
	struct error e = { 0 };
	char before[4096];

	(void)state;
	make_tree();
	set_and_go(ONE, "5");
	snprintf(before, sizeof(before), "%.4000s", get(FILE_));
	assert_int_equal(restore_how(JOURNAL_DRY_RUN, &outcome, &e), 0);
	assert_int_equal(outcome.restored, 1);
	assert_string_equal(get(ONE), "5\n");
	assert_string_equal(get(FILE_), before);
}

/* A knob that is gone stays in the journal, the others do not. */
static void test_stays(void **state)
{
	struct journal_outcome outcome;
	struct error e = { 0 };

	(void)state;
	make_tree();
	set_and_go(ONE, "5");
	set_and_go(TWO, "x");
	assert_int_equal(unlink(in_root(ONE)), 0);
	assert_int_equal(restore(&outcome, &e), -EIO);
	assert_int_equal(outcome.failed, 1);
	assert_int_equal(outcome.restored, 1);
	assert_non_null(strstr(get(FILE_), ONE));
	assert_null(strstr(get(FILE_), TWO));

	put(ONE, "5\n");
	e.text[0] = '\0';
	assert_int_equal(restore(&outcome, &e), 0);
	assert_string_equal(get(ONE), "1\n");
	assert_false(is_there(FILE_));
}

/* A kernel that keeps its own mind: here a file that is not a knob's. */
static void test_not_taken(void **state)
{
	struct error e = { 0 };
	struct journal *j;

	(void)state;
	make_tree();
	assert_int_equal(unlink(in_root(ONE)), 0);
	assert_int_equal(symlink("/dev/null", in_root(ONE)), 0);
	j = open_journal();
	assert_int_equal(journal_set(j, ONE, "5", &e), -ELOOP);
	e.text[0] = '\0';
	assert_int_equal(journal_set(j, "/proc/sys/vm", "5", &e), -EINVAL);
	e.text[0] = '\0';
	assert_int_equal(journal_set(j, "/proc/sys/vm/no", "5", &e), -ENOENT);
	assert_non_null(strstr(e.text, "no such file"));
	journal_free(j);
	assert_false(is_there(FILE_));
}

#define ENTRY(boot, path, old, new)                         \
	"{\"boot\":\"" boot                                 \
	"\",\"pid\":999999999,\"start\":1,\"path\":\"" path \
	"\",\"old\":\"" old "\",\"new\":\"" new "\"}\n"
#define GOOD ENTRY(OF, TWO, "two words", "x")

/* Lines that are none: the good one before is seen to, they stay. */
static const char *const bad_rows[] = {
	"garbage\n",
	"\n",
	"{}\n",
	"[]\n",
	"{\"boot\":\"" OF "\"}\n",
	ENTRY(OF, "/etc/passwd", "1", "5"),
	ENTRY(OF, "/proc/sys/../../etc/passwd", "1", "5"),
	ENTRY(OF, "/proc/sys/vm/./one", "1", "5"),
	ENTRY(OF, "/proc/sys//vm/one", "1", "5"),
	ENTRY(OF, "proc/sys/vm/one", "1", "5"),
	ENTRY(OF, "/proc/sysx/vm/one", "1", "5"),
	ENTRY(OF, "/proc/1/mem", "1", "5"),
	ENTRY(OF, ONE "\\n", "1", "5"),
	ENTRY(OF, ONE, "1\\n2", "5"),
	ENTRY(OF, ONE, "1", "\\u001b[31m"),
	"{\"boot\":\"" OF "\",\"pid\":0,\"start\":1,\"path\":\"" ONE
	"\",\"old\":\"1\",\"new\":\"5\"}\n",
	"{\"boot\":\"" OF "\",\"pid\":1,\"start\":1,\"path\":\"" ONE
	"\",\"old\":\"1\",\"new\":5}\n",
	"{\"boot\":\"" OF "\",\"pid\":1,\"start\":1,\"path\":\"" ONE
	"\",\"old\":\"1\",\"new\":\"5\",\"more\":1}\n",
};

static void put_journal(const char *a, const char *b)
{
	char text[4096];

	make_tree();
	put(ONE, "5\n");
	put(TWO, "x\n");
	snprintf(text, sizeof(text),
		 "umask 022; mkdir -p -m 0755 '%s/var/lib/faultline'", root);
	/* NOLINTNEXTLINE(cert-env33-c): fixed but for our own folder's name */
	assert_int_equal(system(text), 0);
	snprintf(text, sizeof(text), "%s%s", a, b);
	put(FILE_, text);
	assert_int_equal(chmod(in_root(FILE_), 0600), 0);
}

static void test_bad_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bad_rows); i++) {
		struct journal_outcome outcome;
		struct error e = { 0 }, e_set = { 0 };
		const char *row = bad_rows[i];
		struct journal *j;

		put_journal(GOOD, row);
		j = open_journal();
		check_row_int(row, journal_set(j, ONE, "6", &e_set), -EINVAL);
		check_row(row, strstr(e_set.text, "journal:2: "));
		journal_free(j);

		check_row_int(row, restore(&outcome, &e), -EIO);
		check_row_int(row, outcome.failed, 1);
		check_row_int(row, outcome.restored, 1);
		check_row(row, strstr(said, "journal:2: "));
		check_row_text(row, get(ONE), "5\n");
		check_row_text(row, get(TWO), "two words\n");
		check_row_text(row, get(FILE_), row);
	}
}

/* Cut off while it was written: its knob was not touched then. */
static const char *const torn_rows[] = { "{", "{\"boot\":\"" OF,
					 "{\"boot\":\"" OF
					 "\",\"pid\":1,\"start\":1,\"path\":"
					 "\"" ONE
					 "\",\"old\":\"1\",\"new\":\"5\"}" };

static void test_torn(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(torn_rows); i++) {
		struct journal_outcome outcome;
		struct error e = { 0 };
		const char *row = torn_rows[i];

		put_journal(GOOD, row);
		check_row_int(row, restore(&outcome, &e), 0);
		check_row_int(row, outcome.restored, 1);
		check_row(row, strstr(said, "journal:2: "));
		check_row_text(row, get(ONE), "5\n");
		check_row(row, !is_there(FILE_));

		put_journal(GOOD, row);
		set_and_go(ONE, "6");
		check_row_int(row, restore(&outcome, &e), 0);
		check_row_int(row, outcome.restored, 2);
		check_row_text(row, get(ONE), "5\n");
	}
}

/* Files that are not believed: nothing is touched. */
static void make_symlink(void)
{
	assert_int_equal(rename(in_root(FILE_), in_root("/else")), 0);
	assert_int_equal(symlink(in_root("/else"), in_root(FILE_)), 0);
}

static void make_writable(void)
{
	assert_int_equal(chmod(in_root(FILE_), 0666), 0);
}

static void make_folder_writable(void)
{
	assert_int_equal(chmod(in_root(FOLDER), 0777), 0);
}

static void make_pipe(void)
{
	assert_int_equal(unlink(in_root(FILE_)), 0);
	assert_int_equal(mkfifo(in_root(FILE_), 0600), 0);
}

static void make_huge(void)
{
	assert_int_equal(truncate(in_root(FILE_), 1 << 30), 0);
}

static void make_foreign(void)
{
	if (geteuid())
		make_writable();
	else
		assert_int_equal(chown(in_root(FILE_), 65534, 65534), 0);
}

static void make_many_lines(void)
{
	FILE *file = fopen(in_root(FILE_), "a");

	assert_non_null(file);
	for (int i = 0; i < 5000; i++)
		fputs("{}\n", file);
	fclose(file);
}

static const struct {
	const char *name;
	void (*spoil)(void);
	int err;
} spoilt_rows[] = {
	{ "symbolic link", make_symlink, -ELOOP },
	{ "others may write", make_writable, -EPERM },
	{ "others may write there", make_folder_writable, -EPERM },
	{ "no file", make_pipe, -EINVAL },
	{ "huge", make_huge, -EFBIG },
	{ "of others", make_foreign, -EPERM },
	{ "many lines", make_many_lines, -EFBIG },
};

static void test_spoilt(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(spoilt_rows); i++) {
		const char *row = spoilt_rows[i].name;
		struct journal_leftover leftover = { 0 };
		struct error e[3] = { 0 };
		struct journal *j;
		int err = spoilt_rows[i].err;

		put_journal(GOOD, "");
		spoilt_rows[i].spoil();
		check_row_int(row, restore(NULL, &e[0]), err);
		check_row(row, strstr(e[0].text, FOLDER));
		j = open_journal();
		check_row_int(row, journal_set(j, ONE, "6", &e[1]), err);
		check_row_int(row,
			      journal_look_for_leftover(j, &leftover, &e[2]),
			      err);
		journal_free(j);
		check_row_text(row, get(ONE), "5\n");
		check_row_text(row, get(TWO), "x\n");
		check_row(row, is_there(FILE_));
	}
}

static void test_leftover(void **state)
{
	struct journal_leftover leftover;
	struct error e = { 0 };
	struct journal *j;

	(void)state;
	put_journal(GOOD, ENTRY(OTHER, ONE, "1", "5"));
	j = open_journal();
	assert_int_equal(journal_look_for_leftover(j, &leftover, &e), 0);
	assert_int_equal(leftover.nr_knobs, 1);
	assert_int_equal(leftover.pid, DEAD_PID);
	journal_free(j);

	/* This process is alive, and so nothing is left over. */
	make_tree();
	set_and_go(ONE, "5");
	j = open_journal();
	assert_int_equal(journal_look_for_leftover(j, &leftover, &e), 0);
	assert_int_equal(leftover.nr_knobs, 0);
	journal_free(j);
}

static void test_locked(void **state)
{
	struct journal *a, *b;
	struct error e = { 0 };

	(void)state;
	make_tree();
	a = open_journal();
	b = open_journal();
	assert_int_equal(journal_set(a, ONE, "5", &e), 0);
	assert_int_equal(journal_set(b, TWO, "x", &e), -EBUSY);
	assert_int_equal(journal_restore(b, JOURNAL_WRITE, NULL, NULL, &e),
			 -EBUSY);
	journal_free(a);
	assert_int_equal(journal_restore(b, JOURNAL_WRITE, NULL, NULL, &e), 0);
	journal_free(b);
	assert_string_equal(get(ONE), "1\n");
}

static int live_and_restore(void)
{
	struct journal *j;

	return journal_open(root, &j, NULL) || journal_set(j, ONE, "5", NULL) ||
	       journal_set(j, TWO, "ten words", NULL) ||
	       journal_set(j, ONE, "6", NULL) ||
	       journal_restore(j, JOURNAL_WRITE, NULL, NULL, NULL);
}

/* As make_tree(), for those who need it often: what was made is taken away. */
static void clear_tree(void)
{
	unlink(in_root(FILE_));
	unlink(in_root(FILE_ ".new"));
	rmdir(in_root(FOLDER));
	rmdir(in_root("/var/lib"));
	rmdir(in_root("/var"));
	assert_false(is_there("/var"));
	put(ONE, "1\n");
	put(TWO, "two\twords\n");
}

/* Between any two system calls, and in each of them. */
static void test_killed_anywhere(void **state)
{
	int killed = 1;

	(void)state;
	make_tree();
	for (unsigned i = 1; killed == 1; i++) {
		struct error e = { 0 };

		clear_tree();
		killed = kill_after(i, live_and_restore);
		if (killed < 0)
			skip();
		assert_true(i < MAX_SYSCALLS);
		if (restore(NULL, &e))
			fail_msg("killed at stop %u: %s", i, e.text);
		if (strcmp(get(ONE), "1\n") != 0)
			fail_msg("killed at stop %u: %s", i, get(ONE));
		if (strncmp(get(TWO), "two", 3) != 0)
			fail_msg("killed at stop %u: %s", i, get(TWO));
		assert_false(is_there(FILE_));
	}
}

static const struct {
	const char *a, *b;
	bool same;
} same_rows[] = {
	{ "1", "1", true },
	{ "1", "2", false },
	{ "0x7", "7", true },
	{ "0x0007", "0x7", true },
	{ "1", "Y", true },
	{ "N", "0", true },
	{ "Y", "N", false },
	{ "Y", "2", false },
	{ "a  b", "a\tb", true },
	{ "a b", "a", false },
	{ "ab", "a", false },
	{ "", "", true },
	{ "", "0", false },
	{ "-1", "-1", true },
	{ "1 2", "1  2", true },
	{ "madvise", "madvise", true },
	{ "99999999999999999999", "99999999999999999998", false },
};

static void test_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(same_rows); i++)
		check_row_int(same_rows[i].a,
			      knob_same(same_rows[i].a, same_rows[i].b),
			      same_rows[i].same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_made),
		cmocka_unit_test(test_set_and_restore),
		cmocka_unit_test(test_set_twice),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_other_boot),
		cmocka_unit_test(test_dry_run),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_not_taken),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_spoilt),
		cmocka_unit_test(test_leftover),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_killed_anywhere),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
