// SPDX-License-Identifier: GPL-2.0-only
#include "same_rest.h"

bool same_rest(FILE *a, FILE *b)
{
	bool same = a && b;
	int c = 0;

	while (same && c != EOF) {
		c = fgetc(a);
		same = c == fgetc(b);
	}
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return same;
}
