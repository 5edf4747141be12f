/*
 * A service without a keeper: see alone.h.  The caller does what a keeper does
 * until the exec, by the same code and in the same order, and then lets go.
 */
#include "config.h"

#include "keeper/alone.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "keeper/private.h"
#include "process/process.h"
#include "state/definition.h"
#include "state/events.h"
#include "state/hold.h"
#include "state/paths.h"
#include "state/watch.h"

/* Blocks until the child executes (true), or has failed or died. */
static bool
await_exec(struct keeper *k)
{
	struct child_report report;
	struct process_stat st;
	char what[320];

	while (child_read(&k->child, true, &report) == CHILD_REPORT) {
		child_describe(&report, k->service, k->order->paths, what,
		    sizeof(what));
		if (report.fatal) {
			k->machine.result = report.step == STEP_EXEC ?
			    RESULT_EXEC : RESULT_RESOURCES;
			announce_failure(k, what, report.error);
		} else
			snprintf(k->report.note, sizeof(k->report.note),
			    "cannot %.200s: %s; going on with what is allowed",
			    what, strerror(report.error));
	}
	if (k->machine.result != RESULT_SUCCESS)
		return false;
	/* Dead or alive it is our child still; see start(). */
	if (process_stat(k->main_pid, &st) == -1 || st.executed)
		return true;
	k->machine.result = RESULT_SIGNAL;
	return false;
}

static bool
start(struct keeper *k)
{
	const struct keeper_order *o = k->order;
	char what[320];
	mode_t mask;
	bool opened;

	/* Until this process ends the service is its child, so that its death
	 * before exec can be told from an end right after it. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	mask = umask(022);
	opened = output_open(&k->output, o->service, o->paths,
	    o->credentials->uid, what, sizeof(what)) == 0;
	umask(mask);
	if (!opened) {
		k->machine.result = RESULT_RESOURCES;
		announce_failure(k, what, errno);
		return false;
	}
	if (o->save_definition &&
	    definition_write(o->paths->definition, o->service) == -1) {
		k->machine.result = RESULT_RESOURCES;
		snprintf(what, sizeof(what), "write %.300s",
		    o->paths->definition);
		announce_failure(k, what, errno);
		return false;
	}
	return run_spawn(k) && k->machine.result == RESULT_SUCCESS &&
	    await_exec(k);
}

/* It exits by itself, but nothing may be left when this says so. */
static void
end_child(const struct keeper *k)
{
	if (k->main_pid <= 1)
		return;
	(void)process_signal(k->main_pid, k->main_start, SIGKILL);
	while (waitpid(k->main_pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}

int
alone_start(const struct keeper_order *order, struct keeper_report *ret)
{
	struct keeper k;
	bool executes;

	memset(&k, 0, sizeof(k));
	k.order = order;
	k.service = order->service;
	k.report_fd = k.word = k.child.channel = k.watched = k.signals = -1;
	output_none(&k.output);
	(void)machine_start(&k.machine, k.service, watch_now());
	announce_init(&k);
	k.record.has_keeper = false;
	k.record.keeper_pid = 0;
	k.record.keeper_start = 0;
	executes = start(&k);
	if (executes) {
		k.machine.state = KEEPER_RUNNING;
		k.machine.ready = watch_now();
		announce_ready(&k);
		(void)announce_record(&k);
		events_add(order->paths->events,
		    "started without a keeper, pid %d", k.main_pid);
		hold_close(order->hold);
	} else {
		end_child(&k);
		k.machine.state = KEEPER_ENDED;
		k.machine.main_alive = false;
		(void)announce_record(&k);
		hold_release(order->hold);
	}
	if (k.child.channel != -1)
		close(k.child.channel);
	output_close(&k.output);
	announce_outcome(&k, executes);
	*ret = k.report;
	return executes ? 0 : -1;
}
