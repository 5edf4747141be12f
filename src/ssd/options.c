/*
 * start-stop-daemon's command line: read, and found fault with in the order
 * that Debian's has, since a line with two faults gets the message of one.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "ssd/private.h"

#define NAME_MAX_LENGTH 15	/* what the kernel keeps of a process's name */
#define ITEM_MAX 20		/* of a schedule, as text */

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

/* The values as they were written: looked at when all options are known. */
struct texts {
	const char *pid, *ppid, *signal, *policy, *io, *umask, *notify;
};

/* A whole number of at least 0, with nothing behind it. */
static bool
parse_number(const char *text, int base, int *ret)
{
	char *end;
	long value;

	if (text[0] == '\0')
		return false;
	errno = 0;
	value = strtol(text, &end, base);
	if (errno != 0 || end == text || *end != '\0' || value < 0 ||
	    value > INT_MAX)
		return false;
	*ret = (int)value;
	return true;
}

static bool
parse_signal(const char *text, int *ret)
{
	static const struct {
		const char *name;
		int signal;
	} names[] = {
		{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "FPE", SIGFPE },
		{ "HUP", SIGHUP }, { "ILL", SIGILL }, { "INT", SIGINT },
		{ "KILL", SIGKILL }, { "PIPE", SIGPIPE }, { "QUIT", SIGQUIT },
		{ "SEGV", SIGSEGV }, { "TERM", SIGTERM }, { "USR1", SIGUSR1 },
		{ "USR2", SIGUSR2 }, { "CHLD", SIGCHLD }, { "CONT", SIGCONT },
		{ "STOP", SIGSTOP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
		{ "TTOU", SIGTTOU },
	};

	if (parse_number(text, 10, ret))
		return true;
	/* BusyBox and OpenRC take it, and Debian's refuses it. */
	if (strncmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i].name) == 0) {
			*ret = names[i].signal;
			return true;
		}
	}
	return false;
}

static void
parse_item(const struct ssd *s, const char *text, struct schedule_item *item)
{
	int value = 0;

	*item = (struct schedule_item){ .kind = SCHEDULE_SIGNAL };
	if (strcmp(text, "forever") == 0) {
		item->kind = SCHEDULE_FOREVER;
	} else if (isdigit((unsigned char)text[0])) {
		item->kind = SCHEDULE_WAIT;
		if (!parse_number(text, 10, &value))
			ssd_usage(s, "invalid timeout value in schedule");
		item->wait_usec = value * INT64_C(1000000);
	} else if (parse_signal(text + (text[0] == '-'), &value)) {
		item->signal = value;
	} else
		ssd_usage(s, "invalid schedule item (must be "
		    "[-]<signal-name>, -<signal-number>, <timeout> or "
		    "'forever'");
}

/* A timeout alone: SIGNAL/TIMEOUT/KILL/TIMEOUT. */
static void
parse_timeout(struct ssd *s)
{
	struct schedule *to = &s->schedule;

	parse_item(s, s->retry, &to->items[1]);
	if (to->items[1].kind != SCHEDULE_WAIT)
		ssd_usage(s, "--retry takes timeout, or schedule list of at "
		    "least two items");
	to->items[0].kind = to->items[2].kind = SCHEDULE_SIGNAL;
	to->items[0].signal = s->signal;
	to->items[2].signal = SIGKILL;
	to->items[3] = to->items[1];
	to->length = 4;
}

