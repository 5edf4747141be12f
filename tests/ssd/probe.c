/*
 * What is started and stopped in the comparison of start-stop-daemons, and what
 * helps to set a case up.  Linked statically, so that it runs in any root.
 *
 *	probe [OPTION...] [ANYTHING...]
 *		Write down what it finds around itself, then wait for signals
 *		and write down those, too.  It changes nothing of what it
 *		reports before it has looked.  The report appears whole, under
 *		its pid's name, in the directory of --out, $PROBE_OUT or
 *		/run/box/out.  Arguments that are no options are no more than
 *		reported.  Options:
 *
 *		--out DIRECTORY	where the report goes
 *		--exit STATUS	end at once
 *		--die-after MS	end after that time
 *		--ignore-term	do not end by SIGTERM
 *		--linger MS	end so long after SIGTERM
 *		--remove FILE	remove that when it ends by a signal
 *		--rename NAME	be called so
 *		--say TEXT	to standard output; --complain: to the other one
 *		--wait MS	before what stands behind it on the line
 *		--notify TEXT	to $NOTIFY_SOCKET; \n in it is a line's end
 *		--barrier	ask the notified side to catch up, report
 *		--hide		be not dumpable: /proc is root's then
 *		--children N	have so many children; named LABEL.1 and so on
 *		--zombie LABEL	have a dead child that nobody waits for
 *		--label LABEL	a child's name is made of this
 *
 *	probe spawn LABEL [--exe FILE] [--as UID:GID] ARGUMENT...
 *		Start FILE (the victim's copy of this program) as an orphan in
 *		a session of its own, wait until it is ready, and write its pid
 *		to /run/box/pids/LABEL.
 *	probe block SIGNAL COMMAND...
 *		Execute it with that signal blocked.
 *	probe watch FILE
 *		Write down what happens to a file.
 *	probe race ROUNDS COUNT FILE COMMAND...
 *		Start COMMAND so many times at once, ROUNDS times, and say
 *		whether there ever was more than one daemon.  FILE is removed
 *		before each round.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "probe.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct behaviour {
	const char *out, *label, *remove;
	bool ignore_term, ends;
	int status, die_after, linger;
};

void
sleep_ms(int ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

void
note(const char *out, const char *suffix, const char *text)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%.4000s/%d%s", out, (int)getpid(),
	    suffix);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		_exit(125);
	close(fd);
}

void
write_label(const char *label, pid_t pid)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), BOX "/pids/%.200s", label);
	snprintf(temporary, sizeof(temporary), BOX "/pids/.%.200s", label);
	f = fopen(temporary, "we");
	if (f == NULL)
		err(125, "%s", temporary);
	fprintf(f, "%d\n", (int)pid);
	if (fclose(f) != 0 || rename(temporary, path) == -1)
		err(125, "%s", path);
}

/* Does a program that does not handle it live on? */
static bool
is_harmless(int signal)
{
	switch (signal) {
	case SIGINT: case SIGTERM: case SIGQUIT: case SIGABRT: case SIGSEGV:
	case SIGILL: case SIGFPE: case SIGBUS: case SIGTRAP: case SIGSYS:
	case SIGXCPU: case SIGXFSZ:
		return false;
	default:
		return true;
	}
}

/* All signals are blocked: they are taken one by one, in the kernel's order. */
static void __attribute__((noreturn))
serve(const struct behaviour *b)
{
	const int64_t end = b->die_after > 0 ? now_ms() + b->die_after : 0;
	sigset_t all;
	char text[32];

	sigfillset(&all);
	for (;;) {
		struct timespec t = { 3600, 0 };
		int n;

		if (end != 0) {
			int64_t left = end - now_ms();

			if (left <= 0)
				_exit(0);
			t.tv_sec = left / 1000;
			t.tv_nsec = left % 1000 * 1000000L;
		}
		n = sigtimedwait(&all, NULL, &t);
		if (n == -1)
			continue;
		snprintf(text, sizeof(text), "%d\n", n);
		note(b->out, ".signals", text);
		if (is_harmless(n) || (n == SIGTERM && b->ignore_term))
			continue;
		/* What came together with it came all the same. */
		t = (struct timespec){ 0, 0 };
		while ((n = sigtimedwait(&all, NULL, &t)) > 0) {
			snprintf(text, sizeof(text), "%d\n", n);
			note(b->out, ".signals", text);
		}
		if (b->linger > 0)
			sleep_ms(b->linger);
		if (b->remove != NULL)
			unlink(b->remove);
		_exit(0);
	}
}

static void
send_notification(const char *text, int fd)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char *copy = strdup(text), *to = copy;
	struct iovec part = { copy, 0 };
	struct msghdr m = { .msg_name = &address, .msg_namelen =
	    sizeof(address), .msg_iov = &part, .msg_iovlen = 1 };
	int s;

	if (name == NULL || copy == NULL)
		return;
	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '\\' && p[1] == 'n') {
			*to++ = '\n';
			p++;
		} else
			*to++ = *p;
	}
	part.iov_len = (size_t)(to - copy);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	if (fd != -1) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		memset(&control, 0, sizeof(control));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	}
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)sendmsg(s, &m, MSG_NOSIGNAL);
	close(s);
	free(copy);
}

