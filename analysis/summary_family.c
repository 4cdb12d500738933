// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts of many contrasts: the more there are, the more come by chance. */
#include "summary.h"

#include <errno.h>
#include <stdlib.h>

enum stats_verdict summary_adjust(enum stats_verdict v, double adjusted_p)
{
	if (adjusted_p <= 0.05)
		return v;
	if (v == STATS_CHANGED)
		return STATS_UNDECIDED;
	if (v == STATS_CHANGED_BELOW_M)
		return STATS_EQUIVALENT;
	return v;
}

struct member {
	const struct stats_judgement *judgement;
	enum stats_verdict *verdict;
	double *adjusted_p; /* NULL: nobody asks for it */
};

struct family {
	struct member *members;
	double *p;
	size_t nr;
};

static size_t count_arms(const struct summary *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->result->nr_points; i++)
		nr += s->result->points[i].nr_arms;
	return nr;
}

static void add(struct family *f, const struct member *member)
{
	if (member->judgement->verdict == STATS_TOO_FEW)
		return;

	f->members[f->nr] = *member;
	f->p[f->nr++] = member->judgement->p;
}

static void collect(const struct summary *s, bool by_cpu, struct family *f)
{
	for (size_t i = 0; i < s->result->nr_points; i++)
		for (size_t j = 0; j < s->result->points[i].nr_arms; j++) {
			struct summary_arm *a = &s->points[i].arms[j];

			if (!result_arm_is_contrast(a->arm))
				continue;
			add(f, by_cpu ? &(struct member){ &a->by_cpu.judgement,
							  &a->by_cpu.verdict }
				      : &(struct member){ &a->judgement,
							  &a->verdict,
							  &a->adjusted_p });
		}
}

static void adjust(const struct family *f)
{
	if (f->nr > SUMMARY_HOLM_MAX)
		stats_benjamini_hochberg(f->p, f->nr);
	else
		stats_holm(f->p, f->nr);
	for (size_t i = 0; i < f->nr; i++) {
		const struct member *m = &f->members[i];

		*m->verdict = summary_adjust(m->judgement->verdict, f->p[i]);
		if (m->adjusted_p)
			*m->adjusted_p = f->p[i];
	}
}

int summary_adjust_families(struct summary *s)
{
	size_t most = count_arms(s) + 1;
	struct family f = { .members = calloc(most, sizeof(*f.members)),
			    .p = calloc(most, sizeof(*f.p)) };
	int err = f.members && f.p ? 0 : -ENOMEM;

	if (!err) {
		collect(s, false, &f);
		s->nr_contrasts = f.nr;
		adjust(&f);
		f.nr = 0;
		collect(s, true, &f);
		adjust(&f);
	}
	free(f.members);
	free(f.p);
	return err;
}
