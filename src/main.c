/*
 * The program: descriptors 0 to 2 made sure of, then the front end that was
 * asked for.  It and whole.c are the only files that are not in the library.
 */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "command/command.h"

/*
 * Open what is missing of 0, 1 and 2: a file opened later would take its
 * number, and what is said to standard error would go into the pidfile.  For
 * reading only: writing to a standard output that was closed must fail.
 */
static bool
open_standard_files(void)
{
	struct pollfd files[] = {
		{ STDIN_FILENO, 0, 0 },
		{ STDOUT_FILENO, 0, 0 },
		{ STDERR_FILENO, 0, 0 },
	};

	if (poll(files, 3, 0) == 0)
		return true;
	for (int i = 0; i < 3; i++) {
		/* The lowest number that is free: this one. */
		if ((files[i].revents & POLLNVAL) != 0 &&
		    open("/dev/null", O_RDONLY) != i)
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	if (!open_standard_files())
		return 1;
	return command_main(argc, argv);
}
