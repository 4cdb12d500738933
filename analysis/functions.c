// SPDX-License-Identifier: GPL-2.0-only
#include "functions.h"

#include "array.h"
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

struct functions {
	const struct symbols *symbols;
	struct block *blocks;
	size_t nr_blocks, capacity;
	struct functions_window *windows;
	size_t nr_windows;
	double *sum; /* by number, of the window that is being read */
	bool ended;
};

static size_t user_number(const struct functions *f)
{
	return symbols_count(f->symbols);
}

const char *functions_name(const struct functions *f, size_t number)
{
	return number == user_number(f) ? user_name
					: symbols_name(f->symbols, number);
}

void functions_free(struct functions *f)
{
	if (!f)
		return;

	for (size_t i = 0; i < f->nr_windows; i++)
		free(f->windows[i].cells);
	free(f->windows);
	free(f->blocks);
	free(f->sum);
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

/* By which a timer or a device takes the CPU. */
static bool is_entry_of_interrupts(const char *name)
{
	static const char *const names[] = {
		"common_interrupt", "do_IRQ",
		"irq_enter",	    "irq_enter_rcu",
		"irq_exit_rcu",	    "sysvec_apic_timer_interrupt",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Puts the sums of the open window into cells. */
static int close_window(struct functions *f)
{
	struct functions_window *w;
	size_t nr = 0;

	if (!f->nr_windows)
		return 0;
	w = &f->windows[f->nr_windows - 1];
	for (size_t i = 0; i <= user_number(f); i++)
		nr += f->sum[i] > 0;
	w->cells = calloc(nr + 1, sizeof(*w->cells));
	if (!w->cells)
		return -ENOMEM;

	for (size_t i = 0; i <= user_number(f); i++) {
		if (!(f->sum[i] > 0))
			continue;
		w->cells[w->nr++] = (struct functions_cell){ i, f->sum[i] };
		if (is_entry_of_interrupts(functions_name(f, i)))
			w->interrupted = true;
		f->sum[i] = 0;
	}
	return 0;
}

static int open_window(struct functions *f, unsigned slot)
{
	struct functions_window *more;
	int err = close_window(f);

	if (err)
		return err;
	more = array_more(f->windows, f->nr_windows, sizeof(*more));
	if (!more)
		return -ENOMEM;

	f->windows = more;
	f->windows[f->nr_windows++] = (struct functions_window){ .slot = slot };
	return 0;
}

/* Moves @at behind it. */
static bool take_number(const char **at, int base, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(*at, &end, base);
	if (end == *at || errno)
		return false;
	*at = end;
	return true;
}

static int take_block(struct functions *f, const char *line)
{
	uint64_t block, at, instructions;

	if (!take_number(&line, 10, &block) || !take_number(&line, 16, &at) ||
	    !take_number(&line, 10, &instructions) || block != f->nr_blocks)
		return -EINVAL;
	return add_block(f, at, instructions);
}

static int take_window(struct functions *f, const char *line)
{
	uint64_t slot;

	if (!take_number(&line, 10, &slot) || slot >= FUNCTIONS_MAX_SLOTS)
		return -EINVAL;
	return open_window(f, (unsigned)slot);
}

static int take_times(struct functions *f, const char *line)
{
	uint64_t block, times;

	if (!take_number(&line, 10, &block) ||
	    !take_number(&line, 10, &times) || !f->nr_windows ||
	    block >= f->nr_blocks)
		return -EINVAL;
	f->sum[f->blocks[block].number] +=
		(double)f->blocks[block].instructions * (double)times;
	return 0;
}

static int take_line(struct functions *f, const char *line)
{
	if (!strncmp(line, "block ", 6))
		return take_block(f, line + 6);
	if (!strncmp(line, "window ", 7))
		return take_window(f, line + 7);
	if (strcmp(line, "end\n") != 0)
		return take_times(f, line);
	f->ended = true;
	return 0;
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

static int load_open(struct functions *f, const char *path, FILE *in,
		     struct error *e)
{
	int err;

	f->sum = calloc(user_number(f) + 1, sizeof(*f->sum));
	err = f->sum ? read_lines(f, path, in, e) : -ENOMEM;
	return err ? err : close_window(f);
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
		err = load_open(f, path, in, e);
	if (in)
		fclose(in);
	if (err) {
		functions_free(f);
		return error_set(e, err, "%s: %s", path, strerror(-err));
	}
	*ret = f;
	return 0;
}

size_t functions_nr_windows(const struct functions *f)
{
	return f->nr_windows;
}

const struct functions_window *functions_window(const struct functions *f,
						size_t i)
{
	return &f->windows[i];
}

static int by_size(const void *a, const void *b)
{
	const struct functions_change *x = a, *y = b;
	bool steady_x = fabs(x->typical) >= FUNCTIONS_LEAST,
	     steady_y = fabs(y->typical) >= FUNCTIONS_LEAST;
	double dx = fabs(x->b - x->a), dy = fabs(y->b - y->a);

	if (steady_x != steady_y)
		return steady_x ? -1 : 1;
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

		order = user_a || user_b ? user_a - user_b
					 : strcmp(functions_name(a, *i),
						  functions_name(b, *j));
	} else if (more_a || more_b) {
		order = more_a ? -1 : 1;
	}
	*ret_name = order <= 0 ? functions_name(a, *i) : functions_name(b, *j);
	*i += order <= 0;
	*j += order >= 0;
	return (order <= 0 ? IN_A : 0U) | (order >= 0 ? IN_B : 0U);
}

/* Mean instructions an op, by number; to free(). */
static double *means(const struct functions_part *p)
{
	double *mean = calloc(user_number(p->of) + 1, sizeof(*mean));

	for (size_t i = 0; mean && i < p->nr; i++) {
		const struct functions_window *w =
			&p->of->windows[p->windows[i]];

		for (size_t j = 0; j < w->nr; j++)
			mean[w->cells[j].number] += w->cells[j].instructions /
						    p->ops / (double)p->nr;
	}
	return mean;
}

static size_t fill(const struct functions *a, const double *mean_a,
		   const struct functions *b, const double *mean_b,
		   struct functions_change *changes)
{
	size_t nr = 0, i = 0, j = 0;

	while (i <= user_number(a) || j <= user_number(b)) {
		struct functions_change c = { .number_a = SIZE_MAX,
					      .number_b = SIZE_MAX };
		unsigned has = next_name(a, &i, b, &j, &c.name);

		if (has & IN_A)
			c.a = mean_a[c.number_a = i - 1];
		if (has & IN_B)
			c.b = mean_b[c.number_b = j - 1];
		if (c.a > 0 || c.b > 0)
			changes[nr++] = c;
	}
	return nr;
}

static double count_in(const struct functions_part *p, size_t i, size_t number)
{
	const struct functions_window *w = &p->of->windows[p->windows[i]];
	size_t low = 0, high = w->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->cells[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->nr && w->cells[low].number == number
		       ? w->cells[low].instructions / p->ops
		       : 0;
}

/* Of those that differ in the mean, by how much they do in most windows. */
static int find_typical(const struct functions_part *a,
			const struct functions_part *b,
			struct functions_change *changes, size_t nr)
{
	double *x = calloc(a->nr + 1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < nr && a->nr && a->nr == b->nr; i++) {
		struct functions_change *c = &changes[i];

		if (fabs(c->b - c->a) < FUNCTIONS_LEAST)
			continue;
		for (size_t j = 0; j < a->nr; j++)
			x[j] = count_in(b, j, c->number_b) -
			       count_in(a, j, c->number_a);
		c->typical = stats_median(x, a->nr);
	}
	free(x);
	return 0;
}

int functions_compare(const struct functions_part *a,
		      const struct functions_part *b,
		      struct functions_change **ret, size_t *ret_nr)
{
	size_t all = user_number(a->of) + user_number(b->of) + 2;
	double *mean_a = means(a), *mean_b = means(b);
	struct functions_change *changes = calloc(all, sizeof(*changes));
	int err = mean_a && mean_b && changes ? 0 : -ENOMEM;

	if (!err) {
		*ret_nr = fill(a->of, mean_a, b->of, mean_b, changes);
		err = find_typical(a, b, changes, *ret_nr);
	}
	free(mean_a);
	free(mean_b);
	if (err) {
		free(changes);
		return err;
	}
	qsort(changes, *ret_nr, sizeof(*changes), by_size);
	*ret = changes;
	return 0;
}
