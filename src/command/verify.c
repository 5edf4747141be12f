/*
 * verify: all that is wrong in unit files, and what is not applied of them.
 */
#include "config.h"

#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "command/preparing.h"
#include "define/search.h"
#include "define/unit.h"
#include "message.h"

static void
say(void *context, bool is_error, const char *line)
{
	(void)context;
	if (is_error || message_verbosity() != QUIET)
		message_print("%s", line);
}

/* What no line has, but the whole: no command, or two that do not agree. */
static int
check_whole(const struct found *found, struct service *s)
{
	char err[512];

	if (service_check(s, err, sizeof(err)) == 0)
		return EXIT_DONE;
	message_print("%s: %s", found->file, err);
	return EXIT_NOT_CONFIGURED;
}

static int
verify(const char *name, struct paths *p, void *context)
{
	const struct unit_listener listener = { .say = say };
	struct service s;
	struct found found;
	char err[512];
	int status = EXIT_NOT_CONFIGURED, error;

	(void)context;
	service_init(&s, name);
	if (preparing_find(name, p, &found, &error, err, sizeof(err)) == -1)
		message_error("%s: %s", name, err);
	else if (found.file == NULL)
		message_error("%s: not known: there is no unit file", name);
	else if (found.is_masked)
		message_error("%s: it is masked, by %s", name, found.file);
	else if (unit_verify(&s, &found, &listener) == 0)
		status = check_whole(&found, &s);
	search_free(&found);
	service_free(&s);
	return status;
}

static int
run_verify(int argc, char **argv)
{
	struct common_options common;

	return command_run(argc, argv, &common, verify, NULL);
}

const struct command command_verify = {
	.name = "verify",
	.usage = "NAME... | FILE...",
	.help = "say what is wrong in unit files",
	.run = run_verify,
};
