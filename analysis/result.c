// SPDX-License-Identifier: GPL-2.0-only
/* The model of results: finding, adding and freeing. */
#include "result.h"
#include "array.h"

#include "common/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

char *result_text(const char *text)
{
	char *copy = malloc(RESULT_TEXT_MAX + 1);
	char *shorter;
	size_t len = 0;

	if (!copy)
		return NULL;

	for (const char *c = text; *c && len + 4 < RESULT_TEXT_MAX; c++) {
		if (*c >= ' ' && *c <= '~')
			copy[len++] = *c;
		else
			len += (size_t)snprintf(copy + len, 5, "\\x%02x",
						(unsigned char)*c);
	}
	copy[len] = '\0';
	shorter = realloc(copy, len + 1);
	return shorter ? shorter : copy;
}

bool result_same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static struct result_note *find_note(const struct result_notes *notes,
				     const char *name, const char *value)
{
	for (size_t i = 0; i < notes->nr_notes; i++)
		if (result_same_text(notes->notes[i].name, name) &&
		    result_same_text(notes->notes[i].value, value))
			return &notes->notes[i];
	return NULL;
}

int result_note(struct result_notes *notes, const char *name, const char *value)
{
	struct result_note new = { .count = 1 };
	struct result_note *known, *more;

	new.name = name ? result_text(name) : NULL;
	new.value = result_text(value);
	if ((name && !new.name) || !new.value)
		goto drop;

	known = find_note(notes, new.name, new.value);
	if (known) {
		known->count++;
		goto drop;
	}
	if (notes->nr_notes == RESULT_MAX_NOTES) {
		notes->nr_left_out++;
		goto drop;
	}
	more = array_more(notes->notes, notes->nr_notes, sizeof(*more));
	if (more) {
		notes->notes = more;
		notes->notes[notes->nr_notes++] = new;
		return 0;
	}
	free(new.value);
	new.value = NULL;
drop:
	free(new.name);
	if (!new.value)
		return -ENOMEM;
	free(new.value);
	return 0;
}

long result_find_run(const struct result *r, const char *id)
{
	for (size_t i = r->nr_runs; i-- > 0;)
		if (!strcmp(r->runs[i].id, id))
			return (long)i;
	return RESULT_NONE;
}

long result_find_boot(const struct result *r, const char *id)
{
	for (size_t i = r->nr_boots; i-- > 0;)
		if (!strcmp(r->boots[i].id, id))
			return (long)i;
	return RESULT_NONE;
}

/* Where the point is in the index, or the free place where it would be. */
static size_t index_place(const struct result *r, const char *id)
{
	size_t at = hash_add(HASH_INIT, id, strlen(id)) & (r->index_size - 1);

	while (r->index[at] && strcmp(r->points[r->index[at] - 1].id, id) != 0)
		at = (at + 1) & (r->index_size - 1);
	return at;
}

long result_find_point(const struct result *r, const char *id)
{
	if (!r->index_size)
		return RESULT_NONE;

	return (long)r->index[index_place(r, id)] - 1;
}

long result_find_arm(const struct result_point *p, const char *name)
{
	for (size_t i = 0; i < p->nr_arms; i++)
		if (!strcmp(p->arms[i].name, name))
			return (long)i;
	return RESULT_NONE;
}

long result_find_word(const struct result_word *words, size_t nr,
		      const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(words[i].name, name))
			return (long)i;
	return RESULT_NONE;
}

const struct result_trials *result_find_trials(const struct result_point *p,
					       size_t arm)
{
	for (size_t i = 0; i < p->nr_trials; i++)
		if (p->trials[i].arm == arm)
			return &p->trials[i];
	return NULL;
}

double result_seen(const struct result_point *p, const struct result_trials *t,
		   size_t outcome)
{
	double sum = 0;

	for (size_t i = 0; i < p->nr_outcomes; i++)
		sum += t->judged[outcome * p->nr_outcomes + i];
	return sum;
}

