// SPDX-License-Identifier: GPL-2.0-only
/* What a committed launch said beside its samples. */
#include "array.h"
#include "loader.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	MAX_ROWS = 4096
}; /* of a point, of each kind */

/* The point's arm that a record's slot means; RESULT_NONE if there is none. */
static long record_arm(const struct loader *l, const struct result_point *p,
		       const json_t *record)
{
	const struct loader_pending *pending = &l->pending;
	uint64_t slot;
	char *name;
	long arm;

	if (record_u64(record, "slot", &slot, NULL) ||
	    slot >= pending->nr_slots)
		return RESULT_NONE;

	name = result_text(pending->slots[slot].name);
	arm = name ? result_find_arm(p, name) : RESULT_NONE;
	free(name);
	return arm;
}

static int take_arm(struct loader *l, struct result_point *p,
		    const json_t *record)
{
	const char *skip = record_text_or(record, "skip", NULL);
	long arm = skip ? RESULT_NONE : record_arm(l, p, record);

	if (arm >= 0)
		return loader_amounts(l, record, p, (size_t)arm);
	if (!skip)
		return 0;
	if (!strcmp(record_text_or(record, "kind", ""), "planted"))
		p->planted_left_out = true;
	return result_note(&p->left_out,
			   record_text_or(record, "name", "an arm"), skip);
}

static int take_fact(struct loader *l, struct result_point *p,
		     const json_t *record)
{
	const char *name = record_text_or(record, "name", NULL);
	const char *value = record_text_or(record, "value", NULL);

	(void)l;
	return name && value ? result_note(&p->facts, name, value) : 0;
}

static struct result_observed *observed_row(struct result_point *p, size_t arm,
					    const char *metric)
{
	struct result_observed *more;

	for (size_t i = 0; i < p->nr_observed; i++)
		if (p->observed[i].arm == arm &&
		    !strcmp(p->observed[i].metric, metric))
			return &p->observed[i];

	more = array_more(p->observed, p->nr_observed, sizeof(*more));
	if (!more)
		return NULL;
	p->observed = more;
	more += p->nr_observed;
	*more = (struct result_observed){ .arm = arm,
					  .metric = result_text(metric) };
	if (!more->metric)
		return NULL;
	p->nr_observed++;
	return more;
}

static int reservoir(const json_t *record, double **ret_values, size_t *ret_nr)
{
	const json_t *list = json_object_get(record, "reservoir");
	size_t nr = json_array_size(list);
	double *values;

	if (!nr || nr > FL_SAMPLES_MAX)
		return -EINVAL;

	values = calloc(nr, sizeof(*values));
	if (!values)
		return -ENOMEM;

	for (size_t i = 0; i < nr; i++) {
		const json_t *value = json_array_get(list, i);

		values[i] = json_number_value(value);
		if (!json_is_number(value) || !isfinite(values[i]) ||
		    values[i] < 0 || values[i] > 1e18) {
			free(values);
			return -EINVAL;
		}
	}
	stats_sort(values, nr);
	*ret_values = values;
	*ret_nr = nr;
	return 0;
}

/* At most RESULT_QUANTILES, evenly spaced in probability. */
static void fill_sight(struct result_sight *sight, const double *sorted,
		       size_t nr)
{
	sight->median_ns = stats_quantile(sorted, nr, 0.5);
	sight->nr_quantiles = nr < RESULT_QUANTILES ? nr : RESULT_QUANTILES;
	for (size_t i = 0; i < sight->nr_quantiles; i++) {
		double q = ((double)i + 0.5) / (double)sight->nr_quantiles;

		sight->quantiles[i] = (float)stats_quantile(sorted, nr, q);
	}
}

static int add_sight(struct result_observed *o, size_t launch,
		     const double *sorted, size_t nr)
{
	struct result_sight *more = array_more(o->sights, o->nr_sights,
					       sizeof(*more));

	if (!more)
		return -ENOMEM;

	o->sights = more;
	more += o->nr_sights++;
	*more = (struct result_sight){ .launch = launch };
	fill_sight(more, sorted, nr);
	return 0;
}

