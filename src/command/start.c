/*
 * start: one service with a command and its options, or services that were
 * started before, by the definition they left.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/outcome.h"
#include "command/preparing.h"
#include "command/starting.h"
#include "define/unit.h"
#include "message.h"
#include "process/credentials.h"

/* The whole plan, without doing it. */
static void
print_plan(const struct starting *starting, const struct service *s,
    const struct credentials *c)
{
	const struct paths *p = starting->paths;
	char schedule[256];

	if (message_verbosity() == QUIET || message_stdout_closed())
		return;
	schedule_print(&s->stop_schedule, schedule, sizeof(schedule));
	message_say("# %s: would start this", starting->name);
	message_say("# pidfile %s%s%s", p->pid,
	    s->pidfile != NULL ? " and " : "",
	    s->pidfile != NULL ? s->pidfile : "");
	message_say("# log %s", s->output == OUTPUT_LOG ? p->log :
	    s->output_path != NULL ? s->output_path : "(none)");
	message_say("# user %u, group %u", (unsigned)c->uid,
	    (unsigned)c->gid);
	message_say("# stop schedule %s", schedule);
	/* A definition's lines may be longer than those of a message. */
	unit_print(s, stdout);
}

static int
start(const char *name, struct paths *p, void *context)
{
	struct start_options *o = context;
	struct starting starting = {
		.kind = STARTING_START,
		.name = name,
		.paths = p,
	};

	if (o->command.count > 0) {
		starting.given = &o->service;
		free(o->service.name);
		o->service.name = strdup(name);
		if (o->service.name == NULL)
			message_die("out of memory");
	}
	if (o->common.dry_run)
		return preparing_plan(&starting, print_plan);
	return starting_run(&starting);
}

static int
run_start(int argc, char **argv)
{
	struct start_options o;
	char err[512];
	int status;

	/* What the caller has open is not the service's, and not ours. */
	closefrom(STDERR_FILENO + 1);
	command_ignore_pipe();
	if (options_parse_start(argc, argv, &o, err, sizeof(err)) == -1)
		return command_usage("start: %s", err);
	if (o.common.quiet)
		message_set_verbosity(QUIET);
	else if (o.common.verbose)
		message_set_verbosity(VERBOSE);
	status = preparing_foresee(&o.names, &o.common,
	    o.command.count > 0 ? &o.service : NULL);
	if (status == EXIT_DONE)
		status = command_each(&o.names, &o.common, start, &o);
	options_free_start(&o);
	return status;
}

const struct command command_start = {
	.name = "start",
	.usage = "NAME... [OPTION...] [-- COMMAND [ARGUMENT...]]",
	.help = "start a service and wait until it is ready",
	.run = run_start,
};
