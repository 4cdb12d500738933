// SPDX-License-Identifier: GPL-2.0-only
/* Images made here: what they are, and what is unpacked of them. */
#include "bench/vm/image.h"
#include "bench/vm/unpack.h"

#include "scratch.h"
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* An ELF file with one segment, which holds one note. */
struct elf {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	struct {
		uint32_t name_bytes, desc_bytes, type;
		char name[4];
		uint64_t desc;
	} note;
};

static struct elf make_elf(uint16_t machine, const char *name, uint32_t type)
{
	struct elf elf = { 0 };

	memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.header.e_machine = machine;
	elf.header.e_phoff = offsetof(struct elf, segment);
	elf.header.e_phnum = 1;
	elf.segment.p_type = PT_NOTE;
	elf.segment.p_offset = offsetof(struct elf, note);
	elf.segment.p_filesz = sizeof(elf.note);
	elf.note.name_bytes = 4;
	elf.note.desc_bytes = 8;
	elf.note.type = type;
	memcpy(elf.note.name, name, 4);
	return elf;
}

/* The packed elf behind a head of one sector and one of set-up. */
static size_t make_bzimage(unsigned char *buf, const void *payload,
			   uint32_t bytes)
{
	static const unsigned char boot_flag[] = { 0x55, 0xaa };
	static const unsigned char header[] = {
		'H', 'd', 'r', 'S', 0x0f, 0x02
	};

	memset(buf, 0, 1024);
	buf[0x1f1] = 1;
	memcpy(buf + 0x1fe, boot_flag, sizeof(boot_flag));
	memcpy(buf + 0x202, header, sizeof(header));
	buf[0x236] = 1;
	memcpy(buf + 0x24c, &bytes, 4);
	memcpy(buf + 1024, payload, bytes);
	return 1024 + bytes;
}

static struct vm_image_bytes bytes_of(const void *data, size_t bytes)
{
	return (struct vm_image_bytes){ data, bytes };
}

static int detect(const void *data, size_t bytes, enum vm_format *format,
		  enum vm_arch *arch, struct error *e)
{
	*format = VM_FORMAT_UNKNOWN;
	*arch = VM_ARCH_UNKNOWN;
	e->text[0] = '\0';
	return vm_image_detect(bytes_of(data, bytes), format, arch, e);
}

static void images_are_told_apart(void **state)
{
	const struct elf x86 = make_elf(EM_X86_64, "Xen", 18);
	const struct elf arm = make_elf(EM_AARCH64, "Xen", 18);
	const struct elf sparc = make_elf(EM_SPARCV9, "Xen", 18);
	unsigned char image[2048] = { 0 };
	enum vm_format format;
	enum vm_arch arch;
	struct error e;

	(void)state;
	assert_int_equal(detect(&x86, sizeof(x86), &format, &arch, &e), 0);
	assert_int_equal(format, VM_FORMAT_ELF);
	assert_int_equal(arch, VM_ARCH_X86_64);
	assert_int_equal(detect(&arm, sizeof(arm), &format, &arch, &e), 0);
	assert_int_equal(arch, VM_ARCH_ARM64);
	assert_int_equal(detect(&sparc, sizeof(sparc), &format, &arch, &e),
			 -EINVAL);
	assert_non_null(strstr(e.text, "ELF number 43"));

	make_bzimage(image, "x", 1);
	assert_int_equal(detect(image, 1025, &format, &arch, &e), 0);
	assert_int_equal(format, VM_FORMAT_BZIMAGE);
	image[0x236] = 0;
	assert_int_equal(detect(image, 1025, &format, &arch, &e), -EINVAL);
	assert_non_null(strstr(e.text, "32-bit"));
	assert_int_equal(detect(image, 0x210, &format, &arch, &e), -EINVAL);

	memset(image, 0, sizeof(image));
	assert_int_equal(detect(image, sizeof(image), &format, &arch, &e),
			 -EINVAL);
	assert_non_null(strstr(e.text, "no kernel image"));
	assert_int_equal(detect(image, 0, &format, &arch, &e), -EINVAL);
	memcpy(image + 0x38, "ARM\x64", 4);
	assert_int_equal(detect(image, sizeof(image), &format, &arch, &e), 0);
	assert_int_equal(format, VM_FORMAT_ARM64);
}

