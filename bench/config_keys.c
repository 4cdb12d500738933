// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of keys: the only source of the YAML reader, the options of the
 * command line, their help and config_print().
 *
 * A new run-wide key is one row here and one field in struct config.
 */
#include "config_draft.h"
#include "toggle.h"

#include "common/nearest.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_KEYS = 64,
	NAME_MAX_CHARS = 100
};

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

static void *field_of(const struct config_key *key, struct config *c)
{
	return (char *)c + key->offset;
}

static const void *value_of(const struct config_key *key,
			    const struct config *c)
{
	return (const char *)c + key->offset;
}

static int set_text(char **field, const char *text, struct error *e)
{
	char *copy = strdup(text);

	if (!copy)
		return error_set(e, -ENOMEM, "out of memory");

	free(*field);
	*field = copy;
	return 0;
}

static int set_name(const struct config_key *key, struct config *c,
		    const char *text, struct error *e)
{
	size_t len = strlen(text);
	bool ok = len && len <= NAME_MAX_CHARS && text[0] != '.' &&
		  text[0] != '-';

	for (size_t i = 0; ok && i < len; i++)
		ok = isascii(text[i]) && (isalnum((unsigned char)text[i]) ||
					  strchr("._-", text[i]));
	if (!ok)
		return error_set(
			e, -EINVAL,
			"`%s` is no name: letters, digits, `.`, `_` "
			"and `-`, at most %d, neither `.` nor `-` first",
			text, NAME_MAX_CHARS);

	return set_text(field_of(key, c), text, e);
}

/* Bytes of one UTF-8 character that YAML can carry in quotes, or 0. */
static size_t printable_bytes(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t bytes = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = s[0] & (bytes == 1 ? 0x7f : 0xff >> (bytes + 1));

	if ((s[0] & 0xc0) == 0x80 || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < bytes; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[bytes] || c > 0x10ffff || c < 0x20 ||
	    (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000))
		return 0;
	if (c == 0x2028 || c == 0x2029 || c == 0xfeff || (c & 0xfffe) == 0xfffe)
		return 0;
	return bytes;
}

static int set_path(const struct config_key *key, struct config *c,
		    const char *text, struct error *e)
{
	const unsigned char *s = (const unsigned char *)text;

	if (!*s)
		return error_set(e, -EINVAL, "an empty path");
	while (*s) {
		size_t bytes = printable_bytes(s);

		if (!bytes)
			return error_set(e, -EINVAL,
					 "`%s` has bytes that no path of ours "
					 "may have: use printable UTF-8",
					 text);
		s += bytes;
	}
	return set_text(field_of(key, c), text, e);
}

static int set_toggle(const struct config_key *key, struct config *c,
		      const char *text, struct error *e)
{
	struct toggle_spec spec;
	int err = toggle_parse(text, &spec, e);

	return err ? err : set_text(field_of(key, c), text, e);
}

static int set_time(const struct config_key *key, struct config *c,
		    const char *text, struct error *e)
{
	char least[UNITS_TEXT_BYTES], most[UNITS_TEXT_BYTES];
	uint64_t ns;

	if (units_parse_time(text, &ns))
		return error_set(e, -EINVAL,
				 "`%s` is not a time, such as 100ms or 5s",
				 text);
	if (ns < key->min || ns > key->max)
		return error_set(e, -ERANGE, "%s=%s: must be %s to %s",
				 key->name, text,
				 units_print_time(key->min, least),
				 units_print_time(key->max, most));

	*(uint64_t *)field_of(key, c) = ns;
	return 0;
}

static int set_count(const struct config_key *key, struct config *c,
		     const char *text, struct error *e)
{
	uint64_t value;

	if (units_parse_u64(text, &value))
		return error_set(e, -EINVAL, "`%s` is not a whole number",
				 text);
	if (value < key->min || value > key->max)
		return error_set(e, -ERANGE,
				 "%s=%s: must be %" PRIu64 " to %" PRIu64,
				 key->name, text, key->min, key->max);

	*(uint64_t *)field_of(key, c) = value;
	return 0;
}

/* min and max are in millionths; less than one of them is none. */
static int set_ratio(const struct config_key *key, struct config *c,
		     const char *text, struct error *e)
{
	double ratio;

	if (units_parse_ratio(text, &ratio))
		return error_set(e, -EINVAL,
				 "`%s` is not a ratio, such as 1%% or 0.01",
				 text);
	if (!(ratio * 1e6 >= (double)key->min) ||
	    !(ratio * 1e6 <= (double)key->max) ||
	    (ratio > 0 && ratio * 1e6 < 1))
		return error_set(e, -ERANGE, "%s=%s: must be %s1ppm to %g%%",
				 key->name, text, key->min ? "" : "0 or ",
				 (double)key->max / 1e4);

	*(double *)field_of(key, c) = ratio;
	return 0;
}

