/*
 * start-stop-daemon's command line: read, and found fault with in the order
 * that Debian's has, since a line with two faults gets the message of one.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "define/options.h"
#include "message.h"
#include "ssd/private.h"

#define FEW 62			/* arguments, for which nothing is allocated */
#define NAME_MAX_LENGTH 15	/* what the kernel keeps of a process's name */

enum { OPTION_PID = 500, OPTION_PPID, OPTION_REMOVE_PIDFILE,
	OPTION_NOTIFY_AWAIT, OPTION_NOTIFY_TIMEOUT, OPTION_PIDOF };

/* "+" in front ends the options at the first operand (POSIXLY_CORRECT). */
static const char letters[] = "+HKSVTa:n:op:qr:s:tu:vx:c:N:P:I:k:bCO:mR:g:d:";

/* In Debian's order, which shows in the message about an ambiguous one. */
static const struct option longs[] = {
	{ "help", no_argument, NULL, 'H' },
	{ "stop", no_argument, NULL, 'K' },
	{ "start", no_argument, NULL, 'S' },
	{ "status", no_argument, NULL, 'T' },
	{ "pidof", no_argument, NULL, OPTION_PIDOF },
	{ "version", no_argument, NULL, 'V' },
	{ "startas", required_argument, NULL, 'a' },
	{ "name", required_argument, NULL, 'n' },
	{ "oknodo", no_argument, NULL, 'o' },
	{ "pid", required_argument, NULL, OPTION_PID },
	{ "ppid", required_argument, NULL, OPTION_PPID },
	{ "pidfile", required_argument, NULL, 'p' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "signal", required_argument, NULL, 's' },
	{ "test", no_argument, NULL, 't' },
	{ "user", required_argument, NULL, 'u' },
	{ "group", required_argument, NULL, 'g' },
	{ "chroot", required_argument, NULL, 'r' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "exec", required_argument, NULL, 'x' },
	{ "chuid", required_argument, NULL, 'c' },
	{ "nicelevel", required_argument, NULL, 'N' },
	{ "procsched", required_argument, NULL, 'P' },
	{ "iosched", required_argument, NULL, 'I' },
	{ "umask", required_argument, NULL, 'k' },
	{ "background", no_argument, NULL, 'b' },
	{ "notify-await", no_argument, NULL, OPTION_NOTIFY_AWAIT },
	{ "notify-timeout", required_argument, NULL, OPTION_NOTIFY_TIMEOUT },
	{ "no-close", no_argument, NULL, 'C' },
	{ "output", required_argument, NULL, 'O' },
	{ "make-pidfile", no_argument, NULL, 'm' },
	{ "remove-pidfile", no_argument, NULL, OPTION_REMOVE_PIDFILE },
	{ "retry", required_argument, NULL, 'R' },
	{ "chdir", required_argument, NULL, 'd' },
	{ NULL, 0, NULL, 0 },
};

/* Of a home directory, or what is not a number. */
static bool
is_home_of(const char *path)
{
	return path != NULL && path[0] == '~' && path[1] != '\0' &&
	    path[1] != '/';
}

static bool
needs_lookup(const struct ssd *s)
{
	unsigned number;

	return s->chuid != NULL ||
	    is_home_of(s->exec) || is_home_of(s->root) ||
	    is_home_of(s->directory) ||
	    (s->user != NULL && !ssd_is_number(s->user, &number)) ||
	    (s->group != NULL && !ssd_is_number(s->group, &number));
}

