/*
 * runit's part of the benchmark.  Each runsv is a child of the benchmark, as
 * it would be of runsvdir, which is left out: it starts, and then only waits.
 */
#include "config.h"

#include "runit.h"

#include <sys/stat.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
runit_directory(int i, char *ret, size_t size)
{
	snprintf(ret, size, "%s/runit-%d", place.work, i);
}

/* A service directory: run is the beacon, log/run is svlogd. */
static void
make_service(const char *dir, bool logged)
{
	char path[PATH_MAX + 64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/run", dir);
	if (mkdir(dir, 0700) == -1 || symlink(place.beacon, path) == -1)
		die("cannot make %s: %s", dir, strerror(errno));
	if (!logged)
		return;
	snprintf(path, sizeof(path), "%s/log", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/log/main", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/log/run", dir);
	f = fopen(path, "we");
	if (f == NULL || fputs("#!/bin/sh\nexec svlogd ./main\n", f) == EOF ||
	    fclose(f) == EOF || chmod(path, 0700) == -1)
		die("cannot make %s: %s", path, strerror(errno));
}

void
runit_begin(int count, const struct ear *ear, bool logged)
{
	const char *const argv[] = { "runsv", NULL, NULL };
	const char *args[3];
	char dir[PATH_MAX + 32];
	int i;

	memcpy(args, argv, sizeof(args));
	setenv("HFBENCH_FIFO", ear->path, 1);
	for (i = 0; i < count; i++) {
		runit_directory(i, dir, sizeof(dir));
		make_service(dir, logged);
		args[1] = dir;
		child_keep(spawn(args));
	}
	unsetenv("HFBENCH_FIFO");
}

void
runit_wait(int count)
{
	char path[PATH_MAX + 64], dir[PATH_MAX + 32];
	struct stat st;
	int64_t begin;
	int i;

	begin = now_ns();
	for (i = 0; i < count; i++) {
		runit_directory(i, dir, sizeof(dir));
		snprintf(path, sizeof(path), "%s/log/main/current", dir);
		while (stat(path, &st) == -1 || st.st_size == 0) {
			if (now_ns() - begin > INT64_C(60000000000))
				die("svlogd wrote nothing to %s", path);
			usleep(10000);
		}
	}
}

/* The next ones find no directory of the last ones. */
void
runit_end(void)
{
	char dir[PATH_MAX + 32];
	int i;

	children_end(SIGTERM);
	for (i = 0;; i++) {
		runit_directory(i, dir, sizeof(dir));
		if (access(dir, F_OK) == -1)
			break;
		remove_tree(dir);
	}
}
