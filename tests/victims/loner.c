/*
 * A service of which there must be one: it takes what only one process can
 * have, and says so in a file when another has it.  Not a test: storm and the
 * bats files look at what it left.
 *
 *	loner [-a NAME] [-p PORT] [-e FILE] [-d DOUBLE] [-r REPORT]
 *
 * -a binds an abstract unix socket and -p a loopback port, which the kernel
 * takes back from the dead; -e makes a file with O_EXCL, which holds pid and
 * start time, so that one left by SIGKILL is told from one of the living.
 * One line in DOUBLE for each that was taken; one in REPORT, the pid, when all
 * were had.  TERM removes FILE and ends it.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *double_path;

static void
append(const char *path, const char *line)
{
	int fd;

	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd == -1 || write(fd, line, strlen(line)) == -1) {
		perror(path);
		exit(3);
	}
	close(fd);
}

static void
taken(const char *what)
{
	char line[128];

	snprintf(line, sizeof(line), "pid %d: %s: taken\n", getpid(), what);
	append(double_path, line);
	fputs(line, stderr);
	exit(9);
}

/* Field 22 of /proc/PID/stat; 0 when there is no such process, or it is dead. */
static unsigned long long
start_of(int pid)
{
	unsigned long long start;
	char path[64], buf[1024], *p, state;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	p = strrchr(buf, ')');
	if (p == NULL || sscanf(p + 2, "%c", &state) != 1 || state == 'Z' ||
	    state == 'X')
		return 0;
	p += 2;
	for (int field = 3; field < 22; field++) {
		p = strchr(p, ' ');
		if (p == NULL)
			return 0;
		p++;
	}
	start = strtoull(p, NULL, 10);
	return start;
}

static void
bind_name(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t length;
	size_t n;
	int fd;

	n = strlen(name);
	if (n > sizeof(sun.sun_path) - 1)
		n = sizeof(sun.sun_path) - 1;
	memcpy(sun.sun_path + 1, name, n);
	length = offsetof(struct sockaddr_un, sun_path) + 1 + n;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, length) == -1)
		taken(name);
}

static void
bind_port(const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd;

	sin.sin_port = htons(atoi(port));
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, 1) == -1)
		taken("port");
}

/* Whether the process that made the file at path is another, and alive. */
static int
owner_lives(const char *path)
{
	const struct timespec ms = { 0, 1000000 };
	unsigned long long start;
	char buf[64];
	ssize_t n;
	int fd, pid;

	/* Between its open and its write the file is empty. */
	for (int i = 0; i < 100; i++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			return 0;
		n = read(fd, buf, sizeof(buf) - 1);
		close(fd);
		if (n > 0) {
			buf[n] = '\0';
			return sscanf(buf, "%d %llu", &pid, &start) == 2 &&
			    pid != getpid() && start_of(pid) == start;
		}
		nanosleep(&ms, NULL);
	}
	return 0;
}

static void
make_file(const char *path)
{
	char buf[64];
	int fd, n;

	for (;;) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd != -1)
			break;
		if (errno != EEXIST || owner_lives(path))
			taken("file");
		unlink(path);
	}
	n = snprintf(buf, sizeof(buf), "%d %llu\n", getpid(),
	    start_of(getpid()));
	if (write(fd, buf, n) != n)
		taken("file (cannot write)");
	close(fd);
}

int
main(int argc, char **argv)
{
	const char *file = NULL, *name = NULL, *port = NULL, *report = NULL;
	char line[32];
	sigset_t set;
	int c, signal;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while ((c = getopt(argc, argv, "a:d:e:p:r:")) != -1) {
		switch (c) {
		case 'a':
			name = optarg;
			break;
		case 'd':
			double_path = optarg;
			break;
		case 'e':
			file = optarg;
			break;
		case 'p':
			port = optarg;
			break;
		case 'r':
			report = optarg;
			break;
		default:
			return 2;
		}
	}
	if (name != NULL)
		bind_name(name);
	if (port != NULL)
		bind_port(port);
	if (file != NULL)
		make_file(file);
	snprintf(line, sizeof(line), "%d\n", getpid());
	append(report, line);
	sigwait(&set, &signal);
	if (file != NULL)
		unlink(file);
	return 0;
}
