// SPDX-License-Identifier: GPL-2.0-only
/*
 * hwloc's default type filter stays: keeping only what adds structure removes
 * the packages and cores of some virtual machines.  A PU without a core (an
 * XML file or a hypervisor may give none) counts as a core of its own.
 *
 * hwloc leaves out the CPUs that the cgroup forbids; those outside the
 * process's affinity mask are left out here.
 */
#include "bench/topology.h"

#include <errno.h>
#include <hwloc.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* hwloc would build any product of levels, however long it takes. */
enum {
	TOPOLOGY_MAX_PUS = 65536
};

struct topology_cpu {
	unsigned os;
	bool first_of_core;
};

struct topology {
	hwloc_topology_t hwloc;
	struct topology_cpu *cpus; /* those that may be used, logical order */
	unsigned nr_cpus;
	unsigned *sorted; /* their OS numbers, upwards */
};

/* The product of the counts; attributes in parentheses and [numa] add none. */
static bool synthetic_is_sane(const char *text)
{
	unsigned long long pus = 1;
	unsigned depth = 0;

	for (const char *s = text; *s; s++) {
		if (*s == '(' || *s == '[')
			depth++;
		else if ((*s == ')' || *s == ']') && depth)
			depth--;
		else if (*s == ':' && !depth)
			pus *= strtoull(s + 1, NULL, 0);

		if (pus > TOPOLOGY_MAX_PUS)
			return false;
	}
	return true;
}

static int load(hwloc_topology_t *topology, const char *synthetic,
		struct error *e)
{
	if (synthetic && !synthetic_is_sane(synthetic))
		return error_set(e, -EINVAL, "topology `%s`: more than %d CPUs",
				 synthetic, TOPOLOGY_MAX_PUS);

	if (hwloc_topology_init(topology))
		return error_set(e, -ENOMEM, "hwloc cannot be initialised");

	if (synthetic && hwloc_topology_set_synthetic(*topology, synthetic)) {
		hwloc_topology_destroy(*topology);
		return error_set(e, -EINVAL,
				 "topology `%s`: not a description that hwloc "
				 "understands; try \"package:2 core:4 pu:2\"",
				 synthetic);
	}

	if (hwloc_topology_load(*topology)) {
		hwloc_topology_destroy(*topology);
		return error_set(e, -EINVAL, "topology: hwloc cannot load %s",
				 synthetic ? synthetic : "this machine's");
	}
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static bool core_is_new(hwloc_topology_t topology, hwloc_obj_t pu,
			hwloc_bitmap_t seen)
{
	hwloc_obj_t core;

	core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, pu);
	if (!core)
		return true;

	if (hwloc_bitmap_isset(seen, core->logical_index))
		return false;

	hwloc_bitmap_set(seen, core->logical_index);
	return true;
}

static void collect(struct topology *t, hwloc_const_bitmap_t usable,
		    hwloc_bitmap_t seen)
{
	hwloc_obj_t pu = NULL;

	while ((pu = hwloc_get_next_obj_by_type(t->hwloc, HWLOC_OBJ_PU, pu))) {
		if (!hwloc_bitmap_isset(usable, pu->os_index))
			continue;

		t->cpus[t->nr_cpus] = (struct topology_cpu){
			.os = pu->os_index,
			.first_of_core = core_is_new(t->hwloc, pu, seen),
		};
		t->sorted[t->nr_cpus++] = pu->os_index;
	}
	qsort(t->sorted, t->nr_cpus, sizeof(*t->sorted), compare_numbers);
}

static int read_cpus(struct topology *t, struct error *e)
{
	int nr_pus = hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_PU);
	hwloc_bitmap_t usable = hwloc_bitmap_alloc_full();
	hwloc_bitmap_t seen = hwloc_bitmap_alloc();
	size_t nr = nr_pus > 0 ? (size_t)nr_pus : 1;
	int err = 0;

	t->cpus = calloc(nr, sizeof(*t->cpus));
	t->sorted = calloc(nr, sizeof(*t->sorted));
	if (!usable || !seen || !t->cpus || !t->sorted) {
		err = error_set(e, -ENOMEM, "out of memory for %zu CPUs", nr);
		goto out;
	}

	if (hwloc_topology_is_thissystem(t->hwloc) &&
	    hwloc_get_cpubind(t->hwloc, usable, HWLOC_CPUBIND_THREAD))
		hwloc_bitmap_fill(usable);

	collect(t, usable, seen);
	if (!t->nr_cpus)
		err = error_set(e, -EINVAL,
				"topology: no CPU that may be used");
out:
	hwloc_bitmap_free(usable);
	hwloc_bitmap_free(seen);
	return err;
}

int topology_new(const char *synthetic, struct topology **ret_topology,
		 struct error *e)
{
	struct topology *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return error_set(e, -ENOMEM, "out of memory for a topology");

	err = load(&t->hwloc, synthetic, e);
	if (err) {
		free(t);
		return err;
	}

