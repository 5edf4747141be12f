/*
 * box --cases FILE --out DIRECTORY --theirs FILE --ours FILE --probe FILE
 *     --library FILE [--jobs N]
 *
 * Runs each case twice, with their start-stop-daemon and with ours, and writes
 * what was seen to DIRECTORY/NUMBER.theirs and .ours.  The number of each case
 * that is done goes to standard output, in order.  Who compares is diff.sh.
 *
 * Each run is in namespaces of its own: of processes, so that a case can do
 * harm only to itself (kill -1) and all of it ends with it; of mounts, where
 * everything is read-only and /run is an empty tmpfs, so that both sides have
 * the same paths.  Who is not root gets a namespace of users as well.
 *
 * FILE has words that end with a NUL: the first of a case is "case", then its
 * name; then come attributes and steps, each a keyword and its value.  The
 * arguments of "run" are preceded by their number.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "box.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_MS 30000	/* of a step */
#define SIDE_SECONDS 120	/* of a run: it never is so long */

struct options {
	const char *cases, *out, *theirs, *ours;
	struct tools tools;
	int jobs;
};

static char *
read_all(const char *path, size_t *size)
{
	struct stat st;
	FILE *f = fopen(path, "re");
	char *text;

	if (f == NULL || fstat(fileno(f), &st) == -1)
		err(2, "%s", path);
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		err(2, NULL);
	*size = fread(text, 1, (size_t)st.st_size, f);
	text[*size] = '\0';
	fclose(f);
	return text;
}

/* --- the cases ---------------------------------------------------------- */

struct words {
	char *next, *end;
};

static char *
next_word(struct words *w)
{
	char *word = w->next;

	if (word >= w->end)
		errx(2, "the file of cases ends in the middle of one");
	w->next += strlen(word) + 1;
	return word;
}

static struct step *
new_step(struct test *t)
{
	if (t->step_count == sizeof(t->steps) / sizeof(t->steps[0]))
		errx(2, "%s: too many steps", t->name);
	return &t->steps[t->step_count++];
}

static void
read_run(struct test *t, struct words *w)
{
	struct step *s = new_step(t);

	s->is_run = true;
	s->count = atoi(next_word(w));
	s->arguments = calloc((size_t)s->count + 1, sizeof(char *));
	if (s->arguments == NULL)
		err(2, NULL);
	for (int i = 0; i < s->count; i++)
		s->arguments[i] = next_word(w);
}

static void
read_attribute(struct test *t, const char *word, struct words *w)
{
	if (strcmp(word, "run") == 0)
		read_run(t, w);
	else if (strcmp(word, "sh") == 0)
		new_step(t)->shell = next_word(w);
	else if (strcmp(word, "as") == 0) {
		if (sscanf(next_word(w), "%u:%u", &t->uid, &t->gid) != 2)
			errx(2, "%s: as whom?", t->name);
	} else if (strcmp(word, "called") == 0)
		t->called = next_word(w);
	else if (strcmp(word, "before") == 0)
		t->before = next_word(w);
	else if (strcmp(word, "deadline") == 0)
		t->deadline_ms = atoi(next_word(w));
	else if (strcmp(word, "terminal") == 0)
		t->terminal = true;
	else if (strcmp(word, "unordered") == 0)
		t->unordered = true;
	else if (strcmp(word, "env") == 0) {
		if (t->environment_count == 63)
			errx(2, "%s: too large an environment", t->name);
		t->environment[t->environment_count++] = next_word(w);
	} else
		errx(2, "%s: what is '%s'?", t->name, word);
}

static struct test *
read_cases(const char *path, size_t *count)
{
	struct test *tests = NULL, *t = NULL;
	size_t size, n = 0;
	char *text = read_all(path, &size);
	struct words w = { text, text + size };
	const char *word;

	while (w.next < w.end) {
		word = next_word(&w);
		if (strcmp(word, "case") != 0) {
			if (t == NULL)
				errx(2, "%s: no case", path);
			read_attribute(t, word, &w);
			continue;
		}
		tests = reallocarray(tests, n + 1, sizeof(*tests));
		if (tests == NULL)
			err(2, NULL);
		t = &tests[n++];
		*t = (struct test){ .name = next_word(&w), .uid = getuid(),
			.gid = getgid(), .deadline_ms = DEADLINE_MS };
	}
	*count = n;
	return tests;
}

