/*
 * --stop: the schedule, and each signal to what matches then.  What is waited
 * for is a death, not a moment to look again.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/value.h"
#include "message.h"
#include "process/process.h"
#include "ssd/private.h"
#include "state/watch.h"

/* Until those that have not died are looked at again: they may have become
 * something else that does not match. */
#define LOOK_AGAIN_USEC INT64_C(200000)
/* And where there are no pidfds. */
#define NO_PIDFD_USEC INT64_C(10000)
#define SECOND INT64_C(1000000)

/* Debian's words. */
struct stopping {
	struct ssd_stopping k;
	char what[3072];
};

static void
name_what(const struct ssd *s, struct stopping *k)
{
	if (s->name != NULL)
		snprintf(k->what, sizeof(k->what), "%s", s->name);
	else if (s->exec != NULL)
		snprintf(k->what, sizeof(k->what), "%s", s->exec);
	else if (s->pidfile != NULL)
		snprintf(k->what, sizeof(k->what), "process in pidfile '%s'",
		    s->pidfile);
	else if (s->pid != 0)
		snprintf(k->what, sizeof(k->what), "process with pid %d",
		    (int)s->pid);
	else if (s->ppid != 0)
		snprintf(k->what, sizeof(k->what),
		    "process(es) with parent pid %d", (int)s->ppid);
	else
		snprintf(k->what, sizeof(k->what), "process(es) owned by '%s'",
		    s->user);
}

/* Signal m; or ask its keeper to stop it, which is then waited for, too. */
static int
signal_one(struct ssd_stopping *k, const struct ssd_match *m, int signal)
{
	struct ssd_match keeper;

	if (m->pid <= 1) {
		errno = EPERM;
		return -1;
	}
	if (m->is_keeper)
		return process_request(m->pid, m->start, SIGTERM);
	if (supervise_is_stop(signal) && supervise_find(m, &keeper) &&
	    process_request(keeper.pid, keeper.start, SIGTERM) == 0) {
		ssd_add(&k->found, &keeper);
		if (signal != SIGKILL)
			return 0;
	}
	if (m->fd != -1)
		return process_signal_through(m->fd, signal);
	return process_signal(m->pid, m->start, signal);
}

void
ssd_signal_all(struct ssd_stopping *k, int signal)
{
	const struct ssd *s = k->s;
	struct ssd_match match;
	const struct ssd_match *m = &match;
	size_t count;

	(void)ssd_find(s, &k->found);
	k->has_looked = true;
	/* It died, and its keeper waits to restart it. */
	if ((k->found.count == 0 || k->found.items[0].start == 0) &&
	    s->pidfile != NULL && !s->test && supervise_is_stop(signal) &&
	    supervise_find_pidfile(s->pidfile, &match)) {
		ssd_drop(&k->found);
		ssd_add(&k->found, &match);
	}
	count = k->found.count;
	k->n_killed = k->n_left = 0;
	/* The last that was found first, as Debian's. */
	for (size_t i = count; i > 0; i--) {
		match = k->found.items[i - 1];
		if (s->test && m->pid > 1) {
			k->say_would(s, signal, m->pid);
			k->found.items[i - 1].is_signalled = true;
			k->n_killed++;
		} else if (signal_one(k, m, signal) == 0) {
			k->n_killed++;
			k->found.items[i - 1].is_signalled = true;
		} else {
			if (signal != 0)
				k->say_failed(s, m->pid, errno);
			k->n_left++;
		}
	}
}

static void
say_would(const struct ssd *s, int signal, pid_t pid)
{
	ssd_say(s, "Would send signal %d to %d.", signal, pid);
}

static void
say_failed(const struct ssd *s, pid_t pid, int error)
{
	(void)s;
	message_error("warning: failed to kill %d: %s", pid,
	    message_strerror(error));
}

static void
say_stopped(const struct stopping *stopping, int retry)
{
	const struct ssd_stopping *k = &stopping->k;
	const struct ssd_match *m;
	char pids[3072] = "", number[32] = "";
	size_t used = 0;

	if (!k->s->verbose || k->s->test || k->n_killed == 0)
		return;
	for (m = k->found.items; m < k->found.items + k->found.count &&
	    used < sizeof(pids) - 16; m++) {
		if (m->is_signalled)
			used += (size_t)snprintf(pids + used,
			    sizeof(pids) - used, " %d", m->pid);
	}
	if (retry > 0)
		snprintf(number, sizeof(number), ", retry #%d", retry);
	ssd_say(k->s, "Stopped %s (pid%s)%s.", stopping->what, pids, number);
}

/* Keep of those found what still matches, or lives as far as its pidfd says. */
static void
look_again(struct ssd_stopping *k)
{
	struct ssd_match *m;
	size_t kept = 0;

	for (size_t i = 0; i < k->found.count; i++) {
		m = &k->found.items[i];
		if (ssd_still_matches(k->s, m))
			k->found.items[kept++] = *m;
		else if (m->fd != -1)
			close(m->fd);
	}
	k->found.count = kept;
}

/*
 * Until one dies, or until then; those that have died are dropped.  False when
 * it was the time that ended it, or it has to be looked who lives.
 */
