/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of trials as text. */
#ifndef TESTS_UNIT_TRIALS_TEXT_H
#define TESTS_UNIT_TRIALS_TEXT_H

#include "load_text.h"

#define TRIALS_RUN "{\"type\":\"run\",\"schema\":1,\"run\":\"aa\",\"m\":0.01}\n"
/* @more: fields of the point, with a comma in front. */
#define TRIALS_POINT(id, more)                                                  \
	"{\"type\":\"point\",\"run\":\"aa\",\"point\":\"" id                    \
	"\",\"workload\":\"w\",\"mode\":\"trial\",\"params\":{\"at\":\"" id     \
	"\"},\"batch_ops\":1,\"metrics\":[{\"name\":\"m\",\"unit\":\"\"}]" more \
	"}\n"
#define TRIALS_WORD(name)     "{\"name\":\"" name "\"}"
#define TRIALS_OUTCOMES(list) ",\"outcomes\":[" list "]"
#define TRIALS_ORACLES(list)  ",\"oracles\":[" list "]"
#define TRIALS_ARM(launch, slot, more)                        \
	"{\"type\":\"arm\",\"run\":\"aa\",\"launch\":" launch \
	",\"slot\":" slot ",\"name\":\"arm" slot "\",\"kind\":\"" more "}\n"
#define TRIALS_REFERENCE(launch) TRIALS_ARM(launch, "0", "reference\"")
#define TRIALS_COUNT(launch, slot, nr)                                \
	"{\"type\":\"trial_count\",\"run\":\"aa\",\"launch\":" launch \
	",\"slot\":" slot ",\"trials\":" nr "}\n"
#define TRIALS_JUDGED(launch, slot, outcome, expected, nr)       \
	"{\"type\":\"trials\",\"run\":\"aa\",\"launch\":" launch \
	",\"slot\":" slot ",\"outcome\":\"" outcome              \
	"\",\"expected\":\"" expected "\",\"count\":" nr "}\n"
#define TRIALS_PREDICTED(launch, slot, oracle, predicted, seen, nr) \
	"{\"type\":\"predicted\",\"run\":\"aa\",\"launch\":" launch \
	",\"slot\":" slot ",\"oracle\":\"" oracle                   \
	"\",\"predicted\":\"" predicted "\",\"seen\":\"" seen       \
	"\",\"count\":" nr "}\n"
#define TRIALS_COMMIT(launch, point)                             \
	"{\"type\":\"launch\",\"run\":\"aa\",\"launch\":" launch \
	",\"point\":\"" point "\",\"boot\":\"b\",\"status\":\"ok\"}\n"

#endif
