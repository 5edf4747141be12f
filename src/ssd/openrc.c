/*
 * OpenRC's start-stop-daemon: what it does, says and exits with.  How a process
 * is started, found safely and signalled is ours.
 */
#include "config.h"

#include "ssd/openrc.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "process/credentials.h"
#include "ssd/notify.h"
#include "state/pidfile.h"

#define EXIT_OF_FAILURE 1

struct openrc openrc;

void
openrc_begin(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	char *name;

	if (asprintf(&name, " * %s", slash != NULL ? slash + 1 : argv0) == -1)
		message_die("out of memory");
	message_set_name(name);
}

void
openrc_warn(const struct ssd *s, const char *text)
{
	if (!s->quiet)
		message_line(" * %s", text);
}

static void
hint(const char *program)
{
	(void)program;
	ssd_print_help_openrc(stderr);
}

/* "~" and "~USER" at the beginning of a path. */
static const char *
expand_home(const struct ssd *s, const char *path)
{
	struct credentials other = { 0 };
	const char *home = NULL, *rest;
	char err[256], *name, *result;

	if (path == NULL || path[0] != '~')
		return path;
	rest = path + strcspn(path, "/");
	if (rest > path + 1) {
		name = strndup(path + 1, (size_t)(rest - path - 1));
		if (name == NULL)
			message_die("out of memory");
		if (lookup_credentials(name, NULL, LOOKUP_NAME, &other, err,
		    sizeof(err)) == 0)
			home = other.home;
		free(name);
	} else
		home = s->change_user ? s->credentials.home : getenv("HOME");
	if (home == NULL)
		return path;
	if (asprintf(&result, "%s%s", home, rest) == -1)
		message_die("out of memory");
	return result;
}

/* Where it is, with the root in front. */
static char *
find_file(const struct ssd *s)
{
	char *file;

	if (s->exec[0] != '/' && s->exec[0] != '.')
		return ssd_search(s->root, s->exec);
	if (asprintf(&file, "%s%s%s", s->root != NULL ? s->root : "",
	    s->root != NULL ? "/" : "", s->exec) == -1)
		message_die("out of memory");
	return file;
}

static void
find_program(struct ssd *s)
{
	char *file = find_file(s);
	char **arguments;

	if (s->command == SSD_START &&
	    (file == NULL || access(file, F_OK) == -1))
		ssd_fail(s, "%s does not exist", file != NULL ? file :
		    s->exec);
	s->startas = file == NULL ? s->exec : file +
	    (s->root != NULL ? strlen(s->root) : 0);
	/* Before the operands there always is a place. */
	arguments = s->arguments - 1;
	arguments[0] = (char *)(uintptr_t)s->called;
	s->begins = openrc.by_name_alone ? NULL : arguments;
	if (s->extras.interpreted && s->pidfile == NULL && file != NULL)
		arguments = ssd_find_interpreter(s->called, file,
		    s->arguments);
	if (s->extras.interpreted && s->pidfile == NULL && file != NULL &&
	    arguments != NULL)
		s->begins = arguments;
}

static void
prepare(struct ssd *s)
{
	switch (ssd_resolve_user(s)) {
	case SSD_UNKNOWN_USER:
		ssd_fail(s, "user `%s' not found", s->chuid);
	case SSD_UNKNOWN_GROUP:
		ssd_fail(s, "group `%s' not found", s->group);
	case SSD_KNOWN:
		break;
	}
	/* Root is everybody. */
	s->match_uid = s->credentials.uid;
	if (s->match_uid == 0)
		s->user = NULL;
	if (s->change_user) {
		setenv("HOME", s->credentials.home, 1);
		setenv("USER", s->credentials.name, 1);
	}
	s->directory = expand_home(s, s->directory);
	s->root = expand_home(s, s->root);
	s->exec = expand_home(s, s->exec);
	if (s->exec != NULL)
		find_program(s);
}

/* With a pid nothing else is looked at. */
static struct ssd
only_pid(const struct ssd *s, pid_t pid)
{
	struct ssd alone = *s;

	alone.pid = pid;
	alone.pidfile = alone.exec = alone.user = NULL;
	alone.begins = NULL;
	return alone;
}

