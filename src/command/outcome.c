/*
 * The outcome of a start: see outcome.h.
 */
#include "config.h"

#include "command/outcome.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/interrupts.h"
#include "command/stopping.h"
#include "keeper/keeper.h"
#include "message.h"
#include "process/process.h"
#include "state/watch.h"

#define TAIL_LINES 10
#define PROGRESS_MSEC 1000

static void
say_progress(const struct starting *s, int64_t since)
{
	char span[32];

	if (message_verbosity() == QUIET || !isatty(STDERR_FILENO))
		return;
	value_print_ago(since == 0 ? 0 : watch_now() - since, span,
	    sizeof(span));
	if (since == 0)
		fprintf(stderr, "\r\033[K");
	else
		fprintf(stderr, "\r\033[K%s: starting, %s", s->name, span);
	fflush(stderr);
}

/*
 * The report (1), end of file without one (0), or an interruption (-1, its
 * signal in *ret_signal).
 */
static int
read_report(const struct starting *s, int channel, struct interrupts *in,
    struct keeper_report *ret, int *ret_signal)
{
	struct pollfd fds[2] = {
		{ channel, POLLIN, 0 },
		{ in->fd, POLLIN, 0 },
	};
	const int64_t since = watch_now();
	bool progress = false;
	ssize_t n;

	for (;;) {
		if (poll(fds, 2, PROGRESS_MSEC) == 0) {
			say_progress(s, since);
			progress = true;
			continue;
		}
		if (fds[0].revents != 0) {
			n = read(channel, ret, sizeof(*ret));
			if (n == -1)
				continue;
			if (progress)
				say_progress(s, 0);
			return n == (ssize_t)sizeof(*ret);
		}
		*ret_signal = interrupts_read(in);
		if (*ret_signal != 0) {
			if (progress)
				say_progress(s, 0);
			return -1;
		}
	}
}

/* Our child, and not reaped yet: its number is nobody else's. */
static void
end_keeper(pid_t keeper, struct interrupts *in)
{
	union sigval request = { .sival_int = PROCESS_REQUEST };
	struct pollfd fds[2] = { { -1, POLLIN, 0 }, { in->fd, POLLIN, 0 } };

	(void)sigqueue(keeper, SIGTERM, request);
	(void)kill(keeper, SIGCONT);
	fds[0].fd = process_open(keeper, 0);
	while (fds[0].fd != -1) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			break;
		if (fds[0].revents != 0)
			break;
		/* Interrupted again: impatience, the next step now. */
		if (interrupts_read(in) != 0)
			(void)kill(keeper, SIGTERM);
	}
	if (fds[0].fd != -1)
		close(fds[0].fd);
	while (waitpid(keeper, NULL, 0) == -1 && errno == EINTR)
		continue;
}

/*
 * The default directory is /: an argument that names a file where the caller
 * is was perhaps meant to be found there.
 */
static void
hint_at_directory(const struct starting *s, const struct service *service)
{
	const struct strings *command = &service->exec_start.items[0].words;
	struct stat st;

	if (strcmp(service->working_directory, "/") != 0)
		return;
	for (size_t i = 1; i < command->count; i++) {
		const char *word = command->items[i];

		if (word[0] == '/' || word[0] == '-' || word[0] == '\0' ||
		    stat(word, &st) == -1)
			continue;
		message_warn("%s: it ran in /, but '%s' is in the current "
		    "directory: --same-dir or --chdir starts it there",
		    s->name, word);
		return;
	}
}

int
outcome_status(enum result result, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		/* A directory that is missing is no program. */
		return result == RESULT_EXEC ? EXIT_NOT_INSTALLED :
		    EXIT_FAILED;
	case EACCES:
	case EPERM:
		return EXIT_NO_PERMISSION;
	}
	return EXIT_FAILED;
}

