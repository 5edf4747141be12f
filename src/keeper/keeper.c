/*
 * The keeper: one loop on signals, the child's channel, a pidfd, the output
 * and a deadline.  It decides nothing: what comes is turned into an event, the
 * machine (step.c) says what to do, and that is done.
 */
#include "config.h"

#include "keeper/keeper.h"

#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "keeper/private.h"
#include "process/memory.h"
#include "process/process.h"
#include "state/events.h"
#include "state/hold.h"
#include "state/paths.h"
#include "state/watch.h"

#define LOOK_AGAIN_USEC INT64_C(50000)	/* without a pidfd */
#define WRITE_AGAIN_USEC INT64_C(1000000) /* a record that was not written */

enum { FD_SIGNALS, FD_CHANNEL, FD_WATCHED, FD_OUTPUT, FD_COUNT };

static void take_event(struct keeper *k, enum keeper_event event);

static bool
is_over(const struct keeper *k)
{
	/* A command that stops waits no longer than the schedule. */
	return k->machine.state == KEEPER_ENDED ||
	    (k->in_caller && k->machine.stuck) ||
	    (k->lets_go && k->machine.state == KEEPER_RUNNING);
}

/* The main process is dead: with or without others left. */
static void
after_death(struct keeper *k)
{
	ending_look(k);
	announce_death(k);
	take_event(k, k->empty ? EVENT_EMPTY : EVENT_DIED);
}

static void
spawn(struct keeper *k)
{
	if (run_spawn(k)) {
		events_add(k->order->paths->events, "started%s, pid %d",
		    k->service->keeper ? "" : " without a keeper",
		    k->main_pid);
		if (k->machine.result != RESULT_SUCCESS)
			take_event(k, EVENT_FAILED);
		return;
	}
	k->empty = true;
	take_event(k, EVENT_FAILED);
	take_event(k, EVENT_EMPTY);
}

/* Who starts us may still be writing, under this hold. */
static void
await_word(const struct keeper *k)
{
	char word;

	while (k->word != -1 && recv(k->word, &word, 1, 0) == -1 &&
	    errno == EINTR)
		continue;
}

static void
finish(struct keeper *k)
{
	const struct machine *m = &k->machine;
	const char *events = k->order->paths->events;

	output_close(&k->output);
	if (k->order->hold != NULL)
		(void)unlink(k->order->paths->output);
	if (m->requested)
		events_add(events, "stopped");
	else if (m->result == RESULT_START_LIMIT)
		events_add(events, "restarted too often: given up");
	else if (m->result != RESULT_SUCCESS)
		events_add(events, "failed: %s",
		    record_result_name(m->result));
	(void)announce_record(k);
	await_word(k);
	if (k->order->hold != NULL)
		hold_release(k->order->hold);
	/* Only now is nothing left, as the report says. */
	announce_outcome(k, false);
}

static void
act(struct keeper *k, unsigned actions)
{
	if ((actions & DO_READY) != 0)
		announce_ready(k);
	/* A spawn and an end write the record themselves. */
	if ((actions & DO_ANNOUNCE) != 0 &&
	    (actions & (DO_SPAWN | DO_END)) == 0)
		(void)announce_record(k);
	if ((actions & DO_READY) != 0) {
		announce_outcome(k, true);
		events_add(k->order->paths->events, "ready, pid %d",
		    k->main_pid);
	}
	/* How what was adopted ended is not what somebody waits for. */
	if ((actions & DO_AGAIN) != 0 && !k->adopted)
		announce_failed_run(k);
	if ((actions & DO_SIGNAL) != 0)
		ending_signal(k, k->machine.signal);
	if ((actions & DO_SPAWN) != 0)
		spawn(k);
	if ((actions & DO_END) != 0)
		finish(k);
}

static void
take_event(struct keeper *k, enum keeper_event event)
{
	act(k, machine_step(&k->machine, event, k->service, watch_now()));
}

/* What the child said must be taken before its death is. */
static void
take_news(struct keeper *k)
{
	enum keeper_event event;

	while (run_news(k, &event))
		take_event(k, event);
}

static void
take_deaths(struct keeper *k)
{
	bool main_died;

	main_died = ending_reap(k);
	if (main_died) {
		/* It may have come to its exec before. */
		take_news(k);
		if (is_over(k))
			return;
		k->machine.main_alive = false;
		after_death(k);
		return;
	}
	if (k->machine.state != KEEPER_STOPPING || k->machine.main_alive)
		return;
	ending_look(k);
	if (k->empty)
		take_event(k, EVENT_EMPTY);
	else if (k->machine.signal == SIGKILL)
		ending_signal(k, SIGKILL);	/* forked meanwhile */
}

