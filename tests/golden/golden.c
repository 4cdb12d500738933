// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what the analysis prints with a file that a person has read.
 *
 * golden text|json|ktap IN EXPECTED
 * golden gnuplot IN EXPECTED
 * golden compare A B EXPECTED
 * golden explain|explain-gnuplot A-DIR B-DIR EXPECTED
 * golden debate|debate-html DIR EXPECTED
 * golden atlas|atlas-json|atlas-gnuplot OLD NEW OLD-INSN NEW-INSN EXPECTED
 *
 * FL_ACCEPT=1 takes the new text as the expected one.
 */
#include "analysis/atlas.h"
#include "analysis/compare.h"
#include "analysis/debate.h"
#include "analysis/explain.h"
#include "analysis/load.h"
#include "analysis/out_formats.h"
#include "analysis/out_gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct loaded {
	struct result *result;
	struct summary *summary;
	struct groups groups;
};

static int load(const char *path, struct loaded *l)
{
	const char *slash = strrchr(path, '/');
	struct error e = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0) {
		perror(path);
		return -1;
	}
	err = load_fd(fd, slash ? slash + 1 : path, &l->result, &e);
	close(fd);
	if (err) {
		fprintf(stderr, "%s\n", e.text);
		return err;
	}
	err = summary_new(l->result, &l->summary);
	return err ? err : groups_new(l->summary, &l->groups);
}

static void unload(struct loaded *l)
{
	groups_finish(&l->groups);
	summary_free(l->summary);
	result_free(l->result);
}

static int print_format(const char *name, char **in, FILE *out)
{
	const struct out_format *format = out_format_find(name);
	struct loaded l = { 0 };
	int err = load(in[0], &l);

	if (!err)
		err = format->print(l.summary, &l.groups, true, out);
	unload(&l);
	return err;
}

static int print_text(char **in, FILE *out)
{
	return print_format("text", in, out);
}

static int print_json(char **in, FILE *out)
{
	return print_format("json", in, out);
}

static int print_ktap(char **in, FILE *out)
{
	return print_format("ktap", in, out);
}

static int print_gnuplot(char **in, FILE *out)
{
	struct loaded l = { 0 };
	struct pictures p = { 0 };
	int err = load(in[0], &l);

	if (!err)
		err = pictures_new(l.summary, &l.groups, &p);
	for (size_t i = 0; !err && i < p.nr_pictures; i++) {
		fprintf(out, "#### %s.gp ####\n", p.pictures[i]->name);
		err = gnuplot_script(p.pictures[i], out, NULL);
	}
	for (size_t i = 0; i < p.remarks.nr_notes; i++)
		fprintf(out, "#### %s\n", p.remarks.notes[i].value);
	pictures_finish(&p);
	unload(&l);
	return err;
}

static int print_compare(char **in, FILE *out)
{
	struct loaded a = { 0 }, b = { 0 };
	struct compare *c = NULL;
	int err = load(in[0], &a);

	if (!err)
		err = load(in[1], &b);
	if (!err)
		err = compare_new(a.summary, b.summary, &c);
	if (!err)
		err = out_compare(c, &a.groups, out);
	compare_free(c);
	unload(&b);
	unload(&a);
	return err;
}

/* What a run of `faultline vm explain` leaves, in one folder a side. */
static int load_side(const char *dir, const char *label, bool counted,
		     struct explain_side *s)
{
	char counts[4096], kallsyms[4096];
	struct error e = { 0 };
	int err;

	snprintf(counts, sizeof(counts), "%s/counts", dir);
	snprintf(kallsyms, sizeof(kallsyms), "%s/kallsyms", dir);
	s->label = label;
	err = explain_side_load(s, dir, counted ? counts : NULL,
				counted ? kallsyms : NULL, &e);
	if (err || s->why)
		fprintf(stderr, "%s%s\n", e.text, s->why ? s->why : "");
	if (!counted)
		s->why = strdup("the emulator is built without plugins");
	return err;
}

