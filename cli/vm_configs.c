// SPDX-License-Identifier: GPL-2.0-only
/* Configs that are part of the program, so that it needs no file. */
#include "bench/config.h"
#include "cli/vm.h"

#include <string.h>

static const char counts[] =
#include "vm.yaml.inc"
	;
static const char functions[] =
#include "vm-functions.yaml.inc"
	;
static const char atlas[] =
#include "atlas.yaml.inc"
	;
static const char atlas_race[] =
#include "atlas-race.yaml.inc"
	;
static const char atlas_insn[] =
#include "atlas-insn.yaml.inc"
	;

static const struct {
	const char *file, *text;
} configs[] = {
	[VM_CONFIG_COUNTS] = { "configs/vm.yaml", counts },
	[VM_CONFIG_FUNCTIONS] = { "configs/vm-functions.yaml", functions },
	[VM_CONFIG_ATLAS] = { "configs/atlas.yaml", atlas },
	[VM_CONFIG_ATLAS_RACE] = { "configs/atlas-race.yaml", atlas_race },
	[VM_CONFIG_ATLAS_COUNT] = { "configs/atlas-insn.yaml", atlas_insn },
};

int vm_config_new(enum vm_config which, struct config **ret_config,
		  struct error *e)
{
	const struct units units = units_of_machine();
	const char *text = configs[which].text;

	return config_from_yaml(configs[which].file, text, strlen(text), &units,
				ret_config, e);
}
