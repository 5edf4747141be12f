/*
 * stop: end the whole service, and return when its last process is gone.
 *
 * With a keeper it is asked, and waited for.  Without one this process takes
 * the hold first, so that no start can adopt and restart meanwhile, and is
 * then the keeper until the end.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/asking.h"
#include "command/command.h"
#include "command/damaged.h"
#include "command/outcome.h"
#include "command/stopping.h"
#include "keeper/keeper.h"
#include "message.h"
#include "process/process.h"
#include "process/tree.h"
#include "state/definition.h"
#include "state/hold.h"
#include "state/watch.h"

#define LOOK_AGAIN_USEC INT64_C(10000)
#define UNCLEAR_MAX_USEC INT64_C(5000000)

struct stopping {
	const char *name;
	const struct paths *paths;
	struct view view;
	bool did;		/* something was there to stop */
	char swept[33];		/* the run without a keeper that was ended */
	int64_t give_up;	/* of a state that is not clear */
	struct keeper_report report; /* of what this process ended itself */
};

int
stopping_without_keeper(const char *name, const struct paths *p,
    const struct record *r, struct hold *hold, struct keeper_report *ret)
{
	struct credentials credentials = { .uid = geteuid() };
	struct service service;
	struct keeper_order order = {
		.begin = KEEPER_ADOPT_STOP,
		.service = &service,
		.credentials = &credentials,
		.paths = p,
		.hold = hold,
		.known = r,
	};
	char err[512];
	int result, error;

	service_init(&service, name);
	if (definition_read(p->definition, &service, &error, err,
	    sizeof(err)) != 0) {
		/* Without one: the default way to stop. */
		service_free(&service);
		service_init(&service, name);
		schedule_default(SIGTERM, 30 * USEC_PER_SEC,
		    &service.stop_schedule);
		service.keeper = r->has_keeper;
	}
	result = keeper_run(&order, ret);
	service_free(&service);
	return result;
}

bool
stopping_is_left(const struct paths *p, const struct record *r)
{
	struct tree tree = { 0 };
	bool is_left;

	is_left = tree_of_run(r, p->pid, &tree) == -1 || tree.count > 0;
	tree_free(&tree);
	return is_left;
}

static void
say_stopped(struct stopping *s)
{
	const struct record *r = &s->view.record;
	int64_t span = s->report.stop_took_usec;
	int signal = s->report.stop_signal;
	char name[32], took[32];

	view_read(s->paths, &s->view);
	if (signal == 0 && s->view.known) {
		signal = r->stop_signal;
		span = r->stop_took_usec;
	}
	if (signal == 0) {
		message_say("%s: stopped", s->name);
		return;
	}
	value_print_ago(span, took, sizeof(took));
	message_say("%s: stopped (%s, %s)", s->name,
	    value_signal_name(signal, name, sizeof(name)), took);
}

static int
stop_by_keeper(struct stopping *s)
{
	const struct asking asking = {
		.name = s->name,
		.paths = s->paths,
		.view = &s->view,
		.signal = SIGTERM,
	};
	int status;

	s->did = true;
	status = asking_run(&asking);
	if (status != OUTCOME_AGAIN)
		return status;
	/* Killed, it leaves a record that is not final: then look anew.  That
	 * of a start since is not ours to stop, but cannot be told apart from
	 * one that adopted what was to be stopped: better once too often. */
	view_read(s->paths, &s->view);
	return s->view.known && record_is_final(&s->view.record) &&
	    s->view.live != LIVE_DOWN_PIDFILE ? EXIT_DONE : OUTCOME_AGAIN;
}

/* By this process, as its keeper: it could not begin, or did not get it done. */
static int
say_not_stopped(const struct stopping *s, const struct keeper_report *report)
{
	if (report->what[0] == '\0') {
		asking_say_stuck(s->name, s->paths, &s->view);
		return EXIT_FAILED;
	}
	message_error("%s: cannot %s: %s", s->name, report->what,
	    message_strerror(report->error));
	return command_status_of(report->error);
}

