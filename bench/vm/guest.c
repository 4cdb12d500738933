// SPDX-License-Identifier: GPL-2.0-only
#include "guest.h"

#include "boot_child.h"
#include "cache.h"
#include "guest_files.h"
#include "initramfs.h"
#include "symbols.h"

#include "bench/launch.h"

#include "common/hash.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

enum {
	MAX_BAD_BOOTS = 3,
	ALIVE_MS = 1000
};

/* On a busy host an emulated boot takes a hundred times as long as it might. */
static const struct vm_limits default_limits = {
	.hello_ns = 300 * SECOND,
	.gap_ns = 300 * SECOND,
	.total_ns = 1800 * SECOND,
};

/* One boot: the jobs that it was given, by the guest's numbers. */
struct boot {
	struct vm_guest *guest;
	struct vm_jobs *jobs;
	size_t *index; /* into jobs->of */
	unsigned nr;
	int current; /* number under way, -1 */
	bool moved;  /* a job came to its end */
	char sysroot[VM_FOLDER_BYTES + 64];
};

/* The first line of --version; no shell is asked. */
static void read_version(struct vm_guest *g)
{
	char *const argv[] = { g->qemu, (char *)"--version", NULL };

	vm_child_first_line(argv, g->qemu_version, sizeof(g->qemu_version));
}

static struct vm_limits limits_of(const struct vm_limits *wanted)
{
	struct vm_limits l = *wanted;

	l.hello_ns = l.hello_ns ? l.hello_ns : default_limits.hello_ns;
	l.gap_ns = l.gap_ns ? l.gap_ns : default_limits.gap_ns;
	l.total_ns = l.total_ns ? l.total_ns : default_limits.total_ns;
	return l;
}

/* Sizes are planned in this machine's pages, and KVM runs its own code. */
static int check_image(const struct vm_guest *g, struct error *e)
{
	const struct vm_image *image = &g->image;
	long ours = sysconf(_SC_PAGESIZE);

	if (image->page_bytes && image->page_bytes != ours)
		return error_set(e, -EINVAL,
				 "%s: its pages have %u KiB, and those of this "
				 "machine %ld KiB: sizes are planned in them",
				 image->path, image->page_bytes >> 10,
				 ours >> 10);
	if (g->machine.mode == VM_MODE_TIME && image->arch != vm_arch_own())
		return error_set(e, -EINVAL,
				 "%s: it is for %s, and emulated times mean "
				 "nothing: use --mode insn or --mode func",
				 image->path, vm_arch_name(image->arch));
	return 0;
}

static char *find_agent(enum vm_arch arch, struct error *e)
{
	return arch == vm_arch_own()
		       ? launch_find_agent(e)
		       : launch_find_agent_for(vm_arch_machine(arch), e);
}

int vm_guest_init(struct vm_guest *g, const struct vm_guest_request *request,
		  struct error *e)
{
	char cache[PATH_MAX];
	int err;

	memset(g, 0, sizeof(*g));
	g->machine = request->machine;
	g->limits = limits_of(&request->limits);
	g->interrupted = request->interrupted;
	g->progress = request->progress;

	err = vm_machine_check(&g->machine, e);
	if (err)
		return err;
	vm_cache_folder("images", cache, sizeof(cache));
	err = vm_image_open(request->kernel, cache, &g->image, e);
	if (err)
		return err;
	err = check_image(g, e);
	if (err) {
		vm_guest_finish(g);
		return err;
	}
	g->qemu = vm_find_qemu(g->image.arch, e);
	g->agent = g->qemu ? find_agent(g->image.arch, e) : NULL;
	if (!g->agent) {
		vm_guest_finish(g);
		return -ENOENT;
	}
	read_version(g);
	vm_symbols_path(&g->image, cache, sizeof(cache));
	g->symbols = request->symbols && access(cache, R_OK);
	return 0;
}

void vm_guest_finish(struct vm_guest *g)
{
	vm_image_finish(&g->image);
	json_decref(g->hello);
	free(g->qemu);
	free(g->agent);
	memset(g, 0, sizeof(*g));
}

int vm_guest_open_folder(struct vm_guest *g, const char *dir, struct error *e)
{
	if (snprintf(g->folder, sizeof(g->folder), "%s/vm", dir) >=
	    (int)sizeof(g->folder))
		return error_set(e, -ENAMETOOLONG, "%s: the path is too long",
				 dir);
	if (mkdir(g->folder, 0777) && errno != EEXIST)
		return error_set(e, -errno, "%s: %s", g->folder,
				 strerror(errno));
	return 0;
}

