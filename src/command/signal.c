/*
 * signal, reload and force-reload: a signal to the main process, and to no
 * other, whoever has its number now.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "command/command.h"
#include "command/damaged.h"
#include "message.h"
#include "process/process.h"
#include "state/events.h"

struct signalling {
	const struct common_options *common;
	int signal;
	const char *done;	/* "reloaded", or NULL: "sent SIGx to" */
};

static int
send_signal(const char *name, struct paths *p, void *context)
{
	const struct signalling *s = context;
	struct view v;
	char signal[32];
	int error;

	value_signal_name(s->signal, signal, sizeof(signal));
	view_read(p, &v);
	if (v.live == LIVE_UNKNOWN)
		return damaged_refuse(name, p, &v, "signal it");
	if (v.live == LIVE_UP && s->common->dry_run) {
		message_say("%s: would send %s to pid %d", name, signal,
		    v.record.main_pid);
		return EXIT_DONE;
	}
	if (v.live == LIVE_UP && process_signal(v.record.main_pid,
	    v.record.main_start, s->signal) == 0)
		error = 0;
	else
		error = v.live == LIVE_UP ? errno : ESRCH;
	if (error != 0) {
		message_error("%s: cannot send %s: %s", name, signal,
		    error == ESRCH ? "not running" : message_strerror(error));
		return error == ESRCH ? EXIT_NOT_RUNNING :
		    command_status_of(error);
	}
	if (s->done != NULL)
		message_say("%s: %s (%s to pid %d)", name, s->done, signal,
		    v.record.main_pid);
	else
		message_say("%s: sent %s to pid %d", name, signal,
		    v.record.main_pid);
	return EXIT_DONE;
}

/* NAME... SIGNAL, or NAME... with --signal. */
static int
run_signal(int argc, char **argv)
{
	const char *text = NULL, *wrong;
	const struct command_option own[] = {
		{ "signal", 's', &text, NULL },
		{ NULL, 0, NULL, NULL },
	};
	struct common_options common = { 0 };
	struct strings names = { 0 };
	struct signalling s = { .common = &common };
	size_t total;
	int status;

	if (command_options(argc, argv, own, &common, &names) == -1)
		return EXIT_USAGE;
	if (names.count < (text == NULL ? 2 : 1))
		return command_usage("signal: expected NAME... SIGNAL");
	/* The last operand is the signal; the list is freed whole later. */
	total = names.count;
	if (text == NULL)
		text = names.items[--names.count];
	wrong = value_parse_signal(text, &s.signal);
	status = wrong != NULL ?
	    command_usage("signal: '%s': %s", text, wrong) :
	    command_each(&names, &common, send_signal, &s);
	names.count = total;
	strings_clear(&names);
	return status;
}

static int
run_reload(int argc, char **argv)
{
	struct common_options common;
	struct signalling s = {
		.common = &common,
		.signal = SIGHUP,
		.done = "reloaded",
	};

	return command_run(argc, argv, &common, send_signal, &s);
}

const struct command command_signal = {
	.name = "signal",
	.usage = "NAME... SIGNAL",
	.help = "send a signal to the main process of services",
	.run = run_signal,
};

const struct command command_reload = {
	.name = "reload",
	.usage = "NAME...",
	.help = "have services read their configuration again (SIGHUP)",
	.run = run_reload,
};

const struct command command_force_reload = {
	.name = "force-reload",
	.usage = "NAME...",
	.help = "the same: as init scripts call it",
	.run = run_reload,
};
