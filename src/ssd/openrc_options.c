/*
 * The command line of OpenRC's start-stop-daemon.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"
#include "message.h"
#include "ssd/openrc.h"

#define DEFAULT_UMASK 022
#define DEFAULT_WAIT_USEC INT64_C(5000000)

/* After which nothing is sent any more. */
static const char for_ever[] = "/forever";

static const char letters[] =
    "+I:KN:PR:Sa:bc:d:e:g:ik:mn:op:s:tu:r:w:x:0:1:2:3:4:hqvCV";

static const struct option longs[] = {
	{ "capabilities", required_argument, NULL, EXTRA_CAPABILITIES },
	{ "secbits", required_argument, NULL, EXTRA_SECBITS },
	{ "no-new-privs", no_argument, NULL, EXTRA_NO_NEW_PRIVS },
	{ "ionice", required_argument, NULL, EXTRA_IONICE },
	{ "stop", no_argument, NULL, 'K' },
	{ "nicelevel", required_argument, NULL, 'N' },
	{ "oom-score-adj", required_argument, NULL, EXTRA_OOM_SCORE },
	{ "retry", required_argument, NULL, 'R' },
	{ "start", no_argument, NULL, 'S' },
	{ "startas", required_argument, NULL, 'a' },
	{ "background", no_argument, NULL, 'b' },
	{ "chuid", required_argument, NULL, 'c' },
	{ "chdir", required_argument, NULL, 'd' },
	{ "env", required_argument, NULL, EXTRA_ENV },
	{ "umask", required_argument, NULL, 'k' },
	{ "group", required_argument, NULL, 'g' },
	{ "interpreted", no_argument, NULL, EXTRA_INTERPRETED },
	{ "make-pidfile", no_argument, NULL, 'm' },
	{ "name", required_argument, NULL, 'n' },
	{ "oknodo", no_argument, NULL, 'o' },
	{ "pidfile", required_argument, NULL, 'p' },
	{ "signal", required_argument, NULL, 's' },
	{ "test", no_argument, NULL, 't' },
	{ "user", required_argument, NULL, 'u' },
	{ "chroot", required_argument, NULL, 'r' },
	{ "wait", required_argument, NULL, EXTRA_WAIT },
	{ "exec", required_argument, NULL, 'x' },
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
	{ "help", no_argument, NULL, 'h' },
	{ "nocolor", no_argument, NULL, EXTRA_NOCOLOR },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* The short forms of what is Debian's nowhere. */
static int
long_form(int code)
{
	switch (code) {
	case 'I': return EXTRA_IONICE;
	case 'e': return EXTRA_ENV;
	case 'i': return EXTRA_INTERPRETED;
	case 'w': return EXTRA_WAIT;
	case 'P': return EXTRA_PROGRESS;
	case '0': return EXTRA_STDIN;
	case '1': return EXTRA_STDOUT;
	case '2': return EXTRA_STDERR;
	case '3': return EXTRA_STDOUT_LOGGER;
	case '4': return EXTRA_STDERR_LOGGER;
	case 'C': return EXTRA_NOCOLOR;
	}
	return code;
}

static int
read_integer(const struct ssd *s, const char *what, const char *text)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < -1000 ||
	    value > 1000)
		ssd_fail(s, "invalid %s `%s'", what, text);
	return (int)value;
}

static void
set_nice(struct ssd *s, const char *text)
{
	s->nice = read_integer(s, "nice level", text);
	s->extras.nice_is_absolute = true;
}

static void
set_umask(struct ssd *s, const char *text)
{
	char *end;
	const unsigned long value = strtoul(text, &end, 8);

	if (text[0] < '0' || text[0] > '7' || *end != '\0' || value > 0777)
		ssd_fail(s, "invalid mode `%s'", text);
	s->umask = (mode_t)value;
}