void vm_guest_sysroot(const struct vm_guest *g, char *buf, size_t bytes)
{
	snprintf(buf, bytes, "%s/sysroot", g->boot_folder);
}

static struct vm_job *job_at(struct boot *b, unsigned number)
{
	return &b->jobs->of[b->index[number]];
}

static int on_hello(void *ctx, const json_t *hello, struct error *e)
{
	struct boot *b = ctx;

	(void)e;
	json_decref(b->guest->hello);
	b->guest->hello = json_incref((json_t *)hello);
	return 0;
}

static int on_file(void *ctx, const char *path, const char *text,
		   struct error *e)
{
	struct boot *b = ctx;

	return guest_file_store(b->sysroot, path, text, e);
}

static int on_job(void *ctx, unsigned number, struct error *e)
{
	struct boot *b = ctx;

	(void)e;
	b->current = (int)number;
	job_at(b, number)->begun = true;
	return 0;
}

static int on_record(void *ctx, const char *line, size_t bytes, struct error *e)
{
	struct boot *b = ctx;

	if (vm_job_record(job_at(b, (unsigned)b->current), line, bytes))
		return error_set(e, -ENOMEM, "out of memory");
	return 0;
}

static int on_end(void *ctx, const json_t *end, struct error *e)
{
	struct boot *b = ctx;
	unsigned number = (unsigned)b->current;

	(void)e;
	job_at(b, number)->end = json_incref((json_t *)end);
	b->current = -1;
	b->moved = true;
	if (b->guest->progress)
		fprintf(b->guest->progress, "  boot %u: job %zu of %zu\n",
			b->guest->nr_boots, b->index[number] + 1, b->jobs->nr);
	return 0;
}

static const struct vm_stream_calls calls = {
	.hello = on_hello,
	.file = on_file,
	.job = on_job,
	.record = on_record,
	.end = on_end,
};

static int make_folders(struct boot *b, struct error *e)
{
	struct vm_guest *g = b->guest;

	snprintf(g->boot_folder, sizeof(g->boot_folder), "%s/boot-%u",
		 g->folder, ++g->nr_boots);
	vm_guest_sysroot(g, b->sysroot, sizeof(b->sysroot));
	if (mkdir(g->boot_folder, 0777) || mkdir(b->sysroot, 0777))
		return error_set(e, -errno, "%s: %s", g->boot_folder,
				 strerror(errno));
	return 0;
}

/* The jobs that are open.  Return: 0 or -ENOMEM. */
static int choose(struct boot *b)
{
	b->index = calloc(b->jobs->nr + 1, sizeof(*b->index));
	if (!b->index)
		return -ENOMEM;
	for (size_t i = 0; i < b->jobs->nr; i++)
		if (!b->jobs->of[i].end && !b->jobs->of[i].why)
			b->index[b->nr++] = i;
	return 0;
}

/* Of the jobs in the archive. */
static unsigned nr_to_run(const struct boot *b)
{
	size_t most = b->jobs->most;

	return most && most < b->nr ? (unsigned)most : b->nr;
}

static int write_archive(struct boot *b, const char *path, struct error *e)
{
	struct vm_job_files *files = calloc(b->nr + 1, sizeof(*files));
	bool counts = b->guest->machine.mode == VM_MODE_INSN;
	/* A sign of life is an interrupt, and counts. */
	const struct vm_settings settings = {
		.alive_ms = counts ? 0 : ALIVE_MS,
		.symbols = b->guest->symbols,
		.nr_jobs = nr_to_run(b),
	};
	int err;

	if (!files)
		return error_set(e, -ENOMEM, "out of memory");
	for (unsigned i = 0; i < b->nr; i++)
		files[i] = (struct vm_job_files){ job_at(b, i)->text,
						  job_at(b, i)->state };
	err = initramfs_write(path, b->guest->agent, &settings, files, b->nr,
			      e);
	free(files);
	return err;
}

static int boot(struct boot *b, struct error *e)
{
	struct vm_guest *g = b->guest;
	char archive[sizeof(g->boot_folder) + 32];
	struct vm_stream stream;
	struct vm_boot_request request = {
		.machine = &g->machine,
		.image = &g->image,
		.qemu = g->qemu,
		.initrd = archive,
		.folder = g->boot_folder,
		.limits = g->limits,
		.stream = &stream,
		.interrupted = g->interrupted,
	};
	int err;

	snprintf(archive, sizeof(archive), "%s/initramfs", g->boot_folder);
	err = write_archive(b, archive, e);
	if (err)
		return err;

	vm_stream_init(&stream, &calls, b, nr_to_run(b));
	err = vm_boot(&request, &g->end, e);
	hash_print(stream.hash, g->hash);
	vm_stream_finish(&stream);
	if (!err && g->end.judgement.verdict == VM_OK)
		unlink(archive);
	return err;
}

