/*
 * Where a run of the benchmark has its things.  Invariant: place_end() leaves
 * neither file nor process behind; the processes are those that run the copy
 * of the beacon that only this run has, and the keepers they have as parents.
 */
#include "config.h"

#include "place.h"

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
make_directory(const char *const *parents, char *ret)
{
	size_t i;

	for (i = 0; i < 4; i++) {
		if (parents[i] == NULL || parents[i][0] != '/')
			continue;
		snprintf(ret, PATH_MAX, "%.*s/hfbench.XXXXXX", PATH_MAX - 20,
		    parents[i]);
		if (mkdtemp(ret) != NULL)
			return;
	}
	ret[0] = '\0';
	die("cannot make a temporary directory: %s", strerror(errno));
}

static void
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
	const char *const states[] = { getenv("HFBENCH_DIR"), "/run",
	    "/dev/shm", "/tmp" };
	const char *const works[] = { getenv("HFBENCH_DIR"), getenv("TMPDIR"),
	    "/tmp", "/var/tmp" };
	char original[PATH_MAX], logs[PATH_MAX + 8];

	find_program("HOLDFAST", program, "../../holdfast", place.holdfast);
	find_program("HFBENCH_BEACON", program, "beacon", original);
	make_directory(states, place.state);
	make_directory(works, place.work);
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

static void
parent_of(const char *pid, char *ret, size_t size)
{
	char path[64];
	FILE *f;
	int ppid;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%*d (%*[^)]) %*c %d", &ppid) != 1)
		ppid = 0;
	if (f != NULL)
		fclose(f);
	snprintf(ret, size, "%d", ppid);
}

/* SIGKILL who runs our copy of the beacon, its keeper first. */
static void
end_beacons(void)
{
	struct dirent *entry;
	char parent[16];
	DIR *proc;

	proc = opendir("/proc");
	if (proc == NULL)
		return;
	while ((entry = readdir(proc)) != NULL) {
		if (!runs(entry->d_name, place.beacon))
			continue;
		parent_of(entry->d_name, parent, sizeof(parent));
		if (runs(parent, place.holdfast))
			kill((pid_t)atoi(parent), SIGKILL);
		kill((pid_t)atoi(entry->d_name), SIGKILL);
	}
	closedir(proc);
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
	if (place.beacon[0] != '\0')
		end_beacons();
	if (place.state[0] != '\0')
		remove_tree(place.state);
	if (place.work[0] != '\0')
		remove_tree(place.work);
}
