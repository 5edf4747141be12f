/*
 * Starting a service: what start and restart share.
 */
#ifndef HOLDFAST_STARTING_H
#define HOLDFAST_STARTING_H

#include <stdbool.h>

struct paths;
struct service;

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

/* Start, say the outcome, return the exit status. */
int starting_run(const struct starting *s);

#endif
