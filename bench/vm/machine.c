// SPDX-License-Identifier: GPL-2.0-only
#include "machine.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MIB = 1 << 20,
	LEAST_MIB = 128,
	MOST_MIB = 64 * 1024,
	MAX_WORDS = 128,
	DISK_READ_BYTES_S = 64 << 20
};

static const char *const mode_names[] = {
	[VM_MODE_INSN] = "insn",
	[VM_MODE_FUNC] = "func",
	[VM_MODE_TIME] = "time",
};

enum setup {
	INSN,
	LAYOUT, /* instructions, at other addresses */
	FUNC,
	TIME,
	NR_SETUPS
};

/* What differs between architectures. */
struct recipe {
	const char *const *words[NR_SETUPS];
	const char *kernel[NR_SETUPS]; /* on its command line */
	const char *always;
	const char *result[2]; /* the port of results */
};

/*
 * The emulator starts the clock at a fixed date, and nothing of the host's
 * time or randomness comes in.
 */
#define COUNTED                                                                \
	"-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-rtc", \
		"base=2024-01-01T00:00:00,clock=vm"
#define QUICK "cryptomgr.notests"
/*
 * None of it is measured: certificates that are parsed, a self-test of a source
 * of randomness, and names in the formats of trace events.
 */
#define COUNTED_KERNEL \
	QUICK " initcall_blacklist=load_system_certificate_list,jent_mod_init,trace_eval_init"
#define FIXED "nokaslr norandmaps "

static const char *const x86_insn[] = { "-M",	  "pc,hpet=off", "-cpu",
					"qemu64", COUNTED,	 NULL };
/*
 * With random numbers from a seed, in the CPU too; string instructions stay as
 * heavy as in the other machine.
 */
static const char *const x86_layout[] = { "-M",	       "pc,hpet=off", "-cpu",
					  "max,-erms", COUNTED,	      NULL };
static const char *const x86_func[] = { "-M", "pc", "-accel",
					"tcg,thread=multi", NULL };
static const char *const x86_time[] = { "-M",	"pc",	"-accel", "kvm",
					"-cpu", "host", NULL };

/*
 * The timer of the local APIC would be calibrated, and the other one tested, by
 * loops that leave the emulator's fast path at each turn.
 */
#define X86_COUNTED "nolapic_timer no_timer_check " COUNTED_KERNEL

static const struct recipe x86 = {
	.words = { x86_insn, x86_layout, x86_func, x86_time },
	.kernel = { [INSN] = FIXED X86_COUNTED,
		    [LAYOUT] = X86_COUNTED,
		    /* On a busy host the test of the timer goes wrong. */
		    [FUNC] = "no_timer_check " QUICK,
		    [TIME] = QUICK },
	/* A guest that panics or ends resets, which ends the emulator. */
	.always = "console=ttyS0 panic=-1 reboot=t oops=panic",
	.result = { "-serial", "chardev:res" },
};

/*
 * The board has one serial port.  The second is a card: 8250_pci is built into
 * Debian's kernels from 5.10 on, where virtio's consoles are modules until 6.1
 * and need a second driver each.  The generic timer counts at 1 GHz, so that
 * one count is one instruction; at the board's own 62.5 MHz it is 16.
 */
static const char *const arm64_insn[] = {
	"-M",	 "virt,gic-version=3",
	"-cpu",	 "cortex-a57,pmu=off,cntfrq=1000000000",
	COUNTED, NULL
};
static const char *const arm64_func[] = { "-M",	    "virt,gic-version=3",
					  "-cpu",   "cortex-a57,pmu=off",
					  "-accel", "tcg,thread=multi",
					  NULL };
static const char *const arm64_time[] = {
	"-M", "virt,gic-version=host", "-accel", "kvm", "-cpu", "host", NULL
};

/*
 * System calls would begin at a random place of the stack, and every 48th of
 * them wait for more random bytes (CONFIG_RANDOMIZE_KSTACK_OFFSET, read in
 * 6.12).
 */
#define ARM64_COUNTED "randomize_kstack_offset=off " COUNTED_KERNEL

static const struct recipe arm64 = {
	.words = { arm64_insn, arm64_insn, arm64_func, arm64_time },
	.kernel = { [INSN] = FIXED ARM64_COUNTED,
		    [LAYOUT] = ARM64_COUNTED,
		    [FUNC] = QUICK,
		    [TIME] = QUICK },
	.always = "console=ttyAMA0 panic=-1 oops=panic",
	.result = { "-device", "pci-serial,chardev=res" },
};

