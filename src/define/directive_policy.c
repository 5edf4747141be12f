/*
 * How the directives about output, stopping, restarting, readiness and the
 * hold are read and printed: see private.h.  A parser that fails
 * leaves the service as it was, and what a printer prints the parser reads
 * back to the same.
 */
#include "config.h"

#include "define/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"
#include "message.h"

static const char *const kill_modes[] = {
	[KILL_CONTROL_GROUP] = "control-group",
	[KILL_MIXED] = "mixed",
	[KILL_PROCESS] = "process",
	[KILL_PROCESS_GROUP] = "process-group",
};

static const char *const restart_policies[] = {
	[RESTART_NO] = "no",
	[RESTART_ON_SUCCESS] = "on-success",
	[RESTART_ON_FAILURE] = "on-failure",
	[RESTART_ON_ABNORMAL] = "on-abnormal",
	[RESTART_ON_ABORT] = "on-abort",
	[RESTART_ALWAYS] = "always",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is printed: "before" and then "text". */
static bool
print_joined(const char *before, const char *text, char **ret_value)
{
	if (asprintf(ret_value, "%s%s", before, text) == -1)
		message_die("out of memory");
	return true;
}

static bool
print_span(int64_t usec, const char *before, char **ret_value)
{
	char text[128];

	value_print_span(usec, text, sizeof(text));
	return print_joined(before, text, ret_value);
}

/* The index of value in names, or count. */
static size_t
look_up(const char *const *names, size_t count, const char *value)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(names[i], value) == 0)
			break;
	}
	return i;
}

/* A path behind a prefix is read by the row's general parser for paths. */
static const char *
set_output(struct service *s, enum output_kind kind, const char *path)
{
	static const struct directive path_row = {
		.name = "StandardOutput",
		.offset = offsetof(struct service, output_path),
	};
	const char *error;

	if (path != NULL && *path == '\0')
		return "expected an absolute path";
	error = directive_parse_path(s, &path_row, path == NULL ? "" : path);
	if (error == NULL)
		s->output = kind;
	return error;
}

const char *
directive_parse_output(struct service *s, const struct directive *d,
    const char *value)
{
	static const struct {
		const char *prefix;
		enum output_kind kind;
	} files[] = {
		{ "append:", OUTPUT_APPEND },
		/* systemd does not empty this one either. */
		{ "file:", OUTPUT_APPEND },
		{ "truncate:", OUTPUT_TRUNCATE },
	};
	static const char *const journals[] = { "journal", "syslog", "kmsg",
		"journal+console", "syslog+console", "kmsg+console", "" };
	size_t i, length;

	(void)d;
	for (i = 0; i < COUNT(files); i++) {
		length = strlen(files[i].prefix);
		if (strncmp(value, files[i].prefix, length) == 0)
			return set_output(s, files[i].kind, value + length);
	}
	if (strcmp(value, "null") == 0)
		return set_output(s, OUTPUT_NULL, NULL);
	if (strcmp(value, "inherit") == 0)
		return set_output(s, OUTPUT_INHERIT, NULL);
	/* Where systemd's journal would be is the log. */
	for (i = 0; i < COUNT(journals); i++) {
		if (strcmp(value, journals[i]) == 0)
			return set_output(s, OUTPUT_LOG, NULL);
	}
	return "expected journal, null, inherit, append:PATH or truncate:PATH";
}

bool
directive_print_output(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	static const struct directive path_row = {
		.offset = offsetof(struct service, output_path),
	};
	char *path = NULL;

	(void)d;
	if (i > 0 || s->output == OUTPUT_LOG)
		return false;
	if (s->output == OUTPUT_NULL)
		return print_joined("null", "", ret_value);
	if (s->output == OUTPUT_INHERIT)
		return print_joined("inherit", "", ret_value);
	if (!directive_print_text(s, &path_row, 0, &path))
		return false;
	print_joined(s->output == OUTPUT_APPEND ? "append:" : "truncate:",
	    path, ret_value);
	free(path);
	return true;
}

const char *
directive_parse_kill_signal(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = value_parse_signal(value, &s->kill_signal);

	(void)d;
	if (error == NULL)
		s->kill_signal_is_set = true;
	return error;
}

bool
directive_print_kill_signal(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	char name[32];

	(void)d;
	return i == 0 && s->kill_signal_is_set && print_joined("",
	    value_signal_name(s->kill_signal, name, sizeof(name)), ret_value);
}

/* systemd's tradition: 0 turns the timeout off. */
static const char *
parse_timeout(const char *value, int64_t *ret_usec)
{
	const char *error = value_parse_span(value, ret_usec);

	if (error == NULL && *ret_usec == 0)
		*ret_usec = USEC_INFINITY;
	return error;
}

const char *
directive_parse_timeout_stop(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = parse_timeout(value, &s->timeout_stop_usec);

	(void)d;
	if (error == NULL)
		s->timeout_stop_is_set = true;
	return error;
}

