/*
 * Times as systemd writes them, and as people read them: see value.h.  Which
 * times systemd takes, and as what, tests/systemd compares.
 */
#include "config.h"

#include "define/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define USEC_PER_MIN (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MIN)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)
#define USEC_PER_YEAR (31557600 * USEC_PER_SEC)

/*
 * Small enough that a deadline, now plus some spans, never overflows; whoever
 * asks for more will not see the difference to infinity.
 */
#define SPAN_MAX (1000 * USEC_PER_YEAR)

#define BLANKS " \t\n\r"

static const char expected_span[] = "expected a time such as 5s or 100ms";
static const char too_long_span[] =
    "expected a time of less than 584554 years, or infinity";

static const struct {
	const char *name;
	uint64_t usec;
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

static uint64_t
unit_usec(const char *name, size_t length, uint64_t default_unit)
{
	size_t i;

	if (length == 0)
		return default_unit;
	for (i = 0; i < UNIT_COUNT; i++) {
		if (strlen(units[i].name) == length &&
		    memcmp(units[i].name, name, length) == 0)
			return units[i].usec;
	}
	return 0;
}

/* Digits at *text, which is advanced past them, but not if they are too many. */
static bool
take_digits(const char **text, uint64_t *ret)
{
	const char *p = *text;
	uint64_t number = 0, digit;

	for (; isdigit((unsigned char)*p); p++) {
		digit = (uint64_t)(*p - '0');
		if (number > (INT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*text = p;
	*ret = number;
	return true;
}

/*
 * One "1.5min" of a span at *text, which is advanced past it, and is added to
 * *total.  A plus sign is wanted by nobody, but units have it.
 */
static const char *
parse_part(const char **text, uint64_t default_unit, uint64_t *total)
{
	const char *p = *text, *fraction, *name;
	uint64_t number = 0, unit, usec;

	if (*p == '+' && isdigit((unsigned char)p[1]))
		p++;
	if (!isdigit((unsigned char)*p) && *p != '.')
		return expected_span;
	if (!take_digits(&p, &number))
		return too_long_span;
	fraction = *p == '.' ? p + 1 : "";
	if (*p == '.' && !isdigit((unsigned char)*++p))
		return expected_span;
	p += strspn(p, "0123456789");
	name = p + strspn(p, BLANKS);
	*text = name + strcspn(name, "0123456789.+" BLANKS);
	if (*text == p && *p != '\0')
		return expected_span;
	unit = unit_usec(name, (size_t)(*text - name), default_unit);
	if (unit == 0)
		return expected_span;
	if (number >= UINT64_MAX / unit)
		return too_long_span;
	usec = number * unit;
	for (; isdigit((unsigned char)*fraction); fraction++) {
		unit /= 10;
		usec += unit * (uint64_t)(*fraction - '0');
	}
	if (usec >= UINT64_MAX - *total)
		return too_long_span;
	*total += usec;
	*text += strspn(*text, BLANKS);
	return NULL;
}

const char *
value_parse_time(const char *text, uint64_t default_unit, uint64_t *ret_usec)
{
	const char *error, *p = text + strspn(text, BLANKS);
	uint64_t total = 0;

	if (strncmp(p, "infinity", 8) == 0) {
		if (p[8 + strspn(p + 8, BLANKS)] != '\0')
			return expected_span;
		*ret_usec = UINT64_MAX;
		return NULL;
	}
	do {
		error = parse_part(&p, default_unit, &total);
		if (error != NULL)
			return error;
	} while (*p != '\0');
	*ret_usec = total;
	return NULL;
}

const char *
value_parse_span(const char *text, int64_t *ret_usec)
{
	const char *error;
	uint64_t usec = 0;

	error = value_parse_time(text, USEC_PER_SEC, &usec);
	if (error == NULL)
		*ret_usec = usec > SPAN_MAX ? USEC_INFINITY : (int64_t)usec;
	return error;
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
