/*
 * A pidfile as start-stop-daemon has them: see pidfile.h.
 */
#include "config.h"

#include "state/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How often another may make or remove it under us. */
#define TRIES 10

/* The new text over the old one, and then what is left of that cut off. */
static int
overwrite(int fd, const char *text, size_t length)
{
	int error;

	/* EINVAL: it is not a file, but /dev/null, say. */
	if (pwrite(fd, text, length, 0) == (ssize_t)length &&
	    (ftruncate(fd, (off_t)length) == 0 || errno == EINVAL))
		return close(fd);
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Under another name first, and then linked to its own: -1 with EEXIST when
 * somebody made one meanwhile. */
static int
make(const char *path, const char *text, size_t length)
{
	char other[PATH_MAX];
	int fd, error, result;

	if (snprintf(other, sizeof(other), "%s.%d", path, (int)getpid()) >=
	    (int)sizeof(other)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0666);
	/* A leftover of a process that had our pid, or not ours to remove. */
	if (fd == -1 && errno == EEXIST) {
		if (unlink(other) == 0)
			fd = open(other, O_WRONLY | O_CREAT | O_EXCL |
			    O_NOFOLLOW | O_CLOEXEC, 0666);
		else
			errno = EEXIST;
	}
	if (fd == -1)
		return -1;
	result = overwrite(fd, text, length);
	if (result == 0)
		result = link(other, path);
	error = errno;
	(void)unlink(other);
	errno = error;
	return result;
}

int
pidfile_put(const char *path, pid_t pid)
{
	char text[16];
	const size_t length = (size_t)snprintf(text, sizeof(text), "%d\n",
	    (int)pid);
	int fd;

	for (int i = 0; i < TRIES; i++) {
		/* O_NONBLOCK: a fifo without a reader is refused. */
		fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
		    O_NOCTTY);
		if (fd != -1)
			return overwrite(fd, text, length);
		if (errno != ENOENT)
			return -1;
		if (make(path, text, length) == 0)
			return 0;
		/* A name too long for another, or a file system without links. */
		if (errno == ENAMETOOLONG || errno == EPERM ||
		    errno == EOPNOTSUPP)
			break;
		if (errno != EEXIST)
			return -1;
	}
	/* Also where somebody has made all the other names. */
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC | O_NOCTTY, 0666);
	return fd == -1 ? -1 : overwrite(fd, text, length);
}

enum pidfile_content
pidfile_get(const char *path, pid_t *ret_pid, struct stat *ret_status)
{
	char text[16 * 1024];	/* for what has many blanks or zeros in front */
	ssize_t n;
	long pid;
	char *end;
	int fd, error;

	fd = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC |
	    O_NOCTTY);
	if (fd == -1)
		return errno == ENOENT ? PIDFILE_ABSENT : PIDFILE_ERROR;
	if (fstat(fd, ret_status) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return PIDFILE_ERROR;
	}
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return PIDFILE_UNUSABLE;
	text[n] = '\0';
	errno = 0;
	pid = strtol(text, &end, 10);
	if (end == text || errno != 0 || pid <= 1 || pid > INT_MAX)
		return PIDFILE_UNUSABLE;
	*ret_pid = (pid_t)pid;
	return PIDFILE_PID;
}