bool
directive_print_timeout_stop(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && s->timeout_stop_is_set &&
	    print_span(s->timeout_stop_usec, "", ret_value);
}

const char *
directive_parse_stop_schedule(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = schedule_parse(value, &s->stop_schedule);

	(void)d;
	if (error != NULL)
		return error;
	s->stop_schedule_is_set = true;
	s->stop_schedule_is_time = strchr(value, '/') == NULL &&
	    s->stop_schedule.length > 1;
	return NULL;
}

bool
directive_print_stop_schedule(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	struct schedule printed = s->stop_schedule;
	char text[SCHEDULE_MAX * 64];

	(void)d;
	if (i > 0 || !s->stop_schedule_is_set)
		return false;
	if (s->stop_schedule_is_time)
		printed = (struct schedule){ 1, { printed.items[1] } };
	schedule_print(&printed, text, sizeof(text));
	return print_joined("", text, ret_value);
}

const char *
directive_parse_kill_mode(struct service *s, const struct directive *d,
    const char *value)
{
	size_t i = look_up(kill_modes, COUNT(kill_modes), value);

	(void)d;
	if (i == COUNT(kill_modes))
		return "expected control-group, mixed, process "
		    "or process-group";
	s->kill_mode = (enum kill_mode)i;
	return NULL;
}

bool
directive_print_kill_mode(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && s->kill_mode != KILL_CONTROL_GROUP &&
	    print_joined("", kill_modes[s->kill_mode], ret_value);
}

const char *
directive_parse_restart(struct service *s, const struct directive *d,
    const char *value)
{
	size_t i = look_up(restart_policies, COUNT(restart_policies), value);

	(void)d;
	if (i == COUNT(restart_policies))
		return "expected no, on-success, on-failure, on-abnormal, "
		    "on-abort or always";
	s->restart = (enum restart_policy)i;
	return NULL;
}

bool
directive_print_restart(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && s->restart != RESTART_NO &&
	    print_joined("", restart_policies[s->restart], ret_value);
}

const char *
directive_parse_restart_sec(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = value_parse_span(value, &s->restart_usec);

	(void)d;
	if (error == NULL)
		s->restart_usec_is_set = true;
	return error;
}

bool
directive_print_restart_sec(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && s->restart_usec_is_set &&
	    print_span(s->restart_usec, "", ret_value);
}

/* 0 is kept as -1 until service_check(), which knows the other half. */
const char *
directive_parse_limit_interval(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = value_parse_span(value,
	    &s->start_limit_interval_usec);

	(void)d;
	if (error == NULL && s->start_limit_interval_usec == 0)
		s->start_limit_interval_usec = -1;
	return error;
}

bool
directive_print_limit_interval(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && s->start_limit_interval_usec != 0 &&
	    print_span(s->start_limit_interval_usec, "", ret_value);
}

const char *
directive_parse_limit_burst(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = value_parse_int(value, 0, 1000000,
	    &s->start_limit_burst);

	(void)d;
	if (error == NULL && s->start_limit_burst == 0)
		s->start_limit_burst = -1;
	return error;
}

bool
directive_print_limit_burst(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	char text[16];

	(void)d;
	if (i > 0 || s->start_limit_burst == 0)
		return false;
	snprintf(text, sizeof(text), "%d",
	    s->start_limit_burst < 0 ? 0 : s->start_limit_burst);
	return print_joined("", text, ret_value);
}

bool
directive_print_nothing(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)s;
	(void)d;
	(void)i;
	(void)ret_value;
	return false;
}

const char *
directive_parse_ready(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error;
	int64_t usec = 0;

	(void)d;
	if (strcmp(value, "exec") == 0) {
		s->ready = READY_EXEC;
		s->ready_settle_usec = 0;
		return NULL;
	}
	if (strncmp(value, "settle:", 7) != 0)
		return "expected exec or settle:TIME";
	error = value_parse_span(value + 7, &usec);
	if (error != NULL || usec == USEC_INFINITY)
		return "expected a time after settle:, such as settle:500ms";
	s->ready = READY_SETTLE;
	s->ready_settle_usec = usec;
	return NULL;
}

bool
directive_print_ready(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && s->ready == READY_SETTLE &&
	    print_span(s->ready_settle_usec, "settle:", ret_value);
}

const char *
directive_parse_timeout_start(struct service *s, const struct directive *d,
    const char *value)
{
	(void)d;
	return parse_timeout(value, &s->timeout_start_usec);
}

bool
directive_print_timeout_start(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	(void)d;
	return i == 0 &&
	    s->timeout_start_usec != SERVICE_TIMEOUT_START_USEC &&
	    print_span(s->timeout_start_usec, "", ret_value);
}

const char *
directive_parse_keeper(struct service *s, const struct directive *d,
    const char *value)
{
	(void)d;
	return value_parse_bool(value, &s->keeper);
}

bool
directive_print_keeper(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	return i == 0 && !s->keeper && print_joined("no", "", ret_value);
}
