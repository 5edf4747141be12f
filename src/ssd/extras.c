/*
 * OpenRC's options that Debian's start-stop-daemon has not.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/value.h"
#include "message.h"
#include "ssd/private.h"

#ifndef SCHED_BATCH
#define SCHED_BATCH 3
#endif
#ifndef SCHED_IDLE
#define SCHED_IDLE 5
#endif

const struct option ssd_extra_longs[] = {
	{ "capabilities", required_argument, NULL, EXTRA_CAPABILITIES },
	{ "secbits", required_argument, NULL, EXTRA_SECBITS },
	{ "no-new-privs", no_argument, NULL, EXTRA_NO_NEW_PRIVS },
	{ "ionice", required_argument, NULL, EXTRA_IONICE },
	{ "oom-score-adj", required_argument, NULL, EXTRA_OOM_SCORE },
	{ "env", required_argument, NULL, EXTRA_ENV },
	{ "interpreted", no_argument, NULL, EXTRA_INTERPRETED },
	{ "wait", required_argument, NULL, EXTRA_WAIT },
	{ "stdin", required_argument, NULL, EXTRA_STDIN },
	{ "stdout", required_argument, NULL, EXTRA_STDOUT },
	{ "stderr", required_argument, NULL, EXTRA_STDERR },
	{ "stdout-logger", required_argument, NULL, EXTRA_STDOUT_LOGGER },
	{ "stderr-logger", required_argument, NULL, EXTRA_STDERR_LOGGER },
	{ "progress", no_argument, NULL, EXTRA_PROGRESS },
	{ "scheduler", required_argument, NULL, EXTRA_SCHEDULER },
	{ "scheduler-priority", required_argument, NULL,
	    EXTRA_SCHEDULER_PRIORITY },
	{ "notify", required_argument, NULL, EXTRA_NOTIFY },
	{ "nocolor", no_argument, NULL, EXTRA_NOCOLOR },
	{ NULL, 0, NULL, 0 },
};

/* A whole number with nothing behind it; ends the program if it is not. */
static long
read_number(const struct ssd *s, const char *option, const char *text,
    int base, long min, long max)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, base);
	if (errno != 0 || end == text || *end != '\0' || value < min ||
	    value > max)
		ssd_usage(s, "--%s: '%s' is not a number from %ld to %ld",
		    option, text, min, max);
	return value;
}

/* "CLASS[:DATA]", as ionice(1) has them. */
static void
take_ionice(struct ssd *s, const char *text)
{
	static const char *const names[] = { "none", "real-time",
		"best-effort", "idle" };
	const size_t length = strcspn(text, ":");

	if (length != 1 || text[0] < '0' || text[0] > '3')
		ssd_usage(s, "--ionice: '%s' is not a class from 0 to 3",
		    text);
	s->io.value = text[0] - '0';
	s->io.name = names[s->io.value];
	s->io.priority = text[length] == '\0' ? 0 : (int)read_number(s,
	    "ionice", text + length + 1, 10, 0, 7);
	if (s->io.value == 0)
		s->io.priority = 0;
	else if (s->io.value == 3)
		s->io.priority = 7;
}

/* "fd:N" or "socket:ready". */
static void
take_notify(struct ssd *s, const char *text)
{
	if (strcmp(text, "socket:ready") == 0)
		s->notify_await = true;
	else if (strncmp(text, "fd:", 3) == 0)
		s->extras.ready_as = (int)read_number(s, "notify", text + 3,
		    10, 0, 1023);
	else
		ssd_usage(s, "--notify: '%s' is neither fd:N nor socket:ready",
		    text);
}

static void
take_environment(const struct ssd *s, const char *text)
{
	const char *value = strchr(text, '=');
	char *name;

	if (value == text || text[0] == '\0')
		ssd_usage(s, "--env: '%s' has no name", text);
	if (value == NULL) {
		(void)unsetenv(text);
		return;
	}
	name = strndup(text, (size_t)(value - text));
	if (name == NULL || setenv(name, value + 1, 1) == -1)
		message_die("out of memory");
	free(name);
}