static int take_observed(struct loader *l, struct result_point *p,
			 const json_t *record)
{
	const char *metric = record_text_or(record, "metric", NULL);
	long arm = record_arm(l, p, record);
	size_t launch = p->nr_launches - 1;
	struct result_observed *o;
	uint64_t number;
	double *values;
	size_t nr;
	int err;

	if (!metric || arm < 0 || p->nr_observed >= MAX_ROWS)
		return loader_warn(l, "an observed record without arm or "
				      "metric, ignored");
	err = reservoir(record, &values, &nr);
	if (err == -EINVAL)
		return 0;
	if (err)
		return err;

	o = observed_row(p, (size_t)arm, metric);
	if (o && o->nr_sights && o->sights[o->nr_sights - 1].launch == launch) {
		free(values);
		return loader_warn(l, "a metric is observed twice in a launch, "
				      "ignored");
	}
	err = o ? add_sight(o, launch, values, nr) : -ENOMEM;
	free(values);
	if (!err)
		err = loader_histogram(l, record, &o->sights[o->nr_sights - 1]);
	if (err)
		return err;

	if (!record_u64(record, "count", &number, NULL))
		o->count += number;
	if (!record_u64(record, "lost", &number, NULL))
		o->lost += number;
	return 0;
}

static int take_window(struct loader *l, struct result_point *p,
		       const json_t *record)
{
	long arm = record_arm(l, p, record);

	if (arm < 0 || p->nr_roles >= MAX_ROWS)
		return loader_warn(l, "a window without arm, ignored");

	return loader_window(l, record, p, (size_t)arm);
}

typedef int (*take_part)(struct loader *l, const json_t *record,
			 struct result_point *p, size_t arm);

static int take_trial_part(struct loader *l, struct result_point *p,
			   const json_t *record, take_part take)
{
	long arm = record_arm(l, p, record);

	if (arm < 0 || !result_is_of_trials(p) || p->nr_trials >= MAX_ROWS)
		return 0;

	return take(l, record, p, (size_t)arm);
}

static int take_trial_count(struct loader *l, struct result_point *p,
			    const json_t *record)
{
	return take_trial_part(l, p, record, loader_trial_count);
}

static int take_trials(struct loader *l, struct result_point *p,
		       const json_t *record)
{
	return take_trial_part(l, p, record, loader_trials);
}

static int take_predicted(struct loader *l, struct result_point *p,
			  const json_t *record)
{
	return take_trial_part(l, p, record, loader_predicted);
}

/* "writer: page-faults" where a role was counted. */
static const char *role_name(const json_t *record, const char *event,
			     char buf[RESULT_TEXT_MAX])
{
	const char *role = record_text_or(record, "role", NULL);

	if (!role)
		return event;

	snprintf(buf, RESULT_TEXT_MAX, "%.60s: %.200s", role, event);
	return buf;
}

static struct result_counter *counter_row(struct result_point *p, size_t arm,
					  const char *name, const json_t *event)
{
	const char *scope = record_text_or(event, "scope", "thread");
	struct result_counter *more;

	for (size_t i = 0; i < p->nr_counters; i++)
		if (p->counters[i].arm == arm &&
		    !strcmp(p->counters[i].name, name) &&
		    !strcmp(p->counters[i].scope, scope))
			return &p->counters[i];

	more = array_more(p->counters, p->nr_counters, sizeof(*more));
	if (!more)
		return NULL;
	p->counters = more;
	more += p->nr_counters++;
	*more = (struct result_counter){ .arm = arm,
					 .name = result_text(name),
					 .scope = result_text(scope) };
	return more->name && more->scope ? more : NULL;
}

/* The count as if the event had been counted all the time. */
static bool counted(const json_t *event, const char *status, double *ret)
{
	double value = record_real_or(event, "value", -1);
	double enabled = record_real_or(event, "enabled_ns", 0);
	double running = record_real_or(event, "running_ns", enabled);

	if (strcmp(status, "ok") != 0 && strcmp(status, "user-only") != 0)
		return false;
	if (!isfinite(value) || value < 0 || (enabled > 0 && running <= 0))
		return false;

	*ret = enabled > running ? value * enabled / running : value;
	return isfinite(*ret);
}

