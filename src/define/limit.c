/*
 * Resource limits: see limit.h.  Each kind of resource has its own way to
 * write a value; what is printed is always the bare number, which each reads.
 */
#include "config.h"

#include "define/limit.h"

#include <sys/resource.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"

#define NICE_MAX 40

#define BLANKS " \t\n\r"

/* Each 1024 times the next, in the order in which they are to be written. */
static const char size_units[] = "EPTGMKB";

static const char expected_size[] =
    "expected bytes such as 512M, infinity, or SOFT:HARD";
static const char too_large[] = "expected less than 16 EiB, or infinity";

static const char *
parse_count(const char *text, uint64_t max, rlim_t *ret)
{
	uint64_t number = 0;

	if (!value_parse_unsigned(text + strspn(text, BLANKS), &number))
		return "expected a number, infinity, or SOFT:HARD";
	if (number > max)
		return "expected a number in the range of this limit";
	*ret = (rlim_t)number;
	return NULL;
}

/* Digits at *text, which is advanced past them. */
static bool
take_digits(const char **text, uint64_t *ret)
{
	uint64_t number = 0, digit;

	for (; isdigit((unsigned char)**text); (*text)++) {
		digit = (uint64_t)(**text - '0');
		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret = number;
	return true;
}

/* What is behind the point, as a part of 1.  A double is exact enough. */
static double
take_fraction(const char **text)
{
	double part = 0, one = 1;

	for (; isdigit((unsigned char)**text); (*text)++) {
		part = part * 10 + (**text - '0');
		one *= 10;
	}
	return part / one;
}

/*
 * One "1.5G" of several at *text, which is advanced past it; its unit is one
 * behind *from in size_units, and *from is then behind it.
 */
static const char *
parse_size_part(const char **text, size_t *from, uint64_t *total)
{
	const char *p = *text + strspn(*text, BLANKS), *unit;
	double fraction = 0;
	uint64_t number = 0, add;
	int shift = 0;

	p += *p == '+';
	if (!isdigit((unsigned char)*p) || *from > strlen(size_units))
		return expected_size;
	if (!take_digits(&p, &number))
		return too_large;
	if (*p == '.') {
		p++;
		fraction = take_fraction(&p);
	}
	p += strspn(p, BLANKS);
	unit = *p == '\0' ? NULL : strchr(size_units + *from, *p);
	if (unit != NULL)
		shift = 10 * (int)(size_units + strlen(size_units) - 1 - unit);
	*from = unit == NULL ? strlen(size_units) + 1 :
	    (size_t)(unit - size_units) + 1;
	*text = p + (unit != NULL);
	if (number > (UINT64_MAX >> shift) - (fraction > 0))
		return too_large;
	add = (number << shift) +
	    (uint64_t)(fraction * (double)(UINT64_C(1) << shift));
	if (add > UINT64_MAX - *total)
		return too_large;
	*total += add;
	return NULL;
}

static const char *
parse_bytes(const char *text, rlim_t *ret)
{
	const char *error, *p = text;
	uint64_t total = 0;
	size_t from = 0;

	do {
		error = parse_size_part(&p, &from, &total);
		if (error != NULL)
			return error;
	} while (*p != '\0');
	if (total == UINT64_MAX)
		return too_large;
	*ret = (rlim_t)total;
	return NULL;
}

/*
 * Whole units of unit_usec, rounded up; a bare number counts such units.  What
 * this cannot print as such a number, for that is too large, it does not take.
 */
static const char *
parse_time(const char *text, uint64_t unit_usec, rlim_t *ret)
{
	const char *error;
	uint64_t usec = 0, number;

	error = value_parse_time(text, unit_usec, &usec);
	if (error != NULL)
		return error;
	number = usec / unit_usec + (usec % unit_usec != 0);
	if (usec == UINT64_MAX)
		number = (uint64_t)RLIM_INFINITY;
	else if (number > INT64_MAX || number >= UINT64_MAX / unit_usec)
		return "expected a shorter time, or infinity";
	*ret = (rlim_t)number;
	return NULL;
}

/* "+5" and "-5" are nice values; a bare number is the raw limit, 20 - nice. */
static const char *
parse_nice(const char *text, rlim_t *ret)
{
	static const char expected[] =
	    "expected a nice value from -20 to +19 with its sign, "
	    "or a number from 0 to 40";
	int nice = 0;

	if (text[0] != '+' && text[0] != '-')
		return parse_count(text, NICE_MAX, ret) == NULL ? NULL :
		    expected;
	if (value_parse_int(text, -20, 19, &nice) != NULL)
		return expected;
	*ret = (rlim_t)(20 - nice);
	return NULL;
}

static const char *
parse_value(const char *text, int resource, rlim_t *ret)
{
	if (strcmp(text, "infinity") == 0 && resource != RLIMIT_NICE) {
		*ret = RLIM_INFINITY;
		return NULL;
	}
	switch (resource) {
	case RLIMIT_CPU:
		return parse_time(text, USEC_PER_SEC, ret);
	case RLIMIT_RTTIME:
		return parse_time(text, 1, ret);
	case RLIMIT_FSIZE:
	case RLIMIT_DATA:
	case RLIMIT_STACK:
	case RLIMIT_CORE:
	case RLIMIT_RSS:
	case RLIMIT_AS:
	case RLIMIT_MEMLOCK:
	case RLIMIT_MSGQUEUE:
		return parse_bytes(text, ret);
	case RLIMIT_NICE:
		return parse_nice(text, ret);
	default:
		return parse_count(text, UINT64_MAX - 1, ret);
	}
}

const char *
limit_parse(const char *text, int resource, struct limit *ret)
{
	char *soft = text_copy(text), *hard = strchr(soft, ':');
	struct limit limit = { .is_set = true };
	const char *error;

	if (hard != NULL)
		*hard++ = '\0';
	error = parse_value(soft, resource, &limit.value.rlim_cur);
	limit.value.rlim_max = limit.value.rlim_cur;
	if (error == NULL && hard != NULL)
		error = parse_value(hard, resource, &limit.value.rlim_max);
	free(soft);
	if (error != NULL)
		return error;
	if (limit.value.rlim_cur > limit.value.rlim_max)
		return "expected a soft limit not above the hard one";
	*ret = limit;
	return NULL;
}

static void
print_value(rlim_t value, char *buf, size_t size)
{
	if (value == RLIM_INFINITY)
		strlcpy(buf, "infinity", size);
	else
		snprintf(buf, size, "%ju", (uintmax_t)value);
}

void
limit_print(const struct limit *limit, char *buf, size_t size)
{
	char hard[32];

	print_value(limit->value.rlim_cur, buf, size);
	if (limit->value.rlim_max == limit->value.rlim_cur)
		return;
	print_value(limit->value.rlim_max, hard, sizeof(hard));
	strlcat(buf, ":", size);
	strlcat(buf, hard, size);
}
