/*
 * What the keeper says: the record, the events, and the report to who started
 * it.  The record is written whole at each change; nobody writes it but who has
 * the hold: the keeper, and its child until it executes.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "define/service.h"
#include "define/value.h"
#include "keeper/private.h"
#include "message.h"
#include "process/process.h"
#include "state/events.h"
#include "state/paths.h"
#include "state/watch.h"

/* The command for people: words with anything odd in them in quotes. */
static void
print_command(const struct exec_line *line, char *buf, size_t size)
{
	const char *odd = line->is_literal ? " \t\n'\"\\$" : " \t\n'\"\\";
	const char *quote, *word;
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < line->words.count && used < size - 1; i++) {
		word = i == 0 ? line->program : line->words.items[i];
		quote = word[0] == '\0' || strpbrk(word, odd) != NULL ? "'" :
		    "";
		used += snprintf(buf + used, size - used, "%s%s%s%s",
		    i == 0 ? "" : " ", quote, word, quote);
	}
}

void
announce_init(struct keeper *k)
{
	const struct service *s = k->service;
	struct process_stat self;
	struct record *r = &k->record;

	record_init(r);
	if (k->order->known != NULL)
		*r = *k->order->known;
	else
		print_command(&s->exec_start.items[0], k->command,
		    sizeof(k->command));
	if (k->order->known != NULL)
		snprintf(k->command, sizeof(k->command), "%s", r->command);
	r->command = k->command;
	snprintf(k->invocation, sizeof(k->invocation), "%.32s",
	    r->invocation_id);
	r->invocation_id = k->invocation;
	r->has_keeper = s->keeper;
	r->boot_id = record_boot_id();
	r->log = "";
	switch (s->output) {
	case OUTPUT_LOG:
		r->log = k->order->paths->log;
		break;
	case OUTPUT_APPEND:
	case OUTPUT_TRUNCATE:
		r->log = s->output_path;
		break;
	case OUTPUT_NULL:
	case OUTPUT_INHERIT:
		break;
	}
	r->pidfile = s->pidfile != NULL ? s->pidfile : "";
	r->user = s->user != NULL ? s->user : "";
	r->keeper_pid = 0;
	r->keeper_start = 0;
	/* A stop that is a container's first process: no record names 1. */
	if (!s->keeper || getpid() == 1)
		return;
	r->keeper_pid = getpid();
	if (process_stat(getpid(), &self) == 0)
		r->keeper_start = self.start;
}

/* INT64_MAX: RestartSec=infinity, so never. */
static int64_t
until_restart(const struct machine *m)
{
	if (m->state != KEEPER_BACKOFF)
		return 0;
	return m->restart_at == INT64_MAX ? INT64_MAX :
	    m->restart_at - watch_now();
}

static void
fill_record(struct keeper *k)
{
	const struct machine *m = &k->machine;
	struct record *r = &k->record;

	r->active_state = machine_active_state(m);
	r->sub_state = machine_sub_state(m);
	r->result = m->result;
	r->main_pid = m->main_alive ? k->main_pid : 0;
	r->main_start = m->main_alive ? k->main_start : 0;
	r->n_restarts = m->n_restarts;
	r->changed_usec = watch_realtime();
	r->stop_signal = m->signal;
	r->stop_took_usec = m->state == KEEPER_ENDED && m->stop_began != 0 ?
	    watch_now() - m->stop_began : 0;
	r->restart_in_usec = until_restart(m);
	/* Added to a time it must not overflow. */
	if (r->restart_in_usec == INT64_MAX)
		r->restart_in_usec = 0;
	r->failed_step = k->failed_step;
	r->failed_errno = k->failed_errno;
	if (record_is_final(r)) {
		r->keeper_pid = 0;
		r->keeper_start = 0;
	}
}

int
announce_record(struct keeper *k)
{
	/* Without the hold the record is another's to write. */
	if (k->order->hold == NULL)
		return 0;
	fill_record(k);
	k->record_is_stale = record_write(k->order->paths->record,
	    RECORD_BY_KEEPER, &k->record, k->adopted || k->lets_go ? NULL :
	    &k->vouch) == -1;
	return k->record_is_stale ? -1 : 0;
}

int
announce_child(struct keeper *k)
{
	fill_record(k);
	return record_write(k->order->paths->record, RECORD_BY_CHILD,
	    &k->record, NULL);
}

void
announce_death(struct keeper *k)
{
	const struct machine *m = &k->machine;
	const char *path = k->order->paths->events;
	char signal[16];

	k->record.exec_main_code = m->code;
	k->record.exec_main_status = m->status;
	k->record.exited_usec = watch_realtime();
	if (m->code == CLD_EXITED)
		events_add(path, "main process %d exited with status %d",
		    k->main_pid, m->status);
	else if (m->code == 0)
		events_add(path, "main process %d ended", k->main_pid);
	else
		events_add(path, "main process %d was killed by %s%s",
		    k->main_pid,
		    value_signal_name(m->status, signal, sizeof(signal)),
		    m->code == CLD_DUMPED ? " (core dumped)" : "");
}

void
announce_ready(struct keeper *k)
{
	const struct machine *m = &k->machine;

	k->record.active_usec = watch_realtime();
	k->record.ready_took_usec = m->ready - m->started;
}

void
announce_failure(struct keeper *k, const char *what, int error)
{
	snprintf(k->failed_step, sizeof(k->failed_step), "%s", what);
	k->failed_errno = error;
	events_add(k->order->paths->events, "cannot %s: %s", what,
	    message_strerror(error));
}

void
announce_note(struct keeper *k, const char *what, int error,
    const char *consequence)
{
	snprintf(k->report.note, sizeof(k->report.note),
	    "cannot %.200s: %s; %s", what, message_strerror(error), consequence);
	events_add(k->order->paths->events, "%s", k->report.note);
}

void
announce_remark(struct keeper *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(k->report.note, sizeof(k->report.note), fmt, ap);
	va_end(ap);
	events_add(k->order->paths->events, "%s", k->report.note);
}

void
announce_failed_run(struct keeper *k)
{
	if (k->report_fd == -1)
		return;
	k->report.goes_on = true;
	k->report.again_usec = until_restart(&k->machine);
	announce_outcome(k, false);
}

void
announce_outcome(struct keeper *k, bool ready)
{
	const struct machine *m = &k->machine;
	struct keeper_report *r = &k->report;

	r->ready = ready;
	r->adopted = k->adopted;
	r->result = m->result;
	/* The machine's are of this run, which may just have begun. */
	r->code = k->record.exec_main_code;
	r->status = k->record.exec_main_status;
	r->error = k->failed_errno;
	r->pid = k->main_pid;
	r->took_usec = watch_now() - m->started;
	r->log_offset = k->record.log_offset;
	r->stop_signal = m->signal;
	r->stop_took_usec = m->stop_began != 0 ? watch_now() - m->stop_began :
	    0;
	snprintf(r->what, sizeof(r->what), "%s", k->failed_step);
	if (k->report_fd == -1)
		return;
	/* Nobody there any more is no reason to stop. */
	(void)!write(k->report_fd, r, sizeof(*r));
	close(k->report_fd);
	k->report_fd = k->word = -1;
}
