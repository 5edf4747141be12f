/*
 * Where the service's output goes: see output.h.
 *
 * The FIFO is moved to the log by splice(2), not read and written: with read
 * up to a pipe's content would be in the keeper's memory only, and lost if it
 * is killed there.  splice takes bytes out of the pipe after they are in the
 * file.  It refuses files opened with O_APPEND, so the offset is the file's
 * size, looked up each time: the file may have been truncated meanwhile.
 *
 * Both sides are opened for reading and writing: the service never gets
 * SIGPIPE, and the keeper never end of file.
 */
#include "config.h"

#include "keeper/output.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "message.h"
#include "state/paths.h"

#define LOG_MODE 0640
#define CHUNK 65536
#define DRAIN_MAX 32	/* chunks at a time: signals must be seen in between */

static int
open_log_file(const char *path)
{
	/* Never wait for a reader when somebody put a FIFO there, and never
	 * write to where somebody's link leads. */
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY | O_NONBLOCK, LOG_MODE);
}

/* A file that the service itself writes to: blocking, as it expects. */
static int
open_file(const char *path, int flags, mode_t mode)
{
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK | flags, mode);
	if (fd != -1)
		(void)fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

static int
make_fifo(const char *path, uid_t uid)
{
	/* As a rule there is none; one that is there may be anybody's. */
	if (mkfifo(path, 0600) == -1 && (errno != EEXIST ||
	    unlink(path) == -1 || mkfifo(path, 0600) == -1))
		return -1;
	/* Who may not give it away may not become that user: said there. */
	if (uid != geteuid() && lchown(path, uid, (gid_t)-1) == -1 &&
	    errno != EPERM)
		return -1;
	return 0;
}

static int
check_fifo(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (S_ISFIFO(st.st_mode))
		return 0;
	errno = ENOTSUP;
	return -1;
}

/* Both sides, or neither. */
static int
open_fifo(struct output *o, const char *path)
{
	const int flags = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
	int error;

	o->fifo = open(path, O_RDONLY | O_NONBLOCK | flags);
	if (o->fifo == -1)
		return -1;
	if (check_fifo(o->fifo) == 0)
		o->service_out = open(path, O_RDWR | flags);
	o->service_err = o->service_out;
	if (o->service_out != -1)
		return 0;
	error = errno;
	close(o->fifo);
	o->fifo = -1;
	errno = error;
	return -1;
}

static int
open_log(struct output *o, const char *path)
{
	o->log_path = path;
	o->log = open_log_file(path);
	return o->log == -1 ? -1 : 0;
}

static int
open_pipe(struct output *o, const struct paths *p, uid_t uid, char *what,
    size_t size)
{
	snprintf(what, size, "make %s", p->output);
	if (make_fifo(p->output, uid) == -1)
		return -1;
	snprintf(what, size, "open %s", p->output);
	if (open_fifo(o, p->output) == -1)
		return -1;
	snprintf(what, size, "open log %s", p->log);
	return open_log(o, p->log);
}

void
output_none(struct output *o)
{
	*o = (struct output){ .fifo = -1, .service_out = -1,
	    .service_err = -1, .log = -1, .can_splice = true };
}

/* What is not the pipe.  truncate: as OUTPUT_TRUNCATE asks. */
static int
open_other(struct output *o, const struct service *s, const struct paths *p,
    bool truncate, char *what, size_t size)
{
	switch (s->output) {
	case OUTPUT_LOG:
		snprintf(what, size, "open log %s", p->log);
		o->service_out = open_file(p->log, O_NOFOLLOW, LOG_MODE);
		o->service_err = o->service_out;
		break;
	case OUTPUT_APPEND:
	case OUTPUT_TRUNCATE:
		snprintf(what, size, "open output %s", s->output_path);
		o->service_out = open_file(s->output_path,
		    s->output == OUTPUT_TRUNCATE && truncate ? O_TRUNC : 0,
		    0644);
		o->service_err = o->service_out;
		break;
	case OUTPUT_NULL:
		snprintf(what, size, "open /dev/null");
		o->service_out = open("/dev/null",
		    O_RDWR | O_CLOEXEC | O_NOCTTY);
		o->service_err = o->service_out;
		break;
	case OUTPUT_INHERIT:
		snprintf(what, size, "keep standard output");
		o->service_out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		o->service_err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
		break;
	}
	return o->service_out == -1 || o->service_err == -1 ? -1 : 0;
}

static bool
has_pipe(const struct service *s)
{
	return s->output == OUTPUT_LOG && s->keeper;
}

