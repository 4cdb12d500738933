// SPDX-License-Identifier: GPL-2.0-only
#include "wp_ways.h"

#include "wp_call.h"

#include <inttypes.h>
#include <unistd.h>

/* The area of the controls lies behind those of the kinds. */
enum {
	AREA_EMPTY = WP_AREA_PLAIN + 1
};

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

size_t wp_way_piece(const struct wp_way *way, const struct wp_shape *shape)
{
	switch (way->piece) {
	case WP_WAY_PAGE:
		return page_bytes();
	case WP_WAY_CHUNK:
		return shape->chunk;
	case WP_WAY_WHOLE:
	default:
		return shape->range;
	}
}

static size_t divide(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) / unit;
}

/* A scan flushes once a page table, a call once. */
static size_t count_flushes(const struct wp_way *way,
			    const struct wp_shape *shape, size_t calls)
{
	bool cross = shape->align == REGION_ALIGN_CROSS;

	if (way->control)
		return 0;

	return way->scan ? divide(shape->range, region_pmd_bytes()) + cross
			 : calls;
}

static bool is_huge(const struct wp_shape *shape)
{
	return (shape->backing == REGION_ANON_THP ||
		shape->backing == REGION_HUGETLB) &&
	       shape->align == REGION_ALIGN_HPAGE &&
	       shape->range % region_pmd_bytes() == 0;
}

struct wp_way_counts wp_way_counts(const struct wp_way *way,
				   const struct wp_shape *shape)
{
	size_t calls = divide(shape->range, wp_way_piece(way, shape));
	size_t entry = is_huge(shape) ? region_pmd_bytes() : page_bytes();

	return (struct wp_way_counts){
		.calls = (double)calls,
		.entries = (double)divide(shape->range, entry),
		.flushes = (double)count_flushes(way, shape, calls),
	};
}

static struct wp_area_spec spec_of(const struct wp_shape *shape, int area)
{
	return (struct wp_area_spec){
		.kind = area == AREA_EMPTY ? WP_AREA_SYNC
					   : (enum wp_area_kind)area,
		.slots = { .backing = shape->backing,
			   .align = shape->align,
			   .len = shape->range,
			   .max_bytes = shape->max_bytes,
			   .max_nr = shape->max_nr },
		.populated = area != AREA_EMPTY,
	};
}

static struct region_slots slots_of(const struct wp_shape *shape)
{
	struct wp_area_spec spec = spec_of(shape, WP_AREA_SYNC);

	return wp_area_slots(&spec.slots);
}

size_t wp_ways_max_ops(const struct wp_shape *shape)
{
	return slots_of(shape).nr;
}

size_t wp_ways_bytes(const struct wp_shape *shape, size_t ops)
{
	struct region_slots slots = slots_of(shape);

	return WP_AREA_KINDS * region_slots_span(&slots, ops);
}

uint64_t wp_ways_pool_pages(const struct wp_shape *shape)
{
	struct wp_area_spec spec = spec_of(shape, WP_AREA_SYNC);

	return WP_AREA_KINDS * wp_area_pool_pages(&spec.slots);
}

static int check_shape(struct fl_run *run, const struct wp_shape *shape)
{
	bool anonymous = shape->backing == REGION_ANON_4K ||
			 shape->backing == REGION_ANON_THP;

	if (!shape->dirty && !anonymous)
		return fl_skip(run, "only anonymous memory can be made clean: "
				    "use backing=anon-4k or anon-thp");
	if (shape->chunk % run->page_bytes)
		return fl_skip(run,
			       "chunk %zu is not a multiple of this machine's "
			       "page of %" PRIu64 " bytes",
			       shape->chunk, run->page_bytes);
	return 0;
}

static int add_area(struct fl_run *run, struct wp_ways *ways, int area)
{
	struct wp_area_spec spec = spec_of(&ways->shape, area);

	return wp_area_init(run, &ways->area[area], &spec);
}

static int add_controls(struct fl_run *run, struct wp_ways *ways)
{
	ways->empty_controls = !fl_has(run, FL_FEATURE_REWP_NO_FLUSH);
	fl_fact(run, "no-flush", "%s",
		ways->empty_controls ? "page tables without pages"
				     : "pages that are protected already");
	return ways->empty_controls ? add_area(run, ways, AREA_EMPTY) : 0;
}

int wp_ways_init(struct fl_run *run, struct wp_ways *ways,
		 const struct wp_shape *shape, bool controls)
{
	int err = check_shape(run, shape);

	ways->shape = *shape;
	if (!err)
		err = add_area(run, ways, WP_AREA_SYNC);
	if (!err)
		err = add_area(run, ways, WP_AREA_PLAIN);
	if (!err && fl_has(run, FL_FEATURE_WP_ASYNC))
		err = add_area(run, ways, WP_AREA_ASYNC);
	if (!err && controls)
		err = add_controls(run, ways);
	return err;
}

void wp_ways_finish(struct wp_ways *ways)
{
	for (unsigned i = 0; i < WP_WAYS_AREAS; i++)
		wp_area_finish(&ways->area[i]);
}

struct wp_area *wp_ways_area(struct wp_ways *ways, const struct wp_way *way)
{
	if (way->control && ways->empty_controls)
		return &ways->area[AREA_EMPTY];

	return &ways->area[way->kind];
}

char *wp_area_slot(const struct wp_area *area, size_t i)
{
	return area->region.base + region_slot(&area->slots, i);
}

int wp_ways_call(struct fl_run *run, struct wp_ways *ways,
		 const struct wp_way *way, size_t nops)
{
	struct wp_area *area = wp_ways_area(ways, way);
	size_t piece = wp_way_piece(way, &ways->shape);

	for (size_t i = 0; i < nops; i++) {
		int err = wp_call(area, way->scan, wp_area_slot(area, i),
				  area->slots.len, piece);

		if (err)
			return fl_fail(run, err, "%s",
				       wp_call_name(area, way->scan));
	}
	return 0;
}

int wp_ways_prepare(struct fl_run *run, struct wp_ways *ways,
		    const struct wp_way *way, size_t nops)
{
	struct wp_area *area = wp_ways_area(ways, way);
	int err;

	if (!area->populated)
		return 0;

	err = wp_area_clean(run, area, nops);
	if (!err && !ways->shape.dirty)
		err = wp_area_undirty(run, area, nops);
	if (!err && way->control)
		err = wp_ways_call(run, ways, way, nops);
	return err;
}
