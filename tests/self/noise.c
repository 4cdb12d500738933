// SPDX-License-Identifier: GPL-2.0-only
#include "noise.h"

#include "tests/unit/unit.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(path, condition)                                     \
	do {                                                       \
		if (!(condition))                                  \
			fail_msg("%s/%s: not %s", NOISE_DIR, path, \
				 #condition);                      \
	} while (0)

static FILE *open_data(const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", NOISE_DIR, name);
	file = fopen(path, "re");
	CHECK(name, file);
	return file;
}

static json_t *next_line(FILE *file)
{
	return json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL);
}

static size_t copy_numbers(const json_t *array, double *numbers, size_t max)
{
	size_t nr = json_array_size(array);

	for (size_t i = 0; i < nr && nr <= max; i++)
		numbers[i] = json_number_value(json_array_get(array, i));
	return nr;
}

static void take_launch(const char *name, const json_t *record,
			struct noise_launch *launch)
{
	const char *slots = json_string_value(json_object_get(record, "slots"));

	if (!slots) {
		fail_msg("%s: a launch without slots", name);
		return;
	}
	launch->nr = copy_numbers(json_object_get(record, "ns"), launch->ns,
				  NOISE_MAX_BATCHES);
	CHECK(name, launch->nr <= NOISE_MAX_BATCHES);
	CHECK(name, launch->nr == strlen(slots));
	for (size_t i = 0; i < launch->nr; i++) {
		launch->slot[i] = (uint8_t)(slots[i] - '0');
		CHECK(name, launch->slot[i] < NOISE_NR_SLOTS);
		CHECK(name, launch->ns[i] > 0);
	}
}

struct noise_blocks *noise_blocks_new(const char *path)
{
	struct noise_blocks *blocks = calloc(1, sizeof(*blocks));
	FILE *file = open_data(path);

	assert_non_null(blocks);
	for (size_t i = 0; i < NOISE_LAUNCHES; i++) {
		json_t *record = next_line(file);

		CHECK(path, record);
		take_launch(path, record, &blocks->launch[i]);
		json_decref(record);
	}
	fclose(file);
	return blocks;
}

static bool is_series(const json_t *record, const char *path, const char *score)
{
	const char *p = json_string_value(json_object_get(record, "path"));
	const char *s = json_string_value(json_object_get(record, "score"));

	return p && s && !strcmp(p, path) && !strcmp(s, score);
}

struct noise_series *noise_series_new(const char *path, const char *score)
{
	struct noise_series *series = calloc(1, sizeof(*series));
	FILE *file = open_data("launches.jsonl");
	json_t *record;

	assert_non_null(series);
	while ((record = next_line(file))) {
		if (is_series(record, path, score))
			series->nr = copy_numbers(json_object_get(record, "ns"),
						  series->ns, NOISE_MAX_SERIES);
		json_decref(record);
	}
	fclose(file);
	CHECK(path, series->nr > 1000);
	CHECK(path, series->nr <= NOISE_MAX_SERIES);
	return series;
}

void noise_score(const struct noise_blocks *blocks,
		 struct stats_launch_score *scores)
{
	static const unsigned reference[NOISE_NR_SLOTS] = { NOISE_A };
	static const uint8_t marks[NOISE_MAX_BATCHES] = { 0 };

	for (size_t i = 0; i < NOISE_LAUNCHES; i++) {
		const struct noise_launch *launch = &blocks->launch[i];
		struct stats_batches b = {
			.nr = launch->nr,
			.nr_slots = NOISE_NR_SLOTS,
			.slot = launch->slot,
			.marks = marks,
			.ns = launch->ns,
		};

		assert_int_equal(
			stats_score_launch(&b, reference, 0.01, &scores[i]), 0);
	}
}

struct noise_blocks *noise_slowed(const struct noise_blocks *blocks,
				  enum noise_slot slot, double factor)
{
	struct noise_blocks *slowed = malloc(sizeof(*slowed));

	assert_non_null(slowed);
	*slowed = *blocks;
	for (size_t i = 0; i < NOISE_LAUNCHES; i++) {
		struct noise_launch *launch = &slowed->launch[i];

		for (size_t j = 0; j < launch->nr; j++)
			if (launch->slot[j] == slot)
				launch->ns[j] *= factor;
	}
	return slowed;
}
