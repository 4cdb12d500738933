// SPDX-License-Identifier: GPL-2.0-only
/*
 * Swap as system state on a fake tree: the calls that only a kernel answers
 * are this file's, the file that is made is a real one.
 */
#include "killed.h"
#include "scratch.h"
#include "unit.h"

#include "bench/journal.h"
#include "bench/knob.h"
#include "bench/swap_call.h"
#include "bench/swaps.h"
#include "bench/system_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SWAPS  "/proc/swaps"
#define BOOT   "/proc/sys/kernel/random/boot_id"
#define THIS   "0f2c6f5e-2f7a-4a55-9c38-5b4f6a1d2e90\n"
#define OTHER  "11111111-2f7a-4a55-9c38-5b4f6a1d2e90\n"
#define FOLDER "/var/lib/faultline"
#define HEAD   "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
#define ZRAM   "/dev/zram0 partition 4194304 1024 100\n"

static const struct units units = { 4096, 2 << 20 };

/* What the kernel would say. */
static struct {
	int on, off; /* -errno */
	bool permitted;
	struct swap_call_place place;
} kernel;

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
	char temporary[PATH_MAX];
	FILE *file;

	snprintf(temporary, sizeof(temporary), "%s.new", in_root(path));
	file = fopen(temporary, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(rename(temporary, in_root(path)), 0);
}

static const char *get(const char *path)
{
	static char text[4096];
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

static void name_of(const char *path, char name[PATH_MAX])
{
	ssize_t len = readlink(path, name, PATH_MAX - 1);

	name[len > 0 ? len : 0] = '\0';
}

int swap_call_on(const char *path)
{
	char name[PATH_MAX], text[PATH_MAX + 4096];
	struct stat st;

	if (kernel.on)
		return kernel.on;
	name_of(path, name);
	if (stat(name, &st))
		return -errno;
	snprintf(text, sizeof(text), "%s%s file %lld 0 32767\n", get(SWAPS),
		 name, (long long)st.st_size / 1024 - 4);
	put(SWAPS, text);
	return 0;
}

int swap_call_off(const char *path)
{
	char name[PATH_MAX], text[4096] = "";
	const char *row, *all = get(SWAPS);

	if (kernel.off)
		return kernel.off;
	name_of(path, name);
	row = strstr(all, name);
	if (!row)
		return -EINVAL;
	snprintf(text, sizeof(text), "%.*s%s", (int)(row - all), all,
		 strchr(row, '\n') + 1);
	put(SWAPS, text);
	return 0;
}

bool swap_call_permitted(void)
{
	return kernel.permitted;
}

int swap_call_place(const char *folder, struct swap_call_place *ret_place)
{
	(void)folder;
	*ret_place = kernel.place;
	return 0;
}

static void reset_kernel(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.permitted = true;
	kernel.place.free_bytes = UINT64_C(1) << 40;
}

static void make_tree(void)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "rm -rf '%s' && umask 022 && mkdir -p '%s/proc/sys/vm' "
		 "'%s/proc/sys/kernel/random' '%s/var/lib'",
		 root, root, root, root);
	/* NOLINTNEXTLINE(cert-env33-c): fixed but for our own folder's name */
	assert_int_equal(system(command), 0);
	put(BOOT, THIS);
	put(SWAPS, HEAD ZRAM);
	put("/proc/sys/vm/swappiness", "60\n");
	reset_kernel();
}

/* "/a/b", with a limit at a. */
static void make_cgroup(const char *limit)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "mkdir -p '%s/proc/self' '%s/sys/fs/cgroup/a/b'", root, root);
	/* NOLINTNEXTLINE(cert-env33-c): fixed but for our own folder's name */
	assert_int_equal(system(command), 0);
	put("/proc/self/cgroup", "0::/a/b\n");
	put("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
	put("/sys/fs/cgroup/a/b/memory.swap.max", "max\n");
	put("/sys/fs/cgroup/a/memory.swap.max", limit);
	put("/sys/fs/cgroup/a/memory.swap.current", "33554432\n");
}

