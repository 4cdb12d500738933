// SPDX-License-Identifier: GPL-2.0-only
/* From a request to a runner that may measure: all that can be refused. */
#include "resume.h"
#include "runner_steps.h"

#include "environment.h"
#include "host_lock.h"
#include "launch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_SAME_SECOND = 100
};

static int make_run_id(struct runner *r)
{
	uint64_t id;

	if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return -EIO;

	hash_print(id, r->run_id);
	return 0;
}

static int make_plan(struct runner *r, struct error *e)
{
	const struct runner_via *via = r->request.via;
	int err = topology_new(via ? via->topology : NULL, &r->topology, e);

	if (!err)
		err = plan_new(r->config, r->topology, &r->units, &r->plan, e);
	if (err)
		return err;

	r->points = calloc(r->plan->nr_points + 1, sizeof(*r->points));
	r->order = calloc(r->plan->nr_points + 1, sizeof(*r->order));
	if (!r->points || !r->order)
		return error_set(e, -ENOMEM, "out of memory");
	return 0;
}

/* The name comes from a file: what is no plain word in it is written so. */
static void default_folder(const struct config *c, char *ret_path)
{
	char name[64] = "run", stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	if (c->name && c->name[0] && c->name[0] != '.')
		snprintf(name, sizeof(name), "%s", c->name);
	for (char *p = name; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789._-",
			    *p))
			*p = '_';

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	snprintf(ret_path, PATH_MAX, "results/%s-%s", name, stamp);
}

static int create_named(struct runner *r, const char *dir, struct error *e)
{
	free(r->dir);
	r->dir = strdup(dir);
	if (!r->dir)
		return error_set(e, -ENOMEM, "out of memory");

	return result_writer_create(&r->writer, dir, e);
}

static int create_folder(struct runner *r, struct error *e)
{
	char base[PATH_MAX], path[PATH_MAX + 16];
	struct error e_here = { 0 };
	int err;

	if (r->config->output)
		return create_named(r, r->config->output, e);

	default_folder(r->config, base);
	err = create_named(r, base, &e_here);
	for (int i = 2; err == -EEXIST && i < MAX_SAME_SECOND; i++) {
		snprintf(path, sizeof(path), "%s-%d", base, i);
		e_here.text[0] = '\0';
		err = create_named(r, path, &e_here);
	}
	if (err)
		*e = e_here;
	return err;
}

static int export_topology(struct runner *r, struct error *e)
{
	char path[PATH_MAX];
	int err;

	if (snprintf(path, sizeof(path), "%s/topology.xml", r->dir) >=
	    (int)sizeof(path))
		return error_set(e, -ENAMETOOLONG, "the path is too long");

	err = topology_export(r->topology, path);
	if (err)
		return error_set(e, err, "%s: %s", path, strerror(-err));
	return 0;
}

static int write_boot(struct runner *r, struct error *e)
{
	json_t *record = environment_boot("");
	int err;

	if (r->has_boot) {
		json_decref(record);
		return 0;
	}

	if (runner_set_text(record, "type", "boot") ||
	    runner_set_text(record, "run", r->run_id)) {
		json_decref(record);
		return error_set(e, -ENOMEM, "out of memory");
	}
	err = runner_write(r, record, e);
	return err ? err : result_writer_sync(&r->writer, e);
}

static int open_new(struct runner *r, struct error *e)
{
	int err = make_run_id(r);

	if (err)
		return error_set(e, err, "no random numbers for the run's id");

	err = make_plan(r, e);
	if (!err)
		err = runner_toggle_open(r, e);
	if (!err)
		err = create_folder(r, e);
	if (!err)
		err = export_topology(r, e);
	if (!err)
		err = runner_write(r, runner_record_run(r), e);
	return err;
}

static int open_old(struct runner *r, struct error *e)
{
	struct resume_head head;
	off_t torn = 0;
	int err;

	r->dir = strdup(r->request.resume);
	if (!r->dir)
		return error_set(e, -ENOMEM, "out of memory");

	err = result_writer_reopen(&r->writer, r->dir, &torn, e);
	if (err)
		return err;

	r->nr_damaged = torn > 0;
	err = resume_read_head(&r->writer, r->dir, &head, e);
	if (err)
		return err;
	if (strcmp(head.build, r->request.build) != 0) {
		err = error_set(e, -EINVAL,
				"%s was begun by another build (%.160s; this "
				"one is %s): their numbers do not mix",
				r->dir, head.build, r->request.build);
		resume_head_finish(&head);
		return err;
	}

	memcpy(r->run_id, head.run_id, sizeof(r->run_id));
	err = config_from_yaml(RESULT_FILE, head.config, strlen(head.config),
			       &r->units, &r->own_config, e);
	resume_head_finish(&head);
	if (err)
		return err;

	r->config = r->own_config;
	err = make_plan(r, e);
	if (!err)
		err = resume_read_points(r, e);
	if (!err && !r->finished)
		err = runner_toggle_open(r, e);
	return err ? err : result_writer_cut(&r->writer, e);
}

static void release_host(struct runner *r)
{
	if (r->host_lock >= 0)
		close(r->host_lock);
	r->host_lock = -1;
}

/* Counts of a guest are the same beside others; it must not disturb them. */
static bool measures_times(const struct runner *r)
{
	const struct runner_via *via = r->request.via;

	return !via || (via->unit == FL_JOB_NS && !via->no_times);
}

static int open_runner(struct runner *r, struct error *e)
{
	int err = 0;

	r->agent = launch_find_agent(e);
	if (!r->agent)
		return -ENOENT;

	if (!r->request.via || !r->request.via->unlocked)
		err = host_lock_take(&r->host_lock, e);
	if (err)
		return err;
	if (!measures_times(r))
		release_host(r);
	if (r->request.via)
		return open_new(r, e);

	err = runner_knobs_open(r, e);
	if (err)
		return err;

	/* An agent that is of no use is found out before a file is touched. */
	err = runner_probe(r, e);
	if (err)
		return err;

	environment_boot_id("", r->boot_id);
	err = r->request.resume ? open_old(r, e) : open_new(r, e);
	if (!err && !r->finished)
		err = write_boot(r, e);
	return err;
}

int runner_new(const struct runner_request *request, struct runner **ret_runner,
	       struct error *e)
{
	struct runner *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return error_set(e, -ENOMEM, "out of memory");

	r->request = *request;
	r->config = request->config;
	r->units = units_of_machine();
	r->writer.fd = r->host_lock = r->toggle_fd = -1;
	r->next_launch = 1;
	r->start_ns = runner_now_ns();
	progress_init(&r->progress, request->progress);

	err = open_runner(r, e);
	if (err) {
		runner_free(r);
		return err;
	}
	*ret_runner = r;
	return 0;
}

void runner_free(struct runner *r)
{
	if (!r)
		return;

	runner_toggle_close(r);
	runner_knobs_restore(r);
	journal_free(r->journal);
	for (size_t i = 0; r->points && i < r->plan->nr_points; i++) {
		free(r->points[i].why);
		estimate_finish(&r->points[i].estimate);
	}
	free(r->points);
	free(r->order);
	plan_free(r->plan);
	topology_free(r->topology);
	config_free(r->own_config);
	result_writer_finish(&r->writer);
	release_host(r);
	free(r->dir);
	free(r->agent);
	free(r);
}
