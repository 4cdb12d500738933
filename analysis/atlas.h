/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The era matrix: what each of several kernels does, and how many instructions
 * it takes, row by row beside each other.  A kernel is a column, made from the
 * result directories of its runs, each of which may be missing.
 */
#ifndef ANALYSIS_ATLAS_H
#define ANALYSIS_ATLAS_H

#include "result.h"

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	ATLAS_MAX_COLUMNS = 16,
	ATLAS_MAX_ROWS = 4096,
	ATLAS_SIDE_BY_SIDE = 6, /* columns of one table */
	ATLAS_NAME_BYTES = 32,
	ATLAS_TEXT_BYTES = 32,
	ATLAS_LABEL_BYTES = 64,
	ATLAS_WHERE_BYTES = 160,
	ATLAS_WHY_BYTES = 240,
};

/* Three runs on each kernel. */
enum atlas_side {
	ATLAS_LOOK,  /* outcomes and events, with one CPU */
	ATLAS_RACE,  /* those that need more */
	ATLAS_COUNT, /* instructions */
	ATLAS_SIDES
};

/* What there is of a kernel. */
struct atlas_input {
	const char *name; /* of the kernel, as the user calls it */
	const struct result *of[ATLAS_SIDES]; /* NULL: none */
	const char *why[ATLAS_SIDES]; /* there is none, or not all; or NULL */
};

enum atlas_state {
	ATLAS_ABSENT = 0, /* the kernel did not come that far */
	ATLAS_TOLD,	  /* an outcome */
	ATLAS_COUNTED,	  /* a number */
	ATLAS_SKIPPED,	  /* it lacks what is needed */
	ATLAS_FAILED,	  /* a launch failed or was invalid */
};

struct atlas_cell {
	enum atlas_state state;
	bool mistake;		     /* an outcome that should not be */
	double value;		     /* of a number; else a share */
	char text[ATLAS_TEXT_BYTES]; /* as it is printed */
	char why[ATLAS_WHY_BYTES];   /* of SKIPPED and FAILED; may be "" */
};

enum atlas_section {
	ATLAS_ERA,	    /* how old it behaves */
	ATLAS_RULES,	    /* which rule it follows */
	ATLAS_FEATURES,	    /* what some of them lack */
	ATLAS_EVENTS,	    /* flushes, locks, pages: counts */
	ATLAS_OUTCOMES,	    /* of trials */
	ATLAS_INSTRUCTIONS, /* an op */
	ATLAS_SECTIONS,
};

/* Rows of one block stand together below one heading. */
struct atlas_row {
	enum atlas_section section;
	char block[ATLAS_LABEL_BYTES], label[ATLAS_LABEL_BYTES];
	char unit[ATLAS_TEXT_BYTES];
	char path[ATLAS_WHERE_BYTES];	   /* kernel function and file, or "" */
	char source[ATLAS_WHERE_BYTES];	   /* the discussion, or "" */
	char point[24], arm[48], what[48]; /* tell it from others */
	char workload[48];
	struct atlas_cell cells[ATLAS_MAX_COLUMNS];
};

struct atlas_column {
	char name[ATLAS_NAME_BYTES];
	char release[64]; /* as the kernel calls itself; "" if it never did */
	char why[ATLAS_WHY_BYTES]; /* what went wrong; "" if nothing did */
};

struct atlas {
	struct atlas_column columns[ATLAS_MAX_COLUMNS];
	size_t nr_columns;
	struct atlas_row *rows; /* by section, then by block */
	size_t nr_rows;
};

/**
 * atlas_new() - the matrix
 * @inputs:	at most ATLAS_MAX_COLUMNS; columns are in order of version
 *
 * Return: 0, -E2BIG or -ENOMEM.
 */
int atlas_new(const struct atlas_input *inputs, size_t nr, struct atlas *ret);
void atlas_finish(struct atlas *a);

/*
 * What all kernels say that have come so far and have what is needed, where it
 * is the same and neither a mistake nor a number; NULL: they differ.
 */
const struct atlas_cell *atlas_uniform(const struct atlas *a,
				       const struct atlas_row *row);

/* Whether the row has a mistake anywhere. */
bool atlas_has_mistake(const struct atlas *a, const struct atlas_row *row);

/* A number against that of the first column that has one; NaN without. */
double atlas_ratio(const struct atlas *a, const struct atlas_row *row,
		   size_t column);

extern const char *const atlas_section_names[ATLAS_SECTIONS];
extern const char *const atlas_section_words[ATLAS_SECTIONS];

/* What an emulated kernel's numbers are and are not: once a report. */
extern const char atlas_limits[];

/* 72 columns; up to ATLAS_SIDE_BY_SIDE kernels side by side.  0 or -ENOMEM. */
int atlas_text(const struct atlas *a, FILE *out);

/* One object; see docs/result-format.md.  Return: 0, -ENOMEM or -EIO. */
int atlas_json(const struct atlas *a, FILE *out);

/* The heat map as a script that stands alone.  Return: 0 or -EIO. */
int atlas_script(const struct atlas *a, const char *name, FILE *out);

/**
 * atlas_write() - NAME.txt, NAME.json, NAME.gp, and the pictures of that
 * @dir:	must exist
 * @log:	a line a file; that there is no gnuplot is said there
 *
 * Return: 0 or -errno.
 */
int atlas_write(const struct atlas *a, const char *dir, const char *name,
		FILE *log, struct error *e);

#endif
