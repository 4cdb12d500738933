// SPDX-License-Identifier: GPL-2.0-only
#include "common/param.h"

#include "common/nearest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MAX_CHOICES = 64,
	CHOICES_TEXT_BYTES = 256
};

const struct fl_param *param_find(const struct fl_workload *w, const char *name)
{
	for (const struct fl_param *p = w->params; p && p->name; p++)
		if (!strcmp(p->name, name))
			return p;

	return NULL;
}

uint64_t param_get(const struct fl_param *p, const void *params)
{
	uint64_t value;

	memcpy(&value, (const char *)params + p->offset, sizeof(value));
	return value;
}

void param_set(const struct fl_param *p, void *params, uint64_t value)
{
	memcpy((char *)params + p->offset, &value, sizeof(value));
}

static int parse_bool(const char *text, uint64_t *ret_value)
{
	static const char *const words[] = { "no",  "yes", "false", "true",
					     "off", "on",  "0",	    "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*ret_value = i % 2;
		return 0;
	}
	return -EINVAL;
}

static int parse_choice(const struct fl_param *p, const char *text,
			uint64_t *ret_value)
{
	for (size_t i = 0; p->choices[i]; i++) {
		if (strcmp(text, p->choices[i]) != 0)
			continue;
		*ret_value = i;
		return 0;
	}
	return -EINVAL;
}

static int parse_type(const struct fl_param *p, const char *text,
		      const struct units *units, uint64_t *ret_value)
{
	switch (p->type) {
	case FL_TYPE_U64:
		return units_parse_u64(text, ret_value);
	case FL_TYPE_SIZE:
		return units_parse_size(text, units, ret_value);
	case FL_TYPE_TIME:
		return units_parse_time(text, ret_value);
	case FL_TYPE_BOOL:
		return parse_bool(text, ret_value);
	case FL_TYPE_ENUM:
		return parse_choice(p, text, ret_value);
	case FL_TYPE_NONE:
		break;
	}
	return -EINVAL;
}

static int choice_error(const struct fl_param *p, const char *text,
			struct error *e)
{
	char list[CHOICES_TEXT_BYTES] = "";
	const char *nearest;
	size_t len = 0, nr = 0;

	for (; nr < MAX_CHOICES && p->choices[nr]; nr++) {
		int more = snprintf(list + len, sizeof(list) - len, "%s%s",
				    nr ? ", " : "", p->choices[nr]);

		len += (size_t)more;
		if (len >= sizeof(list))
			len = sizeof(list) - 1;
	}
	nearest = nearest_word(text, p->choices, nr);
	if (nearest)
		return error_set(e, -EINVAL,
				 "%s: `%.128s` is none of %s; "
				 "did you mean `%s`?",
				 p->name, text, list, nearest);
	return error_set(e, -EINVAL, "%s: `%.128s` is none of %s", p->name,
			 text, list);
}

static int type_error(const struct fl_param *p, const char *text,
		      struct error *e)
{
	static const char *const what[] = {
		[FL_TYPE_NONE] = "a value: the parameter has no type",
		[FL_TYPE_U64] = "a whole number (0, 1, 4096)",
		[FL_TYPE_SIZE] = "a size (4096, 4K, 2M, hpage-4K)",
		[FL_TYPE_TIME] = "a time (250ns, 100us, 1.5s, 2m)",
		[FL_TYPE_BOOL] = "yes or no",
	};

	if (p->type == FL_TYPE_ENUM)
		return choice_error(p, text, e);

	return error_set(e, -EINVAL, "%s: `%.128s` is not %s", p->name, text,
			 what[p->type]);
}

static int range_error(const struct fl_param *p, const char *text,
		       struct error *e)
{
	const char *unit = p->unit ? p->unit : "";
	const char *blank = p->unit ? " " : "";
	char min[PARAM_TEXT_BYTES], max[PARAM_TEXT_BYTES];

	param_print(p, p->min, min);
	param_print(p, p->max, max);
	if (p->max == UINT64_MAX)
		return error_set(e, -ERANGE,
				 "%s: `%.128s` is out of range: "
				 "at least %s%s%s",
				 p->name, text, min, blank, unit);
	return error_set(e, -ERANGE,
			 "%s: `%.128s` is out of range: %s to %s%s%s", p->name,
			 text, min, max, blank, unit);
}

int param_parse_type(const struct fl_param *p, const char *text,
		     const struct units *units, uint64_t *ret_value,
		     struct error *e)
{
	int ret = parse_type(p, text, units, ret_value);

	switch (ret) {
	case 0:
		return 0;
	case -ERANGE:
		return range_error(p, text, e);
	case -ENODATA:
		return error_set(e, -EINVAL,
				 "%s: `%.128s` means nothing here: this "
				 "machine has no huge pages",
				 p->name, text);
	default:
		return type_error(p, text, e);
	}
}

int param_parse(const struct fl_param *p, const char *text,
		const struct units *units, uint64_t *ret_value, struct error *e)
{
	uint64_t value = 0;
	int ret = param_parse_type(p, text, units, &value, e);

	if (ret)
		return ret;
	if (p->type != FL_TYPE_ENUM && (value < p->min || value > p->max))
		return range_error(p, text, e);

	*ret_value = value;
	return 0;
}

static const char *print_choice(const struct fl_param *p, uint64_t value,
				char buf[PARAM_TEXT_BYTES])
{
	for (uint64_t i = 0; p->choices[i]; i++) {
		if (i != value)
			continue;
		snprintf(buf, PARAM_TEXT_BYTES, "%s", p->choices[i]);
		return buf;
	}
	snprintf(buf, PARAM_TEXT_BYTES, "%" PRIu64, value);
	return buf;
}

const char *param_print(const struct fl_param *p, uint64_t value,
			char buf[PARAM_TEXT_BYTES])
{
	switch (p->type) {
	case FL_TYPE_SIZE:
		return units_print_size(value, buf);
	case FL_TYPE_TIME:
		return units_print_time(value, buf);
	case FL_TYPE_ENUM:
		return print_choice(p, value, buf);
	case FL_TYPE_BOOL:
		snprintf(buf, PARAM_TEXT_BYTES, "%s", value ? "yes" : "no");
		return buf;
	case FL_TYPE_U64:
	case FL_TYPE_NONE:
		break;
	}
	snprintf(buf, PARAM_TEXT_BYTES, "%" PRIu64, value);
	return buf;
}

int param_defaults(const struct fl_workload *w, const struct units *units,
		   void *params, struct error *e)
{
	for (const struct fl_param *p = w->params; p && p->name; p++) {
		uint64_t value = 0;
		int ret = param_parse(p, p->def, units, &value, e);

		if (ret)
			return ret;
		param_set(p, params, value);
	}
	return 0;
}
