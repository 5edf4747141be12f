/*
 * Where a run of the benchmark has its things.  Invariant: place_end() leaves
 * neither file nor process behind; the processes are those that run the copy
 * of the beacon that only this run has, and the keepers that records here name.
 */
#include "config.h"

#include "place.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

struct place place;

/* The first of some directories in which one of ours can be made. */
static void
make_directory(const char *const *parents, bool in_memory, char *ret)
{
	struct statfs fs;
	size_t i;

	for (i = 0; parents[i] != NULL; i++) {
		if (in_memory && (statfs(parents[i], &fs) == -1 ||
		    fs.f_type != TMPFS_MAGIC))
			continue;
		snprintf(ret, PATH_MAX, "%.*s/hfbench.XXXXXX", PATH_MAX - 20,
		    parents[i]);
		if (mkdtemp(ret) != NULL)
			return;
	}
	ret[0] = '\0';
	if (!in_memory)
		die("cannot make a temporary directory: %s", strerror(errno));
}

void
copy_program(const char *from, const char *to)
{
	char buf[65536];
	ssize_t n;
	int in, out;

	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (in == -1 || out == -1)
		die("cannot copy %s: %s", from, strerror(errno));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			die("cannot write %s: %s", to, strerror(errno));
	close(in);
	close(out);
}

/* PROGRAM's directory and then name, unless the environment says where. */
static void
find_program(const char *variable, const char *program, const char *name,
    char *ret)
{
	char path[PATH_MAX];
	const char *given, *slash;

	given = getenv(variable);
	slash = strrchr(program, '/');
	if (given != NULL && *given != '\0')
		snprintf(path, sizeof(path), "%s", given);
	else
		snprintf(path, sizeof(path), "%.*s%s",
		    slash == NULL ? 0 : (int)(slash + 1 - program), program,
		    name);
	if (realpath(path, ret) == NULL)
		die("cannot find %s (%s= says where): %s", path, variable,
		    strerror(errno));
}

void
place_begin(const char *program)
{
	const char *const states[] = { "/run", "/dev/shm", NULL };
	const char *works[] = { getenv("TMPDIR"), "/tmp", NULL };
	char original[PATH_MAX], logs[PATH_MAX + 8];

	find_program("HOLDFAST", program, "../../holdfast", place.holdfast);
	find_program("HFBENCH_BEACON", program, "beacon", original);
	if (works[0] == NULL || works[0][0] != '/')
		works[0] = "/var/tmp";
	make_directory(works, false, place.work);
	make_directory(states, true, place.state);
	if (place.state[0] == '\0')
		make_directory(works, false, place.state);
	snprintf(place.beacon, sizeof(place.beacon), "%.*s/beacon",
	    PATH_MAX - 8, place.work);
	copy_program(original, place.beacon);
	setenv("HOLDFAST_RUN_DIR", place.state, 1);
	snprintf(logs, sizeof(logs), "%s/log", place.work);
	setenv("HOLDFAST_LOG_DIR", logs, 1);
}

/* Whether process pid runs program. */
static bool
runs(const char *pid, const char *program)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%.20s/exe", pid);
	n = readlink(link, path, sizeof(path) - 1);
	if (n == -1)
		return false;
	path[n] = '\0';
	return strcmp(path, program) == 0;
}

/* The keeper that a record names, if it is one of our holdfast. */
static void
end_keeper(const char *name)
{
	char path[2 * PATH_MAX], line[512], pid[16];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/record", place.state, name);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "HoldfastKeeperPID=%15[0-9]", pid) == 1 &&
		    runs(pid, place.holdfast))
			kill((pid_t)atoi(pid), SIGKILL);
	fclose(f);
}

/* Call end for what is in directory path. */
static void
each_entry(const char *path, void (*end)(const char *name))
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(path);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			end(entry->d_name);
	closedir(dir);
}

static void
end_beacon(const char *pid)
{
	if (runs(pid, place.beacon))
		kill((pid_t)atoi(pid), SIGKILL);
}

static int
remove_one(const char *path, const struct stat *st, int flag,
    struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	remove(path);
	return 0;
}

void
remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
place_end(void)
{
	/* Keepers first: they would start their services again. */
	if (place.state[0] != '\0')
		each_entry(place.state, end_keeper);
	if (place.beacon[0] != '\0')
		each_entry("/proc", end_beacon);
	if (place.state[0] != '\0')
		remove_tree(place.state);
	if (place.work[0] != '\0')
		remove_tree(place.work);
}
