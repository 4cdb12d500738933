// SPDX-License-Identifier: GPL-2.0-only
#include "image_arm64.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
	/* Of an Image. */
	AT_FLAGS = 0x18,
	AT_MAGIC = 0x38,
	HEADER_BYTES = 0x40,
	FLAG_BIG_ENDIAN = 1,
	FLAG_PAGE_SHIFT = 1,
	FLAG_PAGE_MASK = 3,

	/* Of a program of EFI, and of one that holds a kernel. */
	AT_ZIMG = 4,
	AT_PAYLOAD = 8,
	AT_PAYLOAD_BYTES = 12,
	AT_PE = 0x3c,
	PE_HEAD_BYTES = 6,
	PE_MACHINE_ARM64 = 0xaa64,
};

bool image_is_arm64(struct vm_image_bytes image)
{
	return image.bytes >= HEADER_BYTES &&
	       !memcmp(image.data + AT_MAGIC, "ARM\x64", 4);
}

bool image_is_zboot(struct vm_image_bytes image)
{
	return image.bytes >= HEADER_BYTES && !memcmp(image.data, "MZ", 2) &&
	       !memcmp(image.data + AT_ZIMG, "zimg", 4);
}

int image_check_arm64(struct vm_image_bytes image, struct error *e)
{
	if (image.data[AT_FLAGS] & FLAG_BIG_ENDIAN)
		return error_set(e, -EINVAL,
				 "it is a big-endian kernel of arm64; the "
				 "agent is little-endian");
	return 0;
}

int image_check_zboot(struct vm_image_bytes image, struct error *e)
{
	uint32_t at = vm_image_number(image.data + AT_PE, 4), machine;

	if (at > image.bytes || image.bytes - at < PE_HEAD_BYTES ||
	    memcmp(image.data + at, "PE\0", 4) != 0)
		return error_set(e, -EINVAL,
				 "it is the head of a packed kernel, and no "
				 "more");
	machine = vm_image_number(image.data + at + 4, 2);
	if (machine != PE_MACHINE_ARM64)
		return error_set(e, -EINVAL,
				 "it is a packed kernel for a machine of EFI "
				 "number 0x%x; such are booted for arm64 only",
				 machine);
	return 0;
}

int image_zboot_payload(struct vm_image_bytes image,
			struct vm_image_bytes *ret_payload, struct error *e)
{
	uint32_t at = vm_image_number(image.data + AT_PAYLOAD, 4);
	uint32_t bytes = vm_image_number(image.data + AT_PAYLOAD_BYTES, 4);

	if (!bytes || at > image.bytes || bytes > image.bytes - at)
		return error_set(e, -EINVAL,
				 "its packed part is cut off: the file is "
				 "damaged");
	*ret_payload = (struct vm_image_bytes){ image.data + at, bytes };
	return 0;
}

unsigned image_arm64_page_bytes(struct vm_image_bytes image)
{
	static const unsigned bytes[] = { 0, 4096, 16384, 65536 };

	return bytes[image.data[AT_FLAGS] >> FLAG_PAGE_SHIFT & FLAG_PAGE_MASK];
}
