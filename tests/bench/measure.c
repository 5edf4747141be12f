/*
 * What the benchmark's rows are made with.  It knows nothing of what is
 * measured.  Invariant: whatever waits looks at the clock and at signals once
 * a second, so that the benchmark never hangs and never ends without cleaning
 * up.
 */
#include "config.h"

#include "measure.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define USUAL_FILES 1024
#define LIMIT_NS INT64_C(60000000000)	/* for one command, or one word */
#define GRACE_NS INT64_C(5000000000)	/* the same, once interrupted */

extern char **environ;

static volatile sig_atomic_t caught;
static bool ending;
static pid_t below;
/* Not reaped before children_end(): their pids cannot be another's. */
static pid_t *children;
static size_t n_children, room_children;

static void
on_signal(int sig)
{
	/* The clock ticks only so that a blocked call looks at the time. */
	if (sig != SIGALRM)
		caught = sig;
}

/* Pass a signal on to the one child that counts. */
static void
on_reaper_signal(int sig)
{
	if (below > 0)
		kill(below, sig);
}

void
reaper_begin(void)
{
	static const int signals[] = { SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_reaper_signal };
	pid_t pid;
	size_t i;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	below = fork();
	if (below == -1)
		die("cannot fork: %s", strerror(errno));
	if (below == 0)
		return;
	/* The terminal's goes to both; the one below cleans up. */
	signal(SIGINT, SIG_IGN);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	do
		pid = waitpid(-1, &status, 0);
	while (pid != below && (pid > 0 || errno == EINTR));
	exit(pid == below && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

void
usual_begin(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
	struct itimerval tick = { { 1, 0 }, { 1, 0 } };
	struct sigaction action = { .sa_handler = on_signal };
	struct rlimit files;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	/* dpkg's closes as many descriptors as there may be, one by one. */
	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur > USUAL_FILES)
		files.rlim_cur = USUAL_FILES;
	setrlimit(RLIMIT_NOFILE, &files);
}

static void
check_signal(void)
{
	if (caught != 0 && !ending)
		die("interrupted");
}

void
die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("bench: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (!ending) {
		ending = true;
		children_end(SIGKILL);
		place_end();
	}
	exit(1);
}

int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int
setting(const char *name, int otherwise)
{
	const char *text;
	char *end;
	long n;

	text = getenv(name);
	if (text == NULL || *text == '\0')
		return otherwise;
	n = strtol(text, &end, 10);
	if (*end != '\0' || n < 1 || n > 1000000)
		die("%s: expected a number from 1 to 1000000, not %s", name,
		    text);
	return (int)n;
}

void
samples_add(struct samples *s, int64_t value)
{
	if (s->count == s->room) {
		s->room = s->room == 0 ? 64 : 2 * s->room;
		s->values = realloc(s->values, s->room * sizeof(value));
		if (s->values == NULL)
			die("out of memory");
	}
	s->values[s->count++] = value;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double
samples_median(struct samples *s)
{
	if (s->count == 0)
		return 0;
	qsort(s->values, s->count, sizeof(*s->values), compare);
	return (double)(s->values[(s->count - 1) / 2] +
	    s->values[s->count / 2]) / 2;
}

void
samples_free(struct samples *s)
{
	free(s->values);
	memset(s, 0, sizeof(*s));
}

pid_t
spawn(const char *const *argv)
{
	posix_spawn_file_actions_t files;
	char *const *args;
	pid_t pid;
	int error;

	/* posix_spawnp() promises not to write to them. */
	memcpy(&args, &argv, sizeof(args));
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&files, 0, 1);
	posix_spawn_file_actions_adddup2(&files, 0, 2);
	error = posix_spawnp(&pid, argv[0], &files, NULL, args, environ);
	posix_spawn_file_actions_destroy(&files);
	if (error != 0)
		die("cannot run %s: %s", argv[0], strerror(error));
	return pid;
}

int
finish(pid_t pid)
{
	int64_t begin;
	int status;

	begin = now_ns();
	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			die("cannot wait for %d: %s", pid, strerror(errno));
		/* A start that is killed leaves a keeper nobody knows of. */
		if (now_ns() - begin < (caught == 0 ? LIMIT_NS : GRACE_NS))
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		check_signal();
		die("process %d took longer than a minute", pid);
	}
	check_signal();
	return status;
}

