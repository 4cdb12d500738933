// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each unpacker writes into a buffer that is there already and says how many
 * bytes it wrote.  Behind the packed data a kernel has four bytes more, its
 * size: they are left alone.
 */
#include "unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#if FL_HAVE_ZLIB
#include <zlib.h>
#endif
#if FL_HAVE_LZMA
#include <lzma.h>
#endif
#if FL_HAVE_ZSTD
#include <zstd.h>
#endif
#if FL_HAVE_LZ4
#include <lz4.h>
#endif

enum {
	TIMES = 8, /* that a kernel becomes larger, as a first guess */
	LEAST_BYTES = 1 << 20,
	LZ4_BLOCK_BYTES = 8 << 20,
	LZMA_BYTES = 256 << 20, /* twice the dictionary of any kernel */
};

struct job {
	const unsigned char *in;
	size_t in_bytes;
	unsigned char *out;
	size_t capacity, out_bytes;
};

#if FL_HAVE_ZLIB
static int unpack_gzip(struct job *j)
{
	z_stream z = { .next_in = (unsigned char *)j->in,
		       .avail_in = (uInt)j->in_bytes,
		       .next_out = j->out,
		       .avail_out = (uInt)j->capacity };
	int ret;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return -ENOMEM;
	ret = inflate(&z, Z_FINISH);
	j->out_bytes = z.total_out;
	inflateEnd(&z);
	if (ret == Z_BUF_ERROR && !z.avail_out)
		return -EFBIG;
	return ret == Z_STREAM_END ? 0 : -EINVAL;
}
#else
#define unpack_gzip NULL
#endif

#if FL_HAVE_LZMA
static int unpack_lzma(struct job *j)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret ret = lzma_auto_decoder(&z, LZMA_BYTES, 0);

	if (ret != LZMA_OK)
		return -ENOMEM;
	z.next_in = j->in;
	z.avail_in = j->in_bytes;
	z.next_out = j->out;
	z.avail_out = j->capacity;
	do {
		ret = lzma_code(&z, LZMA_RUN);
	} while (ret == LZMA_OK && z.avail_out && z.avail_in);
	j->out_bytes = j->capacity - z.avail_out;
	lzma_end(&z);
	if (ret == LZMA_OK && !z.avail_out)
		return -EFBIG;
	return ret == LZMA_STREAM_END ? 0 : -EINVAL;
}
#else
#define unpack_lzma NULL
#endif

#if FL_HAVE_ZSTD
static int unpack_zstd(struct job *j)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	ZSTD_inBuffer in = { j->in, j->in_bytes, 0 };
	ZSTD_outBuffer out = { j->out, j->capacity, 0 };
	size_t ret = 1;

	if (!z)
		return -ENOMEM;
	/* Kernels are packed with windows of up to 128 MiB. */
	ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 27);
	while (ret && !ZSTD_isError(ret) && in.pos < in.size &&
	       out.pos < out.size)
		ret = ZSTD_decompressStream(z, &out, &in);
	ZSTD_freeDStream(z);
	j->out_bytes = out.pos;
	if (!ret)
		return 0;
	return !ZSTD_isError(ret) && out.pos == out.size ? -EFBIG : -EINVAL;
}
#else
#define unpack_zstd NULL
#endif

#if FL_HAVE_LZ4
static size_t little_endian(const unsigned char *p)
{
	return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
	       (size_t)p[3] << 24;
}

/* The legacy frame: blocks with their sizes in front, up to 8 MiB each. */
static int unpack_lz4(struct job *j)
{
	size_t at = 4;

	while (at + 4 <= j->in_bytes) {
		size_t block = little_endian(j->in + at);
		int got;

		at += 4;
		/* What is no block is the size of the kernel at the end. */
		if (!block || block > j->in_bytes - at)
			break;
		got = LZ4_decompress_safe(
			(const char *)j->in + at, (char *)j->out + j->out_bytes,
			(int)block, (int)(j->capacity - j->out_bytes));
		if (got < 0)
			return j->capacity - j->out_bytes < LZ4_BLOCK_BYTES
				       ? -EFBIG
				       : -EINVAL;
		j->out_bytes += (size_t)got;
		at += block;
	}
	return j->out_bytes ? 0 : -EINVAL;
}
#else
#define unpack_lz4 NULL
#endif

static const struct format {
	const char *name, *magic;
	size_t magic_bytes;
	int (*unpack)(struct job *j);
} formats[] = {
	{ "gzip", "\x1f\x8b", 2, unpack_gzip },
	{ "xz",
	  "\xfd"
	  "7zXZ",
	  5, unpack_lzma },
	{ "lzma", "\x5d\0\0", 3, unpack_lzma },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, unpack_zstd },
	{ "lz4", "\x02\x21\x4c\x18", 4, unpack_lz4 },
	{ "bzip2", "BZh", 3, NULL },
	{ "lzo", "\x89LZO", 4, NULL },
};

static const struct format *find_format(const unsigned char *data, size_t bytes)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (bytes >= formats[i].magic_bytes &&
		    !memcmp(data, formats[i].magic, formats[i].magic_bytes))
			return &formats[i];

	return NULL;
}

/* Into as much memory as it takes, up to @max. */
static int unpack_growing(const struct format *f, struct job *job, size_t max)
{
	size_t guess = job->in_bytes < max / TIMES ? TIMES * job->in_bytes
						   : max;
	int err;

	job->capacity = guess > LEAST_BYTES && guess < max ? guess
			: LEAST_BYTES < max		   ? LEAST_BYTES
							   : max;
	for (;;) {
		job->out_bytes = 0;
		job->out = malloc(job->capacity);
		if (!job->out)
			return -ENOMEM;
		err = f->unpack(job);
		if (!err)
			return 0;
		free(job->out);
		if (err != -EFBIG || job->capacity == max)
			return err;
		job->capacity = job->capacity < max / 2 ? 2 * job->capacity
							: max;
	}
}

int unpack(const unsigned char *data, size_t bytes, size_t max,
	   unsigned char **ret_data, size_t *ret_bytes, struct error *e)
{
	const struct format *f = find_format(data, bytes);
	struct job job = { .in = data, .in_bytes = bytes };
	int err;

	if (!f)
		return error_set(e, -ENOTSUP,
				 "it is packed in a way that is "
				 "not known");
	if (!f->unpack)
		return error_set(e, -ENOTSUP,
				 "this build has no library for %s", f->name);

	err = unpack_growing(f, &job, max);
	if (err)
		return error_set(e, err, "%s: %s", f->name,
				 err == -EINVAL ? "the data are damaged"
						: strerror(-err));
	*ret_data = job.out;
	*ret_bytes = job.out_bytes;
	return 0;
}