static void
take_request(struct keeper *k, const struct signalfd_siginfo *info)
{
	bool by_command = info->ssi_code == SI_QUEUE &&
	    info->ssi_int == PROCESS_REQUEST;
	bool restarts = info->ssi_signo == SIGUSR2;

	events_add(k->order->paths->events, "%s asked for by user %u, pid %u",
	    restarts ? "restart" : "stop", info->ssi_uid, info->ssi_pid);
	if (k->lets_go && k->report.interrupted_by == 0)
		k->report.interrupted_by = (int)info->ssi_signo;
	if (restarts)
		take_event(k, EVENT_RESTART);
	else
		take_event(k, by_command ? EVENT_STOP : EVENT_HURRY);
}

static void
take_signals(struct keeper *k)
{
	struct signalfd_siginfo info;

	while (k->machine.state != KEEPER_ENDED &&
	    read(k->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGCHLD:
			take_deaths(k);
			break;
		case SIGTERM:
		case SIGINT:
		case SIGUSR2:
			take_request(k, &info);
			break;
		case SIGHUP:
			if (k->lets_go)
				take_request(k, &info);
			else if (k->machine.state == KEEPER_RUNNING)
				process_signal(k->main_pid, k->main_start,
				    SIGHUP);
			break;
		case SIGUSR1:
			output_reopen(&k->output);
			break;
		}
	}
}

static int
timeout_msec(const struct keeper *k, int64_t now)
{
	int64_t left;

	if (k->watched_is_gone)
		return 0;
	left = machine_deadline(&k->machine);
	if (left != INT64_MAX)
		left -= now;
	if (k->poll_by_time && left > LOOK_AGAIN_USEC)
		left = LOOK_AGAIN_USEC;
	if (k->record_is_stale && left > WRITE_AGAIN_USEC)
		left = WRITE_AGAIN_USEC;
	if (left == INT64_MAX)
		return -1;
	if (left <= 0)
		return 0;
	left = (left + 999) / 1000;
	return left > 3600000 ? 3600000 : (int)left;
}

static void
turn(struct keeper *k)
{
	struct pollfd fds[FD_COUNT] = {
		[FD_SIGNALS] = { k->signals, POLLIN, 0 },
		[FD_CHANNEL] = { k->child.channel, POLLIN, 0 },
		[FD_WATCHED] = { k->watched, POLLIN, 0 },
		[FD_OUTPUT] = { k->output.fifo, POLLIN, 0 },
	};

	if (poll(fds, FD_COUNT, timeout_msec(k, watch_now())) == -1 &&
	    errno != EINTR && errno != ENOMEM && errno != EAGAIN)
		abort();	/* EFAULT or EINVAL: a bug */
	if (fds[FD_CHANNEL].revents != 0)
		take_news(k);
	if (is_over(k))
		return;
	if (fds[FD_OUTPUT].revents != 0)
		output_drain(&k->output);
	if (fds[FD_SIGNALS].revents != 0)
		take_signals(k);
	if (k->machine.state != KEEPER_ENDED &&
	    (fds[FD_WATCHED].revents != 0 || k->watched_is_gone ||
	    k->poll_by_time))
		take_deaths(k);
	if (k->machine.state != KEEPER_ENDED &&
	    watch_now() >= machine_deadline(&k->machine))
		take_event(k, EVENT_DEADLINE);
	if (k->machine.state != KEEPER_ENDED && k->record_is_stale)
		(void)announce_record(k);
}

/* What ps(1) shows. */
static void
set_title(const struct keeper *k)
{
	char **argv = k->order->argv, **variables = environ;
	int argc = 0;

	if (argv == NULL || k->in_caller)
		return;
	while (argv[argc] != NULL)
		argc++;
	/* The environment in use would be copied, and it is needed no more. */
	while (*environ != NULL)
		environ++;
	setproctitle_init(argc, argv, variables);
	setproctitle("keeper of %s", k->service->name);
}

/* Nothing is signalled when nothing is left. */
static void
adopt_to_stop(struct keeper *k)
{
	ending_look(k);
	if (!k->empty)
		take_event(k, EVENT_STOP);
	k->machine.state = KEEPER_STOPPING;
	k->machine.goal = GOAL_END;
	k->machine.requested = true;
}

/*
 * Take over what runs.  Whatever is left without its main process is stopped,
 * on request or by Restart='s way.
 */
