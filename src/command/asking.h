/*
 * Asking a living keeper to stop or to restart its service, and waiting for
 * what comes of it: what stop and restart share.
 */
#ifndef HOLDFAST_ASKING_H
#define HOLDFAST_ASKING_H

struct paths;
struct view;

/* What a living keeper is asked for. */
struct asking {
	const char *name;
	const struct paths *paths;
	struct view *view;	/* in which it is alive; goes with the time */
	int signal;		/* SIGTERM: stop; SIGUSR2: restart */
	/* At each change of its record: the exit status when this is what was
	 * asked for, said already, or OUTCOME_AGAIN.  NULL: its end is. */
	int (*judge)(void *context);
	void *context;
};

/*
 * Ask, and wake the keeper in case it is stopped; wait for the answer.  One that
 * does not react is killed.  Returns what judge did; the exit status of a
 * failure, said already; or OUTCOME_AGAIN when the keeper is gone.
 */
int asking_run(const struct asking *a);

/* A stop that failed: name who is left of the service. */
void asking_say_stuck(const char *name, const struct paths *p,
    const struct view *v);

#endif