/* The number in the pidfile: 0 if there is none, -1 if it cannot be read. */
static pid_t
read_pidfile(const struct ssd *s)
{
	struct stat st;
	pid_t pid;

	switch (pidfile_get(s->pidfile, &pid, &st)) {
	case PIDFILE_PID:
		return pid;
	case PIDFILE_ABSENT:
		return 0;
	case PIDFILE_UNUSABLE:
	case PIDFILE_ERROR:
		break;
	}
	return -1;
}

static bool
runs_already(const struct ssd *s)
{
	struct ssd_found found = { 0 };
	struct ssd looked = *s;
	bool runs;
	pid_t pid;

	if (s->pidfile != NULL) {
		pid = read_pidfile(s);
		if (pid <= 0)
			return false;
		looked = only_pid(s, pid);
	}
	(void)ssd_find(&looked, &found);
	runs = found.count > 0;
	ssd_drop(&found);
	return runs;
}

static void
print_plan(const struct ssd *s)
{
	if (s->quiet)
		return;
	printf(" * Would start %s", s->called);
	for (int i = 0; i < s->argument_count; i++)
		printf(" %s", s->arguments[i]);
	printf("\n");
	if (s->change_user && s->credentials.uid != 0)
		printf(" *   as user id %u\n", (unsigned)s->credentials.uid);
	if (s->change_group && s->credentials.gid != 0)
		printf(" *   as group id %u\n", (unsigned)s->credentials.gid);
	if (s->root != NULL)
		printf(" *   in root `%s'\n", s->root);
	if (s->directory != NULL)
		printf(" *   in dir `%s'\n", s->directory);
	if (s->extras.nice_is_absolute)
		printf(" *   with a priority of %d\n", s->nice);
	if (strcmp(s->called, s->exec) != 0)
		printf(" *   with a process name of %s\n", s->called);
}

static bool
ends_with(const char *text, size_t length, const char *end)
{
	const size_t n = strlen(end);

	return length >= n && memcmp(text + length - n, end, n) == 0;
}

/* What is rc's own is not for the daemon: its variables, its directories. */
static void
clean_environment(void)
{
	static const char *const kept[] = { "RC_SERVICE=", "RC_SVCNAME=" };
	const char *path = getenv("PATH");
	char *clean, *to, name[256];
	size_t length;

	for (char **e = environ; *e != NULL;) {
		length = strcspn(*e, "=");
		if ((strncmp(*e, "RC_", 3) != 0 &&
		    strncmp(*e, "SSD_", 4) != 0) || length >= sizeof(name) ||
		    strncmp(*e, kept[0], strlen(kept[0])) == 0 ||
		    strncmp(*e, kept[1], strlen(kept[1])) == 0) {
			e++;
			continue;
		}
		memcpy(name, *e, length);
		name[length] = '\0';
		if (unsetenv(name) == -1)
			e++;
	}
	if (path == NULL)
		return;
	to = clean = malloc(strlen(path) + 1);
	if (clean == NULL)
		message_die("out of memory");
	for (;; path += length + 1) {
		length = strcspn(path, ":");
		if (length > 0 && !ends_with(path, length, "/rc/bin") &&
		    !ends_with(path, length, "/rc/sbin")) {
			if (to > clean)
				*to++ = ':';
			memcpy(to, path, length);
			to += length;
		}
		if (path[length] == '\0')
			break;
	}
	*to = '\0';
	setenv("PATH", clean, 1);
	free(clean);
}

