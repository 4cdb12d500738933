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

int vm_config_new(enum vm_config which, struct config **ret_config,
		  struct error *e)
{
	const struct units units = units_of_machine();
	bool is_counts = which == VM_CONFIG_COUNTS;
	const char *text = is_counts ? counts : functions;

	return config_from_yaml(is_counts ? "configs/vm.yaml"
					  : "configs/vm-functions.yaml",
				text, strlen(text), &units, ret_config, e);
}
