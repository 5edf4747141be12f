/*
 * start-stop-daemon: what was asked for made sure of, in Debian's order, and
 * then done.
 */
#include "config.h"

#include "ssd/ssd.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "process/credentials.h"
#include "ssd/private.h"

#define TEXT_SIZE 8000

static const char *program;

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
	message_line("Try '%s --help' for more information.", program);
	end(status_of_failure(s, SSD_USAGE));
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
	end(status_of_failure(s, SSD_FAILED));
}

void
ssd_fail_errno(const struct ssd *s, int error, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	message_error("%s (%s)", text, message_strerror(error));
	end(status_of_failure(s, SSD_FAILED));
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

static const char *
join(const char *directory, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", directory, name) == -1)
		message_die("out of memory");
	return path;
}

/* Where a file that is not there would be, its directory without links. */
static const char *
resolve(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory, *real;

	if (slash == NULL)
		return path;
	directory = strndup(path, (size_t)(slash - path) + 1);
	if (directory == NULL)
		message_die("out of memory");
	real = realpath(directory, NULL);
	free(directory);
	if (real == NULL)
		return path;
	return join(strcmp(real, "/") == 0 ? "" : real, slash + 1);
}

/*
 * BusyBox's and OpenRC's look for a program without a slash in PATH.  Debian's
 * only in the directory of --chdir, where it then is not.
 */
static const char *
search(const char *name)
{
	const char *path = getenv("PATH"), *end;
	char *file;
	struct stat st;

	if (path == NULL)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		    "/sbin:/bin";
	for (;; path = end + 1) {
		end = strchrnul(path, ':');
		if (asprintf(&file, "%.*s/%s", (int)(end - path), path,
		    name) == -1)
			message_die("out of memory");
		if (file[0] == '/' && stat(file, &st) == 0 &&
		    S_ISREG(st.st_mode) && access(file, X_OK) == 0)
			return file;
		free(file);
		if (*end == '\0')
			return NULL;
	}
}

/*
 * The program must be there to be started.  To be stopped or asked after it
 * need not: that of a package that was removed still runs.
 */
static void
find_exec(struct ssd *s)
{
	const char *path, *given = s->exec, *found = NULL;
	int error;

	if (s->exec == NULL)
		return;
	/* What is executed is found from there, too: it stays as it is. */
	if (s->exec[0] != '/')
		s->exec = join(s->directory, s->exec);
	path = s->root != NULL ? join(s->root, s->exec) : s->exec;
	s->exec_is_there = stat(path, &s->exec_status) == 0;
	error = errno;
	if (!s->exec_is_there && s->root == NULL && strchr(given, '/') == NULL)
		found = search(given);
	if (found != NULL) {
		s->exec_is_there = stat(found, &s->exec_status) == 0;
		s->exec = found;
		if (s->startas == given)
			s->startas = found;
	}
	s->exec_path = s->exec_is_there ? path : resolve(path);
	if (!s->exec_is_there && s->command == SSD_START)
		ssd_fail_errno(s, error, "unable to stat %s", path);
}

static void
find_user(struct ssd *s)
{
	struct credentials c = { 0 };
	unsigned number;
	char err[256];

	if (s->user == NULL)
		return;
	if (ssd_is_number(s->user, &number)) {
		s->match_uid = number;
		return;
	}
	if (lookup_credentials(s->user, NULL, LOOKUP_NAME, &c, err,
	    sizeof(err)) == -1)
		ssd_fail(s, "user '%s' not found", s->user);
	s->match_uid = c.uid;
	credentials_free(&c);
}

static gid_t
find_group(struct ssd *s)
{
	struct credentials c = { 0 };
	unsigned number;
	char err[256];
	gid_t gid;

	if (ssd_is_number(s->group, &number))
		return number;
	if (lookup_credentials(NULL, s->group, LOOKUP_NAME, &c, err,
	    sizeof(err)) == -1)
		ssd_fail(s, "group '%s' not found", s->group);
	gid = c.gid;
	credentials_free(&c);
	return gid;
}

static void
find_credentials(struct ssd *s)
{
	struct stat st;
	char err[256], group[16], user[16];
	unsigned number;
	bool is_number;
	gid_t gid = 0;

	if (s->group != NULL) {
		gid = find_group(s);
		s->change_group = true;
		s->group_name = s->group;
		s->credentials.gid = gid;
	}
	if (s->chuid == NULL)
		return;
	snprintf(group, sizeof(group), "%u", (unsigned)gid);
	is_number = ssd_is_number(s->chuid, &number);
	if (is_number)
		snprintf(user, sizeof(user), "%u", number);
	if (lookup_credentials(is_number ? user : s->chuid, s->group != NULL ? group : NULL,
	    LOOKUP_NUMBER, &s->credentials, err, sizeof(err)) == -1)
		ssd_fail(s, "user '%s' not found", s->chuid);
	s->change_user = s->change_group = true;
	s->chuid = s->credentials.name;
	if (s->group == NULL)
		s->group_name = "";
	if (stat(s->credentials.home, &st) == 0)
		setenv("HOME", s->credentials.home, 1);
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
		return ssd_start(s);
	case SSD_STOP:
		return ssd_stop(s);
	case SSD_NONE:
	case SSD_STATUS:
	case SSD_PIDOF:
	case SSD_HELP:
	case SSD_VERSION:
		break;
	}
	return status(s);
}

int
ssd_main(int argc, char **argv, int (*holdfast)(int argc, char **argv))
{
	struct ssd s;
	int result;

	program = argv[0];
	message_set_name(program);
	message_begin(true);
	ssd_read_options(&s, argc, argv);
	s.holdfast = holdfast;
	find_exec(&s);
	find_user(&s);
	find_credentials(&s);
	result = run(&s);
	(void)message_flush();
	return result;
}
