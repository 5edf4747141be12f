/*
 * The generated definition: see definition.h.
 */
#include "config.h"

#include "state/definition.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "define/service.h"
#include "define/unit.h"

static int
write_all(int fd, const char *text, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = write(fd, text, length);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* text to a new file at path: 0, or -1 with errno and no file. */
static int
write_new(const char *path, const char *text, size_t length)
{
	int fd, error = 0;

	/* An old one keeps its mode and perhaps its readers: never reuse it. */
	if (unlink(path) == -1 && errno != ENOENT)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY, 0600);
	if (fd == -1)
		return -1;
	if (write_all(fd, text, length) == -1)
		error = errno;
	if (close(fd) == -1 && error == 0)
		error = errno;
	if (error == 0)
		return 0;
	unlink(path);
	errno = error;
	return -1;
}

int
definition_write(const char *path, const struct service *s)
{
	char name[PATH_MAX], *text;
	size_t length;
	int result, error;

	if (snprintf(name, sizeof(name), "%s.new", path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* First, since it dies when out of memory: then nothing is left. */
	text = unit_text(s, &length);
	result = write_new(name, text, length);
	if (result == 0 && rename(name, path) == -1) {
		error = errno;
		unlink(name);
		errno = error;
		result = -1;
	}
	error = errno;
	free(text);
	errno = error;
	return result;
}

int
definition_read(const char *path, struct service *s, int *ret_errno,
    char *err, size_t size)
{
	*ret_errno = 0;
	if (unit_read(s, path, ret_errno, err, size) == -1)
		return *ret_errno == ENOENT ? 1 : -1;
	return service_check(s, err, size);
}
