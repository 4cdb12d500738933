// SPDX-License-Identifier: GPL-2.0-only
/* Slots of a region, mappings, and the parts of a round trip. */
#include "workloads/lib/fault_stamps.h"
#include "workloads/lib/pagemap.h"
#include "workloads/lib/region.h"

#include "unit.h"

#include <errno.h>
#include <unistd.h>

#define KIB  ((size_t)1024)
#define MIB  (1024 * KIB)
#define PAGE ((size_t)4096)

static const struct {
	const char *name;
	struct region_slots_spec spec;
	struct region_slots want;
} slots_rows[] = {
	{ "one page, packed",
	  { REGION_ANON_4K, REGION_ALIGN_HPAGE, PAGE, 64 * MIB, 1024 },
	  { 0, PAGE, PAGE, 1024 } },
	{ "memory limits",
	  { REGION_ANON_4K, REGION_ALIGN_HPAGE, 64 * KIB, 16 * MIB, 1024 },
	  { 0, 64 * KIB, 64 * KIB, 256 } },
	{ "would not fill tables evenly",
	  { REGION_ANON_4K, REGION_ALIGN_HPAGE, 12 * KIB, 64 * MIB, 1024 },
	  { 0, 2 * MIB, 12 * KIB, 32 } },
	{ "a page less than a table",
	  { REGION_SHMEM, REGION_ALIGN_HPAGE, 2 * MIB - PAGE, 64 * MIB, 1024 },
	  { 0, 2 * MIB, 2 * MIB - PAGE, 32 } },
	{ "a page more than a table",
	  { REGION_ANON_4K, REGION_ALIGN_HPAGE, 2 * MIB + PAGE, 64 * MIB,
	    1024 },
	  { 0, 4 * MIB, 2 * MIB + PAGE, 16 } },
	{ "a huge page each",
	  { REGION_ANON_THP, REGION_ALIGN_HPAGE, PAGE, 64 * MIB, 1024 },
	  { 0, 2 * MIB, PAGE, 32 } },
	{ "a huge page of the pool each",
	  { REGION_HUGETLB, REGION_ALIGN_HPAGE, 2 * MIB, 64 * MIB, 1024 },
	  { 0, 2 * MIB, 2 * MIB, 32 } },
	{ "three huge pages of the pool each",
	  { REGION_HUGETLB, REGION_ALIGN_HPAGE, 6 * MIB, 64 * MIB, 1024 },
	  { 0, 6 * MIB, 6 * MIB, 10 } },
	{ "one slot is larger than the limit",
	  { REGION_ANON_4K, REGION_ALIGN_HPAGE, 1024 * MIB, 64 * MIB, 1024 },
	  { 0, 1024 * MIB, 1024 * MIB, 1 } },
	{ "across, two pages",
	  { REGION_ANON_4K, REGION_ALIGN_CROSS, 2 * PAGE, 64 * MIB, 1024 },
	  { 2 * MIB - PAGE, 4 * MIB, 2 * PAGE, 16 } },
	{ "across, three pages",
	  { REGION_ANON_4K, REGION_ALIGN_CROSS, 3 * PAGE, 64 * MIB, 1024 },
	  { 2 * MIB - PAGE, 4 * MIB, 3 * PAGE, 16 } },
	{ "across, a huge page's size",
	  { REGION_ANON_THP, REGION_ALIGN_CROSS, 2 * MIB, 64 * MIB, 1024 },
	  { MIB, 4 * MIB, 2 * MIB, 16 } },
	{ "across, a multiple",
	  { REGION_ANON_THP, REGION_ALIGN_CROSS, 4 * MIB, 64 * MIB, 1024 },
	  { MIB, 6 * MIB, 4 * MIB, 10 } },
};

static void test_slots(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ROWS(slots_rows); i++) {
		const struct region_slots *want = &slots_rows[i].want;
		struct region_slots got = region_slots_of(&slots_rows[i].spec,
							  PAGE, 2 * MIB);

		if (got.first != want->first || got.stride != want->stride ||
		    got.len != want->len || got.nr != want->nr)
			fail_msg("%s: first %zu stride %zu len %zu nr %zu",
				 slots_rows[i].name, got.first, got.stride,
				 got.len, got.nr);
		if (got.first + got.len > got.stride)
			fail_msg("%s: slots overlap", slots_rows[i].name);
	}
}

