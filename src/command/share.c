/*
 * Work shared out: see share.h.  Nearly all of a status is the kernel's time,
 * in system calls that do not hinder each other: two processors do twice as
 * many.
 */
#include "config.h"

#include "command/share.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "message.h"

#define SHARES_MAX 16
#define SHARE_MIN 64		/* less costs more than the fork */

struct share {
	size_t from, to;
	pid_t pid;		/* 0: it is ours to do */
	int output;
};

static size_t
count_shares(size_t count, cpu_set_t *processors)
{
	size_t n = count / SHARE_MIN, most = 1;

	if (n > 1 && sched_getaffinity(0, sizeof(*processors),
	    processors) == 0)
		most = (size_t)CPU_COUNT(processors);
	if (most > SHARES_MAX)
		most = SHARES_MAX;
	return n < most ? n : most;
}

/*
 * To a processor of its own: left to itself the scheduler often lets a child
 * wait behind its parent for some milliseconds, which is all that this takes.
 * The first one of processors that is left, and is not ours, is taken out.
 */
static void
place(pid_t pid, cpu_set_t *processors)
{
	cpu_set_t one;
	int n;

	for (n = 0; n < CPU_SETSIZE && !CPU_ISSET(n, processors); n++)
		continue;
	if (n == CPU_SETSIZE)
		return;
	CPU_CLR(n, processors);
	CPU_ZERO(&one);
	CPU_SET(n, &one);
	/* If not there, then anywhere. */
	(void)sched_setaffinity(pid, sizeof(one), &one);
}

/* A process for this share; when there can be none, it stays ours. */
static void
begin(struct share *s, int (*work)(size_t, size_t, void *), void *context)
{
	int ends[2], status;

	s->pid = 0;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return;
	s->pid = fork();
	if (s->pid == 0) {
		if (dup2(ends[1], STDOUT_FILENO) == -1)
			_exit(255);
		status = work(s->from, s->to, context);
		/* Who does not read any more knows why. */
		(void)message_flush();
		_exit(status);
	}
	close(ends[1]);
	s->output = ends[0];
	if (s->pid == -1) {
		close(ends[0]);
		s->pid = 0;
	}
}

static int
end(const struct share *s, int if_killed)
{
	char buf[4096];
	ssize_t n;
	int status;

	while ((n = read(s->output, buf, sizeof(buf))) != 0) {
		if (n > 0)
			fwrite(buf, 1, (size_t)n, stdout);
		else if (errno != EINTR)
			break;
	}
	close(s->output);
	while (waitpid(s->pid, &status, 0) == -1)
		if (errno != EINTR)
			return if_killed;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	message_error("process %d, which looked at %zu of them, was killed "
	    "by signal %d", s->pid, s->to - s->from, WTERMSIG(status));
	return if_killed;
}

int
share_out(size_t count, int (*work)(size_t from, size_t to, void *context),
    void *context, int if_killed)
{
	struct share shares[SHARES_MAX];
	cpu_set_t processors;
	size_t n = count_shares(count, &processors);
	int status, highest;

	if (n <= 1)
		return work(0, count, context);
	CPU_CLR(sched_getcpu(), &processors);
	/* Or each of them would print it again. */
	fflush(stdout);
	for (size_t i = 1; i < n; i++) {
		shares[i].from = count * i / n;
		shares[i].to = count * (i + 1) / n;
		begin(&shares[i], work, context);
		if (shares[i].pid != 0)
			place(shares[i].pid, &processors);
	}
	highest = work(0, count / n, context);
	for (size_t i = 1; i < n; i++) {
		status = shares[i].pid != 0 ? end(&shares[i], if_killed) :
		    work(shares[i].from, shares[i].to, context);
		if (status > highest)
			highest = status;
	}
	return highest;
}