/* --- one side of one case ----------------------------------------------- */

static void
write_file(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		err(2, "%s", path);
	close(fd);
}

/* One user, who is the same inside: enough for cases that need no other. */
static void
map_user(uid_t uid, gid_t gid)
{
	char text[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(text, sizeof(text), "%u %u 1", uid, uid);
	write_file("/proc/self/uid_map", text);
	snprintf(text, sizeof(text), "%u %u 1", gid, gid);
	write_file("/proc/self/gid_map", text);
}

static void
reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < 65; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
run_side(const struct options *o, const struct test *t, size_t number,
    const char *side, const char *program)
{
	const uid_t uid = getuid();
	const gid_t gid = getgid();
	unsigned long flags = CLONE_NEWPID | CLONE_NEWNS;
	char path[PATH_MAX];
	pid_t pid;
	int fd, status;

	if (uid != 0)
		flags |= CLONE_NEWUSER;
	snprintf(path, sizeof(path), "%s/%zu.%s", o->out, number, side);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1)
		err(2, "%s", path);
	pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0L);
	if (pid == -1)
		err(2, "no namespaces");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		reset_signals();
		if (uid != 0)
			map_user(uid, gid);
		room_run(t, program, &o->tools, fd);
	}
	for (int ms = 0; waitpid(pid, &status, WNOHANG) == 0; ms++) {
		if (ms == SIDE_SECONDS * 1000)
			kill(pid, SIGKILL);
		usleep(1000);
	}
	if (status != 0)
		dprintf(fd, "\036broken\nthe first process ended with status "
		    "%#x\n", (unsigned)status);
	close(fd);
}

static pid_t
begin(const struct options *o, const struct test *t, size_t number)
{
	const pid_t pid = fork();

	if (pid == -1)
		err(2, "fork");
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_side(o, t, number, "theirs", o->theirs);
	run_side(o, t, number, "ours", o->ours);
	_exit(0);
}

/* --- all of them -------------------------------------------------------- */

/* So many at once; said in the order of their numbers. */
static void
run_all(const struct options *o, const struct test *tests, size_t count)
{
	pid_t *pids = calloc(count + 1, sizeof(*pids));
	bool *done = calloc(count + 1, sizeof(*done));
	size_t begun = 0, said = 0;
	int running = 0, status;
	pid_t pid;

	if (pids == NULL || done == NULL)
		err(2, NULL);
	while (said < count) {
		while (running < o->jobs && begun < count) {
			pids[begun] = begin(o, &tests[begun], begun);
			begun++;
			running++;
		}
		pid = wait(&status);
		if (pid == -1)
			err(2, "wait");
		running--;
		for (size_t i = said; i < begun; i++)
			done[i] = done[i] || pids[i] == pid;
		if (status != 0)
			errx(2, "a case could not be run");
		for (; said < count && done[said]; said++)
			printf("%zu\n", said);
		fflush(stdout);
	}
	free(pids);
	free(done);
}

static const char *
absolute(const char *path)
{
	char *real = realpath(path, NULL);

	if (real == NULL)
		err(2, "%s", path);
	return real;
}

int
main(int argc, char **argv)
{
	struct options o = { .jobs = 1 };
	struct test *tests;
	size_t count;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--cases") == 0)
			o.cases = argv[i + 1];
		else if (strcmp(argv[i], "--out") == 0)
			o.out = argv[i + 1];
		else if (strcmp(argv[i], "--theirs") == 0)
			o.theirs = absolute(argv[i + 1]);
		else if (strcmp(argv[i], "--ours") == 0)
			o.ours = absolute(argv[i + 1]);
		else if (strcmp(argv[i], "--probe") == 0)
			o.tools.probe = absolute(argv[i + 1]);
		else if (strcmp(argv[i], "--library") == 0)
			o.tools.library = absolute(argv[i + 1]);
		else if (strcmp(argv[i], "--jobs") == 0)
			o.jobs = atoi(argv[i + 1]);
	}
	if (o.cases == NULL || o.out == NULL || o.theirs == NULL ||
	    o.ours == NULL || o.tools.probe == NULL ||
	    o.tools.library == NULL || o.jobs < 1)
		errx(2, "see the beginning of box.c");
	tests = read_cases(o.cases, &count);
	run_all(&o, tests, count);
	return 0;
}
