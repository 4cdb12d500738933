// SPDX-License-Identifier: GPL-2.0-only
/* What is refused, and the words for an emulator by mode and architecture. */
#include "bench/vm/machine.h"

#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

static const struct vm_machine one = { .mode = VM_MODE_INSN,
				       .cpus = 1,
				       .nodes = 1,
				       .memory_bytes = UINT64_C(1) << 30 };

static const struct {
	const char *name;
	enum vm_mode mode;
	unsigned cpus, nodes;
	uint64_t mib;
	const char *says; /* NULL: it can be had */
} machine_rows[] = {
	{ "one", VM_MODE_INSN, 1, 1, 1024, NULL },
	{ "two", VM_MODE_INSN, 2, 1, 1024, "--mode func" },
	{ "none", VM_MODE_FUNC, 0, 1, 1024, "CPUs" },
	{ "many", VM_MODE_FUNC, VM_MAX_CPUS + 1, 1, 1024, "CPUs" },
	{ "nodes", VM_MODE_FUNC, 4, 2, 1024, NULL },
	{ "uneven", VM_MODE_FUNC, 3, 2, 1024, "nodes" },
	{ "small", VM_MODE_FUNC, 1, 1, 64, "memory" },
};

static void machines_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(machine_rows); i++) {
		const struct vm_machine m = {
			.mode = machine_rows[i].mode,
			.cpus = machine_rows[i].cpus,
			.nodes = machine_rows[i].nodes,
			.memory_bytes = machine_rows[i].mib << 20,
		};
		const char *says = machine_rows[i].says;
		struct error e = { 0 };

		check_row_int(machine_rows[i].name, vm_machine_check(&m, &e),
			      says ? -EINVAL : 0);
		check_row(machine_rows[i].name,
			  !says || strstr(e.text, says) != NULL);
	}
}

/* All of a command line, one blank between two words; to free(). */
static char *words_of(enum vm_arch arch, const struct vm_machine *m)
{
	const struct vm_image image = { .arch = arch,
					.path = (char *)"IMAGE",
					.boot = (char *)"IMAGE" };
	struct vm_words words;
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(vm_machine_words(m, &image, "QEMU", "INITRD", &words),
			 0);
	for (unsigned i = 0; i < words.nr; i++)
		fprintf(out, "%s ", words.word[i]);
	assert_null(words.word[words.nr]);
	fclose(out);
	vm_words_free(&words);
	return text;
}

static const struct {
	const char *name;
	enum vm_arch arch;
	enum vm_mode mode;
	const char *has[6];
	const char *lacks;
} word_rows[] = {
	{ "x86 insn",
	  VM_ARCH_X86_64,
	  VM_MODE_INSN,
	  { "QEMU ", "-icount shift=0", "-M pc", "-serial chardev:res",
	    "console=ttyS0 ", "-kernel IMAGE -initrd INITRD " },
	  "virt" },
	{ "x86 func",
	  VM_ARCH_X86_64,
	  VM_MODE_FUNC,
	  { "thread=multi", "no_timer_check" },
	  "-icount" },
	{ "arm64 insn",
	  VM_ARCH_ARM64,
	  VM_MODE_INSN,
	  { "-icount shift=0", "-M virt", "cntfrq=1000000000",
	    "-device pci-serial,chardev=res", "console=ttyAMA0 ",
	    "randomize_kstack_offset=off" },
	  "ttyS0" },
	{ "arm64 func",
	  VM_ARCH_ARM64,
	  VM_MODE_FUNC,
	  { "thread=multi", "-M virt", "-cpu cortex-a57" },
	  "-icount" },
	{ "arm64 time",
	  VM_ARCH_ARM64,
	  VM_MODE_TIME,
	  { "-accel kvm", "-cpu host", "-M virt" },
	  "tcg" },
};

static void architectures_have_words_of_their_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(word_rows); i++) {
		struct vm_machine m = one;
		char *text;

		m.mode = word_rows[i].mode;
		m.append = "LAST";
		text = words_of(word_rows[i].arch, &m);
		for (size_t j = 0; j < ROWS(word_rows[i].has); j++)
			if (word_rows[i].has[j])
				check_row(word_rows[i].has[j],
					  strstr(text, word_rows[i].has[j]));
		check_row(word_rows[i].name, !strstr(text, word_rows[i].lacks));
		check_row(word_rows[i].name, strstr(text, " LAST "));
		free(text);
	}
}

/* Other addresses, and an Image that is booted as it was unpacked. */
static void layouts_differ_by_their_seed(void **state)
{
	static const enum vm_arch archs[] = { VM_ARCH_X86_64, VM_ARCH_ARM64 };
	struct vm_machine m = one;

	(void)state;
	for (size_t i = 0; i < ROWS(archs); i++) {
		char *text = words_of(archs[i], &m);

		assert_non_null(strstr(text, "-seed 1 "));
		assert_non_null(strstr(text, " nokaslr "));
		free(text);
		m.layout = 7;
		text = words_of(archs[i], &m);
		assert_non_null(strstr(text, "-seed 7 "));
		assert_null(strstr(text, "nokaslr"));
		free(text);
		m.layout = 0;
	}
	m.layout = 7;
	m.mode = VM_MODE_FUNC;
	assert_int_equal(vm_machine_check(&m, &(struct error){ 0 }), -EINVAL);
}

static void nodes_share_evenly(void **state)
{
	struct vm_machine m = one;
	char *text;

	(void)state;
	m.mode = VM_MODE_FUNC;
	m.cpus = 4;
	m.nodes = 2;
	text = words_of(VM_ARCH_ARM64, &m);
	assert_non_null(strstr(text, "-smp 4,sockets=2,cores=2"));
	assert_non_null(strstr(text, "id=m1,size=536870912"));
	assert_non_null(strstr(text, "nodeid=1,memdev=m1,cpus=2-3"));
	free(text);
}

/* An emulator of one's own name is that of this machine's architecture. */
static void emulators_are_found_by_architecture(void **state)
{
	enum vm_arch other = vm_arch_own() == VM_ARCH_ARM64 ? VM_ARCH_X86_64
							    : VM_ARCH_ARM64;
	struct error e = { 0 };
	char *found;

	(void)state;
	setenv("PATH", root, 1);
	setenv("FAULTLINE_QEMU", "/mine", 1);
	unsetenv("FAULTLINE_QEMU_AARCH64");
	unsetenv("FAULTLINE_QEMU_X86_64");
	found = vm_find_qemu(vm_arch_own(), &e);
	assert_string_equal(found, "/mine");
	free(found);
	assert_null(vm_find_qemu(other, &e));
	assert_non_null(strstr(e.text, "install it"));
	assert_non_null(strstr(e.text, "$FAULTLINE_QEMU_"));

	setenv(other == VM_ARCH_ARM64 ? "FAULTLINE_QEMU_AARCH64"
				      : "FAULTLINE_QEMU_X86_64",
	       "/other", 1);
	found = vm_find_qemu(other, &e);
	assert_string_equal(found, "/other");
	free(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines_are_checked),
		cmocka_unit_test(architectures_have_words_of_their_own),
		cmocka_unit_test(layouts_differ_by_their_seed),
		cmocka_unit_test(nodes_share_evenly),
		cmocka_unit_test(emulators_are_found_by_architecture),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
