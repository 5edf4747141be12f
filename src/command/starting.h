/*
 * Starting a service: what start and restart share.
 */
#ifndef HOLDFAST_STARTING_H
#define HOLDFAST_STARTING_H

struct common_options;
struct service;
struct starting;
struct strings;

/*
 * Before anything is done or said: will a start of one of these services have
 * to look up names?  By its definition, given (NULL: the stored one).  Then the
 * quick program is begun anew here; see lookup_prepare().  0, or an exit status,
 * said already.
 */
int starting_foresee(const struct strings *names,
    const struct common_options *common, struct service *given);

/* Start, say the outcome, return the exit status. */
int starting_run(const struct starting *s);

#endif