static void
take_common(struct ssd *s, int code)
{
	switch (code) {
	case 'h':
		ssd_print_help_openrc(stdout);
		exit(SSD_DONE);
	case 'V':
		ssd_print_version();
		exit(SSD_DONE);
	case 'q': s->quiet = true; break;
	case 'v': s->verbose = true; break;
	}
}

/* --user and --chuid both say who it becomes, and who is looked for. */
static void
take_user(struct ssd *s, const char *text)
{
	s->group = NULL;
	ssd_split_user(s, text);
	s->user = s->chuid;
}

static void
take(struct ssd *s, int code)
{
	code = long_form(code);
	if (code >= EXTRA_FIRST) {
		ssd_take_extra(s, code, optarg);
		return;
	}
	switch (code) {
	case 'K': openrc.stop = true; break;
	case 'S': break;	/* what it does anyway */
	case 'N': set_nice(s, optarg); break;
	case 'R': s->retry = optarg; break;
	case 'a': s->startas = optarg; break;
	case 'b': s->background = true; break;
	case 'c':
		openrc.has_chuid = true;
		take_user(s, optarg);
		break;
	case 'u': take_user(s, optarg); break;
	case 'd': s->directory = optarg; break;
	case 'k': set_umask(s, optarg); break;
	case 'g': openrc.group = optarg; break;
	case 'm': s->make_pidfile = true; break;
	case 'n': s->name = optarg; break;
	case 'o': s->oknodo = true; break;
	case 'p': s->pidfile = optarg; break;
	case 's': s->texts.signal = optarg; break;
	case 't': s->test = true; break;
	case 'r': s->root = optarg; break;
	case 'x': s->exec = optarg; break;
	default: take_common(s, code); break;
	}
}

/* A signal alone is sent, and that there is nobody is said by the status. */
static void
choose_command(struct ssd *s)
{
	const bool has_signal = s->texts.signal != NULL;

	if (has_signal &&
	    value_parse_signal(s->texts.signal, &s->signal) != NULL)
		ssd_fail(s, "`%s' is not a valid signal", s->texts.signal);
	s->command = openrc.stop || has_signal ? SSD_STOP : SSD_START;
	if (!openrc.stop && has_signal)
		s->oknodo = true;
}

/*
 * The program is --exec, --startas, the first operand or --name; what it is
 * called is --name or (beside --exec) --startas.
 */
static void
choose_program(struct ssd *s)
{
	const char *called = s->name;
	bool operand;

	if (s->exec == NULL)
		s->exec = s->startas;
	else if (called == NULL)
		called = s->startas;
	operand = s->exec == NULL && s->argument_count > 0;
	if (operand) {
		s->exec = *s->arguments++;
		s->argument_count--;
	}
	openrc.by_name_alone = s->exec == NULL;
	if (s->exec == NULL)
		s->exec = called;
	s->called = called != NULL ? called : s->exec;
	s->name = NULL;		/* it is compared with argv[0] */
}

static void
check_combination(struct ssd *s)
{
	const struct ssd_extras *e = &s->extras;

	if (s->command == SSD_STOP) {
		if (s->exec == NULL && s->pidfile == NULL && s->user == NULL)
			ssd_fail(s, "--stop needs --exec, --pidfile, --name or "
			    "--user");
		if (s->background)
			ssd_fail(s, "--background is only relevant with "
			    "--start");
		if (s->make_pidfile)
			ssd_fail(s, "--make-pidfile is only relevant with "
			    "--start");
		if (e->output != NULL || e->error != NULL)
			ssd_fail(s, "--stdout and --stderr are only relevant "
			    "with --start");
		if (e->output_logger != NULL || e->error_logger != NULL)
			ssd_fail(s, "--stdout-logger and --stderr-logger are "
			    "only relevant with --start");
		if (e->wait_usec != 0)
			openrc_warn(s, "using --wait with --stop has no "
			    "effect, use --retry instead");
		return;
	}
	if (s->exec == NULL)
		ssd_fail(s, "nothing to start");
	if (s->make_pidfile && s->pidfile == NULL)
		ssd_fail(s, "--make-pidfile is only relevant with --pidfile");
	if (s->retry != NULL)
		openrc_warn(s, "using --retry with --start has no effect, use "
		    "--wait instead");
	ssd_check_extras(s);
}

