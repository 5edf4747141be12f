/*
 * A service that talks: it writes the lines 1, 2, ... COUNT to standard
 * output, each whole in one write, as fast as the pipe takes them, then makes
 * the file DONE and waits for TERM.
 *
 *	chatter COUNT DONE [MICROSECONDS]
 *
 * With MICROSECONDS it sleeps that long after every hundred lines.  A write
 * that fails or is cut short ends it with 1: that is a lost line.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct timespec pause_time = { 0, 0 };
	char line[64];
	long count;
	sigset_t set;
	int fd, n, signal;

	if (argc < 3)
		return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	count = atol(argv[1]);
	if (argc > 3)
		pause_time.tv_nsec = atol(argv[3]) * 1000;
	for (long i = 1; i <= count; i++) {
		n = snprintf(line, sizeof(line), "line %ld of a chatter\n", i);
		if (write(STDOUT_FILENO, line, n) != n)
			return 1;
		if (pause_time.tv_nsec != 0 && i % 100 == 0)
			nanosleep(&pause_time, NULL);
	}
	fd = open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd == -1)
		return 1;
	close(fd);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigwait(&set, &signal);
	return 0;
}
