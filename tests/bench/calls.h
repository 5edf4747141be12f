/*
 * Counts system calls in what strace -f -o FILE wrote.
 */
#ifndef HOLDFAST_CALLS_H
#define HOLDFAST_CALLS_H

struct calls {
	int command;		/* of the command itself */
	int others;		/* of what it forked, until it ended */
	int after;		/* of these, after it had ended */
};

/* What the beacon calls, once it is the beacon, is not counted. */
void calls_count(const char *path, struct calls *ret);

/* Wait until strace has written to path that the command ended. */
void calls_wait(const char *path);

#endif
