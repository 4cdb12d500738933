/* SPDX-License-Identifier: GPL-2.0-only */
/* What all made-up results begin with. */
#ifndef TESTS_GOLDEN_MADE_H
#define TESTS_GOLDEN_MADE_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define MADE_RUN  "5eed5eed5eed5eed"
#define MADE_BOOT "00000000-0000-4000-8000-%06u%06u"

static inline const char *made_size(uint64_t bytes, char buf[32])
{
	if (bytes % (1024 * 1024) == 0)
		snprintf(buf, 32, "%" PRIu64 "M", bytes / 1024 / 1024);
	else
		snprintf(buf, 32, "%" PRIu64 "K", bytes / 1024);
	return buf;
}

/* @more: further fields of the run record, with a comma in front. */
static inline void made_head(const char *more, unsigned boots, unsigned seed)
{
	printf("{\"type\":\"run\",\"schema\":1,\"run\":\"" MADE_RUN "\","
	       "\"version\":\"0.1.0\",\"build\":\"gcc 12.2.0, -O2, sanitizer "
	       "none\",\"seed\":1,\"m\":0.01,\"inject\":0.01,"
	       "\"started\":\"2026-01-02T03:04:05Z\",\"host\":\"example\","
	       "\"comparable\":true%s}\n",
	       more);
	for (unsigned i = 0; i < boots; i++)
		printf("{\"type\":\"boot\",\"run\":\"" MADE_RUN "\","
		       "\"boot\":\"" MADE_BOOT
		       "\",\"kernel\":\"6.%u.0-example\","
		       "\"cpu_model\":\"Example CPU\",\"cpus_online\":2,"
		       "\"page_bytes\":4096,\"hpage_bytes\":2097152,"
		       "\"thp_enabled\":\"madvise\"}\n",
		       seed, i, seed);
}

#endif
