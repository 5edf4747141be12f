/*
 * A program that says how it is: each argument is done in turn.
 *
 *	notifier STEP...
 *
 * TEXT=... is sent to $NOTIFY_SOCKET; barrier sends BARRIER=1 with a pipe and
 * waits until that is closed; file:PATH makes a file; uid:N becomes that user,
 * with the socket still at hand; fork leaves the rest to a child; exit:N ends
 * it.  In the end it waits to be killed.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
open_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int fd;

	if (path == NULL || strlen(path) >= sizeof(address.sun_path))
		errx(1, "no NOTIFY_SOCKET");
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&address,
	    sizeof(address)) == -1)
		err(1, "%s", path);
	return fd;
}

static void
send_barrier(int fd)
{
	char text[] = "BARRIER=1", byte;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { text, strlen(text) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	int ends[2];

	if (pipe(ends) == -1)
		err(1, "pipe");
	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &ends[1], sizeof(int));
	if (sendmsg(fd, &m, 0) == -1)
		err(1, "sendmsg");
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 0)
		errx(1, "a barrier that says something");
	close(ends[0]);
}

static void
do_step(const char *step, int fd)
{
	if (strcmp(step, "barrier") == 0)
		send_barrier(fd);
	else if (strncmp(step, "file:", 5) == 0)
		close(open(step + 5, O_WRONLY | O_CREAT, 0644));
	else if (strncmp(step, "uid:", 4) == 0) {
		if (setuid((uid_t)strtoul(step + 4, NULL, 10)) == -1)
			err(1, "setuid");
	} else if (strcmp(step, "fork") == 0) {
		if (fork() != 0)
			_exit(0);
	} else if (strncmp(step, "exit:", 5) == 0)
		exit((int)strtol(step + 5, NULL, 10));
	else if (send(fd, step, strlen(step), 0) == -1)
		err(1, "send");
}

int
main(int argc, char **argv)
{
	const int fd = open_socket();

	for (int i = 1; i < argc; i++)
		do_step(argv[i], fd);
	for (;;)
		pause();
}