static int print_arm(const struct explain_side *a, const struct explain_side *b,
		     const char *arm, bool all, FILE *out)
{
	struct explain x = { 0 };
	struct error e = { 0 };
	int err = explain_arm(a, b, arm, &x, &e);

	if (err) {
		fprintf(stderr, "%s\n", e.text);
		return err;
	}
	text_explain(&x, all, out);
	fputs("----\n", out);
	if (all)
		text_explain_notes(&x, out);
	explain_finish(&x);
	return 0;
}

static int print_explain(char **in, FILE *out)
{
	struct explain_side a = { 0 }, b = { 0 }, c = { 0 };
	int err = load_side(in[0], "6.1", true, &a);

	if (!err)
		err = load_side(in[1], "6.12", true, &b);
	if (!err)
		err = load_side(in[1], "6.12", false, &c);
	if (!err)
		err = print_arm(&a, &b, NULL, false, out);
	if (!err)
		err = print_arm(&a, &b, "read", true, out);
	if (!err)
		err = print_arm(&a, &a, NULL, false, out);
	if (!err)
		err = print_arm(&a, NULL, NULL, false, out);
	if (!err)
		err = print_arm(&a, &c, NULL, true, out);
	explain_side_finish(&a);
	explain_side_finish(&b);
	explain_side_finish(&c);
	return err;
}

static int draw_explain(const struct explain_side *a,
			const struct explain_side *b, struct pictures *p)
{
	struct explain x = { 0 };
	int err = explain_arm(a, b, NULL, &x, NULL);

	if (!err)
		err = picture_explain(&x, p);
	explain_finish(&x);
	return err;
}

static int print_explain_gnuplot(char **in, FILE *out)
{
	struct explain_side a = { 0 }, b = { 0 };
	struct pictures p = { 0 };
	int err = load_side(in[0], "6.1", true, &a);

	if (!err)
		err = load_side(in[1], "6.12", true, &b);
	if (!err)
		err = draw_explain(&a, &b, &p);
	if (!err)
		err = gnuplot_script(p.pictures[0], out, NULL);
	pictures_finish(&p);
	explain_side_finish(&a);
	explain_side_finish(&b);
	return err;
}

static int load_only(const char *path, struct result **ret)
{
	struct error e = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? -errno : load_fd(fd, "made", ret, &e);

	if (fd >= 0)
		close(fd);
	if (err)
		fprintf(stderr, "%s: %s\n", path, e.text);
	return err;
}

/*
 * A kernel that panicked at once, one without counts of instructions, and two
 * with all; given in another order than that of their versions.
 */
static int print_atlas(char **in, FILE *out,
		       int (*print)(const struct atlas *a, FILE *out))
{
	struct result *results[4] = { NULL };
	struct atlas a = { 0 };
	int err = 0;

	for (size_t i = 0; i < 4 && !err; i++)
		err = load_only(in[i], &results[i]);
	if (!err) {
		const struct atlas_input inputs[] = {
			{ .name = "broken", .why = { "panic: in no_init()" } },
			{ .name = "new",
			  .of = { results[1], NULL, results[3] } },
			{ .name = "half",
			  .of = { results[1] },
			  .why[ATLAS_COUNT] = "interrupted" },
			{ .name = "old",
			  .of = { results[0], NULL, results[2] } },
		};

		err = atlas_new(inputs, 4, &a);
	}
	if (!err)
		err = print(&a, out);
	atlas_finish(&a);
	for (size_t i = 0; i < 4; i++)
		result_free(results[i]);
	return err;
}

static int script_of_atlas(const struct atlas *a, FILE *out)
{
	return atlas_script(a, "atlas", out);
}

static int print_atlas_text(char **in, FILE *out)
{
	return print_atlas(in, out, atlas_text);
}

static int print_atlas_json(char **in, FILE *out)
{
	return print_atlas(in, out, atlas_json);
}

static int print_atlas_gnuplot(char **in, FILE *out)
{
	return print_atlas(in, out, script_of_atlas);
}

static int print_debate(char **in, FILE *out,
			int (*print)(const struct debate *d, FILE *out))
{
	struct debate *d = NULL;
	struct error e = { 0 };
	int err = debate_load(in[0], &d, &e);

	if (err)
		fprintf(stderr, "%s\n", e.text);
	else
		err = print(d, out);
	debate_free(d);
	return err;
}

static int print_debate_text(char **in, FILE *out)
{
	return print_debate(in, out, out_debate_text);
}

