/*
 * How the program comes to be run: as whom, with which standard files, perhaps
 * by a shell that does something before it, perhaps in a terminal.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "room.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* "@LABEL@" is the pid of that one. */
static char *
put_pids(char *argument)
{
	char label[256], *end, *result;
	pid_t pid;

	if (argument[0] != '@')
		return argument;
	end = strchr(argument + 1, '@');
	if (end == NULL || end - argument > 200)
		return argument;
	snprintf(label, sizeof(label), "%.*s", (int)(end - argument - 1),
	    argument + 1);
	pid = label_pid(label);
	if (pid == 0 || asprintf(&result, "%d%s", (int)pid, end + 1) == -1)
		return argument;
	return result;
}

void
begin_child(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
redirect(const char *out, const char *errors)
{
	const int flags = O_WRONLY | O_CREAT | O_APPEND;
	const int in = open(BOX "/io/in", O_RDONLY);
	const int to = open(out, flags, 0600), complaints = open(errors, flags,
	    0600);

	if (in == -1 || to == -1 || complaints == -1)
		give_up("%s", out);
	dup2(in, 0);
	dup2(to, 1);
	dup2(complaints, 2);
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void
become_user(const struct test *t)
{
	if (t->uid == getuid())
		return;
	if (setgroups(0, NULL) == -1 ||
	    setresgid(t->gid, t->gid, t->gid) == -1 ||
	    setresuid(t->uid, t->uid, t->uid) == -1)
		give_up("becoming user %u", t->uid);
}

/* In the place of this process; by a shell that does something before it. */
static void __attribute__((noreturn))
execute_program(const struct test *t, const struct step *s)
{
	const char *name = t->called != NULL ? t->called : BOX_PROGRAM;
	char **argv = calloc((size_t)s->count + 8, sizeof(char *)), *script;
	int n = 0;

	if (argv == NULL)
		give_up("memory");
	/* Not what start-stop-daemon sets itself for a pidfile. */
	umask(027);
	if (t->before != NULL) {
		if (asprintf(&script, "%s\nexec -a '%s' \"$@\"", t->before,
		    name) == -1)
			give_up("memory");
		argv[n++] = (char *)(uintptr_t)"bash";
		argv[n++] = (char *)(uintptr_t)"--norc";
		argv[n++] = (char *)(uintptr_t)"-c";
		argv[n++] = script;
		argv[n++] = (char *)(uintptr_t)"before";
		argv[n++] = (char *)(uintptr_t)BOX_PROGRAM;
	} else
		argv[n++] = (char *)(uintptr_t)name;
	for (int i = 0; i < s->count; i++)
		argv[n++] = put_pids(s->arguments[i]);
	execve(t->before != NULL ? "/bin/bash" : BOX_PROGRAM, argv,
	    t->environment);
	give_up("%s", argv[0]);
}

void
child_of_run(const struct test *t, const struct step *s, int number)
{
	char out[64], errors[64];

	begin_child();
	setsid();
	snprintf(out, sizeof(out), BOX "/io/%d.out", number);
	snprintf(errors, sizeof(errors), BOX "/io/%d.errors", number);
	redirect(out, errors);
	become_user(t);
	execute_program(t, s);
}

static int
open_terminal(void)
{
	struct termios raw;
	char *name;
	int slave;
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK |
	    O_CLOEXEC);

	if (master == -1 || unlockpt(master) == -1 ||
	    (name = ptsname(master)) == NULL ||
	    (slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1)
		give_up("a terminal");
	tcgetattr(slave, &raw);
	cfmakeraw(&raw);
	raw.c_lflag |= TOSTOP;
	raw.c_lflag &= ~(tcflag_t)TOSTOP;
	tcsetattr(slave, TCSANOW, &raw);
	(void)fchmod(slave, 0666);
	return master;
}

/*
 * The session of a terminal, whose leader does nothing but live: with the
 * leader's end the terminal would be taken from all.  The program is a child
 * of pid 1 all the same, so that there it is waited for.
 */
pid_t
start_in_terminal(struct room *r, const struct step *s)
{
	int tell[2];
	pid_t pid = -1;

	if (r->terminal == -1)
		r->terminal = open_terminal();
	if (pipe2(tell, O_CLOEXEC) == -1)
		give_up("pipe");
	if (fork() == 0) {
		int slave;
		pid_t child;

		begin_child();
		signal(SIGHUP, SIG_IGN);
		signal(SIGTTOU, SIG_IGN);
		setsid();
		slave = open(ptsname(r->terminal), O_RDWR);
		if (slave == -1 || ioctl(slave, TIOCSCTTY, 0) == -1)
			give_up("terminal");
		child = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD,
		    NULL, NULL, NULL, 0L);
		if (child == 0) {
			setpgid(0, 0);
			tcsetpgrp(slave, getpid());
			signal(SIGHUP, SIG_DFL);
			signal(SIGTTOU, SIG_DFL);
			for (int fd = 0; fd < 3; fd++)
				dup2(slave, fd);
			syscall(SYS_close_range, 3, ~0U, 0);
			become_user(r->test);
			execute_program(r->test, s);
		}
		if (write(tell[1], &child, sizeof(child)) != sizeof(child))
			_exit(3);
		close(tell[1]);
		for (;;)
			pause();
	}
	close(tell[1]);
	if (read(tell[0], &pid, sizeof(pid)) != sizeof(pid))
		give_up("the session of the terminal");
	close(tell[0]);
	return pid;
}
