// SPDX-License-Identifier: GPL-2.0-only
/* What <faultline/run.h> declares and does not define in place. */
#include <faultline/run.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void record_why(struct fl_run *run, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The first reason stays: what fails after it is a consequence. */
static void record_why(struct fl_run *run, const char *fmt, va_list args)
{
	if (run->why[0])
		return;

	vsnprintf(run->why, sizeof(run->why), fmt, args);
}

/* Which side stopped is known now only: soon the others stop too. */
static void add_stages(struct fl_run *run)
{
	size_t used = strlen(run->why);
	char text[FL_WHY_BYTES] = "";

	if (!run->harness || !run->harness->stages)
		return;

	run->harness->stages(run, text, sizeof(text));
	if (text[0])
		snprintf(run->why + used, sizeof(run->why) - used, "; %s",
			 text);
}

int fl_fail(struct fl_run *run, int err, const char *fmt, ...)
{
	char what[FL_WHY_BYTES / 2];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);

	if (run->why[0])
		return err;

	snprintf(run->why, sizeof(run->why), "%s: %s", what, strerror(-err));
	if (err == -ETIMEDOUT)
		add_stages(run);
	return err;
}

int fl_skip(struct fl_run *run, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	record_why(run, fmt, args);
	va_end(args);
	run->skipped = true;
	return -ECANCELED;
}

static struct fl_fact *find_fact(struct fl_run *run, const char *name)
{
	for (unsigned i = 0; i < run->nr_facts; i++)
		if (!strcmp(run->facts[i].name, name))
			return &run->facts[i];

	return run->nr_facts < FL_MAX_FACTS ? &run->facts[run->nr_facts++]
					    : NULL;
}

void fl_fact(struct fl_run *run, const char *name, const char *fmt, ...)
{
	struct fl_fact *fact = find_fact(run, name);
	va_list args;

	if (!fact)
		return;

	snprintf(fact->name, sizeof(fact->name), "%s", name);
	va_start(args, fmt);
	vsnprintf(fact->value, sizeof(fact->value), fmt, args);
	va_end(args);
}
