// SPDX-License-Identifier: GPL-2.0-only
#include "state_text.h"

#include "bench/system_kind.h"

#include <stdio.h>
#include <stdlib.h>

char *vm_state_text(const struct runner *r, const struct job *job)
{
	struct system_state state;
	char *text = NULL;
	size_t bytes = 0;
	FILE *out;

	if (!job->point)
		return NULL;
	system_state_of(job->point->workload, &r->units, job->point->params,
			&state);
	if (!state.nr)
		return NULL;
	out = open_memstream(&text, &bytes);
	for (unsigned i = 0; out && i < state.nr; i++) {
		struct system_sight sight;

		system_look(r->sysroot, &r->units, &state.wants[i], &sight);
		if (sight.is == SYSTEM_DIFFERS)
			fprintf(out, "%s=%s\n", sight.found.path, sight.target);
	}
	if (out && fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
