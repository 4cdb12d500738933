// SPDX-License-Identifier: GPL-2.0-only
#include "prefault.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum {
	/* The least page of any machine; a larger one is written twice. */
	STRIDE = 4096,
	/* Stack below the caller that op() may use without a fault. */
	STACK_BYTES = 16 * STRIDE,
};

void *prefault_alloc(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;

	memset(p, 0, bytes);
	return p;
}

void prefault_free(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}

static void add_range(struct prefault *p, char *start, size_t bytes)
{
	if (p->nr < PREFAULT_MAX_RANGES && bytes)
		p->range[p->nr++] = (struct prefault_range){
			.start = start, .end = start + bytes
		};
}

/* What is read-only after relocation lies at the start of its segment. */
static size_t relro_end(const struct dl_phdr_info *info)
{
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_GNU_RELRO)
			return (h->p_vaddr + h->p_memsz + STRIDE - 1) &
			       ~(size_t)(STRIDE - 1);
	}
	return 0;
}

static void add_data(struct prefault *p, const struct dl_phdr_info *info)
{
	size_t relro = relro_end(info);

	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		size_t start = h->p_vaddr, end = start + h->p_memsz;

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_W))
			continue;
		if (start < relro)
			start = relro;
		if (start < end)
			/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
			add_range(p, (char *)(info->dlpi_addr + start),
				  end - start);
	}
}

static void add_thread_storage(struct prefault *p,
			       const struct dl_phdr_info *info)
{
	for (unsigned i = 0; i < info->dlpi_phnum && info->dlpi_tls_data; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS)
			add_range(p, info->dlpi_tls_data,
				  info->dlpi_phdr[i].p_memsz);
}

/* Of libraries only the thread's storage: their data may be large. */
static int add_module(struct dl_phdr_info *info, size_t bytes, void *arg)
{
	struct prefault *p = arg;

	(void)bytes;
	if (!p->nr)
		add_data(p, info);
	add_thread_storage(p, info);
	return 0;
}

void prefault_init(struct prefault *p)
{
	char *self = __builtin_thread_pointer();

	memset(p, 0, sizeof(*p));
	dl_iterate_phdr(add_module, p);
	add_range(p, self, 1);
}

/*
 * Exchanges a byte for itself, which loses nothing, whoever else writes it.
 * The compiler must not see that it is the same, and the sanitizer is kept
 * out: the bytes are nobody's objects.
 */
__attribute__((no_sanitize("address"))) static void write_range(
	const struct prefault_range *r)
{
	char *at = r->start;

	while (at < r->end) {
		char old = __atomic_load_n(at, __ATOMIC_RELAXED), same = old;

		__asm__ volatile("" : "+r"(same));
		__atomic_compare_exchange_n(at, &old, same, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
		at += STRIDE - ((uintptr_t)at & (STRIDE - 1));
	}
}

__attribute__((noinline)) static void write_stack(void)
{
	char frame[STACK_BYTES];

	/* All of it is there, says the barrier. */
	__asm__ volatile("" : : "r"(frame) : "memory");
	for (size_t i = 0; i < sizeof(frame); i += STRIDE)
		*(volatile char *)&frame[i] = 0;
}

void prefault_again(const struct prefault *p)
{
	write_stack();
	for (unsigned i = 0; i < p->nr; i++)
		write_range(&p->range[i]);
}
