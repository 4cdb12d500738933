/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether KVM boots guests here.  That /dev/kvm is there proves nothing, nor
 * does an emulator that starts: only a guest that says hello within a time.
 */
#ifndef BENCH_VM_KVM_H
#define BENCH_VM_KVM_H

#include "guest.h"

#include "common/error.h"

/**
 * vm_kvm_check() - boot the guest's kernel by KVM, once
 *
 * What came of it is kept in the cache, for this boot of the host and this
 * emulator.
 *
 * Return: 0; -ENODEV with the reason if times cannot be measured here; -EINTR.
 */
int vm_kvm_check(const struct vm_guest *g, struct error *e);

#endif
