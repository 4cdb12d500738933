// SPDX-License-Identifier: GPL-2.0-only
/*
 * An agent that misbehaves as its job says; the job is one word and `end`.
 * What is right about it is what the table below says of the word.
 */
#include "common/hash.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MILLION = 1000000
};

struct fake {
	FILE *out;
	uint64_t hash, records;
};

static void say(struct fake *f, const char *line)
{
	fprintf(f->out, "%s\n", line);
	f->hash = hash_add(f->hash, line, strlen(line));
	f->hash = hash_add(f->hash, "\n", 1);
	f->records++;
}

static void hello(struct fake *f, int protocol, uint64_t tables)
{
	char line[256], hash[HASH_TEXT_BYTES];

	snprintf(line, sizeof(line),
		 "{\"type\":\"hello\",\"protocol\":%d,\"tables\":\"%s\","
		 "\"agent\":\"fake\",\"pid\":%d}",
		 protocol, hash_print(tables, hash), (int)getpid());
	say(f, line);
}

static void good_hello(struct fake *f)
{
	hello(f, FL_PROTOCOL_VERSION, registry_hash());
}

static void done(struct fake *f)
{
	char hash[HASH_TEXT_BYTES];

	fprintf(f->out,
		"{\"type\":\"done\",\"records\":%" PRIu64 ",\"hash\":\"%s\"}\n",
		f->records, hash_print(f->hash, hash));
	fflush(f->out);
}

static const char fact[] = "{\"type\":\"fact\",\"name\":\"n\",\"value\":\"v\"}";

static void facts(struct fake *f, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		say(f, fact);
}

static void good(struct fake *f)
{
	good_hello(f);
	facts(f, 3);
	done(f);
}

static void many(struct fake *f)
{
	good_hello(f);
	facts(f, MILLION);
	done(f);
}

static void other_protocol(struct fake *f)
{
	hello(f, FL_PROTOCOL_VERSION + 1, registry_hash());
	done(f);
}

static void other_tables(struct fake *f)
{
	hello(f, FL_PROTOCOL_VERSION, registry_hash() + 1);
	done(f);
}

static void no_hello(struct fake *f)
{
	say(f, fact);
	done(f);
}

static void two_hellos(struct fake *f)
{
	good_hello(f);
	good_hello(f);
	done(f);
}

static void garbage(struct fake *f)
{
	good_hello(f);
	say(f, "\x01\xff{not json");
	done(f);
}

static void empty_line(struct fake *f)
{
	good_hello(f);
	say(f, "");
	done(f);
}

static void unknown_type(struct fake *f)
{
	good_hello(f);
	say(f, "{\"type\":\"poem\"}");
	done(f);
}

static void wrong_count(struct fake *f)
{
	good_hello(f);
	f->records++;
	done(f);
}

static void wrong_hash(struct fake *f)
{
	good_hello(f);
	f->hash++;
	done(f);
}

static void no_done(struct fake *f)
{
	good_hello(f);
	facts(f, 2);
}

static void torn(struct fake *f)
{
	good_hello(f);
	fprintf(f->out, "{\"type\":\"fa");
}

static void after_done(struct fake *f)
{
	good(f);
	say(f, fact);
}

static void long_line(struct fake *f)
{
	good_hello(f);
	for (unsigned i = 0; i < FL_RECORD_MAX_BYTES + 1000; i++)
		fputc('x', f->out);
	done(f);
}

static void endless_line(struct fake *f)
{
	good_hello(f);
	for (;;)
		fputc('x', f->out);
}

static void crash(struct fake *f)
{
	good_hello(f);
	fflush(f->out);
	/* A sanitizer has a handler of its own. */
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void fail(struct fake *f)
{
	good(f);
	fclose(f->out);
	fprintf(stderr, "first\nno memory\n\n");
	exit(3);
}

static void hang(struct fake *f)
{
	good_hello(f);
	fflush(f->out);
	for (;;)
		pause();
}

/* Neither a signal nor the end of its pipe moves it. */
static void stubborn(struct fake *f)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	hang(f);
}

static void close_early(struct fake *f)
{
	good_hello(f);
	fclose(f->out);
	usleep(50000);
	exit(0);
}

static void talk(struct fake *f)
{
	for (unsigned i = 0; i < 100000; i++)
		fprintf(stderr, "line %u\n", i);
	fprintf(stderr, "the \x1b[31mlast\xff one\n");
	good(f);
}

/* The child holds all pipes open and would live on. */
static void grandchild(struct fake *f)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	fprintf(stderr, "%d\n", (int)pid);
	good(f);
}

/* ... and has left the group: it cannot be killed, only not waited for. */
static void escaped(struct fake *f)
{
	if (!fork()) {
		setsid();
		alarm(5);
		for (;;)
			pause();
	}
	good(f);
}

/* Says on stderr what it finds itself to be. */
static void describe(struct fake *f)
{
	struct stat st;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	fprintf(stderr, "leader=%d blocked=%d term=%d null=%d fds=",
		getpgrp() == getpid(), sigismember(&mask, SIGUSR1),
		signal(SIGTERM, SIG_DFL) == SIG_DFL,
		!fstat(0, &st) && S_ISCHR(st.st_mode));
	for (int fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			fprintf(stderr, "%d,", fd);
	fprintf(stderr, " uid=%u gid=%u\n", getuid(), getgid());
	good(f);
}

static const struct {
	const char *word;
	void (*behave)(struct fake *f);
} behaviours[] = {
	{ "good", good },
	{ "many", many },
	{ "other-protocol", other_protocol },
	{ "other-tables", other_tables },
	{ "no-hello", no_hello },
	{ "two-hellos", two_hellos },
	{ "garbage", garbage },
	{ "empty-line", empty_line },
	{ "unknown-type", unknown_type },
	{ "wrong-count", wrong_count },
	{ "wrong-hash", wrong_hash },
	{ "no-done", no_done },
	{ "torn", torn },
	{ "after-done", after_done },
	{ "long-line", long_line },
	{ "endless-line", endless_line },
	{ "crash", crash },
	{ "fail", fail },
	{ "hang", hang },
	{ "stubborn", stubborn },
	{ "close-early", close_early },
	{ "talk", talk },
	{ "grandchild", grandchild },
	{ "escaped", escaped },
	{ "describe", describe },
};

int main(void)
{
	struct fake f = { .hash = HASH_INIT };
	FILE *job = fdopen(FL_JOB_FD, "r");
	char word[64];

	f.out = fdopen(FL_RECORD_FD, "w");
	if (!job || !f.out || fscanf(job, "%63s", word) != 1)
		return EXIT_FAILURE;

	for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
		if (!strcmp(word, behaviours[i].word)) {
			behaviours[i].behave(&f);
			return EXIT_SUCCESS;
		}
	return EXIT_FAILURE;
}
