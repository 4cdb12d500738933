// SPDX-License-Identifier: GPL-2.0-only
#include "boot.h"

#include "boot_child.h"
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK_BYTES = 64 * 1024,
	KEPT_BYTES = 64 * 1024,	 /* of the console, in memory */
	CONSOLE_BYTES = 4 << 20, /* and in the file */
	SAID_BYTES = 4096,	 /* by the emulator itself */
	SLICE_MS = 200,
	NS_PER_MS = 1000000
};

/* The last of a text. */
struct ring {
	char *text;
	size_t size, bytes;
};

struct boot {
	const struct vm_boot_request *request;
	struct vm_boot_end *end;
	struct vm_child child;
	int console_file, lines_file;
	struct ring console, said;
	uint64_t start_ns, last_ns;
	enum vm_stop stop;
	uint64_t limit_ns; /* that was exceeded */
	struct error garbled;
	int err; /* of our own files */
	char chunk[CHUNK_BYTES];
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static int ring_init(struct ring *r, size_t size)
{
	r->text = calloc(1, size + 1);
	r->size = size;
	return r->text ? 0 : -ENOMEM;
}

static void ring_add(struct ring *r, const char *data, size_t bytes)
{
	size_t keep;

	if (bytes > r->size) {
		data += bytes - r->size;
		bytes = r->size;
	}
	keep = r->bytes + bytes > r->size ? r->size - bytes : r->bytes;
	memmove(r->text, r->text + r->bytes - keep, keep);
	memcpy(r->text + keep, data, bytes);
	r->bytes = keep + bytes;
	r->text[r->bytes] = '\0';
}

static void store(struct boot *b, int fd, const char *data, size_t bytes)
{
	while (bytes && !b->err) {
		ssize_t n = write(fd, data, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			b->err = -errno;
			return;
		}
		data += n;
		bytes -= (size_t)n;
	}
}

static void take_console(struct boot *b, size_t bytes)
{
	uint64_t *all = &b->end->console_bytes;
	uint64_t room = *all < CONSOLE_BYTES ? CONSOLE_BYTES - *all : 0;

	ring_add(&b->console, b->chunk, bytes);
	store(b, b->console_file, b->chunk, bytes < room ? bytes : room);
	*all += bytes;
}

static void take_lines(struct boot *b, size_t bytes)
{
	struct vm_stream *s = b->request->stream;

	if (b->stop == VM_STOP_GARBLED)
		return;
	store(b, b->lines_file, b->chunk, bytes);
	if (vm_stream_add(s, b->chunk, bytes, &b->garbled))
		b->stop = VM_STOP_GARBLED;
	if (!s->fresh)
		return;
	s->fresh = false;
	b->last_ns = now_ns();
	if (s->hello && !b->end->hello_ns)
		b->end->hello_ns = b->last_ns - b->start_ns;
}

static void take_said(struct boot *b, size_t bytes)
{
	ring_add(&b->said, b->chunk, bytes);
}

/* One read; closes the descriptor at its end.  Return: if there may be more. */
static bool read_some(struct boot *b, int *fd,
		      void (*take)(struct boot *b, size_t bytes))
{
	ssize_t got = *fd < 0 ? 0 : read(*fd, b->chunk, sizeof(b->chunk));

	if (got > 0) {
		take(b, (size_t)got);
		return true;
	}
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return false;
}

static bool is_past(struct boot *b, uint64_t since, uint64_t limit_ns,
		    enum vm_stop stop)
{
	if (!limit_ns || now_ns() - since < limit_ns)
		return false;
	b->stop = stop;
	b->limit_ns = limit_ns;
	return true;
}

static bool is_over(struct boot *b)
{
	const struct vm_limits *l = &b->request->limits;
	const volatile int *interrupted = b->request->interrupted;

	if (b->stop == VM_STOP_GARBLED || b->err)
		return true;
	if (interrupted && *interrupted) {
		b->stop = VM_STOP_INTERRUPTED;
		return true;
	}
	if (is_past(b, b->start_ns, l->total_ns, VM_STOP_TOTAL))
		return true;
	if (!b->request->stream->hello)
		return is_past(b, b->start_ns, l->hello_ns, VM_STOP_HELLO);
	return is_past(b, b->last_ns, l->gap_ns, VM_STOP_GAP);
}

static void read_all_ready(struct boot *b, const struct pollfd *fds)
{
	if (fds[0].revents)
		read_some(b, &b->child.result, take_lines);
	if (fds[1].revents)
		read_some(b, &b->child.console, take_console);
	if (fds[2].revents)
		read_some(b, &b->child.said, take_said);
}

static void follow(struct boot *b)
{
	while (!vm_child_has_ended(&b->child) && !is_over(b)) {
		struct pollfd fds[] = {
			{ .fd = b->child.result, .events = POLLIN },
			{ .fd = b->child.console, .events = POLLIN },
			{ .fd = b->child.said, .events = POLLIN },
		};

		/* A guest that is done may not manage to end. */
		if (b->request->stream->done)
			return;
		if (poll(fds, 3, SLICE_MS) > 0)
			read_all_ready(b, fds);
	}
}

/* What lies in the pipes; their end is not waited for. */
static void drain(struct boot *b)
{
	while (!b->err && read_some(b, &b->child.result, take_lines))
		;
	while (!b->err && read_some(b, &b->child.console, take_console))
		;
	while (read_some(b, &b->child.said, take_said))
		;
}

static void judge(struct boot *b)
{
	const struct vm_stream *s = b->request->stream;
	const struct vm_facts facts = {
		.stop = b->stop,
		.hello = s->hello,
		.done = s->done,
		.limit_s = (double)b->limit_ns / 1e9,
		.exit_status = b->child.exit_status,
		.signal = b->stop == VM_STOP_ENDED && !s->done ? b->child.signal
							       : 0,
		.garbled = b->garbled.text,
		.console = b->console.text,
		.console_bytes = b->console.bytes,
		.emulator = b->said.text,
	};

	vm_judge(&facts, &b->end->judgement);
	console_tail(b->console.text, b->console.bytes, b->end->tail);
}

static int open_file(const char *folder, const char *name, int *ret_fd,
		     struct error *e)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path))
		return error_set(e, -ENAMETOOLONG, "%s: the path is too long",
				 folder);
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return *ret_fd < 0
		       ? error_set(e, -errno, "%s: %s", path, strerror(errno))
		       : 0;
}