/* Until it ends: it is not in the background.  It must end well. */
static void
wait_for_end(const struct ssd *s, const struct child *c)
{
	int status;

	while (waitpid(c->pid, &status, 0) == -1) {
		if (errno != EINTR)
			ssd_fail_errno(s, errno, "waitpid %d", c->pid);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		ssd_fail(s, "failed to start `%s'", s->exec);
}

/* The daemon that is in the background by itself: is it there? */
static bool
is_there(const struct ssd *s)
{
	if (s->pidfile != NULL && read_pidfile(s) <= 0)
		ssd_fail(s, "did not create a valid pid in `%s'", s->pidfile);
	return runs_already(s);
}

static void
fill_program(struct ssd *s, struct program *p)
{
	ssd_fill_program(s, p);
	p->inside = true;
	p->pidfile_is_ours = false;
	p->output_mode = 0660;
	p->close_files = true;
	p->input.is_null = s->background;
	p->output.is_null = p->error.is_null = s->background || s->quiet;
}

static int
start(struct ssd *s)
{
	struct notify n = NOTIFY_NONE;
	struct child child;
	struct program p;
	bool lives = true;
	int turn = -1;

	if (!s->test)
		turn = ssd_take_turn(s);
	if (runs_already(s))
		ssd_fail(s, "%s is already running", s->exec);
	if (s->test) {
		print_plan(s);
		return SSD_DONE;
	}
	if (s->verbose)
		message_print(" * Detaching to start `%s' ...", s->exec);
	/* What was there is nobody's. */
	if (s->pidfile != NULL)
		(void)unlink(s->pidfile);
	clean_environment();
	fill_program(s, &p);
	notify_open(s, &n, &p);
	(void)message_flush();
	ssd_launch(s, &p, !s->background, &child, &n);
	if (!s->background)
		wait_for_end(s, &child);
	if (turn != -1)
		close(turn);
	if (n.kind != NOTIFY_BY_NOTHING) {
		(void)notify_wait(s, &n, &child);
		notify_close(&n);
		return n.status;
	}
	if (s->extras.wait_usec > 0) {
		lives = ssd_outlives_wait(s, &child);
		if (!s->background)
			lives = is_there(s);
	}
	if (!lives)
		ssd_fail(s, "%s died", s->exec);
	return SSD_DONE;
}

static void
say_would(const struct ssd *s, int signal, pid_t pid)
{
	if (!s->quiet)
		message_print(" * Would send signal %d to PID %d", signal,
		    pid);
}

static void
say_failed(const struct ssd *s, pid_t pid, int error)
{
	message_error("failed to send signal %d to PID %d: %s", s->signal, pid,
	    message_strerror(error));
}

/*
 * Signals and times in turn.  Returns how many were signalled; -1 if some would
 * not go, or could not be signalled.
 */
static int
run_schedule(struct ssd_stopping *k)
{
	size_t position = 0;
	int64_t usec;
	int signal, killed = 0;

	for (;;) {
		switch (schedule_next(&k->s->schedule, &position, &signal,
		    &usec)) {
		case MOVE_SIGNAL:
			ssd_signal_all(k, signal);
			if (k->n_left > 0)
				return -1;
			if (k->n_killed == 0) {
				if (killed == 0)
					message_error("no matching processes "
					    "found");
				return killed;
			}
			killed += k->n_killed;
			break;
		case MOVE_WAIT:
			if (usec == 0 || k->s->test)
				return killed;
			if (ssd_wait_until_gone(k, usec))
				return killed;
			break;
		case MOVE_EXHAUSTED:
			message_error("%d process(es) refused to stop",
			    k->n_killed);
			return -1;
		}
	}
}

static int
stop(struct ssd *s)
{
	struct ssd looked = *s;
	struct ssd_stopping k = {
		.s = &looked,
		.say_would = say_would,
		.say_failed = say_failed,
		.say_second = s->extras.progress ? ssd_say_dot : NULL,
	};
	pid_t pid = 0;
	int killed;

	looked.pidfile = NULL;
	if (s->pidfile != NULL) {
		pid = read_pidfile(s);
		if (pid == -1)
			return EXIT_OF_FAILURE;
		if (pid > 0)
			looked = only_pid(s, pid);
	}
	if (pid == 0 && s->exec == NULL && s->user == NULL) {
		message_error("no matching processes found");
		killed = 0;
	} else
		killed = run_schedule(&k);
	ssd_drop(&k.found);
	if (killed < 0)
		return EXIT_OF_FAILURE;
	if (s->test || s->oknodo)
		return killed > 0 ? SSD_DONE : EXIT_OF_FAILURE;
	/* That nothing ran is as good. */
	if (s->pidfile != NULL)
		(void)unlink(s->pidfile);
	return SSD_DONE;
}

const struct ssd_dialect ssd_openrc = {
	.name = "openrc",
	.failed = EXIT_OF_FAILURE,
	.usage = EXIT_OF_FAILURE,
	.read = openrc_read,
	.prepare = prepare,
	.start = start,
	.stop = stop,
	.hint = hint,
};