/* The head of an Image, with the flags of its kernel. */
static void make_arm64(unsigned char image[64], unsigned char flags)
{
	static const unsigned char program[] = { 'M', 'Z' };
	static const unsigned char magic[] = { 'A', 'R', 'M', 0x64 };

	memset(image, 0, 64);
	memcpy(image, program, sizeof(program));
	image[0x18] = flags;
	memcpy(image + 0x38, magic, sizeof(magic));
}

/* A program of EFI, with what is packed in it behind its head. */
static size_t make_zboot(unsigned char *image, uint16_t machine,
			 const void *payload, uint32_t bytes)
{
	static const unsigned char head[] = {
		'M', 'Z', 0, 0, 'z', 'i', 'm', 'g'
	};
	static const unsigned char pe_head[] = { 'P', 'E', 0, 0 };
	const uint32_t at = 128, pe = 64;

	memset(image, 0, at);
	memcpy(image, head, sizeof(head));
	memcpy(image + 8, &at, 4);
	memcpy(image + 12, &bytes, 4);
	memcpy(image + 0x3c, &pe, 4);
	memcpy(image + pe, pe_head, sizeof(pe_head));
	memcpy(image + pe + 4, &machine, 2);
	memcpy(image + at, payload, bytes);
	return at + bytes;
}

static void images_of_arm64_are_told_apart(void **state)
{
	unsigned char image[256];
	enum vm_format format;
	enum vm_arch arch;
	struct error e;
	size_t bytes;

	(void)state;
	make_arm64(image, 0x0a);
	assert_int_equal(detect(image, 64, &format, &arch, &e), 0);
	assert_int_equal(format, VM_FORMAT_ARM64);
	assert_int_equal(arch, VM_ARCH_ARM64);
	assert_int_equal(detect(image, 63, &format, &arch, &e), -EINVAL);
	assert_non_null(strstr(e.text, "no kernel image"));
	make_arm64(image, 0x0b);
	assert_int_equal(detect(image, 64, &format, &arch, &e), -EINVAL);
	assert_non_null(strstr(e.text, "big-endian"));

	bytes = make_zboot(image, 0xaa64, "x", 1);
	assert_int_equal(detect(image, bytes, &format, &arch, &e), 0);
	assert_int_equal(format, VM_FORMAT_ZBOOT);
	assert_int_equal(arch, VM_ARCH_ARM64);
	assert_int_equal(detect(image, 69, &format, &arch, &e), -EINVAL);
	assert_non_null(strstr(e.text, "and no more"));
	memset(image + 0x3c, 0xff, 4);
	assert_int_equal(detect(image, bytes, &format, &arch, &e), -EINVAL);
	bytes = make_zboot(image, 0x5064, "x", 1);
	assert_int_equal(detect(image, bytes, &format, &arch, &e), -EINVAL);
	assert_non_null(strstr(e.text, "0x5064"));

	assert_int_equal(detect("\x1f\x8b\x08", 3, &format, &arch, &e), 0);
	assert_int_equal(format, VM_FORMAT_GZIP);
	assert_int_equal(arch, VM_ARCH_ARM64);
}

static void pvh_is_found_by_its_note(void **state)
{
	struct elf elf = make_elf(EM_X86_64, "Xen", 18);

	(void)state;
	assert_true(vm_image_has_pvh(bytes_of(&elf, sizeof(elf))));
	assert_false(vm_image_has_pvh(bytes_of(&elf, sizeof(elf) - 9)));
	elf.segment.p_offset = UINT64_MAX - 3;
	assert_false(vm_image_has_pvh(bytes_of(&elf, sizeof(elf))));
	elf = make_elf(EM_X86_64, "GNU", 18);
	assert_false(vm_image_has_pvh(bytes_of(&elf, sizeof(elf))));
	elf = make_elf(EM_X86_64, "Xen", 3);
	assert_false(vm_image_has_pvh(bytes_of(&elf, sizeof(elf))));
	elf.header.e_phoff = UINT64_MAX - 8;
	assert_false(vm_image_has_pvh(bytes_of(&elf, sizeof(elf))));
}

static void payload_stays_inside(void **state)
{
	unsigned char image[2048];
	size_t bytes = make_bzimage(image, "payload", 7);
	struct vm_image_bytes payload;

	(void)state;
	assert_int_equal(vm_image_payload(bytes_of(image, bytes), &payload), 0);
	assert_int_equal(payload.bytes, 7);
	assert_memory_equal(payload.data, "payload", 7);
	assert_int_equal(vm_image_payload(bytes_of(image, bytes - 1), &payload),
			 -EINVAL);
	memset(image + 0x248, 0xff, 4);
	assert_int_equal(vm_image_payload(bytes_of(image, bytes), &payload),
			 -EINVAL);
}