static void
parse_retry(struct ssd *s)
{
	struct schedule *to = &s->schedule;
	const char *text = s->retry;
	char item[ITEM_MAX];
	bool forever = false;
	size_t length;

	if (strchr(text, '/') == NULL) {
		parse_timeout(s);
		return;
	}
	for (;; text += length + 1) {
		length = strcspn(text, "/");
		if (length >= sizeof(item))
			ssd_usage(s, "invalid schedule item: far too long "
			    "(you must delimit items with slashes)");
		memcpy(item, text, length);
		item[length] = '\0';
		if (to->length == SCHEDULE_MAX)
			ssd_usage(s, "invalid schedule: more than %d items",
			    SCHEDULE_MAX);
		parse_item(s, item, &to->items[to->length]);
		if (to->items[to->length].kind == SCHEDULE_FOREVER) {
			if (forever)
				ssd_usage(s, "invalid schedule: 'forever' "
				    "appears more than once");
			forever = true;
		}
		to->length++;
		if (text[length] == '\0')
			break;
	}
	if (to->items[to->length - 1].kind == SCHEDULE_FOREVER)
		ssd_usage(s, "invalid schedule: 'forever' appears last, "
		    "nothing to repeat");
}

/* "NAME[:PRIORITY]" with a name out of those; which: "process", "IO". */
static void
parse_policy(const struct ssd *s, const char *text, const char *which,
    const char *const *names, const int *values, struct ssd_schedule *ret)
{
	const size_t length = strcspn(text, ":");
	size_t i;

	if (text[length] == ':' &&
	    !parse_number(text + length + 1, 10, &ret->priority))
		ssd_usage(s, "invalid %s scheduler priority", which);
	for (i = 0; names[i] != NULL; i++) {
		if (strncmp(text, names[i], length) == 0 &&
		    names[i][length] == '\0')
			break;
	}
	if (names[i] == NULL)
		ssd_usage(s, "invalid %s scheduler policy", which);
	ret->name = names[i];
	ret->value = values[i];
}

static void
check_priority(const struct ssd *s, const struct ssd_schedule *schedule,
    const char *which, int min, int max)
{
	if (schedule->priority < min)
		ssd_usage(s, "%s scheduler priority less than min", which);
	if (schedule->priority > max)
		ssd_usage(s, "%s scheduler priority greater than max", which);
}

static void
parse_policies(struct ssd *s, const struct texts *texts)
{
	static const char *const policies[] = { "other", "fifo", "rr", NULL };
	static const int policy_values[] = { SCHED_OTHER, SCHED_FIFO,
		SCHED_RR };
	/* IOPRIO_CLASS_RT, _BE and _IDLE of linux/ioprio.h. */
	static const char *const classes[] = { "real-time", "best-effort",
		"idle", NULL };
	static const int class_values[] = { 1, 2, 3 };

	if (texts->policy != NULL) {
		parse_policy(s, texts->policy, "process", policies,
		    policy_values, &s->policy);
		check_priority(s, &s->policy, "process",
		    sched_get_priority_min(s->policy.value),
		    sched_get_priority_max(s->policy.value));
	}
	if (texts->io != NULL) {
		s->io.priority = 4;
		parse_policy(s, texts->io, "IO", classes, class_values,
		    &s->io);
		check_priority(s, &s->io, "IO", 0, 7);
		if (s->io.value == 3)
			s->io.priority = 7;	/* there is no other */
	}
}

/* The values, in Debian's order. */
static void
parse_values(struct ssd *s, const struct texts *texts)
{
	int value;

	if (texts->pid != NULL &&
	    (!parse_number(texts->pid, 10, &s->pid) || s->pid == 0))
		ssd_usage(s, "pid value must be a number greater than 0");
	if (texts->ppid != NULL &&
	    (!parse_number(texts->ppid, 10, &s->ppid) || s->ppid == 0))
		ssd_usage(s, "ppid value must be a number greater than 0");
	if (texts->signal != NULL && !parse_signal(texts->signal, &s->signal))
		ssd_usage(s, "signal value must be numeric or name of signal "
		    "(KILL, INT, ...)");
	if (s->retry != NULL)
		parse_retry(s);
	parse_policies(s, texts);
	if (texts->umask != NULL) {
		if (!parse_number(texts->umask, 0, &value))
			ssd_usage(s, "umask value must be a positive number");
		s->umask_is_set = true;
		s->umask = (mode_t)value;
	}
	if (s->output != NULL && s->output[0] != '/')
		ssd_usage(s, "--output file needs to be an absolute filename");
	if (texts->notify != NULL) {
		if (!parse_number(texts->notify, 10, &value))
			ssd_usage(s, "invalid notify timeout value");
		s->notify_timeout_is_set = true;
		s->notify_usec = value * INT64_C(1000000);
	}
}

