/*
 * The program: descriptors 0 to 2 and the environment made sure of, then the
 * front end that was asked for.  It and whole.c are the only files that are not in the library.
 */
#include "config.h"

#include <sys/auxv.h>

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
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

/*
 * With more rights than its caller's (a set-user-ID program executed us), what
 * that could do harm with by way of the environment is not for those whom we
 * execute: they may not be seen to have more rights any more, and then believe
 * it.  glibc removes these before main(); musl ignores them, and leaves them.
 */
static void
drop_unsafe_variables(void)
{
	static const char *const names[] = { "GCONV_PATH", "GETCONF_DIR",
		"GLIBC_TUNABLES", "HOSTALIASES", "LD_AUDIT", "LD_DEBUG",
		"LD_DEBUG_OUTPUT", "LD_DYNAMIC_WEAK", "LD_HWCAP_MASK",
		"LD_LIBRARY_PATH", "LD_ORIGIN_PATH", "LD_PRELOAD",
		"LD_PROFILE", "LD_SHOW_AUXV", "LD_USE_LOAD_BIAS",
		"LOCALDOMAIN", "LOCPATH", "MALLOC_TRACE", "NIS_PATH",
		"NLSPATH", "RESOLV_HOST_CONF", "RES_OPTIONS", "TMPDIR",
		"TZDIR" };

	if (getauxval(AT_SECURE) == 0)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]);
}

int
main(int argc, char **argv)
{
	const char *name;

	if (!open_standard_files())
		return 1;
	drop_unsafe_variables();
	command_argv = argv;
	name = argc > 0 ? strrchr(argv[0], '/') : NULL;
	name = name != NULL ? name + 1 : argc > 0 ? argv[0] : "";
	if (strcmp(name, ssd) == 0)
		return ssd_main(argc, argv, command_main);
	if (argc > 1 && strcmp(argv[1], ssd) == 0)
		return ssd_main(argc - 1, argv + 1, command_main);
	return command_main(argc, argv);
}
