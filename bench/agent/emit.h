/* SPDX-License-Identifier: GPL-2.0-only */
/* From a session to records, after the last timed block. */
#ifndef AGENT_EMIT_H
#define AGENT_EMIT_H

#include "calibrate.h"
#include "records.h"
#include "session.h"

void emit_hello(struct records *out);

/* One probe record a feature, and what can be counted. */
void emit_probes(struct records *out);

/* @calibration: NULL unless the job was one; @err: how measuring ended. */
void emit_session(struct session *s, const struct calibration *calibration,
		  int err, struct records *out);

#endif