/* How a service died that was not ready yet: "exited with status 3". */
static void
describe_death(const struct service *service, const struct keeper_report *r,
    char *buf, size_t size)
{
	char span[32], name[32];

	value_print_ago(r->took_usec, span, sizeof(span));
	if (r->result == RESULT_TIMEOUT) {
		value_print_ago(service->timeout_start_usec, span,
		    sizeof(span));
		snprintf(buf, size, "not ready within %s (--start-timeout): "
		    "ended", span);
	} else if (r->code == CLD_EXITED)
		snprintf(buf, size, "exited with status %d after %s, before "
		    "it was ready", r->status, span);
	else if (r->code != 0)
		snprintf(buf, size, "killed by %s%s after %s, before it was "
		    "ready", value_signal_name(r->status, name, sizeof(name)),
		    r->code == CLD_DUMPED ? " (core dumped)" : "", span);
	else
		snprintf(buf, size, "ended after %s, before it was ready",
		    span);
}

static void
say_death(const struct starting *s, const struct service *service,
    const struct keeper_report *r)
{
	const char *log = service->output == OUTPUT_LOG ? s->paths->log :
	    service->output_path;
	struct stat st;
	char death[160];

	describe_death(service, r, death, sizeof(death));
	if (log == NULL || stat(log, &st) == -1 ||
	    st.st_size <= r->log_offset) {
		message_error("%s: %s", s->name, death);
		return;
	}
	message_error("%s: %s; its last lines:", s->name, death);
	command_show_tail(log, r->log_offset, TAIL_LINES);
}

/* What daemons do when they are not told otherwise. */
static void
hint_at_background(const struct starting *s, const struct keeper_report *r)
{
	if (r->result != RESULT_TIMEOUT && r->code == CLD_EXITED &&
	    r->status == 0)
		message_warn("%s: if it went into the background by itself: "
		    "it has an option to stay in the foreground", s->name);
}

/* As restart says it when the keeper was alive. */
static int
say_tried_again(const struct starting *s, const struct keeper_report *r)
{
	const struct record ended = {
		.exec_main_code = r->code,
		.exec_main_status = r->status,
	};
	char ending[128], span[32], again[64] = "";

	value_print_ago(r->again_usec, span, sizeof(span));
	if (r->again_usec != USEC_INFINITY)
		snprintf(again, sizeof(again), "; it is tried again in %s",
		    span);
	view_ending(&ended, ending, sizeof(ending));
	if (r->what[0] != '\0')
		message_error("%s: cannot %s: %s%s", s->name, r->what,
		    message_strerror(r->error), again);
	else
		message_error("%s: not ready after the restart (%s)%s",
		    s->name, ending, again);
	return EXIT_FAILED;
}

static int
say_failure(const struct starting *s, const struct service *service,
    const struct keeper_report *r)
{
	if (r->goes_on)
		return say_tried_again(s, r);
	if (r->result == RESULT_INTERRUPTED)
		message_error("%s: was stopped before it was ready", s->name);
	else if (r->what[0] != '\0')
		message_error("%s: cannot %s: %s", s->name, r->what,
		    message_strerror(r->error));
	else {
		say_death(s, service, r);
		hint_at_background(s, r);
	}
	hint_at_directory(s, service);
	return outcome_status(r->result, r->error);
}

static int
say_ready(const struct starting *s, const struct keeper_report *r)
{
	char span[32];

	if (r->note[0] != '\0')
		message_warn("%s: %s", s->name, r->note);
	value_print_ago(r->took_usec, span, sizeof(span));
	if (r->adopted)
		message_say("%s: already running, pid %d (adopted: its keeper "
		    "had died)", s->name, r->pid);
	else if (s->kind == STARTING_RESTART)
		message_say("%s: restarted, pid %d (ready in %s)", s->name,
		    r->pid, span);
	else
		message_say("%s: running, pid %d (ready in %s)", s->name,
		    r->pid, span);
	return message_flush();
}

static int
say_cannot_write(const struct starting *s, bool undone)
{
	message_error("%s: cannot write standard output: %s%s", s->name,
	    message_strerror(errno), undone ? "; the start was undone" : "");
	return EXIT_FAILED;
}

