/*
 * What the keeper does next: state and event in, state and actions out.  Pure:
 * no system call, no clock; a unit test drives it through every pair.
 */
#ifndef HOLDFAST_STEP_H
#define HOLDFAST_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state/record.h"

struct service;

enum keeper_state {
	KEEPER_STARTING,	/* forked; not ready yet */
	KEEPER_RUNNING,
	KEEPER_BACKOFF,		/* waiting to restart it */
	KEEPER_STOPPING,	/* going through the stop schedule */
	KEEPER_ENDED,
};

enum keeper_event {
	EVENT_EXECUTED,		/* exec was done */
	EVENT_FAILED,		/* a step of the set-up failed; it will die */
	EVENT_DIED,		/* the main process (code and status are set),
				   and some of its tree is left */
	EVENT_EMPTY,		/* it is dead, and nothing that must go with
				   it is left */
	EVENT_DEADLINE,		/* machine_deadline() has passed */
	EVENT_STOP,		/* asked to stop */
	EVENT_HURRY,		/* asked again, by hand: the next step now */
	EVENT_RESTART,		/* asked to restart */
};

/* What to do, as a set. */
enum keeper_action {
	DO_SPAWN = 1,		/* fork the service */
	DO_SIGNAL = 2,		/* send machine.signal, as KillMode= says */
	DO_ANNOUNCE = 4,	/* write the record */
	DO_READY = 8,		/* tell the starter that it is ready */
	DO_END = 16,		/* write the record, release, tell, exit */
	DO_AGAIN = 32,		/* tell the starter, if it was not told yet,
				   that a run failed and another comes */
};

enum keeper_goal {
	GOAL_END,		/* stopped on request, or it never was ready */
	GOAL_POLICY,		/* Restart= decides */
	GOAL_RESTART,		/* restarted on request */
};

struct machine {
	enum keeper_state state;
	enum keeper_goal goal;		/* of KEEPER_STOPPING */
	bool main_alive;		/* cleared with its death's event */
	bool executed;			/* this run's exec was done */
	bool was_ready;			/* some run was: Restart= counts */
	bool requested;			/* the end was asked for */
	bool stuck;			/* the schedule is exhausted */
	enum result result;
	int code, status;		/* of EVENT_DIED: CLD_EXITED, 3 */

	/* monotonic microseconds; INT64_MAX: none */
	int64_t started;
	int64_t ready;			/* when it became so; else 0 */
	int64_t settle_at, timeout_at;	/* of KEEPER_STARTING */
	int64_t restart_at;		/* of KEEPER_BACKOFF */
	int64_t stop_began, stop_next;	/* of KEEPER_STOPPING */

	size_t position;		/* in the stop schedule */
	int signal;			/* of DO_SIGNAL; the last one sent */
	unsigned n_restarts;		/* automatic ones */
	unsigned delays;		/* in a row: the back-off */
	bool was_immediate;		/* and the first had none */
	int64_t limit_since;		/* StartLimitIntervalSec= */
	int limit_count;
};

/* Begin with a start, or with a service that runs already (adoption). */
unsigned machine_start(struct machine *m, const struct service *s,
    int64_t now);
void machine_adopt(struct machine *m, int64_t now);

/* The one function. Returns a set of enum keeper_action. */
unsigned machine_step(struct machine *m, enum keeper_event event,
    const struct service *s, int64_t now);

/* When EVENT_DEADLINE is due, monotonic microseconds; INT64_MAX: never. */
int64_t machine_deadline(const struct machine *m);

/* ActiveState= and SubState= of what is now. */
enum active_state machine_active_state(const struct machine *m);
const char *machine_sub_state(const struct machine *m);

/* Microseconds to wait before a restart, after so many waits in a row. */
int64_t machine_backoff(const struct service *s, unsigned delays);

#endif
