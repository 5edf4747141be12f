/*
 * The tree of a service whose keeper is gone: by descent, by session and by
 * the mark in the environment.
 */
#include "config.h"

#include "process/tree.h"

#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "process/process.h"
#include "state/record.h"
#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef"

static char mark[] = "INVOCATION_ID=" ID;
static char longer[] = "INVOCATION_ID=" ID "0";
static char other[] = "MY_INVOCATION_ID=" ID;

static bool
has(const struct tree *t, pid_t pid)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->members[i].pid == pid)
			return true;
	}
	return false;
}

static uint64_t
start_of(pid_t pid)
{
	struct process_stat st;

	if (process_stat(pid, &st) == -1)
		abort();
	return st.start;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A process in a session of its own with a child in yet another one. */
static pid_t
fork_family(pid_t *ret_child)
{
	int ready[2];
	pid_t pid, child;

	if (pipe(ready) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		setsid();
		child = fork();
		if (child == 0) {
			setsid();
			child = getpid();
			(void)!write(ready[1], &child, sizeof(child));
		}
		for (;;)
			pause();
	}
	if (read(ready[0], ret_child, sizeof(*ret_child)) !=
	    (ssize_t)sizeof(*ret_child))
		abort();
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void
test_without_invocation(void)
{
	struct tree t = { 0 };
	struct record r;
	pid_t pid, child;

	pid = fork_family(&child);
	record_init(&r);
	r.main_pid = r.session = pid;
	r.main_start = start_of(pid);
	ok(tree_of_run(&r, "", &t) == 0 && has(&t, pid),
	    "without an invocation id the main process is of the tree");
	ok(has(&t, child), "and so are its descendants");
	tree_free(&t);
	kill(child, SIGKILL);
	end(pid);
}

/* Its environment comes a moment after the exec does. */
static bool
has_environment(pid_t pid)
{
	char path[32], first;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd == -1 ? 1 : read(fd, &first, 1);
	if (fd != -1)
		close(fd);
	return n != 0;
}

/* sleep, with just this environment, once it is that. */
static pid_t
spawn(char **environment)
{
	struct process_stat st;
	pid_t pid;

	pid = fork();
	if (pid == -1)
		abort();
	if (pid == 0) {
		execle("/bin/sleep", "sleep", "1000", (char *)NULL,
		    environment);
		_exit(127);
	}
	while (process_stat(pid, &st) == 0 && st.state != 'Z' &&
	    (!st.executed || !has_environment(pid)))
		continue;
	return pid;
}

static bool
is_found(char **environment)
{
	struct tree t = { 0 };
	struct record r;
	pid_t pid;
	bool found;

	pid = spawn(environment);
	record_init(&r);
	r.invocation_id = ID;
	found = tree_of_run(&r, "", &t) == 0 && has(&t, pid);
	tree_free(&t);
	end(pid);
	return found;
}

/* With before, of length bytes, before the mark. */
static bool
is_found_behind(size_t length)
{
	static char before[131000];
	char *environment[] = { before, before, before, mark, NULL };

	memset(before, 'x', length);
	before[length] = '\0';
	return is_found(length == 0 ? environment + 3 : environment);
}

static void
test_mark(void)
{
	char *value[] = { longer, NULL }, *name[] = { other, NULL };
	bool found = true;

	ok(is_found_behind(0), "the mark is found when it is all there is");
	ok(is_found_behind(130000), "it is found behind 390 kB of others");
	/* Wherever the pieces that are read end. */
	for (size_t length = 1300; length < 1380; length++)
		found = found && is_found_behind(length);
	ok(found, "it is found at every place");
	ok(!is_found(value), "a longer value is another one");
	ok(!is_found(name), "a longer name is another one");
}

int
main(void)
{
	test_without_invocation();
	test_mark();
	return done();
}