/* A list, which may end in "forever": a wait without end. */
static void
read_list(struct ssd *s)
{
	const size_t length = strlen(s->retry), end = sizeof(for_ever) - 1;
	const bool is_endless = length > end &&
	    strcmp(s->retry + length - end, for_ever) == 0;
	char *text;

	/* A list of one is none to Debian's. */
	if (asprintf(&text, "%.*s%s", (int)(is_endless ? length - end :
	    length), s->retry, is_endless ? "/0" : "") == -1)
		message_die("out of memory");
	s->retry = text;
	ssd_read_retry(s);
	if (is_endless)
		s->schedule.items[s->schedule.length - 1].wait_usec =
		    USEC_INFINITY;
}

/* "N", how long after the signal; or a list. */
static void
read_retry(struct ssd *s)
{
	struct schedule *to = &s->schedule;
	const bool once = s->retry == NULL;
	unsigned seconds = 0;

	if (!once && strchr(s->retry, '/') != NULL) {
		read_list(s);
		return;
	}
	if (!once && !ssd_is_number(s->retry, &seconds))
		ssd_fail(s, "invalid timeout value in schedule '%s'",
		    s->retry);
	to->items[0] = (struct schedule_item){ SCHEDULE_SIGNAL, s->signal, 0 };
	to->items[1] = (struct schedule_item){ SCHEDULE_WAIT, 0, !once ?
		seconds * INT64_C(1000000) : s->test || s->oknodo ? 0 :
		DEFAULT_WAIT_USEC };
	to->length = 2;
}

static bool
is_yes(const char *text)
{
	bool yes;

	return text != NULL && value_parse_bool(text, &yes) == NULL && yes;
}

/* What the environment says, unless an option says it. */
static void
read_environment(struct ssd *s)
{
	const char *text;

	s->quiet = is_yes(getenv("EINFO_QUIET"));
	s->verbose = is_yes(getenv("EINFO_VERBOSE"));
	if ((text = getenv("SSD_NICELEVEL")) != NULL)
		set_nice(s, text);
	if ((text = getenv("SSD_IONICELEVEL")) != NULL)
		ssd_take_extra(s, EXTRA_IONICE, text);
	if ((text = getenv("SSD_OOM_SCORE_ADJ")) != NULL)
		ssd_take_extra(s, EXTRA_OOM_SCORE, text);
	if ((text = getenv("SSD_STARTWAIT")) != NULL)
		ssd_take_extra(s, EXTRA_WAIT, text);
}

static void
warn_of_deprecated(const struct ssd *s)
{
	if (openrc.has_chuid)
		openrc_warn(s, "WARNING: -c/--chuid is deprecated, please use "
		    "-u/--user instead");
	if (s->startas != NULL)
		openrc_warn(s, "WARNING: -a/--startas is deprecated, please "
		    "use -x/--exec or -n/--name instead");
	if (s->oknodo)
		openrc_warn(s, "WARNING: -o/--oknodo is deprecated");
}

void
openrc_read(struct ssd *s, int argc, char **argv)
{
	static const struct ssd_options options = { letters, longs, take };

	s->matching = SSD_BY_NAME;
	s->any_pidfile = true;
	s->signal = SIGTERM;
	s->umask = DEFAULT_UMASK;
	s->umask_is_set = true;
	s->notify_usec = USEC_INFINITY;
	openrc_begin(argv[0]);
	read_environment(s);
	ssd_read_foreign(s, &options, argc, argv);
	if (openrc.group != NULL)
		s->group = openrc.group;
	warn_of_deprecated(s);
	choose_command(s);
	choose_program(s);
	check_combination(s);
	if (s->command == SSD_STOP)
		read_retry(s);
}
