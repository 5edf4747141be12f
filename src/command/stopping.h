/*
 * Stopping a service: what stop, start and restart share.
 */
#ifndef HOLDFAST_STOPPING_H
#define HOLDFAST_STOPPING_H

#include <stdbool.h>

struct hold;
struct keeper_report;
struct paths;
struct record;

/*
 * Stop what is left of a service without a keeper, in this process.  hold:
 * ours, and released by this; or NULL when the service has it (--no-keeper).
 * 0 when all is gone, -1 when something is left.  *ret says how (its
 * stop_signal is 0 when there was nothing), and what could not be done at all.
 */
int stopping_without_keeper(const char *name, const struct paths *p,
    const struct record *r, struct hold *hold, struct keeper_report *ret);

/* Is something left of a run whose keeper is gone?  Also when it cannot be seen.
 * One that replaces itself all the time may escape a look. */
bool stopping_is_left(const struct paths *p, const struct record *r);

/*
 * Stop the service whole.  Returns 0 when nothing is left of it (also when
 * nothing was), else an exit status, said already.  say: tell the outcome.
 */
int stopping_run(const char *name, const struct paths *p, bool say);

#endif
