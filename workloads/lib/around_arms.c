// SPDX-License-Identifier: GPL-2.0-only
#include "around_arms.h"

#define MISSING UFFDIO_REGISTER_MODE_MISSING
#define WP	UFFDIO_REGISTER_MODE_WP
#define MINOR	UFFDIO_REGISTER_MODE_MINOR

const struct around_way around_ways[AROUND_ARMS] = {
	[AROUND_ARM_UNREGISTERED] = { "nothing" },
	[AROUND_ARM_THERE] = { "nothing", .before = AROUND_POPULATED },
	[AROUND_ARM_MISSING] = { "MISSING", MISSING },
	[AROUND_ARM_COPIED] = { "MISSING", MISSING, .before = AROUND_COPIED },
	[AROUND_ARM_WP] = { "WP", WP },
	[AROUND_ARM_PROTECTED] = { "WP", WP, .before = AROUND_PROTECTED },
	[AROUND_ARM_WP_ASYNC] = { "WP (async)", WP, .async = true },
	[AROUND_ARM_MINOR] = { "MINOR", MINOR, .events = true },
	[AROUND_ARM_CONTINUED] = { "MINOR", MINOR, .before = AROUND_CONTINUED },
	[AROUND_ARM_MISSING_WP] = { "MISSING and WP", MISSING | WP },
	[AROUND_ARM_MISSING_MINOR] = { "MISSING and MINOR", MISSING | MINOR,
				       .events = true },
	[AROUND_ARM_WP_MINOR] = { "WP and MINOR", WP | MINOR, .events = true },
	[AROUND_ARM_ALL] = { "MISSING, WP and MINOR", MISSING | WP | MINOR,
			     .events = true },
	[AROUND_ARM_PLANTED] = { "MINOR", MINOR, .events = true },
};

#define SHMEM_ARM(name_, feature, ...)                               \
	{                                                            \
		.name = (name_), .reference = "unregistered",        \
		.when = "kind=shmem", .needs = FL_FEATURE_##feature, \
		__VA_ARGS__                                          \
	}

const struct fl_arm around_arms[AROUND_ARMS + 1] = {
	[AROUND_ARM_UNREGISTERED] = { .name = "unregistered",
				      .differs =
					      "a mapping without userfaultfd",
				      .why = "what fault-around gives" },
	[AROUND_ARM_THERE] = { .name = "there",
			       .reference = "unregistered",
			       .differs = "all pages are mapped before",
			       .why = "the control: the reads without a fault" },
	[AROUND_ARM_MISSING] = SHMEM_ARM(
		"missing", UFFD, .differs = "registered for MISSING",
		.why = "is fault-around on, as shipped, or "
		       "off, as proposed?"),
	[AROUND_ARM_COPIED] = SHMEM_ARM(
		"copied", UFFD,
		.differs = "MISSING, and all pages came by "
			   "UFFDIO_COPY, which maps them",
		.why = "the author's case: there is nothing "
		       "left to fault around"),
	[AROUND_ARM_WP] = SHMEM_ARM(
		"wp", WP_SHMEM, .differs = "registered for WP",
		.why = "what a tracker of writes pays for reads"),
	[AROUND_ARM_PROTECTED] = SHMEM_ARM(
		"protected", WP_SHMEM,
		.differs = "WP, and every absent page is "
			   "protected (a marker)",
		.why = "the same when tracking has begun"),
	[AROUND_ARM_WP_ASYNC] = { .name = "wp-async",
				  .reference = "unregistered",
				  .needs = FL_FEATURE_WP_ASYNC,
				  .differs =
					  "registered for WP, resolved by the "
					  "kernel",
				  .why = "the way to track a file on a disk" },
	[AROUND_ARM_MINOR] = SHMEM_ARM(
		"minor", MINOR_SHMEM,
		.differs = "registered for MINOR, each event "
			   "resolved by UFFDIO_CONTINUE",
		.why = "does each page have its event?"),
	[AROUND_ARM_CONTINUED] = SHMEM_ARM(
		"continued", MINOR_SHMEM,
		.differs = "MINOR, all pages mapped by one "
			   "UFFDIO_CONTINUE, which counts",
		.why = "the cheapest way to read there"),
	[AROUND_ARM_MISSING_WP] = SHMEM_ARM(
		"missing+wp", WP_SHMEM, .differs = "registered for both",
		.why = "what MISSING alone would cost with "
		       "fault-around off"),
	[AROUND_ARM_MISSING_MINOR] = SHMEM_ARM("missing+minor", MINOR_SHMEM,
					       .differs = "registered for both",
					       .why = "as minor"),
	[AROUND_ARM_WP_MINOR] = SHMEM_ARM("wp+minor", WP_SHMEM,
					  .differs = "registered for both",
					  .why = "as minor"),
	[AROUND_ARM_ALL] = SHMEM_ARM(
		"all-three", WP_SHMEM,
		.differs = "registered for MISSING, WP and MINOR",
		.why = "as minor"),
	[AROUND_ARM_PLANTED] = { .name = "hidden",
				 .when = "kind=shmem",
				 .needs = FL_FEATURE_MINOR_SHMEM,
				 .planted = true,
				 .differs =
					 "MINOR, some pages mapped behind the back "
					 "of who counts events",
				 .why = "must be found to be lost" },
	{ 0 },
};
