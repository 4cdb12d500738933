/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_FOLDER_H
#define COMMON_FOLDER_H

/* The folder, with those above it; it may be there.  Return: 0 or -errno. */
int folder_make(const char *path);

/* Only those above it.  Return: 0 or -errno. */
int folder_make_parents(const char *path);

#endif
