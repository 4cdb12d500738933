// SPDX-License-Identifier: GPL-2.0-only
#include "bench/environment_read.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

FILE *environment_open(const char *sysroot, const char *path)
{
	char full[ENVIRONMENT_PATH_BYTES];
	struct stat st;
	FILE *file;
	int fd, len;

	len = snprintf(full, sizeof(full), "%s%s", sysroot, path);
	if (len < 0 || (size_t)len >= sizeof(full))
		return NULL;

	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return NULL;
	}

	file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

long environment_bytes(const char *sysroot, const char *path, char *buf,
		       size_t size)
{
	FILE *file = environment_open(sysroot, path);
	size_t len;
	bool failed;

	if (!file)
		return -1;

	len = fread(buf, 1, size - 1, file);
	failed = ferror(file);
	fclose(file);
	buf[len] = '\0';
	return failed ? -1 : (long)len;
}

static char *trim(char *s)
{
	size_t len;

	while (*s == ' ' || *s == '\t')
		s++;

	len = strcspn(s, "\n");
	while (len && isspace((unsigned char)s[len - 1]))
		len--;

	s[len] = '\0';
	return s;
}

char *environment_line(const char *sysroot, const char *path, char *buf,
		       size_t size)
{
	if (environment_bytes(sysroot, path, buf, size) < 0)
		return NULL;

	return trim(buf);
}

unsigned environment_numbers(const char *text, uint64_t *ret, unsigned max)
{
	unsigned nr = 0;

	while (nr < max) {
		unsigned long long value;
		char *end;

		text += strspn(text, " \t");
		if (!isdigit((unsigned char)*text))
			break;

		errno = 0;
		value = strtoull(text, &end, 10);
		if (errno)
			break;

		ret[nr++] = value;
		text = end;
	}
	return nr;
}

bool environment_u64(const char *sysroot, const char *path, uint64_t *ret)
{
	char buf[64], *line;

	line = environment_line(sysroot, path, buf, sizeof(buf));
	return line && environment_numbers(line, ret, 1) == 1;
}

/* "name   :value" or "name value"; NULL if it is another row. */
static char *row_value(char *row, const char *name)
{
	size_t len = strlen(name);
	char *s = row + len;

	if (strncmp(row, name, len) != 0)
		return NULL;

	if (*s != ':' && *s != ' ' && *s != '\t')
		return NULL;

	s += strspn(s, " \t");
	return trim(*s == ':' ? s + 1 : s);
}

char *environment_row(const char *sysroot, const char *path, const char *name,
		      char *buf, size_t size)
{
	FILE *file = environment_open(sysroot, path);
	bool at_start = true;
	char *value = NULL;

	if (!file)
		return NULL;

	while (!value && fgets(buf, (int)size, file)) {
		bool ends = strchr(buf, '\n');

		if (at_start)
			value = row_value(buf, name);
		at_start = ends;
	}

	fclose(file);
	return value;
}

uint64_t environment_list_count(const char *list)
{
	uint64_t count = 0;

	while (isdigit((unsigned char)*list)) {
		unsigned long first, last;
		char *end;

		first = last = strtoul(list, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last - first > UINT32_MAX)
			return 0;

		count += last - first + 1;
		list = *end == ',' ? end + 1 : end;
	}
	return *list ? 0 : count;
}
