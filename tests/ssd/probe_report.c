/*
 * What a probe finds around itself, as text that does not depend on the run but
 * for the numbers of processes.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "probe.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* What is not printable, or would be taken for a line's end, as \xNN. */
static void
put_text(FILE *f, const char *text)
{
	for (; *text != '\0'; text++) {
		if (isprint((unsigned char)*text))
			putc(*text, f);
		else
			fprintf(f, "\\x%02x", (unsigned char)*text);
	}
	putc('\n', f);
}

/* Those lines of /proc/self/status that are about what a caller leaves. */
static void
put_status(FILE *f)
{
	static const char *const wanted[] = { "Name:", "Uid:", "Gid:",
		"Groups:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:",
		"SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:",
		"CapAmb:", "NoNewPrivs:", "Seccomp:", "Cpus_allowed_list:" };
	char line[4096];
	FILE *status = fopen("/proc/self/status", "re");

	if (status == NULL) {
		fprintf(f, "/proc: %s\n", strerror(errno));
		return;
	}
	while (fgets(line, sizeof(line), status) != NULL) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			if (strncmp(line, wanted[i], strlen(wanted[i])) == 0)
				fputs(line, f);
		}
	}
	fclose(status);
}

static void
put_descriptors(FILE *f)
{
	char path[64], target[PATH_MAX];
	ssize_t n;

	for (int fd = 0; fd < 1024; fd++) {
		const int flags = fcntl(fd, F_GETFL);

		if (flags == -1)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		fprintf(f, "fd %d: %s%s%s%s ", fd,
		    (flags & O_ACCMODE) == O_RDONLY ? "r" :
		    (flags & O_ACCMODE) == O_WRONLY ? "w" : "rw",
		    flags & O_APPEND ? " append" : "",
		    flags & O_NONBLOCK ? " nonblocking" : "",
		    flags & O_SYNC ? " sync" : "");
		/* A pipe's and a socket's number says nothing. */
		target[strcspn(target, "[")] = '\0';
		put_text(f, target);
	}
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
put_environment(FILE *f)
{
	char *sorted[1024];
	size_t n = 0;

	while (n < 1024 && environ[n] != NULL) {
		sorted[n] = environ[n];
		n++;
	}
	qsort(sorted, n, sizeof(*sorted), compare_texts);
	for (size_t i = 0; i < n; i++) {
		fputs("env ", f);
		put_text(f, sorted[i]);
	}
}

static void
put_limits(FILE *f)
{
	static const char *const names[] = { "CPU", "FSIZE", "DATA", "STACK",
		"CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS",
		"SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME" };
	uint64_t limit[2];

	/* By number, and as the kernel counts: -1 is no limit. */
	for (int i = 0; i < 16; i++) {
		if (syscall(SYS_prlimit64, 0, i, NULL, limit) == 0)
			fprintf(f, "limit %s: %jd %jd\n", names[i],
			    (intmax_t)limit[0], (intmax_t)limit[1]);
	}
}

static void
put_priorities(FILE *f)
{
	struct sched_param param = { 0 };
	char text[32] = "";
	struct itimerval alarm_left;
	FILE *oom;
	const int io = (int)syscall(SYS_ioprio_get, 1, 0);
	int parent_signal = 0, subreaper = 0;

	fprintf(f, "nice: %d\n", getpriority(PRIO_PROCESS, 0));
	/* Not every libc has these. */
	syscall(SYS_sched_getparam, 0, &param);
	fprintf(f, "scheduling: policy %d, priority %d\n",
	    (int)syscall(SYS_sched_getscheduler, 0), param.sched_priority);
	fprintf(f, "io: class %d, priority %d\n", io >> 13, io & 0x1fff);
	oom = fopen("/proc/self/oom_score_adj", "re");
	if (oom != NULL && fgets(text, sizeof(text), oom) != NULL)
		fprintf(f, "oom_score_adj: %s", text);
	if (oom != NULL)
		fclose(oom);
	getitimer(ITIMER_REAL, &alarm_left);
	prctl(PR_GET_PDEATHSIG, &parent_signal);
	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	fprintf(f, "alarm: %s\nparent's death signals: %d\nsubreaper: %d\n"
	    "dumpable: %d\ntimer slack: %d\nsecure bits: %d\n",
	    alarm_left.it_value.tv_sec != 0 ? "yes" : "no", parent_signal,
	    subreaper, (int)prctl(PR_GET_DUMPABLE),
	    (int)prctl(PR_GET_TIMERSLACK), (int)prctl(PR_GET_SECUREBITS));
}

/* The numbers are given names later, by who knows whose they are. */
static void
put_relations(FILE *f)
{
	char text[1024], *p;
	int fd, tty = 0, n;

	fprintf(f, "pid: %d\nparent: %d\ngroup: %d%s\nsession: %d%s\n",
	    (int)getpid(), (int)getppid(), (int)getpgrp(),
	    getpgrp() == getpid() ? ", its leader" :
	    getpgrp() == getsid(0) ? ", the session's first" : "",
	    (int)getsid(0), getsid(0) == getpid() ? ", its leader" : "");
	fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	n = fd == -1 ? 0 : (int)read(fd, text, sizeof(text) - 1);
	if (fd != -1)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')');
	if (p != NULL)
		sscanf(p + 1, " %*c %*d %*d %*d %d", &tty);
	fprintf(f, "terminal: %s\n", tty != 0 ? "yes" : "none");
}

static void
put_places(FILE *f, mode_t mask)
{
	char path[PATH_MAX];
	struct stat st = { 0 };
	ssize_t n;

	fputs("directory: ", f);
	put_text(f, getcwd(path, sizeof(path)) != NULL ? path :
	    strerror(errno));
	stat("/", &st);
	fprintf(f, "root: %u:%u:%ju\n", major(st.st_dev), minor(st.st_dev),
	    (uintmax_t)st.st_ino);
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	fputs("program: ", f);
	put_text(f, path);
	fprintf(f, "umask: %04o\n", (unsigned)mask);
}

void
report(const char *out, int argc, char **argv)
{
	char temporary[PATH_MAX], path[PATH_MAX], *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	mode_t mask;
	ssize_t written;
	int fd;

	if (f == NULL)
		err(125, "open_memstream");
	put_status(f);
	put_descriptors(f);
	mask = umask(0);
	umask(mask);
	for (int i = 0; i < argc; i++) {
		fprintf(f, "argument %d: ", i);
		put_text(f, argv[i]);
	}
	put_relations(f);
	put_places(f, mask);
	put_priorities(f);
	put_limits(f);
	put_environment(f);
	fclose(f);
	snprintf(path, sizeof(path), "%.4000s/%d", out, (int)getpid());
	snprintf(temporary, sizeof(temporary), "%.4000s/.%d", out,
	    (int)getpid());
	fd = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	/* Whatever limit of size it was given. */
	signal(SIGXFSZ, SIG_IGN);
	written = fd == -1 ? -1 : write(fd, text, size);
	if (written != (ssize_t)size || close(fd) == -1 ||
	    rename(temporary, path) == -1)
		_exit(125);
	free(text);
}