static bool
wait_for_death(struct ssd_stopping *k, int64_t until)
{
	static struct pollfd few[8];
	struct pollfd *polled = few;
	const size_t count = k->found.count;
	int64_t left = until - watch_now();
	struct ssd_match *m;
	size_t kept = 0;

	if (left > LOOK_AGAIN_USEC)
		left = LOOK_AGAIN_USEC;
	if (count > sizeof(few) / sizeof(few[0]))
		polled = calloc(count, sizeof(*polled));
	if (polled == NULL)
		message_die("out of memory");
	for (size_t i = 0; i < count; i++) {
		polled[i] = (struct pollfd){ k->found.items[i].fd, POLLIN, 0 };
		if (polled[i].fd == -1 && left > NO_PIDFD_USEC)
			left = NO_PIDFD_USEC;
	}
	(void)poll(polled, count, left <= 0 ? 0 : (int)((left + 999) / 1000));
	for (size_t i = 0; i < count; i++) {
		m = &k->found.items[i];
		if ((polled[i].revents & POLLIN) != 0)
			close(m->fd);
		else
			k->found.items[kept++] = *m;
	}
	k->found.count = kept;
	if (polled != few)
		free(polled);
	return kept < count;
}

/* Who may not be signalled is not waited for, either. */
static void
keep_ours(struct ssd_stopping *k)
{
	struct ssd_match *m;
	size_t kept = 0;

	for (size_t i = 0; i < k->found.count; i++) {
		m = &k->found.items[i];
		if (m->fd == -1 ? process_signal(m->pid, m->start, 0) == 0 :
		    process_signal_through(m->fd, 0) == 0)
			k->found.items[kept++] = *m;
		else if (m->fd != -1)
			close(m->fd);
	}
	k->found.count = kept;
}

bool
ssd_wait_until_gone(struct ssd_stopping *k, int64_t usec)
{
	int64_t now = watch_now(), second = now + SECOND;
	const int64_t until = now > USEC_INFINITY - usec ? USEC_INFINITY :
	    now + usec;
	const struct ssd *s = k->s;

	/* A schedule that begins with a time. */
	if (!k->has_looked)
		(void)ssd_find(s, &k->found);
	k->has_looked = true;
	keep_ours(k);
	for (;;) {
		if (k->found.count == 0 && (s->pid != 0 || s->pidfile != NULL))
			return true;
		if (k->found.count == 0) {
			/* What came meanwhile is to go as well. */
			(void)ssd_find(s, &k->found);
			keep_ours(k);
			if (k->found.count == 0)
				return true;
		}
		now = watch_now();
		if (now >= second && k->say_second != NULL)
			k->say_second();
		if (now >= second)
			second += SECOND;
		if (now >= until)
			break;
		if (!wait_for_death(k, until < second ? until : second))
			look_again(k);
	}
	k->n_killed = (int)k->found.count;
	return false;
}

static void
remove_pidfile(const struct ssd *s)
{
	if (!s->remove_pidfile || s->test)
		return;
	if (unlink(s->pidfile) == -1 && errno != ENOENT)
		ssd_fail_errno(s, errno, "cannot remove pidfile '%s'",
		    s->pidfile);
}

/* Also when nothing was running. */
static int
finish(const struct stopping *stopping)
{
	const struct ssd_stopping *k = &stopping->k;

	remove_pidfile(k->s);
	if (k->any)
		return SSD_DONE;
	ssd_say(k->s, "No %s found running; none killed.", stopping->what);
	return k->s->oknodo ? SSD_DONE : SSD_NOTHING;
}

static int
stop_once(struct stopping *stopping)
{
	struct ssd_stopping *k = &stopping->k;

	ssd_signal_all(k, k->s->signal);
	say_stopped(stopping, 0);
	if (k->n_left > 0)
		ssd_say(k->s, "%d pids were not killed", k->n_left);
	k->any = k->n_killed > 0;
	return finish(stopping);
}

static int
run_schedule(struct stopping *stopping)
{
	struct ssd_stopping *k = &stopping->k;
	size_t position = 0;
	int64_t usec;
	int signal, retry = 0;

	for (;;) {
		switch (schedule_next(&k->s->schedule, &position, &signal,
		    &usec)) {
		case MOVE_SIGNAL:
			ssd_signal_all(k, signal);
			say_stopped(stopping, retry++);
			if (k->n_killed == 0)
				return finish(stopping);
			k->any = true;
			break;
		case MOVE_WAIT:
			if (ssd_wait_until_gone(k, usec))
				return finish(stopping);
			break;
		case MOVE_EXHAUSTED:
			ssd_say(k->s, "Program %s, %d process(es), refused to "
			    "die.", stopping->what, k->n_killed);
			return SSD_FAILED;
		}
	}
}

void
ssd_say_dot(void)
{
	(void)!write(STDOUT_FILENO, ".", 1);
}

int
ssd_stop(struct ssd *s)
{
	struct stopping stopping = {
		.k.s = s,
		.k.say_would = say_would,
		.k.say_failed = say_failed,
		.k.say_second = s->extras.progress ? ssd_say_dot : NULL,
	};
	bool by_schedule = s->schedule.length > 0;
	int status;

	name_what(s, &stopping);
	if (s->test && by_schedule) {
		ssd_say(s, "Ignoring --retry in test mode");
		by_schedule = false;
	}
	status = by_schedule ? run_schedule(&stopping) : stop_once(&stopping);
	ssd_drop(&stopping.k.found);
	return status;
}
