/*
 * The service that the benchmark starts: it says when its main() began, waits
 * for SIGTERM, takes a while to die, and says when it does.  It measures
 * itself, so that nothing the benchmark does comes into the figure.  Linked
 * statically where that works: its own loading is the same small part of
 * every figure.
 *
 *	beacon FIFO [MILLISECONDS]	(FIFO from $HFBENCH_FIFO without one)
 *	beacon -p			only wait, until the parent ends
 */
#include "config.h"

#include "beacon.h"

#include <sys/prctl.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int
tell(int fd, enum beacon_kind kind, int64_t ns)
{
	struct beacon b = { .ns = ns, .kind = kind };

	b.pid = getpid();
	b.parent = getppid();
	return write(fd, &b, sizeof(b)) == sizeof(b) ? 0 : -1;
}

/* One of the 10,000 that only are there. */
static void
wait_for_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != 1)
		for (;;)
			pause();
}

int
main(int argc, char **argv)
{
	static const char line[] = "the beacon is lit\n";
	struct timespec delay = { 0, 0 };
	const char *path;
	int64_t began;
	sigset_t set;
	long ms;
	int fd;

	began = now_ns();
	if (argc > 1 && strcmp(argv[1], "-p") == 0) {
		wait_for_parent();
		return 0;
	}
	/* Before anybody is told of us: a TERM must find it blocked. */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);

	path = argc > 1 ? argv[1] : getenv("HFBENCH_FIFO");
	if (path == NULL)
		return 2;
	/* Read and write: it never waits, and never gets SIGPIPE. */
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd == -1 || tell(fd, BEACON_BEGAN, began) == -1)
		return 1;
	/* So that those who capture output have had some. */
	if (write(STDOUT_FILENO, line, sizeof(line) - 1) == -1)
		delay.tv_sec = 0;	/* nobody listens: that is all */

	sigwaitinfo(&set, NULL);
	ms = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	delay.tv_sec = ms / 1000;
	delay.tv_nsec = ms % 1000 * 1000000;
	if (ms > 0)
		nanosleep(&delay, NULL);
	tell(fd, BEACON_ENDS, now_ns());
	_exit(0);
}