/* What does not go together. */
static void
check_combination(struct ssd *s)
{
	if (s->command == SSD_NONE)
		ssd_usage(s, "need one of --start or --stop or --status");
	/* As BusyBox's and OpenRC's. */
	if (s->command == SSD_START && s->exec == NULL &&
	    s->startas == NULL && s->argument_count > 0) {
		s->exec = *s->arguments++;
		s->argument_count--;
	}
	if (s->exec == NULL && s->pid == 0 && s->ppid == 0 &&
	    s->pidfile == NULL && s->user == NULL && s->name == NULL)
		ssd_usage(s, "need at least one of --exec, --pid, --ppid, "
		    "--pidfile, --user or --name");
	/* What is said before is said again by who looks names up. */
	if (needs_lookup(s))
		lookup_prepare();
	if (s->name != NULL && strlen(s->name) > NAME_MAX_LENGTH) {
		message_error("warning: this system is not able to track "
		    "process names");
		message_line("longer than %d characters, please use --exec "
		    "instead of --name.", NAME_MAX_LENGTH);
	}
	if (s->startas == NULL)
		s->startas = s->exec;
	if (s->command == SSD_START && s->startas == NULL)
		ssd_usage(s, "--start needs --exec or --startas");
	if (s->make_pidfile && s->pidfile == NULL)
		ssd_usage(s, "--make-pidfile requires --pidfile");
	if (s->remove_pidfile && s->pidfile == NULL)
		ssd_usage(s, "--remove-pidfile requires --pidfile");
	if (s->pid != 0 && s->pidfile != NULL)
		ssd_usage(s, "need either --pid or --pidfile, not both");
	if (s->background && s->command != SSD_START)
		ssd_usage(s, "--background is only relevant with --start");
	if (s->notify_timeout_is_set && !s->notify_await)
		ssd_usage(s, "--notify-timeout is only relevant with "
		    "--notify-await");
	if (s->supervise)
		s->background = true;	/* which it implies */
	if (s->no_close && !s->background)
		ssd_usage(s, "--no-close is only relevant with --background");
	if (s->output != NULL && !s->background)
		ssd_usage(s, "--output is only relevant with --background");
	if (s->supervise && s->command != SSD_START)
		ssd_usage(s, "--supervise is only relevant with --start");
	if (s->notify_await && !s->background)
		ssd_usage(s, "--notify-await is only relevant with "
		    "--background");
}

void
ssd_set_command(struct ssd *s, enum ssd_command command)
{
	if (s->command != SSD_NONE && s->command != command)
		ssd_usage(s, "only one command can be specified");
	s->command = command;
}

/* "USER[:GROUP]". */
void
ssd_split_user(struct ssd *s, const char *text)
{
	const size_t length = strcspn(text, ":");
	char *user;

	user = strndup(text, length);
	if (user == NULL)
		message_die("out of memory");
	s->chuid = user;
	if (text[length] == ':')
		s->group = text + length + 1;
}

static void
take_chuid(struct ssd *s, const char *text)
{
	ssd_split_user(s, text);
	if (s->group != NULL && text[strlen(text) - 1] == ':')
		ssd_fail(s, "missing group name");
}

/* --help and --version end it wherever they stand. */
static void
take_command(struct ssd *s, int code)
{
	switch (code) {
	case 'H':
		ssd_print_help();
		exit(SSD_DONE);
	case 'V':
		ssd_print_version();
		exit(SSD_DONE);
	case 'K': ssd_set_command(s, SSD_STOP); break;
	case 'S': ssd_set_command(s, SSD_START); break;
	case 'T': ssd_set_command(s, SSD_STATUS); break;
	case OPTION_PIDOF: ssd_set_command(s, SSD_PIDOF); break;
	}
}

static void
take_option(struct ssd *s, int code)
{
	struct ssd_texts *texts = &s->texts;

	switch (code) {
	case 'a': s->startas = optarg; break;
	case 'n': s->name = optarg; break;
	case 'o': s->oknodo = true; break;
	case OPTION_PID: texts->pid = optarg; break;
	case OPTION_PPID: texts->ppid = optarg; break;
	case 'p': s->pidfile = optarg; break;
	case 'q': s->quiet = true; s->verbose = false; break;
	case 's': texts->signal = optarg; break;
	case 't': s->test = true; break;
	case 'u': s->user = optarg; break;
	case 'v': s->verbose = true; s->quiet = false; break;
	case 'x': s->exec = optarg; break;
	case 'c': take_chuid(s, optarg); break;
	case 'g': s->group = optarg; break;
	case 'r': s->root = optarg; break;
	case 'N': s->nice = (int)strtol(optarg, NULL, 10); break;
	case 'P': texts->policy = optarg; break;
	case 'I': texts->io = optarg; break;
	case 'k': texts->umask = optarg; break;
	case 'b': s->background = true; break;
	case OPTION_NOTIFY_AWAIT: s->notify_await = true; break;
	case OPTION_NOTIFY_TIMEOUT: texts->notify = optarg; break;
	case 'C': s->no_close = true; break;
	case 'O': s->output = optarg; break;
	case 'm': s->make_pidfile = true; break;
	case OPTION_REMOVE_PIDFILE: s->remove_pidfile = true; break;
	case 'R': s->retry = optarg; break;
	case 'd': s->directory = optarg; break;
	default: take_command(s, code); break;
	}
}

