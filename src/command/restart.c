/*
 * restart and try-restart: the keeper does it, so that the pidfile stays
 * locked throughout.  Done when the record names a new run that is ready.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/asking.h"
#include "command/command.h"
#include "command/damaged.h"
#include "command/outcome.h"
#include "command/preparing.h"
#include "command/starting.h"
#include "command/stopping.h"
#include "message.h"

#define TAIL_LINES 10

struct restarting {
	const char *name;
	struct paths *paths;
	struct view view;
	char old[33];		/* the run that is to be another */
	struct common_options *common;
	bool only_if_running;
};

static int
say_restarted(const struct restarting *r)
{
	char span[32];

	value_print_ago(r->view.record.ready_took_usec, span, sizeof(span));
	message_say("%s: restarted, pid %d (ready in %s)", r->name,
	    r->view.record.main_pid, span);
	return EXIT_DONE;
}

static int
say_not_restarted(const struct restarting *r)
{
	const struct record *record = &r->view.record;
	char ending[128], span[32], again[64];

	value_print_ago(record->restart_in_usec, span, sizeof(span));
	if (view_restarts_by_itself(record))
		snprintf(again, sizeof(again), "it is tried again in %s",
		    span);
	else
		snprintf(again, sizeof(again), "it waits for a restart");
	if (record->failed_step[0] != '\0')
		message_error("%s: cannot %s: %s; %s", r->name,
		    record->failed_step, message_strerror(record->failed_errno),
		    again);
	else {
		view_ending(record, ending, sizeof(ending));
		message_error("%s: not ready after the restart (%s); %s",
		    r->name, ending, again);
	}
	return EXIT_FAILED;
}

/* Has the run that was asked for come to something? */
static int
judge(void *context)
{
	const struct restarting *r = context;
	const struct record *record = &r->view.record;

	if (strcmp(record->invocation_id, r->old) == 0)
		return OUTCOME_AGAIN;
	if (record->active_state == STATE_ACTIVE)
		return say_restarted(r);
	if (strcmp(record->sub_state, "auto-restart") == 0)
		return say_not_restarted(r);
	return OUTCOME_AGAIN;
}

static int
status_of_failure(const struct record *record)
{
	if (record->result == RESULT_EXEC) {
		switch (record->failed_errno) {
		case ENOENT:
		case ENOTDIR:
			return EXIT_NOT_INSTALLED;
		}
		return command_status_of(record->failed_errno);
	}
	return EXIT_FAILED;
}

/* The new run was never ready, and nothing is left of it. */
static int
say_failed(const struct restarting *r)
{
	const struct record *record = &r->view.record;
	char ending[128];
	struct stat st;

	if (record->failed_step[0] != '\0') {
		message_error("%s: cannot %s: %s", r->name,
		    record->failed_step, message_strerror(record->failed_errno));
		return status_of_failure(record);
	}
	view_ending(record, ending, sizeof(ending));
	if (record->result == RESULT_TIMEOUT || ending[0] == '\0')
		snprintf(ending, sizeof(ending), "%s",
		    record_result_name(record->result));
	if (record->log[0] != '\0' && stat(record->log, &st) == 0 &&
	    st.st_size > record->log_offset) {
		message_error("%s: ended after the restart, before it was "
		    "ready (%s); its last lines:", r->name, ending);
		command_show_tail(record->log, record->log_offset, TAIL_LINES);
	} else
		message_error("%s: ended after the restart, before it was "
		    "ready (%s)", r->name, ending);
	return EXIT_FAILED;
}

/*
 * The keeper is gone.  When it got as far as another run, and nobody stopped
 * that one, this is what the restart came to; else look anew.
 */
static int
judge_end(struct restarting *r)
{
	const struct record *record = &r->view.record;
	char ending[128];

	view_read(r->paths, &r->view);
	if (!r->view.known || !record_is_final(record) ||
	    strcmp(record->invocation_id, r->old) == 0)
		return OUTCOME_AGAIN;
	if (record->active_state == STATE_FAILED &&
	    record->result != RESULT_INTERRUPTED &&
	    record->ready_took_usec == 0)
		return say_failed(r);
	/* As after a start: what was ready once is a success. */
	if (record->ready_took_usec == 0 || record->stop_signal != 0)
		return OUTCOME_AGAIN;
	view_ending(record, ending, sizeof(ending));
	message_say("%s: restarted, and has ended since (%s)", r->name,
	    ending);
	return EXIT_DONE;
}

static int
restart_by_keeper(struct restarting *r)
{
	const struct asking asking = {
		.name = r->name,
		.paths = r->paths,
		.view = &r->view,
		.signal = SIGUSR2,
		.judge = judge,
		.context = r,
	};
	int status;

	snprintf(r->old, sizeof(r->old), "%.32s",
	    r->view.record.invocation_id);
	status = asking_run(&asking);
	return status == OUTCOME_AGAIN ? judge_end(r) : status;
}

static int
restart_once(struct restarting *r)
{
	struct starting starting = {
		.kind = STARTING_RESTART,
		.name = r->name,
		.paths = r->paths,
	};
	int status;

	view_read(r->paths, &r->view);
	if (r->view.live == LIVE_UNKNOWN)
		return damaged_refuse(r->name, r->paths, &r->view,
		    "restart it");
	if (r->view.keeper_alive && r->view.known &&
	    !record_is_final(&r->view.record))
		return restart_by_keeper(r);
	if (r->view.live != LIVE_UP && r->only_if_running) {
		message_say("%s: not running", r->name);
		return EXIT_DONE;
	}
	/* Without a keeper there is nobody who could keep its hold. */
	if (r->view.live == LIVE_UP && !r->view.record.has_keeper) {
		status = stopping_run(r->name, r->paths, false);
		if (status != EXIT_DONE)
			return status;
	}
	return starting_run(&starting);
}

static int
restart(const char *name, struct paths *p, void *context)
{
	struct restarting *r = context;
	int status;

	r->name = name;
	r->paths = p;
	if (r->common->dry_run) {
		view_read(p, &r->view);
		if (r->view.live == LIVE_UNKNOWN)
			return damaged_refuse(name, p, &r->view, "restart it");
		message_say("%s: would %s", name, r->view.live == LIVE_UP ||
		    r->view.keeper_alive ? "restart it" :
		    r->only_if_running ? "do nothing: not running" :
		    "start it");
		return EXIT_DONE;
	}
	do
		status = restart_once(r);
	while (status == OUTCOME_AGAIN);
	return status;
}

static int
run(int argc, char **argv, bool only_if_running)
{
	struct common_options common;
	struct strings names = { 0 };
	struct restarting r = {
		.common = &common,
		.only_if_running = only_if_running,
	};
	int status = EXIT_USAGE;

	closefrom(STDERR_FILENO + 1);
	command_ignore_pipe();
	if (command_options(argc, argv, NULL, &common, &names) == 0)
		status = preparing_foresee(&names, &common, NULL);
	if (status == EXIT_DONE)
		status = command_each(&names, &common, restart, &r);
	strings_clear(&names);
	return status;
}

static int
run_restart(int argc, char **argv)
{
	return run(argc, argv, false);
}

static int
run_try_restart(int argc, char **argv)
{
	return run(argc, argv, true);
}

const struct command command_restart = {
	.name = "restart",
	.usage = "NAME...",
	.help = "restart services, or start them if they are stopped",
	.run = run_restart,
};

const struct command command_try_restart = {
	.name = "try-restart",
	.usage = "NAME...",
	.help = "restart services that are running",
	.run = run_try_restart,
};