static void
take_security(struct ssd *s, int code, const char *value)
{
	struct ssd_extras *e = &s->extras;

	switch (code) {
	case EXTRA_CAPABILITIES:
		if (capabilities_parse(value, &e->capabilities) == -1)
			ssd_usage(s, "--capabilities: cannot read '%s'",
			    value);
		e->capabilities_is_set = true;
		break;
	case EXTRA_SECBITS:
		e->secure_bits = (unsigned)read_number(s, "secbits", value, 0,
		    0, 255);
		e->secure_bits_is_set = true;
		break;
	case EXTRA_NO_NEW_PRIVS:
		e->no_new_privileges = true;
		break;
	}
}

void
ssd_take_extra(struct ssd *s, int code, const char *value)
{
	struct ssd_extras *e = &s->extras;

	switch (code) {
	case EXTRA_IONICE: take_ionice(s, value); break;
	case EXTRA_OOM_SCORE:
		e->oom_score = (int)read_number(s, "oom-score-adj", value, 10,
		    -1000, 1000);
		e->oom_score_is_set = true;
		break;
	case EXTRA_ENV: take_environment(s, value); break;
	case EXTRA_INTERPRETED: e->interpreted = true; break;
	case EXTRA_WAIT:
		e->wait_usec = 1000 * (int64_t)read_number(s, "wait", value,
		    10, 0, INT_MAX);
		break;
	case EXTRA_STDIN: e->input = value; break;
	case EXTRA_STDOUT: e->output = value; break;
	case EXTRA_STDERR: e->error = value; break;
	case EXTRA_STDOUT_LOGGER: e->output_logger = value; break;
	case EXTRA_STDERR_LOGGER: e->error_logger = value; break;
	case EXTRA_PROGRESS: e->progress = true; break;
	case EXTRA_SCHEDULER: e->scheduler = value; break;
	case EXTRA_SCHEDULER_PRIORITY:
		e->priority = (int)read_number(s, "scheduler-priority", value,
		    10, 0, 99);
		e->priority_is_set = true;
		break;
	case EXTRA_NOTIFY: take_notify(s, value); break;
	case EXTRA_NOCOLOR: break;	/* there are none */
	default: take_security(s, code, value); break;
	}
}

static const struct option *
find_long(const char *argument)
{
	const size_t length = strcspn(argument + 2, "=");
	const struct option *o;

	for (o = ssd_extra_longs; o->name != NULL; o++) {
		if (strlen(o->name) == length &&
		    strncmp(o->name, argument + 2, length) == 0)
			return o;
	}
	return NULL;
}

int
ssd_take_extras(struct ssd *s, int argc, char **argv)
{
	const struct option *o;
	const char *value;
	int kept = 1, i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		o = strncmp(argv[i], "--", 2) == 0 ? find_long(argv[i]) : NULL;
		value = o != NULL ? strchr(argv[i], '=') : NULL;
		if (o == NULL || (o->has_arg == no_argument && value != NULL)) {
			argv[kept++] = argv[i];
			continue;
		}
		if (value != NULL)
			value++;
		else if (o->has_arg == required_argument) {
			value = i + 1 < argc ? argv[++i] : NULL;
			if (value == NULL)
				ssd_usage(s, "option '--%s' requires an "
				    "argument", o->name);
		}
		ssd_take_extra(s, o->val, value);
	}
	for (; i < argc; i++)
		argv[kept++] = argv[i];
	argv[kept] = NULL;
	return kept;
}

/* The policy that a name or a number means. */
static void
set_scheduler(struct ssd *s)
{
	static const struct {
		const char *name;
		int policy;
	} policies[] = {
		{ "other", SCHED_OTHER }, { "fifo", SCHED_FIFO },
		{ "rr", SCHED_RR }, { "batch", SCHED_BATCH },
		{ "idle", SCHED_IDLE },
	};
	const char *text = s->extras.scheduler;
	size_t i = 0;

	while (i < sizeof(policies) / sizeof(policies[0]) &&
	    strcmp(text, policies[i].name) != 0)
		i++;
	if (i < sizeof(policies) / sizeof(policies[0]))
		s->policy.value = policies[i].policy;
	else if (isdigit((unsigned char)text[0]))
		s->policy.value = (int)read_number(s, "scheduler", text, 10, 0,
		    INT_MAX);
	else
		ssd_usage(s, "--scheduler: unknown policy '%s'", text);
	s->policy.name = text;
	s->policy.priority = s->extras.priority_is_set ? s->extras.priority :
	    sched_get_priority_min(s->policy.value);
}