	err = read_cpus(t, e);
	if (err) {
		topology_free(t);
		return err;
	}

	*ret_topology = t;
	return 0;
}

void topology_free(struct topology *t)
{
	if (!t)
		return;

	hwloc_topology_destroy(t->hwloc);
	free(t->cpus);
	free(t->sorted);
	free(t);
}

unsigned topology_nr_cpus(const struct topology *t)
{
	return t->nr_cpus;
}

bool topology_is_this_machine(const struct topology *t)
{
	return hwloc_topology_is_thissystem(t->hwloc);
}

static bool policy_takes(enum topology_policy policy,
			 const struct topology_cpu *cpu)
{
	return policy == TOPOLOGY_COMPACT || cpu->first_of_core;
}

int topology_place(const struct topology *t, enum topology_policy policy,
		   unsigned nr, unsigned *ret_cpus)
{
	unsigned there = 0, taken = 0;

	for (unsigned i = 0; i < t->nr_cpus; i++)
		there += policy_takes(policy, &t->cpus[i]);
	if (there < nr)
		return -ENOSPC;

	for (unsigned i = 0; taken < nr; i++)
		if (policy_takes(policy, &t->cpus[i]))
			ret_cpus[taken++] = t->cpus[i].os;

	return 0;
}

int topology_export(const struct topology *t, const char *path)
{
	errno = 0;
	if (!hwloc_topology_export_xml(t->hwloc, path, 0))
		return 0;

	return errno ? -errno : -EIO;
}

/* The place of an OS number in t->sorted, or -1. */
static long find_cpu(const struct topology *t, unsigned long os)
{
	unsigned key = (unsigned)os, *found;

	if (os > UINT_MAX)
		return -1;

	found = bsearch(&key, t->sorted, t->nr_cpus, sizeof(key),
			compare_numbers);
	return found ? found - t->sorted : -1;
}

/* A list being read. */
struct list {
	const struct topology *topology;
	const char *text;
	bool *taken; /* by the place in topology->sorted */
	unsigned *cpus;
	unsigned nr, max;
	struct error *error;
};

static int add_cpu(struct list *list, unsigned long os)
{
	long at = find_cpu(list->topology, os);

	if (at < 0)
		return error_set(list->error, -ENXIO,
				 "CPU list `%s`: there is no CPU %lu, or this "
				 "process may not use it",
				 list->text, os);

	if (list->taken[at])
		return error_set(list->error, -EINVAL,
				 "CPU list `%s`: CPU %lu is there twice",
				 list->text, os);

	if (list->nr == list->max)
		return error_set(list->error, -E2BIG,
				 "CPU list `%s`: more than %u CPUs", list->text,
				 list->max);

	list->taken[at] = true;
	list->cpus[list->nr++] = (unsigned)os;
	return 0;
}

/* Digits only; what is too large stays ULONG_MAX, which is no CPU. */
static bool read_number(const char **s, unsigned long *ret_number)
{
	char *end;

	if (**s < '0' || **s > '9')
		return false;

	*ret_number = strtoul(*s, &end, 10);
	*s = end;
	return true;
}

/* The first CPU of a range that is missing ends it, so it stays short. */
static int add_range(struct list *list, unsigned long first, unsigned long last)
{
	int err = 0;

	if (first > last)
		return error_set(list->error, -EINVAL,
				 "CPU list `%s`: the range %lu-%lu runs "
				 "backwards",
				 list->text, first, last);

	for (unsigned long os = first; !err && os <= last; os++)
		err = add_cpu(list, os);

	return err;
}

static int parse(struct list *list)
{
	const char *s = list->text;
	unsigned long first = 0;
	int err = 0;

	while (!err) {
		bool fine = read_number(&s, &first);
		unsigned long last = first;

		if (fine && *s == '-') {
			s++;
			fine = read_number(&s, &last);
		}
		if (!fine || (*s && *s != ','))
			return error_set(list->error, -EINVAL,
					 "CPU list `%s`: not a list of CPUs "
					 "such as 0,2,4-7",
					 list->text);

		err = add_range(list, first, last);
		if (!*s)
			break;
		s++;
	}
	return err;
}

int topology_parse_list(const struct topology *t, const char *text,
			unsigned *ret_cpus, unsigned max, unsigned *ret_nr,
			struct error *e)
{
	struct list list = {
		.topology = t, .text = text, .max = max, .error = e
	};
	int err;

	list.taken = calloc(t->nr_cpus, sizeof(*list.taken));
	list.cpus = calloc(t->nr_cpus, sizeof(*list.cpus));
	if (list.taken && list.cpus)
		err = parse(&list);
	else
		err = error_set(e, -ENOMEM, "out of memory for a CPU list");

	if (!err) {
		memcpy(ret_cpus, list.cpus, list.nr * sizeof(*ret_cpus));
		*ret_nr = list.nr;
	}
	free(list.taken);
	free(list.cpus);
	return err;
}
