/*
 * stubborn FILE: ignore every signal that can be ignored, create FILE, and
 * wait.  Only SIGKILL ends it.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		errx(2, "usage: stubborn FILE");
	for (int i = 1; i < NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP && i != SIGCONT)
			signal(i, SIG_IGN);
	if ((fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) < 0)
		err(1, "%s", argv[1]);
	close(fd);
	for (;;)
		pause();
}
