// SPDX-License-Identifier: GPL-2.0-only
#include "functions.h"

#include "stats/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_BLOCKS = 4 << 20,
	IN_A = 1,
	IN_B = 2,
};

/* Half of all addresses, the upper, are the kernel's. */
#define FIRST_OF_KERNEL (UINT64_C(1) << 63)

static const char user_name[] = "(user space)";

struct block {
	size_t number; /* of its function */
	uint64_t instructions;
};

/* What one function did in the windows in which it ran. */
struct counts {
	double *x;
	size_t nr, capacity;
};

struct slot {
	size_t windows;
	struct counts *of; /* by number of the function, while reading */
	double *median;	   /* likewise, then; NULL: no window */
};

struct functions {
	const struct symbols *symbols;
	struct block *blocks;
	size_t nr_blocks, capacity;
	struct slot slots[FUNCTIONS_MAX_SLOTS];
	struct slot *open; /* the window that is being read */
	bool ended;
};

static size_t user_number(const struct functions *f)
{
	return symbols_count(f->symbols);
}

static const char *name_of(const struct functions *f, size_t number)
{
	return number == user_number(f) ? user_name
					: symbols_name(f->symbols, number);
}

static void free_counts(const struct functions *f, struct slot *s)
{
	for (size_t i = 0; s->of && i <= user_number(f); i++)
		free(s->of[i].x);
	free(s->of);
	s->of = NULL;
}

void functions_free(struct functions *f)
{
	if (!f)
		return;

	for (unsigned s = 0; s < FUNCTIONS_MAX_SLOTS; s++) {
		free_counts(f, &f->slots[s]);
		free(f->slots[s].median);
	}
	free(f->blocks);
	free(f);
}