static const char *in_scratch(const char *name, char buf[PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s/%s", root, name);
	return buf;
}

static void put(const char *path, const void *data, size_t bytes)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, bytes, out), bytes);
	assert_int_equal(fclose(out), 0);
}

/* With the tool of that name, as a kernel's Makefile packs. */
static size_t pack(const char *tool, const void *data, size_t bytes,
		   unsigned char *ret, size_t room)
{
	char path[PATH_MAX], command[PATH_MAX + 64];
	size_t got;
	FILE *in;

	put(in_scratch("plain", path), data, bytes);
	snprintf(command, sizeof(command), "%s < %s 2>/dev/null", tool, path);
	in = popen(command, "r"); /* NOLINT(cert-env33-c): a fixed command */
	assert_non_null(in);
	got = fread(ret, 1, room, in);
	return pclose(in) ? 0 : got;
}

static void check_packed(const char *tool, bool pvh)
{
	const struct elf elf = make_elf(EM_X86_64, pvh ? "Xen" : "GNU", 18);
	unsigned char packed[4096], image[8192];
	char path[PATH_MAX], cache[PATH_MAX];
	size_t bytes = pack(tool, &elf, sizeof(elf), packed, sizeof(packed));
	struct error e = { 0 };
	struct vm_image found;

	if (!bytes) {
		print_message("no %s here\n", tool);
		return;
	}
	bytes = make_bzimage(image, packed, (uint32_t)bytes);
	put(in_scratch("vmlinuz", path), image, bytes);
	assert_int_equal(
		vm_image_open(path, in_scratch("a/cache", cache), &found, &e),
		0);
	if (strstr(found.note, "no library"))
		print_message("%s: %s\n", tool, found.note);
	else
		check_row_u64(tool, found.pvh, pvh);
	if (found.pvh) {
		assert_non_null(strstr(found.boot, found.sha256));
		assert_int_equal(access(found.boot, R_OK), 0);
		unlink(found.boot);
	} else {
		assert_string_equal(found.boot, path);
		assert_true(*found.note);
	}
	vm_image_finish(&found);
}

static void images_are_unpacked(void **state)
{
	(void)state;
	check_packed("gzip -c", true);
	check_packed("xz --check=crc32 -c", true);
	check_packed("zstd -c", true);
	check_packed("lz4 -l -c", true);
	check_packed("bzip2 -c", false);
	check_packed("gzip -c", false);
}

static int open_image(const void *data, size_t bytes, struct vm_image *found,
		      struct error *e)
{
	char path[PATH_MAX], cache[PATH_MAX];

	e->text[0] = '\0';
	put(in_scratch("vmlinuz", path), data, bytes);
	return vm_image_open(path, in_scratch("cache", cache), found, e);
}

/* What is booted is the Image that was packed. */
static void check_arm64(const char *name, const void *data, size_t bytes,
			const unsigned char inner[64])
{
	struct error e = { 0 };
	struct vm_image found;
	unsigned char got[65];
	FILE *in;

	if (open_image(data, bytes, &found, &e)) {
		check_row(name, strstr(e.text, "no library"));
		return;
	}
	check_row_int(name, found.arch, VM_ARCH_ARM64);
	check_row_u64(name, found.page_bytes, 4096);
	check_row(name, strstr(found.boot, found.sha256));
	in = fopen(found.boot, "r");
	assert_non_null(in);
	check_row_u64(name, fread(got, 1, sizeof(got), in), 64);
	fclose(in);
	assert_memory_equal(got, inner, 64);
	unlink(found.boot);
	vm_image_finish(&found);
}

static void packed_images_of_arm64_are_unpacked(void **state)
{
	static const char *const tools[] = { "gzip -c", "xz --check=crc32 -c",
					     "zstd -c" };
	unsigned char inner[64], packed[256], image[1024];

	(void)state;
	make_arm64(inner, 0x0a);
	for (size_t i = 0; i < ROWS(tools); i++) {
		size_t bytes = pack(tools[i], inner, sizeof(inner), packed,
				    sizeof(packed));

		if (!bytes)
			continue;
		if (i == 0)
			check_arm64("by itself", packed, bytes, inner);
		bytes = make_zboot(image, 0xaa64, packed, (uint32_t)bytes);
		check_arm64(tools[i], image, bytes, inner);
	}
}

