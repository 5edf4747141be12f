/*
 * start-stop-daemon: what was asked for made sure of, in Debian's order, and
 * then done.
 */
#include "config.h"

#include "ssd/ssd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "ssd/private.h"

#define TEXT_SIZE 8000

#define DIALECT_VARIABLE "START_STOP_DAEMON_DIALECT"

static const char *program;

static void
hint_at_help(const char *name)
{
	message_line("Try '%s --help' for more information.", name);
}

const struct ssd_dialect ssd_debian = {
	.name = "debian",
	.failed = SSD_FAILED,
	.usage = SSD_USAGE,
	.read = ssd_read_debian,
	.prepare = ssd_resolve,
	.start = ssd_start,
	.stop = ssd_stop,
	.hint = hint_at_help,
	.has_brackets = true,
};

/* --status says by its exit status that it could not tell. */
static int
status_of_failure(const struct ssd *s, int status)
{
	return s->command == SSD_STATUS || s->command == SSD_PIDOF ?
	    SSD_UNKNOWN : status;
}

static void __attribute__((noreturn))
end(int status)
{
	(void)message_flush();
	exit(status);
}

void
ssd_usage(const struct ssd *s, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
		message_error("%s", text);
	}
	s->dialect->hint(program);
	end(status_of_failure(s, s->dialect->usage));
}

void
ssd_fail(const struct ssd *s, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	message_error("%s", text);
	end(status_of_failure(s, s->dialect->failed));
}

void
ssd_fail_errno(const struct ssd *s, int error, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (s->dialect->has_brackets)
		message_error("%s (%s)", text, message_strerror(error));
	else
		message_error("%s: %s", text, message_strerror(error));
	end(status_of_failure(s, s->dialect->failed));
}

/* By line, whatever standard output is: a script may look on. */
static void
say(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static void
say(const char *fmt, va_list ap)
{
	char text[TEXT_SIZE];

	vsnprintf(text, sizeof(text), fmt, ap);
	message_print("%s", text);
	(void)message_flush();
}

void
ssd_say(const struct ssd *s, const char *fmt, ...)
{
	va_list ap;

	if (s->quiet)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
ssd_say_more(const struct ssd *s, const char *fmt, ...)
{
	va_list ap;

	if (!s->verbose)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

static int
status(const struct ssd *s)
{
	struct ssd_found found = { 0 };
	int result;

	result = ssd_find(s, &found);
	if (s->command == SSD_PIDOF) {
		for (size_t i = found.count; i > 0; i--)
			message_print("%d", found.items[i - 1].pid);
	}
	ssd_drop(&found);
	return result;
}

static int
run(struct ssd *s)
{
	switch (s->command) {
	case SSD_START:
		return s->dialect->start(s);
	case SSD_STOP:
		return s->dialect->stop(s);
	case SSD_NONE:
	case SSD_STATUS:
	case SSD_PIDOF:
	case SSD_HELP:
	case SSD_VERSION:
		break;
	}
	return status(s);
}

/* The dialect of that name. */
static const struct ssd_dialect *
find_dialect(const struct ssd *s, const char *name)
{
	static const struct ssd_dialect *const all[] = { &ssd_debian,
		&ssd_busybox, &ssd_openrc };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(name, all[i]->name) == 0)
			return all[i];
	}
	ssd_usage(s, "unknown dialect '%s': debian, busybox or openrc", name);
}

static bool
is_dialect(const char *argument)
{
	static const char option[] = "--dialect";
	const size_t length = sizeof(option) - 1;

	return strncmp(argument, option, length) == 0 &&
	    (argument[length] == '=' || argument[length] == '\0');
}

/*
 * --dialect, or else what the environment says.  Returns the line without it: a
 * copy, since the whole program may have to read it once more.
 */
static char **
choose_dialect(struct ssd *s, int *argc, char **argv)
{
	const char *name = getenv(DIALECT_VARIABLE), *value;
	char **line = argv;
	int kept = 1, i;

	for (i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (!is_dialect(argv[i])) {
			line[kept++] = argv[i];
			continue;
		}
		if (line == argv) {
			line = calloc((size_t)*argc + 1, sizeof(*line));
			if (line == NULL)
				message_die("out of memory");
			memcpy(line, argv, (size_t)kept * sizeof(*line));
		}
		value = strchr(argv[i], '=');
		if (value == NULL && ++i == *argc)
			ssd_usage(s, "--dialect needs one: debian, busybox or "
			    "openrc");
		name = value != NULL ? value + 1 : argv[i];
	}
	if (line != argv) {
		while (i < *argc)
			line[kept++] = argv[i++];
		*argc = kept;
	}
	if (name != NULL && name[0] != '\0')
		s->dialect = find_dialect(s, name);
	return line;
}

int
ssd_main(int argc, char **argv, int (*holdfast)(int argc, char **argv))
{
	struct ssd s = { .dialect = &ssd_debian, .holdfast = holdfast,
		.extras.ready_as = -1 };
	int result;

	program = argv[0];
	message_set_name(program);
	message_begin(true);
	argv = choose_dialect(&s, &argc, argv);
	s.dialect->read(&s, argc, argv);
	s.dialect->prepare(&s);
	result = run(&s);
	(void)message_flush();
	return result;
}
