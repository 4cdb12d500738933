// SPDX-License-Identifier: GPL-2.0-only
/* The era matrix as one JSON object: all rows, also those that are alike. */
#include "atlas.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>

enum {
	FORMAT_VERSION = 1
};

static void set_text(json_t *o, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(o, key, json_string(text));
}

static json_t *column_of(const struct atlas_column *c)
{
	json_t *o = json_object();

	set_text(o, "name", c->name);
	set_text(o, "kernel", c->release);
	set_text(o, "why", c->why);
	return o;
}

static json_t *cell_of(const struct atlas *a, const struct atlas_row *row,
		       size_t column)
{
	static const char *const states[] = {
		[ATLAS_ABSENT] = "unknown", [ATLAS_TOLD] = "outcome",
		[ATLAS_COUNTED] = "count",  [ATLAS_SKIPPED] = "skip",
		[ATLAS_FAILED] = "failed",
	};
	const struct atlas_cell *cell = &row->cells[column];
	double ratio = atlas_ratio(a, row, column);
	json_t *o = json_object();

	json_object_set_new(o, "is", json_string(states[cell->state]));
	if (cell->state == ATLAS_TOLD || cell->state == ATLAS_COUNTED) {
		set_text(o, "text", cell->text);
		json_object_set_new(o, "value", json_real(cell->value));
	}
	if (cell->mistake)
		json_object_set_new(o, "mistake", json_true());
	if (isfinite(ratio))
		json_object_set_new(o, "ratio", json_real(ratio));
	set_text(o, "why", cell->why);
	return o;
}

static json_t *row_of(const struct atlas *a, const struct atlas_row *row)
{
	json_t *o = json_object(), *cells = json_array();

	json_object_set_new(o, "section",
			    json_string(atlas_section_names[row->section]));
	set_text(o, "workload", row->workload);
	set_text(o, "block", row->block);
	set_text(o, "label", row->label);
	set_text(o, "point", row->point);
	set_text(o, "arm", row->arm);
	set_text(o, "what", row->what);
	set_text(o, "unit", row->unit);
	set_text(o, "kernel_path", row->path);
	set_text(o, "source", row->source);
	for (size_t c = 0; c < a->nr_columns; c++)
		json_array_append_new(cells, cell_of(a, row, c));
	json_object_set_new(o, "cells", cells);
	return o;
}

int atlas_json(const struct atlas *a, FILE *out)
{
	json_t *root = json_object(), *kernels = json_array();
	json_t *rows = json_array();
	int err;

	json_object_set_new(root, "format", json_integer(FORMAT_VERSION));
	json_object_set_new(root, "limits", json_string(atlas_limits));
	for (size_t c = 0; c < a->nr_columns; c++)
		json_array_append_new(kernels, column_of(&a->columns[c]));
	json_object_set_new(root, "kernels", kernels);
	for (size_t i = 0; i < a->nr_rows; i++)
		json_array_append_new(rows, row_of(a, &a->rows[i]));
	json_object_set_new(root, "rows", rows);
	err = json_dumpf(root, out, JSON_COMPACT | JSON_REAL_PRECISION(6));
	json_decref(root);
	return err || fputc('\n', out) == EOF ? -EIO : 0;
}
