/*
 * Values as systemd writes them: see value.h; times are in span.c.  Nothing
 * here touches the system, and no parser changes *ret when it fails.
 */
#include "config.h"

#include "define/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_LENGTH_MAX 128

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
	[SIGIO] = "IO", [SIGPWR] = "PWR", [SIGSYS] = "SYS",
};

#define SIGNAL_NAMES (int)(sizeof(signal_names) / sizeof(signal_names[0]))

int
value_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The base of the digits at *text, which is advanced past what says so. */
static int
take_base(const char **text, bool has_sign)
{
	char letter = (*text)[0] == '0' ? (*text)[1] : '1';
	int base = 10;

	if (letter == 'x' || letter == 'X')
		base = 16;
	else if ((letter == 'o' || letter == 'O') && !has_sign)
		base = 8;
	else if ((letter == 'b' || letter == 'B') && !has_sign)
		base = 2;
	if (base != 10)
		*text += 2;
	else if ((*text)[0] == '0')
		base = 8;
	return base;
}

/* All of p is digits, behind a sign or not. */
static bool
parse_digits(const char *p, bool has_sign, uint64_t *ret)
{
	int base = take_base(&p, has_sign), digit;
	uint64_t number = 0;

	if (*p == '\0')
		return false;
	for (; *p != '\0'; p++) {
		digit = value_digit(*p);
		if (digit < 0 || digit >= base ||
		    number > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base)
			return false;
		number = number * (uint64_t)base + (uint64_t)digit;
	}
	*ret = number;
	return true;
}

bool
value_parse_unsigned(const char *text, uint64_t *ret)
{
	bool has_sign = text[0] == '+';

	return parse_digits(has_sign ? text + 1 : text, has_sign, ret);
}

static bool
parse_number(const char *text, int min, int max, int *ret)
{
	bool has_sign = text[0] == '-' || text[0] == '+';
	uint64_t size = 0;
	int number;

	if (!parse_digits(has_sign ? text + 1 : text, has_sign, &size) ||
	    size > INT_MAX)
		return false;
	number = text[0] == '-' ? -(int)size : (int)size;
	if (number < min || number > max)
		return false;
	*ret = number;
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
	if (*name != (from_min ? '+' : '-') || !parse_number(name,
	    RT_MIN - RT_MAX, RT_MAX - RT_MIN, &offset))
		return false;
	*ret_signal = base + offset;
	return true;
}

const char *
value_parse_signal(const char *text, int *ret_signal)
{
	static const struct {
		const char *name;
		int signal;
	} aliases[] = { { "POLL", SIGIO }, { "IOT", SIGIOT },
		{ "CLD", SIGCHLD }, { "UNUSED", SIGSYS } };
	const char *name = text, *known;
	size_t i;
	int sig;

	if (isdigit((unsigned char)text[text[0] == '+' ? 1 : 0]))
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

	if ((text[0] != '+' || min < 0) && parse_number(text, min, max, ret))
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
