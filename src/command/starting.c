/*
 * Starting a service, up to its outcome.  The hold is taken here, in the
 * caller's process, so that "already running" reaches the terminal; the rest
 * is the keeper's, and this waits for its report.
 *
 * What can be found when the hold is not free, or free but not forgotten, is
 * decided in hold_is_taken() and with_hold(); each turn of the loop looks anew.
 */
#include "config.h"

#include "command/starting.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/damaged.h"
#include "command/interrupts.h"
#include "command/outcome.h"
#include "command/preparing.h"
#include "command/stopping.h"
#include "define/ungiven.h"
#include "keeper/keeper.h"
#include "message.h"
#include "process/process.h"
#include "state/definition.h"
#include "state/hold.h"
#include "state/watch.h"

#define LOOK_AGAIN_USEC INT64_C(10000)
#define UNCLEAR_MAX_USEC INT64_C(5000000)

struct run {
	const struct starting *s;
	struct prepared prepared;
	struct view *view;
	int64_t unclear_until;		/* locked, and nobody says by whom */
	int64_t deadline;		/* another start, or a stop, takes long */
	bool waited;			/* for another's start */
	char swept[33];			/* the run without a keeper whose
					   remains were ended */
	bool foreseen;			/* whether names must be looked up */
	bool watches;
	struct watch watch;
};

/* The service holds its own pidfile: found while taking the hold. */
static int
say_running(const struct run *r)
{
	return outcome_say(r->s, "already running", r->view);
}

/*
 * Wait for the record to change, or its keeper to end; until deadline at most.
 * The first call only begins to watch: what changed before that is looked at
 * once more.
 */
static void
wait_for_change(struct run *r, int64_t deadline)
{
	const struct record *record = &r->view->record;
	int keeper = -1;

	if (!r->watches) {
		watch_open(&r->watch, r->s->paths->dir);
		r->watches = true;
		return;
	}
	if (r->view->keeper_alive) {
		keeper = process_open(record->keeper_pid,
		    record->keeper_start);
		if (keeper == -1)
			deadline = watch_now() + LOOK_AGAIN_USEC;
	}
	(void)watch_wait(&r->watch, &keeper, 1, deadline);
	if (keeper != -1)
		close(keeper);
}

/* Somebody has the hold, and the record knows who. */
static int
other_has_it(struct run *r)
{
	const struct record *record = &r->view->record;

	switch (record->active_state) {
	case STATE_ACTIVE:
		if (r->view->live == LIVE_UP)
			return say_running(r);
		break;
	case STATE_ACTIVATING:
		r->waited = true;
		break;
	case STATE_DEACTIVATING:
	case STATE_INACTIVE:
	case STATE_FAILED:
		break;
	}
	if (watch_now() >= r->deadline) {
		message_error("%s: cannot start: it is still %s", r->s->name,
		    record->active_state == STATE_ACTIVATING ? "starting" :
		    "stopping");
		return EXIT_FAILED;
	}
	wait_for_change(r, r->deadline);
	return OUTCOME_AGAIN;
}

/*
 * The record names a main process before it executes anything: it runs only
 * from its exec on.  Who was to write that it is active may have been killed.
 */
static bool
has_executed(const struct record *record)
{
	struct process_stat st;

	return record->active_state == STATE_ACTIVE ||
	    (process_stat(record->main_pid, &st) == 0 && st.executed);
}

/* What the last run left, in this process; hold: ours, or NULL. */
static int
end_last_run(const struct run *r, struct hold *hold)
{
	struct keeper_report ended;

	if (stopping_without_keeper(r->s->name, r->s->paths,
	    &r->view->record, hold, &ended) == 0)
		return OUTCOME_AGAIN;
	if (ended.what[0] == '\0') {
		message_error("%s: cannot start: what is left of its last run "
		    "does not end", r->s->name);
		return EXIT_FAILED;
	}
	message_error("%s: cannot end what is left of its last run: cannot "
	    "%s: %s", r->s->name, ended.what, message_strerror(ended.error));
	return command_status_of(ended.error);
}

