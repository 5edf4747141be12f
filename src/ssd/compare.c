/*
 * Is what was given true of a process?
 */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/process.h"
#include "ssd/private.h"

/* What replaced or removed it leaves of a program's name. */
static const char deleted[] = " (deleted)";

#define NAME_SIZE 16		/* what the kernel keeps of a name */
#define COMMAND_LINE_SIZE 65536	/* what is read of one */

int
ssd_open_proc(void)
{
	static int fd = -1;

	if (fd == -1)
		fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

/* In a container a name is another file's. */
static bool
sees_our_files(pid_t pid)
{
	const int proc = ssd_open_proc();
	char link[32];
	struct stat ours, theirs;

	snprintf(link, sizeof(link), "%d/ns/mnt", pid);
	return fstatat(proc, "self/ns/mnt", &ours, 0) == 0 &&
	    fstatat(proc, link, &theirs, 0) == 0 &&
	    ours.st_ino == theirs.st_ino;
}

/* BusyBox's way: is the path of what it executes, or its argv[0], this text? */
static bool
is_called(const char *text, pid_t pid)
{
	const int proc = ssd_open_proc();
	char link[32], path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(link, sizeof(link), "%d/exe", pid);
	n = readlinkat(proc, link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	if (n > 0 && strcmp(path, text) == 0)
		return true;
	snprintf(link, sizeof(link), "%d/cmdline", pid);
	fd = openat(proc, link, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, path, sizeof(path) - 1);
	close(fd);
	path[n > 0 ? n : 0] = '\0';
	return n > 0 && strcmp(path, text) == 0;
}

/* OpenRC's: is its name the last part of the program's, as far as it is kept? */
static bool
is_named(const char *program, const char *name)
{
	const char *slash = strrchr(program, '/');
	const char *last = slash != NULL ? slash + 1 : program;

	return strncmp(last, name, NAME_SIZE - 1) == 0 &&
	    strlen(name) == strnlen(last, NAME_SIZE - 1);
}

/* Do its arguments begin so? */
static bool
begins_so(char *const *arguments, pid_t pid)
{
	char link[32], *line, *at;
	ssize_t length = 0, n = -1;
	bool same = true;
	int fd;

	snprintf(link, sizeof(link), "%d/cmdline", pid);
	fd = openat(ssd_open_proc(), link, O_RDONLY | O_CLOEXEC);
	line = malloc(COMMAND_LINE_SIZE);
	while (fd != -1 && line != NULL && length < COMMAND_LINE_SIZE - 1 &&
	    (n = read(fd, line + length,
	    (size_t)(COMMAND_LINE_SIZE - 1 - length))) > 0)
		length += n;
	if (fd != -1)
		close(fd);
	if (n == -1 || line == NULL) {
		free(line);
		return false;
	}
	line[length] = '\0';
	at = line;
	for (; *arguments != NULL && same; arguments++) {
		same = at < line + length && strcmp(*arguments, at) == 0;
		at += strlen(at) + 1;
	}
	free(line);
	return same;
}

/*
 * Does it run the program of --exec: is it the same file, or is what was
 * started under that name now another file or none?  A file without a name is
 * rare, and only then the name that it had is asked for.
 */
static bool
runs_file(const struct ssd *s, pid_t pid)
{
	const int proc = ssd_open_proc();
	const size_t suffix = sizeof(deleted) - 1;
	char link[32], path[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(link, sizeof(link), "%d/exe", pid);
	if (fstatat(proc, link, &st, 0) == -1)
		return false;
	if (s->exec_is_there && st.st_dev == s->exec_status.st_dev &&
	    st.st_ino == s->exec_status.st_ino)
		return true;
	if (s->exec_is_there && st.st_nlink > 0)
		return false;
	n = readlinkat(proc, link, path, sizeof(path) - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	if ((size_t)n > suffix && strcmp(path + n - suffix, deleted) == 0)
		path[(size_t)n - suffix] = '\0';
	/* Nothing to compare with: the name has to do, where it is the same. */
	if (!s->exec_is_there)
		return strcmp(path, s->exec_path) == 0 && sees_our_files(pid);
	return stat(path, &st) == 0 && st.st_dev == s->exec_status.st_dev &&
	    st.st_ino == s->exec_status.st_ino;
}

/* As far as it is seen without its name. */
static bool
runs_program(const struct ssd *s, pid_t pid)
{
	/* A script is what its interpreter was given. */
	if (s->begins != NULL && !begins_so(s->begins, pid))
		return false;
	if (s->exec == NULL || s->matching == SSD_BY_NAME)
		return true;
	if (s->matching == SSD_BY_TEXT)
		return is_called(s->exec, pid);
	return s->begins != NULL || runs_file(s, pid);
}

static bool
belongs_to(pid_t pid, uid_t uid)
{
	char path[16];
	struct stat st;

	snprintf(path, sizeof(path), "%d", pid);
	return fstatat(ssd_open_proc(), path, &st, 0) == 0 && st.st_uid == uid;
}

bool
ssd_compare(const struct ssd *s, pid_t pid, const struct process_stat *st)
{
	if (st != NULL && ((s->ppid != 0 && st->parent != s->ppid) ||
	    (s->name != NULL && strcmp(st->name, s->name) != 0) ||
	    (s->exec != NULL && s->matching == SSD_BY_NAME &&
	    !is_named(s->exec, st->name))))
		return false;
	return (s->user == NULL || belongs_to(pid, s->match_uid)) &&
	    runs_program(s, pid);
}
