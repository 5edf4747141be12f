/*
 * Starting a service: what start and restart share.
 */
#ifndef HOLDFAST_STARTING_H
#define HOLDFAST_STARTING_H

struct starting;

/* Start, say the outcome, return the exit status. */
int starting_run(const struct starting *s);

#endif
