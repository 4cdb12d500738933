/* SPDX-License-Identifier: GPL-2.0-only */
/* Least squares by Householder reflections, for a few columns. */
#ifndef STATS_QR_H
#define STATS_QR_H

#include <stddef.h>

enum {
	QR_MAX_COLUMNS = 32
};

enum qr_column {
	QR_KNOWN,
	QR_ZERO,  /* all its entries are 0 */
	QR_MIXED, /* it depends on others, or one that does depends on it */
};

/**
 * struct qr - a matrix taken apart
 * @nr_rows, @nr_columns: of the matrix
 * @rank:	of its columns, each scaled to length 1
 * @state:	of each column: only a QR_KNOWN one has a coefficient of its own
 * @basis:	the columns that span the others, in their order
 * @scale:	1 / length of each column, 0 for a QR_ZERO one
 * @r:		upper triangle over the basis, row by row
 * @q:		@rank orthonormal columns of @nr_rows, one behind the other
 */
struct qr {
	size_t nr_rows, nr_columns, rank;
	enum qr_column state[QR_MAX_COLUMNS];
	size_t basis[QR_MAX_COLUMNS];
	double scale[QR_MAX_COLUMNS];
	double r[QR_MAX_COLUMNS * QR_MAX_COLUMNS];
	double *q;
};

/**
 * qr_init() - take a matrix apart
 * @a:		column by column; destroyed
 *
 * Return: 0; -EINVAL for an entry that is not finite or more than
 * QR_MAX_COLUMNS; -ENOMEM.
 */
int qr_init(struct qr *qr, double *a, size_t nr_rows, size_t nr_columns);
void qr_finish(struct qr *qr);

/* The sum of squares that the best fit to @b leaves; @c: room for rank. */
double qr_residual(const struct qr *qr, const double *b, double *c);

/* The coefficients of that fit; 0 for a column that is not in the basis. */
void qr_solve(const struct qr *qr, const double *c, double *ret_x);

#endif