static void
adopt(struct keeper *k)
{
	const struct record *known = k->order->known;
	enum keeper_begin how = k->order->begin;

	machine_adopt(&k->machine, watch_now());
	k->adopted = true;
	k->main_pid = known->main_pid;
	k->main_start = known->main_start;
	k->machine.n_restarts = known->n_restarts;
	k->machine.main_alive =
	    process_is_alive(k->main_pid, k->main_start, NULL);
	if (k->machine.main_alive && k->order->hold != NULL)
		(void)hold_publish_other(k->order->hold, k->main_pid);
	events_add(k->order->paths->events, "adopted, pid %d", k->main_pid);
	if (how == KEEPER_ADOPT_STOP)
		adopt_to_stop(k);
	else if (how == KEEPER_ADOPT_RESTART)
		take_event(k, EVENT_RESTART);
	else
		(void)announce_record(k);
	/* Dead since the caller looked: the outcome is yet to come. */
	if (how == KEEPER_ADOPT && k->machine.main_alive)
		announce_outcome(k, true);
	ending_look(k);
	if (!k->machine.main_alive && k->machine.state != KEEPER_ENDED)
		take_event(k, k->empty ? EVENT_EMPTY : EVENT_DIED);
}

static void
begin(struct keeper *k)
{
	if (k->order->begin == KEEPER_START)
		act(k, machine_start(&k->machine, k->service, watch_now()));
	else
		adopt(k);
}

static void
init(struct keeper *k, const struct keeper_order *order, int report_fd)
{
	memset(k, 0, sizeof(*k));
	k->order = order;
	k->service = order->service;
	k->vouch = -1;
	k->report_fd = report_fd;
	k->word = order->save_definition ? report_fd : -1;
	k->child.channel = k->watched = k->signals = -1;
	announce_init(k);
}

/*
 * Before any service: give everything back, and say why.  What runs already
 * runs on, and its record, which names it, stays.
 */
static void
fail_to_prepare(struct keeper *k, const char *what, int error)
{
	const struct keeper_order *o = k->order;

	k->machine = (struct machine){ .state = KEEPER_ENDED,
	    .result = RESULT_RESOURCES };
	output_none(&k->output);
	announce_failure(k, what, error);
	if (o->begin == KEEPER_START) {
		finish(k);
		return;
	}
	k->machine.state = KEEPER_STOPPING;
	k->machine.stuck = true;
	if (o->hold != NULL)
		(void)hold_publish_other(o->hold, o->known->main_pid);
	if (k->in_caller)
		return;		/* keeper_run() does the rest */
	if (o->hold != NULL)
		hold_close(o->hold);
	announce_outcome(k, false);
}

static void
run(struct keeper *k)
{
	char what[320];

	if (prepare_keeper(k, what, sizeof(what)) == -1) {
		fail_to_prepare(k, what, errno);
		return;		/* and end */
	}
	begin(k);
	if (!is_over(k))
		turn(k);
	set_title(k);
	while (!is_over(k) && k->report_fd != -1)
		turn(k);
	/* What is to come is nothing, as a rule, for a long time. */
	if (!k->in_caller)
		memory_give_back();
	while (!is_over(k))
		turn(k);
}

pid_t
keeper_fork(const struct keeper_order *order, int *ret_channel)
{
	struct keeper k;
	sigset_t all, before;
	pid_t pid;
	int channel[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) == -1)
		return -1;
	/* Until the keeper has its signalfd, nothing may end it. */
	prepare_fill(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		close(channel[0]);
		(void)setsid();
		init(&k, order, channel[1]);
		run(&k);
		_exit(0);
	}
	error = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(channel[1]);
	if (pid == -1)
		close(channel[0]);
	else
		*ret_channel = channel[0];
	errno = error;
	return pid;
}

/* A command ends before its service does. */
static void
leave(struct keeper *k)
{
	if (k->machine.state != KEEPER_ENDED) {
		if (k->machine.stuck)
			announce_outcome(k, false);
		output_close(&k->output);
		if (k->order->hold != NULL)
			hold_close(k->order->hold);
	}
	tree_free(&k->tree);
	if (k->child.channel != -1)
		close(k->child.channel);
	if (k->signals != -1)
		close(k->signals);
	if (k->watched != -1)
		close(k->watched);
}

int
keeper_run(const struct keeper_order *order, struct keeper_report *ret)
{
	const mode_t mask = umask(022);
	struct keeper k;
	sigset_t before;

	sigprocmask(SIG_SETMASK, NULL, &before);
	if (order->begin != KEEPER_START)
		process_outlive_requests();
	init(&k, order, -1);
	k.in_caller = true;
	k.lets_go = order->begin == KEEPER_START;
	run(&k);
	leave(&k);
	*ret = k.report;
	sigprocmask(SIG_SETMASK, &before, NULL);
	umask(mask);
	return k.machine.stuck && k.machine.state != KEEPER_ENDED ? -1 : 0;
}