static const struct recipe *recipe_of(enum vm_arch arch)
{
	return arch == VM_ARCH_ARM64 ? &arm64 : &x86;
}

static enum setup setup_of(const struct vm_machine *m)
{
	switch (m->mode) {
	case VM_MODE_INSN:
		return m->layout ? LAYOUT : INSN;
	case VM_MODE_TIME:
		return TIME;
	case VM_MODE_FUNC:
	default:
		return FUNC;
	}
}

const char *vm_mode_name(enum vm_mode mode)
{
	return mode_names[mode];
}

enum vm_mode vm_mode_find(const char *name)
{
	for (unsigned i = VM_MODE_INSN; i <= VM_MODE_TIME; i++)
		if (!strcmp(name, mode_names[i]))
			return (enum vm_mode)i;

	return 0;
}

int vm_machine_check(const struct vm_machine *m, struct error *e)
{
	uint64_t mib = m->memory_bytes / MIB;

	if (!m->cpus || m->cpus > VM_MAX_CPUS)
		return error_set(e, -EINVAL, "a guest has 1 to %d CPUs",
				 VM_MAX_CPUS);
	if (m->mode == VM_MODE_INSN && m->cpus != 1)
		return error_set(e, -EINVAL,
				 "instructions are counted with one CPU: for "
				 "%u of them use --mode func",
				 m->cpus);
	if (m->mode != VM_MODE_INSN && m->layout)
		return error_set(e, -EINVAL,
				 "layouts are for instructions: --mode insn");
	if (mib < LEAST_MIB || mib > MOST_MIB)
		return error_set(e, -EINVAL,
				 "a guest has %d MiB to %d GiB of "
				 "memory",
				 LEAST_MIB, MOST_MIB / 1024);
	if (!m->nodes || m->nodes > VM_MAX_NODES || m->cpus % m->nodes ||
	    mib % m->nodes)
		return error_set(e, -EINVAL,
				 "%u nodes: there are 1 to %d, and CPUs and "
				 "memory must divide by their number",
				 m->nodes, VM_MAX_NODES);
	return 0;
}

const char *vm_machine_topology(const struct vm_machine *m, char buf[128])
{
	snprintf(buf, 128, "package:%u [numa(memory=%" PRIu64 ")] core:%u pu:1",
		 m->nodes, m->memory_bytes / m->nodes, m->cpus / m->nodes);
	return buf;
}

static void __attribute__((format(printf, 2, 3)))
add(struct vm_words *w, const char *fmt, ...)
{
	va_list args;
	char *word = NULL;

	va_start(args, fmt);
	if (w->nr + 1 >= MAX_WORDS || vasprintf(&word, fmt, args) < 0)
		w->err = -ENOMEM;
	else
		w->word[w->nr++] = word;
	va_end(args);
}

static void add_all(struct vm_words *w, const char *const *words)
{
	for (; *words; words++)
		add(w, "%s", *words);
}

/* A comma in a path is written twice there. */
static void add_path(struct vm_words *w, const char *path)
{
	add(w, "%s", path);
}

/* Both as files that are open already, appending: a pipe cannot be cut off. */
static void add_ports(struct vm_words *w, const struct recipe *recipe)
{
	const struct {
		const char *id, *option, *value;
		int fd;
	} ports[] = {
		{ "con", "-serial", "chardev:con", VM_CONSOLE_FD },
		{ "res", recipe->result[0], recipe->result[1], VM_RESULT_FD },
	};

	for (int i = 0; i < 2; i++) {
		add(w, "-add-fd");
		add(w, "fd=%d,set=%d", ports[i].fd, i + 1);
		add(w, "-chardev");
		add(w, "file,id=%s,path=/dev/fdset/%d,append=on", ports[i].id,
		    i + 1);
		add(w, "%s", ports[i].option);
		add(w, "%s", ports[i].value);
	}
}

/*
 * NVMe, since that driver is built into Debian's kernels.  What the guest has
 * written need not survive it.  Read at the speed of the host's memory, no
 * read would be under way for long enough to be met by anything.
 */