static const struct ssd_options debians = { letters, longs, take_option };

bool
ssd_read_line(struct ssd *s, const struct ssd_options *options, int argc,
    char **argv, bool aloud)
{
	const char *shorts = options->letters +
	    (getenv("POSIXLY_CORRECT") == NULL);
	int code;

	optind = 0;
	opterr = aloud;
	while ((code = getopt_long(argc, argv, shorts, options->longs,
	    NULL)) != -1) {
		if (code == '?')
			return false;
		options->take(s, code);
	}
	return true;
}

static bool
is_debians(const char *text)
{
	const size_t length = strcspn(text + 2, "=");

	for (const struct option *o = longs; o->name != NULL; o++) {
		if (strlen(o->name) == length &&
		    strncmp(o->name, text + 2, length) == 0)
			return true;
	}
	return false;
}

/*
 * With --supervise also what `holdfast start` takes: taken out of the line
 * before it is read, so that Debian's abbreviations stay what they are.
 */
static int
take_keeper_options(struct ssd *s, int argc, char **argv)
{
	bool supervise = false, argument;
	int kept = 1, i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		supervise = supervise || strcmp(argv[i], "--supervise") == 0;
	if (!supervise)
		return argc;
	s->supervise = true;
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--supervise") == 0)
			continue;
		if (strncmp(argv[i], "--", 2) != 0 || is_debians(argv[i]) ||
		    !options_is_of_start(argv[i], &argument)) {
			argv[kept++] = argv[i];
			continue;
		}
		strings_add(&s->keeper_options, argv[i]);
		if (argument && i + 1 < argc)
			strings_add(&s->keeper_options, argv[++i]);
	}
	for (; i < argc; i++)
		argv[kept++] = argv[i];
	argv[kept] = NULL;
	return kept;
}

/*
 * A line is put into another order while it is read, but the whole program may
 * have to read it once more.
 */
static char **
copy_line(int argc, char **argv)
{
	static char *few[FEW + 2];
	char **copy = few;

	if (argc > FEW)
		copy = calloc((size_t)argc + 2, sizeof(*copy));
	if (copy == NULL)
		message_die("out of memory");
	memcpy(copy, argv, ((size_t)argc + 1) * sizeof(*copy));
	return copy;
}

static void
set_operands(struct ssd *s, int argc, char **argv)
{
	s->arguments = argv + optind;
	s->argument_count = argc - optind;
}

void
ssd_read_foreign(struct ssd *s, const struct ssd_options *options, int argc,
    char **argv)
{
	const struct ssd fresh = *s;
	char **line = copy_line(argc, argv);

	if (!ssd_read_line(s, options, argc, line, false)) {
		lookup_prepare();
		*s = fresh;
		line = copy_line(argc, argv);
		(void)ssd_read_line(s, options, argc, line, true);
		ssd_usage(s, NULL);
	}
	set_operands(s, argc, line);
	if (needs_lookup(s))
		lookup_prepare();
}

/*
 * Debian's line, and nothing but that if it is one; else with what is ours and
 * OpenRC's.
 */
void
ssd_read_debian(struct ssd *s, int argc, char **argv)
{
	struct ssd fresh;
	char **line = copy_line(argc, argv);

	s->signal = SIGTERM;
	s->directory = "/";
	s->notify_usec = INT64_C(60000000);
	fresh = *s;
	if (!ssd_read_line(s, &debians, argc, line, false)) {
		for (int aloud = 0; aloud <= 1; aloud++) {
			*s = fresh;
			line = copy_line(argc, argv);
			argc = take_keeper_options(s, argc, line);
			argc = ssd_take_extras(s, argc, line);
			if (ssd_read_line(s, &debians, argc, line, aloud == 1))
				break;
			if (aloud == 1)
				ssd_usage(s, NULL);
			lookup_prepare();
		}
	}
	set_operands(s, argc, line);
	ssd_read_values(s);
	check_combination(s);
	ssd_check_extras(s);
}
