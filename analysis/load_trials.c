// SPDX-License-Identifier: GPL-2.0-only
/* What trials can come to, and what became of their items. */
#include "array.h"
#include "loader.h"

#include <errno.h>
#include <string.h>

enum {
	MAX_WORDS = RESULT_MAX_OUTCOMES
};

_Static_assert(RESULT_MAX_OUTCOMES == RESULT_MAX_ORACLES,
	       "both are read by the same words");

/* Of one record; sums of so many of them are exact. */
static const uint64_t most_items = 1000000000000;

/* 0, -EINVAL if the row is no word, or -ENOMEM. */
static int add_word(const json_t *row, const char *key,
		    struct result_word **words, size_t *nr)
{
	const char *name = record_text_or(row, "name", NULL);
	struct result_word word = { 0 };
	struct result_word *more;

	if (!name || !*name || *nr == MAX_WORDS)
		return -EINVAL;

	more = array_more(*words, *nr, sizeof(*more));
	if (!more)
		return -ENOMEM;
	*words = more;

	word.name = result_text(name);
	word.words = result_text(record_text_or(row, key, ""));
	more[*nr] = word;
	if (!word.name || !word.words) {
		free(word.name);
		free(word.words);
		return -ENOMEM;
	}
	(*nr)++;
	return result_find_word(more, *nr - 1, word.name) < 0 ? 0 : -EINVAL;
}

/* A list of words in a point's record. */
struct list {
	const char *name;
	const char *key;  /* of what is said of a word */
	const char *what; /* a word is */
};

/* All of them or none: half a table would be another one. */
static int take_words(struct loader *l, const json_t *record,
		      const struct result_point *p, const struct list *list,
		      struct result_word **ret_words, size_t *ret_nr)
{
	struct result_word *words = NULL;
	const json_t *row;
	size_t i, nr = 0;
	int err = 0;

	json_array_foreach (json_object_get(record, list->name), i, row) {
		err = add_word(row, list->key, &words, &nr);
		if (err)
			break;
	}
	if (!err) {
		*ret_words = words;
		*ret_nr = nr;
		return 0;
	}
	result_words_free(words, nr);
	return err != -EINVAL ? err
			      : loader_warn(l,
					    "point %s has an %s without a name "
					    "of its own or more than %d of "
					    "them: none is used",
					    p->id, list->what, MAX_WORDS);
}

int loader_outcomes(struct loader *l, const json_t *record,
		    struct result_point *p)
{
	static const struct list outcomes = { "outcomes", "help", "outcome" };
	static const struct list oracles = { "oracles", "words", "oracle" };
	int err;

	if (strcmp(p->mode, "trial") != 0)
		return 0;

	err = take_words(l, record, p, &outcomes, &p->outcomes,
			 &p->nr_outcomes);
	if (!err && p->nr_outcomes)
		err = take_words(l, record, p, &oracles, &p->oracles,
				 &p->nr_oracles);
	if (!err && p->nr_outcomes)
		err = loader_text(record, "exposure", &p->exposure);
	return err;
}

/* The word that a field names: 0, -EINVAL or -ENOMEM. */
static int find(const json_t *record, const char *key,
		const struct result_word *words, size_t nr, long *ret_at)
{
	char *name = result_text(record_text_or(record, key, ""));

	if (!name)
		return -ENOMEM;

	*ret_at = result_find_word(words, nr, name);
	free(name);
	return *ret_at < 0 ? -EINVAL : 0;
}

static int count_of(const json_t *record, const char *key, double *ret)
{
	uint64_t count;

	if (record_u64(record, key, &count, NULL) || count > most_items)
		return -EINVAL;

	*ret = (double)count;
	return 0;
}

int loader_judged(const json_t *record, const struct result_point *p,
		  double *ret_items, long ret_pair[2])
{
	const char *outcome = record_text_or(record, "outcome", "");
	const char *expected = record_text_or(record, "expected", "");
	int err = count_of(record, "count", ret_items);

	ret_pair[0] = RESULT_NONE;
	ret_pair[1] = RESULT_NONE - (strcmp(outcome, expected) != 0);
	if (err || !result_is_of_trials(p))
		return err;

	err = find(record, "outcome", p->outcomes, p->nr_outcomes,
		   &ret_pair[0]);
	return err ? err
		   : find(record, "expected", p->outcomes, p->nr_outcomes,
			  &ret_pair[1]);
}

