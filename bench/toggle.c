// SPDX-License-Identifier: GPL-2.0-only
#include "toggle.h"

#include "journal.h"
#include "knob_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int refuse(const char *text, struct error *e)
{
	return error_set(e, -EINVAL,
			 "`%s` is not FILE=V0,V1, such as "
			 "/proc/sys/vm/overcommit_memory=0,1",
			 text);
}

/* A part of the text, which must be there. */
static int take(const char *text, const char *from, size_t bytes, char *ret,
		struct error *e)
{
	if (!bytes)
		return refuse(text, e);
	if (bytes > FL_TOGGLE_MAX_BYTES)
		return error_set(e, -EINVAL,
				 "toggle: a name or value of more than %d "
				 "bytes",
				 FL_TOGGLE_MAX_BYTES);
	memcpy(ret, from, bytes);
	ret[bytes] = '\0';
	return 0;
}

int toggle_parse(const char *text, struct toggle_spec *ret_spec,
		 struct error *e)
{
	const char *values = strchr(text, '='), *comma;
	struct toggle_spec spec = { 0 };
	int err;

	comma = values ? strchr(values, ',') : NULL;
	if (!comma || strchr(comma + 1, ','))
		return refuse(text, e);

	err = take(text, text, (size_t)(values - text), spec.file, e);
	if (!err)
		err = take(text, values + 1, (size_t)(comma - values - 1),
			   spec.values[0], e);
	if (!err)
		err = take(text, comma + 1, strlen(comma + 1), spec.values[1],
			   e);
	if (!err)
		err = knob_file_check(spec.file, e);
	for (int i = 0; i < 2 && !err; i++)
		err = knob_value_check(spec.values[i], e);
	if (!err && knob_same(spec.values[0], spec.values[1]))
		err = error_set(e, -EINVAL,
				"toggle: `%s` and `%s` are one value: there "
				"is nothing to compare",
				spec.values[0], spec.values[1]);
	if (!err)
		*ret_spec = spec;
	return err;
}

int toggle_open(const struct toggle_spec *spec, struct journal *j, int *ret_fd,
		struct error *e)
{
	int fd, err;

	err = knob_file_open("", spec->file, O_RDWR, &fd, e);
	if (err)
		return err;

	/* Set once each, the journal knows both as ours. */
	err = journal_set(j, spec->file, spec->values[1], e);
	if (!err)
		err = journal_set(j, spec->file, spec->values[0], e);
	if (err) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}
