/*
 * logs: the last lines of a service's log, and what is added to it.  Reads
 * from the end: a log may be large.
 */
#include "config.h"

#include "command/command.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

#define BLOCK 65536
#define LINES_DEFAULT 10
#define LINES_ALL (-1)
#define TAIL_MAX 16384		/* bytes that command_show_tail() shows */
#define LOOK_MSEC 1000
/* Linux before 6.6 gives no event for splice(2). */
#define LOOK_OFTEN_MSEC 100

struct logs {
	int lines;
	bool follow;
};

/* A log that is read on as it grows. */
struct reader {
	char path[PATH_MAX];
	int fd;			/* -1: not there (yet) */
	off_t position;
	int events;		/* inotify, or -1 */
};

static int
open_log(const char *path)
{
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		close(fd);
		errno = ENOTSUP;
		return -1;
	}
	return fd;
}

static off_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_size : 0;
}

/* Where the last lines of [from, end) begin. */
static off_t
find_tail(int fd, off_t from, off_t end, int lines)
{
	char buf[4096];
	off_t at = end;
	ssize_t n;
	int found = 0;

	if (lines == LINES_ALL)
		return from;
	if (lines == 0)
		return end;
	while (at > from) {
		n = at - from < (off_t)sizeof(buf) ? at - from :
		    (off_t)sizeof(buf);
		if (pread(fd, buf, n, at - n) != n)
			return from;	/* it was truncated meanwhile */
		at -= n;
		while (n-- > 0) {
			/* The newline at the end begins no line. */
			if (buf[n] == '\n' && at + n != end - 1 &&
			    ++found == lines)
				return at + n + 1;
		}
	}
	return from;
}

void
command_show_tail(const char *log, int64_t offset, unsigned lines)
{
	char buf[TAIL_MAX + 1], *line, *next;
	off_t end, from;
	ssize_t n;
	int fd;

	fd = open_log(log);
	if (fd == -1)
		return;
	end = size_of(fd);
	from = offset < 0 || offset > end ? 0 : offset;
	from = find_tail(fd, from, end, (int)lines);
	if (end - from > TAIL_MAX)
		from = end - TAIL_MAX;
	n = pread(fd, buf, end - from, from);
	close(fd);
	if (n <= 0)
		return;
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\0')
			buf[i] = '?';
		else if (buf[i] == '\t')
			buf[i] = ' ';
	}
	buf[n] = '\0';
	for (line = buf; *line != '\0'; line = next) {
		next = line + strcspn(line, "\n");
		if (*next == '\n')
			*next++ = '\0';
		message_line("    | %s", line);
	}
}

static int
write_all(const char *buf, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = write(STDOUT_FILENO, buf, length);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			message_error("cannot write standard output: %s",
			    message_strerror(errno));
			return -1;
		}
		buf += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Copy what there is.  The bytes copied, or -1 (said already). */
static off_t
copy_rest(struct reader *r)
{
	static char buf[BLOCK];
	off_t copied = 0;
	ssize_t n;

	if (r->fd == -1)
		return 0;
	if (size_of(r->fd) < r->position) {
		message_note("%s was truncated", r->path);
		r->position = 0;
	}
	for (;;) {
		n = pread(r->fd, buf, sizeof(buf), r->position);
		if (n == 0)
			return copied;
		if (n == -1) {
			message_error("cannot read %s: %s", r->path,
			    message_strerror(errno));
			return -1;
		}
		if (write_all(buf, (size_t)n) == -1)
			return -1;
		r->position += n;
		copied += n;
	}
}

static void
watch_file(struct reader *r)
{
	if (r->events != -1)
		inotify_add_watch(r->events, r->path, IN_MODIFY | IN_ATTRIB |
		    IN_MOVE_SELF | IN_DELETE_SELF);
}

static void
watch_start(struct reader *r)
{
	char dir[PATH_MAX], *slash;

	r->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (r->events == -1)
		return;
	snprintf(dir, sizeof(dir), "%s", r->path);
	slash = strrchr(dir, '/');
	if (slash != NULL && slash != dir)
		*slash = '\0';
	inotify_add_watch(r->events, dir, IN_CREATE | IN_MOVED_TO);
	watch_file(r);
}