static int take_event(struct result_point *p, size_t arm, const json_t *record,
		      const json_t *event)
{
	const char *status = record_text_or(event, "status", "invalid");
	const char *name = record_text_or(event, "name", NULL);
	double ops = record_real_or(record, "ops", 0);
	char buf[RESULT_TEXT_MAX];
	struct result_counter *c;
	double value;

	if (!name || p->nr_counters >= MAX_ROWS)
		return 0;

	c = counter_row(p, arm, role_name(record, name, buf), event);
	if (!c)
		return -ENOMEM;

	if (counted(event, status, &value)) {
		c->ops += ops;
		c->value += value;
		c->nr_counted++;
		c->nr_user_only += !strcmp(status, "user-only");
		return 0;
	}
	c->nr_missing++;
	if (loader_text(event, "status", &c->status))
		return -ENOMEM;
	return loader_text(event, "why", &c->why);
}

static int take_counters(struct loader *l, struct result_point *p,
			 const json_t *record)
{
	const json_t *events = json_object_get(record, "events");
	double ops = record_real_or(record, "ops", 0);
	long arm = record_arm(l, p, record);
	const json_t *event;
	size_t i;
	int err;

	/* A role that had nothing to do has counted nothing. */
	if (arm >= 0 && ops == 0)
		return 0;
	if (arm < 0 || !isfinite(ops) || ops < 1)
		return loader_warn(l, "counters without arm or ops, ignored");

	json_array_foreach (events, i, event) {
		err = take_event(p, (size_t)arm, record, event);
		if (err)
			return err;
	}
	return 0;
}

static struct result_expect *expect_row(struct result_point *p, size_t arm,
					const json_t *record)
{
	char buf[RESULT_TEXT_MAX];
	const char *counter = role_name(
		record, record_text_or(record, "counter", ""), buf);
	struct result_expect *more;

	for (size_t i = 0; i < p->nr_expects; i++)
		if (p->expects[i].arm == arm &&
		    !strcmp(p->expects[i].counter, counter))
			return &p->expects[i];

	more = array_more(p->expects, p->nr_expects, sizeof(*more));
	if (!more)
		return NULL;
	p->expects = more;
	more += p->nr_expects++;
	*more = (struct result_expect){
		.arm = arm,
		.counter = result_text(counter),
		.relation = result_text(record_text_or(record, "relation", "")),
		.per_op = record_real_or(record, "per_op", 0),
		.tolerance = record_real_or(record, "tolerance", 0),
	};
	return more->counter && more->relation ? more : NULL;
}

static int take_expect(struct loader *l, struct result_point *p,
		       const json_t *record)
{
	const char *state = record_text_or(record, "state", "unverified");
	long arm = record_arm(l, p, record);
	struct result_expect *x;

	if (arm < 0 || p->nr_expects >= MAX_ROWS)
		return loader_warn(l, "an expectation without arm, ignored");

	x = expect_row(p, (size_t)arm, record);
	if (!x)
		return -ENOMEM;

	if (!strcmp(state, "held"))
		x->nr_held++;
	else if (!strcmp(state, "broken"))
		x->nr_broken++;
	else
		x->nr_unverified++;
	return loader_text(record, "why", &x->why);
}

int loader_take_held(struct loader *l, struct result_point *p)
{
	static const struct {
		const char *type;
		int (*take)(struct loader *l, struct result_point *p,
			    const json_t *record);
	} rows[] = {
		{ "arm", take_arm },
		{ "fact", take_fact },
		{ "observed", take_observed },
		{ "counters", take_counters },
		{ "expect", take_expect },
		{ "window", take_window },
		{ "trials", take_trials },
		{ "predicted", take_predicted },
		{ "trial_count", take_trial_count },
	};
	const json_t *record;
	size_t i;

	json_array_foreach (l->pending.held, i, record) {
		const char *type = record_text_or(record, "type", "");

		for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++) {
			int err = strcmp(type, rows[j].type) != 0
					  ? 0
					  : rows[j].take(l, p, record);

			if (err)
				return err;
		}
	}
	return 0;
}
