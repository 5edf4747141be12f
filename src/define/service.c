/*
 * The service's definition: see service.h.  Here are its defaults, its lists
 * of strings, and the check of the whole; what a single value may be is the
 * business of directive.c.
 */
#include "config.h"

#include "define/service.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/directive.h"
#include "define/unit.h"
#include "message.h"

/* systemd's defaults for the half of a start limit that is not given. */
#define START_LIMIT_INTERVAL_USEC (10 * USEC_PER_SEC)
#define START_LIMIT_BURST 5

static char *
copy_text(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		message_die("out of memory");
	return copy;
}

void
strings_add(struct strings *list, const char *text)
{
	char *copy = copy_text(text), **items = list->items;

	/* One for the NULL; a count of 2^n - 1 means that all are taken. */
	if ((list->count & (list->count + 1)) == 0) {
		items = reallocarray(items, (list->count + 1) * 2,
		    sizeof(items[0]));
		if (items == NULL)
			message_die("out of memory");
		list->items = items;
	}
	items[list->count++] = copy;
	items[list->count] = NULL;
}

/* The index of KEY=..., or list->count. */
static size_t
find_key(const struct strings *list, const char *key, size_t length)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (strncmp(list->items[i], key, length) == 0 &&
		    list->items[i][length] == '=')
			break;
	}
	return i;
}

void
strings_set(struct strings *list, const char *assignment)
{
	size_t i = find_key(list, assignment, strcspn(assignment, "="));

	if (i == list->count)
		strings_add(list, assignment);
	else
		service_set_text(&list->items[i], assignment);
}

void
strings_unset(struct strings *list, const char *key)
{
	size_t i = find_key(list, key, strlen(key));

	if (i == list->count)
		return;
	free(list->items[i]);
	memmove(&list->items[i], &list->items[i + 1],
	    (list->count - i) * sizeof(list->items[0]));
	if (--list->count == 0)
		strings_clear(list);
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
	char *copy = text == NULL ? NULL : copy_text(text);

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

static int
contradiction(const char *one, const char *other, char *err, size_t size)
{
	snprintf(err, size, "%s and %s contradict each other", one, other);
	return -1;
}

/* What is written in the generated definition must be readable again. */
static bool
is_too_long(const struct service *s)
{
	const struct directive *d = directive_find("ExecStart");
	char *line = NULL;
	size_t i, length = 0;
	bool ret;

	for (i = 0; i < s->command.count; i++)
		length += strlen(s->command.items[i]) + 1;
	if (length < UNIT_LINE_MAX / 8 || !d->print(s, d, 0, &line))
		return false;
	ret = strlen(d->name) + 1 + strlen(line) > UNIT_LINE_MAX;
	free(line);
	return ret;
}

static int
check_stop(struct service *s, char *err, size_t size)
{
	size_t i;

	if (!s->stop_schedule_is_set) {
		schedule_default(s->kill_signal, s->timeout_stop_usec,
		    &s->stop_schedule);
		return 0;
	}
	if (s->kill_signal_is_set)
		return contradiction("X-HoldfastStopSchedule=", "KillSignal=",
		    err, size);
	if (s->timeout_stop_is_set)
		return contradiction("X-HoldfastStopSchedule=",
		    "TimeoutStopSec=", err, size);
	for (i = 0; i < s->stop_schedule.length; i++) {
		if (s->stop_schedule.items[i].kind == SCHEDULE_SIGNAL)
			return 0;
	}
	snprintf(err, size,
	    "X-HoldfastStopSchedule=: expected at least one signal");
	return -1;
}

/*
 * A half that was set to 0 is -1 until here, where both halves are known:
 * then the limit is off; a half that was not set gets its default.
 */
static void
complete_start_limit(struct service *s)
{
	if (s->start_limit_interval_usec < 0 || s->start_limit_burst < 0) {
		s->start_limit_interval_usec = 0;
		s->start_limit_burst = 0;
	} else if (s->start_limit_burst > 0 &&
	    s->start_limit_interval_usec == 0) {
		s->start_limit_interval_usec = START_LIMIT_INTERVAL_USEC;
	} else if (s->start_limit_interval_usec > 0 &&
	    s->start_limit_burst == 0) {
		s->start_limit_burst = START_LIMIT_BURST;
	}
}

int
service_check(struct service *s, char *err, size_t size)
{
	if (s->command.count == 0 || s->command.items[0][0] == '\0') {
		snprintf(err, size, "expected a command (ExecStart=)");
		return -1;
	}
	if (is_too_long(s)) {
		snprintf(err, size,
		    "ExecStart=: expected a command of at most 1 MiB");
		return -1;
	}
	if (!s->keeper && s->restart != RESTART_NO)
		return contradiction("X-HoldfastKeeper=no", "Restart=", err,
		    size);
	if (check_stop(s, err, size) == -1)
		return -1;
	complete_start_limit(s);
	return 0;
}
