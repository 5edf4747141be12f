/*
 * A text file, read whole: see textfile.h.
 */
#include "config.h"

#include "define/textfile.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>


#define SIZE_LIMIT (64 * 1024 * 1024)

/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
static int
open_regular(const char *path, size_t *ret_size)
{
	struct stat st;
	int fd, error = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		error = errno;
	else if (S_ISDIR(st.st_mode))
		error = EISDIR;
	else if (!S_ISREG(st.st_mode))
		error = ENOTSUP;
	else if (st.st_size > SIZE_LIMIT)
		error = EFBIG;
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	*ret_size = (size_t)st.st_size;
	return fd;
}

char *
textfile_read(const char *path, size_t *ret_length)
{
	size_t size = 0, length = 0;
	char *text = NULL, *larger;
	ssize_t n = 1;
	int fd, saved;

	fd = open_regular(path, &size);
	if (fd == -1)
		return NULL;
	/* A file of /proc says that it has no size, so read until the end. */
	size += 2;
	while (n > 0) {
		if (text == NULL || length + 1 == size) {
			size = text == NULL ? size : size * 2;
			larger = realloc(text, size);
			if (larger == NULL) {
				n = -1;
				break;
			}
			text = larger;
		}
		n = read(fd, text + length, size - length - 1);
		if (n > 0)
			length += (size_t)n;
		if (length > SIZE_LIMIT) {
			errno = EFBIG;
			n = -1;
		} else if (n == -1 && errno == EINTR) {
			n = 1;
		}
	}
	saved = errno;
	close(fd);
	if (n == -1) {
		free(text);
		errno = saved;
		return NULL;
	}
	text[length] = '\0';
	*ret_length = length;
	return text;
}