/* Locked, but by nobody that the record knows to live. */
static int
hold_is_taken(struct run *r, const char *path, pid_t holder)
{
	const struct record *record = &r->view->record;
	int status;

	view_read(r->s->paths, r->view);
	if (r->view->live == LIVE_UNKNOWN && r->view->error == EBADMSG)
		return damaged_refuse(r->s->name, r->s->paths, r->view,
		    "start it");
	if (r->view->keeper_alive)
		return other_has_it(r);
	if (r->view->known && r->view->live == LIVE_UP) {
		/* An orphan: who has its hold just now may be adopting it, or
		 * only have asked. */
		if (record->has_keeper && watch_now() < r->unclear_until) {
			wait_for_change(r, watch_now() + LOOK_AGAIN_USEC);
			return OUTCOME_AGAIN;
		}
		if (has_executed(record))
			return say_running(r);
		return other_has_it(r);
	}
	if (r->view->known && !record->has_keeper &&
	    !record_is_final(record) && record_is_of_this_boot(record) &&
	    (strcmp(record->invocation_id, r->swept) != 0 ||
	    stopping_is_left(r->s->paths, record))) {
		/* Its descendants have inherited the lock; who has it after
		 * that is a stranger. */
		snprintf(r->swept, sizeof(r->swept), "%.32s",
		    record->invocation_id);
		status = end_last_run(r, NULL);
		r->unclear_until = watch_now() + UNCLEAR_MAX_USEC;
		return status;
	}
	if (watch_now() < r->unclear_until) {
		wait_for_change(r, watch_now() + LOOK_AGAIN_USEC);
		return OUTCOME_AGAIN;
	}
	return command_say_cannot_lock(r->s->name, path, EEXIST, holder);
}

static void
fill_order(const struct run *r, struct keeper_order *order, struct hold *hold)
{
	*order = (struct keeper_order){
		.begin = KEEPER_START,
		.service = r->prepared.service,
		.credentials = &r->prepared.credentials,
		.paths = r->s->paths,
		.hold = hold,
		.save_definition = r->prepared.is_new,
		.argv = command_argv,
	};
}

/* The hold of what runs: its pidfile stays, as it was. */
static void
give_back(const struct run *r, struct hold *hold)
{
	(void)hold_publish_other(hold, r->view->record.main_pid);
	hold_close(hold);
}

/* Fork the keeper, give it the hold, and wait for what it reports. */
static int
launch(struct run *r, const struct keeper_order *order)
{
	struct interrupts interrupts;
	pid_t keeper;
	int channel, error;

	/* The keeper shall have nothing but what is its own. */
	if (r->watches)
		watch_close(&r->watch);
	r->watches = false;
	/* Before the fork: from here on an interruption undoes the start. */
	interrupts_block(&interrupts);
	hold_share(order->hold);
	keeper = keeper_fork(order, &channel);
	if (keeper == -1) {
		error = errno;
		interrupts_release(&interrupts);
		if (order->known != NULL)
			give_back(r, order->hold);
		else
			hold_release(order->hold);
		message_error("%s: cannot fork its keeper: %s", r->s->name,
		    message_strerror(error));
		return EXIT_FAILED;
	}
	/* While the keeper sets itself and the service up, but before exec. */
	error = 0;
	if (order->save_definition && (definition_write(
	    r->s->paths->definition, order->service) == -1 ||
	    send(channel, "", 1, MSG_NOSIGNAL) == -1))
		error = errno;
	hold_close(order->hold);
	if (error == 0 || error == EPIPE)
		return outcome_wait(r->s, order, keeper, channel, &interrupts);
	close(channel);
	while (waitpid(keeper, NULL, 0) == -1 && errno == EINTR)
		continue;
	interrupts_release(&interrupts);
	message_error("%s: cannot write %s: %s", r->s->name,
	    r->s->paths->definition, message_strerror(error));
	return EXIT_FAILED;
}

/* It runs, its keeper does not: give it a new one, by its own definition. */
static int
adopt(struct run *r, struct hold *hold)
{
	struct keeper_order order;
	struct service own;
	struct credentials credentials;
	char err[512];
	int status, result, error;

	service_init(&own, r->s->name);
	fill_order(r, &order, hold);
	result = definition_read(r->s->paths->definition, &own, &error, err,
	    sizeof(err));
	if (result == 0 && preparing_needs_lookup(&own) && !r->foreseen) {
		/* One that is begun anew must find it as it was. */
		give_back(r, hold);
		service_free(&own);
		lookup_prepare();
		r->foreseen = true;
		return OUTCOME_AGAIN;
	}
	if (result != 0 || credentials_resolve(own.user, own.group,
	    own.supplementary_groups.items, own.supplementary_groups.count,
	    &credentials, err, sizeof(err)) == -1) {
		give_back(r, hold);
		service_free(&own);
		message_error("%s: cannot adopt pid %d: %s", r->s->name,
		    r->view->record.main_pid, err);
		return command_status_of_definition(result == 0 ? 0 : error);
	}
	order.begin = r->s->kind == STARTING_RESTART ? KEEPER_ADOPT_RESTART :
	    KEEPER_ADOPT;
	order.service = &own;
	order.credentials = &credentials;
	order.known = &r->view->record;
	order.save_definition = false;
	status = launch(r, &order);
	credentials_free(&credentials);
	service_free(&own);
	return status;
}

