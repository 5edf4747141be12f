/*
 * stop: end the whole service, and return when its last process is gone.
 *
 * With a keeper it is asked, and waited for.  Without one this process takes
 * the hold first, so that no start can adopt and restart meanwhile, and is
 * then the keeper until the end.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/damaged.h"
#include "command/stopping.h"
#include "keeper/keeper.h"
#include "message.h"
#include "process/process.h"
#include "process/tree.h"
#include "state/definition.h"
#include "state/hold.h"
#include "state/watch.h"

#define LOOK_AGAIN_USEC INT64_C(10000)
/* How soon a stop that cannot end is seen; one that ends is seen at once. */
#define STUCK_LOOK_USEC INT64_C(250000)
#define UNCLEAR_MAX_USEC INT64_C(5000000)

struct stopping {
	const char *name;
	const struct paths *paths;
	struct view view;
	bool did;		/* something was there to stop */
	int64_t give_up;	/* of a state that is not clear */
	struct keeper_report report; /* of what this process ended itself */
};

enum answer { ANSWER_AGAIN, ANSWER_DONE, ANSWER_FAILED, ANSWER_DENIED };

int
stopping_ask(const struct record *r, int signal)
{
	if (process_request(r->keeper_pid, r->keeper_start, signal) == -1)
		return -1;
	(void)process_signal(r->keeper_pid, r->keeper_start, SIGCONT);
	return 0;
}

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

/* Who is left, for the message of a stop that failed. */
static void
say_stuck(struct stopping *s)
{
	const struct record *r = &s->view.record;
	struct tree tree = { 0 };
	char pids[160] = "";
	size_t used = 0;

	if (s->view.keeper_alive)
		(void)tree_descendants(r->keeper_pid, &tree);
	else
		(void)tree_of_run(r->main_pid, r->main_start, r->session,
		    r->invocation_id, &tree);
	for (size_t i = 0; i < tree.count && used < sizeof(pids) - 16; i++)
		used += snprintf(pids + used, sizeof(pids) - used, " %d",
		    tree.members[i].pid);
	message_error("%s: would not stop: the stop schedule is exhausted, "
	    "and of its processes are left:%s", s->name, pids);
	tree_free(&tree);
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

/*
 * Until the keeper's death, or a while at most.  Not by inotify: an instance
 * that ever watched anything takes 8 to 25 ms to close (the kernel waits for a
 * grace period), at the exit of the process at the latest.
 */
static void
wait_a_while(int pidfd, int64_t until)
{
	struct pollfd polled = { pidfd, POLLIN, 0 };
	int64_t left;

	left = until - watch_now();
	if (pidfd == -1 && left > LOOK_AGAIN_USEC)
		left = LOOK_AGAIN_USEC;
	if (left > STUCK_LOOK_USEC)
		left = STUCK_LOOK_USEC;
	(void)poll(&polled, 1, left <= 0 ? 0 : (int)((left + 999) / 1000));
}

/* The keeper's death, or a record that says it cannot go on. */
static enum answer
wait_for_keeper(struct stopping *s, int pidfd)
{
	struct view *v = &s->view;
	const pid_t keeper = v->record.keeper_pid;
	const uint64_t start = v->record.keeper_start;
	const int64_t before = v->record.changed_usec;
	int64_t react = watch_now() + STOPPING_REACTION_USEC;
	enum answer answer = ANSWER_AGAIN;
	bool reacted = false;

	for (;;) {
		if (!process_is_alive(keeper, start, NULL))
			break;
		view_read(s->paths, v);
		if (v->known && v->record.keeper_pid == keeper) {
			reacted = reacted ||
			    v->record.active_state == STATE_DEACTIVATING;
			if (strcmp(v->record.sub_state, "stuck") == 0 &&
			    v->record.changed_usec != before) {
				answer = ANSWER_FAILED;
				break;
			}
		} else
			reacted = true;	/* the final record: it is going */
		if (!reacted && watch_now() >= react) {
			/* It holds nothing that a kill would lose. */
			message_warn("%s: its keeper, pid %d, does not react: "
			    "killed", s->name, keeper);
			(void)process_signal(keeper, start, SIGKILL);
			reacted = true;
		}
		wait_a_while(pidfd, reacted ? INT64_MAX : react);
	}
	return answer;
}

static enum answer
stop_by_keeper(struct stopping *s)
{
	const struct record *r = &s->view.record;
	enum answer answer;
	int pidfd;

	pidfd = process_open(r->keeper_pid, r->keeper_start);
	if (pidfd == -1 && errno == ESRCH)
		return ANSWER_AGAIN;
	if (stopping_ask(r, SIGTERM) == -1) {
		if (pidfd != -1)
			close(pidfd);
		if (errno == ESRCH)
			return ANSWER_AGAIN;
		message_error("%s: cannot signal its keeper, pid %d: %s",
		    s->name, r->keeper_pid, strerror(errno));
		return errno == EPERM ? ANSWER_DENIED : ANSWER_FAILED;
	}
	s->did = true;
	answer = wait_for_keeper(s, pidfd);
	if (pidfd != -1)
		close(pidfd);
	if (answer == ANSWER_FAILED) {
		say_stuck(s);
		return answer;
	}
	/* Killed, it leaves a record that is not final: then look anew.  That
	 * of a start since is not ours to stop, but cannot be told apart from
	 * one that adopted what was to be stopped: better once too often. */
	view_read(s->paths, &s->view);
	return s->view.known && record_is_final(r) &&
	    s->view.live != LIVE_DOWN_PIDFILE ? ANSWER_DONE : ANSWER_AGAIN;
}

/* Locked, but no keeper: the service's own lock, or somebody's for a moment. */
static enum answer
stop_held(struct stopping *s, pid_t holder)
{
	const struct record *r = &s->view.record;
	struct watch watch;

	if (s->view.known && !r->has_keeper && !record_is_final(r) &&
	    record_is_of_this_boot(r)) {
		s->did = true;
		if (stopping_without_keeper(s->name, s->paths, r, NULL,
		    &s->report) == 0)
			return ANSWER_AGAIN;
		say_stuck(s);
		return ANSWER_FAILED;
	}
	if (watch_now() >= s->give_up) {
		message_error("%s: cannot lock %s: process %d has it, which "
		    "is not of this service", s->name, s->paths->pid, holder);
		return ANSWER_FAILED;
	}
	watch_open(&watch, s->paths->dir);
	(void)watch_wait(&watch, NULL, 0, watch_now() + LOOK_AGAIN_USEC);
	watch_close(&watch);
	return ANSWER_AGAIN;
}

/* Its record cannot be used. */
static enum answer
refuse(const struct stopping *s)
{
	return damaged_refuse(s->name, s->paths, &s->view, "stop it") ==
	    EXIT_NO_PERMISSION ? ANSWER_DENIED : ANSWER_FAILED;
}

static enum answer
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
		return ANSWER_AGAIN;
	}
	/* What ran before this boot is gone; its numbers are others' now. */
	if (!s->view.known || !record_is_of_this_boot(r) ||
	    (record_is_final(r) && s->view.live != LIVE_UP)) {
		hold_release(hold);
		return ANSWER_DONE;
	}
	s->did = s->did || s->view.live == LIVE_UP;
	if (stopping_without_keeper(s->name, s->paths, r, hold, &report) ==
	    0) {
		/* The first time was without the hold, and did it all. */
		if (report.stop_signal != 0)
			s->report = report;
		return ANSWER_DONE;
	}
	say_stuck(s);
	return ANSWER_FAILED;
}

