// SPDX-License-Identifier: GPL-2.0-only
#include "image.h"

#include "cache.h"
#include "image_arm64.h"
#include "unpack.h"

#include "common/folder.h"
#include "common/read_all.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MOST_BYTES = 256 << 20, /* of an image */
	MOST_ELF_BYTES = 512 << 20,
	XEN_NOTE_PHYS32_ENTRY = 18,
	MAX_HEADERS = 64,

	/* Documentation/arch/x86/boot.rst */
	AT_SETUP_SECTORS = 0x1f1,
	AT_BOOT_FLAG = 0x1fe,
	AT_MAGIC = 0x202,
	AT_VERSION = 0x206,
	AT_LOAD_FLAGS = 0x236,
	AT_PAYLOAD = 0x248,
	AT_PAYLOAD_BYTES = 0x24c,
	HEADER_BYTES = 0x250,
	WITH_PAYLOAD = 0x0208,
	WITH_XLOAD_FLAGS = 0x020c,
	XLF_KERNEL_64 = 1,
};

const char *vm_arch_name(enum vm_arch arch)
{
	static const char *const names[] = {
		[VM_ARCH_UNKNOWN] = "unknown",
		[VM_ARCH_X86_64] = "x86-64",
		[VM_ARCH_ARM64] = "arm64",
	};

	return names[arch];
}

const char *vm_arch_machine(enum vm_arch arch)
{
	static const char *const names[] = {
		[VM_ARCH_UNKNOWN] = "unknown",
		[VM_ARCH_X86_64] = "x86_64",
		[VM_ARCH_ARM64] = "aarch64",
	};

	return names[arch];
}

enum vm_arch vm_arch_own(void)
{
#if defined(__x86_64__)
	return VM_ARCH_X86_64;
#elif defined(__aarch64__)
	return VM_ARCH_ARM64;
#else
	return VM_ARCH_UNKNOWN;
#endif
}

uint32_t vm_image_number(const unsigned char *p, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)p[i] << 8 * i;
	return value;
}

static bool has(struct vm_image_bytes image, size_t at, const char *text,
		size_t bytes)
{
	return image.bytes >= at + bytes &&
	       !memcmp(image.data + at, text, bytes);
}

static int detect_elf(struct vm_image_bytes image, enum vm_arch *ret_arch,
		      struct error *e)
{
	Elf64_Ehdr header;

	if (image.bytes < sizeof(header) ||
	    image.data[EI_CLASS] != ELFCLASS64 ||
	    image.data[EI_DATA] != ELFDATA2LSB)
		return error_set(e, -EINVAL,
				 "it is an ELF file, but none of "
				 "a 64-bit little-endian machine");
	memcpy(&header, image.data, sizeof(header));
	if (header.e_machine == EM_X86_64)
		*ret_arch = VM_ARCH_X86_64;
	else if (header.e_machine == EM_AARCH64)
		*ret_arch = VM_ARCH_ARM64;
	else
		return error_set(e, -EINVAL,
				 "it is for a machine of ELF number %u; there "
				 "are x86-64 and arm64 guests",
				 header.e_machine);
	return 0;
}

static int detect_bzimage(struct vm_image_bytes image, enum vm_arch *ret_arch,
			  struct error *e)
{
	if (image.bytes < HEADER_BYTES)
		return error_set(e, -EINVAL,
				 "it is the head of a kernel, "
				 "and no more");
	if (vm_image_number(image.data + AT_VERSION, 2) >= WITH_XLOAD_FLAGS &&
	    !(vm_image_number(image.data + AT_LOAD_FLAGS, 2) & XLF_KERNEL_64))
		return error_set(e, -EINVAL,
				 "it is a kernel of 32-bit x86; "
				 "guests are 64-bit");
	*ret_arch = VM_ARCH_X86_64;
	return 0;
}

static int detect_arm64(struct vm_image_bytes image, enum vm_format *ret_format,
			enum vm_arch *ret_arch, struct error *e)
{
	*ret_arch = VM_ARCH_ARM64;
	if (image_is_arm64(image)) {
		*ret_format = VM_FORMAT_ARM64;
		return image_check_arm64(image, e);
	}
	if (image_is_zboot(image)) {
		*ret_format = VM_FORMAT_ZBOOT;
		return image_check_zboot(image, e);
	}
	if (has(image, 0, "\x1f\x8b", 2)) {
		*ret_format = VM_FORMAT_GZIP;
		return 0;
	}
	*ret_arch = VM_ARCH_UNKNOWN;
	return error_set(e, -EINVAL,
			 "it is no kernel image: neither a bzImage, nor an ELF "
			 "file, nor an Image of arm64");
}

