/*
 * BusyBox's start-stop-daemon: its command line, what it says and its exit
 * statuses.  How a process is started, found safely and signalled is ours.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"
#include "message.h"
#include "ssd/notify.h"
#include "ssd/private.h"

#define EXIT_OF_FAILURE 1
#define NAME_CUT 15		/* a name that long may be cut: it never is one */

static const char letters[] = "+hKSbqtma:n:s:u:c:d:x:p:ovN:R:O:";

static const struct option longs[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "stop", no_argument, NULL, 'K' },
	{ "start", no_argument, NULL, 'S' },
	{ "background", no_argument, NULL, 'b' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "test", no_argument, NULL, 't' },
	{ "make-pidfile", no_argument, NULL, 'm' },
	{ "oknodo", no_argument, NULL, 'o' },
	{ "output", required_argument, NULL, 'O' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "nicelevel", required_argument, NULL, 'N' },
	{ "startas", required_argument, NULL, 'a' },
	{ "name", required_argument, NULL, 'n' },
	{ "signal", required_argument, NULL, 's' },
	{ "user", required_argument, NULL, 'u' },
	{ "chuid", required_argument, NULL, 'c' },
	{ "chdir", required_argument, NULL, 'd' },
	{ "exec", required_argument, NULL, 'x' },
	{ "pidfile", required_argument, NULL, 'p' },
	{ "retry", required_argument, NULL, 'R' },
	{ NULL, 0, NULL, 0 },
};

static void
show_usage(const char *program)
{
	(void)program;
	ssd_print_help_busybox(stderr);
}

static void
set_nice(struct ssd *s)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(optarg, &end, 10);
	if (errno != 0 || end == optarg || *end != '\0' || value < -40 ||
	    value > 40)
		ssd_fail(s, "invalid number '%s'", optarg);
	s->nice = (int)value;
}

/* --retry is taken, and does nothing. */
static void
take(struct ssd *s, int code)
{
	switch (code) {
	case 'h':
		ssd_print_help_busybox(stderr);
		exit(SSD_DONE);
	case 'K': ssd_set_command(s, SSD_STOP); break;
	case 'S': ssd_set_command(s, SSD_START); break;
	case 'b': s->background = true; break;
	case 'q': s->quiet = true; break;
	case 't': s->test = true; break;
	case 'm': s->make_pidfile = true; break;
	case 'o': s->oknodo = true; break;
	case 'a': s->called = optarg; break;
	case 'n': s->name = optarg; break;
	case 's': s->texts.signal = optarg; break;
	case 'u': s->user = optarg; break;
	case 'c': ssd_split_user(s, optarg); break;
	case 'd': s->directory = optarg; break;
	case 'x': s->exec = optarg; break;
	case 'p': s->pidfile = optarg; break;
	case 'N': set_nice(s); break;
	case 'O': s->output = optarg; break;
	}
}

/* A number, or a name in any case. */
static bool
read_signal(const char *text, int *ret)
{
	char upper[16];
	size_t i;

	if (strcmp(text, "0") == 0) {
		*ret = 0;
		return true;
	}
	for (i = 0; text[i] != '\0' && i < sizeof(upper) - 1; i++)
		upper[i] = (char)toupper((unsigned char)text[i]);
	upper[i] = '\0';
	return text[i] == '\0' && value_parse_signal(upper, ret) == NULL;
}

static void
read_options(struct ssd *s, int argc, char **argv)
{
	static const struct ssd_options options = { letters, longs, take };

	s->matching = SSD_BY_TEXT;
	s->any_pidfile = true;
	s->signal = SIGTERM;
	ssd_read_foreign(s, &options, argc, argv);
	if (s->command == SSD_NONE || (s->make_pidfile && s->pidfile == NULL))
		ssd_usage(s, NULL);
	if (s->command == SSD_STOP && s->exec == NULL && s->pidfile == NULL &&
	    s->user == NULL && s->name == NULL)
		ssd_usage(s, NULL);
	if (s->texts.signal != NULL &&
	    !read_signal(s->texts.signal, &s->signal))
		ssd_usage(s, NULL);
	/* The program is --exec, or else --startas, or else the first
	 * operand. */
	if (s->command == SSD_START && s->exec == NULL)
		s->exec = s->called;
	if (s->command == SSD_START && s->exec == NULL) {
		if (s->argument_count == 0)
			ssd_usage(s, NULL);
		s->exec = *s->arguments++;
		s->argument_count--;
	}
}

