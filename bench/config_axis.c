// SPDX-License-Identifier: GPL-2.0-only
/* The values of an axis: single ones and ranges such as 4K..8M:x2. */
#include "config_draft.h"

#include "common/param.h"

#include "plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct range {
	uint64_t first, last, step;
	bool multiply;
};

static bool is_range(const struct fl_param *param, const char *text)
{
	return param->type != FL_TYPE_BOOL && param->type != FL_TYPE_ENUM &&
	       strstr(text, "..");
}

/* A step is a size or time of its own, not bound by the parameter's range. */
static int parse_step(const struct fl_param *param, const char *text,
		      const struct units *units, struct range *r)
{
	r->multiply = text[0] == 'x';
	if (text[0] != 'x' && text[0] != '+')
		return -EINVAL;
	if (r->multiply || param->type == FL_TYPE_U64)
		return units_parse_u64(text + 1, &r->step);
	if (param->type == FL_TYPE_TIME)
		return units_parse_time(text + 1, &r->step);
	return units_parse_size(text + 1, units, &r->step);
}

static int check_range(const struct range *r, const char *text, struct error *e)
{
	if (r->step < (r->multiply ? 2 : 1))
		return error_set(e, -EINVAL,
				 "`%s` never ends: the step must be x2 or "
				 "more, or more than +0",
				 text);
	if (r->first > r->last)
		return error_set(e, -EINVAL, "`%s` ends before it starts",
				 text);
	if (r->multiply && !r->first)
		return error_set(e, -EINVAL,
				 "`%s` never ends: 0 times anything is 0",
				 text);
	return 0;
}

static int parse_range(const struct fl_param *param,
		       const struct config_text *item,
		       const struct units *units, struct range *ret_range,
		       struct error *e)
{
	char buf[CONFIG_MAX_WORD_BYTES + 1];
	struct range r = { 0 };
	char *last, *step;
	int err;

	snprintf(buf, sizeof(buf), "%s", item->text);
	last = strstr(buf, "..");
	*last = 0;
	last += 2;
	step = strchr(last, ':');
	if (step)
		*step++ = 0;

	err = param_parse(param, buf, units, &r.first, e);
	if (!err)
		err = param_parse(param, last, units, &r.last, e);
	if (err)
		return err;
	if (!step || parse_step(param, step, units, &r))
		return error_set(e, -EINVAL,
				 "`%s` needs a step at its end: :x2 "
				 "multiplies, :+1 adds",
				 item->text);

	err = check_range(&r, item->text, e);
	if (!err)
		*ret_range = r;
	return err;
}

/* One less than the number of values, which itself might not fit. */
static uint64_t range_steps(const struct range *r)
{
	uint64_t n = 0;

	if (!r->multiply)
		return (r->last - r->first) / r->step;

	for (uint64_t v = r->first; v <= r->last / r->step; v *= r->step)
		n++;
	return n;
}

static int room(struct config_axis *axis, uint64_t more, const char *text,
		struct error *e)
{
	uint64_t total = more > PLAN_MAX_POINTS ? more : axis->nr_values + more;
	uint64_t *values;

	if (total > PLAN_MAX_POINTS)
		return error_set(e, -ERANGE,
				 "`%s` brings axis `%s` to %" PRIu64
				 " values; a plan has at most %d points",
				 text, axis->name, total, PLAN_MAX_POINTS);

	values = reallocarray(axis->values, total, sizeof(*values));
	if (!values)
		return error_set(e, -ENOMEM, "out of memory");

	axis->values = values;
	return 0;
}

static int add_range(struct config_axis *axis, const struct fl_param *param,
		     const struct config_text *item, const struct units *units,
		     struct error *e)
{
	struct range r;
	uint64_t steps, v;
	int err = parse_range(param, item, units, &r, e);

	if (err)
		return err;

	steps = range_steps(&r);
	err = room(axis, steps == UINT64_MAX ? steps : steps + 1, item->text,
		   e);
	if (err)
		return err;

	v = r.first;
	for (uint64_t i = 0; i <= steps; i++) {
		axis->values[axis->nr_values++] = v;
		if (i < steps)
			v = r.multiply ? v * r.step : v + r.step;
	}
	return 0;
}

static int add_item(struct config_axis *axis, const struct fl_param *param,
		    const struct config_text *item, const struct units *units,
		    struct error *e)
{
	uint64_t value;
	int err;

	if (is_range(param, item->text)) {
		err = add_range(axis, param, item, units, e);
	} else {
		err = param_parse(param, item->text, units, &value, e);
		if (!err)
			err = room(axis, 1, item->text, e);
		if (!err)
			axis->values[axis->nr_values++] = value;
	}
	return err ? config_error_place(e, err, &item->at) : 0;
}

struct ranked {
	uint64_t value;
	size_t index;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Each value stays where it came first. */
static int drop_repeated(struct config_axis *axis)
{
	struct ranked *r = calloc(axis->nr_values + 1, sizeof(*r));
	bool *again = calloc(axis->nr_values + 1, sizeof(*again));
	size_t kept = 0;

	if (!r || !again) {
		free(r);
		free(again);
		return -ENOMEM;
	}

	for (size_t i = 0; i < axis->nr_values; i++)
		r[i] = (struct ranked){ axis->values[i], i };
	qsort(r, axis->nr_values, sizeof(*r), by_value);
	for (size_t i = 1; i < axis->nr_values; i++)
		again[r[i].index] = r[i].value == r[i - 1].value;
	for (size_t i = 0; i < axis->nr_values; i++)
		if (!again[i])
			axis->values[kept++] = axis->values[i];

	axis->nr_values = kept;
	free(r);
	free(again);
	return 0;
}

int config_axis_resolve(const struct config_draft_axis *draft,
			const struct fl_param *param, const struct units *units,
			struct config_axis *ret_axis, struct error *e)
{
	struct config_axis axis = { .name = strdup(param->name) };
	int err = axis.name ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < draft->nr_values; i++)
		err = add_item(&axis, param, &draft->values[i], units, e);
	if (!err)
		err = drop_repeated(&axis);
	if (err) {
		free(axis.name);
		free(axis.values);
		return err == -ENOMEM ? error_set(e, err, "out of memory")
				      : err;
	}

	*ret_axis = axis;
	return 0;
}
