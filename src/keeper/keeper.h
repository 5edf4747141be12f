/*
 * The keeper: one small process for each service.
 */
#ifndef HOLDFAST_KEEPER_H
#define HOLDFAST_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/credentials.h"
#include "state/record.h"

struct hold;
struct paths;
struct service;

enum keeper_begin {
	KEEPER_START,		/* start the service */
	KEEPER_ADOPT,		/* it runs: keep it */
	KEEPER_ADOPT_RESTART,	/* it runs: keep it, and restart it */
	KEEPER_ADOPT_STOP,	/* it runs, or some of it: stop it, and end */
};

struct keeper_order {
	enum keeper_begin begin;
	const struct service *service;
	const struct credentials *credentials;
	const struct paths *paths;
	struct hold *hold;	/* the keeper releases it; NULL, only with
				   KEEPER_ADOPT_STOP: the service has it, and
				   the record is left alone */
	bool save_definition;	/* it is new, and to be written */
	const struct record *known; /* what is adopted; else NULL */
	char **argv;		/* for the process title, or NULL */
};

/*
 * The outcome, as the keeper tells it to who started it: one of these, once:
 * the service is ready; or, all being gone, it has failed, and nothing is left
 * but the keeper's own exit; or it failed after an adoption, when Restart= says
 * to try again, and the keeper goes on.
 */
struct keeper_report {
	enum result result;
	bool ready;
	bool adopted;		/* ready: it is the one that ran already */
	bool goes_on;		/* not ready: it is tried again */
	int64_t again_usec;	/* after so long */
	int code, status;	/* how the main process died */
	int error;		/* errno of the step that failed, else 0 */
	pid_t pid;		/* of the main process when ready */
	int64_t took_usec;	/* from the fork to this */
	int64_t log_offset;	/* where this run's output begins in the log */
	int interrupted_by;	/* a signal that undid keeper_run()'s start */
	int stop_signal;	/* the last one sent to stop it, or 0 */
	int64_t stop_took_usec;
	char what[320];		/* the step that failed: "execute /x" */
	char note[320];		/* what was not allowed, but not fatal; or "" */
};

/*
 * Fork a keeper.  It is in a session of its own, with none of our descriptors;
 * its report comes on *ret_channel, a socket (end of file without one: it was
 * killed).  The caller must hold_close() its own copy of the hold; before that,
 * with save_definition, it writes the definition and then gives the word, one
 * byte on the channel: the service executes nothing before that, nor when the
 * channel is closed without.  Returns its pid, or -1 with errno, the hold then
 * still the caller's.
 */
pid_t keeper_fork(const struct keeper_order *order, int *ret_channel);

/*
 * Be the keeper, in this process: how what has no keeper is stopped, until it
 * ends, and how it is started, until it is ready; then it is let go, with the
 * hold.  Interruptions undo a start: SIGINT, SIGTERM and SIGHUP, unless they
 * are ignored.  Returns 0 when all was gone and the hold was released, or when
 * it was let go (ret->ready); -1 when the stop schedule was exhausted and
 * something is left (*ret as it is then), the hold closed, but the record not
 * final.
 */
int keeper_run(const struct keeper_order *order, struct keeper_report *ret);

#endif
