/*
 * witness FILE [ARGUMENT...]: write down what a started program finds around
 * itself, as key=value lines, and wait to be killed.  It changes nothing of
 * what it reports.  FILE appears whole (by rename), so that it can be waited
 * for.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void
put_link(FILE *out, const char *key, const char *path)
{
	char target[PATH_MAX];
	ssize_t n;

	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		n = 0;
	target[n] = '\0';
	fprintf(out, "%s=%s\n", key, target);
}

/* The wanted lines of /proc/self/status, "SigIgn:\t0" as "SigIgn=0". */
static void
put_status(FILE *out)
{
	static const char *const wanted[] = { "SigIgn:", "SigBlk:", "Uid:",
	    "Gid:", "Groups:", "NoNewPrivs:" };
	char line[512];
	FILE *status;

	if ((status = fopen("/proc/self/status", "re")) == NULL)
		err(1, "/proc/self/status");
	while (fgets(line, sizeof(line), status) != NULL) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			size_t n = strlen(wanted[i]);
			char *value = line + n;

			if (strncmp(line, wanted[i], n) != 0)
				continue;
			value[strcspn(value, "\n")] = '\0';
			while (*value == '\t' || *value == ' ')
				value++;
			for (char *p = value; *p != '\0'; p++)
				if (*p == '\t')
					*p = ' ';
			fprintf(out, "%.*s=%s\n", (int)n - 1, line, value);
		}
	}
	fclose(status);
}

/* Descriptors, but for those of this report itself. */
static void
put_descriptors(FILE *out)
{
	struct dirent *entry;
	DIR *dir;

	if ((dir = opendir("/proc/self/fd")) == NULL)
		err(1, "/proc/self/fd");
	while ((entry = readdir(dir)) != NULL) {
		char key[64], path[PATH_MAX];
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] == '.' || fd == dirfd(dir) ||
		    fd == fileno(out))
			continue;
		snprintf(key, sizeof(key), "fd.%d", fd);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		put_link(out, key, path);
		fprintf(out, "fdmode.%d=%d\n", fd,
		    fcntl(fd, F_GETFL) & O_ACCMODE);
	}
	closedir(dir);
}

/* Field 7 of /proc/self/stat, counted from behind the name's ')'. */
static int
tty_number(void)
{
	char text[1024], *p;
	int fd, tty = -1;
	ssize_t n;

	if ((fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)) < 0)
		err(1, "/proc/self/stat");
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	if ((p = strrchr(text, ')')) == NULL ||
	    sscanf(p + 1, " %*c %*d %*d %*d %d", &tty) != 1)
		errx(1, "/proc/self/stat: not understood");
	return tty;
}

/* Open a terminal as a careless program does, and see whether it stuck. */
static void
put_terminal(FILE *out)
{
	int master, slave;

	fprintf(out, "tty=%d\n", tty_number());
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    (slave = open(ptsname(master), O_RDWR)) < 0) {
		fprintf(out, "terminal_opened=no: %s\n", strerror(errno));
		return;
	}
	fprintf(out, "terminal_opened=yes\ntty_after_open=%d\n", tty_number());
	close(slave);
	close(master);
}

static void
put_limit(FILE *out, const char *key, int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		err(1, "getrlimit");
	fprintf(out, "limit.%s=", key);
	if (limit.rlim_cur == RLIM_INFINITY)
		fprintf(out, "infinity:");
	else
		fprintf(out, "%ju:", (uintmax_t)limit.rlim_cur);
	if (limit.rlim_max == RLIM_INFINITY)
		fprintf(out, "infinity\n");
	else
		fprintf(out, "%ju\n", (uintmax_t)limit.rlim_max);
}

static void
put_oom_score_adjust(FILE *out)
{
	FILE *file;
	int value;

	if ((file = fopen("/proc/self/oom_score_adj", "re")) == NULL)
		return;
	if (fscanf(file, "%d", &value) == 1)
		fprintf(out, "oom_score_adj=%d\n", value);
	fclose(file);
}

int
main(int argc, char **argv)
{
	char temporary[PATH_MAX];
	mode_t mask;
	FILE *out;

	if (argc < 2)
		errx(2, "usage: witness FILE [ARGUMENT...]");
	mask = umask(0);
	umask(mask);
	snprintf(temporary, sizeof(temporary), "%s.new", argv[1]);
	if ((out = fopen(temporary, "we")) == NULL)
		err(1, "%s", temporary);

	put_descriptors(out);
	for (int i = 0; i < argc; i++)
		fprintf(out, "argv.%d=%s\n", i, argv[i]);
	for (char **e = environ; *e != NULL; e++)
		fprintf(out, "env.%s\n", *e);
	fprintf(out, "pid=%d\nppid=%d\npgid=%d\nsid=%d\n", (int)getpid(),
	    (int)getppid(), (int)getpgrp(), (int)getsid(0));
	put_link(out, "cwd", "/proc/self/cwd");
	put_link(out, "root", "/proc/self/root");
	fprintf(out, "umask=%03o\n", (unsigned)mask);
	put_status(out);
	put_terminal(out);
	put_limit(out, "NOFILE", RLIMIT_NOFILE);
	put_limit(out, "CORE", RLIMIT_CORE);
	put_limit(out, "NPROC", RLIMIT_NPROC);
	fprintf(out, "nice=%d\n", getpriority(PRIO_PROCESS, 0));
	put_oom_score_adjust(out);

	if (fclose(out) != 0 || rename(temporary, argv[1]) < 0)
		err(1, "%s", argv[1]);
	for (;;)
		pause();
}
