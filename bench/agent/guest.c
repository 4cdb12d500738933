// SPDX-License-Identifier: GPL-2.0-only
/*
 * A launch must not depend on anything but its job: nothing else runs while
 * one does, what it says goes into memory and is sent when it has ended, and
 * what it left behind is killed before the next.
 */
#include "guest.h"

#include "guest_child.h"
#include "guest_files.h"
#include "guest_state.h"
#include "probe.h"
#include "records.h"

#include "common/build_id.h"
#include "common/feature.h"
#include "common/hash.h"
#include "common/read_all.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	OUTPUT_BYTES = 4096
};

struct guest {
	struct records out;
	int alive_ms;	  /* a line so often while a job runs; 0: none */
	unsigned nr_jobs; /* of those in the archive */
	char *symbols;	  /* the file that has them; NULL: not asked for */
	char *features;	  /* lines for each job: what was found at the start */
	struct guest_state state;
	char buf[FL_GUEST_MAX_FILE_BYTES];
};

bool guest_is_init(void)
{
	return getpid() == 1 && !access("/" FL_GUEST_SETTINGS, R_OK);
}

static void __attribute__((noreturn)) end_guest(const char *why)
{
	if (why)
		fprintf(stderr, "faultline-agent: %s: %s\n", why,
			strerror(errno));
	fflush(stderr);
	reboot(RB_AUTOBOOT);
	_exit(EXIT_FAILURE);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *at;
	} rows[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "tmpfs", "/tmp" },
		{ "tracefs", "/sys/kernel/tracing" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mkdir(rows[i].at, 0755);
		mount(rows[i].type, rows[i].at, rows[i].type, 0, NULL);
	}
	/* Files that should lie on a disk, if there is one. */
	mkdir("/var", 0755);
	mkdir("/var/tmp", 01777);
}

/* What a kernel does not have is not raised, and shows in the probes. */
static void raise_limits(void)
{
	static const struct {
		const char *path, *value;
	} rows[] = {
		{ "/proc/sys/kernel/panic_on_oops", "1" },
		{ "/proc/sys/kernel/perf_event_paranoid", "-1" },
		{ "/proc/sys/kernel/kptr_restrict", "0" },
	};
	const struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };
	const struct rlimit files = { 65536, 65536 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		guest_file_write(rows[i].path, rows[i].value);
	setrlimit(RLIMIT_MEMLOCK, &most);
	setrlimit(RLIMIT_NOFILE, &files);
}