static const struct {
	const char *name, *text;
	int nr;
	uint64_t free_kib;
} swaps_rows[] = {
	{ "none", HEAD, 0, 0 },
	{ "a partition", HEAD "/dev/sda2 partition 1000 100 -2\n", 1, 900 },
	{ "a file", HEAD "/swap file 1000 0 -2\n", 1, 1000 },
	{ "zram alone", HEAD ZRAM, 1, 0 },
	{ "zram first", HEAD ZRAM "/dev/sda2 partition 1000 0 -2\n", 2, 0 },
	{ "by turns", HEAD ZRAM "/swap file 1000 0 100\n", 2, 0 },
	{ "the disk first", HEAD ZRAM "/swap file 1000 0 101\n", 2, 1000 },
	{ "zram is full",
	  HEAD "/dev/zram0 partition 8 8 100\n/swap file 1000 0 -2\n", 2,
	  1000 },
	{ "a RAM disk", HEAD "/dev/ram1 partition 1000 0 -2\n", 1, 0 },
	{ "a file of that name", HEAD "/zram file 1000 0 -2\n", 1, 1000 },
	{ "two", HEAD "/a file 10 0 -2\n/dev/b1 partition 20 5 -3\n", 2, 25 },
	{ "another order",
	  "Priority Used\tSize New Type Filename\n-2 1 8 x file /a\n", 1, 7 },
	{ "full", HEAD "/a file 10 10 -2\n", 1, 0 },
	{ "no such column", "Filename Type Size Priority\n", -EINVAL, 0 },
	{ "nothing at all", "", -EINVAL, 0 },
	{ "half a row", HEAD "/a file 10\n", -EINVAL, 0 },
	{ "no number", HEAD "/a file ten 0 -2\n", -EINVAL, 0 },
};

static void swaps(void **state)
{
	struct swap_area areas[SWAPS_MAX];

	(void)state;
	make_tree();
	for (size_t i = 0; i < ROWS(swaps_rows); i++) {
		const char *row = swaps_rows[i].name;
		int nr;

		put(SWAPS, swaps_rows[i].text);
		nr = swaps_read(root, areas);
		check_row_int(row, nr, swaps_rows[i].nr);
		if (nr >= 0)
			check_row_u64(row, swaps_free_on_disk(areas, nr) >> 10,
				      swaps_rows[i].free_kib);
	}

	put(SWAPS, HEAD "/a\\040b\\011c\\134 file 10 0 -2\n");
	assert_int_equal(swaps_read(root, areas), 1);
	assert_string_equal(areas[0].name, "/a b\tc\\");
	assert_int_equal(unlink(in_root(SWAPS)), 0);
	assert_int_equal(swaps_read(root, areas), -ENOENT);
}

static const struct {
	const char *name, *swaps;
	uint64_t amount_mib;
	struct swap_call_place place;
	int is;
	const char *target, *why;
} look_rows[] = {
	{ "enough",
	  "/swap file 2048 0 -2\n",
	  2,
	  { NULL, 0 },
	  SYSTEM_IS_SO,
	  "2M",
	  "" },
	{ "too little",
	  "/swap file 2047 0 -2\n",
	  2,
	  { NULL, 1 << 30 },
	  SYSTEM_DIFFERS,
	  "35M",
	  "" },
	{ "a margin", "", 256, { NULL, 1 << 30 }, SYSTEM_DIFFERS, "321M", "" },
	{ "zram does not count",
	  ZRAM,
	  256,
	  { NULL, 1 << 30 },
	  SYSTEM_DIFFERS,
	  "321M",
	  "" },
	{ "not on tmpfs",
	  "",
	  2,
	  { "tmpfs", 1 << 30 },
	  SYSTEM_ABSENT,
	  "35M",
	  "is on tmpfs, which cannot hold a swap file: set "
	  "FAULTLINE_STATE_DIR to a folder of root on ext4" },
	{ "the disk is full",
	  "",
	  256,
	  { NULL, 300 << 20 },
	  SYSTEM_ABSENT,
	  "321M",
	  "a file of 321M does not fit into" },
};

static void looks(void **state)
{
	(void)state;
	make_tree();
	for (size_t i = 0; i < ROWS(look_rows); i++) {
		const char *row = look_rows[i].name;
		const struct system_want want = { "swap", "",
						  look_rows[i].amount_mib
							  << 20 };
		struct system_sight s;
		char text[4096];

		snprintf(text, sizeof(text), HEAD "%s", look_rows[i].swaps);
		put(SWAPS, text);
		kernel.place = look_rows[i].place;
		system_look(root, &units, &want, &s);
		check_row_int(row, (int)s.is, look_rows[i].is);
		check_row_text(row, s.target, look_rows[i].target);
		check_row(row, strstr(s.why, look_rows[i].why));
	}
}

