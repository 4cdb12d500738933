// SPDX-License-Identifier: GPL-2.0-only
#include "qr.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A column of which less is new depends on those before it. */
#define DEPENDENT 1e-7

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void subtract(double *a, const double *b, double factor, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i] -= factor * b[i];
}

static int scale_columns(struct qr *qr, double *a)
{
	for (size_t j = 0; j < qr->nr_columns; j++) {
		double *column = a + j * qr->nr_rows;
		double length = sqrt(dot(column, column, qr->nr_rows));

		if (!isfinite(length))
			return -EINVAL;
		qr->scale[j] = length > 0 ? 1 / length : 0;
		for (size_t i = 0; i < qr->nr_rows; i++)
			column[i] *= qr->scale[j];
	}
	return 0;
}

/* H = I - 2 v v': the vectors lie in @v, 0 above their own row. */
static void reflect(const double *v, double *x, size_t n)
{
	subtract(x, v, 2 * dot(v, x, n), n);
}

/* Of what @x has from row @at on; its length comes back. */
static double make_reflection(double *x, size_t at, size_t n)
{
	double length = at < n ? sqrt(dot(x + at, x + at, n - at)) : 0;
	double norm;

	if (length <= DEPENDENT)
		return 0;

	length = x[at] > 0 ? -length : length;
	memset(x, 0, at * sizeof(*x));
	x[at] -= length;
	norm = sqrt(dot(x + at, x + at, n - at));
	for (size_t i = at; i < n; i++)
		x[i] /= norm;
	return length;
}

/* In place: @c of the basis becomes the coefficients of the scaled columns. */
static void back_substitute(const struct qr *qr, double *c, size_t rank)
{
	for (size_t i = rank; i-- > 0;) {
		for (size_t k = i + 1; k < rank; k++)
			c[i] -= qr->r[i * QR_MAX_COLUMNS + k] * c[k];
		c[i] /= qr->r[i * QR_MAX_COLUMNS + i];
	}
}

/* Column @j is a sum of the basis so far: none of them is known alone. */
static void mark_mixed(struct qr *qr, size_t j, const double *column)
{
	double c[QR_MAX_COLUMNS];

	if (qr->scale[j] == 0) {
		qr->state[j] = QR_ZERO;
		return;
	}
	memcpy(c, column, qr->rank * sizeof(*c));
	back_substitute(qr, c, qr->rank);
	qr->state[j] = QR_MIXED;
	for (size_t i = 0; i < qr->rank; i++)
		if (fabs(c[i]) > 10 * DEPENDENT)
			qr->state[qr->basis[i]] = QR_MIXED;
}

static void take_column(struct qr *qr, double *a, size_t j)
{
	double *column = a + j * qr->nr_rows, upper[QR_MAX_COLUMNS], diagonal;
	size_t rank = qr->rank;

	for (size_t i = 0; i < rank; i++)
		reflect(a + qr->basis[i] * qr->nr_rows, column, qr->nr_rows);

	memcpy(upper, column, rank * sizeof(*upper));
	diagonal = make_reflection(column, rank, qr->nr_rows);
	if (diagonal == 0) {
		mark_mixed(qr, j, upper);
		return;
	}
	for (size_t i = 0; i < rank; i++)
		qr->r[i * QR_MAX_COLUMNS + rank] = upper[i];
	qr->r[rank * QR_MAX_COLUMNS + rank] = diagonal;
	qr->basis[qr->rank++] = j;
}

/* The reflections, last first, of the unit vectors. */
static int make_q(struct qr *qr, const double *a)
{
	size_t n = qr->nr_rows;

	qr->q = calloc(qr->rank * n + 1, sizeof(*qr->q));
	if (!qr->q)
		return -ENOMEM;

	for (size_t k = 0; k < qr->rank; k++) {
		qr->q[k * n + k] = 1;
		for (size_t i = k + 1; i-- > 0;)
			reflect(a + qr->basis[i] * n, qr->q + k * n, n);
	}
	return 0;
}

int qr_init(struct qr *qr, double *a, size_t nr_rows, size_t nr_columns)
{
	*qr = (struct qr){ .nr_rows = nr_rows, .nr_columns = nr_columns };
	if (nr_columns > QR_MAX_COLUMNS)
		return -EINVAL;
	if (scale_columns(qr, a))
		return -EINVAL;

	for (size_t j = 0; j < nr_columns; j++)
		take_column(qr, a, j);
	return make_q(qr, a);
}

void qr_finish(struct qr *qr)
{
	free(qr->q);
	qr->q = NULL;
}

double qr_residual(const struct qr *qr, const double *b, double *c)
{
	double sum = dot(b, b, qr->nr_rows);

	for (size_t k = 0; k < qr->rank; k++) {
		c[k] = dot(qr->q + k * qr->nr_rows, b, qr->nr_rows);
		sum -= c[k] * c[k];
	}
	return fmax(sum, 0);
}

void qr_solve(const struct qr *qr, const double *c, double *ret_x)
{
	double x[QR_MAX_COLUMNS];

	memcpy(x, c, qr->rank * sizeof(*x));
	back_substitute(qr, x, qr->rank);
	memset(ret_x, 0, qr->nr_columns * sizeof(*ret_x));
	for (size_t i = 0; i < qr->rank; i++)
		ret_x[qr->basis[i]] = x[i] * qr->scale[qr->basis[i]];
}