int
output_open(struct output *o, const struct service *s, const struct paths *p,
    uid_t uid, char *what, size_t size)
{
	int error;

	output_none(o);
	if ((has_pipe(s) ? open_pipe(o, p, uid, what, size) :
	    open_other(o, s, p, true, what, size)) == 0)
		return 0;
	error = errno;
	output_close(o);
	errno = error;
	return -1;
}

int
output_adopt(struct output *o, const struct service *s, const struct paths *p,
    uid_t uid, char *what, size_t size)
{
	int error = 0;

	output_none(o);
	if (!has_pipe(s))
		return open_other(o, s, p, false, what, size);
	if (open_fifo(o, p->output) == -1) {
		error = errno;
		snprintf(what, size, "open %s", p->output);
		/* What the service has is lost; the next run gets another. */
		if (make_fifo(p->output, uid) == 0)
			(void)open_fifo(o, p->output);
	}
	if (open_log(o, p->log) == -1 && error == 0) {
		error = errno;
		snprintf(what, size, "open log %s", p->log);
	}
	errno = error;
	return error == 0 ? 0 : -1;
}

void
output_adopt_to_stop(struct output *o, const struct service *s,
    const struct paths *p)
{
	output_none(o);
	if (has_pipe(s) && open_fifo(o, p->output) == 0)
		(void)open_log(o, p->log);
}

int
output_restart(struct output *o, const struct service *s,
    const struct paths *p, uid_t uid, char *what, size_t size)
{
	if (o->service_out == -1 || o->service_err == -1) {
		output_close(o);
		return output_open(o, s, p, uid, what, size);
	}
	if (s->output == OUTPUT_TRUNCATE)
		(void)!ftruncate(o->service_out, 0);
	if (o->fifo != -1 && o->log == -1)
		(void)open_log(o, p->log);
	return 0;
}

int64_t
output_offset(const struct output *o)
{
	struct stat st;
	int fd;

	fd = o->fifo != -1 ? o->log : o->service_out;
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return 0;
	return st.st_size;
}

static void
say_dropped(struct output *o)
{
	char line[160];
	int n;

	if (o->dropped == 0 || o->log == -1)
		return;
	n = snprintf(line, sizeof(line),
	    "[holdfast: %lld bytes of output were dropped: %s]\n",
	    (long long)o->dropped, message_strerror(o->dropped_errno));
	if (pwrite(o->log, line, n, output_offset(o)) == n)
		o->dropped = 0;
}

/* The log takes nothing: empty the pipe, so that the service is not held. */
static ssize_t
drop(struct output *o, int error)
{
	char buf[CHUNK];
	ssize_t n;

	n = read(o->fifo, buf, sizeof(buf));
	if (n > 0) {
		o->dropped += n;
		o->dropped_errno = error;
	}
	return n;
}

/* For a log that splice cannot write to. */
static ssize_t
copy(struct output *o)
{
	char buf[CHUNK];
	ssize_t n, done, written;

	n = read(o->fifo, buf, sizeof(buf));
	(void)lseek(o->log, 0, SEEK_END);
	for (done = 0; done < n; done += written) {
		written = write(o->log, buf + done, n - done);
		if (written == -1 && errno == EINTR)
			written = 0;
		if (written == -1) {
			o->dropped += n - done;
			o->dropped_errno = errno;
			break;
		}
	}
	return n;
}

static ssize_t
move(struct output *o)
{
	loff_t end;
	ssize_t n;

	if (o->log == -1)
		return drop(o, ENOENT);
	if (!o->can_splice)
		return copy(o);
	end = output_offset(o);
	n = splice(o->fifo, NULL, o->log, &end, CHUNK,
	    SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
	if (n >= 0 || errno == EAGAIN || errno == EINTR)
		return n;
	if (errno == EINVAL || errno == ESPIPE || errno == ENOSYS) {
		o->can_splice = false;
		return copy(o);
	}
	return drop(o, errno);
}

void
output_drain(struct output *o)
{
	if (o->fifo == -1)
		return;
	say_dropped(o);
	for (int i = 0; i < DRAIN_MAX && move(o) > 0; i++)
		continue;
}

void
output_reopen(struct output *o)
{
	int fd;

	if (o->fifo == -1)
		return;
	output_drain(o);
	fd = open_log_file(o->log_path);
	if (fd == -1)
		return;	/* the old one is better than none */
	if (o->log != -1)
		close(o->log);
	o->log = fd;
	o->can_splice = true;
}

void
output_close(struct output *o)
{
	output_drain(o);
	if (o->fifo != -1)
		close(o->fifo);
	if (o->service_err != -1 && o->service_err != o->service_out)
		close(o->service_err);
	if (o->service_out != -1)
		close(o->service_out);
	if (o->log != -1)
		close(o->log);
	output_none(o);
}
