/*
 * Readiness by notification: see notify.h.
 */
#include "config.h"

#include "ssd/notify.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/value.h"
#include "message.h"
#include "process/child.h"
#include "process/process.h"
#include "process/program.h"
#include "ssd/private.h"
#include "state/watch.h"

#define DESCRIPTORS_MAX 16
#define LOOK_AGAIN_USEC INT64_C(100000)
/* What poll(2) can be told. */
#define LONGEST_POLL_USEC INT64_C(3600000000)

/* What a datagram, or the end of the program, came to. */
enum answer { ANSWER_NONE, ANSWER_READY, ANSWER_FAILED };

static const char *
base_directory(void)
{
	const char *dir;

	if (getuid() == 0 && access("/run", F_OK) == 0)
		return "/run";
	dir = getenv("TMPDIR");
	return dir != NULL ? dir : "/tmp";
}

static uid_t
program_uid(const struct ssd *s)
{
	return s->change_user ? s->credentials.uid : getuid();
}

static gid_t
program_gid(const struct ssd *s)
{
	return s->change_group ? s->credentials.gid : getgid();
}

static void
open_socket(const struct ssd *s, struct notify *n)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const uid_t uid = program_uid(s);
	const gid_t gid = program_gid(s);
	const bool other = uid != getuid() || gid != getgid();
	const int on = 1;

	n->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (n->socket == -1)
		ssd_fail_errno(s, errno, "cannot create notification socket");
	snprintf(n->directory, sizeof(n->directory), "%s/%s.XXXXXX",
	    base_directory(), ".s-s-d-notify");
	if (mkdtemp(n->directory) == NULL)
		ssd_fail_errno(s, errno, "cannot create socket directory %s",
		    n->directory);
	snprintf(n->path, sizeof(n->path), "%.4000s/notify", n->directory);
	if (strlen(n->path) >= sizeof(address.sun_path)) {
		notify_close(n);
		ssd_fail_errno(s, ENAMETOOLONG,
		    "cannot bind to notification socket");
	}
	if (other && chown(n->directory, uid, gid) == -1) {
		const int error = errno;

		notify_close(n);
		ssd_fail_errno(s, error,
		    "cannot change socket directory ownership");
	}
	memcpy(address.sun_path, n->path, strlen(n->path));
	if (bind(n->socket, (struct sockaddr *)&address,
	    sizeof(address)) == -1 || chmod(n->path, 0660) == -1 ||
	    (other && chown(n->path, uid, gid) == -1)) {
		const int error = errno;

		notify_close(n);
		ssd_fail_errno(s, error, "cannot bind to notification socket");
	}
	(void)setsockopt(n->socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	setenv("NOTIFY_SOCKET", n->path, 1);
}

void
notify_open(const struct ssd *s, struct notify *n, struct program *p)
{
	int pair[2];

	if (s->notify_await) {
		n->kind = NOTIFY_BY_SOCKET;
		open_socket(s, n);
	} else if (s->extras.ready_as != -1) {
		if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) == -1 ||
		    fcntl(pair[1], F_SETFL, 0) == -1)
			ssd_fail_errno(s, errno, "unable to make a pipe");
		n->kind = NOTIFY_BY_LINE;
		n->socket = pair[0];
		n->other = p->given = pair[1];
		p->given_as = s->extras.ready_as;
	}
}

void
notify_begun(struct notify *n)
{
	if (n->other != -1)
		close(n->other);
	n->other = -1;
}

void
notify_close(struct notify *n)
{
	if (n->socket == -1)
		return;
	close(n->socket);
	n->socket = -1;
	if (n->kind != NOTIFY_BY_SOCKET)
		return;
	(void)unlink(n->path);
	(void)rmdir(n->directory);
}

static enum answer
fail(const struct ssd *s, struct notify *n, const char *what, int error)
{
	if (error != 0)
		message_error("%s (%s)", what, message_strerror(error));
	else
		message_error("%s", what);
	n->status = s->dialect->failed;
	return ANSWER_FAILED;
}

static enum answer
refuse(const struct ssd *s, struct notify *n, const char *which,
    const char *line)
{
	message_error("cannot parse %s notification %s", which, line);
	n->status = s->dialect->failed;
	return ANSWER_FAILED;
}

/* The number behind the =; false when it is none. */
static bool
read_number(const char *text, int64_t max, int64_t *ret)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < 0 ||
	    value > max)
		return false;
	*ret = value;
	return true;
}

static enum answer
read_line(const struct ssd *s, struct notify *n, const char *line,
    int64_t *deadline)
{
	int64_t value;

	if (strcmp(line, "READY=1") == 0) {
		ssd_say_more(s, "-> Notification => ready for service.");
		n->status = SSD_DONE;
		return ANSWER_READY;
	}
	if (strncmp(line, "EXTEND_TIMEOUT_USEC=", 20) == 0) {
		if (!read_number(line + 20, INT64_MAX / 2, &value))
			return refuse(s, n, "extended timeout", line);
		*deadline = watch_now() + value;
	} else if (strncmp(line, "ERRNO=", 6) == 0) {
		if (!read_number(line + 6, INT32_MAX, &value))
			return refuse(s, n, "errno", line);
		return fail(s, n, "program failed to initialize", (int)value);
	} else
		ssd_say_more(s, "-> Notification line '%s' received", line);
	return ANSWER_NONE;
}