int vm_image_detect(struct vm_image_bytes image, enum vm_format *ret_format,
		    enum vm_arch *ret_arch, struct error *e)
{
	if (has(image, 0, ELFMAG, SELFMAG)) {
		*ret_format = VM_FORMAT_ELF;
		return detect_elf(image, ret_arch, e);
	}
	if (has(image, AT_MAGIC, "HdrS", 4) &&
	    has(image, AT_BOOT_FLAG, "\x55\xaa", 2)) {
		*ret_format = VM_FORMAT_BZIMAGE;
		return detect_bzimage(image, ret_arch, e);
	}
	return detect_arm64(image, ret_format, ret_arch, e);
}

int vm_image_payload(struct vm_image_bytes image,
		     struct vm_image_bytes *ret_payload)
{
	uint64_t start, bytes;
	unsigned sectors;

	if (image.bytes < HEADER_BYTES ||
	    vm_image_number(image.data + AT_VERSION, 2) < WITH_PAYLOAD)
		return -EINVAL;

	sectors = image.data[AT_SETUP_SECTORS];
	start = ((sectors ? sectors : 4) + 1) * UINT64_C(512) +
		vm_image_number(image.data + AT_PAYLOAD, 4);
	bytes = vm_image_number(image.data + AT_PAYLOAD_BYTES, 4);
	if (!bytes || start > image.bytes || bytes > image.bytes - start)
		return -EINVAL;

	*ret_payload = (struct vm_image_bytes){ image.data + start, bytes };
	return 0;
}

/* Notes: sizes of name and descriptor, type, both padded to 4 bytes. */
static bool notes_have_pvh(const unsigned char *p, uint64_t bytes)
{
	while (bytes >= 12) {
		uint64_t name = vm_image_number(p, 4),
			 desc = vm_image_number(p + 4, 4);
		uint64_t all = 12 + ((name + 3) & ~UINT64_C(3)) +
			       ((desc + 3) & ~UINT64_C(3));

		if (all > bytes)
			return false;
		if (vm_image_number(p + 8, 4) == XEN_NOTE_PHYS32_ENTRY &&
		    name == 4 && !memcmp(p + 12, "Xen", 4))
			return true;
		p += all;
		bytes -= all;
	}
	return false;
}

bool vm_image_has_pvh(struct vm_image_bytes elf)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (elf.bytes < sizeof(header))
		return false;
	memcpy(&header, elf.data, sizeof(header));
	for (unsigned i = 0; i < header.e_phnum && i < MAX_HEADERS; i++) {
		uint64_t at = header.e_phoff + i * sizeof(segment);

		if (at > elf.bytes || elf.bytes - at < sizeof(segment))
			return false;
		memcpy(&segment, elf.data + at, sizeof(segment));
		if (segment.p_type == PT_NOTE &&
		    segment.p_offset <= elf.bytes &&
		    segment.p_filesz <= elf.bytes - segment.p_offset &&
		    notes_have_pvh(elf.data + segment.p_offset,
				   segment.p_filesz))
			return true;
	}
	return false;
}

static int load(const char *path, struct vm_image_bytes *ret_image,
		struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *data;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > MOST_BYTES) {
		close(fd);
		return error_set(e, -EFBIG,
				 "%s: it is no file, or one of over %d MiB",
				 path, MOST_BYTES >> 20);
	}
	data = malloc((size_t)st.st_size + 1);
	got = data ? read_all(fd, (char *)data, (size_t)st.st_size) : -ENOMEM;
	close(fd);
	if (got < 0) {
		free(data);
		return error_set(e, (int)got, "%s: %s", path,
				 strerror((int)-got));
	}
	*ret_image = (struct vm_image_bytes){ data, (size_t)got };
	return 0;
}

static int write_bytes(void *ctx, FILE *out)
{
	const struct vm_image_bytes *bytes = ctx;

	return fwrite(bytes->data, 1, bytes->bytes, out) == bytes->bytes ? 0
									 : -EIO;
}

/* Return: 0 when @path holds it; what stands in the way is in @e. */
static int unpack_to(struct vm_image_bytes image, const char *path,
		     struct error *e)
{
	struct vm_image_bytes payload, elf;
	unsigned char *data = NULL;
	enum vm_format format;
	enum vm_arch arch;
	size_t bytes = 0;
	int err = vm_image_payload(image, &payload);

	if (err)
		return error_set(e, err,
				 "it does not tell where its packed "
				 "part lies");
	err = unpack(payload.data, payload.bytes, MOST_ELF_BYTES, &data, &bytes,
		     e);
	if (err)
		return err;

	elf = (struct vm_image_bytes){ data, bytes };
	err = vm_image_detect(elf, &format, &arch, e);
	if (!err && (format != VM_FORMAT_ELF || !vm_image_has_pvh(elf)))
		err = error_set(e, -EINVAL,
				"it has no entry for PVH (CONFIG_PVH)");
	if (!err) {
		err = vm_cache_store(path, write_bytes,
				     &(struct vm_image_bytes){ data, bytes });
		if (err)
			error_set(e, err, "%s: %s", path, strerror(-err));
	}
	free(data);
	return err;
}