static int add_block(struct functions *f, uint64_t at, uint64_t instructions)
{
	size_t number = at < FIRST_OF_KERNEL ? SIZE_MAX
					     : symbols_find(f->symbols, at);

	if (f->nr_blocks == MAX_BLOCKS)
		return -E2BIG;
	if (f->nr_blocks == f->capacity) {
		size_t capacity = f->capacity ? 2 * f->capacity : 4096;
		struct block *grown = realloc(f->blocks,
					      capacity * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		f->blocks = grown;
		f->capacity = capacity;
	}
	f->blocks[f->nr_blocks++] = (struct block){
		.number = number == SIZE_MAX ? user_number(f) : number,
		.instructions = instructions,
	};
	return 0;
}

static int open_window(struct functions *f, unsigned slot)
{
	struct slot *s = &f->slots[slot];

	if (!s->of)
		s->of = calloc(user_number(f) + 1, sizeof(*s->of));
	if (!s->of)
		return -ENOMEM;

	s->windows++;
	f->open = s;
	return 0;
}

/* A place for each window so far: 0 where the function did not run. */
static int make_places(struct counts *c, size_t windows)
{
	double *grown = c->x;

	if (c->capacity < windows) {
		grown = realloc(grown, 2 * windows * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		c->x = grown;
		c->capacity = 2 * windows;
	}
	while (c->nr < windows)
		c->x[c->nr++] = 0;
	return 0;
}

static int find_medians(const struct functions *f, struct slot *s)
{
	if (!s->of)
		return 0;
	s->median = calloc(user_number(f) + 1, sizeof(*s->median));
	if (!s->median)
		return -ENOMEM;

	for (size_t i = 0; i <= user_number(f); i++) {
		struct counts *c = &s->of[i];

		if (!c->nr)
			continue;
		if (make_places(c, s->windows))
			return -ENOMEM;
		s->median[i] = stats_median(c->x, c->nr);
	}
	free_counts(f, s);
	return 0;
}

static int count_block(struct functions *f, size_t block, uint64_t times)
{
	struct slot *s = f->open;
	struct counts *c = &s->of[f->blocks[block].number];
	int err = make_places(c, s->windows);

	if (!err)
		c->x[s->windows - 1] += (double)f->blocks[block].instructions *
					(double)times;
	return err;
}

static int take_line(struct functions *f, const char *line)
{
	uint64_t block, at, instructions, times;
	unsigned slot;

	if (sscanf(line, "block %" SCNu64 " %" SCNx64 " %" SCNu64, &block, &at,
		   &instructions) == 3)
		return block == f->nr_blocks ? add_block(f, at, instructions)
					     : -EINVAL;
	if (sscanf(line, "window %u", &slot) == 1)
		return slot < FUNCTIONS_MAX_SLOTS ? open_window(f, slot)
						  : -EINVAL;
	if (sscanf(line, "%" SCNu64 " %" SCNu64, &block, &times) == 2)
		return f->open && block < f->nr_blocks
			       ? count_block(f, block, times)
			       : -EINVAL;
	f->ended = !strcmp(line, "end\n");
	return f->ended ? 0 : -EINVAL;
}

static int read_lines(struct functions *f, const char *path, FILE *in,
		      struct error *e)
{
	struct place where = { .file = path };
	char *line = NULL;
	size_t bytes = 0;
	int err = 0;

	while (!err && !f->ended && getline(&line, &bytes, in) > 0) {
		where.line++;
		err = take_line(f, line);
	}
	free(line);
	if (err == -EINVAL)
		return error_at(e, err, &where,
				"this is not what the plugin writes");
	if (!err && ferror(in))
		err = -EIO;
	if (!err && !f->ended)
		return error_set(e, -ENODATA,
				 "%s: the end is missing: was the emulator "
				 "killed?",
				 path);
	return err;
}

int functions_load(const char *path, const struct symbols *symbols,
		   struct functions **ret, struct error *e)
{
	struct functions *f = calloc(1, sizeof(*f));
	FILE *in = fopen(path, "re");
	int err = in ? 0 : -errno;

	if (f)
		f->symbols = symbols;
	else
		err = -ENOMEM;
	if (!err)
		err = read_lines(f, path, in, e);
	for (unsigned s = 0; !err && s < FUNCTIONS_MAX_SLOTS; s++)
		err = find_medians(f, &f->slots[s]);
	if (in)
		fclose(in);
	if (err) {
		functions_free(f);
		return error_set(e, err, "%s: %s", path, strerror(-err));
	}
	*ret = f;
	return 0;
}

size_t functions_windows(const struct functions *f, unsigned slot)
{
	return slot < FUNCTIONS_MAX_SLOTS ? f->slots[slot].windows : 0;
}

double functions_median(const struct functions *f, unsigned slot, size_t number)
{
	return functions_windows(f, slot) ? f->slots[slot].median[number] : 0;
}

static int by_size(const void *a, const void *b)
{
	const struct functions_change *x = a, *y = b;
	double dx = fabs(x->b - x->a), dy = fabs(y->b - y->a);

	if (dx != dy)
		return dx < dy ? 1 : -1;
	return strcmp(x->name, y->name);
}

/*
 * Both lists of names are sorted, and user space is the last of either: walks
 * them side by side.  Return: IN_A, IN_B or both.
 */
static unsigned next_name(const struct functions *a, size_t *i,
			  const struct functions *b, size_t *j,
			  const char **ret_name)
{
	bool more_a = *i <= user_number(a), more_b = *j <= user_number(b);
	int order = 0;

	if (more_a && more_b) {
		bool user_a = *i == user_number(a),
		     user_b = *j == user_number(b);

		order = user_a || user_b
				? user_a - user_b
				: strcmp(name_of(a, *i), name_of(b, *j));
	} else if (more_a || more_b) {
		order = more_a ? -1 : 1;
	}
	*ret_name = order <= 0 ? name_of(a, *i) : name_of(b, *j);
	*i += order <= 0;
	*j += order >= 0;
	return (order <= 0 ? IN_A : 0U) | (order >= 0 ? IN_B : 0U);
}

int functions_compare(const struct functions *a, unsigned slot_a, double ops_a,
		      const struct functions *b, unsigned slot_b, double ops_b,
		      double least, struct functions_change **ret,
		      size_t *ret_nr)
{
	size_t all = user_number(a) + user_number(b) + 2, nr = 0, i = 0, j = 0;
	struct functions_change *changes = calloc(all, sizeof(*changes));

	if (!changes)
		return -ENOMEM;

	while (i <= user_number(a) || j <= user_number(b)) {
		struct functions_change c = { 0 };
		unsigned has = next_name(a, &i, b, &j, &c.name);

		if (has & IN_A)
			c.a = functions_median(a, slot_a, i - 1) / ops_a;
		if (has & IN_B)
			c.b = functions_median(b, slot_b, j - 1) / ops_b;
		if (fabs(c.b - c.a) >= least && c.a != c.b)
			changes[nr++] = c;
	}
	qsort(changes, nr, sizeof(*changes), by_size);
	*ret = changes;
	*ret_nr = nr;
	return 0;
}