/* Of all groups above, the one that allows the least. */
static void cgroups(void **state)
{
	const struct system_want want = { "swap", "", 256 << 20 };
	char buf[SYSTEM_WHY_BYTES];
	struct system_sight s;

	(void)state;
	make_tree();
	make_cgroup("67108864\n");
	system_look(root, &units, &want, &s);
	assert_non_null(system_explain(&s, &want, true, buf));
	assert_non_null(strstr(buf, "may take 32 MiB more of it, and 256M are "
				    "wanted: raise its memory.swap.max"));
	make_cgroup("max\n");
	system_look(root, &units, &want, &s);
	assert_int_equal(s.is, SYSTEM_DIFFERS);
}

/* Who may not is told what to type, or who could. */
static void refusals(void **state)
{
	const struct system_want want = { "swap", "", 256 << 20 };
	char buf[SYSTEM_WHY_BYTES];
	struct system_sight s;

	(void)state;
	make_tree();
	system_look(root, &units, &want, &s);
	s.writable = true;
	assert_null(system_explain(&s, &want, true, buf));
	assert_string_equal(
		system_explain(&s, &want, false, buf),
		"swap on a disk: /proc/swaps shows 0 of free swap on a disk "
		"(zram does not count, nor what is filled after it), and 256M "
		"are wanted: run with --allow-system-changes, or type as "
		"root: (umask 077; fallocate -l 321M /var/lib/faultline.swap) "
		"&& mkswap /var/lib/faultline.swap && swapon -p 32767 "
		"/var/lib/faultline.swap");
	s.writable = false;
	assert_non_null(strstr(system_explain(&s, &want, false, buf),
			       "run as root with --allow-system-changes"));

	kernel.permitted = false;
	system_look(root, &units, &want, &s);
	assert_non_null(system_explain(&s, &want, true, buf));
	assert_non_null(
		strstr(buf, geteuid() ? "run as root" : "CAP_SYS_ADMIN"));
	assert_int_equal(unlink(in_root(SWAPS)), 0);
	system_look(root, &units, &want, &s);
	assert_string_equal(system_explain(&s, &want, true, buf),
			    "swap on a disk: the kernel has no swap "
			    "(CONFIG_SWAP)");
	setenv("FAULTLINE_STATE_DIR", "../here", 1);
	put(SWAPS, HEAD);
	system_look(root, &units, &want, &s);
	assert_non_null(strstr(s.why, "an absolute path"));
	unsetenv("FAULTLINE_STATE_DIR");
}

static const char *swap_path(void)
{
	return in_root(FOLDER "/swapfile");
}

/* As a process of its own would: set, and be gone. */
static int set_and_go(uint64_t amount, struct error *e)
{
	const struct system_want want = { "swap", "", amount };
	struct journal *j;
	int err;

	*e = (struct error){ 0 };
	assert_int_equal(journal_open(root, &j, e), 0);
	err = system_set(j, root, &units, &want, e);
	journal_free(j);
	return err;
}

static char said[4096];

static int restore(struct journal_outcome *ret)
{
	FILE *say = fmemopen(said, sizeof(said), "w");
	struct error e = { 0 };
	struct journal *j;
	int err;

	assert_int_equal(journal_open(root, &j, &e), 0);
	err = journal_restore(j, JOURNAL_WRITE, say, ret, &e);
	journal_free(j);
	fclose(say);
	return err;
}

static void check_clean(void)
{
	assert_string_equal(get(SWAPS), HEAD ZRAM);
	assert_false(is_there(FOLDER "/swapfile"));
	assert_false(is_there(FOLDER "/journal"));
}

/* What mkswap(8) would have written, and no hole. */
static void check_file(off_t bytes)
{
	char page[65536];
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	uint32_t words[3];
	struct stat st;
	int fd = open(swap_path(), O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, bytes);
	assert_true(st.st_blocks * 512 >= bytes);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(read(fd, page, size), size);
	assert_memory_equal(page + size - 10, "SWAPSPACE2", 10);
	memcpy(words, page + 1024, sizeof(words));
	assert_int_equal(words[0], 1);
	assert_int_equal(words[1], bytes / (off_t)size - 1);
	assert_int_equal(words[2], 0);
	close(fd);
}

