/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A config while it is read: the words as written with their places.  The
 * YAML reader and the command line fill a draft; when both are done it is
 * resolved against the workloads' tables into a struct config.  So a file may
 * name the axes before the workload, and the command line may replace either.
 */
#ifndef BENCH_CONFIG_DRAFT_H
#define BENCH_CONFIG_DRAFT_H

#include "config.h"

enum {
	CONFIG_MAX_AXES = 64,	     /* of one sweep */
	CONFIG_MAX_SKIP = 256,	     /* conditions of one sweep */
	CONFIG_MAX_WORD_BYTES = 512, /* one value, condition or name */
};

struct config_text {
	char *text;
	struct place at; /* from a command line: file is the word, or NULL */
};

struct config_draft_axis {
	struct config_text name;
	struct config_text *values;
	size_t nr_values;
};

struct config_draft_sweep {
	struct place at;
	struct config_text workload;
	const struct fl_workload *found;
	struct config_draft_axis *axes;
	size_t nr_axes;
	struct config_text *skip;
	size_t nr_skip;
};

struct config_draft {
	struct config *config; /* the scalar keys, set while reading */
	uint64_t seen;	       /* bits by index into config_keys */
	bool from_file;
	struct config_draft_sweep *sweeps;
	size_t nr_sweeps;
	struct config_draft_sweep command_line; /* axes and skip rules only */
};

/* Where a key may stand, and what it holds. */
enum config_form {
	CONFIG_FORM_SCALAR,
	CONFIG_FORM_WORKLOAD,
	CONFIG_FORM_AXES,
	CONFIG_FORM_SKIP,
	CONFIG_FORM_SWEEPS,
};

/**
 * struct config_key - one key of the file and one option of the command line
 * @name:	"until-settled": both the key and --until-settled
 * @letter:	short option, 0 for none
 * @flag:	the option stands alone for yes
 * @form:	what it holds
 * @value:	what stands for the value in the help
 * @def:	default as one would write it, NULL: none
 * @help:	one sentence
 * @offset:	of the field in struct config
 * @min, @max:	of a number
 * @set:	text to field; on a scalar only
 * @print:	field to YAML text; returns without a line if there is none
 */
struct config_key {
	const char *name;
	char letter;
	bool flag;
	enum config_form form;
	const char *value;
	const char *def;
	const char *help;
	size_t offset;
	uint64_t min, max;
	int (*set)(const struct config_key *key, struct config *c,
		   const char *text, struct error *e);
	void (*print)(const struct config_key *key, const struct config *c,
		      FILE *out);
};

extern const struct config_key config_keys[];
extern const size_t config_nr_keys;

/* NULL if there is none. */
const struct config_key *config_key_find(const char *name, size_t bytes);

/* "did you mean `budget`?", or which keys there are; @dashes is "" or "--". */
const char *config_key_hint(const char *name, const char *dashes, char *buf,
			    size_t bytes);

/* Sets a scalar; what is wrong with it gets @at in front. */
int config_key_set(const struct config_key *key, struct config *c,
		   const char *text, const struct place *at, struct error *e);

/* Double-quoted for YAML. */
void config_print_quoted(const char *text, FILE *out);

/* Room for one more behind @nr; @array may move.  Return: NULL if full. */
void *config_grow(void *array, size_t nr, size_t size);

/* Puts the place in front of what a parser wrote. */
int config_error_place(struct error *e, int err, const struct place *at);

int config_text_set(struct config_text *t, const char *text, size_t bytes,
		    const struct place *at, struct error *e);

struct config_draft_sweep *config_draft_add_sweep(struct config_draft *d);
int config_draft_add_skip(struct config_draft_sweep *s, const char *text,
			  size_t bytes, const struct place *at,
			  struct error *e);

/* An axis without values; a second one of that name is an error. */
int config_draft_add_axis(struct config_draft_sweep *s, const char *name,
			  const struct place *at,
			  struct config_draft_axis **ret_axis, struct error *e);

/* "4K..2M:x2, hpage" as two values; @columns: places count along the text. */
int config_draft_add_values(struct config_draft_axis *a, const char *text,
			    const struct place *at, bool columns,
			    struct error *e);

int config_draft_new(struct config_draft **ret_draft, struct error *e);
void config_draft_free(struct config_draft *d);
void config_draft_sweep_finish(struct config_draft_sweep *s);

/* Appends what a file says; also marks which keys it had. */
int config_read_yaml(struct config_draft *d, const char *file, const char *text,
		     size_t bytes, struct error *e);

/* A whole regular file of at most 1 MiB.  Return: 0 or -errno. */
int config_read_file(const char *path, char **ret_text, size_t *ret_bytes,
		     struct error *e);

/**
 * config_resolve() - the draft against the workloads' tables
 * @d:		the draft; its config is taken over on success
 * @file:	names the whole in errors
 *
 * Counts the points before anything is laid out, and refuses more than
 * PLAN_MAX_POINTS (before skip rules) with -ERANGE.
 */
int config_resolve(struct config_draft *d, const char *file,
		   const struct units *units, struct config **ret_config,
		   struct error *e);

/* The values of one axis, in order, each once. */
int config_axis_resolve(const struct config_draft_axis *draft,
			const struct fl_param *param, const struct units *units,
			struct config_axis *ret_axis, struct error *e);

#endif
