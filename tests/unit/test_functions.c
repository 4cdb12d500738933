// SPDX-License-Identifier: GPL-2.0-only
/* Instructions by function, as the emulator's plugin counts them. */
#include "analysis/functions.h"

#include "bench/agent/window_mark.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <errno.h>

static const char kallsyms[] = "ffffffff81000000 T handle_fault\n"
			       "ffffffff81000100 t clear_it.isra.0\n"
			       "ffffffff81000200 t clear_it.cold\n"
			       "ffffffff81000300 T irq_enter\n"
			       "ffffffff81000300 T __irq_enter\n"
			       "ffffffff81000400 D data\n"
			       "not a line\n";

/* Blocks: a fault of 10, its helper in two parts, the tick, user code. */
#define BLOCKS                           \
	"block 0 ffffffff81000010 10\n"  \
	"block 1 ffffffff81000100 4\n"   \
	"block 2 ffffffff81000210 2\n"   \
	"block 3 ffffffff81000310 100\n" \
	"block 4 401000 3\n"

static const char *write_file(const char *name, const char *text)
{
	static char path[2][128];
	static unsigned turn;
	char *at = path[turn++ % 2];
	FILE *f;

	snprintf(at, sizeof(path[0]), "%s/%s", root, name);
	f = fopen(at, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return at;
}

static struct symbols *load_symbols(void)
{
	struct symbols *s = NULL;
	struct error e = { 0 };

	if (symbols_load(write_file("kallsyms", kallsyms), &s, &e))
		fail_msg("%s", e.text);
	return s;
}

static struct functions *load_counts(const struct symbols *s, const char *text)
{
	struct functions *f = NULL;
	struct error e = { 0 };

	if (functions_load(write_file("counts", text), s, &f, &e))
		fail_msg("%s", e.text);
	return f;
}

static void test_symbols(void **state)
{
	struct symbols *s = load_symbols();

	(void)state;
	assert_int_equal(symbols_count(s), 4);
	assert_string_equal(symbols_name(s, 1), "clear_it");
	assert_int_equal(symbols_find(s, 0xffffffff81000000), 2);
	assert_int_equal(symbols_find(s, 0xffffffff810001ff), 1);
	assert_int_equal(symbols_find(s, 0xffffffff81000200), 1);
	assert_string_equal(
		symbols_name(s, symbols_find(s, 0xffffffff81000310)),
		"irq_enter");
	assert_true(symbols_find(s, 0xffffffff80ffffff) == SIZE_MAX);
	symbols_free(s);
}

static void test_not_root(void **state)
{
	struct symbols *s = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(
		symbols_load(write_file("kallsyms", "0 T f\n0 t g\n"), &s, &e),
		-EINVAL);
	assert_non_null(strstr(e.text, "as root"));
	assert_int_equal(symbols_load("/nowhere/kallsyms", &s, NULL), -ENOENT);
}

/* Cells by number: clear_it, handle_fault, and user space behind all. */
static void test_windows(void **state)
{
	struct symbols *s = load_symbols();
	struct functions *f = load_counts(s, BLOCKS "window 2\n0 5\n1 5\n4 1\n"
						    "window 0\n0 5\n3 1\n2 1\n"
						    "window 2\n"
						    "end\n");
	const struct functions_window *w;

	(void)state;
	assert_int_equal(functions_nr_windows(f), 3);
	w = functions_window(f, 0);
	assert_int_equal(w->slot, 2);
	assert_int_equal(w->nr, 3);
	assert_false(w->interrupted);
	assert_int_equal(w->cells[0].number, 1);
	assert_true(w->cells[0].instructions == 20);
	assert_int_equal(w->cells[1].number, 2);
	assert_true(w->cells[1].instructions == 50);
	assert_string_equal(functions_name(f, w->cells[2].number),
			    "(user space)");
	assert_true(w->cells[2].instructions == 3);

	assert_int_equal(functions_window(f, 1)->slot, 0);
	assert_true(functions_window(f, 1)->interrupted);
	assert_int_equal(functions_window(f, 2)->nr, 0);
	functions_free(f);
	symbols_free(s);
}

static struct functions_change *compare(struct functions_part a,
					struct functions_part b, size_t *ret_nr)
{
	struct functions_change *changes = NULL;

	assert_int_equal(functions_compare(&a, &b, &changes, ret_nr), 0);
	return changes;
}

/* Means of the windows that are asked for, an op. */
static void test_compare(void **state)
{
	static const size_t both[] = { 0, 2 };
	struct symbols *s = load_symbols();
	struct functions *a = load_counts(s, BLOCKS "window 0\n0 10\n1 5\n"
						    "window 0\n3 1\n"
						    "window 0\n0 10\n1 7\n"
						    "end\n");
	struct functions *b = load_counts(s, BLOCKS "window 1\n0 20\n1 13\n"
						    "end\n");
	struct functions_change *changes;
	size_t nr;

	(void)state;
	changes = compare((struct functions_part){ a, both, 2, 1 },
			  (struct functions_part){ b, both, 1, 2 }, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(changes[0].name, "clear_it");
	assert_true(changes[0].a == 24 && changes[0].b == 26);
	assert_string_equal(changes[1].name, "handle_fault");
	assert_true(changes[1].a == 100 && changes[1].b == 100);
	free(changes);

	changes = compare((struct functions_part){ a, both, 2, 1 },
			  (struct functions_part){ b, both, 0, 1 }, &nr);
	assert_string_equal(changes[0].name, "handle_fault");
	assert_true(changes[0].a == 100 && changes[0].b == 0);
	free(changes);
	functions_free(a);
	functions_free(b);
	symbols_free(s);
}

/* What differs in one window of three comes behind what does in all. */
static void test_typical(void **state)
{
	static const size_t all[] = { 0, 1, 2 };
	struct symbols *s = load_symbols();
	struct functions *a = load_counts(s, BLOCKS "window 0\n0 1\n1 1\n"
						    "window 0\n0 1\n1 1\n"
						    "window 0\n0 1\n1 1\n"
						    "end\n");
	struct functions *b = load_counts(s, BLOCKS "window 0\n0 1\n1 2\n"
						    "window 0\n0 9\n1 2\n"
						    "window 0\n0 1\n1 2\n"
						    "end\n");
	struct functions_change *changes;
	size_t nr;

	(void)state;
	changes = compare((struct functions_part){ a, all, 3, 1 },
			  (struct functions_part){ b, all, 3, 1 }, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(changes[0].name, "clear_it");
	assert_true(changes[0].typical == 4);
	assert_string_equal(changes[1].name, "handle_fault");
	assert_true(changes[1].typical == 0 && changes[1].b > changes[1].a);
	free(changes);
	functions_free(a);
	functions_free(b);
	symbols_free(s);
}

/* A function that only one of them has, and user space behind all names. */
static void test_compare_names(void **state)
{
	static const size_t first[] = { 0 };
	struct symbols *s = load_symbols(), *t = NULL;
	struct functions_change *changes;
	struct functions *a, *b;
	size_t nr;

	(void)state;
	assert_int_equal(symbols_load(write_file("kallsyms",
						 "ffffffff81000000 T zz_new\n"),
				      &t, NULL),
			 0);
	a = load_counts(s, BLOCKS "window 0\n0 1\n4 2\nend\n");
	b = load_counts(t, BLOCKS "window 0\n0 3\n4 3\nend\n");
	changes = compare((struct functions_part){ a, first, 1, 1 },
			  (struct functions_part){ b, first, 1, 1 }, &nr);
	assert_int_equal(nr, 3);
	assert_string_equal(changes[0].name, "zz_new");
	assert_true(changes[0].a == 0 && changes[0].b == 30);
	assert_string_equal(changes[1].name, "handle_fault");
	assert_string_equal(changes[2].name, "(user space)");
	assert_true(changes[2].a == 6 && changes[2].b == 9);
	free(changes);
	functions_free(a);
	functions_free(b);
	symbols_free(s);
	symbols_free(t);
}

static const struct {
	const char *name, *text;
	int err;
	const char *says;
} bad_rows[] = {
	{ "nothing", "", -ENODATA, "the end is missing" },
	{ "torn", BLOCKS "window 0\n0 1\n", -ENODATA, "the end is missing" },
	{ "out of turn", "block 1 10 1\nend\n", -EINVAL, ":1: " },
	{ "no such block", BLOCKS "window 0\n5 1\nend\n", -EINVAL, ":7: " },
	{ "no window", BLOCKS "0 1\nend\n", -EINVAL, ":6: " },
	{ "no such slot", BLOCKS "window 16\nend\n", -EINVAL, ":6: " },
	{ "words", "hello\nend\n", -EINVAL, ":1: " },
};

static void test_bad(void **state)
{
	struct symbols *s = load_symbols();

	(void)state;
	for (size_t i = 0; i < ROWS(bad_rows); i++) {
		struct functions *f = NULL;
		struct error e = { 0 };
		int err = functions_load(write_file("counts", bad_rows[i].text),
					 s, &f, &e);

		check_row_int(bad_rows[i].name, err, bad_rows[i].err);
		check_row(bad_rows[i].name, strstr(e.text, bad_rows[i].says));
	}
	symbols_free(s);
}

/* The instruction that the agent executes is the one that the plugin knows. */
static void test_mark(void **state)
{
	static const unsigned char begin[] = { 0x0f, 0x1f, 0x84, 0x00,
					       7,    1,	   'L',	 'F' };
	unsigned char other[sizeof(begin)];
	bool begins = false;
	unsigned slot = 0;

	(void)state;
	assert_true(window_mark_parse(begin, sizeof(begin), &begins, &slot));
	assert_true(begins && slot == 7);
	for (size_t i = 0; i < sizeof(begin); i++) {
		memcpy(other, begin, sizeof(begin));
		other[i] = 0xff;
		assert_false(window_mark_parse(other, sizeof(other), &begins,
					       &slot));
	}
	assert_false(window_mark_parse(begin, 7, &begins, &slot));
	assert_false(window_mark_parse(begin, 4, &begins, &slot));
	for (unsigned i = 0; i < WINDOW_MARK_SLOTS + 1; i++) {
		window_mark_begin(i);
		window_mark_end(i);
	}
}

/* movz xzr, #0x462b, lsl #48, and what differs from it by a bit. */
static void test_arm64_mark(void **state)
{
	static const unsigned char end[] = { 0x7f, 0xc5, 0xe8, 0xd2 };
	unsigned char other[sizeof(end)];
	bool begins = true;
	unsigned slot = 0;

	(void)state;
	assert_true(window_mark_parse(end, sizeof(end), &begins, &slot));
	assert_true(!begins && slot == 11);
	for (unsigned bit = 0; bit < 32; bit++) {
		bool is_slot = bit >= 5 && bit < 9;

		memcpy(other, end, sizeof(end));
		other[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_int_equal(
			window_mark_parse(other, sizeof(other), &begins, &slot),
			is_slot);
	}
	assert_false(window_mark_parse(end, 2, &begins, &slot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_not_root),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_typical),
		cmocka_unit_test(test_compare_names),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_arm64_mark),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
