// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes what a guest controls: the lines of its second serial port, its
 * console, and the kernel image that it comes from.  The first byte chooses.
 */
#include "bench/vm/console.h"
#include "bench/vm/image.h"
#include "bench/vm/stream.h"
#include "bench/vm/unpack.h"

#include "common/error.h"
#include "common/hash.h"
#include "workloads/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	JOBS = 2,
	MOST_UNPACKED = 1 << 20
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_vm: %s\n", what);
	abort();
}

struct seen {
	unsigned begun, ended;
};

static int on_hello(void *ctx, const json_t *hello, struct error *e)
{
	(void)ctx;
	(void)hello;
	(void)e;
	return 0;
}

static int on_file(void *ctx, const char *path, const char *text,
		   struct error *e)
{
	(void)ctx;
	(void)e;
	check(path && text, "a file without a name or a text");
	return 0;
}

static int on_job(void *ctx, unsigned number, struct error *e)
{
	struct seen *seen = ctx;

	(void)e;
	check(number < JOBS && number == seen->begun++, "a job out of order");
	return 0;
}

static int on_record(void *ctx, const char *line, size_t bytes, struct error *e)
{
	struct seen *seen = ctx;

	(void)e;
	check(bytes && line[bytes - 1] == '\n', "a record without its end");
	check(seen->begun == seen->ended + 1, "a record outside of a job");
	return 0;
}

static int on_end(void *ctx, const json_t *end, struct error *e)
{
	struct seen *seen = ctx;

	(void)end;
	(void)e;
	check(seen->begun == ++seen->ended, "an end without a beginning");
	return 0;
}

static const struct vm_stream_calls calls = {
	on_hello, on_file, on_job, on_record, on_end,
};

/* With a right hello in front, or little would be reached. */
static void fuzz_stream(const char *text, size_t bytes, bool hello)
{
	char line[128], tables[HASH_TEXT_BYTES];
	struct error e = { 0 };
	struct seen seen = { 0 };
	struct vm_stream s;
	int err = 0;

	vm_stream_init(&s, &calls, &seen, JOBS);
	snprintf(
		line, sizeof(line),
		"{\"type\":\"guest-hello\",\"protocol\":1,\"tables\":\"%s\"}\n",
		hash_print(registry_hash(), tables));
	if (hello)
		err = vm_stream_add(&s, line, strlen(line), &e);
	check(!err, "a right hello is refused");
	err = vm_stream_add(&s, text, bytes, &e);
	check(!err == !*e.text, "an error without words, or words without one");
	check(!s.done || (s.hello && seen.ended == JOBS),
	      "done without all jobs");
	vm_stream_finish(&s);
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((*text < ' ' && *text != '\n') || *text > '~')
			return false;

	return true;
}

static void fuzz_console(const char *text, size_t bytes)
{
	char tail[CONSOLE_TAIL_BYTES];
	struct console_panic panic;

	console_find_panic(text, bytes, &panic);
	console_tail(text, bytes, tail);
	check(is_printable(panic.what) && is_printable(panic.function) &&
		      is_printable(tail),
	      "something that is not printable came through");
}

static void fuzz_image(const uint8_t *data, size_t bytes)
{
	struct vm_image_bytes image = { data, bytes }, payload;
	struct error e = { 0 };
	enum vm_format format = VM_FORMAT_UNKNOWN;
	enum vm_arch arch = VM_ARCH_UNKNOWN;

	if (vm_image_detect(image, &format, &arch, &e))
		check(*e.text, "refused without a word");
	else
		check(format && arch, "accepted, and nothing known of it");
	vm_image_has_pvh(image);
	if (!vm_image_payload(image, &payload))
		check(payload.data >= data &&
			      payload.data + payload.bytes <= data + bytes,
		      "the payload leaves the image");
}

static void fuzz_unpack(const uint8_t *data, size_t bytes)
{
	unsigned char *unpacked;
	struct error e = { 0 };
	size_t got;

	if (unpack(data, bytes, MOST_UNPACKED, &unpacked, &got, &e)) {
		check(*e.text, "not unpacked, without a word");
		return;
	}
	check(got <= MOST_UNPACKED, "more was unpacked than may be");
	free(unpacked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	if (!bytes)
		return 0;
	switch (data[0] % 5) {
	case 0:
	case 1:
		fuzz_stream((const char *)data + 1, bytes - 1, data[0] % 5);
		break;
	case 2:
		fuzz_console((const char *)data + 1, bytes - 1);
		break;
	case 3:
		fuzz_image(data + 1, bytes - 1);
		break;
	case 4:
		fuzz_unpack(data + 1, bytes - 1);
		break;
	}
	return 0;
}
