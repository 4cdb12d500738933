// SPDX-License-Identifier: GPL-2.0-only
#include "common/record.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

json_t *record_parse(const char *line, size_t bytes, struct error *e)
{
	json_error_t why;
	json_t *record;

	if (bytes > FL_RECORD_MAX_BYTES) {
		error_set(e, -EINVAL, "a record of %zu bytes, at most %d",
			  bytes, FL_RECORD_MAX_BYTES);
		return NULL;
	}
	record = json_loadb(line, bytes, JSON_ALLOW_NUL, &why);
	if (!record) {
		error_set(e, -EINVAL, "not JSON: %s (byte %d)", why.text,
			  why.position);
		return NULL;
	}
	if (!json_is_string(json_object_get(record, "type"))) {
		error_set(e, -EINVAL, "not a record: no object with a type");
		json_decref(record);
		return NULL;
	}
	return record;
}

static int wrong_field(const json_t *record, const char *key, const char *what,
		       struct error *e)
{
	const char *type = record_text_or(record, "type", "record");

	if (!json_object_get(record, key))
		return error_set(e, -EINVAL, "%.32s: no field `%s`", type, key);

	return error_set(e, -EINVAL, "%.32s: `%s` is not %s", type, key, what);
}

/* A string that C can hold: without a NUL inside. */
static const char *plain_text(const json_t *value)
{
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : NULL;
}

int record_text(const json_t *record, const char *key, const char **ret_text,
		struct error *e)
{
	const char *text = plain_text(json_object_get(record, key));

	if (!text)
		return wrong_field(record, key, "a text", e);

	*ret_text = text;
	return 0;
}

int record_u64(const json_t *record, const char *key, uint64_t *ret_value,
	       struct error *e)
{
	const json_t *value = json_object_get(record, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return wrong_field(record, key, "a whole number from 0", e);

	*ret_value = (uint64_t)json_integer_value(value);
	return 0;
}

int record_real(const json_t *record, const char *key, double *ret_value,
		struct error *e)
{
	const json_t *value = json_object_get(record, key);

	if (!json_is_number(value))
		return wrong_field(record, key, "a number", e);

