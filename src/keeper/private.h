/*
 * What the keeper's files share: its one struct.
 */
#ifndef HOLDFAST_KEEPER_PRIVATE_H
#define HOLDFAST_KEEPER_PRIVATE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "keeper/keeper.h"
#include "keeper/output.h"
#include "keeper/step.h"
#include "process/child.h"
#include "process/tree.h"
#include "state/record.h"

struct keeper {
	const struct keeper_order *order;
	const struct service *service;
	struct machine machine;
	struct output output;

	/* the service */
	struct child child;	/* channel -1: exec is over */
	bool adopted;		/* the main process is not our child */
	pid_t main_pid;
	uint64_t main_start;
	bool main_died;		/* and was reaped */
	bool died_executed;	/* it had come to its exec then */
	int watched;		/* a pidfd: of the adopted main process, or of
				   one that must still go; -1: none */
	bool watched_is_gone;	/* it was dead already: look at once */
	bool poll_by_time;	/* no pidfd to be had for that */
	bool empty;		/* nothing that must go is left */
	struct tree tree;	/* kept for its memory */

	/* what is said */
	struct record record;	/* as last written */
	int vouch;		/* record_write(): for a child, not for what is
				   adopted */
	bool record_is_stale;	/* the last write failed: again later */
	char invocation[33];
	char command[512];
	char failed_step[320];
	int failed_errno;
	struct keeper_report report;
	int report_fd;		/* -1: nobody waits, or it was told */
	int word;		/* the same, when who waits writes the
				   definition meanwhile; else -1 */
	bool in_caller;		/* keeper_run(): this is the command */
	bool lets_go;		/* and that starts a service: only until it is
				   ready */

	int signals;		/* signalfd */
};

/* prepare.c: what must be there before the service is.  0, or -1 with errno and
 * in what the step that failed. */
int prepare_keeper(struct keeper *k, char *what, size_t size);
/* Every signal: sigfillset(3) leaves out those that libc keeps for itself. */
void prepare_fill(sigset_t *all);

/* run.c: fork the service.  Never fails: of what fails the machine has the
 * result, and the record and the report what it was.  Returns false when there
 * is no process. */
bool run_spawn(struct keeper *k);
/* What came from the child, an event for the machine; false: nothing. */
bool run_news(struct keeper *k, enum keeper_event *ret);

/* ending.c */
void ending_signal(struct keeper *k, int signal);
/* Reap what died; true when the main process was among it. */
bool ending_reap(struct keeper *k);
/* Look whether something that must go is left; watch one of it if so. */
void ending_look(struct keeper *k);

/* announce.c */
void announce_init(struct keeper *k);
/* Write the record. 0, or -1 with errno. */
int announce_record(struct keeper *k);
/* In the child: write the record that names it. 0, or -1 with errno. */
int announce_child(struct keeper *k);
/* The main process died: an event, and its status for the record. */
void announce_death(struct keeper *k);
void announce_ready(struct keeper *k);
/* Tell who waits, once. */
void announce_outcome(struct keeper *k, bool ready);
/* The run that somebody waits for has failed, and there will be another. */
void announce_failed_run(struct keeper *k);
/* Note what could not be done, for record, events and report. */
void announce_failure(struct keeper *k, const char *what, int error);
/* The same of what is no failure, with what came of it. */
void announce_note(struct keeper *k, const char *what, int error,
    const char *consequence);
/* The same of what is only odd. */
void announce_remark(struct keeper *k, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