static bool
has(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* "USER", "USER:GROUP", "USER:" (the user's own) or ":GROUP". */
static void
resolve_user(struct ssd *s)
{
	static gid_t alone;

	if (!has(s->group))
		s->group = NULL;
	if (!has(s->chuid))
		s->chuid = NULL;
	switch (ssd_resolve_user(s)) {
	case SSD_UNKNOWN_USER:
		ssd_fail(s, "unknown user %s", s->chuid);
	case SSD_UNKNOWN_GROUP:
		ssd_fail(s, "unknown group %s", s->group);
	case SSD_KNOWN:
		break;
	}
	if (s->change_group && !s->change_user) {
		alone = s->credentials.gid;
		s->credentials.groups = &alone;
		s->credentials.group_count = 1;
		s->change_groups = true;
	}
}

static void
prepare(struct ssd *s)
{
	if (s->user != NULL && !ssd_resolve_match(s))
		ssd_fail(s, "unknown user %s", s->user);
	resolve_user(s);
}

static bool
can_be_found(const struct ssd *s)
{
	return s->name == NULL || strlen(s->name) < NAME_CUT;
}

/* As execvp(3) would find it. */
static void
set_program(struct ssd *s)
{
	if (s->called == NULL)
		s->called = s->exec;
	s->startas = strchr(s->exec, '/') != NULL ? s->exec :
	    ssd_search(NULL, s->exec);
	if (s->startas == NULL)
		ssd_fail_errno(s, ENOENT, "can't execute '%s'", s->exec);
}

static int
start(struct ssd *s)
{
	struct ssd_found found = { 0 };
	struct notify n = NOTIFY_NONE;
	struct child child;
	struct program p;

	/* The turn ends with the exec, which closes it. */
	s->startas = s->exec;
	(void)ssd_take_turn(s);
	if (can_be_found(s))
		(void)ssd_find(s, &found);
	if (found.count > 0) {
		ssd_say(s, "%s is already running", s->exec);
		return s->oknodo ? SSD_DONE : SSD_NOTHING;
	}
	set_program(s);
	ssd_fill_program(s, &p);
	p.pidfile_is_ours = false;
	p.output_mode = 0666;
	if (!s->background)
		ssd_become(s, &p);
	ssd_launch(s, &p, false, &child, &n);
	return SSD_DONE;
}

/* With --test, that it was found is what is said. */
static void
say_would(const struct ssd *s, int signal, pid_t pid)
{
	(void)s;
	(void)signal;
	(void)pid;
}

static void
say_failed(const struct ssd *s, pid_t pid, int error)
{
	(void)s;
	message_error("warning: killing process %d: %s", pid,
	    message_strerror(error));
}

static void
say_stopped(const struct ssd_stopping *k, const char *what)
{
	char pids[3072] = "";
	size_t used = 0;

	/* The last first. */
	for (size_t i = k->found.count; i > 0 && used < sizeof(pids) - 16;
	    i--) {
		if (k->found.items[i - 1].is_signalled)
			used += (size_t)snprintf(pids + used,
			    sizeof(pids) - used, " %d",
			    k->found.items[i - 1].pid);
	}
	ssd_say(k->s, "stopped %s (pid%s)", what, pids);
}

static int
stop(struct ssd *s)
{
	struct ssd_stopping k = {
		.s = s,
		.say_would = say_would,
		.say_failed = say_failed,
	};
	char what[3072];

	if (s->name != NULL)
		snprintf(what, sizeof(what), "%s", s->name);
	else if (s->exec != NULL)
		snprintf(what, sizeof(what), "%s", s->exec);
	else if (s->pidfile != NULL)
		snprintf(what, sizeof(what), "process in pidfile '%s'",
		    s->pidfile);
	else
		snprintf(what, sizeof(what), "process(es) owned by '%s'",
		    s->user);
	if (can_be_found(s))
		ssd_signal_all(&k, s->signal);
	if (k.found.count == 0)
		ssd_say(s, "no %s found; none killed", what);
	else if (k.n_killed > 0)
		say_stopped(&k, what);
	ssd_drop(&k.found);
	return k.n_killed > 0 || s->oknodo ? SSD_DONE : SSD_NOTHING;
}

const struct ssd_dialect ssd_busybox = {
	.name = "busybox",
	.failed = EXIT_OF_FAILURE,
	.usage = EXIT_OF_FAILURE,
	.read = read_options,
	.prepare = prepare,
	.start = start,
	.stop = stop,
	.hint = show_usage,
};