static int set_bool(const struct config_key *key, struct config *c,
		    const char *text, struct error *e)
{
	static const char *const words[] = { "no",   "yes", "false",
					     "true", "off", "on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*(bool *)field_of(key, c) = i & 1;
		return 0;
	}
	return error_set(e, -EINVAL, "`%s` is neither yes nor no", text);
}

static int unknown_placement(const char *text, struct error *e)
{
	static const char *const words[] = { "compact", "one-per-core" };
	const char *nearest = nearest_word(text, words, 2);

	if (nearest)
		return error_set(e, -EINVAL,
				 "there is no placement `%s`; did you mean "
				 "`%s`?",
				 text, nearest);
	return error_set(e, -EINVAL,
			 "there is no placement `%s`; it is compact, "
			 "one-per-core or CPUs such as 0,2,4-7",
			 text);
}

/* Whether the CPUs are there is seen by the plan. */
static int set_placement(const struct config_key *key, struct config *c,
			 const char *text, struct error *e)
{
	enum config_placement_policy policy = CONFIG_PLACEMENT_LIST;
	int err = 0;

	(void)key;
	if (!strcmp(text, "compact"))
		policy = CONFIG_PLACEMENT_COMPACT;
	else if (!strcmp(text, "one-per-core"))
		policy = CONFIG_PLACEMENT_ONE_PER_CORE;
	else if (!isdigit((unsigned char)text[0]) ||
		 text[strspn(text, "0123456789,-")])
		return unknown_placement(text, e);
	else
		err = set_text(&c->cpu_list, text, e);

	if (!err)
		c->placement = policy;
	return err;
}

