/*
 * What the keeper is before there is a service: a subreaper that hears signals
 * by a descriptor, with the output's two ends and nothing of its caller's.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "keeper/private.h"

/* What interrupts a command, unless its caller ignores it (nohup). */
static void
add_interrupts(sigset_t *set)
{
	const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sigaction(signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
	}
}

void
prepare_fill(sigset_t *all)
{
	memset(all, 0xff, sizeof(*all));
}

/* What a keeper hears; all signals are blocked, so nothing else reaches it.  A
 * command that lets go stays what it is for all others. */
static int
open_signals(bool lets_go)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t all, ours;

	prepare_fill(&all);
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	if (lets_go)
		add_interrupts(&ours);
	else {
		sigaddset(&ours, SIGTERM);
		sigaddset(&ours, SIGINT);
		sigaddset(&ours, SIGHUP);
		sigaddset(&ours, SIGUSR1);
		sigaddset(&ours, SIGUSR2);
	}
	/* Ignored, SIGCHLD would reap the children itself. */
	if (sigprocmask(SIG_BLOCK, lets_go ? &ours : &all, NULL) == -1 ||
	    sigaction(SIGCHLD, &action, NULL) == -1)
		return -1;
	return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Nothing of the caller's is kept, so that whoever reads its output sees the
 * end of it, and no file system is held. */
static int
leave_caller(void)
{
	int null;

	if (chdir("/") == -1)
		return -1;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1)
		return -1;
	for (int fd = 0; fd <= 2; fd++) {
		if (dup2(null, fd) == -1)
			return -1;
	}
	return close(null);
}

/* Only a service that is to be started cannot do without. */
static int
open_output(struct keeper *k, char *what, size_t size)
{
	const struct keeper_order *o = k->order;

	switch (o->begin) {
	case KEEPER_START:
		return output_open(&k->output, o->service, o->paths,
		    o->credentials->uid, what, size);
	case KEEPER_ADOPT:
	case KEEPER_ADOPT_RESTART:
		if (output_adopt(&k->output, o->service, o->paths,
		    o->credentials->uid, what, size) == -1)
			announce_note(k, what, errno, "adopted without it");
		break;
	case KEEPER_ADOPT_STOP:
		output_adopt_to_stop(&k->output, o->service, o->paths);
		break;
	}
	return 0;
}

int
prepare_keeper(struct keeper *k, char *what, size_t size)
{
	umask(022);
	snprintf(what, size, "become subreaper");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		return -1;
	snprintf(what, size, "make a signalfd");
	k->signals = open_signals(k->lets_go);
	if (k->signals == -1)
		return -1;
	if (open_output(k, what, size) == -1)
		return -1;
	if (k->in_caller)
		return 0;
	snprintf(what, size, "leave the caller");
	return leave_caller();
}