static int open_port(void)
{
	int fd = open(FL_GUEST_PORT, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd < 0)
		return -errno;
	if (!tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

/* Which kernel it is: its build, and the hash of its configuration's bytes. */
static void say_kernel(struct guest *g, struct json_writer *w)
{
	char id[BUILD_ID_TEXT_BYTES], hash_text[HASH_TEXT_BYTES];
	ssize_t got = guest_file_read("/sys/kernel/notes", g->buf,
				      sizeof(g->buf));
	int fd = open("/proc/config.gz", O_RDONLY | O_CLOEXEC);
	uint64_t hash = HASH_INIT;

	if (got > 0 && build_id_find(g->buf, (size_t)got, id))
		json_text(w, "build_id", id);
	if (fd < 0)
		return;
	while ((got = read(fd, g->buf, sizeof(g->buf))) > 0)
		hash = hash_add(hash, g->buf, (size_t)got);
	if (!got)
		json_text(w, "config_hash", hash_print(hash, hash_text));
	close(fd);
}

static void say_hello(struct guest *g)
{
	struct json_writer *w = records_open(&g->out, "guest-hello");
	struct utsname name = { 0 };
	char tables[HASH_TEXT_BYTES];

	uname(&name);
	json_u64(w, "protocol", FL_PROTOCOL_VERSION);
	json_text(w, "tables", hash_print(registry_hash(), tables));
	json_text(w, "kernel", name.release);
	json_text(w, "kernel_version", name.version);
	json_text(w, "machine", name.machine);
	json_u64(w, "page_bytes", (uint64_t)sysconf(_SC_PAGESIZE));
	json_i64(w, "cpus", sysconf(_SC_NPROCESSORS_ONLN));
	say_kernel(g, w);
	json_u64(w, "swap_bytes", g->state.disk.swap_bytes);
	records_close(&g->out);
}

static void show_file(struct guest *g, const char *path)
{
	ssize_t bytes = guest_file_read(path, g->buf, sizeof(g->buf));
	struct json_writer *w;

	if (bytes < 0)
		return;
	w = records_open(&g->out, "guest-file");
	json_text(w, "path", path);
	json_text_n(w, "text", g->buf, (size_t)bytes);
	records_close(&g->out);
}

/*
 * "ffffffff81000000 T name": code, and none of modules.  What lies in front of
 * a function for a patcher has a name of its own, and never runs.
 */
static bool is_function(const char *line)
{
	const char *type = strchr(line, ' ');

	return type && strchr("tTwW", type[1]) && !strchr(line, '[') &&
	       strncmp(type + 3, "__pfx_", 6) != 0;
}

static void show_part(struct guest *g, const char *path, size_t bytes)
{
	struct json_writer *w;

	if (!bytes)
		return;
	w = records_open(&g->out, "guest-file");
	json_text(w, "path", path);
	json_text_n(w, "text", g->buf, bytes);
	records_close(&g->out);
}

/* "DELTA NAME " of "ffffffff81000000 T NAME\n", from the one before. */
static size_t pack_symbol(const char *line, uint64_t *last, char *buf,
			  size_t bytes)
{
	uint64_t at = strtoull(line, NULL, 16);
	const char *name = strrchr(line, ' ') + 1;
	int used = snprintf(buf, bytes, "%" PRIx64 " %.*s ", at - *last,
			    (int)strcspn(name, "\n"), name);

	*last = at;
	return (size_t)used;
}

/*
 * In parts and packed, since there are tens of thousands and the port is slow.
 * Behind the jobs: what they count must not depend on who asked for symbols.
 */
static void show_symbols(struct guest *g, const char *path)
{
	FILE *in = fopen(path, "re");
	char line[512], packed[sizeof(line) + 32];
	uint64_t last = 0;
	size_t used = 0;

	while (in && fgets(line, sizeof(line), in)) {
		size_t bytes;

		if (!is_function(line))
			continue;
		bytes = pack_symbol(line, &last, packed, sizeof(packed));
		if (used + bytes > sizeof(g->buf)) {
			show_part(g, path, used);
			used = 0;
		}
		memcpy(g->buf + used, packed, bytes);
		used += bytes;
	}
	show_part(g, path, used);
	if (in)
		fclose(in);
}

static char *load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = calloc(1, FL_JOB_MAX_BYTES + 1);

	if (fd < 0 || !text || read_all(fd, text, FL_JOB_MAX_BYTES) < 0) {
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

static void read_settings(struct guest *g)
{
	char *text = load("/" FL_GUEST_SETTINGS), *next = text, *line;

	while ((line = strsep(&next, "\n"))) {
		if (!strncmp(line, "file=", 5))
			show_file(g, line + 5);
		else if (!strncmp(line, "symbols=", 8) && !g->symbols)
			g->symbols = strdup(line + 8);
		else if (!strncmp(line, "alive_ms=", 9))
			g->alive_ms = (int)strtol(line + 9, NULL, 10);
		else if (!strncmp(line, "jobs=", 5))
			g->nr_jobs = (unsigned)strtoul(line + 5, NULL, 10);
	}
	free(text);
}

/* Tried once a boot; the job that asks for them gets the same answers. */
static void probe_all(struct guest *g)
{
	const struct probe *probe;
	size_t bytes;
	FILE *out = open_memstream(&g->features, &bytes);

	for (size_t i = 0; out && (probe = probe_at(i)); i++) {
		const char *why = "";
		enum fl_feature_state state = probe_feature(probe->feature,
							    &why);

		fprintf(out, "feature.%s=%s:", feature_name(probe->feature),
			feature_state_name(state));
		for (; *why; why++)
			fputc(*why < ' ' ? ' ' : *why, out);
		fputc('\n', out);
	}
	if (out)
		fclose(out);
}

/* What was found about this kernel, unless the job says what is there. */
static const char *features_for(const struct guest *g, const char *text)
{
	return g->features && !strstr(text, "\nfeature.") ? g->features : "";
}

static void say_alive(void *ctx)
{
	struct guest *g = ctx;

	records_open(&g->out, "guest-alive");
	records_close(&g->out);
}

static void send_records(struct guest *g, int fd)
{
	ssize_t got;

	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, g->buf, sizeof(g->buf))) > 0)
		records_forward(&g->out, g->buf, (size_t)got);
}

