/*
 * Resource limits: see limit.h.  Each kind of resource has its own way to
 * write a value; what is printed is always the bare number, which each reads.
 */
#include "config.h"

#include "define/limit.h"

#include <sys/resource.h>

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"

#define NICE_MAX 40

static const char *
parse_count(const char *text, long long max, rlim_t *ret)
{
	const char *error;
	long long number;

	if (!isdigit((unsigned char)text[0]))
		return "expected a number, infinity, or SOFT:HARD";
	number = strtonum(text, 0, max, &error);
	if (error != NULL)
		return max == LLONG_MAX ?
		    "expected a number, infinity, or SOFT:HARD" :
		    "expected a number in the range of this limit";
	*ret = (rlim_t)number;
	return NULL;
}

static const char *
parse_bytes(const char *text, rlim_t *ret)
{
	static const char suffixes[] = "KMGTPE";
	static const char expected[] =
	    "expected bytes such as 512M, infinity, or SOFT:HARD";
	char digits[24];
	const char *suffix;
	size_t length = strspn(text, "0123456789");
	int shift = 0;
	rlim_t number;

	if (length == 0 || length >= sizeof(digits))
		return expected;
	strlcpy(digits, text, length + 1);
	if (text[length] != '\0' && text[length] != 'B') {
		suffix = strchr(suffixes, text[length]);
		if (suffix == NULL)
			return expected;
		shift = 10 * (int)(suffix - suffixes + 1);
		length++;
	}
	if (text[length] != '\0' && strcmp(text + length, "B") != 0)
		return expected;
	if (parse_count(digits, LLONG_MAX >> shift, &number) != NULL)
		return "expected at most 8 EiB, or infinity";
	*ret = number << shift;
	return NULL;
}

/* Whole units of unit_usec, rounded up; a bare number counts such units. */
static const char *
parse_time(const char *text, int64_t unit_usec, rlim_t *ret)
{
	const char *error;
	int64_t usec = 0;

	if (text[strspn(text, "0123456789")] == '\0')
		return parse_count(text, LLONG_MAX, ret);
	error = value_parse_span(text, &usec);
	if (error == NULL)
		*ret = (rlim_t)((usec + unit_usec - 1) / unit_usec);
	return error;
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
	if (!isdigit((unsigned char)text[1]) ||
	    value_parse_int(text[0] == '+' ? text + 1 : text, -20, 19,
	    &nice) != NULL)
		return expected;
	*ret = (rlim_t)(20 - nice);
	return NULL;
}

static const char *
parse_value(const char *text, int resource, rlim_t *ret)
{
	if (strcmp(text, "infinity") == 0) {
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
		return parse_count(text, LLONG_MAX, ret);
	}
}

const char *
limit_parse(const char *text, int resource, struct limit *ret)
{
	const char *error, *hard = strchr(text, ':');
	struct limit limit = { .is_set = true };
	char soft[64];

	if (hard != NULL && hard - text >= (ptrdiff_t)sizeof(soft))
		return "expected a number, infinity, or SOFT:HARD";
	strlcpy(soft, text, hard == NULL ? sizeof(soft) :
	    (size_t)(hard - text) + 1);
	if (hard == NULL && strlen(text) >= sizeof(soft))
		return "expected a number, infinity, or SOFT:HARD";
	error = parse_value(soft, resource, &limit.value.rlim_cur);
	if (error != NULL)
		return error;
	limit.value.rlim_max = limit.value.rlim_cur;
	if (hard != NULL)
		error = parse_value(hard + 1, resource, &limit.value.rlim_max);
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
