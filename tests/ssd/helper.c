/*
 * What helps to set a case up: victims, blocked signals, a look at a file while
 * it is written, and starts at the same time.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "probe.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
spawn(int argc, char **argv)
{
	const char *label = argv[2], *exe = BOX "/bin/victim", *as = NULL;
	char path[PATH_MAX], *args[256], *end = NULL;
	int i = 3, n = 0;
	pid_t pid;

	for (; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--exe") == 0)
			exe = argv[i + 1];
		else if (strcmp(argv[i], "--as") == 0)
			as = argv[i + 1];
		else
			break;
	}
	args[n++] = (char *)(uintptr_t)exe;
	while (i < argc && n < 250)
		args[n++] = argv[i++];
	args[n++] = (char *)(uintptr_t)"--label";
	args[n++] = (char *)(uintptr_t)label;
	args[n] = NULL;
	pid = fork();
	if (pid == -1)
		err(125, "fork");
	if (pid == 0) {
		const int null = open("/dev/null", O_RDWR);

		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		close(null);
		setsid();
		if (as != NULL) {
			const gid_t gid = (gid_t)strtoul(strchr(as, ':') + 1,
			    NULL, 10);
			const uid_t uid = (uid_t)strtoul(as, &end, 10);

			if (setgroups(0, NULL) == -1 ||
			    setresgid(gid, gid, gid) == -1 ||
			    setresuid(uid, uid, uid) == -1)
				_exit(125);
		}
		execv(exe, args);
		_exit(125);
	}
	snprintf(path, sizeof(path), BOX "/out/%d.done", (int)pid);
	for (int tries = 0; access(path, F_OK) == -1; tries++) {
		if (tries == 10000 || waitpid(pid, NULL, WNOHANG) == pid)
			errx(125, "%s did not start", exe);
		sleep_ms(1);
	}
	write_label(label, pid);
	return 0;
}

int
block(char **argv)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, atoi(argv[2]));
	sigprocmask(SIG_BLOCK, &set, NULL);
	execv(argv[3], argv + 3);
	err(125, "%s", argv[3]);
}

int
watch(const char *file)
{
	static const struct {
		uint32_t mask;
		const char *name;
	} events[] = {
		{ IN_CREATE, "created" }, { IN_MODIFY, "modified" },
		{ IN_CLOSE_WRITE, "written" }, { IN_MOVED_TO, "put there" },
		{ IN_MOVED_FROM, "moved away" }, { IN_DELETE, "deleted" },
		{ IN_ATTRIB, "changed in its attributes" },
	};
	char directory[PATH_MAX], *slash, buffer[16384];
	const char *last = "";
	uint32_t mask = 0;
	ssize_t n;
	FILE *f;
	int fd;

	snprintf(directory, sizeof(directory), "%s", file);
	slash = strrchr(directory, '/');
	*slash = '\0';
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		mask |= events[i].mask;
	fd = inotify_init1(IN_CLOEXEC);
	f = fopen(BOX "/out/events", "we");
	if (fd == -1 || f == NULL ||
	    inotify_add_watch(fd, directory, mask) == -1)
		err(125, "%s", directory);
	note(BOX "/out", "", "");
	note(BOX "/out", ".done", "");
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		for (char *p = buffer; p < buffer + n;) {
			const struct inotify_event *e = (const void *)p;

			p += sizeof(*e) + e->len;
			if (e->len == 0 || strcmp(e->name, slash + 1) != 0)
				continue;
			for (size_t i = 0; i < sizeof(events) /
			    sizeof(*events); i++) {
				if ((e->mask & events[i].mask) == 0 ||
				    events[i].name == last)
					continue;
				/* Of equal ones in a row the kernel may have
				 * made one already. */
				last = events[i].name;
				fprintf(f, "%s\n", last);
			}
		}
		fflush(f);
	}
	return 1;
}

/* How many run exe; any: of all but this one and the first. */
static int
count_running(const char *exe, bool end_them)
{
	char path[64], target[PATH_MAX];
	struct dirent *entry;
	int count = 0;
	ssize_t n;
	DIR *proc = opendir("/proc");

	if (proc == NULL)
		err(125, "/proc");
	while ((entry = readdir(proc)) != NULL) {
		const pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid <= 1 || pid == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strcmp(target, exe) != 0)
			continue;
		count++;
		if (end_them)
			kill(pid, SIGKILL);
	}
	closedir(proc);
	return count;
}

static void
start_at_once(int count, char **command)
{
	int gate[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char c;

	if (pipe(gate) == -1 || null == -1)
		err(125, "pipe");
	for (int i = 0; i < count; i++) {
		const pid_t pid = fork();

		if (pid == -1)
			err(125, "fork");
		if (pid != 0)
			continue;
		close(gate[1]);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		while (read(gate[0], &c, 1) > 0)
			;
		close(gate[0]);
		execv(command[0], command);
		_exit(125);
	}
	close(gate[0]);
	close(gate[1]);
	close(null);
	while (wait(NULL) > 0)
		;
}

/* Nobody asks what they were. */
static void
forget_reports(void)
{
	struct dirent *entry;
	DIR *dir = opendir(BOX "/out");

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
}

int
race(char **argv)
{
	const int rounds = atoi(argv[2]), count = atoi(argv[3]);
	char program[PATH_MAX];
	int several = 0, none = 0;

	if (realpath(argv[5], program) == NULL)
		err(125, "%s", argv[5]);
	for (int i = 0; i < rounds && several == 0; i++) {
		int daemons;

		unlink(argv[4]);
		start_at_once(count, argv + 5);
		/* Who has been started may not have become the daemon yet. */
		for (int tries = 0; tries < 2000 &&
		    count_running(program, false) > 0; tries++)
			sleep_ms(1);
		daemons = count_running(BOX "/bin/probe", true);
		several += daemons > 1;
		none += daemons == 0;
		while (count_running(BOX "/bin/probe", true) > 0)
			sleep_ms(1);
	}
	unlink(argv[4]);
	forget_reports();
	printf("%s\n", several > 0 ? "several daemons at once" :
	    none > 0 ? "once no daemon at all" : "one daemon each time");
	return 0;
}
