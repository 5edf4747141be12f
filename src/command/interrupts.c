/*
 * What interrupts a command: see interrupts.h.
 */
#include "config.h"

#include "command/interrupts.h"

#include <sys/signalfd.h>

#include <signal.h>
#include <unistd.h>

#include "message.h"
#include "process/process.h"

static const int interrupting[] = { SIGINT, SIGTERM, SIGHUP };
#define INTERRUPTING (sizeof(interrupting) / sizeof(interrupting[0]))

void
interrupts_block(struct interrupts *in)
{
	struct sigaction action;

	in->fd = -1;
	sigemptyset(&in->set);
	for (size_t i = 0; i < INTERRUPTING; i++) {
		/* nohup(1), or a shell's background job: respected. */
		if (sigaction(interrupting[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&in->set, interrupting[i]);
	}
	sigprocmask(SIG_BLOCK, &in->set, &in->before);
}

void
interrupts_open(struct interrupts *in)
{
	in->fd = signalfd(-1, &in->set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (in->fd == -1)
		sigprocmask(SIG_SETMASK, &in->before, NULL);
}

void
interrupts_release(struct interrupts *in)
{
	if (in->fd != -1)
		close(in->fd);
	in->fd = -1;
	sigprocmask(SIG_SETMASK, &in->before, NULL);
}

int
interrupts_read(struct interrupts *in)
{
	struct signalfd_siginfo info;

	if (in->fd == -1 || read(in->fd, &info, sizeof(info)) !=
	    (ssize_t)sizeof(info))
		return 0;
	/* Meant for the keeper that this process was for a moment. */
	if (info.ssi_code == SI_QUEUE && info.ssi_int == PROCESS_REQUEST)
		return 0;
	return (int)info.ssi_signo;
}

void
interrupts_die_by(struct interrupts *in, int signal)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t only;

	(void)message_flush();
	interrupts_release(in);
	(void)sigaction(signal, &action, NULL);
	/* Our caller may have blocked it. */
	sigemptyset(&only);
	sigaddset(&only, signal);
	(void)sigprocmask(SIG_UNBLOCK, &only, NULL);
	(void)raise(signal);
	_exit(128 + signal);
}