/* musl's macro compares a size with a difference of pointers. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"
static struct cmsghdr *
next_header(struct msghdr *m, struct cmsghdr *c)
{
	return CMSG_NXTHDR(m, c);
}
#pragma GCC diagnostic pop

/* Who may say it: the user that the program runs as, or root. */
static bool
take_control(const struct ssd *s, struct msghdr *m)
{
	struct cmsghdr *c;
	struct ucred sender;
	int fds[DESCRIPTORS_MAX];
	size_t count;
	bool may = false;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = next_header(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&sender, CMSG_DATA(c), sizeof(sender));
			may = sender.uid == program_uid(s) || sender.uid == 0;
		}
		if (c->cmsg_type != SCM_RIGHTS)
			continue;
		/* BARRIER=1 is answered by the close of its descriptor. */
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(fds[0]);
		if (count > DESCRIPTORS_MAX)
			count = DESCRIPTORS_MAX;
		memcpy(fds, CMSG_DATA(c), count * sizeof(fds[0]));
		for (size_t i = 0; i < count; i++)
			close(fds[i]);
	}
	return may;
}

static enum answer
receive(const struct ssd *s, struct notify *n, int64_t *deadline)
{
	char text[16 * 1024], *line, *next;
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred)) +
		    CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX)];
	} control;
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	enum answer answer = ANSWER_NONE;
	ssize_t length;

	length = recvmsg(n->socket, &m, MSG_CMSG_CLOEXEC);
	if (length == -1)
		return errno == EAGAIN || errno == EINTR ? ANSWER_NONE :
		    fail(s, n, "cannot receive notification packet", errno);
	if (!take_control(s, &m) || (m.msg_flags & MSG_TRUNC) != 0)
		return ANSWER_NONE;
	text[length] = '\0';
	for (line = text; line != NULL && answer == ANSWER_NONE; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		/* Nothing behind the last newline. */
		if (line[0] == '\0' && next == NULL)
			break;
		ssd_say_more(s, "Child sent some notification...");
		answer = read_line(s, n, line, deadline);
	}
	return answer;
}

/* The line that says so; whoever else may write there, for whom it ends. */
static enum answer
receive_line(const struct ssd *s, struct notify *n, struct pollfd *program,
    bool *gone)
{
	char text[512];
	ssize_t length;

	length = read(n->socket, text, sizeof(text));
	if (length == -1)
		return errno == EAGAIN || errno == EINTR ? ANSWER_NONE :
		    fail(s, n, "cannot read notification", errno);
	if (length == 0) {
		/* Who ends closes that first. */
		(void)poll(program, program->fd != -1,
		    (int)(LOOK_AGAIN_USEC / 1000));
		*gone = *gone || (program->revents & POLLIN) != 0;
		return fail(s, n, *gone ?
		    "program ended before it was ready" :
		    "program closed its descriptor before it was ready", 0);
	}
	if (memchr(text, '\n', (size_t)length) == NULL)
		return ANSWER_NONE;
	n->status = SSD_DONE;
	return ANSWER_READY;
}

/* Does anything live in a session?  The program may have left it to a child. */
static bool
session_lives(pid_t session)
{
	struct process_stat st;
	struct dirent *entry;
	bool lives = false;
	DIR *proc;

	proc = opendir("/proc");
	if (proc == NULL)
		return true;
	while (!lives && (entry = readdir(proc)) != NULL)
		lives = isdigit((unsigned char)entry->d_name[0]) &&
		    process_is_alive((pid_t)strtol(entry->d_name, NULL, 10), 0,
		    &st) && st.session == session;
	closedir(proc);
	return lives;
}

int
notify_wait(const struct ssd *s, struct notify *n, const struct child *c)
{
	struct pollfd polled[2] = {
		{ n->socket, POLLIN, 0 },
		{ process_open(c->pid, 0), POLLIN, 0 },
	};
	int64_t deadline = s->notify_usec == USEC_INFINITY ? USEC_INFINITY :
	    watch_now() + s->notify_usec, left;
	enum answer answer = ANSWER_NONE;
	bool gone = polled[1].fd == -1 && errno == ESRCH;

	if (s->notify_usec != USEC_INFINITY)
		ssd_say_more(s, "Waiting for notifications... (timeout %lusec "
		    "%lunsec)", (unsigned long)(s->notify_usec / 1000000),
		    (unsigned long)(s->notify_usec % 1000000) * 1000);
	for (;;) {
		/* What it said before it died counts. */
		answer = n->kind == NOTIFY_BY_LINE ?
		    receive_line(s, n, &polled[1], &gone) :
		    receive(s, n, &deadline);
		if (answer != ANSWER_NONE)
			break;
		if (gone && !session_lives(c->session)) {
			answer = fail(s, n, "program ended before it was ready",
			    0);
			break;
		}
		left = deadline - watch_now();
		if (left <= 0) {
			answer = fail(s, n,
			    "timed out waiting for a notification", 0);
			gone = false;
			break;
		}
		/* Who has left it to a child is looked after now and then. */
		if (left > (gone ? LOOK_AGAIN_USEC : LONGEST_POLL_USEC))
			left = gone ? LOOK_AGAIN_USEC : LONGEST_POLL_USEC;
		(void)poll(polled, gone || polled[1].fd == -1 ? 1 : 2,
		    (int)((left + 999) / 1000));
		gone = gone || (polled[1].revents & POLLIN) != 0;
	}
	if (polled[1].fd != -1)
		close(polled[1].fd);
	return answer == ANSWER_FAILED && gone ? -1 : 0;
}
