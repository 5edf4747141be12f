/*
 * listener FILE [MILLISECONDS]: append the number of every signal that comes
 * to FILE, a line each, after a line "ready".  SIGTERM and SIGINT end it, exit
 * status 0, MILLISECONDS later.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
note(const char *path, const char *line)
{
	int fd;

	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		err(1, "%s", path);
	close(fd);
}

int
main(int argc, char **argv)
{
	struct timespec delay = { 0 };
	sigset_t all;

	if (argc < 2)
		errx(2, "usage: listener FILE [MILLISECONDS]");
	if (argc > 2) {
		delay.tv_sec = atoi(argv[2]) / 1000;
		delay.tv_nsec = atoi(argv[2]) % 1000 * 1000000L;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	note(argv[1], "ready\n");
	for (;;) {
		char line[16];
		int number;

		if (sigwait(&all, &number) != 0)
			continue;
		snprintf(line, sizeof(line), "%d\n", number);
		note(argv[1], line);
		if (number == SIGTERM || number == SIGINT) {
			nanosleep(&delay, NULL);
			return 0;
		}
	}
}
