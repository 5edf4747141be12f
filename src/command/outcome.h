/*
 * The outcome of a start: wait for it, undo it when interrupted, and say it.
 */
#ifndef HOLDFAST_OUTCOME_H
#define HOLDFAST_OUTCOME_H

#include <sys/types.h>

#include "state/record.h"

struct interrupts;
struct keeper_order;
struct paths;
struct service;
struct view;

enum starting_kind {
	STARTING_START,		/* start it, unless it runs */
	STARTING_RESTART,	/* and if it runs without a keeper: adopt it,
				   and restart it */
};

struct starting {
	enum starting_kind kind;
	const char *name;
	struct paths *paths;
	struct service *given;	/* from options; NULL: the stored one */
};

/* Not an exit status: the keeper was killed; look at what there is now. */
#define OUTCOME_AGAIN (-1)

/*
 * Wait for the report of our keeper on channel, and say it.  An interruption
 * undoes a start (not an adoption), and then ends us by its signal.  Closes
 * channel and releases the interrupts.  Returns the exit status, or
 * OUTCOME_AGAIN.
 */
int outcome_wait(const struct starting *s, const struct keeper_order *order,
    pid_t keeper, int channel, struct interrupts *in);

/* The exit status of a start that failed, with the failed step's errno or 0. */
int outcome_status(enum result result, int error);

/* "NAME: WHAT, pid N" for a service that another start has started. */
int outcome_say(const struct starting *s, const char *what,
    const struct view *v);

/* A start that this one waited for has failed. */
int outcome_say_failure_of_other(const struct starting *s,
    const struct view *v);

/*
 * Start without a keeper: this process does what a keeper would up to the
 * exec, and then leaves.  Returns the exit status.
 */
int outcome_start_without_keeper(const struct starting *s,
    const struct keeper_order *order);

#endif
