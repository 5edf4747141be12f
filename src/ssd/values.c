/*
 * The values on start-stop-daemon's command line, in the order and the words in
 * which Debian's finds fault with them.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ssd/private.h"

#define ITEM_MAX 20		/* of a schedule, as text */

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

void
ssd_read_retry(struct ssd *s)
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
		ssd_fail(s, "invalid %s scheduler priority", which);
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
parse_policies(struct ssd *s, const struct ssd_texts *texts)
{
	static const char *const policies[] = { "other", "fifo", "rr", NULL };
	static const int policy_values[] = { SCHED_OTHER, SCHED_FIFO,
		SCHED_RR };
	static const char *const classes[] = { "real-time", "best-effort",
		"idle", NULL };
	static const int class_values[] = { IO_REALTIME, IO_BEST_EFFORT,
		IO_IDLE };

	if (texts->policy != NULL) {
		parse_policy(s, texts->policy, "process", policies,
		    policy_values, &s->policy);
		/* Those that have but one. */
		if (s->policy.value == SCHED_OTHER)
			s->policy.priority = 0;
		check_priority(s, &s->policy, "process",
		    sched_get_priority_min(s->policy.value),
		    sched_get_priority_max(s->policy.value));
	}
	if (texts->io != NULL) {
		s->io.priority = 4;
		parse_policy(s, texts->io, "IO", classes, class_values,
		    &s->io);
		if (s->io.value == IO_IDLE)
			s->io.priority = 7;
		check_priority(s, &s->io, "IO", 0, 7);
	}
}

/* The values, in Debian's order. */
void
ssd_read_values(struct ssd *s)
{
	const struct ssd_texts *texts = &s->texts;
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
		ssd_read_retry(s);
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

/* As strtol(3) reads one: it needs no lookup of a name. */
bool
ssd_is_number(const char *text, unsigned *ret)
{
	int value;

	if (!parse_number(text, 10, &value))
		return false;
	*ret = (unsigned)value;
	return true;
}
