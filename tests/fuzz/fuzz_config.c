// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reader of configs.  Beside crashes and leaks it looks for errors
 * that say nothing, for configs that do not survive being printed and read
 * again, and for plans that are larger than the limit.
 */
#include "bench/plan.h"
#include "tests/unit/fake_registry.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum {
	MANY_POINTS = 2000
}; /* more than that are not expanded here */

/* Not assert(): a fuzzer has to stop in every build. */
static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static char *print(const struct config *c, size_t *ret_bytes)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_bytes);

	must(out != NULL, "no memory");
	must(!config_print(c, out), "a config can be printed");
	fclose(out);
	return text;
}

static void must_survive_printing(const struct config *c)
{
	struct config *again = NULL;
	struct error e = { 0 };
	size_t first_bytes, second_bytes;
	char *first = print(c, &first_bytes), *second;
	int err = config_from_yaml("print.yaml", first, first_bytes,
				   &fake_units, &again, &e);

	if (err)
		fprintf(stderr, "%s\n%s\n", first, e.text);
	must(!err, "a printed config is a config");
	second = print(again, &second_bytes);
	must(!strcmp(first, second), "and it is the same");
	free(first);
	free(second);
	config_free(again);
}

static void must_plan(const struct config *c)
{
	struct topology *t = NULL;
	struct plan *p = NULL;
	struct error e = { 0 };
	size_t order[MANY_POINTS];
	uint64_t points = 0;

	for (size_t i = 0; i < c->nr_sweeps; i++) {
		uint64_t product = 1;

		for (size_t j = 0; j < c->sweeps[i].nr_axes; j++)
			product *= c->sweeps[i].axes[j].nr_values;
		points += product;
	}
	must(points <= PLAN_MAX_POINTS, "the limit holds");
	if (points > MANY_POINTS)
		return;

	must(!topology_new("core:4 pu:2", &t, &e), "a topology");
	if (!plan_new(c, t, &fake_units, &p, &e)) {
		must(p->nr_points && p->nr_points <= points, "points");
		plan_round(p, 0, order);
		for (size_t i = 0; i < p->nr_points; i++)
			must(order[i] < p->nr_points, "a permutation");
	} else {
		must(e.text[0] && !p, "an error has words");
	}
	plan_free(p);
	topology_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct config *c = NULL;
	struct error e = { 0 };
	int err = config_from_yaml("fuzz.yaml", (const char *)data, bytes,
				   &fake_units, &c, &e);

	must(!err == !e.text[0], "an error has words, a success has none");
	must(!err == (c != NULL), "a config is written on success only");
	for (const char *s = e.text; *s; s++)
		must(*s >= 0x20 && *s < 0x7f, "an error text is printable");
	if (!err) {
		must_survive_printing(c);
		must_plan(c);
	}
	config_free(c);
	return 0;
}
