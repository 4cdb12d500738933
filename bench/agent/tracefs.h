/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and filters of tracepoints, wherever the kernel shows them. */
#ifndef AGENT_TRACEFS_H
#define AGENT_TRACEFS_H

#include <stddef.h>
#include <stdint.h>

/**
 * tracefs_open() - a descriptor of the folder `events`
 *
 * Tries the usual mount points.  Where nothing is mounted, and this user may,
 * it makes a mount of its own that nobody else can see and that ends with the
 * descriptor.
 *
 * Return: a descriptor, or -errno: -EACCES if this user may not, -ENOENT if
 * there is none.
 */
int tracefs_open(void);

/**
 * tracefs_id() - the number of an event
 * @fd:		what tracefs_open() gave
 * @event:	"exceptions:page_fault_user"; what follows a slash is a name of ours
 *		for a filtered one, and is left out
 *
 * Return: 0; -ENOENT if there is no such event; -EACCES; -EINVAL if what is
 * written there is no number.
 */
int tracefs_id(int fd, const char *event, uint64_t *ret_id);

/**
 * tracefs_filter() - a filter in the numbers of this kernel
 * @event:	as for tracefs_id()
 * @filter:	as the kernel takes it; words in braces stand for the number
 *		that the event's print format gives them, in either case:
 *		"reason == {remote ipi send}"
 * @ret_text:	the filter with numbers
 *
 * Return: 0; -ENOENT if the event, or one of the words, is not there; -EACCES;
 * -E2BIG if @bytes are too few.
 */
int tracefs_filter(int fd, const char *event, const char *filter,
		   char *ret_text, size_t bytes);

/* The same, of the text of a format file. */
int tracefs_print_filter(const char *format, const char *filter, char *ret_text,
			 size_t bytes);

#endif