/* Locked, but no keeper: the service's own lock, or somebody's for a moment. */
static int
stop_held(struct stopping *s, pid_t holder)
{
	const struct record *r = &s->view.record;
	struct keeper_report report;
	struct watch watch;

	if (s->view.known && !r->has_keeper && !record_is_final(r) &&
	    record_is_of_this_boot(r) &&
	    (strcmp(r->invocation_id, s->swept) != 0 ||
	    stopping_is_left(s->paths, r))) {
		s->did = true;
		snprintf(s->swept, sizeof(s->swept), "%.32s",
		    r->invocation_id);
		if (stopping_without_keeper(s->name, s->paths, r, NULL,
		    &report) == -1)
			return say_not_stopped(s, &report);
		if (report.stop_signal != 0)
			s->report = report;
		/* Who has the lock after that is a stranger. */
		s->give_up = watch_now() + UNCLEAR_MAX_USEC;
		return OUTCOME_AGAIN;
	}
	if (watch_now() >= s->give_up)
		return command_say_cannot_lock(s->name, s->paths->pid,
		    EEXIST, holder);
	watch_open(&watch, s->paths->dir);
	(void)watch_wait(&watch, NULL, 0, watch_now() + LOOK_AGAIN_USEC);
	watch_close(&watch);
	return OUTCOME_AGAIN;
}

/* Its record cannot be used. */
static int
refuse(const struct stopping *s)
{
	return damaged_refuse(s->name, s->paths, &s->view, "stop it");
}

/*
 * The file of --pidfile is not needed to stop, and must not be in the way: its
 * directory may be gone, or the file another service's.  Removed it is if it is
 * free, and not a living process's that is not ours.
 */
static void
remove_extra(const struct record *r)
{
	struct hold *hold;
	const char *path;
	pid_t pid;

	if (r->pidfile[0] == '\0' ||
	    hold_probe(r->pidfile, &pid) != HOLD_FREE ||
	    (pid > 1 && pid != r->main_pid && process_is_alive(pid, 0, NULL)))
		return;
	hold = hold_take(r->pidfile, NULL, &pid, &path);
	if (hold != NULL)
		hold_release(hold);
}

static int
stop_with_hold(struct stopping *s, struct hold *hold)
{
	const struct record *r = &s->view.record;
	struct keeper_report report;

	/* Looked at again: now nobody else writes it. */
	view_read(s->paths, &s->view);
	if (s->view.live == LIVE_UNKNOWN) {
		hold_put_back(hold);
		return refuse(s);
	}
	if (s->view.keeper_alive) {
		hold_release(hold);	/* its pidfile had been removed */
		return OUTCOME_AGAIN;
	}
	/* What ran before this boot is gone; its numbers are others' now. */
	if (!s->view.known || !record_is_of_this_boot(r) ||
	    record_is_final(r)) {
		hold_release(hold);
		if (s->view.known)
			remove_extra(r);
		return EXIT_DONE;
	}
	s->did = s->did || s->view.live == LIVE_UP;
	if (stopping_without_keeper(s->name, s->paths, r, hold, &report) == -1)
		return say_not_stopped(s, &report);
	/* The first time was without the hold, and did it all. */
	if (report.stop_signal != 0)
		s->report = report;
	remove_extra(r);
	return EXIT_DONE;
}

static int
stop_once(struct stopping *s)
{
	const char *path;
	struct hold *hold;
	pid_t holder;

	view_read(s->paths, &s->view);
	if (s->view.live == LIVE_UNKNOWN)
		return refuse(s);
	if (s->view.keeper_alive)
		return stop_by_keeper(s);
	if (s->view.live == LIVE_DOWN &&
	    (!s->view.known || record_is_final(&s->view.record)))
		return EXIT_DONE;
	hold = hold_take(s->paths->pid, NULL, &holder, &path);
	if (hold != NULL)
		return stop_with_hold(s, hold);
	if (errno == EEXIST)
		return stop_held(s, holder);
	return command_say_cannot_lock(s->name, path, errno, holder);
}

int
stopping_run(const char *name, const struct paths *p, bool say)
{
	struct stopping s = {
		.name = name,
		.paths = p,
		.give_up = watch_now() + UNCLEAR_MAX_USEC,
	};
	int status;

	do
		status = stop_once(&s);
	while (status == OUTCOME_AGAIN);
	if (status != EXIT_DONE)
		return status;
	if (say && s.did)
		say_stopped(&s);
	else if (say)
		message_say("%s: not running", name);
	return EXIT_DONE;
}

static int
stop(const char *name, struct paths *p, void *context)
{
	const struct common_options *common = context;
	struct view v;

	if (common->dry_run) {
		view_read(p, &v);
		if (v.live == LIVE_UNKNOWN)
			return damaged_refuse(name, p, &v, "stop it");
		message_say("%s: would %s", name, v.live == LIVE_UP ||
		    v.live == LIVE_BUSY ? "stop it" : "do nothing: not running");
		return EXIT_DONE;
	}
	return stopping_run(name, p, true);
}

static int
run_stop(int argc, char **argv)
{
	struct common_options common;

	return command_run(argc, argv, &common, stop, &common);
}

const struct command command_stop = {
	.name = "stop",
	.usage = "NAME...",
	.help = "stop services, each with its whole tree",
	.run = run_stop,
};