/* A kernel that cannot be unpacked boots as it is. */
static int unpack_cached(struct vm_image_bytes data, const char *cache,
			 struct vm_image *image)
{
	struct error why = { 0 };
	char path[PATH_MAX];
	int err = folder_make(cache);

	if (!err && snprintf(path, sizeof(path), "%s/%s.elf", cache,
			     image->sha256) >= (int)sizeof(path))
		err = -ENAMETOOLONG;
	if (err)
		error_set(&why, err, "%s: %s", cache, strerror(-err));
	else if (access(path, R_OK))
		err = unpack_to(data, path, &why);
	if (err) {
		snprintf(image->note, sizeof(image->note), "%.150s", why.text);
		return 0;
	}

	free(image->boot);
	image->boot = strdup(path);
	image->pvh = true;
	return image->boot ? 0 : -ENOMEM;
}

static int unpack_arm64(struct vm_image_bytes data, struct vm_image *image,
			struct vm_image_bytes *ret_inner, struct error *e)
{
	struct vm_image_bytes payload = data;
	unsigned char *inner;
	size_t bytes;
	int err = 0;

	if (image->format == VM_FORMAT_ZBOOT)
		err = image_zboot_payload(data, &payload, e);
	if (!err)
		err = unpack(payload.data, payload.bytes, MOST_ELF_BYTES,
			     &inner, &bytes, e);
	if (!err)
		*ret_inner = (struct vm_image_bytes){ inner, bytes };
	return err;
}

static int keep_arm64(struct vm_image_bytes inner, const char *cache,
		      struct vm_image *image, struct error *e)
{
	char path[PATH_MAX];
	int err = folder_make(cache);

	if (!err && snprintf(path, sizeof(path), "%s/%s.Image", cache,
			     image->sha256) >= (int)sizeof(path))
		err = -ENAMETOOLONG;
	if (!err && access(path, R_OK))
		err = vm_cache_store(path, write_bytes, &inner);
	if (err)
		return error_set(e, err, "%s: %s", cache, strerror(-err));
	free(image->boot);
	image->boot = strdup(path);
	return image->boot ? 0 : -ENOMEM;
}

/* What is inside has to be an Image: QEMU has no firmware to unpack it. */
static int look_inside(struct vm_image_bytes data, const char *cache,
		       struct vm_image *image, struct error *e)
{
	struct vm_image_bytes inner = { 0 };
	int err = unpack_arm64(data, image, &inner, e);

	if (!err && !image_is_arm64(inner))
		err = error_set(e, -EINVAL,
				"what is packed in it is no Image of arm64");
	if (!err)
		err = image_check_arm64(inner, e);
	if (!err) {
		image->page_bytes = image_arm64_page_bytes(inner);
		err = keep_arm64(inner, cache, image, e);
	}
	free((void *)inner.data);
	return err;
}

static int look(struct vm_image_bytes data, const char *cache,
		struct vm_image *image, struct error *e)
{
	struct error why = { 0 };
	int err = vm_image_detect(data, &image->format, &image->arch, &why);

	if (err)
		return error_set(e, err, "%s: %s", image->path, why.text);

	sha256_print(data.data, data.bytes, image->sha256);
	if (image->format == VM_FORMAT_ELF && image->arch == VM_ARCH_X86_64) {
		image->pvh = vm_image_has_pvh(data);
		if (!image->pvh)
			return error_set(e, -EINVAL,
					 "%s: this ELF kernel has no entry for "
					 "PVH (CONFIG_PVH): give its bzImage",
					 image->path);
	}
	if (image->format == VM_FORMAT_BZIMAGE && cache)
		return unpack_cached(data, cache, image);
	if (image->format == VM_FORMAT_ARM64)
		image->page_bytes = image_arm64_page_bytes(data);
	if ((image->format == VM_FORMAT_GZIP ||
	     image->format == VM_FORMAT_ZBOOT) &&
	    cache && look_inside(data, cache, image, &why))
		return error_set(e, -EINVAL, "%s: %s", image->path, why.text);
	return 0;
}

int vm_image_open(const char *path, const char *cache,
		  struct vm_image *ret_image, struct error *e)
{
	struct vm_image image = { .path = strdup(path), .boot = strdup(path) };
	struct vm_image_bytes data = { 0 };
	int err = image.path && image.boot ? load(path, &data, e) : -ENOMEM;

	if (!err)
		err = look(data, cache, &image, e);
	free((void *)data.data);
	if (err) {
		vm_image_finish(&image);
		return error_set(e, err, "out of memory");
	}
	*ret_image = image;
	return 0;
}

void vm_image_finish(struct vm_image *image)
{
	free(image->path);
	free(image->boot);
	image->path = image->boot = NULL;
}
