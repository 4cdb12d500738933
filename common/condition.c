// SPDX-License-Identifier: GPL-2.0-only
#include "common/condition.h"

#include "common/nearest.h"
#include "common/param.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_NAMES = 64,
	MAX_TERM_BYTES = 128
};

static const char blanks[] = " \t\n";

/* Larger than any size, and a few of it still fit. */
#define NO_HPAGE_BYTES (UINT64_C(1) << 58)

static const struct {
	const char *text;
	size_t len;
	int op;
} operators[] = {
	{ "<=", 2, CONDITION_LE }, { ">=", 2, CONDITION_GE },
	{ "!=", 2, CONDITION_NE }, { "=", 1, CONDITION_EQ },
	{ "<", 1, CONDITION_LT },  { ">", 1, CONDITION_GT },
};

enum {
	NR_OPERATORS = sizeof(operators) / sizeof(operators[0])
};

static int unknown_name(const struct fl_workload *w, const char *name,
			struct error *e)
{
	const char *names[MAX_NAMES];
	const char *nearest;
	size_t nr = 0;

	for (; w->params && nr < MAX_NAMES && w->params[nr].name; nr++)
		names[nr] = w->params[nr].name;

	nearest = nearest_word(name, names, nr);
	if (nearest)
		return error_set(e, -EINVAL,
				 "%s has no parameter `%s`; "
				 "did you mean `%s`?",
				 w->name, name, nearest);
	return error_set(e, -EINVAL, "%s has no parameter `%s`", w->name, name);
}

/* Cuts @text at its operator; @ret_value points behind it. */
static int split_term(char *text, const char **ret_value, int *ret_op)
{
	char *p = text + strcspn(text, "=!<>");

	for (size_t i = 0; i < NR_OPERATORS; i++) {
		if (strncmp(p, operators[i].text, operators[i].len) != 0)
			continue;
		*ret_op = operators[i].op;
		*ret_value = p + operators[i].len;
		*p = '\0';
		return 0;
	}
	return -EINVAL;
}

/* Another parameter that is a number of the same kind; NULL if there is none. */
static const struct fl_param *find_other(const struct fl_workload *w,
					 const struct fl_param *p,
					 const char *name)
{
	const struct fl_param *other = param_find(w, name);

	if (!other || other == p || other->type != p->type ||
	    p->type == FL_TYPE_ENUM || p->type == FL_TYPE_BOOL)
		return NULL;

	return other;
}

static int parse_term(const struct fl_workload *w, char *text,
		      const struct units *units,
		      struct condition_term *ret_term, struct error *e)
{
	const struct fl_param *p;
	const char *value;
	int op;

	if (split_term(text, &value, &op))
		return error_set(e, -EINVAL,
				 "`%s` is not a condition: write name, "
				 "one of = != < <= > >=, and value, "
				 "without blanks",
				 text);

	p = param_find(w, text);
	if (!p)
		return unknown_name(w, text, e);
	if (p->type == FL_TYPE_ENUM && op != CONDITION_EQ && op != CONDITION_NE)
		return error_set(e, -EINVAL,
				 "%s is one of some words, "
				 "compare it by = or !=",
				 p->name);

	ret_term->param = p;
	ret_term->op = op;
	ret_term->other = find_other(w, p, value);
	if (ret_term->other)
		return 0;

	return param_parse_type(p, value, units, &ret_term->value, e);
}

int condition_parse(const struct fl_workload *w, const char *text,
		    const struct units *units, struct condition *ret_condition,
		    struct error *e)
{
	struct units u = *units;
	struct condition c = { 0 };
	char term[MAX_TERM_BYTES];
	size_t len;

	if (!u.hpage_bytes)
		u.hpage_bytes = NO_HPAGE_BYTES;

	for (text = text ? text : ""; *text; text += len) {
		int ret;

		text += strspn(text, blanks);
		len = strcspn(text, blanks);
		if (!len)
			break;
		if (c.nr_terms == CONDITION_MAX_TERMS)
			return error_set(e, -ERANGE, "more than %d terms",
					 CONDITION_MAX_TERMS);
		if (len >= sizeof(term))
			return error_set(e, -EINVAL,
					 "`%.32s...` is too long for a "
					 "condition",
					 text);
		memcpy(term, text, len);
		term[len] = '\0';
		ret = parse_term(w, term, &u, &c.terms[c.nr_terms], e);
		if (ret)
			return ret;
		c.nr_terms++;
	}
	*ret_condition = c;
	return 0;
}

static bool term_holds(const struct condition_term *t, const void *params)
{
	uint64_t left = param_get(t->param, params);
	uint64_t right = t->other ? param_get(t->other, params) : t->value;

	switch (t->op) {
	case CONDITION_EQ:
		return left == right;
	case CONDITION_NE:
		return left != right;
	case CONDITION_LT:
		return left < right;
	case CONDITION_LE:
		return left <= right;
	case CONDITION_GT:
		return left > right;
	case CONDITION_GE:
		return left >= right;
	}
	return false;
}

bool condition_holds(const struct condition *c, const void *params)
{
	for (unsigned i = 0; i < c->nr_terms; i++)
		if (!term_holds(&c->terms[i], params))
			return false;

	return true;
}

bool condition_when(const struct fl_workload *w, const char *when,
		    const struct units *units, const void *params)
{
	struct condition c = { 0 };

	if (condition_parse(w, when, units, &c, NULL))
		abort();

	return condition_holds(&c, params);
}
