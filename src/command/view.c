/*
 * What is known of a service and what is alive of it.  The record says what
 * should be there, /proc what is; the lock is asked for only where they leave
 * a doubt.  Nothing is changed here.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "define/value.h"
#include "message.h"
#include "process/process.h"
#include "state/hold.h"
#include "state/watch.h"

/* A record that changed while we looked at /proc: how often to look again. */
#define LOOKS_MAX 10

/* A time to wait that is as good as none: 1000 years. */
#define NEVER_USEC (INT64_C(1000) * 365 * 24 * 3600 * USEC_PER_SEC)

static bool
is_keeper_alive(const struct record *r)
{
	return r->has_keeper && r->keeper_pid > 1 &&
	    record_is_of_this_boot(r) &&
	    process_is_alive(r->keeper_pid, r->keeper_start, NULL);
}

/*
 * Look at the processes that the record names.  Returns whether what is seen
 * fits together; if not, the record may just have changed.
 */
static bool
look_at_processes(struct view *v)
{
	const struct record *r = &v->record;
	struct process_stat st;

	v->keeper_alive = false;
	if (record_is_final(r)) {
		v->live = LIVE_DOWN;
		return true;
	}
	if (r->main_pid > 1 && record_is_of_this_boot(r) &&
	    process_is_alive(r->main_pid, r->main_start, &st)) {
		v->live = LIVE_UP;
		v->cpu_usec = st.cpu_usec;
		v->rss_bytes = st.rss_bytes;
		v->threads = st.threads;
		/* A parent is alive: no need to look. */
		v->keeper_alive = r->has_keeper && r->keeper_pid > 1 &&
		    (st.parent == r->keeper_pid || is_keeper_alive(r));
		return true;
	}
	v->keeper_alive = is_keeper_alive(r);
	v->live = v->keeper_alive ? LIVE_BUSY : LIVE_DOWN;
	return v->keeper_alive && r->main_pid == 0;
}

static void
set_unknown(struct view *v, int error)
{
	v->live = LIVE_UNKNOWN;
	v->error = error;
}

/* What is in the place of a pidfile, when nothing of the record is alive. */
static enum liveness
look_at_pidfile(const char *path)
{
	pid_t pid;

	switch (hold_probe(path, &pid)) {
	case HOLD_ABSENT:
		return LIVE_DOWN;
	case HOLD_FREE:
		return LIVE_DOWN_PIDFILE;
	case HOLD_HELD:
		return LIVE_BUSY;
	case HOLD_UNKNOWN:
		break;
	}
	switch (errno) {
	case ENOTDIR:
		return LIVE_DOWN;
	case EISDIR:
	case ELOOP:
	case ENODEV:
	case ENOTSUP:
	case ENXIO:
		/* A directory, a symlink, a FIFO: it is in the way. */
		return LIVE_DOWN_PIDFILE;
	default:
		return LIVE_UNKNOWN;
	}
}

/* Nothing of the record is alive, or there is none: is a pidfile left? */
static void
look_at_pidfiles(const struct paths *p, struct view *v)
{
	const struct record *r = &v->record;

	v->live = look_at_pidfile(p->pid);
	if (v->live == LIVE_UNKNOWN)
		v->error = errno;
	if (v->live != LIVE_DOWN || !v->known || r->pidfile[0] == '\0')
		return;
	/* When this one is held, it is another service's by now. */
	if (look_at_pidfile(r->pidfile) == LIVE_DOWN_PIDFILE)
		v->live = LIVE_DOWN_PIDFILE;
}

struct signature {
	int64_t changed;
	pid_t main, keeper;
	enum active_state state;
};

static bool
same_signature(const struct signature *a, const struct signature *b)
{
	return a->changed == b->changed && a->main == b->main &&
	    a->keeper == b->keeper && a->state == b->state;
}

void
view_read_record(const struct paths *p, struct view *v)
{
	struct signature before = { 0 }, now;
	const struct record *r = &v->record;
	bool fits = false;

	v->live = LIVE_DOWN;
	v->keeper_alive = false;
	v->known = false;
	v->error = 0;
	v->cpu_usec = 0;
	v->rss_bytes = 0;
	v->threads = 0;
	for (int i = 0; i < LOOKS_MAX && !fits; i++) {
		v->known = record_read(p->record, &v->record, &v->text,
		    NULL) == 0;
		if (!v->known && errno != ENOENT) {
			set_unknown(v, errno);
			return;
		}
		if (!v->known) {
			v->keeper_alive = false;
			break;
		}
		fits = look_at_processes(v);
		now = (struct signature){ r->changed_usec, r->main_pid,
		    r->keeper_pid, r->active_state };
		if (i > 0 && same_signature(&before, &now))
			break;
		before = now;
	}
}

void
view_glance(const struct paths *p, struct view *v)
{
	const struct record *r = &v->record;
	pid_t vouching;

	if (record_read(p->record, &v->record, &v->text, &vouching) == 0 &&
	    !record_is_final(r) && r->main_pid > 1 && r->has_keeper &&
	    vouching == r->keeper_pid && process_has_program(r->main_pid)) {
		v->known = v->keeper_alive = true;
		v->live = LIVE_UP;
		v->error = 0;
		return;
	}
	view_read(p, v);
}

