/*
 * What interrupts a command: SIGINT, SIGTERM and SIGHUP, unless the caller
 * ignores them.  Blocked before a keeper is forked, and read from a descriptor,
 * which the keeper does not have, after that.
 */
#ifndef HOLDFAST_INTERRUPTS_H
#define HOLDFAST_INTERRUPTS_H

#include <signal.h>

struct interrupts {
	int fd;			/* a signalfd, or -1 */
	sigset_t set, before;
};

void interrupts_block(struct interrupts *in);

/* Read from a descriptor; without one they end us, as any command. */
void interrupts_open(struct interrupts *in);

/* The signal that came, or 0. */
int interrupts_read(struct interrupts *in);

void interrupts_release(struct interrupts *in);

/* End as by signal itself, with what was said until now. */
void interrupts_die_by(struct interrupts *in, int signal)
    __attribute__((noreturn));

#endif
