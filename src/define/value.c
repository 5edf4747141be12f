/*
 * Values as systemd writes them: see value.h.  Nothing here touches the
 * system, and no parser changes *ret when it fails.
 */
#include "config.h"

#include "define/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define USEC_PER_MIN (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MIN)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)
#define USEC_PER_YEAR (31557600 * USEC_PER_SEC)

/* Small enough that a deadline, now plus a span, never overflows. */
#define SPAN_MAX (1000 * USEC_PER_YEAR)

#define NAME_LENGTH_MAX 128

#define BLANKS " \t\n\r"

static const char expected_span[] = "expected a time such as 5s or 100ms";
static const char expected_signal[] =
    "expected a signal such as TERM, SIGHUP or 15";

/*
 * The real-time signals as kill(1) and the services number them, which is
 * glibc's way: the kernel's first one is 32, and a libc keeps some for itself
 * (musl, which this may be built with, one more).
 */
#define RT_MIN 34
#define RT_MAX (NSIG - 1)

static const char *const signal_names[] = {
	[SIGHUP] = "HUP", [SIGINT] = "INT", [SIGQUIT] = "QUIT",
	[SIGILL] = "ILL", [SIGTRAP] = "TRAP", [SIGABRT] = "ABRT",
	[SIGBUS] = "BUS", [SIGFPE] = "FPE", [SIGKILL] = "KILL",
	[SIGUSR1] = "USR1", [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM",
#ifdef SIGSTKFLT
	[SIGSTKFLT] = "STKFLT",
#endif
#ifdef SIGEMT
	[SIGEMT] = "EMT",
#endif
	[SIGCHLD] = "CHLD", [SIGCONT] = "CONT", [SIGSTOP] = "STOP",
	[SIGTSTP] = "TSTP", [SIGTTIN] = "TTIN", [SIGTTOU] = "TTOU",
	[SIGURG] = "URG", [SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ",
	[SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF", [SIGWINCH] = "WINCH",
	[SIGPOLL] = "POLL", [SIGPWR] = "PWR", [SIGSYS] = "SYS",
};

#define SIGNAL_NAMES (int)(sizeof(signal_names) / sizeof(signal_names[0]))

static const struct {
	const char *name;
	int64_t usec;
} units[] = {
	{ "s", USEC_PER_SEC }, { "sec", USEC_PER_SEC },
	{ "second", USEC_PER_SEC }, { "seconds", USEC_PER_SEC },
	{ "us", 1 }, { "usec", 1 }, { "\302\265s", 1 }, { "\316\274s", 1 },
	{ "ms", USEC_PER_MSEC }, { "msec", USEC_PER_MSEC },
	{ "m", USEC_PER_MIN }, { "min", USEC_PER_MIN },
	{ "minute", USEC_PER_MIN }, { "minutes", USEC_PER_MIN },
	{ "h", USEC_PER_HOUR }, { "hr", USEC_PER_HOUR },
	{ "hour", USEC_PER_HOUR }, { "hours", USEC_PER_HOUR },
	{ "d", USEC_PER_DAY }, { "day", USEC_PER_DAY },
	{ "days", USEC_PER_DAY },
	{ "w", 7 * USEC_PER_DAY }, { "week", 7 * USEC_PER_DAY },
	{ "weeks", 7 * USEC_PER_DAY },
	{ "M", USEC_PER_YEAR / 12 }, { "month", USEC_PER_YEAR / 12 },
	{ "months", USEC_PER_YEAR / 12 },
	{ "y", USEC_PER_YEAR }, { "year", USEC_PER_YEAR },
	{ "years", USEC_PER_YEAR },
};
#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static int64_t
unit_usec(const char *name, size_t length)
{
	size_t i;

	if (length == 0)
		return USEC_PER_SEC;
	for (i = 0; i < UNIT_COUNT; i++) {
		if (strlen(units[i].name) == length &&
		    memcmp(units[i].name, name, length) == 0)
			return units[i].usec;
	}
	return 0;
}

/* One "1.5min" of a span at *text, which is advanced past it. */
static const char *
parse_part(const char **text, int64_t *ret_usec)
{
	const char *p = *text, *fraction = NULL, *name;
	int64_t number = 0, unit, usec;

	if (!isdigit((unsigned char)*p))
		return expected_span;
	for (; isdigit((unsigned char)*p); p++) {
		number = number * 10 + (*p - '0');
		if (number > SPAN_MAX)
			return "expected a time of at most 1000 years";
	}
	if (*p == '.') {
		fraction = ++p;
		if (!isdigit((unsigned char)*p))
			return expected_span;
		p += strspn(p, "0123456789");
	}
	p += strspn(p, BLANKS);
	name = p;
	p += strcspn(p, "0123456789." BLANKS);
	unit = unit_usec(name, (size_t)(p - name));
	if (unit == 0)
		return expected_span;
	if (number > SPAN_MAX / unit)
		return "expected a time of at most 1000 years";
	usec = number * unit;
	for (; fraction != NULL && isdigit((unsigned char)*fraction);
	    fraction++) {
		unit /= 10;
		usec += unit * (*fraction - '0');
	}
	*text = p + strspn(p, BLANKS);
	*ret_usec = usec;
	return NULL;
}

const char *
value_parse_span(const char *text, int64_t *ret_usec)
{
	const char *error, *p = text + strspn(text, BLANKS);
	int64_t total = 0, part = 0;

	if (strcmp(text, "infinity") == 0) {
		*ret_usec = USEC_INFINITY;
		return NULL;
	}
	do {
		error = parse_part(&p, &part);
		if (error != NULL)
			return error;
		total += part;
		if (total > SPAN_MAX)
			return "expected a time of at most 1000 years";
	} while (*p != '\0');
	*ret_usec = total;
	return NULL;
}

void
value_print_span(int64_t usec, char *buf, size_t size)
{
	static const struct {
		const char *name;
		int64_t usec;
	} steps[] = {
		{ "d", USEC_PER_DAY }, { "h", USEC_PER_HOUR },
		{ "min", USEC_PER_MIN }, { "s", USEC_PER_SEC },
		{ "ms", USEC_PER_MSEC }, { "us", 1 },
	};
	char part[32];
	size_t i;

	if (usec == USEC_INFINITY || usec <= 0) {
		strlcpy(buf, usec > 0 ? "infinity" : "0", size);
		return;
	}
	buf[0] = '\0';
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (usec < steps[i].usec)
			continue;
		snprintf(part, sizeof(part), "%s%" PRId64 "%s",
		    buf[0] == '\0' ? "" : " ", usec / steps[i].usec,
		    steps[i].name);
		strlcat(buf, part, size);
		usec %= steps[i].usec;
	}
}

void
value_print_ago(int64_t usec, char *buf, size_t size)
{
	int64_t sec = usec / USEC_PER_SEC, min = sec / 60, hour = min / 60;

	if (usec == USEC_INFINITY)
		snprintf(buf, size, "infinity");
	else if (usec < USEC_PER_SEC)
		snprintf(buf, size, "%" PRId64 " ms",
		    usec <= 0 ? 0 : usec / USEC_PER_MSEC);
	else if (sec < 60)
		snprintf(buf, size, "%" PRId64 " s", sec);
	else if (min < 60)
		snprintf(buf, size, "%" PRId64 " min", min);
	else if (hour < 24 && min % 60 == 0)
		snprintf(buf, size, "%" PRId64 " h", hour);
	else if (hour < 24)
		snprintf(buf, size, "%" PRId64 " h %" PRId64 " min", hour,
		    min % 60);
	else if (hour % 24 == 0)
		snprintf(buf, size, "%" PRId64 " d", hour / 24);
	else
		snprintf(buf, size, "%" PRId64 " d %" PRId64 " h", hour / 24,
		    hour % 24);
}

/* strtonum() also takes leading blanks and a plus sign: here they are wrong. */
static bool
parse_number(const char *text, int min, int max, int *ret)
{
	const char *error, *digits = text[0] == '-' ? text + 1 : text;
	long long number;

	if (!isdigit((unsigned char)digits[0]))
		return false;
	number = strtonum(text, min, max, &error);
	if (error != NULL)
		return false;
	*ret = (int)number;
	return true;
}

/* "RTMIN", "RTMIN+3", "RTMAX-2". */
static bool
parse_realtime(const char *name, int *ret_signal)
{
	bool from_min = strncasecmp(name, "RTMIN", 5) == 0;
	int base = from_min ? RT_MIN : RT_MAX, offset = 0;

	if (!from_min && strncasecmp(name, "RTMAX", 5) != 0)
		return false;
	name += 5;
	if (*name == '\0') {
		*ret_signal = base;
		return true;
	}
	if (*name != (from_min ? '+' : '-') || name[1] == '-' ||
	    !parse_number(name + 1, 0, RT_MAX - RT_MIN, &offset))
		return false;
	*ret_signal = from_min ? base + offset : base - offset;
	return true;
}

const char *
value_parse_signal(const char *text, int *ret_signal)
{
	static const struct {
		const char *name;
		int signal;
	} aliases[] = { { "IO", SIGIO }, { "IOT", SIGIOT },
		{ "CLD", SIGCHLD }, { "UNUSED", SIGSYS } };
	const char *name = text, *known;
	size_t i;
	int sig;

	if (isdigit((unsigned char)text[0]))
		return parse_number(text, 1, RT_MAX, ret_signal) ? NULL :
		    "expected a signal's number from 1 to 64";
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (sig = 1; sig < SIGNAL_NAMES; sig++) {
		known = signal_names[sig];
		if (known != NULL && strcasecmp(name, known) == 0) {
			*ret_signal = sig;
			return NULL;
		}
	}
	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcasecmp(name, aliases[i].name) == 0) {
			*ret_signal = aliases[i].signal;
			return NULL;
		}
	}
	return parse_realtime(name, ret_signal) ? NULL : expected_signal;
}

