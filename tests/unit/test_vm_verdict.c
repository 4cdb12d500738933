// SPDX-License-Identifier: GPL-2.0-only
/* How a boot ended, from what was seen of it. */
#include "bench/vm/verdict.h"

#include "unit.h"

#include <stdio.h>

#define VFS_PANIC                                                             \
	"[    0.1] Run /init as init process\r\n"                             \
	"[    0.2] Kernel panic - not syncing: VFS: Unable to mount root\r\n" \
	"[    0.3] CPU: 0 PID: 1 Comm: swapper/0 Not tainted\r\n"             \
	"[    0.4] Call Trace:\r\n"                                           \
	"[    0.4]  <TASK>\r\n"                                               \
	"[    0.4]  dump_stack_lvl+0x44/0x5c\r\n"                             \
	"[    0.4]  panic+0x118/0x2ed\r\n"                                    \
	"[    0.4]  ? rest_init+0xd0/0xd0\r\n"                                \
	"[    0.4]  mount_block_root+0x14e/0x1e6\r\n"                         \
	"[    0.4]  kernel_init+0x16/0x130\r\n"

#define OOPS                                                                \
	"[    1.1] BUG: kernel NULL pointer dereference, address: 0000\r\n" \
	"[    1.1] Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n"                   \
	"[    1.1] RIP: 0010:do_anonymous_page+0x1b/0x400\r\n"              \
	"[    1.1] Call Trace:\r\n"                                         \
	"[    1.1]  __handle_mm_fault+0x7ff/0xfd0\r\n"                      \
	"[    1.2] RIP: 0033:0x401000\r\n"                                  \
	"[    1.2] Kernel panic - not syncing: Fatal exception\r\n"

#define ARM_OOPS                                                \
	"[    1.1] Internal error: Oops: 96000004 [#1] SMP\r\n" \
	"[    1.1] pc : wp_page_copy+0x20/0x300\r\n"            \
	"[    1.1] lr : do_wp_page+0x100/0x300\r\n"

static const struct {
	const char *name;
	struct vm_facts facts;
	enum vm_verdict verdict;
	const char *why, *function; /* parts; NULL: not looked at */
} rows[] = {
	{ "done", { .hello = true, .done = true }, VM_OK, "", "" },
	{ "done, killed as it did not end",
	  { .hello = true, .done = true, .signal = 9 },
	  VM_OK,
	  "",
	  "" },
	{ "a message like a panic in a run that is done",
	  { .hello = true, .done = true, .console = OOPS },
	  VM_OK,
	  "",
	  "" },
	{ "no root",
	  { .console = VFS_PANIC },
	  VM_PANIC,
	  "VFS: Unable to mount root",
	  "mount_block_root" },
	{ "oops",
	  { .hello = true, .console = OOPS },
	  VM_PANIC,
	  "BUG: kernel NULL pointer dereference",
	  "do_anonymous_page" },
	{ "oops, then silence",
	  { .hello = true, .stop = VM_STOP_GAP, .console = OOPS },
	  VM_PANIC,
	  NULL,
	  "do_anonymous_page" },
	{ "arm",
	  { .hello = true, .console = ARM_OOPS },
	  VM_PANIC,
	  "Internal error",
	  "wp_page_copy" },
	{ "colours",
	  { .console = "\033[31mKernel panic - not syncing: \033[0mred\n" },
	  VM_PANIC,
	  "red",
	  "" },
	{ "reset",
	  { .hello = true, .console = "all well\n" },
	  VM_TRUNCATED,
	  "before it was done",
	  "" },
	{ "silent reset",
	  { .console = "all well\n" },
	  VM_NO_HELLO,
	  "second serial port",
	  "" },
	{ "hang in the boot",
	  { .stop = VM_STOP_HELLO, .limit_s = 120, .console = "x\n" },
	  VM_NO_HELLO,
	  "within 120 s",
	  "" },
	{ "no serial driver",
	  { .stop = VM_STOP_HELLO, .limit_s = 1 },
	  VM_NO_HELLO,
	  "CONFIG_SERIAL_8250_CONSOLE",
	  "" },
	{ "hang",
	  { .stop = VM_STOP_GAP, .hello = true, .limit_s = 60 },
	  VM_HANG,
	  "for 60 s",
	  "" },
	{ "too long",
	  { .stop = VM_STOP_TOTAL, .hello = true, .limit_s = 9 },
	  VM_HANG,
	  "after 9 s",
	  "" },
	{ "garbage",
	  { .stop = VM_STOP_GARBLED, .garbled = "line 3" },
	  VM_GARBLED,
	  "line 3",
	  "" },
	{ "done, and then garbage",
	  { .stop = VM_STOP_GARBLED, .done = true, .garbled = "after done" },
	  VM_GARBLED,
	  "after done",
	  "" },
	{ "no such option",
	  { .exit_status = 1, .emulator = "qemu: bad\nqemu: -foo: invalid\n" },
	  VM_EMULATOR,
	  "status 1: qemu: -foo: invalid",
	  "" },
	{ "assertion",
	  { .signal = 6, .emulator = "Assertion failed" },
	  VM_EMULATOR,
	  "signal 6",
	  "" },
	{ "user",
	  { .stop = VM_STOP_INTERRUPTED, .console = OOPS },
	  VM_INTERRUPTED,
	  "",
	  "" },
};

static void ends_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct vm_facts f = rows[i].facts;
		struct vm_judgement j;

		f.console_bytes = f.console ? strlen(f.console) : 0;
		vm_judge(&f, &j);
		check_row_text(rows[i].name, vm_verdict_name(j.verdict),
			       vm_verdict_name(rows[i].verdict));
		if (rows[i].why && !strstr(j.why, rows[i].why))
			fail_msg("%s: `%s` not in `%s`", rows[i].name,
				 rows[i].why, j.why);
		if (rows[i].function)
			check_row_text(rows[i].name, j.function,
				       rows[i].function);
	}
}

static void tail_is_printable(void **state)
{
	const char text[] = "one\ntwo\033[2J\033[1;31m\007\x80 2\r\n\nthree\n";
	char tail[CONSOLE_TAIL_BYTES];

	(void)state;
	console_tail(text, sizeof(text) - 1, tail);
	assert_string_equal(tail, "one\ntwo 2\nthree\n");
	console_tail("", 0, tail);
	assert_string_equal(tail, "");
}

static void tail_is_the_end(void **state)
{
	char text[4096] = "", tail[CONSOLE_TAIL_BYTES];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"line %d\n", i);
	console_tail(text, strlen(text), tail);
	assert_memory_equal(tail, "line 80\n", 8);
	assert_non_null(strstr(tail, "line 99\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(tail_is_printable),
		cmocka_unit_test(tail_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