void
ssd_check_extras(struct ssd *s)
{
	struct ssd_extras *e = &s->extras;

	if (e->output != NULL && e->output_logger != NULL)
		ssd_usage(s, "do not use --stdout and --stdout-logger "
		    "together");
	if (e->error != NULL && e->error_logger != NULL)
		ssd_usage(s, "do not use --stderr and --stderr-logger "
		    "together");
	if ((e->output != NULL || e->error != NULL || e->input != NULL) &&
	    !s->background)
		ssd_usage(s, "--stdin, --stdout and --stderr are only "
		    "relevant with --background");
	if ((e->output_logger != NULL || e->error_logger != NULL) &&
	    !s->background)
		ssd_usage(s, "--stdout-logger and --stderr-logger are only "
		    "relevant with --background");
	if (e->ready_as != -1 && s->notify_await)
		ssd_usage(s, "need either --notify=fd:N or --notify-await, not "
		    "both");
	if (e->scheduler != NULL)
		set_scheduler(s);
	else if (e->priority_is_set) {
		s->policy.name = "(the same)";
		s->policy.value = -1;
		s->policy.priority = e->priority;
	}
}

const char *
ssd_first_extra(const struct ssd *s)
{
	const struct ssd_extras *e = &s->extras;
	const struct {
		bool is_set;
		const char *name;
	} rows[] = {
		{ e->input != NULL, "--stdin" },
		{ e->output != NULL, "--stdout" },
		{ e->error != NULL, "--stderr" },
		{ e->output_logger != NULL, "--stdout-logger" },
		{ e->error_logger != NULL, "--stderr-logger" },
		{ e->scheduler != NULL, "--scheduler" },
		{ e->priority_is_set, "--scheduler-priority" },
		{ e->oom_score_is_set, "--oom-score-adj" },
		{ e->capabilities_is_set, "--capabilities" },
		{ e->secure_bits_is_set, "--secbits" },
		{ e->no_new_privileges, "--no-new-privs" },
		{ e->interpreted, "--interpreted" },
		{ e->wait_usec != 0, "--wait" },
		{ e->ready_as != -1, "--notify" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].is_set)
			return rows[i].name;
	}
	return NULL;
}

static void
fill_file(struct program_file *f, const char *path, const char *command)
{
	if (path != NULL)
		f->path = path;
	f->command = command;
}

void
ssd_fill_extras(const struct ssd *s, struct program *p)
{
	const struct ssd_extras *e = &s->extras;

	fill_file(&p->input, e->input, NULL);
	fill_file(&p->output, e->output, e->output_logger);
	fill_file(&p->error, e->error, e->error_logger);
	p->nice_is_absolute = e->nice_is_absolute;
	p->oom_score_is_set = e->oom_score_is_set;
	p->oom_score = e->oom_score;
	p->capabilities = e->capabilities_is_set ? &e->capabilities : NULL;
	p->secure_bits_is_set = e->secure_bits_is_set;
	p->secure_bits = e->secure_bits;
	p->no_new_privileges = e->no_new_privileges;
}

char **
ssd_find_interpreter(const char *script, const char *file,
    char *const *arguments)
{
	char line[256], *interpreter, *option, **result;
	size_t count = 0, at = 0;
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return NULL;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n < 3 || line[0] != '#' || line[1] != '!')
		return NULL;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	interpreter = line + 2 + strspn(line + 2, " \t");
	option = interpreter + strcspn(interpreter, " \t");
	if (*option != '\0')
		*option++ = '\0';
	/* All the rest of the line is one argument: execve(2). */
	option += strspn(option, " \t");
	for (n = (ssize_t)strlen(option); n > 0 &&
	    strchr(" \t", option[n - 1]) != NULL; n--)
		option[n - 1] = '\0';
	while (arguments != NULL && arguments[count] != NULL)
		count++;
	result = calloc(count + 4, sizeof(*result));
	if (result == NULL || (result[at++] = strdup(interpreter)) == NULL ||
	    (*option != '\0' && (result[at++] = strdup(option)) == NULL) ||
	    (result[at++] = strdup(script)) == NULL)
		message_die("out of memory");
	for (size_t i = 0; i < count; i++)
		result[at++] = arguments[i];
	return result;
}
