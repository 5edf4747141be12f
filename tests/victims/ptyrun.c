/*
 * ptyrun COMMAND [ARGUMENT...]: run COMMAND on a new terminal, as its
 * controlling one, and copy what it prints.  When COMMAND ends the terminal
 * is hung up, whoever still has it open, and ptyrun exits with COMMAND's
 * status.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static _Noreturn void
run(const char *terminal, char **argv)
{
	int fd;

	setsid();
	if ((fd = open(terminal, O_RDWR)) < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		err(126, "%s", terminal);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
	execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

/* Copy what is there; false when there is nothing for timeout ms. */
static bool
copy(int master, int timeout)
{
	struct pollfd poll_fd = { .fd = master, .events = POLLIN };
	char buf[4096];
	ssize_t n;

	if (poll(&poll_fd, 1, timeout) <= 0)
		return false;
	if ((n = read(master, buf, sizeof(buf))) <= 0)
		return false;
	return write(1, buf, (size_t)n) == n;
}

int
main(int argc, char **argv)
{
	int master, status;
	pid_t child;

	if (argc < 2)
		errx(2, "usage: ptyrun COMMAND [ARGUMENT...]");
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		err(125, "cannot open a terminal");
	if ((child = fork()) < 0)
		err(125, "fork");
	if (child == 0)
		run(ptsname(master), argv + 1);
	while (waitpid(child, &status, WNOHANG) == 0)
		copy(master, 10);
	while (copy(master, 0))
		;
	close(master);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}