double result_due(const struct result_point *p, const struct result_trials *t,
		  size_t outcome)
{
	double sum = 0;

	for (size_t i = 0; i < p->nr_outcomes; i++)
		sum += t->judged[i * p->nr_outcomes + outcome];
	return sum;
}

double result_as_due(const struct result_point *p,
		     const struct result_trials *t, size_t outcome)
{
	return t->judged[outcome * p->nr_outcomes + outcome];
}

static const char *const arm_kinds[] = {
	[RESULT_ARM_REFERENCE] = "reference",
	[RESULT_ARM_CONTRAST] = "contrast",
	[RESULT_ARM_AGAIN] = "again",
	[RESULT_ARM_INJECT] = "inject",
	[RESULT_ARM_TOGGLE] = "toggle",
	[RESULT_ARM_PLANTED] = "planted",
};

const char *result_arm_kind_word(enum result_arm_kind kind)
{
	return arm_kinds[kind];
}

bool result_find_arm_kind(const char *word, enum result_arm_kind *ret)
{
	for (unsigned i = 0;
	     word && i < sizeof(arm_kinds) / sizeof(arm_kinds[0]); i++)
		if (!strcmp(word, arm_kinds[i])) {
			*ret = (enum result_arm_kind)i;
			return true;
		}
	return false;
}

const char *result_fact(const struct result_point *p, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < p->facts.nr_notes; i++)
		if (result_same_text(p->facts.notes[i].name, name))
			value = p->facts.notes[i].value;
	return value;
}

const char *result_param(const struct result_point *p, const char *name)
{
	for (size_t i = 0; i < p->nr_params; i++)
		if (!strcmp(p->params[i].name, name))
			return p->params[i].value;
	return NULL;
}

/* At most half full. */
static int index_grow(struct result *r)
{
	size_t size = r->index_size ? 2 * r->index_size : 64;
	uint32_t *old = r->index;

	if (2 * (r->nr_points + 1) <= r->index_size)
		return 0;

	r->index = calloc(size, sizeof(*r->index));
	if (!r->index) {
		r->index = old;
		return -ENOMEM;
	}
	free(old);
	r->index_size = size;
	for (size_t i = 0; i < r->nr_points; i++)
		r->index[index_place(r, r->points[i].id)] = (uint32_t)i + 1;
	return 0;
}

long result_add_point(struct result *r, const char *id)
{
	struct result_point *more;
	char *copy;
	int err;

	if (r->nr_points == RESULT_MAX_POINTS)
		return -E2BIG;

	err = index_grow(r);
	if (err)
		return err;

	more = array_more(r->points, r->nr_points, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->points = more;

	copy = result_text(id);
	if (!copy)
		return -ENOMEM;

	r->index[index_place(r, copy)] = (uint32_t)r->nr_points + 1;
	r->points[r->nr_points] = (struct result_point){ .id = copy };
	return (long)r->nr_points++;
}

size_t result_nr_boots(const struct result_point *p)
{
	size_t nr = 0;

	for (size_t i = 0; i < p->nr_launches; i++) {
		size_t j = 0;

		while (p->launches[j].boot != p->launches[i].boot)
			j++;
		nr += j == i;
	}
	return nr;
}

struct result *result_new(const char *path)
{
	struct result *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;

	r->path = result_text(path);
	if (!r->path) {
		free(r);
		return NULL;
	}
	return r;
}

void result_notes_finish(struct result_notes *notes)
{
	for (size_t i = 0; i < notes->nr_notes; i++) {
		free(notes->notes[i].name);
		free(notes->notes[i].value);
	}
	free(notes->notes);
}

static void params_free(struct result_param *params, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(params[i].name);
		free(params[i].value);
	}
	free(params);
}

