/*
 * The program: descriptors 0 to 2 made sure of, then the front end that was
 * asked for.  It and whole.c are the only files that are not in the library.
 */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "ssd/ssd.h"

static const char ssd[] = "start-stop-daemon";

/*
 * Open what is missing of 0, 1 and 2: a file opened later would take its
 * number, and what is said to standard error would go into the pidfile.  For
 * reading only: writing to a standard output that was closed must fail.
 * Close-on-exec: what start-stop-daemon executes in its own place inherits what
 * the caller left open, and no more.
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
		    open("/dev/null", O_RDONLY | O_CLOEXEC) != i)
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	const char *name;

	if (!open_standard_files())
		return 1;
	command_argv = argv;
	name = argc > 0 ? strrchr(argv[0], '/') : NULL;
	name = name != NULL ? name + 1 : argc > 0 ? argv[0] : "";
	if (strcmp(name, ssd) == 0)
		return ssd_main(argc, argv, command_main);
	if (argc > 1 && strcmp(argv[1], ssd) == 0)
		return ssd_main(argc - 1, argv + 1, command_main);
	return command_main(argc, argv);
}