/* An Image is booted as it is; what is wrong inside of one that is not. */
static void bad_images_of_arm64_are_refused(void **state)
{
	unsigned char inner[64], packed[256], image[1024];
	struct error e = { 0 };
	struct vm_image found;
	size_t bytes;

	(void)state;
	make_arm64(inner, 0x0e);
	assert_int_equal(open_image(inner, 64, &found, &e), 0);
	assert_string_equal(found.boot, found.path);
	assert_int_equal(found.page_bytes, 65536);
	vm_image_finish(&found);

	bytes = make_zboot(image, 0xaa64, "damaged", 7);
	assert_int_equal(open_image(image, bytes, &found, &e), -EINVAL);
	assert_non_null(strstr(e.text, "not known"));
	assert_int_equal(open_image(image, bytes - 1, &found, &e), -EINVAL);
	assert_non_null(strstr(e.text, "cut off"));
	bytes = pack("gzip -c", "no kernel", 9, packed, sizeof(packed));
	if (!bytes || open_image(packed, bytes - 9, &found, &e) != -EINVAL)
		fail();
	if (strstr(e.text, "no library"))
		skip();
	assert_non_null(strstr(e.text, "damaged"));
	assert_int_equal(open_image(packed, bytes, &found, &e), -EINVAL);
	assert_non_null(strstr(e.text, "no Image of arm64"));
}

static void damaged_images_boot_as_they_are(void **state)
{
	unsigned char image[8192];
	char path[PATH_MAX], cache[PATH_MAX];
	struct error e = { 0 };
	struct vm_image found;
	size_t bytes = make_bzimage(image, "\x1f\x8b\x08 damaged", 11);

	(void)state;
	put(in_scratch("vmlinuz", path), image, bytes);
	assert_int_equal(
		vm_image_open(path, in_scratch("cache", cache), &found, &e), 0);
	assert_false(found.pvh);
	assert_true(*found.note);
	vm_image_finish(&found);
}

static void what_is_no_kernel_is_refused(void **state)
{
	const struct elf elf = make_elf(EM_X86_64, "GNU", 18);
	char path[PATH_MAX];
	struct vm_image found;
	struct error e = { 0 };

	(void)state;
	put(in_scratch("text", path), "#!/bin/sh\n", 10);
	assert_int_equal(vm_image_open(path, NULL, &found, &e), -EINVAL);
	assert_non_null(strstr(e.text, "no kernel image"));
	e.text[0] = '\0';
	put(path, &elf, sizeof(elf));
	assert_int_equal(vm_image_open(path, NULL, &found, &e), -EINVAL);
	assert_non_null(strstr(e.text, "CONFIG_PVH"));
	e.text[0] = '\0';
	assert_int_equal(vm_image_open(root, NULL, &found, &e), -EFBIG);
	e.text[0] = '\0';
	assert_int_equal(vm_image_open("/no/such/file", NULL, &found, &e),
			 -ENOENT);
}

static void unpacked_data_are_bounded(void **state)
{
	static unsigned char zeros[1 << 20];
	unsigned char packed[8192], *data;
	struct error e = { 0 };
	size_t bytes = pack("gzip -c", zeros, sizeof(zeros), packed,
			    sizeof(packed));
	size_t got;

	(void)state;
	if (!bytes)
		skip();
	if (unpack(packed, bytes, 1 << 20, &data, &got, &e) == -ENOTSUP)
		skip();
	assert_int_equal(got, sizeof(zeros));
	free(data);
	assert_int_equal(unpack(packed, bytes, 1000, &data, &got, &e), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_are_told_apart),
		cmocka_unit_test(images_of_arm64_are_told_apart),
		cmocka_unit_test(pvh_is_found_by_its_note),
		cmocka_unit_test(payload_stays_inside),
		cmocka_unit_test(images_are_unpacked),
		cmocka_unit_test(packed_images_of_arm64_are_unpacked),
		cmocka_unit_test(bad_images_of_arm64_are_refused),
		cmocka_unit_test(damaged_images_boot_as_they_are),
		cmocka_unit_test(what_is_no_kernel_is_refused),
		cmocka_unit_test(unpacked_data_are_bounded),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