/* What the definition wants that the service does not get, in one line. */
static void
say_ungiven(const struct run *r)
{
	struct strings keys;
	char text[1024] = "";

	ungiven_keys(r->prepared.service, &keys);
	for (size_t i = 0; i < keys.count; i++) {
		strlcat(text, i == 0 ? "" : " ", sizeof(text));
		strlcat(text, keys.items[i], sizeof(text));
	}
	if (keys.count > 0)
		message_warn("%s: runs without: %s", r->s->name, text);
	strings_clear(&keys);
}

/* The hold is ours.  What does the record say of the last run? */
static int
with_hold(struct run *r, struct hold *hold)
{
	struct keeper_order order;
	const struct record *record = &r->view->record;

	view_read_record(r->s->paths, r->view);
	if (r->view->live == LIVE_UNKNOWN) {
		hold_put_back(hold);
		return damaged_refuse(r->s->name, r->s->paths, r->view,
		    "start it");
	}
	if (r->view->known && r->view->keeper_alive) {
		/* Somebody removed the pidfile under it. */
		hold_release(hold);
		return other_has_it(r);
	}
	if (r->view->known && r->view->live == LIVE_UP) {
		if (record->has_keeper)
			return adopt(r, hold);
		/* It closed the descriptor that had its lock. */
		give_back(r, hold);
		return say_running(r);
	}
	if (r->view->known && !record_is_final(record) &&
	    record_is_of_this_boot(record))
		return end_last_run(r, hold);
	/* A start that this one waited for has failed: that is the answer. */
	if (r->waited && r->view->known &&
	    record->active_state == STATE_FAILED) {
		hold_release(hold);
		return outcome_say_failure_of_other(r->s, r->view);
	}
	fill_order(r, &order, hold);
	say_ungiven(r);
	if (!r->prepared.service->keeper)
		return outcome_start_without_keeper(r->s, &order);
	return launch(r, &order);
}

static int
start_once(struct run *r)
{
	const struct paths *p = r->s->paths;
	struct hold *hold;
	const char *path;
	char err[512];
	pid_t holder;

	hold = hold_take(p->pid, r->prepared.service->pidfile, &holder, &path);
	if (hold != NULL)
		return with_hold(r, hold);
	if (errno == EEXIST)
		return hold_is_taken(r, path, holder);
	if (errno == ENOENT && path == p->pid) {
		/* `forget` removed the directory since. */
		if (paths_make(p, err, sizeof(err)) == 0)
			return OUTCOME_AGAIN;
		message_error("%s: %s", r->s->name, err);
		return EXIT_FAILED;
	}
	return command_say_cannot_lock(r->s->name, path, errno, holder);
}

static int
make_places(const struct run *r)
{
	char err[512];
	int status;

	errno = 0;
	if ((r->prepared.service->output == OUTPUT_LOG &&
	    paths_make_log_dir(r->s->paths, err, sizeof(err)) == -1) ||
	    paths_make(r->s->paths, err, sizeof(err)) == -1) {
		status = command_status_of(errno);
		message_error("%s: %s", r->s->name, err);
		return status;
	}
	return EXIT_DONE;
}

int
starting_run(const struct starting *s)
{
	/* Static: on the stack the keeper would have all of its pages. */
	static struct view view;
	struct run r = {
		.s = s,
		.view = &view,
		.foreseen = s->given == NULL,
	};
	int status;

	status = preparing_begin(s, &r.prepared);
	if (status == EXIT_DONE)
		status = make_places(&r);
	if (status == EXIT_DONE) {
		r.unclear_until = watch_now() + UNCLEAR_MAX_USEC;
		r.deadline = r.prepared.service->timeout_start_usec >=
		    INT64_MAX - watch_now() ? INT64_MAX :
		    watch_now() + r.prepared.service->timeout_start_usec;
		do
			status = start_once(&r);
		while (status == OUTCOME_AGAIN);
	}
	if (r.watches)
		watch_close(&r.watch);
	preparing_free(&r.prepared);
	return status;
}