static void made_and_removed(void **state)
{
	struct journal_outcome outcome;
	struct error e;

	(void)state;
	make_tree();
	if (set_and_go(1 << 20, &e))
		fail_msg("%s", e.text);
	check_file(34 << 20);
	assert_non_null(strstr(get(SWAPS), swap_path()));
	assert_non_null(strstr(get(FOLDER "/journal"),
			       "\"old\":\"none\",\"new\":\"34M\""));

	assert_int_equal(set_and_go(1 << 20, &e), 0);
	assert_int_equal(set_and_go(64 << 20, &e), -ENOENT);
	assert_non_null(strstr(e.text, "is there already (34M): `faultline"));

	assert_int_equal(restore(&outcome), 0);
	assert_int_equal(outcome.restored, 1);
	check_clean();
}

/* It says why, and leaves nothing but a line that restoring takes away. */
static const struct {
	int err;
	const char *why;
} on_rows[] = {
	{ -EINVAL, "swapfile: swapon: Invalid argument: this file system "
		   "cannot hold swap; set FAULTLINE_STATE_DIR" },
	{ -EPERM, "swapfile: swapon: not permitted: it needs CAP_SYS_ADMIN" },
	{ -EBUSY, "swapfile: swapon: Device or resource busy" },
};

static void not_switched_on(void **state)
{
	struct journal_outcome outcome;
	struct error e;

	(void)state;
	for (size_t i = 0; i < ROWS(on_rows); i++) {
		const char *row = on_rows[i].why;

		make_tree();
		kernel.on = on_rows[i].err;
		check_row_int(row, set_and_go(1 << 20, &e), on_rows[i].err);
		check_row(row, strstr(e.text, row));
		check_row(row, !is_there(FOLDER "/swapfile"));
		check_row_int(row, restore(&outcome), 0);
		check_row_int(row, outcome.back, 1);
		check_clean();
	}
}

static void fill_file(unsigned mib)
{
	char text[PATH_MAX + 256];

	snprintf(text, sizeof(text), HEAD ZRAM "%s file 34812 %u 32767\n",
		 swap_path(), mib << 10);
	put(SWAPS, text);
}

static void not_switched_off(void **state)
{
	struct journal_outcome outcome;
	struct error e;

	(void)state;
	make_tree();
	assert_int_equal(set_and_go(1 << 20, &e), 0);
	kernel.off = -ENOMEM;
	assert_int_equal(restore(&outcome), -EIO);
	assert_int_equal(outcome.failed, 1);
	assert_non_null(strstr(said, "swapoff: memory does not hold"));
	assert_true(is_there(FOLDER "/journal"));
	assert_true(is_there(FOLDER "/swapfile"));
	kernel.off = 0;

	fill_file(32);
	put("/proc/meminfo", "MemAvailable:  32768 kB\n");
	assert_int_equal(restore(&outcome), -EIO);
	assert_non_null(strstr(said, "does not hold the 32 MiB that are"));
	put("/proc/meminfo", "MemAvailable:  32772 kB\n");
	assert_int_equal(restore(&outcome), 0);
	check_clean();
}

/* The next boot has no swap in the file, but the file. */
static void after_a_boot(void **state)
{
	struct journal_leftover leftover = { 0 };
	struct journal_outcome outcome;
	struct error e;
	struct journal *j;

	(void)state;
	make_tree();
	assert_int_equal(set_and_go(1 << 20, &e), 0);
	put(BOOT, OTHER);
	put(SWAPS, HEAD ZRAM);
	assert_int_equal(journal_open(root, &j, &e), 0);
	assert_int_equal(journal_look_for_leftover(j, &leftover, &e), 0);
	journal_free(j);
	assert_int_equal(leftover.nr_knobs, 1);

	assert_int_equal(restore(&outcome), 0);
	assert_int_equal(outcome.restored, 1);
	assert_int_equal(outcome.dropped, 0);
	assert_non_null(strstr(said, "was set to `34M, off`"));
	check_clean();
}

static void spoil_header(void)
{
	int fd = open(swap_path(), O_WRONLY);

	assert_int_equal(pwrite(fd, "theirs", 6, 1024 + 28), 6);
	close(fd);
}

static void spoil_size(void)
{
	assert_int_equal(truncate(swap_path(), 1 << 20), 0);
}

static void spoil_by_link(void)
{
	assert_int_equal(rename(swap_path(), in_root("/else")), 0);
	assert_int_equal(symlink(in_root("/else"), swap_path()), 0);
}

static void spoil_by_name(void)
{
	assert_int_equal(link(swap_path(), in_root("/else")), 0);
}

static void spoil_by_folder(void)
{
	assert_int_equal(unlink(swap_path()), 0);
	assert_int_equal(mkdir(swap_path(), 0755), 0);
}

