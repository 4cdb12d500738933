// SPDX-License-Identifier: GPL-2.0-only
/* What everybody does with a config once it is there. */
#include "config_draft.h"

#include "common/param.h"

#include "wrap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HELP_INDENT = 6
};

int config_from_yaml(const char *file, const char *text, size_t bytes,
		     const struct units *units, struct config **ret_config,
		     struct error *e)
{
	struct config_draft *d = NULL;
	int err = config_draft_new(&d, e);

	if (err)
		return err;

	d->from_file = true;
	err = config_read_yaml(d, file, text, bytes, e);
	if (!err)
		err = config_resolve(d, file, units, ret_config, e);
	config_draft_free(d);
	return err;
}

static void sweep_finish(struct config_sweep *s)
{
	for (size_t i = 0; i < s->nr_axes; i++) {
		free(s->axes[i].name);
		free(s->axes[i].values);
	}
	for (size_t i = 0; i < s->nr_skip; i++)
		free(s->skip[i]);
	free(s->axes);
	free(s->skip);
}

void config_free(struct config *c)
{
	if (!c)
		return;

	for (size_t i = 0; i < c->nr_sweeps; i++)
		sweep_finish(&c->sweeps[i]);
	free(c->sweeps);
	free(c->name);
	free(c->output);
	free(c->cpu_list);
	free(c->toggle);
	free(c);
}

static bool makes_trials(const struct config *c)
{
	for (size_t i = 0; i < c->nr_sweeps; i++)
		if (c->sweeps[i].workload->mode == FL_MODE_TRIAL)
			return true;

	return false;
}

int config_take_sweeps(struct config *c, struct config *from)
{
	size_t nr = c->nr_sweeps + from->nr_sweeps;
	struct config_sweep *more = realloc(c->sweeps, nr * sizeof(*more));

	if (!more)
		return -ENOMEM;
	c->sweeps = more;
	if (!makes_trials(c))
		c->trials = from->trials;
	memcpy(more + c->nr_sweeps, from->sweeps,
	       from->nr_sweeps * sizeof(*more));
	c->nr_sweeps = nr;
	from->nr_sweeps = 0;
	return 0;
}

static void print_axis(const struct fl_param *param,
		       const struct config_axis *axis, FILE *out)
{
	char buf[PARAM_TEXT_BYTES];

	fprintf(out, "      %s: [", axis->name);
	for (size_t i = 0; i < axis->nr_values; i++)
		fprintf(out, "%s%s", i ? ", " : "",
			param_print(param, axis->values[i], buf));
	fprintf(out, "]\n");
}

static void print_sweep(const struct config_sweep *s, FILE *out)
{
	fprintf(out, "  - workload: %s\n", s->workload->name);
	if (s->nr_axes)
		fprintf(out, "    axes:\n");
	for (size_t i = 0; i < s->nr_axes; i++)
		print_axis(param_find(s->workload, s->axes[i].name),
			   &s->axes[i], out);
	if (s->nr_skip)
		fprintf(out, "    skip:\n");
	for (size_t i = 0; i < s->nr_skip; i++) {
		fprintf(out, "      - ");
		config_print_quoted(s->skip[i], out);
		fputc('\n', out);
	}
}

int config_print(const struct config *c, FILE *out)
{
	for (size_t i = 0; i < config_nr_keys; i++)
		if (config_keys[i].print)
			config_keys[i].print(&config_keys[i], c, out);

	fprintf(out, "sweeps:\n");
	for (size_t i = 0; i < c->nr_sweeps; i++)
		print_sweep(&c->sweeps[i], out);
	return ferror(out) ? -EIO : 0;
}

static void print_option(const struct config_key *key, FILE *out)
{
	char help[512];

	fputs("  ", out);
	if (key->letter)
		fprintf(out, "-%c, ", key->letter);
	if (key->flag)
		fprintf(out, "--[no-]%s\n", key->name);
	else
		fprintf(out, "--%s %s\n", key->name, key->value);

	snprintf(help, sizeof(help), "%s%s%s%s", key->help,
		 key->def ? " (default " : "", key->def ? key->def : "",
		 key->def ? ")" : "");
	fprintf(out, "%*s", HELP_INDENT, "");
	wrap_text(out, HELP_INDENT, HELP_INDENT, help);
}

void config_print_options(FILE *out)
{
	for (size_t i = 0; i < config_nr_keys; i++)
		print_option(&config_keys[i], out);
}