/* What does not go together. */
static void
check_combination(struct ssd *s)
{
	if (s->command == SSD_NONE)
		ssd_usage(s, "need one of --start or --stop or --status");
	if (s->exec == NULL && s->pid == 0 && s->ppid == 0 &&
	    s->pidfile == NULL && s->user == NULL && s->name == NULL)
		ssd_usage(s, "need at least one of --exec, --pid, --ppid, "
		    "--pidfile, --user or --name");
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
	if (s->no_close && !s->background)
		ssd_usage(s, "--no-close is only relevant with --background");
	if (s->output != NULL && !s->background)
		ssd_usage(s, "--output is only relevant with --background");
	if (s->notify_await && !s->background)
		ssd_usage(s, "--notify-await is only relevant with "
		    "--background");
}

static void
set_command(struct ssd *s, enum ssd_command command)
{
	if (s->command != SSD_NONE && s->command != command)
		ssd_usage(s, "only one command can be specified");
	s->command = command;
}

/* "USER[:GROUP]". */
static void
split_chuid(struct ssd *s, const char *text)
{
	const size_t length = strcspn(text, ":");
	char *user;

	user = strndup(text, length);
	if (user == NULL)
		message_die("out of memory");
	s->chuid = user;
	if (text[length] == '\0')
		return;
	if (text[length + 1] == '\0')
		ssd_fail(s, "missing group name");
	s->group = text + length + 1;
}

/* --help and --version end it wherever they stand. */
static void
read_command(struct ssd *s, int code)
{
	switch (code) {
	case 'H':
		ssd_print_help();
		exit(SSD_DONE);
	case 'V':
		ssd_print_version();
		exit(SSD_DONE);
	case 'K': set_command(s, SSD_STOP); break;
	case 'S': set_command(s, SSD_START); break;
	case 'T': set_command(s, SSD_STATUS); break;
	case OPTION_PIDOF: set_command(s, SSD_PIDOF); break;
	}
}

static void
read_option(struct ssd *s, struct texts *texts, int code)
{
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
	case 'c': split_chuid(s, optarg); break;
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
	default: read_command(s, code); break;
	}
}

/*
 * One pass over the line.  False at a fault of its form: what getopt_long(3)
 * says of it is libc's affair, and has to be in glibc's words.
 */
static bool
read_line(struct ssd *s, struct texts *texts, int argc, char **argv,
    bool aloud)
{
	const char *shorts = letters + (getenv("POSIXLY_CORRECT") == NULL);
	int code;

	optind = 0;
	opterr = aloud;
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (code == '?')
			return false;
		read_option(s, texts, code);
	}
	return true;
}

void
ssd_read_options(struct ssd *s, int argc, char **argv)
{
	const struct ssd empty = { .signal = SIGTERM, .directory = "/",
		.notify_usec = INT64_C(60000000) };
	struct texts texts = { 0 };
	char **copy;

	/* It is put into another order while it is read, but the whole program
	 * may have to read it once more. */
	copy = calloc((size_t)argc + 2, sizeof(*copy));
	if (copy == NULL)
		message_die("out of memory");
	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	*s = empty;
	if (!read_line(s, &texts, argc, copy, false)) {
		lookup_prepare();
		memcpy(copy, argv, (size_t)argc * sizeof(*copy));
		*s = empty;
		(void)read_line(s, &texts, argc, copy, true);
		ssd_usage(s, NULL);
	}
	s->arguments = copy + optind;
	s->argument_count = argc - optind;
	parse_values(s, &texts);
	check_combination(s);
}