static const struct {
	const char *name;
	void (*spoil)(void);
} spoil_rows[] = {
	{ "another header", spoil_header },   { "another size", spoil_size },
	{ "a symbolic link", spoil_by_link }, { "two names", spoil_by_name },
	{ "a folder", spoil_by_folder },
};

/* What is not ours any more is left, and said. */
static void left(void **state)
{
	struct journal_outcome outcome;
	struct error e;

	(void)state;
	for (size_t i = 0; i < ROWS(spoil_rows); i++) {
		const char *row = spoil_rows[i].name;

		make_tree();
		check_row_int(row, set_and_go(1 << 20, &e), 0);
		spoil_rows[i].spoil();
		check_row_int(row, restore(&outcome), 0);
		check_row_int(row, outcome.left, 1);
		check_row(row, strstr(said, "left "));
		check_row(row, is_there(FOLDER "/swapfile"));
		check_row(row, !is_there(FOLDER "/journal"));
	}
}

/* With it there, nothing is made; and nothing is written through a link. */
static void taken(void **state)
{
	const struct knob_kind *kind;
	struct error e = { 0 };

	(void)state;
	make_tree();
	assert_int_equal(mkdir(in_root(FOLDER), 0700), 0);
	put("/else", "theirs");
	assert_int_equal(symlink(in_root("/else"), swap_path()), 0);
	assert_int_equal(set_and_go(1 << 20, &e), -ENOENT);
	assert_non_null(strstr(e.text, "not a swap file of faultline"));
	e.text[0] = '\0';
	kind = knob_kind_of(swap_path());
	assert_int_equal(kind->write(root, swap_path(), "1M", &e), -EEXIST);
	e.text[0] = '\0';
	assert_int_equal(kind->write(root, swap_path(), "none", &e), -EPERM);
	assert_string_equal(get("/else"), "theirs");
	assert_string_equal(get(SWAPS), HEAD ZRAM);
	e.text[0] = '\0';
	assert_int_equal(chmod(in_root(FOLDER), 0777), 0);
	assert_int_equal(kind->write(root, swap_path(), "none", &e), -EPERM);
	assert_non_null(strstr(e.text, "others may write to it"));
}

/* Beside other knobs, in one journal. */
static void with_others(void **state)
{
	struct journal_outcome outcome;
	struct system_state s = { .nr = 2,
				  .wants = { { "swap", "", 1 << 20 },
					     { "swappiness", "100", 0 } } };
	char text[SYSTEM_TEXT_BYTES];
	struct error e = { 0 };
	struct journal *j;

	(void)state;
	make_tree();
	assert_string_equal(system_state_print(&s, text),
			    "swap>=1M swappiness=100");
	assert_int_equal(journal_open(root, &j, &e), 0);
	for (unsigned i = 0; i < s.nr; i++)
		assert_int_equal(system_set(j, root, &units, &s.wants[i], &e),
				 0);
	assert_string_equal(get("/proc/sys/vm/swappiness"), "100\n");
	assert_int_equal(journal_restore(j, JOURNAL_WRITE, NULL, &outcome, &e),
			 0);
	journal_free(j);
	assert_int_equal(outcome.restored, 2);
	assert_string_equal(get("/proc/sys/vm/swappiness"), "60\n");
	check_clean();
}

static int live(void)
{
	struct journal *j;

	return journal_open(root, &j, NULL) ||
	       journal_set(j, swap_path(), "1M", NULL) ||
	       journal_restore(j, JOURNAL_WRITE, NULL, NULL, NULL);
}

/* Between any two system calls, and in each of them. */
static void killed_anywhere(void **state)
{
	struct journal_outcome outcome;
	int killed = 1;

	(void)state;
	make_tree();
	for (unsigned i = 1; killed == 1; i++) {
		killed = kill_after(i, live);
		if (killed < 0)
			skip();
		assert_true(i < MAX_SYSCALLS);
		if (restore(&outcome))
			fail_msg("killed at stop %u: %s", i, said);
		if (outcome.left)
			fail_msg("killed at stop %u: %s", i, said);
		check_clean();
		unlink(in_root(SWAPS ".new"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(swaps),
		cmocka_unit_test(looks),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(refusals),
		cmocka_unit_test(made_and_removed),
		cmocka_unit_test(not_switched_on),
		cmocka_unit_test(not_switched_off),
		cmocka_unit_test(after_a_boot),
		cmocka_unit_test(left),
		cmocka_unit_test(taken),
		cmocka_unit_test(with_others),
		cmocka_unit_test(killed_anywhere),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
