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
#include "command/starting.h"
#include "define/unit.h"
#include "message.h"
#include "process/credentials.h"
#include "state/definition.h"

/* The whole plan, without doing it. */
static int
print_plan(const char *name, const struct paths *p, struct service *given)
{
	struct service stored, *s = given;
	struct credentials c;
	char err[512], schedule[256], *text, *line, *end;
	size_t length;
	int error, result = 0;

	service_init(&stored, name);
	if (given == NULL) {
		s = &stored;
		result = definition_read(p->definition, s, &error, err,
		    sizeof(err));
	}
	if (result != 0) {
		message_error("%s: %s", name, result == 1 ? "no definition" :
		    err);
		service_free(&stored);
		return EXIT_NOT_CONFIGURED;
	}
	if (credentials_resolve(s->user, s->group, &c, err, sizeof(err)) ==
	    -1) {
		message_error("%s: %s", name, err);
		service_free(&stored);
		return EXIT_FAILED;
	}
	schedule_print(&s->stop_schedule, schedule, sizeof(schedule));
	message_say("# %s: would start this", name);
	message_say("# pidfile %s%s%s", p->pid,
	    s->pidfile != NULL ? " and " : "",
	    s->pidfile != NULL ? s->pidfile : "");
	message_say("# log %s", s->output == OUTPUT_LOG ? p->log :
	    s->output_path != NULL ? s->output_path : "(none)");
	message_say("# user %u, group %u", (unsigned)c.uid, (unsigned)c.gid);
	message_say("# stop schedule %s", schedule);
	text = unit_text(s, &length);
	for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1)
		message_say("%.*s", (int)(end - line), line);
	free(text);
	credentials_free(&c);
	service_free(&stored);
	return EXIT_DONE;
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
		return print_plan(name, p, starting.given);
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
	status = starting_foresee(&o.names, &o.common,
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