void
view_read(const struct paths *p, struct view *v)
{
	view_read_record(p, v);
	if (v->live == LIVE_DOWN)
		look_at_pidfiles(p, v);
}

int
view_say_unknown(const char *name, const struct paths *p, const struct view *v)
{
	if (v->error == EBADMSG)
		message_error("%s: cannot tell its state: %s is damaged", name,
		    p->record);
	else
		message_error("%s: cannot look at %s: %s", name,
		    v->known ? p->pid : p->record, message_strerror(v->error));
	return command_status_of(v->error);
}

int
view_status(const struct view *v)
{
	switch (v->live) {
	case LIVE_UP:
		return STATUS_RUNNING;
	case LIVE_DOWN_PIDFILE:
		return STATUS_DEAD_PIDFILE;
	case LIVE_UNKNOWN:
		return STATUS_UNKNOWN;
	case LIVE_DOWN:
	case LIVE_BUSY:
		break;
	}
	return STATUS_NOT_RUNNING;
}

static const char *
describe_up(const struct record *r)
{
	switch (r->active_state) {
	case STATE_ACTIVATING:
		return "starting";
	case STATE_DEACTIVATING:
		return strcmp(r->sub_state, "stuck") == 0 ?
		    "stopping, stuck" : "stopping";
	case STATE_ACTIVE:
	case STATE_INACTIVE:
	case STATE_FAILED:
		break;
	}
	return "running";
}

bool
view_restarts_by_itself(const struct record *r)
{
	return r->restart_in_usec > 0 && r->restart_in_usec < NEVER_USEC;
}

/* Whatever number the record has. */
static int64_t
since_change(const struct record *r)
{
	return watch_realtime() - (r->changed_usec > 0 ? r->changed_usec : 0);
}

static void
describe_restart(const struct record *r, char *buf, size_t size)
{
	char span[32];
	int64_t left, passed;

	if (!view_restarts_by_itself(r)) {
		snprintf(buf, size, "waiting for a restart");
		return;
	}
	/* A clock that was set back must not make this a year. */
	passed = since_change(r);
	left = r->restart_in_usec - (passed > 0 ? passed : 0);
	if (left <= 0) {
		snprintf(buf, size, "restarting");
		return;
	}
	value_print_ago(left, span, sizeof(span));
	snprintf(buf, size, "restarting in %s", span);
}

static const char *
describe_down(const struct view *v)
{
	if (!v->known)
		return "not known";
	if (v->record.active_state == STATE_FAILED)
		return "failed";
	/* Nobody wrote that it ended. */
	if (!record_is_final(&v->record) && record_is_of_this_boot(&v->record))
		return "dead";
	return "stopped";
}

/*
 * Held, and the record does not say by whom: a start that has not written yet,
 * or a keeper that has just written its last.
 */
static const char *
describe_held(const struct view *v)
{
	if (v->known && since_change(&v->record) < USEC_PER_SEC)
		return describe_down(v);
	return "starting";
}

static void
describe_busy(const struct view *v, char *buf, size_t size)
{
	const struct record *r = &v->record;
	const char *text = "starting";

	if (!v->known || record_is_final(r))
		text = describe_held(v);
	else if (!v->keeper_alive && !r->has_keeper)
		/* Descendants have the lock still. */
		text = "main process ended, others remain";
	else if (!v->keeper_alive || r->active_state == STATE_ACTIVATING)
		text = "starting";
	else if (r->active_state == STATE_DEACTIVATING)
		text = describe_up(r);
	else
		/* Its keeper has not got to it yet. */
		text = "main process ended";
	if (v->keeper_alive && r->active_state == STATE_ACTIVATING &&
	    strcmp(r->sub_state, "auto-restart") == 0)
		describe_restart(r, buf, size);
	else
		snprintf(buf, size, "%s", text);
}

void
view_describe(const struct view *v, char *buf, size_t size)
{
	switch (v->live) {
	case LIVE_UP:
		snprintf(buf, size, "%s%s", describe_up(&v->record),
		    v->record.has_keeper && !v->keeper_alive ?
		    " (no keeper)" : "");
		break;
	case LIVE_BUSY:
		describe_busy(v, buf, size);
		break;
	case LIVE_DOWN:
		snprintf(buf, size, "%s", describe_down(v));
		break;
	case LIVE_DOWN_PIDFILE:
		snprintf(buf, size, "%s, pidfile left", describe_down(v));
		break;
	case LIVE_UNKNOWN:
		snprintf(buf, size, "cannot tell");
		break;
	}
}

void
view_ending(const struct record *r, char *buf, size_t size)
{
	char name[32];

	switch (r->exec_main_code) {
	case CLD_EXITED:
		snprintf(buf, size, "exit %d", r->exec_main_status);
		break;
	case CLD_KILLED:
	case CLD_DUMPED:
		snprintf(buf, size, "killed by %s%s",
		    value_signal_name(r->exec_main_status, name, sizeof(name)),
		    r->exec_main_code == CLD_DUMPED ? " (core dumped)" : "");
		break;
	default:
		snprintf(buf, size, "%s", "");
		break;
	}
}