static int print_debate_html(char **in, FILE *out)
{
	return print_debate(in, out, out_debate_html);
}

static const struct {
	const char *name;
	int nr_in;
	int (*print)(char **in, FILE *out);
} kinds[] = {
	{ "text", 1, print_text },
	{ "json", 1, print_json },
	{ "ktap", 1, print_ktap },
	{ "gnuplot", 1, print_gnuplot },
	{ "compare", 2, print_compare },
	{ "explain", 2, print_explain },
	{ "explain-gnuplot", 2, print_explain_gnuplot },
	{ "debate", 1, print_debate_text },
	{ "debate-html", 1, print_debate_html },
	{ "atlas", 4, print_atlas_text },
	{ "atlas-json", 4, print_atlas_json },
	{ "atlas-gnuplot", 4, print_atlas_gnuplot },
};

static char *read_file(const char *path, size_t *ret_bytes)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t capacity = 0;
	ssize_t len;

	*ret_bytes = 0;
	if (!f)
		return NULL;
	len = getdelim(&text, &capacity, '\0', f);
	fclose(f);
	*ret_bytes = len > 0 ? (size_t)len : 0;
	return text;
}

static int write_file(const char *path, const char *text, size_t bytes)
{
	FILE *f = fopen(path, "we");
	size_t written;

	if (!f) {
		perror(path);
		return 1;
	}
	written = fwrite(text, 1, bytes, f);
	return fclose(f) || written != bytes;
}

static void show_diff(const char *expected, const char *text, size_t bytes)
{
	char path[] = "/tmp/golden-XXXXXX";
	int fd = mkstemp(path);
	pid_t pid;

	if (fd < 0)
		return;
	close(fd);
	if (write_file(path, text, bytes))
		return;

	pid = fork();
	if (!pid) {
		execlp("diff", "diff", "-u", expected, path, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	unlink(path);
}

/* A text for people has lines of at most 72 columns; all else is ASCII too. */
static int check_columns(const char *kind, const char *text)
{
	bool wide = strstr(kind, "json") || strstr(kind, "html") ||
		    !strcmp(kind, "ktap");
	size_t column = 0;

	if (strstr(kind, "gnuplot"))
		return 0;
	for (; *text; text++) {
		column = *text == '\n' ? 0 : column + 1;
		if ((column > 72 && !wide) ||
		    (*text != '\n' && (*text < ' ' || *text > '~'))) {
			fprintf(stderr, "not 72 columns of ASCII: %.80s\n",
				text - column + 1);
			return 1;
		}
	}
	return 0;
}

static int check(const char *kind, const char *expected, const char *text,
		 size_t bytes)
{
	const char *accept = getenv("FL_ACCEPT");
	size_t wanted_bytes;
	char *wanted;
	int differs;

	if (check_columns(kind, text))
		return 1;
	if (accept && !strcmp(accept, "1"))
		return write_file(expected, text, bytes);

	wanted = read_file(expected, &wanted_bytes);
	differs = !wanted || wanted_bytes != bytes ||
		  memcmp(wanted, text, bytes) != 0;
	free(wanted);
	if (!differs)
		return 0;

	fflush(stdout);
	show_diff(expected, text, bytes);
	printf("\nIf the new text is right:\n"
	       "  FL_ACCEPT=1 meson test --suite golden\n");
	return 1;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char *text = NULL;
		size_t bytes = 0;
		FILE *out;
		int err;

		if (argc != kinds[i].nr_in + 3 ||
		    strcmp(argv[1], kinds[i].name) != 0)
			continue;
		out = open_memstream(&text, &bytes);
		if (!out)
			return 1;
		err = kinds[i].print(argv + 2, out);
		if (fclose(out) || err)
			printf("the analysis failed: %d\n", err);
		else
			err = check(argv[1], argv[argc - 1], text, bytes);
		free(text);
		return err != 0;
	}
	fprintf(stderr, "golden text|json|ktap|gnuplot IN EXPECTED\n"
			"golden compare A B EXPECTED\n"
			"golden atlas|atlas-json|atlas-gnuplot OLD NEW "
			"OLD-INSN NEW-INSN EXPECTED\n");
	return 2;
}
