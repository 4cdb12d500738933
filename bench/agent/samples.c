// SPDX-License-Identifier: GPL-2.0-only
#include "samples.h"

#include "prefault.h"

#include <faultline/protocol.h>

#include <errno.h>

enum {
	/* No batch with its untimed part is shorter than that. */
	LEAST_NS = 2000,
	MOST = 1 << 20,
};

int samples_init(struct samples *s, uint64_t launch_ns, size_t least)
{
	uint64_t nr = launch_ns / LEAST_NS;

	if (nr > MOST)
		nr = MOST;
	if (nr < least)
		nr = least;

	s->of = prefault_alloc(nr * sizeof(s->of[0]));
	if (!s->of)
		return -ENOMEM;

	s->nr = 0;
	s->capacity = nr;
	return 0;
}

void samples_finish(struct samples *s)
{
	prefault_free(s->of, s->capacity * sizeof(s->of[0]));
	*s = (struct samples){ 0 };
}

static void emit_digits(const struct samples *s, size_t first, size_t nr,
			struct json_writer *w)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char text[FL_SAMPLES_MAX];

	for (size_t i = 0; i < nr; i++)
		text[i] = digits[s->of[first + i].slot];
	json_text_n(w, "slots", text, nr);

	for (size_t i = 0; i < nr; i++)
		text[i] = digits[s->of[first + i].marks & 15];
	json_text_n(w, "marks", text, nr);
}

static void emit_some(const struct samples *s, size_t first, size_t nr,
		      struct json_writer *w)
{
	json_u64(w, "first", first);
	emit_digits(s, first, nr, w);
	json_array_open(w, "ns");
	for (size_t i = 0; i < nr; i++)
		json_u64(w, NULL, s->of[first + i].ns);
	json_array_close(w);
}

static void emit_cpu(const struct samples *s, size_t first, size_t nr,
		     struct json_writer *w)
{
	json_array_open(w, "cpu_ns");
	for (size_t i = 0; i < nr; i++)
		json_u64(w, NULL, s->of[first + i].cpu_ns);
	json_array_close(w);
}

void samples_emit(const struct samples *s, bool cpu, struct records *out)
{
	size_t most = cpu ? FL_SAMPLES_MAX / 2 : FL_SAMPLES_MAX;

	for (size_t first = 0; first < s->nr; first += most) {
		size_t nr = s->nr - first < most ? s->nr - first : most;
		struct json_writer *w = records_open(out, "samples");

		emit_some(s, first, nr, w);
		if (cpu)
			emit_cpu(s, first, nr, w);
		records_close(out);
	}
}
