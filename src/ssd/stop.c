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

#include "message.h"
#include "process/process.h"
#include "ssd/private.h"
#include "state/watch.h"

/* Until those that have not died are looked at again: they may have become
 * something else that does not match. */
#define LOOK_AGAIN_USEC INT64_C(200000)

struct stopping {
	const struct ssd *s;
	struct ssd_found found;
	pid_t *killed;
	int n_killed, n_left;	/* of the last signal */
	bool any;
	char what[3072];
};

static void
name_what(struct stopping *k)
{
	const struct ssd *s = k->s;

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
signal_one(struct stopping *k, const struct ssd_match *m, int signal)
{
	struct ssd_match keeper;
	const pid_t pid = m->pid;
	const uint64_t start = m->start;
	int result;

	if (m->is_keeper)
		return process_request(pid, start, SIGTERM);
	if (supervise_is_stop(signal) && supervise_find(m, &keeper)) {
		result = process_request(keeper.pid, keeper.start, SIGTERM);
		if (result == 0)
			ssd_add(&k->found, &keeper);	/* m may be elsewhere now */
		if (result == 0 && signal != SIGKILL)
			return 0;
	}
	return process_signal(pid, start, signal);
}

/* Find what matches, and signal it. */
static void
signal_all(struct stopping *k, int signal)
{
	const struct ssd *s = k->s;
	struct ssd_match match;
	const struct ssd_match *m = &match;
	size_t count;

	(void)ssd_find(s, &k->found);
	/* It died, and its keeper waits to restart it. */
	if ((k->found.count == 0 || k->found.items[0].start == 0) &&
	    s->pidfile != NULL && !s->test && supervise_is_stop(signal) &&
	    supervise_find_pidfile(s->pidfile, &match)) {
		k->found.count = 0;
		ssd_add(&k->found, &match);
	}
	count = k->found.count;
	k->n_killed = k->n_left = 0;
	free(k->killed);
	k->killed = calloc(k->found.count + 1, sizeof(*k->killed));
	if (k->killed == NULL)
		message_die("out of memory");
	for (size_t i = 0; i < count; i++) {
		match = k->found.items[i];
		if (s->test) {
			ssd_say(s, "Would send signal %d to %d.", signal,
			    m->pid);
			k->n_killed++;
		} else if (signal_one(k, m, signal) == 0)
			k->killed[k->n_killed++] = m->pid;
		else {
			if (signal != 0)
				message_error("warning: failed to kill %d: %s",
				    m->pid, message_strerror(errno));
			k->n_left++;
		}
	}
}

static void
say_stopped(const struct stopping *k, int retry)
{
	char pids[3072] = "", number[32] = "";
	size_t used = 0;

	if (!k->s->verbose || k->s->test || k->n_killed == 0)
		return;
	for (int i = 0; i < k->n_killed && used < sizeof(pids) - 16; i++)
		used += (size_t)snprintf(pids + used, sizeof(pids) - used,
		    " %d", k->killed[i]);
	if (retry > 0)
		snprintf(number, sizeof(number), ", retry #%d", retry);
	ssd_say(k->s, "Stopped %s (pid%s)%s.", k->what, pids, number);
}

/* Keep of those found what still matches. */
static void
look_again(struct stopping *k)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->found.count; i++) {
		if (ssd_still_matches(k->s, &k->found.items[i]))
			k->found.items[kept++] = k->found.items[i];
	}
	k->found.count = kept;
}

/* Until one of them dies, or until then. */
static void
wait_for_death(const struct stopping *k, int64_t until)
{
	struct pollfd *polled;
	int64_t left = until - watch_now();

	if (left > LOOK_AGAIN_USEC)
		left = LOOK_AGAIN_USEC;
	polled = calloc(k->found.count, sizeof(*polled));
	if (polled == NULL)
		message_die("out of memory");
	for (size_t i = 0; i < k->found.count; i++) {
		const struct ssd_match *m = &k->found.items[i];

		polled[i].fd = process_open(m->pid, m->start);
		polled[i].events = POLLIN;
		if (polled[i].fd != -1)
			continue;
		if (errno == ESRCH)
			left = 0;
		else if (left > 10000)
			left = 10000;	/* no pidfds here, or no more */
	}
	(void)poll(polled, k->found.count,
	    left <= 0 ? 0 : (int)((left + 999) / 1000));
	for (size_t i = 0; i < k->found.count; i++) {
		if (polled[i].fd != -1)
			close(polled[i].fd);
	}
	free(polled);
}

/* True when nothing that matches is left before the time is over. */
static bool
wait_until_gone(struct stopping *k, int64_t usec)
{
	const int64_t until = watch_now() + usec;

	for (;;) {
		look_again(k);
		if (k->found.count == 0) {
			/* What came meanwhile is to go as well. */
			(void)ssd_find(k->s, &k->found);
			look_again(k);
			if (k->found.count == 0)
				return true;
		}
		if (watch_now() >= until)
			break;
		wait_for_death(k, until);
	}
	k->n_killed = (int)k->found.count;
	return false;
}

static int
finish(const struct stopping *k)
{
	if (k->any)
		return SSD_DONE;
	ssd_say(k->s, "No %s found running; none killed.", k->what);
	return k->s->oknodo ? SSD_DONE : SSD_NOTHING;
}

static int
stop_once(struct stopping *k)
{
	signal_all(k, k->s->signal);
	say_stopped(k, 0);
	if (k->n_left > 0)
		ssd_say(k->s, "%d pids were not killed", k->n_left);
	k->any = k->n_killed > 0;
	return finish(k);
}

static int
run_schedule(struct stopping *k)
{
	size_t position = 0;
	int64_t usec;
	int signal, retry = 0;

	for (;;) {
		switch (schedule_next(&k->s->schedule, &position, &signal,
		    &usec)) {
		case MOVE_SIGNAL:
			signal_all(k, signal);
			say_stopped(k, retry++);
			if (k->n_killed == 0)
				return finish(k);
			k->any = true;
			break;
		case MOVE_WAIT:
			if (wait_until_gone(k, usec))
				return finish(k);
			break;
		case MOVE_EXHAUSTED:
			ssd_say(k->s, "Program %s, %d process(es), refused to "
			    "die.", k->what, k->n_killed);
			return SSD_FAILED;
		}
	}
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

int
ssd_stop(const struct ssd *s)
{
	struct stopping k = { .s = s };
	bool by_schedule = s->schedule.length > 0;
	int status;

	name_what(&k);
	if (s->test && by_schedule) {
		ssd_say(s, "Ignoring --retry in test mode");
		by_schedule = false;
	}
	status = by_schedule ? run_schedule(&k) : stop_once(&k);
	if (status != SSD_FAILED)
		remove_pidfile(s);
	free(k.killed);
	free(k.found.items);
	return status;
}
