/*
 * crasher FILE TIMES HOW: note each start as a line "PID MILLISECONDS" in
 * FILE.  The first TIMES runs end at once in the way HOW says, exit:STATUS or
 * signal:NUMBER; the next one stays.
 */
#include "config.h"

#include <sys/resource.h>

#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int
count_lines(const char *path)
{
	FILE *file;
	int c, lines = 0;

	if ((file = fopen(path, "re")) == NULL)
		return 0;
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

int
main(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	struct timespec now;
	FILE *file;
	int runs;

	if (argc != 4)
		errx(2, "usage: crasher FILE TIMES exit:N|signal:N");
	runs = count_lines(argv[1]);
	if ((file = fopen(argv[1], "ae")) == NULL)
		err(1, "%s", argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(file, "%d %jd\n", (int)getpid(),
	    (intmax_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	if (fclose(file) != 0)
		err(1, "%s", argv[1]);

	if (runs < atoi(argv[2])) {
		setrlimit(RLIMIT_CORE, &none);
		if (strncmp(argv[3], "exit:", 5) == 0)
			return atoi(argv[3] + 5);
		if (strncmp(argv[3], "signal:", 7) == 0) {
			/* A sanitizer's handler would exit instead. */
			sigaction(atoi(argv[3] + 7), &by_default, NULL);
			kill(getpid(), atoi(argv[3] + 7));
		}
		errx(2, "%s: not understood", argv[3]);
	}
	for (;;)
		pause();
}
