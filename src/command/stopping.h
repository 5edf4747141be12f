/*
 * Stopping a service: what stop, start and restart share.
 */
#ifndef HOLDFAST_STOPPING_H
#define HOLDFAST_STOPPING_H

#include <sys/types.h>

struct hold;
struct keeper_report;
struct paths;
struct record;
struct view;

/* Seconds until a keeper that does not react is bypassed. */
#define STOPPING_REACTION_USEC INT64_C(5000000)

/*
 * Ask a living keeper with signal (SIGTERM: stop; SIGUSR2: restart), and wake
 * it in case it is stopped.  0, or -1 with errno (ESRCH: it is gone).
 */
int stopping_ask(const struct record *r, int signal);

/*
 * Stop what is left of a service without a keeper, in this process.  hold:
 * ours, and released by this; or NULL when the service has it (--no-keeper).
 * 0 when all is gone, -1 when something is left.  *ret says how (its
 * stop_signal is 0 when there was nothing).
 */
int stopping_without_keeper(const char *name, const struct paths *p,
    const struct record *r, struct hold *hold, struct keeper_report *ret);

/*
 * Stop the service whole.  Returns 0 when nothing is left of it (also when
 * nothing was), else an exit status, said already.  say: tell the outcome.
 */
int stopping_run(const char *name, const struct paths *p, int say);

#endif