/* Go over to the file that has the name now, if it is another one. */
static void
reopen_if_replaced(struct reader *r)
{
	struct stat ours, there;
	int fd;

	if (stat(r->path, &there) == -1)
		return;
	if (r->fd != -1 && fstat(r->fd, &ours) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino)
		return;
	fd = open_log(r->path);
	if (fd == -1)
		return;
	/* What was written to the old one since it was last read. */
	(void)copy_rest(r);
	if (r->fd != -1)
		close(r->fd);
	r->fd = fd;
	r->position = 0;
	watch_file(r);
}

/* True for an event; false when time passed.  *ret_closed: nobody reads us. */
static bool
await_more(struct reader *r, int msec, bool *ret_closed)
{
	struct pollfd fds[] = {
		{ r->events, POLLIN, 0 },
		{ STDOUT_FILENO, 0, 0 },
	};
	char buf[4096];

	if (poll(fds, 2, msec) <= 0)
		return false;
	*ret_closed = (fds[1].revents & (POLLERR | POLLNVAL)) != 0;
	if (fds[0].revents == 0)
		return false;
	while (read(r->events, buf, sizeof(buf)) > 0)
		continue;
	return true;
}

static int
follow(struct reader *r)
{
	off_t copied;
	bool closed = false, told = true;
	int msec = LOOK_MSEC;

	watch_start(r);
	if (r->events == -1)
		msec = LOOK_OFTEN_MSEC;
	for (;;) {
		copied = copy_rest(r);
		if (copied == -1)
			return EXIT_FAILED;
		if (copied > 0 && !told)
			msec = LOOK_OFTEN_MSEC;
		reopen_if_replaced(r);
		if (copy_rest(r) == -1)
			return EXIT_FAILED;
		if (closed)
			return EXIT_DONE;
		told = await_more(r, msec, &closed);
	}
}

static int
say_no_log(const char *name, const struct view *v, const char *path)
{
	int error = errno;

	if (error == ENOENT && !v->known) {
		message_error("%s: not known, and there is no %s", name, path);
		return EXIT_NOT_CONFIGURED;
	}
	if (error == ENOTSUP)
		message_error("%s: cannot read %s: it is not a regular file",
		    name, path);
	else
		message_error("%s: cannot read its log %s: %s", name, path,
		    message_strerror(error));
	return command_status_of(error);
}

static int
show_one(const char *name, struct paths *p, void *context)
{
	static struct view v;
	const struct logs *l = context;
	struct reader r = { .events = -1 };
	int status = EXIT_DONE;

	view_read(p, &v);
	if (v.known && v.record.log[0] == '\0') {
		message_error("%s: its output goes to no file (--output)",
		    name);
		return EXIT_FAILED;
	}
	snprintf(r.path, sizeof(r.path), "%s", v.known ? v.record.log :
	    p->log);
	r.fd = open_log(r.path);
	if (r.fd == -1 && !(l->follow && errno == ENOENT && v.known))
		return say_no_log(name, &v, r.path);
	if (r.fd != -1)
		r.position = find_tail(r.fd, 0, size_of(r.fd), l->lines);
	if (l->follow)
		status = follow(&r);
	else if (copy_rest(&r) == -1)
		status = EXIT_FAILED;
	if (r.fd != -1)
		close(r.fd);
	if (r.events != -1)
		close(r.events);
	return status;
}

static int
parse_lines(const char *text, int *ret)
{
	if (text == NULL)
		return 0;
	if (strcmp(text, "all") == 0) {
		*ret = LINES_ALL;
		return 0;
	}
	if (value_parse_int(text, 0, INT_MAX, ret) == NULL)
		return 0;
	command_usage("logs: --lines '%s': expected a number, or 'all'", text);
	return -1;
}

static int
run_logs(int argc, char **argv)
{
	struct common_options common;
	struct strings names = { NULL, 0 };
	struct logs l = { .lines = LINES_DEFAULT };
	const char *lines = NULL;
	struct command_option own[] = {
		{ "lines", 'n', &lines, NULL },
		{ "follow", 'f', NULL, &l.follow },
		{ NULL, 0, NULL, NULL },
	};
	int status = EXIT_USAGE;

	if (command_options(argc, argv, own, &common, &names) == 0 &&
	    parse_lines(lines, &l.lines) == 0) {
		if (names.count > 1)
			command_usage("logs: '%s': expected one name",
			    names.items[1]);
		else
			status = command_each(&names, &common, show_one, &l);
	}
	strings_clear(&names);
	return status;
}

const struct command command_logs = {
	.name = "logs",
	.usage = "NAME [-n LINES|all] [-f]",
	.help = "print the last lines of a service's log, or follow it",
	.run = run_logs,
};
