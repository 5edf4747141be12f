/*
 * The service's definition: see service.h.  Here are its defaults and its
 * lists of strings; what a single value may be is the business of directive.c,
 * and what the values may be together that of check.c.
 */
#include "config.h"

#include "define/service.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

char *
text_copy(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		message_die("out of memory");
	return copy;
}

int
strings_try_add(struct strings *list, const char *text)
{
	char *copy, **items = list->items;

	/* One for the NULL; a count of 2^n - 1 means that all are taken. */
	if ((list->count & (list->count + 1)) == 0) {
		items = reallocarray(items, (list->count + 1) * 2,
		    sizeof(items[0]));
		if (items == NULL)
			return -1;
		list->items = items;
		items[list->count] = NULL;
	}
	copy = strdup(text);
	if (copy == NULL)
		return -1;
	items[list->count++] = copy;
	items[list->count] = NULL;
	return 0;
}

void
strings_add(struct strings *list, const char *text)
{
	if (strings_try_add(list, text) == -1)
		message_die("out of memory");
}

/* The index of KEY=..., or list->count. */
static size_t
find_key(const struct strings *list, const char *key, size_t length)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		/* The first look is for speed: a start does this often. */
		if (list->items[i][0] == key[0] &&
		    strncmp(list->items[i], key, length) == 0 &&
		    list->items[i][length] == '=')
			break;
	}
	return i;
}

int
strings_try_set(struct strings *list, const char *assignment)
{
	size_t i = find_key(list, assignment, strcspn(assignment, "="));
	char *copy;

	if (i == list->count)
		return strings_try_add(list, assignment);
	copy = strdup(assignment);
	if (copy == NULL)
		return -1;
	free(list->items[i]);
	list->items[i] = copy;
	return 0;
}

void
strings_set(struct strings *list, const char *assignment)
{
	if (strings_try_set(list, assignment) == -1)
		message_die("out of memory");
}

const char *
strings_get(const struct strings *list, const char *key)
{
	size_t length = strlen(key), i = find_key(list, key, length);

	return i == list->count ? NULL : list->items[i] + length + 1;
}

void
strings_clear(struct strings *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strings){ 0 };
}

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
	strings_clear(&s->command);
	free(s->working_directory);
	free(s->user);
	free(s->group);
	strings_clear(&s->environment);
	strings_clear(&s->environment_files);
	free(s->output_path);
	free(s->pidfile);
	memset(s, 0, sizeof(*s));
}
