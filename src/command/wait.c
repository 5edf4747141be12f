/*
 * wait: until a service is up, is down, or its main process has ended.  Waits
 * on the record and on pidfds: nothing is asked again and again.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/value.h"
#include "message.h"
#include "process/process.h"
#include "process/tree.h"
#include "state/watch.h"

#define EXIT_TIMED_OUT 124	/* as timeout(1) */
#define FDS_MAX 10
#define LOOK_AGAIN_USEC 10000	/* where the kernel has no pidfds */

enum condition { WAIT_UP, WAIT_DOWN, WAIT_EXIT };

struct wait {
	enum condition condition;
	int64_t deadline;
	const char *timeout;	/* as given */
	int64_t timeout_usec;

	/* Of the service at hand: what the first look saw. */
	bool looked;
	int64_t first_changed;
	int64_t first_exited;
	pid_t main;		/* the one whose end is waited for, 0: none */
	uint64_t main_start;
	bool main_seen;

	int fds[FDS_MAX];	/* pidfds of what may end */
	int count;
	int64_t look_again;	/* at the latest, whatever happens */
};

/* What a check found. */
enum { NOT_YET = -1 };

static void
first_look(struct wait *w, const struct view *v)
{
	const struct record *r = &v->record;

	w->looked = true;
	w->first_changed = v->known ? r->changed_usec : 0;
	w->first_exited = v->known ? r->exited_usec : 0;
	w->main_seen = false;
}

static void
add_process(struct wait *w, pid_t pid, uint64_t start)
{
	int fd;

	if (w->count == FDS_MAX || pid <= 1)
		return;
	fd = process_open(pid, start);
	if (fd != -1)
		w->fds[w->count++] = fd;
	else if (errno == ESRCH)
		w->look_again = 0;	/* since the look, it ended */
	else if (w->look_again > watch_now() + LOOK_AGAIN_USEC)
		w->look_again = watch_now() + LOOK_AGAIN_USEC;
}

static int
check_up(const struct wait *w, const char *name, const struct view *v)
{
	const struct record *r = &v->record;
	char ending[64];

	if (v->live == LIVE_UP && r->active_state == STATE_ACTIVE)
		return EXIT_DONE;
	/* It failed while we waited; an old failure is no news. */
	if (v->known && r->active_state == STATE_FAILED &&
	    (v->live == LIVE_DOWN || v->live == LIVE_DOWN_PIDFILE) &&
	    r->changed_usec != w->first_changed) {
		view_ending(r, ending, sizeof(ending));
		if (r->failed_step[0] != '\0')
			message_error("%s: failed before it was up: cannot "
			    "%s: %s", name, r->failed_step,
			    message_strerror(r->failed_errno));
		else
			message_error("%s: failed before it was up: %s", name,
			    ending[0] != '\0' ? ending :
			    record_result_name(r->result));
		return EXIT_FAILED;
	}
	return NOT_YET;
}

/* Its processes that are left, when nobody is there to end them. */
static bool
is_tree_gone(struct wait *w, const struct paths *p, const struct record *r)
{
	struct tree t = { NULL, 0, 0 };
	bool gone;

	if (tree_of_run(r, p->pid, &t) == -1)
		return false;
	gone = t.count == 0;
	for (size_t i = 0; i < t.count; i++)
		add_process(w, t.members[i].pid, t.members[i].start);
	tree_free(&t);
	return gone;
}

static int
check_down(struct wait *w, const struct paths *p, const struct view *v)
{
	const struct record *r = &v->record;

	if (v->live == LIVE_UP || v->live == LIVE_BUSY)
		return NOT_YET;
	if (!v->known)
		return EXIT_DONE;
	if (record_is_final(r) || is_tree_gone(w, p, r))
		return EXIT_DONE;
	return NOT_YET;
}

static int
say_ending(const char *name, const struct record *r)
{
	switch (r->exec_main_code) {
	case CLD_EXITED:
		return r->exec_main_status;
	case CLD_KILLED:
	case CLD_DUMPED:
		return 128 + r->exec_main_status;
	default:
		break;
	}
	if (r->failed_step[0] != '\0')
		message_error("%s: cannot %s: %s", name, r->failed_step,
		    message_strerror(r->failed_errno));
	else
		message_error("%s: its exit status is not known: no keeper "
		    "waited for it", name);
	return EXIT_FAILED;
}

static bool
is_starting(const struct view *v)
{
	return v->live == LIVE_BUSY && (!v->known ||
	    record_is_final(&v->record) ||
	    (v->record.active_state == STATE_ACTIVATING &&
	    strcmp(v->record.sub_state, "auto-restart") != 0));
}

static int
check_exit(struct wait *w, const char *name, const struct view *v)
{
	const struct record *r = &v->record;

	if (!w->main_seen) {
		if (v->live == LIVE_UP) {
			w->main_seen = true;
			w->main = r->main_pid;
			w->main_start = r->main_start;
			w->first_exited = r->exited_usec;
			return NOT_YET;
		}
		if (is_starting(v))
			return NOT_YET;
		if (!v->known) {
			message_error("%s: not running, and not known", name);
			return EXIT_NOT_RUNNING;
		}
		/* Its keeper has yet to say how. */
		if (v->live == LIVE_BUSY && r->exec_main_code == 0)
			return NOT_YET;
		return say_ending(name, r);
	}
	if (v->live == LIVE_UP && r->main_pid == w->main &&
	    r->main_start == w->main_start)
		return NOT_YET;
	/* How an earlier run ended may be in the record still. */
	if (v->known && r->exited_usec != w->first_exited &&
	    r->exec_main_code != 0)
		return say_ending(name, r);
	if (v->live == LIVE_BUSY)
		return NOT_YET;
	message_error("%s: its exit status is not known", name);
	return EXIT_FAILED;
}

