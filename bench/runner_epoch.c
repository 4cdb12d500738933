// SPDX-License-Identifier: GPL-2.0-only
/* The system state of an epoch: who cannot have it, and how it is set. */
#include "runner_steps.h"

#include "system_kind.h"

#include <errno.h>
#include <string.h>

static bool is_open(const struct runner *r, size_t index, unsigned epoch)
{
	return r->points[index].state == RUNNER_OPEN &&
	       r->plan->points[index].epoch == epoch;
}

size_t runner_open_in(const struct runner *r, unsigned epoch)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->plan->nr_points; i++)
		nr += is_open(r, i, epoch);
	return nr;
}

static void state_of(const struct runner *r, size_t index,
		     struct system_state *ret_state)
{
	const struct plan_point *point = &r->plan->points[index];

	system_state_of(point->workload, &r->units, point->params, ret_state);
}

static const char *obstacle(const struct runner *r,
			    const struct system_state *state,
			    char why[SYSTEM_WHY_BYTES])
{
	return system_obstacle("", &r->units, state,
			       r->config->allow_system_changes, why);
}

/* One point may want less than another, and have it. */
static int check_points(struct runner *r, unsigned epoch, struct error *e)
{
	char why[SYSTEM_WHY_BYTES];
	struct system_state state;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		if (!is_open(r, i, epoch))
			continue;
		state_of(r, i, &state);
		if (obstacle(r, &state, why))
			err = runner_skip(r, i, why, e);
	}
	return err;
}

int runner_check_states(struct runner *r, struct error *e)
{
	char why[SYSTEM_WHY_BYTES];
	int err = 0;

	for (unsigned i = 0; i < r->plan->nr_epochs && !err; i++)
		if (obstacle(r, &r->plan->epochs[i].state, why))
			err = check_points(r, i, e);
	return err;
}

/* The most that its open points want.  Return: whether that is anything. */
static bool wanted(const struct runner *r, struct system_state *ret_state)
{
	struct system_state state;

	ret_state->nr = 0;
	for (size_t i = 0; i < r->plan->nr_points; i++) {
		if (!is_open(r, i, r->epoch))
			continue;
		state_of(r, i, &state);
		if (ret_state->nr)
			system_state_raise(ret_state, &state);
		else
			*ret_state = state;
	}
	return ret_state->nr > 0;
}

static void note(json_t *knobs, const struct system_want *want,
		 const struct system_sight *s)
{
	json_t *o = json_pack("{ss ss ss}", "knob", want->knob, "file", s->path,
			      "found", s->present);

	if (s->is == SYSTEM_DIFFERS)
		json_object_set_new(o, "set", json_string(s->target));
	if (s->found.knob->kind->has_free)
		json_object_set_new(o, "free",
				    json_integer((json_int_t)s->nr_free));
	json_array_append_new(knobs, o);
}

static int set_one(struct runner *r, const struct system_want *want,
		   json_t *knobs, struct error *why)
{
	const struct system_state alone = { .wants = { *want }, .nr = 1 };
	char text[SYSTEM_WHY_BYTES];
	struct system_sight sight;
	int err;

	if (obstacle(r, &alone, text))
		return error_set(why, -EPERM, "%s", text);

	system_look("", &r->units, want, &sight);
	if (r->toggle_fd >= 0 && !strcmp(sight.path, r->toggle.file))
		return error_set(why, -EBUSY,
				 "%s: this run toggles %s, which the point "
				 "wants to stay",
				 sight.found.words, sight.path);
	runner_hold(r, true);
	err = system_set(r->journal, "", &r->units, want, why);
	if (err)
		error_prefix(why, "%s", sight.found.words);
	else
		note(knobs, want, &sight);
	return err;
}

/* Which of the wants could not be had; state->nr: all could. */
static unsigned set_all(struct runner *r, const struct system_state *state,
			json_t *knobs, struct error *why)
{
	for (unsigned i = 0; i < state->nr; i++)
		if (set_one(r, &state->wants[i], knobs, why))
			return i;

	return state->nr;
}

/* Who wants as much as could not be had; with less, others may go on. */
static int skip_for(struct runner *r, const struct system_want *want,
		    unsigned which, const char *why, struct error *e)
{
	struct system_state state;
	int err = 0;

	for (size_t i = 0; i < r->plan->nr_points && !err; i++) {
		if (!is_open(r, i, r->epoch))
			continue;
		state_of(r, i, &state);
		if (state.wants[which].amount >= want->amount)
			err = runner_skip(r, i, why, e);
	}
	return err;
}

static int write_record(struct runner *r, const struct system_state *state,
			json_t *knobs, struct error *e)
{
	json_t *record = runner_record(r, "system");
	char text[SYSTEM_TEXT_BYTES];

	json_object_set_new(record, "epoch", json_integer(r->epoch + 1));
	runner_set_text(record, "state", system_state_print(state, text));
	json_object_set(record, "knobs", knobs);
	return runner_write(r, record, e);
}

/* Everything that was journalled is put back: also a file that is toggled. */
static int put_back(struct runner *r, struct error *e)
{
	bool toggles = r->toggle_fd >= 0;

	runner_toggle_close(r);
	runner_knobs_restore(r);
	return toggles ? runner_toggle_open(r, e) : 0;
}

/* Return: 1 when the state is there, 0 to try again with less, -errno. */
static int try_state(struct runner *r, const struct system_state *state,
		     struct error *e)
{
	json_t *knobs = json_array();
	struct error why = { 0 };
	unsigned which = set_all(r, state, knobs, &why);
	int err;

	if (which == state->nr) {
		err = write_record(r, state, knobs, e);
	} else {
		err = put_back(r, e);
		if (!err)
			err = skip_for(r, &state->wants[which], which, why.text,
				       e);
	}
	json_decref(knobs);
	return err ? err : which == state->nr;
}

int runner_epoch_enter(struct runner *r, struct error *e)
{
	struct system_state state;
	int done = 0;

	while (!done && wanted(r, &state))
		done = try_state(r, &state, e);
	return done < 0 ? done : 0;
}

int runner_epoch_leave(struct runner *r, struct error *e)
{
	return r->plan->epochs[r->epoch].state.nr ? put_back(r, e) : 0;
}