static const struct {
	const char *name;
	struct writer_stamps writer;
	uint64_t read, done;
	int err;
	struct fault_parts want;
} parts_rows[] = {
	{ "call returns first",
	  { 100, 900 },
	  300,
	  700,
	  0,
	  { 800, 200, 400, 200 } },
	{ "writer resumes first",
	  { 100, 900 },
	  300,
	  1500,
	  0,
	  { 800, 200, 600, 0 } },
	{ "both at once", { 100, 900 }, 300, 900, 0, { 800, 200, 600, 0 } },
	{ "all at once", { 5, 5 }, 5, 5, 0, { 0, 0, 0, 0 } },
	{ "read before the store", { 100, 900 }, 99, 700, -ERANGE, { 0 } },
	{ "done before read", { 100, 900 }, 300, 299, -ERANGE, { 0 } },
	{ "read after the resume", { 100, 200 }, 300, 400, -ERANGE, { 0 } },
};

static void test_parts(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ROWS(parts_rows); i++) {
		struct fault_parts got = { 0 };
		const struct fault_parts *want = &parts_rows[i].want;
		int err = fault_parts_of(&parts_rows[i].writer,
					 parts_rows[i].read, parts_rows[i].done,
					 &got);

		if (err != parts_rows[i].err || got.total != want->total ||
		    got.deliver != want->deliver ||
		    got.resolve != want->resolve || got.resume != want->resume)
			fail_msg("%s: err %d", parts_rows[i].name, err);
		if (got.deliver + got.resolve + got.resume != got.total)
			fail_msg("%s: parts do not add up", parts_rows[i].name);
	}
}

static bool is_present(const struct pagemap *pm, const char *addr)
{
	uint64_t entry;

	assert_int_equal(pagemap_entry(pm, addr, &entry), 0);
	return entry & PAGEMAP_PRESENT;
}

static void check_backing(const struct pagemap *pm, enum region_backing backing)
{
	struct region r = { 0 };
	size_t bytes = 2 * region_pmd_bytes();
	const char *last;

	assert_int_equal(region_init(&r, backing, bytes), 0);
	assert_int_equal((uintptr_t)r.base % r.pmd_bytes, 0);
	assert_int_equal(r.bytes, bytes);
	last = r.base + bytes - r.page_bytes;

	region_write(&r, 0, bytes);
	assert_true(is_present(pm, r.base));
	assert_true(is_present(pm, last));
	assert_int_equal(region_empty(&r, r.page_bytes, bytes - r.page_bytes),
			 0);
	assert_true(is_present(pm, r.base));
	assert_false(is_present(pm, r.base + r.page_bytes));
	assert_false(is_present(pm, last));

	assert_int_equal(region_make_tables(&r), 0);
	assert_false(is_present(pm, r.base));
	region_write(&r, 0, bytes);
	assert_int_equal(region_renew(&r), 0);
	assert_false(is_present(pm, r.base));
	region_finish(&r);
	region_finish(&r);
}

static void test_backings(void **unused)
{
	struct pagemap pm = { 0 };

	(void)unused;
	assert_int_equal(pagemap_open(&pm), 0);
	check_backing(&pm, REGION_ANON_4K);
	check_backing(&pm, REGION_SHMEM);
	pagemap_close(&pm);
	pagemap_close(&pm);
}

static void test_pool_pages(void **unused)
{
	size_t huge = region_pmd_bytes();

	(void)unused;
	assert_int_equal(region_pool_pages(REGION_ANON_THP, huge), 0);
	assert_int_equal(region_pool_pages(REGION_HUGETLB, 1), 1);
	assert_int_equal(region_pool_pages(REGION_HUGETLB, huge), 1);
	assert_int_equal(region_pool_pages(REGION_HUGETLB, huge + 1), 2);
	assert_int_equal(region_unit_bytes(REGION_HUGETLB), huge);
	assert_int_equal(region_unit_bytes(REGION_SHMEM),
			 sysconf(_SC_PAGESIZE));
}

/* Whole huge pages come and go; a mapping anew needs no other pages. */
static void test_hugetlb(void **unused)
{
	struct pagemap pm = { 0 };
	struct region r = { 0 };
	size_t huge = region_pmd_bytes();

	(void)unused;
	if (region_init(&r, REGION_HUGETLB, huge + 1)) {
		print_message("the hugetlb pool has no 2 free pages\n");
		skip();
	}
	assert_int_equal(pagemap_open(&pm), 0);
	assert_int_equal(r.bytes, 2 * huge);
	region_write(&r, 0, r.bytes);
	assert_true(is_present(&pm, r.base + huge));
	assert_int_equal(region_empty(&r, huge, huge), 0);
	assert_true(is_present(&pm, r.base));
	assert_false(is_present(&pm, r.base + huge));

	region_write(&r, 0, r.bytes);
	assert_int_equal(region_renew(&r), 0);
	assert_false(is_present(&pm, r.base));
	assert_int_equal(region_make_tables(&r), 0);
	assert_false(is_present(&pm, r.base));
	region_finish(&r);
	pagemap_close(&pm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_backings),
		cmocka_unit_test(test_pool_pages),
		cmocka_unit_test(test_hugetlb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
