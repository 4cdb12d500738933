// SPDX-License-Identifier: GPL-2.0-only
#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *vm_verdict_name(enum vm_verdict verdict)
{
	static const char *const names[] = {
		[VM_OK] = "ok",
		[VM_PANIC] = "panic",
		[VM_HANG] = "hang",
		[VM_NO_HELLO] = "no hello",
		[VM_TRUNCATED] = "truncated",
		[VM_GARBLED] = "garbled",
		[VM_EMULATOR] = "emulator error",
		[VM_INTERRUPTED] = "interrupted",
	};

	return names[verdict];
}

static void __attribute__((format(printf, 3, 4)))
set(struct vm_judgement *j, enum vm_verdict verdict, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	j->verdict = verdict;
	vsnprintf(j->why, sizeof(j->why), fmt, args);
	va_end(args);
}

static void judge_panic(const struct console_panic *p, struct vm_judgement *j)
{
	memcpy(j->function, p->function, sizeof(j->function));
	set(j, VM_PANIC, "the guest's kernel panicked: %s%s%s", p->what,
	    p->function[0] ? ", in " : "", p->function);
}

/* The last line that it said, for people. */
static void last_words(const char *text, char *buf, size_t bytes)
{
	size_t end = strlen(text), start, nr = 0;

	while (end && (text[end - 1] == '\n' || text[end - 1] == '\r'))
		end--;
	for (start = end; start && text[start - 1] != '\n';)
		start--;
	for (; start < end && nr < bytes - 1; start++) {
		bool plain = text[start] >= ' ' && text[start] <= '~';

		buf[nr++] = '?';
		if (plain)
			buf[nr - 1] = text[start];
	}
	buf[nr] = '\0';
}

static void judge_ended(const struct vm_facts *f, struct vm_judgement *j)
{
	char words[300];

	last_words(f->emulator ? f->emulator : "", words, sizeof(words));
	if (f->signal)
		set(j, VM_EMULATOR, "the emulator was killed by signal %d: %s",
		    f->signal, words);
	else if (f->exit_status > 0)
		set(j, VM_EMULATOR, "the emulator ended with status %d: %s",
		    f->exit_status, words);
	else if (!f->hello)
		set(j, VM_NO_HELLO,
		    "the guest ended without a word on its second serial "
		    "port%s",
		    f->console_bytes ? "" : ", or one on its console");
	else
		set(j, VM_TRUNCATED, "the guest ended before it was done");
}

static void judge_stopped(const struct vm_facts *f, struct vm_judgement *j)
{
	switch (f->stop) {
	case VM_STOP_HELLO:
		set(j, VM_NO_HELLO,
		    "the guest did not say hello within %.0f s%s", f->limit_s,
		    f->console_bytes ? ""
				     : ", and its console is empty: has the "
				       "kernel a driver for the serial port "
				       "(CONFIG_SERIAL_8250_CONSOLE)?");
		break;
	case VM_STOP_GAP:
		set(j, VM_HANG, "nothing came from the guest for %.0f s",
		    f->limit_s);
		break;
	case VM_STOP_TOTAL:
		set(j, VM_HANG, "the guest was not done after %.0f s",
		    f->limit_s);
		break;
	case VM_STOP_GARBLED:
		set(j, VM_GARBLED, "%s", f->garbled ? f->garbled : "");
		break;
	case VM_STOP_INTERRUPTED:
		set(j, VM_INTERRUPTED, "interrupted");
		break;
	case VM_STOP_ENDED:
		judge_ended(f, j);
		break;
	}
}

void vm_judge(const struct vm_facts *f, struct vm_judgement *ret)
{
	struct console_panic panic;

	memset(ret, 0, sizeof(*ret));
	if (f->done && f->stop != VM_STOP_GARBLED)
		return;
	if (f->stop != VM_STOP_INTERRUPTED && f->console_bytes &&
	    console_find_panic(f->console, f->console_bytes, &panic))
		judge_panic(&panic, ret);
	else
		judge_stopped(f, ret);
}
