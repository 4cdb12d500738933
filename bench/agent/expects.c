// SPDX-License-Identifier: GPL-2.0-only
#include "expects.h"

#include <stdarg.h>
#include <stdio.h>

/* Sums of binary fractions are not exact. */
#define SLACK 1e-9

const char *expects_state_word(enum expects_state state)
{
	static const char *const words[] = {
		[EXPECTS_HELD] = "held",
		[EXPECTS_BROKEN] = "broken",
		[EXPECTS_UNVERIFIED] = "unverified",
	};

	return words[state];
}

const char *expects_relation_word(enum fl_relation relation)
{
	static const char *const words[] = {
		[FL_EXACTLY] = "exactly",
		[FL_AT_LEAST] = "at-least",
		[FL_AT_MOST] = "at-most",
	};

	return words[relation];
}

struct fl_expect expects_resolve(const struct fl_expect *x, const void *params)
{
	struct fl_expect row = *x;

	if (x->of)
		row.per_op = x->of(params);
	if (x->relative)
		row.tolerance *= row.per_op;
	return row;
}

static void settle(struct expects_verdict *v, enum expects_state state,
		   const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void settle(struct expects_verdict *v, enum expects_state state,
		   const char *fmt, ...)
{
	va_list args;

	v->state = state;
	va_start(args, fmt);
	vsnprintf(v->why, sizeof(v->why), fmt, args);
	va_end(args);
}

static bool is_too_low(const struct fl_expect *x, double seen)
{
	return x->relation != FL_AT_MOST &&
	       seen < x->per_op - x->tolerance - SLACK;
}

static bool is_too_high(const struct fl_expect *x, double seen)
{
	return x->relation != FL_AT_LEAST &&
	       seen > x->per_op + x->tolerance + SLACK;
}

static bool was_counted(const struct counter *c, uint64_t ops,
			struct expects_verdict *v)
{
	if (!c)
		settle(v, EXPECTS_UNVERIFIED, "no counter has that name");
	else if (c->status == COUNTER_USER_ONLY && !c->user_suffices)
		settle(v, EXPECTS_UNVERIFIED, "user-only: %s", c->why);
	else if (!counter_has_value(c))
		settle(v, EXPECTS_UNVERIFIED, "%s: %s",
		       counter_status_word(c->status), c->why);
	else if (!ops)
		settle(v, EXPECTS_UNVERIFIED, "it made no step while counting");
	else if (!c->system && c->running_ns < c->enabled_ns)
		settle(v, EXPECTS_UNVERIFIED,
		       "it shared its counter with another event");
	else
		return true;

	return false;
}

struct expects_verdict expects_judge(const struct fl_expect *x,
				     const struct counter *counter,
				     uint64_t ops, uint64_t strays)
{
	struct expects_verdict v = { .state = EXPECTS_HELD };
	uint64_t own;
	bool low, high;

	if (!was_counted(counter, ops, &v))
		return v;

	v.has_seen = true;
	v.seen = (double)counter->value / (double)ops;
	own = counter->value > strays ? counter->value - strays : 0;
	low = is_too_low(x, v.seen);
	high = is_too_high(x, (double)own / (double)ops);
	if (high && counter->system)
		settle(&v, EXPECTS_UNVERIFIED,
		       "the whole machine counted %g per op", v.seen);
	else if (low || high)
		settle(&v, EXPECTS_BROKEN,
		       "%s: expected %s %g per op (tolerance %g), seen %g",
		       counter->name, expects_relation_word(x->relation),
		       x->per_op, x->tolerance, v.seen);
	return v;
}