int64_t
run(const char *const *argv)
{
	int64_t begin, end;
	int status;

	begin = now_ns();
	status = finish(spawn(argv));
	end = now_ns();
	if (status != 0)
		die("%s %s: %s %d", argv[0], argv[1],
		    WIFEXITED(status) ? "exit status" : "killed by signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) :
		    WTERMSIG(status));
	return end - begin;
}

bool
have(const char *program)
{
	char path[PATH_MAX], *dirs, *dir, *rest;
	bool found;

	dirs = strdup(getenv("PATH") != NULL ? getenv("PATH") : "");
	found = false;
	rest = dirs;
	while (!found && (dir = strsep(&rest, ":")) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, program);
		found = access(path, X_OK) == 0;
	}
	free(dirs);
	return found;
}

void
ear_open(struct ear *e, const char *name)
{
	snprintf(e->path, sizeof(e->path), "%s/%s", place.work, name);
	if (mkfifo(e->path, 0600) == -1)
		die("cannot make %s: %s", e->path, strerror(errno));
	e->fd = open(e->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (e->fd == -1)
		die("cannot open %s: %s", e->path, strerror(errno));
}

void
ear_hear(struct ear *e, enum beacon_kind kind, struct beacon *ret)
{
	struct pollfd p = { .fd = e->fd, .events = POLLIN };
	int64_t begin;

	begin = now_ns();
	while (read(e->fd, ret, sizeof(*ret)) != sizeof(*ret)) {
		poll(&p, 1, 1000);
		check_signal();
		if (now_ns() - begin > LIMIT_NS)
			die("no word of a beacon for a minute");
	}
	if (ret->kind != (int32_t)kind)
		die("a beacon %s where it should not",
		    kind == BEACON_ENDS ? "began" : "ended");
}

void
ear_drain(struct ear *e)
{
	struct beacon b;

	while (read(e->fd, &b, sizeof(b)) > 0)
		;
}

void
ear_close(struct ear *e)
{
	close(e->fd);
	unlink(e->path);
}

void
end_process(pid_t pid)
{
	struct pollfd p = { .events = POLLIN };

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd == -1)
		return;
	syscall(SYS_pidfd_send_signal, p.fd, SIGKILL, NULL, 0);
	while (poll(&p, 1, 1000) == 0 && caught == 0)
		;
	close(p.fd);
	check_signal();
}

void
child_keep(pid_t pid)
{
	if (n_children == room_children) {
		room_children = room_children == 0 ? 64 : 2 * room_children;
		children = reallocarray(children, room_children,
		    sizeof(*children));
		if (children == NULL)
			die("out of memory");
	}
	children[n_children++] = pid;
}

void
children_end(int sig)
{
	size_t i;

	for (i = 0; i < n_children; i++)
		kill(children[i], sig);
	for (i = 0; i < n_children; i++)
		while (waitpid(children[i], NULL, 0) == -1 && errno == EINTR)
			if (caught != 0)
				kill(children[i], SIGKILL);
	n_children = 0;
	check_signal();
}

int
others_begin(int count)
{
	const char *const list[] = { place.beacon, "-p", NULL };
	const char *const *argv = list;
	char *const *args;
	pid_t pid;
	int i;

	memcpy(&args, &argv, sizeof(args));
	for (i = 0; i < count; i++) {
		if (posix_spawn(&pid, place.beacon, NULL, NULL, args,
		    environ) != 0)
			break;
		child_keep(pid);
		check_signal();
	}
	return i;
}

long
pss_of(pid_t pid)
{
	char path[64], line[128];
	FILE *f;
	long kb;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	f = fopen(path, "re");
	if (f == NULL)
		die("cannot read %s: %s", path, strerror(errno));
	kb = -1;
	while (kb == -1 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Pss: %ld kB", &kb) != 1)
			kb = -1;
	fclose(f);
	if (kb == -1)
		die("no Pss in %s", path);
	return kb;
}
