/*
 * Fork the service.  What keeps it from ever running twice: before it executes
 * anything it writes, under its copy of the hold, the record that names it.
 */
#include "config.h"

#include <sys/random.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "keeper/private.h"
#include "process/environment.h"
#include "process/process.h"
#include "state/definition.h"
#include "state/events.h"
#include "state/hold.h"
#include "state/paths.h"
#include "state/watch.h"

static int
make_invocation_id(char id[33])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		id[2 * i] = digits[bytes[i] >> 4];
		id[2 * i + 1] = digits[bytes[i] & 15];
	}
	id[2 * sizeof(bytes)] = '\0';
	return 0;
}

/* In the child: the record as it is to be while it sets itself up. */
static int
name_itself(void *context, pid_t session)
{
	struct keeper *k = context;
	struct process_stat self;

	if (process_stat(getpid(), &self) == -1)
		return -1;
	k->main_pid = self.pid;
	k->main_start = self.start;
	k->record.session = session;
	return announce_child(k);
}

/* The program's arguments and environment; *what says what failed. */
static int
prepare_program(struct keeper *k, struct environment *environment,
    struct strings *arguments, char *what, size_t size)
{
	const struct exec_line *line = &k->service->exec_start.items[0];
	const char *file;
	char unset[64];
	int error;

	if (environment_build(k->service, k->order->credentials,
	    k->invocation, environment, &file) == -1) {
		error = errno;
		if (file != NULL)
			snprintf(what, size, "read environment file %s", file);
		else
			snprintf(what, size, "make the environment");
		errno = error;
		return -1;
	}
	if (exec_expand(line, environment->items, arguments, unset,
	    sizeof(unset)) == -1) {
		error = errno;
		environment_free(environment);
		snprintf(what, size, "replace variables in ExecStart");
		errno = error;
		return -1;
	}
	if (unset[0] != '\0')
		announce_remark(k, "%s is not set: nothing stands for it in "
		    "ExecStart", unset);
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
		.parent = k->service->keeper ? getpid() : 0,
		.word = k->word,
		.name = name_itself,
		.context = k,
	};
	const unsigned prefixes = k->service->exec_start.items[0].prefixes;
	struct environment environment;
	struct strings arguments;
	int result, error;

	snprintf(what, size, "make an invocation id");
	if (make_invocation_id(k->invocation) == -1)
		return -1;
	if (prepare_program(k, &environment, &arguments, what, size) == -1)
		return -1;
	order.environment = environment.items;
	order.arguments = arguments.items;
	order.directory = strcmp(k->service->working_directory, "~") != 0 ?
	    k->service->working_directory :
	    k->order->credentials->home;
	if ((prefixes & (EXEC_PRIVILEGED | EXEC_KEEP_USER)) != 0)
		order.credentials = NULL;
	k->record.log_offset = output_offset(&k->output);
	k->record.started_usec = watch_realtime();
	/* How the last run ended stays: `wait` and `status` ask for it. */
	k->record.ready_took_usec = 0;
	snprintf(what, size, "fork");
	hold_share(k->order->hold);
	result = child_spawn(&order, &k->child);
	error = errno;
	environment_free(&environment);
	strings_clear(&arguments);
	errno = error;
	return result;
}

/* In a command there is nobody else to write it meanwhile. */
static int
save_definition(const struct keeper *k, char *what, size_t size)
{
	const char *path = k->order->paths->definition;

	if (!k->in_caller || !k->order->save_definition)
		return 0;
	snprintf(what, size, "write %.300s", path);
	return definition_write(path, k->service);
}

/* The child knows itself; we are to know it as well. */
static int
look_at_child(struct keeper *k, char *what, size_t size)
{
	struct process_stat st;
	int error;

	k->main_pid = k->child.pid;
	k->main_start = 0;
	k->record.session = k->child.session;
	if (process_stat(k->main_pid, &st) == 0) {
		k->main_start = st.start;
		return 0;
	}
	error = errno;
	snprintf(what, size, "look at process %d", k->main_pid);
	(void)process_signal(k->main_pid, 0, SIGKILL);
	errno = error;
	return -1;
}

bool
run_spawn(struct keeper *k)
{
	char what[320];
	int error;

	k->adopted = k->main_died = k->died_executed = false;
	k->empty = false;
	k->failed_step[0] = '\0';
	k->failed_errno = 0;
	k->child.channel = -1;
	if (save_definition(k, what, sizeof(what)) == -1 ||
	    output_restart(&k->output, k->service, k->order->paths,
	    k->order->credentials->uid, what, sizeof(what)) == -1 ||
	    fork_service(k, what, sizeof(what)) == -1) {
		error = errno;
		k->main_pid = 0;
		k->machine.result = RESULT_RESOURCES;
		announce_failure(k, what, error);
		return false;
	}
	if (look_at_child(k, what, sizeof(what)) == -1) {
		error = errno;
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

	child_describe(report, k->service, k->order->paths, what,
	    sizeof(what));
	if (report->fatal) {
		k->machine.result = report->step == STEP_EXEC ? RESULT_EXEC :
		    RESULT_RESOURCES;
		announce_failure(k, what, report->error);
		return;
	}
	announce_note(k, what, report->error,
	    "going on with what is allowed");
}

/* Our child, not reaped yet: for when /proc cannot be read. */
static bool
is_dead(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1 ||
	    info.si_pid != 0;
}

/* End of file is also what its death before exec looks like. */
static bool
has_executed(const struct keeper *k)
{
	struct process_stat st;

	if (k->main_died)
		return k->died_executed;
	return process_stat(k->main_pid, &st) == 0 ? st.executed :
	    !is_dead(k->main_pid);
}

bool
run_news(struct keeper *k, enum keeper_event *ret)
{
	struct child_report report;

	if (k->child.channel == -1)
		return false;
	switch (child_read(&k->child, &report)) {
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
	*ret = EVENT_EXECUTED;
	return has_executed(k);
}
