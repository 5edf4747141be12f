/*
 * The check of a whole definition: service_check() of service.h.  It can be
 * done again without harm: a definition that it let through it lets through
 * unchanged.
 */
#include "config.h"

#include "define/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/directive.h"
#include "define/specifier.h"
#include "define/unit.h"

/* systemd's defaults for the half of a start limit that is not given. */
#define START_LIMIT_INTERVAL_USEC (10 * USEC_PER_SEC)
#define START_LIMIT_BURST 5

bool
service_contradicts(const struct service *s, const char **ret_one,
    const char **ret_other)
{
	const struct {
		const char *one, *other;
		bool hold;
	} rules[] = {
		{ "X-HoldfastStopSchedule", "KillSignal",
		    s->stop_schedule_is_set && !s->stop_schedule_is_time &&
		    s->kill_signal_is_set },
		{ "X-HoldfastStopSchedule", "TimeoutStopSec",
		    s->stop_schedule_is_set && s->timeout_stop_is_set },
		{ "X-HoldfastKeeper", "Restart",
		    !s->keeper && s->restart != RESTART_NO },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].hold)
			continue;
		*ret_one = rules[i].one;
		*ret_other = rules[i].other;
		return true;
	}
	return false;
}

/* What is written in the generated definition must be readable again. */
static bool
is_too_long(const struct exec_line *line)
{
	size_t i, length = strlen(line->program) + 1;
	char *text;
	bool ret;

	for (i = 0; i < line->words.count; i++)
		length += strlen(line->words.items[i]) + 1;
	if (length < UNIT_LINE_MAX / 8)
		return false;
	text = exec_print(line);
	ret = strlen("ExecStart=") + strlen(text) > UNIT_LINE_MAX;
	free(text);
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
	if (s->stop_schedule_is_time)
		s->stop_schedule.items[0].signal = s->kill_signal;
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

/* Without a user, it is the home directory of who starts it. */
static int
check_directory(struct service *s, char *err, size_t size)
{
	const char *error;
	char *home;

	if (strcmp(s->working_directory, "~") != 0 || s->user != NULL)
		return 0;
	error = specifier_expand("", "%h", &home);
	if (error != NULL) {
		snprintf(err, size, "WorkingDirectory=~: %s", error);
		return -1;
	}
	service_set_text(&s->working_directory, home);
	free(home);
	return 0;
}

int
service_check(struct service *s, char *err, size_t size)
{
	const char *one, *other;

	if (s->exec_start.count == 0 ||
	    s->exec_start.items[0].program[0] == '\0') {
		snprintf(err, size, "expected a command (ExecStart=)");
		return -1;
	}
	if (s->exec_start.count > 1) {
		snprintf(err, size, "ExecStart=: expected one command only");
		return -1;
	}
	if (is_too_long(&s->exec_start.items[0])) {
		snprintf(err, size,
		    "ExecStart=: expected a command of at most 1 MiB");
		return -1;
	}
	if (service_contradicts(s, &one, &other)) {
		snprintf(err, size, "%s= and %s= contradict each other", one,
		    other);
		return -1;
	}
	if (check_directory(s, err, size) == -1 ||
	    check_stop(s, err, size) == -1)
		return -1;
	complete_start_limit(s);
	return 0;
}