void config_print_quoted(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void print_text(const struct config_key *key, const struct config *c,
		       FILE *out)
{
	const char *text = *(char *const *)value_of(key, c);

	if (!text)
		return;
	fprintf(out, "%s: ", key->name);
	config_print_quoted(text, out);
	fputc('\n', out);
}

static void print_time(const struct config_key *key, const struct config *c,
		       FILE *out)
{
	char buf[UNITS_TEXT_BYTES];

	fprintf(out, "%s: %s\n", key->name,
		units_print_time(*(const uint64_t *)value_of(key, c), buf));
}

static void print_count(const struct config_key *key, const struct config *c,
			FILE *out)
{
	fprintf(out, "%s: %" PRIu64 "\n", key->name,
		*(const uint64_t *)value_of(key, c));
}

static void print_ratio(const struct config_key *key, const struct config *c,
			FILE *out)
{
	double ratio = *(const double *)value_of(key, c);
	char buf[64];

	/* The shortest that is read back to the same; exponents are not. */
	for (int digits = 0; digits <= 30; digits++) {
		snprintf(buf, sizeof(buf), "%.*f", digits, ratio);
		if (strtod(buf, NULL) == ratio)
			break;
	}
	fprintf(out, "%s: %s\n", key->name, buf);
}

static void print_bool(const struct config_key *key, const struct config *c,
		       FILE *out)
{
	fprintf(out, "%s: %s\n", key->name,
		*(const bool *)value_of(key, c) ? "yes" : "no");
}

static void print_placement(const struct config_key *key,
			    const struct config *c, FILE *out)
{
	static const char *const words[] = {
		[CONFIG_PLACEMENT_COMPACT] = "compact",
		[CONFIG_PLACEMENT_ONE_PER_CORE] = "one-per-core",
	};

	fprintf(out, "%s: ", key->name);
	if (c->placement == CONFIG_PLACEMENT_LIST)
		config_print_quoted(c->cpu_list, out);
	else
		fputs(words[c->placement], out);
	fputc('\n', out);
}

#define KEY(name_, field_) \
	.name = (name_), .offset = offsetof(struct config, field_)

const struct config_key config_keys[] = {
	{ KEY("name", name), .value = "WORD", .set = set_name,
	  .print = print_text,
	  .help = "names the result directory; else the file or workload does" },
	{ KEY("output", output), .letter = 'o', .value = "DIR", .set = set_path,
	  .print = print_text,
	  .help = "result directory; else results/<name>-<time>" },
	{ KEY("budget", budget_ns), .value = "TIME", .def = "60s",
	  .min = 100 * NS_PER_MS, .max = UINT64_C(30) * 86400 * NS_PER_S,
	  .set = set_time, .print = print_time,
	  .help = "time for measuring, over all points; 5s where the command "
		  "line alone makes a single point" },
	{ KEY("launch", launch_ns), .value = "TIME", .def = "100ms",
	  .min = NS_PER_MS, .max = 600 * NS_PER_S, .set = set_time,
	  .print = print_time, .help = "how long a launch takes samples" },
	{ KEY("batch", batch_ns), .value = "TIME", .def = "50us",
	  .min = NS_PER_US, .max = NS_PER_S, .set = set_time,
	  .print = print_time, .help = "how long a batch of ops should take" },
	{ KEY("trials", trials), .value = "N", .def = "0", .max = 1 << 30,
	  .set = set_count, .print = print_count,
	  .help = "trials of each arm in a launch; 0: as many as it has time "
		  "for, 10 at least" },
	{ KEY("launches", launches), .value = "N", .def = "20", .min = 1,
	  .max = 1000000, .set = set_count, .print = print_count,
	  .help = "least number of launches before a point may be done" },
	{ KEY("m", m), .value = "RATIO", .def = "1%", .min = 1, .max = 1000000,
	  .set = set_ratio, .print = print_ratio,
	  .help = "smallest effect that matters" },
	{ KEY("inject", inject), .value = "RATIO", .def = "0", .max = 1000000,
	  .set = set_ratio, .print = print_ratio,
	  .help = "adds an arm that is slower by this known effect" },
	{ KEY("toggle", toggle), .value = "FILE=V0,V1", .set = set_toggle,
	  .print = print_text,
	  .help = "adds an arm: the reference while this file of /proc/sys "
		  "or /sys says V1; all else runs with V0; needs "
		  "--allow-system-changes" },
	{ KEY("toggle-settle", toggle_settle_ns), .value = "TIME", .def = "1ms",
	  .max = NS_PER_S, .set = set_time, .print = print_time,
	  .help = "how long nothing counts after the file was written" },
	{ KEY("seed", seed), .value = "N", .def = "1", .max = UINT64_MAX,
	  .set = set_count, .print = print_count,
	  .help = "fixes the order of launches and blocks" },
	{ KEY("placement", placement), .value = "HOW", .def = "compact",
	  .set = set_placement, .print = print_placement,
	  .help = "which CPUs: compact, one-per-core, or CPUs such as "
		  "0,2,4-7" },
	{ KEY("counters", counters), .flag = true, .value = "yes|no",
	  .def = "yes", .set = set_bool, .print = print_bool,
	  .help = "count events at the end of each launch" },
	{ KEY("until-settled", until_settled), .flag = true, .value = "yes|no",
	  .def = "yes", .set = set_bool, .print = print_bool,
	  .help = "end before the budget does when every result is settled" },
	{ KEY("allow-system-changes", allow_system_changes), .flag = true,
	  .value = "yes|no", .def = "no", .set = set_bool, .print = print_bool,
	  .help = "change the kernel's knobs where a point wants it, and put "
		  "them back after; else such points are skipped" },
	{ KEY("quiet", quiet), .letter = 'q', .flag = true, .value = "yes|no",
	  .def = "no", .set = set_bool, .print = print_bool,
	  .help = "no progress" },
	{ .name = "workload",
	  .form = CONFIG_FORM_WORKLOAD,
	  .value = "NAME",
	  .help = "what to measure; see `faultline list`" },
	{ .name = "axes",
	  .form = CONFIG_FORM_AXES,
	  .value = "NAME=VALUES",
	  .help = "values of a parameter: 4K,2M or 4K..8M:x2 or 1..8:+1; "
		  "NAME=VALUES alone does the same; replaces the file's" },
	{ .name = "skip",
	  .form = CONFIG_FORM_SKIP,
	  .value = "CONDITION",
	  .help = "leaves out points, such as 'backing=anon-thp "
		  "range<hpage'; may be repeated" },
	{ .name = "sweeps",
	  .form = CONFIG_FORM_SWEEPS,
	  .value = "'WORKLOAD NAME=VALUES ...'",
	  .help = "one more workload with its axes; may be repeated; "
		  "replaces the file's" },
};

const size_t config_nr_keys = sizeof(config_keys) / sizeof(config_keys[0]);

_Static_assert(sizeof(config_keys) / sizeof(config_keys[0]) <= MAX_KEYS,
	       "config_draft.seen has a bit for each key");

const struct config_key *config_key_find(const char *name, size_t bytes)
{
	for (size_t i = 0; i < config_nr_keys; i++)
		if (strlen(config_keys[i].name) == bytes &&
		    !strncmp(config_keys[i].name, name, bytes))
			return &config_keys[i];

	return NULL;
}

const char *config_key_hint(const char *name, const char *dashes, char *buf,
			    size_t bytes)
{
	const char *words[MAX_KEYS];
	const char *nearest;
	size_t used;

	for (size_t i = 0; i < config_nr_keys; i++)
		words[i] = config_keys[i].name;

	nearest = nearest_word(name, words, config_nr_keys);
	if (nearest) {
		snprintf(buf, bytes, "did you mean `%s%s`?", dashes, nearest);
		return buf;
	}

	used = (size_t)snprintf(buf, bytes, "there are");
	for (size_t i = 0; i < config_nr_keys && used < bytes; i++)
		used += (size_t)snprintf(buf + used, bytes - used, "%s %s%s",
					 i ? "," : "", dashes, words[i]);
	return buf;
}

int config_key_set(const struct config_key *key, struct config *c,
		   const char *text, const struct place *at, struct error *e)
{
	int err = key->set(key, c, text, e);

	return err ? config_error_place(e, err, at) : 0;
}
