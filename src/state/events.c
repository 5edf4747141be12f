/*
 * The events: see events.h.
 */
#include "config.h"

#include "state/events.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state/watch.h"

/*
 * Replace the file by its newer half, from a line's beginning on; in pieces,
 * because a keeper would keep a large buffer as long as its service runs.
 */
static void
drop_older_half(const char *path, int fd)
{
	char piece[4096], name[PATH_MAX];
	const char *newline = NULL;
	off_t at = EVENTS_MAX_BYTES / 2;
	ssize_t n;
	int out;

	n = pread(fd, piece, sizeof(piece), at);
	if (n > 0)
		newline = memchr(piece, '\n', (size_t)n);
	if (newline == NULL ||
	    snprintf(name, sizeof(name), "%s.new", path) >= PATH_MAX)
		return;
	at += newline + 1 - piece;
	out = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY, 0644);
	if (out == -1)
		return;
	while ((n = pread(fd, piece, sizeof(piece), at)) > 0 &&
	    write(out, piece, (size_t)n) == n)
		at += n;
	close(out);
	if (n != 0 || rename(name, path) == -1)
		unlink(name);
}

/*
 * A disk that is full took written bytes of a line only: take them back, unless
 * another has appended since.
 */
static void
take_back(int fd, ssize_t written)
{
	struct stat st;
	off_t end;

	end = lseek(fd, 0, SEEK_CUR);
	if (end >= written && fstat(fd, &st) == 0 && st.st_size == end)
		(void)!ftruncate(fd, end - written);
}

void
events_add(const char *path, const char *fmt, ...)
{
	char line[512];
	struct stat st;
	va_list ap;
	ssize_t written;
	int fd, n;

	n = snprintf(line, sizeof(line), "%lld ", (long long)watch_realtime());
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	for (char *p = line; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ')
			*p = '?';
	}
	n = (int)strlen(line);
	line[n++] = '\n';
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY, 0644);
	if (fd == -1)
		return;
	written = write(fd, line, n);
	if (written > 0 && written < n)
		take_back(fd, written);
	else if (written == n && fstat(fd, &st) == 0 &&
	    st.st_size > EVENTS_MAX_BYTES)
		drop_older_half(path, fd);
	close(fd);
}

size_t
events_tail(const char *path, struct event_line *lines, size_t max, char *buf,
    size_t size)
{
	struct stat st;
	char *start, *text;
	ssize_t n = -1;
	size_t count = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY);
	if (fd == -1)
		return 0;
	if (fstat(fd, &st) == 0)
		n = pread(fd, buf, size - 1, st.st_size > (off_t)size - 1 ?
		    st.st_size - (off_t)(size - 1) : 0);
	close(fd);
	/* What is behind the last newline is half a line: of a full disk. */
	while (n > 0 && buf[n - 1] != '\n')
		n--;
	/* From the end backwards, filling lines from its end. */
	while (count < max && n > 0) {
		buf[--n] = '\0';
		start = memrchr(buf, '\n', n);
		/* The first in buf may have been cut. */
		if (start == NULL && st.st_size > (off_t)size - 1)
			break;
		start = start == NULL ? buf : start + 1;
		n = start - buf;
		lines[max - ++count].usec = strtoll(start, &text, 10);
		lines[max - count].text = *text == ' ' ? text + 1 : text;
	}
	memmove(lines, lines + max - count, count * sizeof(*lines));
	return count;
}
