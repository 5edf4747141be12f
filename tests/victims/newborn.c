/*
 * Stop the N-th process that a command and its descendants make, before its
 * first instruction, and say which it is: so that strace can be attached to
 * that one process alone, and count its calls from the first.
 *
 *	newborn N FILE COMMAND [ARGUMENT...]
 *	newborn -p PID N FILE
 *
 * FILE appears, with the pid in it, when that process has been stopped (by
 * SIGSTOP: CONT lets it go).  It is traced by nobody then.  The first form
 * ends with the command's status; the second, which watches what the running
 * process PID makes, when the process was born or PID has ended.  A process
 * is let go when it execs.
 */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)
#define EARLY_MAX 64

static const char *file;
static int wanted;
static int born;
static bool found;
/* Children whose own stop came before their parent's report of them. */
static pid_t early[EARLY_MAX];
/* Those that have had their first stop: a later one is a SIGCONT's. */
static pid_t seen[EARLY_MAX];
static int seen_count;
/* The process wanted, reported by its parent but not stopped yet. */
static pid_t expected;

static void
publish(pid_t pid)
{
	char temporary[4096];
	FILE *f;

	snprintf(temporary, sizeof(temporary), "%s.new", file);
	f = fopen(temporary, "w");
	if (f == NULL || fprintf(f, "%d\n", pid) < 0 || fclose(f) != 0 ||
	    rename(temporary, file) == -1) {
		perror(file);
		exit(125);
	}
}

/* pid is in its first stop: leave it stopped, without us. */
static void
leave_stopped(pid_t pid)
{
	kill(pid, SIGSTOP);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	found = true;
	publish(pid);
}

static bool
take_early(pid_t pid)
{
	for (int i = 0; i < EARLY_MAX; i++) {
		if (early[i] == pid) {
			early[i] = 0;
			return true;
		}
	}
	return false;
}

static void
on_birth(pid_t parent)
{
	unsigned long message;
	bool stopped;
	pid_t pid;

	ptrace(PTRACE_GETEVENTMSG, parent, NULL, &message);
	pid = (pid_t)message;
	stopped = take_early(pid);
	if (!found && ++born == wanted) {
		if (stopped)
			leave_stopped(pid);
		else
			expected = pid;
	} else if (stopped)
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	else {
		/* Let it go when its stop comes. */
		for (int i = 0; i < EARLY_MAX; i++) {
			if (early[i] == 0) {
				early[i] = -pid;
				break;
			}
		}
	}
	ptrace(PTRACE_CONT, parent, NULL, NULL);
}

static bool
was_seen(pid_t pid)
{
	for (int i = 0; i < seen_count; i++) {
		if (seen[i] == pid)
			return true;
	}
	if (seen_count < EARLY_MAX)
		seen[seen_count++] = pid;
	return false;
}

static void
on_first_stop(pid_t pid)
{
	if (pid == expected) {
		expected = 0;
		leave_stopped(pid);
		return;
	}
	if (take_early(-pid)) {
		ptrace(PTRACE_CONT, pid, NULL, NULL);
		return;
	}
	for (int i = 0; i < EARLY_MAX; i++) {
		if (early[i] == 0) {
			early[i] = pid;
			return;
		}
	}
}

static void
on_stop(pid_t pid, int status, pid_t root)
{
	int event, sig;

	event = status >> 16;
	sig = WSTOPSIG(status);
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_birth(pid);
		break;
	case PTRACE_EVENT_EXEC:
		if (pid == root)
			ptrace(PTRACE_CONT, pid, NULL, NULL);
		else
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
		break;
	case PTRACE_EVENT_STOP:
		if (sig == SIGTRAP && (pid == root || was_seen(pid)))
			ptrace(PTRACE_CONT, pid, NULL, NULL);
		else if (sig == SIGTRAP)
			on_first_stop(pid);
		else
			ptrace(PTRACE_LISTEN, pid, NULL, NULL);
		break;
	default:
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)sig);
		break;
	}
}

/* Start the command, seized before it execs. */
static pid_t
start(char **argv)
{
	int gate[2];
	pid_t pid;
	char c;

	if (pipe(gate) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		if (read(gate[0], &c, 1) != 1)
			_exit(125);
		close(gate[0]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(gate[0]);
	if (pid == -1 || ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) == -1 ||
	    write(gate[1], "", 1) != 1) {
		close(gate[1]);
		return -1;
	}
	close(gate[1]);
	return pid;
}

int
main(int argc, char **argv)
{
	pid_t attached = 0, pid, root;
	int c, status;

	while ((c = getopt(argc, argv, "+p:")) != -1) {
		if (c != 'p')
			return 2;
		attached = atoi(optarg);
	}
	argc -= optind;
	argv += optind;
	if (argc < (attached != 0 ? 2 : 3))
		return 2;
	wanted = atoi(argv[0]);
	file = argv[1];
	root = attached;
	if (attached == 0)
		root = start(argv + 2);
	else if (ptrace(PTRACE_SEIZE, root, NULL, OPTIONS) == -1)
		root = -1;
	if (root == -1) {
		fprintf(stderr, "newborn: cannot trace: %s\n", strerror(errno));
		return 125;
	}
	/* Whoever is traced still when we end is let go by the kernel. */
	while (attached == 0 || !found) {
		pid = waitpid(-1, &status, __WALL);
		if (pid == -1)
			return 125;
		if (WIFSTOPPED(status))
			on_stop(pid, status, root);
		else if (pid == root)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
			    WEXITSTATUS(status);
	}
	return 0;
}
