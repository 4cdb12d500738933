// SPDX-License-Identifier: GPL-2.0-only
/*
 * A member is a header of 110 bytes, hexadecimal numbers of 8 digits, then its
 * name with a NUL and its data, both padded to 4 bytes.
 */
#include "cpio.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
	ALIGN = 4,
	BLOCK = 512 /* the archive ends at a multiple, as cpio(1) does it */
};

struct member {
	const char *name;
	unsigned mode, links;
	unsigned major, minor; /* of a device */
	const void *data;
	size_t bytes;
};

void cpio_init(struct cpio *c, FILE *out)
{
	*c = (struct cpio){ .out = out };
}

static void put(struct cpio *c, const void *data, size_t bytes)
{
	if (c->err || !bytes)
		return;
	if (fwrite(data, 1, bytes, c->out) != bytes)
		c->err = -EIO;
	c->bytes += bytes;
}

static void pad(struct cpio *c, size_t to)
{
	static const char zeros[BLOCK];

	put(c, zeros, (to - c->bytes % to) % to);
}

static void put_number(struct cpio *c, uint32_t value)
{
	static const char digits[] = "0123456789abcdef";
	char text[8];

	for (unsigned i = 0; i < 8; i++)
		text[i] = digits[value >> (28 - 4 * i) & 15];
	put(c, text, sizeof(text));
}

static void put_member(struct cpio *c, const struct member *m)
{
	const uint32_t fields[] = {
		c->inode++,
		m->mode,
		0, /* user */
		0, /* group */
		m->links,
		0, /* time */
		(uint32_t)m->bytes,
		0, /* device that it lies on, two numbers */
		0,
		m->major,
		m->minor,
		(uint32_t)strlen(m->name) + 1,
		0, /* checksum, which this format does not use */
	};

	if (m->bytes > UINT32_MAX && !c->err)
		c->err = -EFBIG;
	put(c, "070701", 6);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put_number(c, fields[i]);
	put(c, m->name, strlen(m->name) + 1);
	pad(c, ALIGN);
	put(c, m->data, m->bytes);
	pad(c, ALIGN);
}

void cpio_folder(struct cpio *c, const char *name)
{
	const struct member m = { .name = name,
				  .mode = S_IFDIR | 0755,
				  .links = 2 };

	put_member(c, &m);
}

void cpio_file(struct cpio *c, const char *name, unsigned mode,
	       const void *data, size_t bytes)
{
	const struct member m = { .name = name,
				  .mode = S_IFREG | mode,
				  .links = 1,
				  .data = data,
				  .bytes = bytes };

	put_member(c, &m);
}

void cpio_device(struct cpio *c, const char *name, unsigned major,
		 unsigned minor)
{
	const struct member m = { .name = name,
				  .mode = S_IFCHR | 0600,
				  .links = 1,
				  .major = major,
				  .minor = minor };

	put_member(c, &m);
}

int cpio_finish(struct cpio *c)
{
	const struct member trailer = { .name = "TRAILER!!!", .links = 1 };

	c->inode = 0;
	put_member(c, &trailer);
	pad(c, BLOCK);
	if (!c->err && fflush(c->out))
		c->err = -EIO;
	return c->err;
}