static int
check(struct wait *w, const char *name, const struct paths *p,
    const struct view *v)
{
	if (v->live == LIVE_UNKNOWN)
		return view_say_unknown(name, p, v);
	if (!w->looked)
		first_look(w, v);
	switch (w->condition) {
	case WAIT_UP:
		return check_up(w, name, v);
	case WAIT_DOWN:
		return check_down(w, p, v);
	case WAIT_EXIT:
		break;
	}
	return check_exit(w, name, v);
}

/*
 * Watch the service's directory; or the one where it would appear, and so on
 * upwards.  Without any, watch_wait() looks again by time.
 */
static void
open_watch(struct watch *watch, const struct paths *p)
{
	char above[PATHS_MAX], *slash;

	snprintf(above, sizeof(above), "%s", p->dir);
	for (;;) {
		watch_open(watch, above);
		if (watch->fd != -1)
			break;
		slash = strrchr(above, '/');
		if (slash == NULL || slash == above)
			return;
		*slash = '\0';
	}
	/* It may have appeared between the two. */
	if (strcmp(above, p->dir) != 0 && access(p->dir, F_OK) == 0) {
		watch_close(watch);
		watch_open(watch, p->dir);
	}
}

static int
say_timeout(const struct wait *w, const char *name)
{
	static const char *const expected[] = {
		[WAIT_UP] = "not up",
		[WAIT_DOWN] = "not down",
		[WAIT_EXIT] = "still running",
	};
	char span[32];

	value_print_ago(w->timeout_usec, span, sizeof(span));
	message_error("%s: %s after %s", name, expected[w->condition], span);
	return EXIT_TIMED_OUT;
}

/* Look once, and when it is not time yet wait for something to happen. */
static int
look_and_wait(struct wait *w, const char *name, const struct paths *p)
{
	static struct view v;
	struct watch watch;
	int status;

	/* In this order: what happens after the look is seen. */
	open_watch(&watch, p);
	w->count = 0;
	w->look_again = w->deadline;
	view_read(p, &v);
	status = check(w, name, p, &v);
	if (status == NOT_YET && v.live == LIVE_UP)
		add_process(w, v.record.main_pid, v.record.main_start);
	if (status == NOT_YET && v.keeper_alive)
		add_process(w, v.record.keeper_pid, v.record.keeper_start);
	if (status == NOT_YET)
		watch_wait(&watch, w->fds, w->count, w->look_again);
	while (w->count > 0)
		close(w->fds[--w->count]);
	watch_close(&watch);
	return status;
}

static int
wait_for(const char *name, struct paths *p, void *context)
{
	struct wait *w = context;
	int status;
	bool late;

	w->looked = false;
	do {
		late = w->deadline != INT64_MAX && watch_now() >= w->deadline;
		status = look_and_wait(w, name, p);
	} while (status == NOT_YET && !late);
	return status == NOT_YET ? say_timeout(w, name) : status;
}

/*
 * The last operand says for what, and must when there is more than one: a word
 * that is mistyped is not to be taken for a service.
 */
static int
take_condition(struct strings *operands, enum condition *ret)
{
	static const char *const words[] = {
		[WAIT_UP] = "up",
		[WAIT_DOWN] = "down",
		[WAIT_EXIT] = "exit",
	};
	char *last;

	*ret = WAIT_EXIT;
	if (operands->count < 2)
		return 0;
	last = operands->items[operands->count - 1];
	for (int i = 0; i < 3; i++) {
		if (strcmp(last, words[i]) != 0)
			continue;
		*ret = (enum condition)i;
		operands->items[--operands->count] = NULL;
		free(last);
		return 0;
	}
	command_usage("wait: '%s': expected up, down or exit after the names",
	    last);
	return -1;
}

static int
parse_timeout(struct wait *w)
{
	const char *wrong;
	int64_t usec;

	w->deadline = INT64_MAX;
	if (w->timeout == NULL)
		return 0;
	wrong = value_parse_span(w->timeout, &usec);
	if (wrong != NULL) {
		command_usage("wait: --timeout '%s': %s", w->timeout, wrong);
		return -1;
	}
	w->timeout_usec = usec;
	if (usec != USEC_INFINITY && usec < INT64_MAX - watch_now())
		w->deadline = watch_now() + usec;
	return 0;
}

static int
run_wait(int argc, char **argv)
{
	struct common_options common;
	struct strings operands = { NULL, 0 };
	struct wait w = { .timeout = NULL };
	struct command_option own[] = {
		{ "timeout", 't', &w.timeout, NULL },
		{ NULL, 0, NULL, NULL },
	};
	int status = EXIT_USAGE;

	if (command_options(argc, argv, own, &common, &operands) == 0 &&
	    parse_timeout(&w) == 0 &&
	    take_condition(&operands, &w.condition) == 0)
		status = command_each(&operands, &common, wait_for, &w);
	strings_clear(&operands);
	return status;
}

const struct command command_wait = {
	.name = "wait",
	.usage = "NAME [up|down|exit] | NAME... up|down|exit [--timeout=TIME]",
	.help = "wait until services are up, are down, or have ended",
	.run = run_wait,
};
