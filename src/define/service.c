/*
 * The service's definition: see service.h.  Here are its defaults; what a
 * single value may be is the business of directive.c, and what the values may
 * be together that of check.c.
 */
#include "config.h"

#include "define/service.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>


void
service_set_text(char **field, const char *text)
{
	char *copy = text == NULL ? NULL : text_copy(text);

	free(*field);
	*field = copy;
}

void
service_init(struct service *s, const char *name)
{
	*s = (struct service){
		.umask = SERVICE_UMASK,
		.ignore_sigpipe = true,
		.scheduling_priority = -1,
		.io_class = -1,
		.io_priority = -1,
		.output = OUTPUT_LOG,
		.kill_signal = SIGTERM,
		.timeout_stop_usec = SERVICE_TIMEOUT_STOP_USEC,
		.kill_mode = KILL_CONTROL_GROUP,
		.restart = RESTART_NO,
		.ready = READY_EXEC,
		.timeout_start_usec = SERVICE_TIMEOUT_START_USEC,
		.keeper = true,
	};
	service_set_text(&s->name, name);
	service_set_text(&s->working_directory, SERVICE_DIRECTORY);
	schedule_default(s->kill_signal, s->timeout_stop_usec,
	    &s->stop_schedule);
}

void
service_free(struct service *s)
{
	free(s->name);
	free(s->description);
	exec_clear(&s->exec_start);
	strings_clear(&s->ungiven);
	strings_clear(&s->pass_environment);
	strings_clear(&s->unset_environment);
	strings_clear(&s->supplementary_groups);
	free(s->working_directory);
	free(s->user);
	free(s->group);
	strings_clear(&s->environment);
	strings_clear(&s->environment_files);
	free(s->output_path);
	free(s->pidfile);
	memset(s, 0, sizeof(*s));
}
