// SPDX-License-Identifier: GPL-2.0-only
#include "track_case.h"

static bool is_due(const struct track_page *p)
{
	return p->armed && p->written;
}

enum track_outcome track_outcome_of(const struct track_page *p,
				    enum track_due due)
{
	if (p->early || (p->reports && !is_due(p)))
		return TRACK_FALSE;
	if (p->refused)
		return TRACK_REFUSED;
	if (p->reports)
		return p->reports > 1 ? TRACK_TWICE : TRACK_NOTIFIED;
	if (!is_due(p))
		return TRACK_SILENT;

	return due == TRACK_DUE_NOTHING ? TRACK_DROPPED : TRACK_MISSED;
}

enum track_outcome track_expected_of(const struct track_page *p,
				     enum track_due due)
{
	if (!p->armed || !p->chosen)
		return TRACK_SILENT;

	switch (due) {
	case TRACK_DUE_NOTHING:
		return TRACK_DROPPED;
	case TRACK_DUE_REFUSAL:
		return TRACK_REFUSED;
	case TRACK_DUE_REPORT:
	default:
		return TRACK_NOTIFIED;
	}
}
