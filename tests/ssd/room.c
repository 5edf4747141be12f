/*
 * The inside of the box: pid 1 of a case furnishes it, takes the steps, waits
 * after each until nothing moves any more, and has it reported.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "room.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_MS 20000		/* until what still moves is left alone */

void
give_up(const char *fmt, ...)
{
	const int error = errno;
	va_list ap;

	va_start(ap, fmt);
	vdprintf(STDERR_FILENO, fmt, ap);
	va_end(ap);
	dprintf(STDERR_FILENO, ": %s\n", strerror(error));
	_exit(3);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* The next pid: a command's does not depend on how many were forked before. */
static void
set_next_pid(pid_t pid)
{
	char text[16];
	const int fd = open("/proc/sys/kernel/ns_last_pid",
	    O_WRONLY | O_CLOEXEC);

	snprintf(text, sizeof(text), "%d", (int)pid - 1);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		give_up("/proc/sys/kernel/ns_last_pid");
	close(fd);
}

/* --- waiting ------------------------------------------------------------ */

static void
read_terminal(struct room *r)
{
	ssize_t n;

	while (r->terminal != -1 && r->screen_size < sizeof(r->screen) - 1 &&
	    (n = read(r->terminal, r->screen + r->screen_size,
	    sizeof(r->screen) - 1 - r->screen_size)) > 0)
		r->screen_size += (size_t)n;
	r->screen[r->screen_size] = '\0';
}

static void
reap(struct room *r)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < r->report.command_count; i++) {
			struct command *c = &r->commands[i];

			if (c->pid != pid)
				continue;
			c->has_ended = true;
			c->status = status;
		}
	}
}

/* For a child's end, or a moment. */
static void
wait_a_moment(struct room *r)
{
	const struct timespec moment = { 0, 1000000 };
	sigset_t child;

	read_terminal(r);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &moment);
	reap(r);
}

struct settling {
	const struct room *room;
	bool moves;
};

/*
 * Does it still move?  A probe says when it has done all that it was told and
 * then handles one signal after the other; the program itself is expected to
 * become something else, or to end.
 */