/*
 * What was to be adopted had died since we looked, by itself or because it was
 * stopped, and is not restarted: there is nothing to adopt.
 */
static bool
died_meanwhile(const struct keeper_report *r)
{
	return !r->ready && !r->goes_on && r->adopted && r->what[0] == '\0';
}

int
outcome_wait(const struct starting *s, const struct keeper_order *order,
    pid_t keeper, int channel, struct interrupts *in)
{
	struct keeper_report report;
	bool started = order->begin == KEEPER_START;
	int result, status, signal = 0;

	interrupts_open(in);
	result = read_report(s, channel, in, &report, &signal);
	if (result == -1 && started) {
		end_keeper(keeper, in);
		message_error("%s: interrupted: the start was undone",
		    s->name);
	}
	if (result == -1)
		interrupts_die_by(in, signal);
	if (result == 0 || (order->begin == KEEPER_ADOPT &&
	    died_meanwhile(&report)))
		status = OUTCOME_AGAIN;
	else if (!report.ready)
		status = say_failure(s, order->service, &report);
	else if (say_ready(s, &report) == -1) {
		int error = errno;

		if (started)
			end_keeper(keeper, in);
		errno = error;
		status = say_cannot_write(s, started);
	} else
		status = EXIT_DONE;
	/*
	 * It goes on, or it is ending and must be seen to be gone.  Without a
	 * report it is dead, or could not write one and goes on.
	 */
	if (result == 0)
		(void)waitpid(keeper, NULL, WNOHANG);
	else if (result == 1 && !report.ready && !report.goes_on)
		while (waitpid(keeper, NULL, 0) == -1 && errno == EINTR)
			continue;
	close(channel);
	interrupts_release(in);
	return status;
}

int
outcome_say(const struct starting *s, const char *what, const struct view *v)
{
	message_say("%s: %s, pid %d", s->name, what, v->record.main_pid);
	if (message_flush() == -1)
		return say_cannot_write(s, false);
	return EXIT_DONE;
}

int
outcome_say_failure_of_other(const struct starting *s, const struct view *v)
{
	const struct record *r = &v->record;
	char ending[128];

	if (r->failed_step[0] != '\0')
		message_error("%s: another start failed: cannot %s: %s",
		    s->name, r->failed_step, message_strerror(r->failed_errno));
	else {
		view_ending(r, ending, sizeof(ending));
		message_error("%s: another start failed: %s%s%s", s->name,
		    record_result_name(r->result),
		    ending[0] != '\0' ? ", " : "", ending);
	}
	return outcome_status(r->result, r->failed_errno);
}

/* What keeper_run() did came to nothing. */
static int
say_failure_without_keeper(const struct starting *s,
    const struct keeper_order *order, const struct keeper_report *r,
    bool is_left, struct interrupts *in)
{
	if (is_left) {
		message_error("%s: not ready, and it would not stop: the stop "
		    "schedule is exhausted", s->name);
		return EXIT_FAILED;
	}
	if (r->interrupted_by == 0)
		return say_failure(s, order->service, r);
	message_error("%s: interrupted: the start was undone", s->name);
	interrupts_die_by(in, r->interrupted_by);
}

int
outcome_start_without_keeper(const struct starting *s,
    const struct keeper_order *order)
{
	struct interrupts in;
	struct keeper_report report;
	bool is_left;
	int status, error;

	/* What comes late must not end us before the outcome is told. */
	interrupts_block(&in);
	is_left = keeper_run(order, &report) == -1;
	if (!report.ready)
		status = say_failure_without_keeper(s, order, &report, is_left,
		    &in);
	else if (say_ready(s, &report) == -1) {
		error = errno;
		(void)stopping_run(s->name, s->paths, false);
		errno = error;
		status = say_cannot_write(s, true);
	} else
		status = EXIT_DONE;
	interrupts_release(&in);
	return status;
}
