// SPDX-License-Identifier: GPL-2.0-only
/* Words of a command line that say what a guest is like. */
#include "vm_options.h"

#include "common/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int take_mode(struct vm_options *o, const char *text, struct error *e)
{
	struct vm_machine *m = &o->request.guest.machine;

	m->mode = vm_mode_find(text);
	return m->mode ? 0
		       : error_set(e, -EINVAL,
				   "--mode `%s`: it is insn, func or time",
				   text);
}

static int take_count(const char *name, const char *text, uint64_t most,
		      uint64_t *ret, struct error *e)
{
	if (units_parse_u64(text, ret) || !*ret || *ret > most)
		return error_set(e, -EINVAL, "%s `%s`: a number from 1 to %llu",
				 name, text, (unsigned long long)most);
	return 0;
}

static int take_number(struct vm_options *o, const char *name, const char *text,
		       struct error *e)
{
	struct vm_machine *m = &o->request.guest.machine;
	uint64_t value;
	int err = take_count(name, text, 1000000, &value, e);

	if (err)
		return err;
	if (!strcmp(name, "--smp"))
		m->cpus = (unsigned)value;
	else if (!strcmp(name, "--nodes"))
		m->nodes = (unsigned)value;
	else if (!strcmp(name, "--launches"))
		o->request.launches = (unsigned)value;
	else
		o->request.blocks = value;
	return 0;
}

static int take_size(struct vm_options *o, const char *name, const char *text,
		     struct error *e)
{
	const struct units units = units_of_machine();

	if (!units_parse_size(text, &units,
			      &o->request.guest.machine.memory_bytes))
		return 0;
	return error_set(e, -EINVAL, "%s `%s`: not a size", name, text);
}

static int take_time(struct vm_options *o, const char *name, const char *text,
		     struct error *e)
{
	struct vm_limits *l = &o->request.guest.limits;
	uint64_t *to = !strcmp(name, "--boot-limit")  ? &l->hello_ns
		       : !strcmp(name, "--gap-limit") ? &l->gap_ns
						      : &l->total_ns;

	if (!units_parse_time(text, to) && *to)
		return 0;
	return error_set(e, -EINVAL, "%s `%s`: not a time", name, text);
}

static int take_word(struct vm_options *o, const char *name, const char *text,
		     struct error *e)
{
	(void)e;
	if (!strcmp(name, "--kernel"))
		o->request.guest.kernel = text;
	else if (!strcmp(name, "--append"))
		o->request.guest.machine.append = text;
	else
		o->request.like = text;
	return 0;
}

static const struct option {
	const char *name;
	int (*take)(struct vm_options *o, const char *name, const char *text,
		    struct error *e);
} options[] = {
	{ "--kernel", take_word },     { "--append", take_word },
	{ "--like", take_word },       { "--smp", take_number },
	{ "--nodes", take_number },    { "--launches", take_number },
	{ "--blocks", take_number },   { "--memory", take_size },
	{ "--boot-limit", take_time }, { "--gap-limit", take_time },
	{ "--limit", take_time },
};

static int take_mode_option(struct vm_options *o, const char *name,
			    const char *text, struct error *e)
{
	(void)name;
	return take_mode(o, text, e);
}

bool vm_is_option(const char *word, const char *name, const char **ret_value)
{
	size_t len = strlen(name);

	if (strncmp(word, name, len) != 0 || (word[len] && word[len] != '='))
		return false;
	*ret_value = word[len] ? word + len + 1 : NULL;
	return true;
}

static const struct option *find_option(const char *word, const char **ret_rest)
{
	static const struct option mode = { "--mode", take_mode_option };
	size_t nr = sizeof(options) / sizeof(options[0]);

	for (size_t i = 0; i <= nr; i++) {
		const struct option *o = i < nr ? &options[i] : &mode;

		if (vm_is_option(word, o->name, ret_rest))
			return o;
	}
	return NULL;
}

static int take_option(struct vm_options *o, int argc, char **argv, int *i,
		       struct error *e)
{
	const char *text;
	const struct option *option = find_option(argv[*i], &text);

	if (!option) {
		o->rest[o->nr_rest++] = argv[*i];
		return 0;
	}
	if (!text && *i + 1 >= argc)
		return error_set(e, -EINVAL, "`%s` needs a value", argv[*i]);
	if (!text)
		text = argv[++*i];
	return option->take(o, option->name, text, e);
}

static int sort_words(struct vm_options *o, int argc, char **argv,
		      struct error *e)
{
	bool ours = true;
	int err = 0;

	for (int i = 1; i < argc && !err; i++) {
		if (ours && !strcmp(argv[i], "--"))
			ours = false;
		else if (ours &&
			 (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")))
			o->help = true;
		else if (ours)
			err = take_option(o, argc, argv, &i, e);
		else
			o->rest[o->nr_rest++] = argv[i];
	}
	return err;
}

int vm_options_parse(struct vm_options *ret, int argc, char **argv,
		     struct error *e)
{
	struct vm_machine *m = &ret->request.guest.machine;

	*ret = (struct vm_options){ 0 };
	m->mode = VM_MODE_INSN;
	m->cpus = m->nodes = 1;
	m->memory_bytes = UINT64_C(1) << 30;
	ret->rest = calloc((size_t)argc + 1, sizeof(*ret->rest));
	if (!ret->rest)
		return error_set(e, -ENOMEM, "out of memory");
	return sort_words(ret, argc, argv, e);
}
