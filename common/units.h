/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes, times and ratios as people write them. */
#ifndef COMMON_UNITS_H
#define COMMON_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* What the words `page` and `hpage` mean; a field of 0 makes its word an error. */
struct units {
	uint64_t page_bytes;
	uint64_t hpage_bytes;
};

/* Those of the running machine: sysconf() and hpage_pmd_size. */
struct units units_of_machine(void);

/*
 * What one page table spans, which is the size of a PMD-mapped huge page: as
 * the kernel says, or by arithmetic where it has no transparent ones.
 */
uint64_t units_pmd_bytes(const struct units *units);

/**
 * units_parse_size() - "4096", "4K", "2M", "1G", "page", "hpage-4K"
 * @text:	the whole of it must be a size; K, M, G, T are powers of 1024
 * @units:	for `page` and `hpage`
 * @ret_bytes:	the size
 *
 * Sums and differences of terms are sizes too ("hpage+4K"), as are multiples
 * of the words ("2hpage").
 *
 * Return: 0; -EINVAL if it is no size; -ERANGE if it does not fit or is
 * negative; -ENODATA if a word has no meaning on this machine.
 */
int units_parse_size(const char *text, const struct units *units,
		     uint64_t *ret_bytes);

/*
 * "250ns", "100us", "1.5s", "2m", "1h": ns.  A bare number is an error but
 * for 0, and so is a part of a ns.  Return: 0, -EINVAL or -ERANGE.
 */
int units_parse_time(const char *text, uint64_t *ret_ns);

/* "1%", "0.01", "300ppm" as a ratio. */
int units_parse_ratio(const char *text, double *ret_ratio);

/* Decimal, all of the text. */
int units_parse_u64(const char *text, uint64_t *ret_value);

enum {
	UNITS_TEXT_BYTES = 32
};

/* The shortest exact form: "4K", "2M", "2044K", "4097". */
const char *units_print_size(uint64_t bytes, char buf[UNITS_TEXT_BYTES]);
/* The shortest exact form: "100us", "1500ms". */
const char *units_print_time(uint64_t ns, char buf[UNITS_TEXT_BYTES]);
/* For people, three digits: "941 ns", "37.0 us", "1.25 s". */
const char *units_human_ns(double ns, char buf[UNITS_TEXT_BYTES]);

#endif
