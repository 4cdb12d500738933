/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel features that a workload may need.  Each has a probe that tries
 * the thing itself (bench/agent/probe.c); no kernel version is ever compared.
 *
 * A new feature is one row here, with the name that jobs and records know and
 * the words that a person reads, and one row with its probe there.
 */
#ifndef FAULTLINE_FEATURE_H
#define FAULTLINE_FEATURE_H

/* clang-format off */
#define FL_FEATURES(X)                                                        \
	X(UFFD, "uffd", "userfaultfd")                                        \
	X(UFFD_KERNEL, "uffd-kernel", "userfaultfd for faults of the kernel") \
	X(WP_ANON, "wp-anon", "write-protect anonymous memory")               \
	X(WP_SHMEM, "wp-shmem", "write-protect shared memory")                \
	X(MINOR_SHMEM, "minor-shmem", "minor faults of shared memory")        \
	X(WP_HUGETLB, "wp-hugetlb", "write-protect hugetlb memory")           \
	X(WP_UNPOPULATED, "wp-unpopulated", "write-protect absent pages")     \
	X(WP_ASYNC, "wp-async", "write-protect without a handler")            \
	X(REWP_NO_FLUSH, "rewp-no-flush", "protecting again without a flush")  \
	X(PAGEMAP_WP, "pagemap-wp", "pagemap shows protected pages")          \
	X(PAGEMAP_PFN, "pagemap-pfn", "pagemap shows frame numbers")          \
	X(PAGEMAP_SCAN, "pagemap-scan", "ioctl PAGEMAP_SCAN")                 \
	X(THP, "thp", "transparent huge pages by madvise")                    \
	X(COLLAPSE, "collapse", "MADV_COLLAPSE")                              \
	X(POPULATE_WRITE, "populate-write", "MADV_POPULATE_WRITE")            \
	X(PAGEOUT, "pageout", "MADV_PAGEOUT")                                 \
	X(SOFT_DIRTY, "soft-dirty", "soft-dirty bits")                        \
	X(KSM, "ksm", "merging equal pages (KSM)")                            \
	X(MOVE_NODES, "move-nodes", "moving pages between NUMA nodes")         \
	X(IO_URING, "io-uring", "io_uring with pinned buffers")               \
	X(TRACEPOINTS, "tracepoints", "counting tracepoints")
/* clang-format on */

#define FL_FEATURE_CONSTANT(constant, name, words) FL_FEATURE_##constant,

enum fl_feature {
	FL_FEATURE_NONE = 0, /* needs nothing; ends tables */
	FL_FEATURES(FL_FEATURE_CONSTANT) FL_FEATURE_NR,
};

#undef FL_FEATURE_CONSTANT

/* What a probe found. */
enum fl_feature_state {
	FL_FEATURE_UNKNOWN = 0, /* not tried yet */
	FL_FEATURE_YES,
	FL_FEATURE_NO,	   /* the kernel or this machine does not have it */
	FL_FEATURE_DENIED, /* this user may not; never "no kernel support" */
	FL_FEATURE_FAILED, /* the probe itself went wrong, see its words */
};

#endif
