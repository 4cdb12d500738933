// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debate as one file of HTML without scripts, and nothing from elsewhere.
 * All that comes from patches or results goes through put().
 */
#include "debate.h"

#include <errno.h>
#include <string.h>

static const char style[] =
	"body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem "
	"auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
	"h1{font-size:1.6rem}h2{font-size:1.2rem;margin:2.5rem 0 .3rem;"
	"border-top:1px solid #ccc;padding-top:1rem}"
	"table{border-collapse:collapse;margin:.6rem 0;width:100%}"
	"th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
	"border-bottom:1px solid #ddd;overflow-wrap:anywhere}"
	"td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;"
	"white-space:nowrap}"
	".bad{background:#fde8e4}.good{background:#e5f3e8}"
	"dt{font-weight:600;float:left;clear:left;width:7rem}"
	"dd{margin:0 0 .3rem 7.5rem}.q{font-style:italic}"
	".s{color:#555;font-size:.9rem}caption{text-align:left;"
	"font-weight:600;padding:.4rem 0}"
	".o{table-layout:fixed}.o th:first-child{width:22%}"
	".o th:nth-child(2){width:25%}";

static void put(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
		}
}

static void cell(FILE *out, const char *attributes, const char *text)
{
	fprintf(out, "<td%s>", attributes);
	put(out, text);
	fputs("</td>", out);
}

static void define(FILE *out, const char *term, const char *class,
		   const char *text)
{
	if (!*text)
		return;
	fprintf(out, "<dt>%s</dt><dd%s>", term, class);
	put(out, text);
	fputs("</dd>\n", out);
}

static void row(FILE *out, const struct debate_line *l, bool share)
{
	char text[DEBATE_PLACE_BYTES + DEBATE_WHAT_BYTES + 80];

	fprintf(out, "<tr class=\"%s\">", l->more > 0 ? "bad" : "good");
	snprintf(text, sizeof(text), "%s %s", l->workload, l->place);
	cell(out, "", text);
	cell(out, "", l->what);
	if (share) {
		debate_share(l->base, l->base_of, text);
		cell(out, " class=\"n\"", text);
		debate_share(l->now, l->now_of, text);
		cell(out, " class=\"n\"", text);
	} else {
		snprintf(text, sizeof(text), "%.2f", l->base);
		cell(out, " class=\"n\"", text);
		snprintf(text, sizeof(text), "%.2f", l->now);
		cell(out, " class=\"n\"", text);
		debate_change(l, text);
		cell(out, " class=\"n\"", text);
	}
	fputs("</tr>\n", out);
}

static void table(FILE *out, const char *caption,
		  const struct debate_lines *lines, bool share)
{
	if (!lines->nr)
		return;
	fprintf(out,
		"<table><caption>%s</caption><tr><th>place</th><th>what</th>"
		"<th class=\"n\">beside it</th><th class=\"n\">this</th>%s"
		"</tr>\n",
		caption, share ? "" : "<th class=\"n\">change</th>");
	for (size_t i = 0; i < lines->nr; i++)
		row(out, &lines->of[i], share);
	fputs("</table>\n", out);
	if (lines->nr_same)
		fprintf(out, "<p class=\"s\">%zu more are the same.</p>\n",
			lines->nr_same);
}

static void entry_section(FILE *out, const struct debate_entry *entry)
{
	const struct proposal *p = entry->proposal;
	char text[DEBATE_TEXT_BYTES];

	fprintf(out, "<h2 id=\"%s\">", p->name);
	put(out, p->title);
	fputs("</h2>\n<dl>", out);
	define(out, "Patch", "", p->name);
	define(out, "Thread", "", p->thread);
	define(out, "Beside it", "", *p->on ? p->on : "the rule that shipped");
	define(out, "Claim", " class=\"q\"", p->claim);
	debate_say_costs(entry, text);
	define(out, "Costs", "", text);
	debate_say_breaks(entry, text);
	define(out, "Breaks", "", text);
	debate_say_mends(entry, text);
	define(out, "Mends", "", text);
	define(out, "Behaves as", "", entry->rules);
	define(out, "Not run", "", entry->missing);
	fputs("</dl>\n<p class=\"s\">", out);
	put(out, p->words);
	fputs("</p>\n", out);
	table(out, "Mistakes", &entry->breaks, true);
	table(out, "Instructions an op", &entry->costs, false);
	table(out, "Events an op, or pages", &entry->events, false);
}

static void overview(FILE *out, const struct debate *d)
{
	fputs("<table class=\"o\"><tr><th>proposal</th><th>what was claimed</th>"
	      "<th>what it costs</th><th>what it breaks</th></tr>\n",
	      out);
	for (size_t i = 0; i < d->nr; i++) {
		const struct debate_entry *entry = &d->entries[i];
		char text[DEBATE_TEXT_BYTES];

		fprintf(out, "<tr><td><a href=\"#%s\">", entry->proposal->name);
		put(out, entry->proposal->title);
		fputs("</a></td>", out);
		cell(out, " class=\"q\"", entry->proposal->claim);
		debate_say_costs(entry, text);
		cell(out, "", text);
		debate_say_breaks(entry, text);
		cell(out, "", text);
		fputs("</tr>\n", out);
	}
	fputs("</table>\n", out);
}

int out_debate_html(const struct debate *d, FILE *out)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"en\"><head>"
		"<meta charset=\"utf-8\"><meta name=\"viewport\" "
		"content=\"width=device-width\">"
		"<meta http-equiv=\"Content-Security-Policy\" "
		"content=\"default-src 'none'; style-src 'unsafe-inline'\">"
		"<title>The debates, replayed</title><style>%s</style></head>"
		"<body>\n<h1>The debates, replayed</h1>\n<p>",
		style);
	fprintf(out,
		"%zu proposals of mailing-list discussions, each as a kernel "
		"of its own beside the rule that shipped",
		d->nr);
	if (*d->kernel) {
		fputs(" in Linux ", out);
		put(out, d->kernel);
	}
	fputs(".</p>\n", out);
	overview(out, d);
	fputs("<p class=\"s\">", out);
	put(out, debate_not_in_it);
	fputs("</p>\n", out);
	for (size_t i = 0; i < d->nr; i++)
		entry_section(out, &d->entries[i]);
	fputs("</body></html>\n", out);
	return ferror(out) ? -EIO : 0;
}