static void say_end(struct guest *g, unsigned number,
		    const struct guest_child *c, const char *why,
		    uint64_t wall_ns)
{
	struct json_writer *w = records_open(&g->out, "guest-end");
	off_t bytes = c ? lseek(c->output, 0, SEEK_END) : 0;
	char tail[OUTPUT_BYTES];
	ssize_t got = 0;

	json_u64(w, "job", number);
	if (why)
		json_text(w, "why", why);
	if (c && WIFEXITED(c->status))
		json_u64(w, "exit", (uint64_t)WEXITSTATUS(c->status));
	if (c && WIFSIGNALED(c->status))
		json_u64(w, "signal", (uint64_t)WTERMSIG(c->status));
	if (c)
		json_bool(w, "hung", c->hung);
	json_u64(w, "wall_ns", wall_ns);
	if (bytes > 0)
		got = pread(c->output, tail, sizeof(tail),
			    bytes > OUTPUT_BYTES ? bytes - OUTPUT_BYTES : 0);
	if (got > 0)
		json_text_n(w, "output", tail, (size_t)got);
	records_close(&g->out);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static void run_job(struct guest *g, unsigned number, const char *text)
{
	struct guest_child c;
	uint64_t start = now_ns();
	int err = guest_child_start(&c, text, features_for(g, text));

	if (!err) {
		guest_child_follow(&c, g->alive_ms, say_alive, g);
		send_records(g, c.records);
	}
	say_end(g, number, err ? NULL : &c, err ? strerror(-err) : NULL,
		now_ns() - start);
	guest_child_close(&c);
}

static int set_state(struct guest *g, const char *path)
{
	char *text = load(path);
	int err = text ? guest_state_set(&g->state, text) : 0;

	free(text);
	return err;
}

static void run_numbered(struct guest *g, unsigned number, const char *text)
{
	char state[64], why[256];
	struct json_writer *w = records_open(&g->out, "guest-job");
	int err;

	json_u64(w, "job", number);
	records_close(&g->out);
	snprintf(state, sizeof(state), FL_GUEST_STATE, number);
	err = set_state(g, state);
	if (err) {
		snprintf(why, sizeof(why), "the guest cannot set %s: %s",
			 g->state.wrong, strerror(-err));
		say_end(g, number, NULL, why, 0);
	} else {
		run_job(g, number, text);
	}
	guest_state_put_back(&g->state);
}

static void run_jobs(struct guest *g)
{
	char path[64], *text;

	for (unsigned i = 0; i < g->nr_jobs; i++) {
		snprintf(path, sizeof(path), FL_GUEST_JOB, i);
		text = load(path);
		if (!text)
			return;
		run_numbered(g, i, text);
		free(text);
	}
}

static void say_done(struct guest *g)
{
	char hash[HASH_TEXT_BYTES];
	uint64_t count = g->out.count;
	struct json_writer *w;

	hash_print(g->out.hash, hash);
	w = records_open(&g->out, "guest-done");
	json_u64(w, "records", count);
	json_text(w, "hash", hash);
	records_close(&g->out);
	tcdrain(g->out.fd);
}

void guest_run(void)
{
	struct guest *g = calloc(1, sizeof(*g));
	int fd;

	mount_all();
	raise_limits();
	fd = open_port();
	if (!g || fd < 0)
		end_guest(FL_GUEST_PORT);
	if (records_init(&g->out, fd))
		end_guest("memory");

	guest_disk_open(&g->state.disk);
	say_hello(g);
	read_settings(g);
	probe_all(g);
	run_jobs(g);
	if (g->symbols)
		show_symbols(g, g->symbols);
	say_done(g);
	end_guest(NULL);
}