/* The other side answers by closing what it was sent. */
static void
ask_barrier(const char *out)
{
	struct pollfd end;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return;
	send_notification("BARRIER=1", ends[1]);
	close(ends[1]);
	end = (struct pollfd){ ends[0], 0, 0 };
	note(out, ".barrier", poll(&end, 1, 5000) > 0 ? "answered\n" :
	    "not answered\n");
	close(ends[0]);
}

static void
have_children(const struct behaviour *b, int count)
{
	char name[256];
	sigset_t all;
	pid_t pid;

	sigfillset(&all);
	/* Nobody is to be a zombie but who was asked for. */
	signal(SIGCHLD, SIG_IGN);
	for (int i = 1; i <= count; i++) {
		pid = fork();
		if (pid == -1)
			err(125, "fork");
		snprintf(name, sizeof(name), "%.200s.%d",
		    b->label != NULL ? b->label : "child", i);
		if (pid == 0) {
			sigprocmask(SIG_SETMASK, &all, NULL);
			note(b->out, "", "");
			note(b->out, ".done", "");
			serve(b);
		}
		write_label(name, pid);
	}
}

static void
have_zombie(const char *label)
{
	const pid_t pid = fork();
	siginfo_t info;

	if (pid == -1)
		err(125, "fork");
	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	write_label(label, pid);
}

static void
put_line(FILE *f, const char *text)
{
	fprintf(f, "%s\n", text);
	fflush(f);
}

/* One option; those that are not known are nobody's business. */
static void
act(struct behaviour *b, const char *option, const char *value)
{
	if (strcmp(option, "--out") == 0)
		b->out = value;
	else if (strcmp(option, "--label") == 0)
		b->label = value;
	else if (strcmp(option, "--remove") == 0)
		b->remove = value;
	else if (strcmp(option, "--die-after") == 0)
		b->die_after = atoi(value);
	else if (strcmp(option, "--linger") == 0)
		b->linger = atoi(value);
	else if (strcmp(option, "--exit") == 0) {
		b->ends = true;
		b->status = atoi(value);
	}
}

/* What is done once the report is there, in the order of the line. */
static void
act_later(const struct behaviour *b, const char *option, const char *value)
{
	if (strcmp(option, "--wait") == 0)
		sleep_ms(atoi(value));
	else if (strcmp(option, "--say") == 0)
		put_line(stdout, value);
	else if (strcmp(option, "--complain") == 0)
		put_line(stderr, value);
	else if (strcmp(option, "--notify") == 0)
		send_notification(value, -1);
	else if (strcmp(option, "--barrier") == 0)
		ask_barrier(b->out);
}

/* And what before: who sees the report finds it done. */
static void
act_before(const struct behaviour *b, const char *option, const char *value)
{
	if (strcmp(option, "--rename") == 0)
		prctl(PR_SET_NAME, value);
	else if (strcmp(option, "--children") == 0)
		have_children(b, atoi(value));
	else if (strcmp(option, "--zombie") == 0)
		have_zombie(value);
	else if (strcmp(option, "--hide") == 0)
		prctl(PR_SET_DUMPABLE, 0);
}

static bool
takes_value(const char *option)
{
	static const char *const those[] = { "--out", "--exit", "--die-after",
		"--linger", "--remove", "--rename", "--say", "--complain",
		"--wait", "--notify", "--children", "--zombie", "--label" };

	for (size_t i = 0; i < sizeof(those) / sizeof(*those); i++)
		if (strcmp(option, those[i]) == 0)
			return true;
	return false;
}

static void
for_each_option(struct behaviour *b, int argc, char **argv,
    void (*do_it)(struct behaviour *, const char *, const char *))
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--ignore-term") == 0)
			b->ignore_term = true;
		else if (takes_value(argv[i]) && i + 1 < argc) {
			do_it(b, argv[i], argv[i + 1]);
			i++;
		} else
			do_it(b, argv[i], "");
	}
}

static void
before(struct behaviour *b, const char *option, const char *value)
{
	act_before(b, option, value);
}

static void
later(struct behaviour *b, const char *option, const char *value)
{
	act_later(b, option, value);
}

static int
be_probe(int argc, char **argv)
{
	struct behaviour b = { .out = getenv("PROBE_OUT") };
	sigset_t all;

	if (b.out == NULL)
		b.out = BOX "/out";
	for_each_option(&b, argc, argv, act);
	for_each_option(&b, argc, argv, before);
	/* Who forked it may be about to end; but a victim's spawner waits. */
	for (int ms = 0; ms < 2000 && b.label == NULL && getppid() != 1; ms++)
		sleep_ms(1);
	/* Everything that is reported is found before this. */
	report(b.out, argc, argv);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	umask(0);
	for_each_option(&b, argc, argv, later);
	note(b.out, ".done", "");
	if (b.ends)
		_exit(b.status);
	serve(&b);
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (argc > 2 && strcmp(mode, "spawn") == 0)
		return spawn(argc, argv);
	if (argc > 3 && strcmp(mode, "block") == 0)
		return block(argv);
	if (argc > 2 && strcmp(mode, "watch") == 0)
		return watch(argv[2]);
	if (argc > 5 && strcmp(mode, "race") == 0)
		return race(argv);
	return be_probe(argc, argv);
}