	*ret_value = json_number_value(value);
	return 0;
}

const char *record_text_or(const json_t *record, const char *key,
			   const char *otherwise)
{
	const char *text = plain_text(json_object_get(record, key));

	return text ? text : otherwise;
}

double record_real_or(const json_t *record, const char *key, double otherwise)
{
	const json_t *value = json_object_get(record, key);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

const json_t *record_find(const json_t *array, const char *key,
			  const char *text)
{
	json_t *object;
	size_t i;

	json_array_foreach (array, i, object)
		if (!strcmp(record_text_or(object, key, ""), text))
			return object;

	return NULL;
}

/* A samples record whose fields are known to be right. */
struct samples {
	size_t nr;
	const char *slots, *marks;
	const json_t *ns, *cpu_ns; /* cpu_ns: NULL unless the ops are long */
};

static unsigned digit36(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	return 36;
}

/* One digit below @limit for each batch. */
static int check_digits(const char *key, const char *digits, unsigned limit,
			struct error *e)
{
	for (size_t i = 0; digits[i]; i++)
		if (digit36(digits[i]) >= limit)
			return error_set(e, -EINVAL,
					 "samples: `%c` in `%s`: digits "
					 "are below %u",
					 digits[i], key, limit);
	return 0;
}

static int check_times(const json_t *record, const char *key, size_t nr,
		       struct error *e)
{
	const json_t *times = json_object_get(record, key);

	if (!json_is_array(times))
		return wrong_field(record, key, "an array", e);
	if (json_array_size(times) != nr)
		return error_set(e, -EINVAL,
				 "samples: %zu values in `%s` for %zu batches",
				 json_array_size(times), key, nr);

	for (size_t i = 0; i < nr; i++) {
		const json_t *ns = json_array_get(times, i);

		if (!json_is_integer(ns) || json_integer_value(ns) < 0)
			return error_set(e, -EINVAL,
					 "samples: value %zu of `%s` is not "
					 "a whole number from 0",
					 i, key);
	}
	return 0;
}

static int check_digit_fields(const json_t *record, unsigned nr_slots,
			      struct samples *s, struct error *e)
{
	if (record_text(record, "slots", &s->slots, e) ||
	    record_text(record, "marks", &s->marks, e))
		return -EINVAL;

	s->nr = strlen(s->slots);
	if (!s->nr || s->nr > FL_SAMPLES_MAX)
		return error_set(e, -EINVAL,
				 "samples: %zu batches, 1 to %d in a record",
				 s->nr, FL_SAMPLES_MAX);
	if (strlen(s->marks) != s->nr)
		return error_set(e, -EINVAL,
				 "samples: %zu marks for %zu batches",
				 strlen(s->marks), s->nr);
	if (check_digits("slots", s->slots, nr_slots, e) ||
	    check_digits("marks", s->marks, 16, e))
		return -EINVAL;

	return 0;
}

static int check_samples(const struct record_batches *b, const json_t *record,
			 struct samples *s, struct error *e)
{
	uint64_t first = 0;

	if (record_u64(record, "first", &first, e))
		return -EINVAL;
	if (first != b->nr)
		return error_set(e, -EINVAL,
				 "samples: batch %zu should come next, not "
				 "%llu",
				 b->nr, (unsigned long long)first);
	if (check_times(record, "ns", s->nr, e))
		return -EINVAL;

	s->ns = json_object_get(record, "ns");
	s->cpu_ns = json_object_get(record, "cpu_ns");
	if (b->nr && !b->cpu_ns != !s->cpu_ns)
		return error_set(e, -EINVAL,
				 "samples: `cpu_ns` in some records only");

	return s->cpu_ns ? check_times(record, "cpu_ns", s->nr, e) : 0;
}

static int grow_array(void *array, size_t capacity, size_t size)
{
	void **p = array;
	void *grown = reallocarray(*p, capacity, size);

	if (!grown)
		return -ENOMEM;

	*p = grown;
	return 0;
}

static int grow(struct record_batches *b, const struct samples *s)
{
	size_t capacity = b->capacity ? b->capacity : 1024;

	while (capacity - b->nr < s->nr)
		if (__builtin_mul_overflow(capacity, 2, &capacity))
			return -ENOMEM;
	if (capacity == b->capacity)
		return 0;

	if (grow_array(&b->slot, capacity, sizeof(*b->slot)) ||
	    grow_array(&b->marks, capacity, sizeof(*b->marks)) ||
	    grow_array(&b->ns, capacity, sizeof(*b->ns)) ||
	    (s->cpu_ns && grow_array(&b->cpu_ns, capacity, sizeof(*b->cpu_ns))))
		return -ENOMEM;

	b->capacity = capacity;
	return 0;
}

static void append(struct record_batches *b, const struct samples *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		size_t to = b->nr + i;

		b->slot[to] = (uint8_t)digit36(s->slots[i]);
		b->marks[to] = (uint8_t)digit36(s->marks[i]);
		b->ns[to] = json_number_value(json_array_get(s->ns, i));
		if (s->cpu_ns)
			b->cpu_ns[to] = json_number_value(
				json_array_get(s->cpu_ns, i));
	}
	b->nr += s->nr;
}

int record_batches_add(struct record_batches *b, const json_t *record,
		       unsigned nr_slots, struct error *e)
{
	struct samples s = { .slots = "", .marks = "" };

	if (check_digit_fields(record, nr_slots, &s, e) ||
	    check_samples(b, record, &s, e))
		return -EINVAL;
	if (grow(b, &s))
		return error_set(e, -ENOMEM, "no memory for %zu batches",
				 b->nr + s.nr);

	append(b, &s);
	return 0;
}

void record_batches_even(struct record_batches *b, const uint64_t *ops,
			 const unsigned *reference, unsigned nr_slots)
{
	uint64_t whole = 0;

	for (unsigned i = 0; i < nr_slots; i++)
		if (reference[i] == i)
			whole = ops[i];
	for (size_t i = 0; i < b->nr; i++) {
		unsigned slot = b->slot[i];
		double scale;

		if (slot >= nr_slots || !ops[slot] || !whole)
			continue;
		scale = (double)whole / (double)ops[slot];
		b->ns[i] *= scale;
		if (b->cpu_ns)
			b->cpu_ns[i] *= scale;
	}
}

void record_batches_finish(struct record_batches *b)
{
	free(b->slot);
	free(b->marks);
	free(b->ns);
	free(b->cpu_ns);
	*b = (struct record_batches){ 0 };
}
