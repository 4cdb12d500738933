// SPDX-License-Identifier: GPL-2.0-only
/* What the completion of a shell asks for: words, one a line. */
#include "cli/list.h"

#include "workloads/registry.h"

static void print_param(const struct fl_param *p, FILE *out)
{
	const char *const *choice = p->choices;

	if (p->type == FL_TYPE_BOOL) {
		fprintf(out, "%s=no\n%s=yes\n", p->name, p->name);
		return;
	}
	if (!choice)
		fprintf(out, "%s=\n", p->name);
	for (; choice && *choice; choice++)
		fprintf(out, "%s=%s\n", p->name, *choice);
}

void list_print_candidates(const struct fl_workload *w, FILE *out)
{
	for (const struct fl_param *p = w->params; p && p->name; p++)
		print_param(p, out);
}