static void add_disk(struct vm_words *w)
{
	add(w, "-add-fd");
	add(w, "fd=%d,set=%d", VM_DISK_FD, VM_DISK_FD);
	add(w, "-object");
	add(w,
	    "{\"qom-type\":\"throttle-group\",\"id\":\"slow\","
	    "\"limits\":{\"bps-read\":%d}}",
	    DISK_READ_BYTES_S);
	add(w, "-blockdev");
	add(w,
	    "driver=throttle,node-name=disk,throttle-group=slow,"
	    "file.driver=file,file.filename=/dev/fdset/%d,file.locking=off,"
	    "cache.no-flush=on",
	    VM_DISK_FD);
	add(w, "-device");
	add(w, "nvme,drive=disk,serial=faultline");
}

static void add_nodes(struct vm_words *w, const struct vm_machine *m)
{
	unsigned each = m->cpus / m->nodes;

	if (m->nodes == 1)
		return;
	for (unsigned i = 0; i < m->nodes; i++) {
		add(w, "-object");
		add(w, "memory-backend-ram,id=m%u,size=%" PRIu64, i,
		    m->memory_bytes / m->nodes);
		add(w, "-numa");
		add(w, "node,nodeid=%u,memdev=m%u,cpus=%u-%u", i, i, i * each,
		    (i + 1) * each - 1);
	}
}

int vm_machine_words(const struct vm_machine *m, const struct vm_image *image,
		     const char *qemu, const char *initrd,
		     struct vm_words *ret_words)
{
	static const char *const common[] = { "-nodefaults", "-no-user-config",
					      "-display",    "none",
					      "-monitor",    "none",
					      "-no-reboot",  NULL };
	const struct recipe *recipe = recipe_of(image->arch);
	enum setup setup = setup_of(m);
	struct vm_words w = { .word = calloc(MAX_WORDS, sizeof(*w.word)) };

	if (!w.word)
		return -ENOMEM;
	add(&w, "%s", qemu);
	add_all(&w, common);
	add_all(&w, recipe->words[setup]);
	if (m->mode == VM_MODE_INSN) {
		add(&w, "-seed");
		add(&w, "%u", m->layout ? m->layout : 1);
	}
	add(&w, "-smp");
	add(&w, "%u,sockets=%u,cores=%u,threads=1", m->cpus, m->nodes,
	    m->cpus / m->nodes);
	add(&w, "-m");
	add(&w, "%" PRIu64 "M", m->memory_bytes / MIB);
	add_nodes(&w, m);
	add_ports(&w, recipe);
	if (vm_machine_has_disk(m))
		add_disk(&w);
	if (m->words)
		add_all(&w, m->words);
	add(&w, "-kernel");
	/* Only what unpacks itself puts itself somewhere else, on x86-64. */
	add_path(&w, m->layout && image->arch == VM_ARCH_X86_64 ? image->path
								: image->boot);
	add(&w, "-initrd");
	add_path(&w, initrd);
	add(&w, "-append");
	add(&w, "%s %s%s%s", recipe->always, recipe->kernel[setup],
	    m->append ? " " : "", m->append ? m->append : "");
	if (w.err) {
		vm_words_free(&w);
		return -ENOMEM;
	}
	*ret_words = w;
	return 0;
}

void vm_words_free(struct vm_words *w)
{
	for (unsigned i = 0; i < w->nr; i++)
		free(w->word[i]);
	free(w->word);
	*w = (struct vm_words){ 0 };
}

static char *in_path(const char *name)
{
	const char *path = getenv("PATH");
	char full[PATH_MAX];

	while (path && *path) {
		size_t len = strcspn(path, ":");

		snprintf(full, sizeof(full), "%.*s/%s", (int)len, path, name);
		if (!access(full, X_OK))
			return strdup(full);
		path += len + (path[len] == ':');
	}
	return NULL;
}

char *vm_find_qemu(enum vm_arch arch, struct error *e)
{
	bool arm = arch == VM_ARCH_ARM64, ours = arch == vm_arch_own();
	const char *name = arm ? "qemu-system-aarch64" : "qemu-system-x86_64";
	const char *variable = ours  ? "FAULTLINE_QEMU"
			       : arm ? "FAULTLINE_QEMU_AARCH64"
				     : "FAULTLINE_QEMU_X86_64";
	const char *named = getenv(variable);
	char *path = named && *named ? strdup(named) : in_path(name);

	if (!path)
		error_set(e, -ENOENT,
			  "there is no %s: install it (Debian: %s), or name it "
			  "in $%s",
			  name, arm ? "qemu-system-arm" : "qemu-system-x86",
			  variable);
	return path;
}