static void
look_whether_moves(pid_t pid, void *context)
{
	struct settling *s = context;
	char path[64];
	struct seen p;
	struct stat st;

	if (s->moves)
		return;
	if (!see_process(pid, &p)) {
		s->moves = true;
		return;
	}
	switch (p.state) {
	case 'Z':
		s->moves = p.parent == 1;
		return;
	case 'T':
	case 't':
		return;
	case 'S':
		break;
	default:
		s->moves = true;
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (p.has_pending || stat(path, &st) == -1) {
		s->moves = true;
		return;
	}
	/* A copy of the probe, wherever it lies. */
	if (st.st_size == s->room->probe_size) {
		snprintf(path, sizeof(path), BOX "/out/%d.done", (int)pid);
		s->moves = access(path, F_OK) == -1;
	} else
		s->moves = st.st_dev == s->room->program_dev &&
		    st.st_ino == s->room->program_ino;
}

/* Until nothing moves, twice in a row. */
static void
settle(struct room *r)
{
	const int64_t until = now_ms() + SETTLE_MS;
	struct settling s = { .room = r };
	int still = 0;

	while (still < 2 && now_ms() < until) {
		reap(r);
		s.moves = false;
		for_each_process(look_whether_moves, &s);
		if (s.moves) {
			still = 0;
			wait_a_moment(r);
		} else
			still++;
	}
	reap(r);
	read_terminal(r);
}

/* --- steps -------------------------------------------------------------- */

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
report_screen(struct room *r, const char *field)
{
	char *lines[256], *copy, *sorted = NULL, *rest;
	size_t count = 0, size = 0;
	FILE *f;

	if (!r->test->unordered) {
		report_field(&r->report, field, r->screen);
		return;
	}
	rest = copy = strdup(r->screen);
	f = open_memstream(&sorted, &size);
	if (copy == NULL || f == NULL)
		give_up("memory");
	while (count < 256 && (lines[count] = strsep(&rest, "\n")) != NULL)
		count++;
	qsort(lines, count, sizeof(lines[0]), compare_lines);
	for (size_t i = 0; i < count; i++)
		fprintf(f, "%s\n", lines[i]);
	fclose(f);
	report_field(&r->report, field, sorted);
	free(sorted);
	free(copy);
}

static const char *
numbered(char *to, size_t size, const char *name, int number)
{
	if (number == 1)
		snprintf(to, size, "%s", name);
	else
		snprintf(to, size, "%s %d", name, number);
	return to;
}

static void
run_program(struct room *r, const struct step *s)
{
	const int number = (int)++r->report.command_count;
	struct command *c = &r->commands[number - 1];
	const int64_t until = now_ms() + r->test->deadline_ms;
	char path[64], name[64];

	set_next_pid(FIRST_PID + 1000 * number);
	if (r->test->terminal)
		c->pid = start_in_terminal(r, s);
	else {
		c->pid = fork();
		if (c->pid == 0)
			child_of_run(r->test, s, number);
	}
	if (c->pid == -1)
		give_up("fork");
	snprintf(path, sizeof(path), BOX "/out/%d", (int)c->pid);
	while (!c->has_ended && access(path, F_OK) == -1) {
		wait_a_moment(r);
		if (now_ms() < until)
			continue;
		c->was_late = true;
		kill(c->pid, SIGKILL);
		break;
	}
	settle(r);
	c->is_daemon = !c->has_ended;
	report_exit(&r->report, numbered(name, sizeof(name), "exit", number),
	    c);
	if (r->test->terminal) {
		report_screen(r, numbered(name, sizeof(name), "terminal",
		    number));
		r->screen_size = 0;
		return;
	}
	snprintf(path, sizeof(path), BOX "/io/%d.out", number);
	report_file(&r->report,
	    numbered(name, sizeof(name), "stdout", number), path);
	snprintf(path, sizeof(path), BOX "/io/%d.errors", number);
	report_file(&r->report,
	    numbered(name, sizeof(name), "stderr", number), path);
}

/* A part of the set-up, or of what comes after.  What it says is reported. */
static void
run_shell(struct room *r, const struct step *s, const struct tools *tools,
    int number)
{
	char script[PATH_MAX], path[64], name[64], text[64];
	const int64_t until = now_ms() + r->test->deadline_ms;
	int status = 0;
	pid_t pid;

	snprintf(path, sizeof(path), BOX "/io/step%d", number);
	snprintf(name, sizeof(name), "step %d", number);
	snprintf(script, sizeof(script), ". '%.4000s'\n", tools->library);
	pid = fork();
	if (pid == -1)
		give_up("fork");
	if (pid == 0) {
		char *whole;

		begin_child();
		redirect(path, path);
		if (asprintf(&whole, "%s%s", script, s->shell) == -1)
			_exit(3);
		execle("/bin/bash", "bash", "--norc", "-e", "-c", whole,
		    (char *)NULL, r->test->environment);
		give_up("bash");
	}
	/* Whatever else ends meanwhile stays for later. */
	while (waitpid(pid, &status, WNOHANG) == 0) {
		const struct timespec moment = { 0, 500000 };
		sigset_t child;

		sigemptyset(&child);
		sigaddset(&child, SIGCHLD);
		sigtimedwait(&child, NULL, &moment);
		if (now_ms() > until)
			kill(pid, SIGKILL);
	}
	settle(r);
	report_file(&r->report, name, path);
	if (status != 0) {
		snprintf(text, sizeof(text), "step %d: status %#x\n", number,
		    (unsigned)status);
		report_field(&r->report, "broken", text);
	}
}

static void
put_environment(struct test *t)
{
	static const char *const usual[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
		"/bin",
		"LC_ALL=C", "HOME=/nowhere", "USER=caller", "LOGNAME=caller",
		"SHELL=/bin/callers", "TMPDIR=" BOX "/tmp", "KEPT=as it was",
		/* For ours, where it has sanitizers: commands never free. */
		"ASAN_OPTIONS=detect_leaks=0" };

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		const size_t length = strcspn(usual[i], "=") + 1;
		bool is_there = false;

		for (size_t j = 0; j < t->environment_count; j++)
			is_there = is_there || strncmp(t->environment[j],
			    usual[i], length) == 0;
		if (!is_there && t->environment_count < 63)
			t->environment[t->environment_count++] =
			    (char *)(uintptr_t)usual[i];
	}
	t->environment[t->environment_count] = NULL;
}

void
room_run(const struct test *t, const char *program, const struct tools *tools,
    int fd)
{
	static struct room r;
	const struct rlimit files = { 1024, 4096 }, no_core = { 0, 0 };
	struct test copy = *t;
	sigset_t all;

	put_environment(&copy);
	r.test = &copy;
	r.terminal = -1;
	r.report.f = fdopen(fd, "w");
	r.report.commands = r.commands;
	if (r.report.f == NULL)
		give_up("report");
	furnish(&r, program, tools);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &no_core);
	/* What pid 1 blocks is kept for it: it is seen who signals it. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	set_next_pid(FIRST_PID);
	for (size_t i = 0; i < t->step_count; i++) {
		if (t->steps[i].is_run)
			run_program(&r, &t->steps[i]);
		else
			run_shell(&r, &t->steps[i], tools, (int)i + 1);
	}
	report_room(&r.report);
	if (fclose(r.report.f) != 0)
		give_up("report");
	_exit(0);
}