/* The job under way did it, as far as can be told. */
static void blame(struct boot *b)
{
	struct vm_job *job;

	if (b->guest->end.judgement.verdict == VM_OK || b->current < 0)
		return;
	job = job_at(b, (unsigned)b->current);
	job->why = strdup(b->guest->end.judgement.why);
	job->bytes = 0;
}

/* Asked for once; a kernel without them is no failure of the run. */
static void keep_symbols(struct vm_guest *g)
{
	char root[VM_FOLDER_BYTES + 64], shown[sizeof(root) + 32];
	struct error why = { 0 };

	vm_guest_sysroot(g, root, sizeof(root));
	snprintf(shown, sizeof(shown), "%s" FL_GUEST_SYMBOLS, root);
	if (vm_symbols_keep(&g->image, shown, &why) && g->progress)
		fprintf(g->progress, "  %s\n", why.text);
	unlink(shown);
	g->symbols = false;
}

/*
 * No job can be blamed: none was begun, or all that came is in doubt, since it
 * does not add up.
 */
static bool is_lost(const struct boot *b)
{
	enum vm_verdict verdict = b->guest->end.judgement.verdict;

	return b->current < 0 && (!b->moved || verdict == VM_GARBLED);
}

static int boot_once(struct vm_guest *g, struct vm_jobs *jobs, bool *ret_more,
		     struct error *e)
{
	struct boot b = { .guest = g, .jobs = jobs, .current = -1 };
	int err = choose(&b);

	*ret_more = false;
	if (err)
		return error_set(e, err, "out of memory");
	if (b.nr)
		err = make_folders(&b, e);
	if (!err && b.nr)
		err = boot(&b, e);
	if (!err && g->symbols && g->end.judgement.verdict == VM_OK)
		keep_symbols(g);
	if (!err && b.nr) {
		blame(&b);
		*ret_more = g->end.judgement.verdict != VM_OK;
		if (is_lost(&b))
			err = error_set(e,
					g->end.judgement.verdict ==
							VM_INTERRUPTED
						? -EINTR
						: -EPROTO,
					"%s", g->end.judgement.why);
	}
	free(b.index);
	return err;
}

/*
 * With several emulated CPUs no two boots are the same, and one in some twenty
 * panics before it has done anything: a CPU of QEMU 7.2 can run into the
 * breakpoint by which another patches the kernel after it has gone.
 */
static bool may_be_luck(const struct vm_guest *g, int err)
{
	return err == -EPROTO && g->machine.mode == VM_MODE_FUNC &&
	       g->machine.cpus > 1 && g->end.judgement.verdict == VM_PANIC;
}

int vm_guest_run(struct vm_guest *g, struct vm_jobs *jobs, struct error *e)
{
	bool more = true;
	int err = 0;

	for (unsigned i = 0; more && !err && i < MAX_BAD_BOOTS; i++) {
		err = boot_once(g, jobs, &more, e);
		if (g->end.judgement.verdict == VM_INTERRUPTED)
			return error_set(e, -EINTR, "interrupted");
		if (i + 1 < MAX_BAD_BOOTS && may_be_luck(g, err))
			err = 0;
	}
	return err;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

json_t *vm_guest_describe(const struct vm_guest *g)
{
	const struct vm_machine *m = &g->machine;

	return json_pack(
		"{ss ss* ss ss ss ss sI sI sI sI}", "mode",
		vm_mode_name(m->mode), "image_note",
		g->image.note[0] ? g->image.note : NULL, "image",
		base_name(g->image.path), "image_sha256", g->image.sha256,
		"machine", vm_arch_name(g->image.arch), "emulator",
		g->qemu_version, "cpus", (json_int_t)m->cpus, "nodes",
		(json_int_t)m->nodes, "memory_bytes",
		(json_int_t)m->memory_bytes, "layout", (json_int_t)m->layout);
}

json_t *vm_guest_describe_boot(const struct vm_guest *g)
{
	const struct vm_boot_end *end = &g->end;

	return json_pack(
		"{ss ss ss* ss* sI sI}", "folder", base_name(g->boot_folder),
		"verdict", vm_verdict_name(end->judgement.verdict), "why",
		end->judgement.why[0] ? end->judgement.why : NULL, "lines_hash",
		end->judgement.verdict == VM_OK ? g->hash : NULL, "hello_ns",
		(json_int_t)end->hello_ns, "wall_ns", (json_int_t)end->wall_ns);
}