/* As a shell would take it. */
static int store_command(const char *folder, const struct vm_words *words,
			 struct error *e)
{
	int fd, err = open_file(folder, VM_BOOT_COMMAND, &fd, e);
	FILE *out = err ? NULL : fdopen(fd, "w");

	if (err)
		return err;
	for (unsigned i = 0; out && i < words->nr; i++)
		fprintf(out, "'%s'%s", words->word[i],
			i + 1 < words->nr ? " \\\n  " : "\n");
	return out && !fclose(out)
		       ? 0
		       : error_set(e, -EIO, "%s: cannot write", folder);
}

static int open_all(struct boot *b, struct error *e)
{
	const char *folder = b->request->folder;
	int err = 0;

	b->console_file = b->lines_file = -1;
	if (ring_init(&b->console, KEPT_BYTES) ||
	    ring_init(&b->said, SAID_BYTES))
		return error_set(e, -ENOMEM, "out of memory");
	err = open_file(folder, VM_BOOT_CONSOLE, &b->console_file, e);
	if (!err)
		err = open_file(folder, VM_BOOT_LINES, &b->lines_file, e);
	return err;
}

static void close_all(struct boot *b)
{
	if (b->console_file >= 0)
		close(b->console_file);
	if (b->lines_file >= 0)
		close(b->lines_file);
	free(b->console.text);
	free(b->said.text);
}

/* Return: 0 or -errno. */
static int start_with(struct boot *b, const struct vm_words *words,
		      struct error *e)
{
	bool has_disk = vm_machine_has_disk(b->request->machine);
	int disk = -1, err;

	if (has_disk)
		disk = vm_disk_open(b->request->folder, e);
	if (has_disk && disk < 0)
		return disk;
	b->start_ns = b->last_ns = now_ns();
	err = vm_child_start(&b->child, words->word, disk, e);
	if (disk >= 0)
		close(disk);
	return err;
}

static int start(struct boot *b, struct error *e)
{
	const struct vm_boot_request *r = b->request;
	struct vm_words words;
	int err = vm_machine_words(r->machine, r->image, r->qemu, r->initrd,
				   &words);

	if (err)
		return error_set(e, err, "out of memory");
	err = store_command(r->folder, &words, e);
	if (!err)
		err = start_with(b, &words, e);
	vm_words_free(&words);
	return err;
}

int vm_boot(const struct vm_boot_request *request, struct vm_boot_end *ret_end,
	    struct error *e)
{
	struct boot *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return error_set(e, -ENOMEM, "out of memory");
	memset(ret_end, 0, sizeof(*ret_end));
	b->request = request;
	b->end = ret_end;

	err = open_all(b, e);
	if (!err)
		err = start(b, e);
	if (!err) {
		follow(b);
		vm_child_end(&b->child, request->stream->done);
		drain(b);
		ret_end->wall_ns = now_ns() - b->start_ns;
		judge(b);
		vm_child_close(&b->child);
		if (b->err)
			err = error_set(e, b->err, "%s: %s", request->folder,
					strerror(-b->err));
	}
	close_all(b);
	free(b);
	return err;
}
