/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel image as it lies on the disk: what it is, and what QEMU gets.
 *
 * A bzImage holds an ELF file, packed.  Where that has an entry for PVH it is
 * booted directly: the guest need not unpack itself, which takes a second of
 * emulated time.  It is kept in the cache by the image's SHA-256, and so is
 * what an Image of arm64 was packed in.
 */
#ifndef BENCH_VM_IMAGE_H
#define BENCH_VM_IMAGE_H

#include "common/error.h"
#include "common/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vm_arch {
	VM_ARCH_UNKNOWN = 0,
	VM_ARCH_X86_64,
	VM_ARCH_ARM64,
};

enum vm_format {
	VM_FORMAT_UNKNOWN = 0,
	VM_FORMAT_BZIMAGE,
	VM_FORMAT_ELF,
	VM_FORMAT_ARM64, /* Image */
	VM_FORMAT_GZIP,	 /* of an Image, as is told when it is unpacked */
	VM_FORMAT_ZBOOT, /* an Image in a program of EFI */
};

struct vm_image {
	char *path; /* as given */
	char *boot; /* what QEMU gets: the same, or what was unpacked */
	char sha256[SHA256_TEXT_BYTES]; /* of what was given */
	enum vm_arch arch;
	enum vm_format format; /* of what was given */
	bool pvh;	       /* boot is an ELF file with that entry */
	unsigned page_bytes;   /* of its kernel; 0: it does not tell */
	char note[160];	       /* why it was not unpacked; "" if it was */
};

/**
 * vm_image_open() - look at an image, unpack it
 * @path:	any file
 * @cache:	a folder for what is unpacked, made where it is missing;
 *		NULL: nothing is unpacked
 * @e:		what is wrong with the file
 *
 * A bzImage that cannot be unpacked is booted as it is.  The Image in a packed
 * one of arm64 is needed, but for @cache NULL: then it is not looked at.
 *
 * Return: 0; -EINVAL if it is no kernel, for an architecture that there is no
 * machine for, or an ELF file without the PVH entry; -EFBIG; -errno.
 */
int vm_image_open(const char *path, const char *cache,
		  struct vm_image *ret_image, struct error *e);
void vm_image_finish(struct vm_image *image);

/* What can be told from bytes alone.  @packed: where the payload lies. */
struct vm_image_bytes {
	const unsigned char *data;
	size_t bytes;
};

/* Little-endian, of at most four bytes. */
uint32_t vm_image_number(const unsigned char *p, unsigned bytes);

/* Pure.  Return: 0, or -EINVAL with the reason. */
int vm_image_detect(struct vm_image_bytes image, enum vm_format *ret_format,
		    enum vm_arch *ret_arch, struct error *e);

/* The packed kernel in a bzImage.  Return: 0, or -EINVAL if it tells none. */
int vm_image_payload(struct vm_image_bytes image,
		     struct vm_image_bytes *ret_payload);

/* Whether an ELF file has the note with the PVH entry. */
bool vm_image_has_pvh(struct vm_image_bytes elf);

const char *vm_arch_name(enum vm_arch arch);

/* As uname(2) has it: "x86_64". */
const char *vm_arch_machine(enum vm_arch arch);

/* Of this program. */
enum vm_arch vm_arch_own(void);

#endif
