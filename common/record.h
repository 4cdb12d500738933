/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading records with jansson: shared by the driver and the analysis. */
#ifndef COMMON_RECORD_H
#define COMMON_RECORD_H

#include "error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The batches of one launch, put together from its samples records. */
struct record_batches {
	size_t nr, capacity;
	uint8_t *slot;	/* which arm */
	uint8_t *marks; /* of enum fl_mark */
	double *ns;	/* wall time of the batch */
	double *cpu_ns; /* NULL unless the ops are long */
};

/**
 * record_parse() - one line of JSON to an object
 * @line:	any bytes
 * @bytes:	without the newline
 * @e:		says what is wrong
 *
 * Return: a new reference to an object with a string "type", or NULL.
 */
json_t *record_parse(const char *line, size_t bytes, struct error *e);

/* Fields that must be there and of their type.  Return: 0 or -EINVAL. */
int record_text(const json_t *record, const char *key, const char **ret_text,
		struct error *e);
int record_u64(const json_t *record, const char *key, uint64_t *ret_value,
	       struct error *e);
int record_real(const json_t *record, const char *key, double *ret_value,
		struct error *e);
/* NULL or the default when it is not there or of another type. */
const char *record_text_or(const json_t *record, const char *key,
			   const char *otherwise);
double record_real_or(const json_t *record, const char *key, double otherwise);

/* The first object of an array whose text @key is @text, or NULL. */
const json_t *record_find(const json_t *array, const char *key,
			  const char *text);

/**
 * record_batches_add() - append a samples record
 * @b:		zeroed at first; record_batches_finish() frees it
 * @record:	of type samples
 * @nr_slots:	a slot beyond is an error
 * @e:		says what is wrong
 *
 * Return: 0; -EINVAL if the record is not what docs/result-format.md says;
 * -ENOMEM.
 */
int record_batches_add(struct record_batches *b, const json_t *record,
		       unsigned nr_slots, struct error *e);
/*
 * Times as if each slot's batches held the ops of the reference's, the slot
 * whose @reference is itself: @ops has the ops of a batch of each slot, 0 where
 * it is that of the reference.
 */
void record_batches_even(struct record_batches *b, const uint64_t *ops,
			 const unsigned *reference, unsigned nr_slots);
void record_batches_finish(struct record_batches *b);

#endif
