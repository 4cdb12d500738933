// SPDX-License-Identifier: GPL-2.0-only
#include "survey.h"

#include "cache.h"
#include "guest_files.h"
#include "machine.h"

#include "common/folder.h"
#include "common/hash.h"
#include "common/read_all.h"
#include "common/record.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FORMAT = 1,
	MAX_JOBS = 1000,
	FILE_BYTES = 1 << 18
};

#define FOLDER "remembered"

static uint64_t hash_file(uint64_t hash, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[4096];
	ssize_t got = fd < 0 ? 0 : 1;

	while (got > 0) {
		got = read_all(fd, buf, sizeof(buf));
		if (got > 0)
			hash = hash_add(hash, buf, (size_t)got);
	}
	if (fd >= 0)
		close(fd);
	return hash;
}

/* Everything that decides what a guest answers, but for its kernel. */
static int hash_guest(const struct vm_guest *g, char text[HASH_TEXT_BYTES])
{
	uint64_t hash = hash_file(HASH_INIT, g->agent);
	struct vm_words words;
	int err = vm_machine_words(&g->machine, &g->image, g->qemu_version, "",
				   &words);

	if (err)
		return err;
	for (unsigned i = 0; i < words.nr; i++)
		hash = hash_add(hash, words.word[i], strlen(words.word[i]) + 1);
	vm_words_free(&words);
	hash_print(hash, text);
	return 0;
}

static int name_file(const struct vm_guest *g, char path[PATH_MAX])
{
	char folder[PATH_MAX / 2], text[HASH_TEXT_BYTES];
	int err = hash_guest(g, text);

	if (err)
		return err;
	vm_cache_folder("surveys", folder, sizeof(folder));
	err = folder_make(folder);
	if (err)
		return err;
	return snprintf(path, PATH_MAX, "%s/%s-%s.json", folder,
			g->image.sha256, text) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}

static json_t *pack_job(const struct vm_job *job)
{
	return json_pack("{ss ss* ss% sO}", "text", job->text, "state",
			 job->state, "records",
			 job->records ? job->records : "", job->bytes, "end",
			 job->end);
}

static void add_jobs(json_t *list, const struct vm_jobs *jobs)
{
	for (size_t i = 0; i < jobs->nr; i++) {
		json_t *job = jobs->of[i].end &&
					      json_array_size(list) < MAX_JOBS
				      ? pack_job(&jobs->of[i])
				      : NULL;

		if (job)
			json_array_append_new(list, job);
	}
}

static json_t *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = malloc(FILE_BYTES);
	ssize_t got = fd >= 0 && text ? read_all(fd, text, FILE_BYTES) : -1;
	json_t *ret = got >= 0 ? json_stringn(text, (size_t)got) : NULL;

	if (fd >= 0)
		close(fd);
	free(text);
	return ret;
}

static json_t *pack_files(const struct vm_guest *g)
{
	char root[VM_FOLDER_BYTES + 64], full[PATH_MAX], buf[GUEST_PATH_BYTES];
	json_t *files = json_object();
	const char *path;

	vm_guest_sysroot(g, root, sizeof(root));
	for (size_t i = 0; (path = guest_file_at(i, buf)); i++) {
		json_t *text;

		snprintf(full, sizeof(full), "%s%s", root, path);
		text = read_text(full);
		if (text)
			json_object_set_new(files, path, text);
	}
	return files;
}

static int write_json(void *ctx, FILE *out)
{
	return json_dumpf(ctx, out, JSON_COMPACT) ? -EIO : 0;
}

int vm_survey_keep(const struct vm_guest *g, const struct vm_jobs *jobs,
		   const struct vm_jobs *older, struct error *e)
{
	json_t *list = json_array(), *survey;
	char path[PATH_MAX];
	int err = name_file(g, path);

	add_jobs(list, jobs);
	add_jobs(list, older);
	survey = json_pack("{si sO so so}", "format", FORMAT, "hello", g->hello,
			   "files", pack_files(g), "jobs", list);
	if (!err)
		err = survey ? vm_cache_store(path, write_json, survey)
			     : -ENOMEM;
	json_decref(survey);
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}

static int take_job(struct vm_jobs *jobs, const json_t *kept)
{
	const char *text = record_text_or(kept, "text", NULL);
	const char *state = record_text_or(kept, "state", NULL);
	const json_t *records = json_object_get(kept, "records");
	json_t *end = json_object_get(kept, "end");
	char *copy = state ? strdup(state) : NULL;
	int err;

	if (!text || !json_is_string(records) || !json_is_object(end) ||
	    jobs->nr == MAX_JOBS) {
		free(copy);
		return -EPROTO;
	}
	err = vm_jobs_add(jobs, text, copy);
	if (!err)
		err = vm_job_record(&jobs->of[jobs->nr - 1],
				    json_string_value(records),
				    json_string_length(records));
	if (!err)
		jobs->of[jobs->nr - 1].end = json_incref(end);
	return err;
}

static int take_jobs(const json_t *list, struct vm_jobs *jobs)
{
	size_t i;
	json_t *kept;
	int err = json_array_size(list) ? 0 : -EPROTO;

	json_array_foreach (list, i, kept)
		if (!err)
			err = take_job(jobs, kept);
	return err;
}

static int show_files(struct vm_guest *g, json_t *files, struct error *e)
{
	char root[VM_FOLDER_BYTES + 64];
	int err = 0;

	snprintf(g->boot_folder, sizeof(g->boot_folder), "%s/" FOLDER,
		 g->folder);
	vm_guest_sysroot(g, root, sizeof(root));
	if (mkdir(g->boot_folder, 0777) || mkdir(root, 0777))
		return error_set(e, -errno, "%s: %s", root, strerror(errno));
	for (void *at = json_object_iter(files); at && !err;
	     at = json_object_iter_next(files, at)) {
		const char *text = json_string_value(
			json_object_iter_value(at));

		if (text)
			err = guest_file_store(root, json_object_iter_key(at),
					       text, e);
	}
	return err;
}

int vm_survey_recall(struct vm_guest *g, struct vm_jobs *ret_jobs,
		     struct error *e)
{
	char path[PATH_MAX];
	json_t *survey = NULL, *hello, *files;
	int err = 0;

	if (!name_file(g, path))
		survey = json_load_file(path, 0, NULL);
	hello = json_object_get(survey, "hello");
	files = json_object_get(survey, "files");
	if (json_integer_value(json_object_get(survey, "format")) != FORMAT ||
	    !json_is_object(hello) || !json_is_object(files) ||
	    take_jobs(json_object_get(survey, "jobs"), ret_jobs)) {
		vm_jobs_finish(ret_jobs);
	} else {
		g->hello = json_incref(hello);
		err = show_files(g, files, e);
	}
	json_decref(survey);
	return err;
}

bool vm_survey_sysroot(const char *dir, char *buf, size_t bytes)
{
	static const char *const places[] = { "boot-1", FOLDER };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int len = snprintf(path, sizeof(path), "%s/vm/%s/sysroot", dir,
				   places[i]);

		if (len < (int)sizeof(path) && (size_t)len < bytes &&
		    !access(path, R_OK)) {
			memcpy(buf, path, (size_t)len + 1);
			return true;
		}
	}
	return false;
}