static struct result_trials *trials_row(struct result_point *p, size_t arm)
{
	size_t pairs = p->nr_outcomes * p->nr_outcomes;
	struct result_trials row = { .arm = arm };
	struct result_trials *more;

	for (size_t i = 0; i < p->nr_trials; i++)
		if (p->trials[i].arm == arm)
			return &p->trials[i];

	more = array_more(p->trials, p->nr_trials, sizeof(*more));
	if (!more)
		return NULL;
	p->trials = more;

	row.judged = calloc(pairs, sizeof(double));
	row.predicted = calloc(pairs * p->nr_oracles + 1, sizeof(double));
	if (!row.judged || !row.predicted) {
		free(row.judged);
		free(row.predicted);
		return NULL;
	}
	more[p->nr_trials] = row;
	return &p->trials[p->nr_trials++];
}

/* What the launch that is being read said so far; NULL: no memory. */
static struct result_verdicts *verdicts(struct result_point *p, size_t arm,
					struct result_trials **ret_row)
{
	struct result_trials *row = trials_row(p, arm);
	size_t launch = p->nr_launches - 1;
	struct result_verdicts *more;

	if (!row)
		return NULL;

	*ret_row = row;
	if (row->nr_launches &&
	    row->launches[row->nr_launches - 1].launch == launch)
		return &row->launches[row->nr_launches - 1];

	more = array_more(row->launches, row->nr_launches, sizeof(*more));
	if (!more)
		return NULL;
	row->launches = more;
	more += row->nr_launches++;
	*more = (struct result_verdicts){ .launch = launch };
	return more;
}

int loader_trial_count(struct loader *l, const json_t *record,
		       struct result_point *p, size_t arm)
{
	struct result_trials *row;
	struct result_verdicts *v;
	double trials, exposed = 0;

	if (count_of(record, "trials", &trials) ||
	    (json_object_get(record, "exposed") &&
	     count_of(record, "exposed", &exposed)))
		return loader_warn(l, "a count of trials that is none, "
				      "ignored");
	v = verdicts(p, arm, &row);
	if (!v)
		return -ENOMEM;

	v->trials = trials;
	v->exposed = exposed;
	return 0;
}

/* The launch was scored, so that its records are known to be right. */
int loader_trials(struct loader *l, const json_t *record,
		  struct result_point *p, size_t arm)
{
	struct result_trials *row;
	struct result_verdicts *v;
	double items;
	long pair[2];
	int err = loader_judged(record, p, &items, pair);

	(void)l;
	if (err)
		return err == -EINVAL ? 0 : err;
	v = verdicts(p, arm, &row);
	if (!v)
		return -ENOMEM;

	v->items += items;
	v->outcome[pair[0]] += items;
	if (pair[0] == pair[1])
		v->as_expected += items;
	row->judged[(size_t)pair[0] * p->nr_outcomes + (size_t)pair[1]] +=
		items;
	return 0;
}

/* Oracle, what it predicted and what was seen: 0, -EINVAL or -ENOMEM. */
static int find_prediction(const json_t *record, const struct result_point *p,
			   long ret_at[3])
{
	int err = find(record, "oracle", p->oracles, p->nr_oracles, &ret_at[0]);

	if (!err)
		err = find(record, "predicted", p->outcomes, p->nr_outcomes,
			   &ret_at[1]);
	return err ? err
		   : find(record, "seen", p->outcomes, p->nr_outcomes,
			  &ret_at[2]);
}

int loader_predicted(struct loader *l, const json_t *record,
		     struct result_point *p, size_t arm)
{
	struct result_trials *row;
	struct result_verdicts *v;
	size_t cell;
	double items;
	long at[3];
	int err = count_of(record, "count", &items);

	if (!p->nr_oracles)
		return 0;
	if (!err)
		err = find_prediction(record, p, at);
	if (err == -EINVAL)
		return loader_warn(l, "a prediction of no known oracle, "
				      "outcome or number, ignored");
	v = err ? NULL : verdicts(p, arm, &row);
	if (!v)
		return -ENOMEM;

	v->told[at[0]] += items;
	if (at[1] == at[2])
		v->agreed[at[0]] += items;
	cell = (size_t)at[0] * p->nr_outcomes + (size_t)at[1];
	row->predicted[cell * p->nr_outcomes + (size_t)at[2]] += items;
	return 0;
}
