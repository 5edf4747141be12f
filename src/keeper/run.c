/*
 * Fork the service and let it go: the order here is what keeps a service from
 * ever running twice.  The word comes only after the record names the child.
 */
#include "config.h"

#include <sys/random.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "keeper/private.h"
#include "process/environment.h"
#include "process/process.h"
#include "state/definition.h"
#include "state/events.h"
#include "state/paths.h"
#include "state/watch.h"

static int
make_invocation_id(char id[33])
{
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int
fork_service(struct keeper *k, char *what, size_t size)
{
	struct child_order order = {
		.service = k->service,
		.credentials = k->order->credentials,
		.hold = k->order->hold,
		.output = k->output.service_out,
		.error = k->output.service_err,
		.keeper = k->service->keeper,
	};
	struct strings environment = { 0 };
	const char *file;
	int result, error;

	snprintf(what, size, "make an invocation id");
	if (make_invocation_id(k->invocation) == -1)
		return -1;
	if (environment_build(k->service, k->order->credentials,
	    k->invocation, &environment, &file) == -1) {
		snprintf(what, size, "read environment file %s", file);
		error = errno;
		strings_clear(&environment);
		errno = error;
		return -1;
	}
	order.environment = environment.items;
	output_restart(&k->output, k->service);
	k->record.log_offset = output_offset(&k->output);
	snprintf(what, size, "fork");
	result = child_spawn(&order, &k->child);
	error = errno;
	strings_clear(&environment);
	errno = error;
	return result;
}

/* The child is there and waits.  Name it on disk, and only then let it go. */
static int
name_and_release(struct keeper *k, char *what, size_t size)
{
	struct process_stat st;

	snprintf(what, size, "look at process %d", k->child.pid);
	k->main_start = 0;
	if (process_stat(k->child.pid, &st) == -1) {
		/* Gone, and reaped by init: its report says why. */
		return errno == ESRCH && !k->service->keeper ? 0 : -1;
	}
	k->main_start = st.start;
	k->record.session = k->child.session;
	k->record.started_usec = watch_realtime();
	/* How the last run ended stays: `wait` and `status` ask for it. */
	k->record.ready_took_usec = 0;
	if (k->order->save_definition && k->machine.n_restarts == 0 &&
	    !k->machine.was_ready) {
		snprintf(what, size, "write %.300s",
		    k->order->paths->definition);
		if (definition_write(k->order->paths->definition,
		    k->service) == -1)
			return -1;
	}
	snprintf(what, size, "write %.300s", k->order->paths->record);
	if (announce_record(k) == -1)
		return -1;
	snprintf(what, size, "give process %d the word", k->child.pid);
	/* One that is dead already has said why, or its death does. */
	if (child_release(&k->child) == -1 && errno != EPIPE &&
	    errno != ECONNRESET)
		return -1;
	return 0;
}

bool
run_spawn(struct keeper *k)
{
	char what[320];
	int error;

	k->adopted = false;
	k->empty = false;
	k->failed_step[0] = '\0';
	k->failed_errno = 0;
	k->child.channel = -1;
	if (fork_service(k, what, sizeof(what)) == -1) {
		error = errno;
		k->main_pid = 0;
		k->machine.result = RESULT_RESOURCES;
		announce_failure(k, what, error);
		return false;
	}
	k->main_pid = k->child.pid;
	if (name_and_release(k, what, sizeof(what)) == -1) {
		error = errno;
		/* Without the word it reads end of file, and exits. */
		close(k->child.channel);
		k->child.channel = -1;
		k->machine.result = RESULT_RESOURCES;
		announce_failure(k, what, error);
	}
	return true;
}

static void
note_report(struct keeper *k, const struct child_report *report)
{
	char what[320];

	child_describe(report, k->service, what, sizeof(what));
	if (report->fatal) {
		k->machine.result = report->step == STEP_EXEC ? RESULT_EXEC :
		    RESULT_RESOURCES;
		announce_failure(k, what, report->error);
		return;
	}
	snprintf(k->report.note, sizeof(k->report.note),
	    "cannot %.200s: %s; going on with what is allowed", what,
	    strerror(report->error));
	events_add(k->order->paths->events, "%s", k->report.note);
}

/* Our child, not reaped yet: for when /proc cannot be read. */
static bool
is_dead(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1 ||
	    info.si_pid != 0;
}

bool
run_news(struct keeper *k, enum keeper_event *ret)
{
	struct child_report report;
	struct process_stat st;

	if (k->child.channel == -1)
		return false;
	switch (child_read(&k->child, false, &report)) {
	case CHILD_QUIET:
		return false;
	case CHILD_REPORT:
		note_report(k, &report);
		*ret = EVENT_FAILED;
		return true;
	case CHILD_EXECUTED:
		break;
	}
	close(k->child.channel);
	k->child.channel = -1;
	/* End of file is also what its death before exec looks like. */
	if (process_stat(k->main_pid, &st) == -1 ? is_dead(k->main_pid) :
	    !st.executed)
		return false;
	*ret = EVENT_EXECUTED;
	return true;
}
