/*
 * Whose turn it is: see turn.h.  The files stay: they are empty, one for each
 * key that was ever used, and in a directory that a boot empties.
 */
#include "config.h"

#include "state/turn.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "state/paths.h"

/* FNV-1a: two keys with one hash would only wait for each other. */
static uint64_t
hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h;
}

static int
open_file(const struct paths *p, const char *key)
{
	char path[PATHS_MAX + 32];

	snprintf(path, sizeof(path), "%s/.turn-%016" PRIx64, p->root,
	    hash(key));
	return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int
turn_take(const struct paths *p, const char *key)
{
	char err[512];
	int fd, error;

	if (paths_check(p, err, sizeof(err)) == -1)
		return -1;
	fd = open_file(p, key);
	if (fd == -1 && errno == ENOENT &&
	    paths_make_root(p, err, sizeof(err)) == 0)
		fd = open_file(p, key);
	if (fd == -1)
		return -1;
	while (flock(fd, LOCK_EX) == -1) {
		if (errno == EINTR)
			continue;
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}
