// SPDX-License-Identifier: GPL-2.0-only
#include "stages.h"

#include "roles.h"
#include "session.h"

static const struct session *_Atomic watched;

/* A text that is cut where its room ends. */
struct text {
	char *at;
	size_t left; /* with the end */
};

static void add(struct text *t, const char *words)
{
	while (*words && t->left > 1) {
		*t->at++ = *words++;
		t->left--;
	}
	*t->at = '\0';
}

static void add_number(struct text *t, unsigned n)
{
	char digits[16], *at = digits + sizeof(digits);

	*--at = '\0';
	do {
		*--at = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	add(t, at);
}

static const char *stage_of(const struct fl_thread *th)
{
	return atomic_load_explicit(&th->stage, memory_order_relaxed);
}

/* How many instances of the role, from @i on, say the same. */
static unsigned count_alike(const struct roles *r, unsigned i)
{
	const struct fl_thread *first = roles_thread(r, i), *th;
	unsigned nr = 1;

	while ((th = roles_thread(r, i + nr)) && th->role == first->role &&
	       stage_of(th) == stage_of(first))
		nr++;
	return nr;
}

static bool is_alone(const struct roles *r, unsigned i, unsigned nr)
{
	const struct fl_thread *th = roles_thread(r, i);
	const struct fl_thread *next = roles_thread(r, i + nr);

	return !th->index && nr == 1 && !(next && next->role == th->role);
}

/* "writer 0 to 3: writing" */
static void add_instances(struct text *t, const struct roles *r, unsigned i,
			  unsigned nr, bool first)
{
	const struct fl_thread *th = roles_thread(r, i);

	add(t, first ? "" : "; ");
	add(t, th->role->name);
	if (!is_alone(r, i, nr)) {
		add(t, " ");
		add_number(t, th->index);
	}
	if (nr > 1) {
		add(t, " to ");
		add_number(t, th->index + nr - 1);
	}
	add(t, ": ");
	add(t, stage_of(th));
}

static void print_session(const struct session *s, char *text, size_t bytes)
{
	struct text t = { text, bytes };
	const char *own = stage_of(&s->thread);
	unsigned nr;

	text[0] = '\0';
	if (own) {
		add(&t, "measuring thread: ");
		add(&t, own);
	}
	for (unsigned i = 0; roles_thread(s->roles, i); i += nr) {
		nr = count_alike(s->roles, i);
		if (stage_of(roles_thread(s->roles, i)))
			add_instances(&t, s->roles, i, nr, !text[0]);
	}
}

void stages_print(const struct fl_run *run, char *text, size_t bytes)
{
	print_session(session_of((struct fl_run *)run), text, bytes);
}

void stages_of(const struct session *s)
{
	atomic_store(&watched, s);
}

void stages_now(char *text, size_t bytes)
{
	const struct session *s = atomic_load(&watched);

	text[0] = '\0';
	if (s)
		print_session(s, text, bytes);
}
