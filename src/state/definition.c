/*
 * The generated definition: see definition.h.
 */
#include "config.h"

#include "state/definition.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "define/service.h"
#include "define/unit.h"

/* Into a buffer of ours: the keeper's memory shall not grow by a whole text. */
static int
print_to(int fd, const struct service *s)
{
	char buf[BUFSIZ];
	FILE *out;
	int error;

	out = fdopen(fd, "w");
	if (out == NULL) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	setvbuf(out, buf, _IOFBF, sizeof(buf));
	errno = 0;
	unit_print(s, out);
	/* The first write that failed says why. */
	error = !ferror(out) ? 0 : errno != 0 ? errno : EIO;
	if (fclose(out) == EOF && error == 0)
		error = errno;
	errno = error;
	return error == 0 ? 0 : -1;
}

int
definition_write(const char *path, const struct service *s)
{
	char name[PATH_MAX];
	int fd, error;

	if (snprintf(name, sizeof(name), "%s.new", path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* An old one keeps its mode and perhaps its readers: never reuse it. */
	if (unlink(name) == -1 && errno != ENOENT)
		return -1;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY, 0600);
	if (fd == -1)
		return -1;
	if (print_to(fd, s) == -1 || rename(name, path) == -1) {
		error = errno;
		unlink(name);
		errno = error;
		return -1;
	}
	return 0;
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
