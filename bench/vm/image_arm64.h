/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Images of arm64: the Image of Documentation/arch/arm64/booting.rst, which is
 * booted as it is; and an Image that is packed, by gzip or in a program of EFI
 * that unpacks it (drivers/firmware/efi/libstub/zboot-header.S, read in 6.12).
 */
#ifndef BENCH_VM_IMAGE_ARM64_H
#define BENCH_VM_IMAGE_ARM64_H

#include "image.h"

bool image_is_arm64(struct vm_image_bytes image);
bool image_is_zboot(struct vm_image_bytes image);

/* Return: 0, or -EINVAL with the reason: no guest here boots it. */
int image_check_arm64(struct vm_image_bytes image, struct error *e);

/* By the machine in the program's head.  As image_check_arm64(). */
int image_check_zboot(struct vm_image_bytes image, struct error *e);

/* What is packed in it.  Return: 0, or -EINVAL with the reason. */
int image_zboot_payload(struct vm_image_bytes image,
			struct vm_image_bytes *ret_payload, struct error *e);

/* Bytes of a page of its kernel; 0 if it does not tell. */
unsigned image_arm64_page_bytes(struct vm_image_bytes image);

#endif
