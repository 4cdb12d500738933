// SPDX-License-Identifier: GPL-2.0-only
#include "system_counts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Row 0 is that of /proc/interrupts. */
static const char *const names[SYSTEM_COUNTS_NR] = {
	"interrupts:TLB",
	"nr_tlb_remote_flush",
	"nr_tlb_remote_flush_received",
	"nr_tlb_local_flush_all",
	"nr_tlb_local_flush_one",
	"pgreuse",
	"cow_ksm",
	"thp_split_pmd",
};

/* All of the file, ended by a zero; NULL if it cannot be read. */
static char *read_file(const char *path)
{
	size_t capacity = 1 << 16, len = 0;
	char *text = malloc(capacity);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (text && fd >= 0 &&
	       (n = read(fd, text + len, capacity - len - 1)) > 0) {
		char *larger = text;

		len += (size_t)n;
		if (len + 1 == capacity)
			larger = realloc(text, capacity *= 2);
		if (!larger)
			break;
		text = larger;
	}
	if (fd >= 0)
		close(fd);
	if (n) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

/* What is behind the name, in a row that has it; else NULL. */
static const char *skip_name(const char *line, const char *name)
{
	while (*name && *name == *line) {
		name++;
		line++;
	}
	return !*name && *line == ' ' ? line : NULL;
}

static void keep_row(struct system_counts *c, const char *line)
{
	for (size_t i = 1; i < SYSTEM_COUNTS_NR; i++) {
		const char *value = skip_name(line, names[i]);

		if (!value)
			continue;
		c->value[i] = strtoull(value, NULL, 10);
		c->present[i] = true;
	}
}

void system_counts_parse_vmstat(struct system_counts *c, const char *text)
{
	while (text && *text) {
		keep_row(c, text);
		text = strchr(text, '\n');
		if (text)
			text++;
	}
}

void system_counts_parse_interrupts(struct system_counts *c, const char *text)
{
	const char *row = strstr(text, " TLB:");
	char *end;

	if (!row)
		row = strstr(text, "\nTLB:");
	if (!row)
		return;

	c->value[0] = 0;
	row += strlen(" TLB:");
	for (;;) {
		uint64_t n = strtoull(row, &end, 10);

		/* The words behind the last number end the row. */
		if (end == row)
			break;
		c->value[0] += n;
		c->present[0] = true;
		row = end;
	}
}

void system_counts_read(struct system_counts *c)
{
	char *text;

	memset(c, 0, sizeof(*c));
	text = read_file("/proc/interrupts");
	if (text)
		system_counts_parse_interrupts(c, text);
	free(text);
	text = read_file("/proc/vmstat");
	if (text)
		system_counts_parse_vmstat(c, text);
	free(text);
}

void system_counts_add(struct system_counts *total,
		       const struct system_counts *before,
		       const struct system_counts *after)
{
	for (size_t i = 0; i < SYSTEM_COUNTS_NR; i++)
		if (before->present[i] && after->present[i]) {
			total->value[i] += after->value[i] - before->value[i];
			total->present[i] = true;
		}
}

struct counter system_counts_at(const struct system_counts *total, size_t i)
{
	struct counter c = { .name = names[i], .system = true };

	if (total->present[i]) {
		c.value = total->value[i];
		return c;
	}
	c.status = COUNTER_ABSENT;
	snprintf(c.why, sizeof(c.why), "the kernel has no such row");
	return c;
}