static enum answer
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
		return ANSWER_DONE;
	hold = hold_take(s->paths->pid, s->view.known &&
	    s->view.record.pidfile[0] != '\0' ? s->view.record.pidfile : NULL,
	    &holder, &path);
	if (hold != NULL)
		return stop_with_hold(s, hold);
	if (errno == EEXIST)
		return stop_held(s, holder);
	message_error("%s: cannot lock pidfile %s: %s", s->name, path,
	    errno == ENOTSUP ? "Not a regular file" : strerror(errno));
	return errno == EACCES || errno == EPERM ? ANSWER_DENIED :
	    ANSWER_FAILED;
}

int
stopping_run(const char *name, const struct paths *p, int say)
{
	struct stopping s = {
		.name = name,
		.paths = p,
		.give_up = watch_now() + UNCLEAR_MAX_USEC,
	};
	enum answer answer;

	do
		answer = stop_once(&s);
	while (answer == ANSWER_AGAIN);
	if (answer == ANSWER_DENIED)
		return EXIT_NO_PERMISSION;
	if (answer == ANSWER_FAILED)
		return EXIT_FAILED;
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
	const struct command_option own[] = { { NULL, 0, NULL, NULL } };
	struct common_options common = { 0 };
	struct strings names = { 0 };
	int status;

	if (command_options(argc, argv, own, &common, &names) == -1)
		return EXIT_USAGE;
	if (names.count == 0)
		return command_usage("stop: expected the name of a service");
	status = command_each(&names, &common, stop, &common);
	strings_clear(&names);
	return status;
}

const struct command command_stop = {
	.name = "stop",
	.usage = "NAME...",
	.help = "stop services, each with its whole tree",
	.run = run_stop,
};
