/*
 * Asking a living keeper: see asking.h.
 */
#include "config.h"

#include "command/asking.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/outcome.h"
#include "message.h"
#include "process/process.h"
#include "process/tree.h"
#include "state/watch.h"

#define LOOK_AGAIN_USEC INT64_C(10000)
/* Until a keeper that does not react is bypassed. */
#define REACTION_USEC INT64_C(5000000)
/* How soon a stop that cannot end is seen; one that ends is seen at once. */
#define STUCK_LOOK_USEC INT64_C(250000)

void
asking_say_stuck(const char *name, const struct paths *p, const struct view *v)
{
	const struct record *r = &v->record;
	struct tree tree = { 0 };
	char pids[160] = "";
	size_t used = 0;

	if (v->keeper_alive)
		(void)tree_descendants(r->keeper_pid, &tree);
	else
		(void)tree_of_run(r, p->pid, &tree);
	for (size_t i = 0; i < tree.count && used < sizeof(pids) - 16; i++)
		used += snprintf(pids + used, sizeof(pids) - used, " %d",
		    tree.members[i].pid);
	message_error("%s: would not stop: the stop schedule is exhausted, "
	    "and of its processes are left:%s", name, pids);
	tree_free(&tree);
}

/* How a keeper's answer is waited for. */
struct waiting {
	const struct asking *asking;
	pid_t keeper;
	uint64_t start;
	int pidfd;
	int64_t before;		/* when its record changed last */
	char invocation[33];	/* and the run that it was of */
	struct watch watch;
};

/*
 * Until the keeper's death, a change, or a while at most.  Who only waits for
 * the death does not use inotify: an instance that ever watched anything takes
 * 8 to 25 ms to close (the kernel waits for a grace period), at the exit of the
 * process at the latest.
 */
static void
wait_a_while(struct waiting *w, int64_t until)
{
	struct pollfd polled = { w->pidfd, POLLIN, 0 };
	int64_t left = INT64_MAX;

	if (until != INT64_MAX)
		left = until - watch_now();
	if (w->pidfd == -1 && left > LOOK_AGAIN_USEC)
		left = LOOK_AGAIN_USEC;
	if (w->asking->judge != NULL) {
		(void)watch_wait(&w->watch, &w->pidfd, 1, left == INT64_MAX ?
		    INT64_MAX : watch_now() + left);
		return;
	}
	if (left > STUCK_LOOK_USEC)
		left = STUCK_LOOK_USEC;
	(void)poll(&polled, 1, left <= 0 ? 0 : (int)((left + 999) / 1000));
}

/*
 * One that stops already, whoever asked for it, does not write a record because
 * it was asked once more: it is at work.
 */
static bool
has_reacted(const struct waiting *w)
{
	const struct view *v = w->asking->view;

	return v->known && (v->record.keeper_pid != w->keeper ||
	    v->record.active_state == STATE_DEACTIVATING ||
	    strcmp(v->record.invocation_id, w->invocation) != 0);
}

/* What the record says by now: an exit status, or OUTCOME_AGAIN. */
static int
look_at_answer(const struct waiting *w)
{
	const struct asking *a = w->asking;
	const struct record *r = &a->view->record;

	if (!a->view->known || r->keeper_pid != w->keeper)
		return OUTCOME_AGAIN;	/* the final record: it is going */
	/* Asked to stop, one that was stuck begins its schedule anew. */
	if (strcmp(r->sub_state, "stuck") == 0 &&
	    (a->signal != SIGTERM || r->changed_usec != w->before)) {
		asking_say_stuck(a->name, a->paths, a->view);
		return EXIT_FAILED;
	}
	return a->judge == NULL ? OUTCOME_AGAIN : a->judge(a->context);
}

static int
wait_for_keeper(struct waiting *w)
{
	const struct asking *a = w->asking;
	int64_t react = watch_now() + REACTION_USEC;
	int status = OUTCOME_AGAIN;

	while (process_is_alive(w->keeper, w->start, NULL)) {
		view_read(a->paths, a->view);
		status = look_at_answer(w);
		if (status != OUTCOME_AGAIN)
			break;
		if (has_reacted(w))
			react = INT64_MAX;
		if (watch_now() >= react) {
			/* It holds nothing that a kill would lose. */
			message_warn("%s: its keeper, pid %d, does not react: "
			    "killed", a->name, w->keeper);
			(void)process_signal(w->keeper, w->start, SIGKILL);
			react = INT64_MAX;
		}
		wait_a_while(w, react);
	}
	return status;
}

int
asking_run(const struct asking *a)
{
	const struct record *r = &a->view->record;
	struct waiting w = {
		.asking = a,
		.keeper = r->keeper_pid,
		.start = r->keeper_start,
		.before = r->changed_usec,
		.watch = { .fd = -1 },
	};
	int status = OUTCOME_AGAIN;

	snprintf(w.invocation, sizeof(w.invocation), "%.32s",
	    r->invocation_id);
	w.pidfd = process_open(w.keeper, w.start);
	if (w.pidfd == -1 && errno == ESRCH)
		return OUTCOME_AGAIN;
	if (process_request(w.keeper, w.start, a->signal) == 0) {
		(void)process_signal(w.keeper, w.start, SIGCONT);
		if (a->judge != NULL)
			watch_open(&w.watch, a->paths->dir);
		status = wait_for_keeper(&w);
		watch_close(&w.watch);
	} else if (errno != ESRCH) {
		status = command_status_of(errno);
		message_error("%s: cannot signal its keeper, pid %d: %s",
		    a->name, w.keeper, message_strerror(errno));
	}
	if (w.pidfd != -1)
		close(w.pidfd);
	return status;
}