static void point_finish_counts(struct result_point *p)
{
	for (size_t i = 0; i < p->nr_counters; i++) {
		free(p->counters[i].name);
		free(p->counters[i].scope);
		free(p->counters[i].status);
		free(p->counters[i].why);
	}
	for (size_t i = 0; i < p->nr_expects; i++) {
		free(p->expects[i].counter);
		free(p->expects[i].relation);
		free(p->expects[i].why);
	}
	free(p->counters);
	free(p->expects);
}

static void point_finish_tables(struct result_point *p)
{
	for (size_t i = 0; i < p->nr_terms; i++) {
		free(p->terms[i].name);
		free(p->terms[i].unit);
		free(p->terms[i].words);
	}
	for (size_t i = 0; i < p->nr_roles; i++) {
		free(p->roles[i].name);
		free(p->roles[i].steps);
	}
	free(p->terms);
	free(p->roles);
}

void result_words_free(struct result_word *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(words[i].name);
		free(words[i].words);
	}
	free(words);
}

static void point_finish_trials(struct result_point *p)
{
	for (size_t i = 0; i < p->nr_trials; i++) {
		free(p->trials[i].launches);
		free(p->trials[i].judged);
		free(p->trials[i].predicted);
	}
	free(p->trials);
	result_words_free(p->outcomes, p->nr_outcomes);
	result_words_free(p->oracles, p->nr_oracles);
	free(p->exposure);
}

static void point_finish(struct result_point *p)
{
	for (size_t i = 0; i < p->nr_metrics; i++) {
		free(p->metrics[i].name);
		free(p->metrics[i].unit);
		free(p->metrics[i].kind);
	}
	for (size_t i = 0; i < p->nr_arms; i++) {
		free(p->arms[i].name);
		free(p->arms[i].reference);
		free(p->arms[i].scores);
		free(p->arms[i].amounts);
		free(p->arms[i].counts);
	}
	for (size_t i = 0; i < p->nr_observed; i++) {
		for (size_t j = 0; j < p->observed[i].nr_sights; j++) {
			free(p->observed[i].sights[j].buckets);
			free(p->observed[i].sights[j].counts);
		}
		free(p->observed[i].metric);
		free(p->observed[i].sights);
	}
	point_finish_tables(p);
	point_finish_counts(p);
	point_finish_trials(p);
	params_free(p->params, p->nr_params);
	result_notes_finish(&p->facts);
	result_notes_finish(&p->reasons);
	result_notes_finish(&p->left_out);
	free(p->metrics);
	free(p->arms);
	free(p->observed);
	free(p->launches);
	free(p->id);
	free(p->workload);
	free(p->mode);
	free(p->placement);
	free(p->kernel_path);
	free(p->source);
}

static void run_finish(struct result_run *run)
{
	free(run->id);
	free(run->version);
	free(run->build);
	free(run->started);
	free(run->host);
	free(run->end);
	free(run->vm);
	free(run->toggle_file);
	free(run->toggle_first);
	free(run->toggle_second);
	free(run->guest.mode);
	free(run->guest.image);
	free(run->guest.sha256);
	free(run->guest.emulator);
}

static void boot_finish(struct result_boot *boot)
{
	free(boot->id);
	free(boot->kernel);
	free(boot->cpu);
	free(boot->thp);
}

void result_free(struct result *r)
{
	if (!r)
		return;

	for (size_t i = 0; i < r->nr_runs; i++)
		run_finish(&r->runs[i]);
	for (size_t i = 0; i < r->nr_boots; i++)
		boot_finish(&r->boots[i]);
	for (size_t i = 0; i < r->nr_points; i++)
		point_finish(&r->points[i]);
	for (size_t i = 0; i < r->nr_skips; i++) {
		params_free(r->skips[i].params, r->skips[i].nr_params);
		free(r->skips[i].id);
		free(r->skips[i].workload);
		free(r->skips[i].why);
	}
	result_notes_finish(&r->warnings);
	result_notes_finish(&r->errors);
	result_notes_finish(&r->states);
	free(r->runs);
	free(r->boots);
	free(r->points);
	free(r->skips);
	free(r->index);
	free(r->path);
	free(r);
}
