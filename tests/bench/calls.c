/*
 * Counts system calls in what strace wrote: the figure that does not depend
 * on the machine.  Not a part of the timing: a traced command is slow.
 */
#include "config.h"

#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

/* The processes that have become the beacon: their calls are their own. */
static unsigned char is_beacon[4 * 1024 * 1024 / 8];

static void
mark(long pid)
{
	if (pid >= 0 && pid < (long)sizeof(is_beacon) * 8)
		is_beacon[pid / 8] |= (unsigned char)(1 << pid % 8);
}

static bool
is_marked(long pid)
{
	return pid < 0 || pid >= (long)sizeof(is_beacon) * 8 ||
	    (is_beacon[pid / 8] >> pid % 8 & 1);
}

void
calls_count(const char *path, struct calls *ret)
{
	char line[65536], *text;
	long pid, first;
	bool ended;
	FILE *f;

	memset(ret, 0, sizeof(*ret));
	memset(is_beacon, 0, sizeof(is_beacon));
	f = fopen(path, "re");
	if (f == NULL)
		die("cannot read %s", path);
	first = 0;
	ended = false;
	while (fgets(line, sizeof(line), f) != NULL) {
		pid = strtol(line, &text, 10);
		text += strspn(text, " ");
		if (first == 0)
			first = pid;
		if (pid == first && strncmp(text, "+++", 3) == 0)
			ended = true;
		/* Signals, ends, and second halves of calls. */
		if (text[0] == '+' || text[0] == '-' || text[0] == '<')
			continue;
		if (is_marked(pid))
			continue;
		if (pid == first)
			ret->command++;
		else if (!ended)
			ret->others++;
		else
			ret->after++;
		if (strncmp(text, "execve(", 7) == 0 &&
		    strstr(text, place.beacon) != NULL &&
		    pid != first)
			mark(pid);
	}
	fclose(f);
}

static bool
has_ended(const char *path)
{
	char line[65536], *text;
	long pid, first;
	bool ended;
	FILE *f;

	f = fopen(path, "re");
	if (f == NULL)
		return false;
	first = 0;
	ended = false;
	while (!ended && fgets(line, sizeof(line), f) != NULL) {
		pid = strtol(line, &text, 10);
		text += strspn(text, " ");
		if (first == 0)
			first = pid;
		ended = pid == first && strncmp(text, "+++", 3) == 0;
	}
	fclose(f);
	return ended;
}

void
calls_wait(const char *path)
{
	int64_t begin;

	begin = now_ns();
	while (!has_ended(path)) {
		if (now_ns() - begin > INT64_C(60000000000))
			die("a command under strace did not end");
		usleep(10000);
	}
}