const char *
value_signal_name(int sig, char *buf, size_t size)
{
	const char *known = sig > 0 && sig < SIGNAL_NAMES ?
	    signal_names[sig] : NULL;

	if (known != NULL)
		snprintf(buf, size, "SIG%s", known);
	else if (sig == RT_MIN)
		snprintf(buf, size, "SIGRTMIN");
	else if (sig > RT_MIN && sig <= RT_MAX)
		snprintf(buf, size, "SIGRTMIN+%d", sig - RT_MIN);
	else
		snprintf(buf, size, "%d", sig);
	return buf;
}

const char *
value_parse_bool(const char *text, bool *ret)
{
	static const char *const yes[] = { "1", "yes", "y", "true", "t", "on" };
	static const char *const no[] = { "0", "no", "n", "false", "f", "off" };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcasecmp(text, yes[i]) == 0 ||
		    strcasecmp(text, no[i]) == 0) {
			*ret = strcasecmp(text, yes[i]) == 0;
			return NULL;
		}
	}
	return "expected yes or no";
}

const char *
value_parse_mode(const char *text, mode_t *ret)
{
	mode_t mode = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '7' && mode <= 07777; p++)
		mode = mode * 8 + (mode_t)(*p - '0');
	if (p == text || *p != '\0' || mode > 07777)
		return "expected an octal mode from 0 to 7777";
	*ret = mode;
	return NULL;
}

