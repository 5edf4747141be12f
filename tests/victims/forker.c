/*
 * forker N FILE: become a tree of N descendants that is hard to end: some
 * ignore SIGTERM, some live in sessions of their own, some were orphaned, and
 * some replace themselves by a child all the time.  FILE appears when all are
 * there.  Each of the N is one living process at any moment.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int ready[2];	/* each descendant writes a byte when it is there */

static _Noreturn void
stay(void)
{
	if (write(ready[1], "", 1) != 1)
		_exit(1);
	close(ready[0]);
	close(ready[1]);
	for (;;)
		pause();
}

/* A process that is never the same for long. */
static _Noreturn void
keep_forking(void)
{
	const struct timespec moment = { .tv_nsec = 25000000 };

	if (write(ready[1], "", 1) != 1)
		_exit(1);
	close(ready[0]);
	close(ready[1]);
	for (;;) {
		if (fork() > 0)
			_exit(0);
		nanosleep(&moment, NULL);
	}
}

static _Noreturn void
descend(int i)
{
	if (i % 40 == 4) {
		signal(SIGTERM, SIG_IGN);
		setsid();
		keep_forking();
	}
	switch (i % 4) {
	case 0:
		signal(SIGTERM, SIG_IGN);
		break;
	case 1:
		setsid();
		break;
	case 2:
		signal(SIGTERM, SIG_IGN);
		setsid();
		if (fork() != 0)
			_exit(0);
		break;
	default:
		if (fork() != 0)
			_exit(0);
		break;
	}
	stay();
}

int
main(int argc, char **argv)
{
	int fd, n;

	if (argc != 3 || (n = atoi(argv[1])) < 1)
		errx(2, "usage: forker N FILE");
	if (pipe(ready) < 0)
		err(1, "pipe");
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0)
			descend(i);
	}
	for (int i = 0; i < n; i++) {
		char byte;

		if (read(ready[0], &byte, 1) != 1)
			err(1, "read");
	}
	if ((fd = open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) < 0)
		err(1, "%s", argv[2]);
	close(fd);
	for (;;)
		pause();
}