const char *
value_parse_int(const char *text, int min, int max, int *ret)
{
	static char expected[64];

	if (parse_number(text, min, max, ret))
		return NULL;
	snprintf(expected, sizeof(expected), "expected a number from %d to %d",
	    min, max);
	return expected;
}

bool
value_is_variable(const char *text, size_t length)
{
	size_t i;

	if (length == 0 || (text[0] >= '0' && text[0] <= '9'))
		return false;
	for (i = 0; i < length; i++) {
		if (!(text[i] >= 'a' && text[i] <= 'z') &&
		    !(text[i] >= 'A' && text[i] <= 'Z') &&
		    !(text[i] >= '0' && text[i] <= '9') && text[i] != '_')
			return false;
	}
	return true;
}

const char *
value_check_name(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || text[0] == '.' || text[0] == '-' ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789:_.@-") != length)
		return "expected a service's name "
		    "(letters, digits and :_.@-, not starting with . or -)";
	if (length > NAME_LENGTH_MAX)
		return "expected a service's name of at most 128 characters";
	return NULL;
}

size_t
value_utf8_length(const unsigned char *p)
{
	unsigned long code;
	size_t i, length;

	if (p[0] < 0x80)
		return 1;
	length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	code = p[0] & (0x7fu >> length);
	for (i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if ((length == 3 && code < 0x800) || (length == 4 && code < 0x10000) ||
	    code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return length;
}
