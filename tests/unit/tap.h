/*
 * TAP for the unit tests: each claim is a line, the plan comes last.  A
 * program that dies before done() has no plan, and so fails.
 */
#ifndef HOLDFAST_TAP_H
#define HOLDFAST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

/* One claim, named by fmt.  Returns cond. */
static inline bool __attribute__((format(printf, 2, 3)))
ok(bool cond, const char *fmt, ...)
{
	char name[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	/* A newline would end the line, a # begin a directive of TAP's. */
	for (char *p = name; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == '#')
			*p = '?';
	}
	printf("%sok %d - %s\n", cond ? "" : "not ", ++tap_count, name);
	tap_failed += !cond;
	return cond;
}

#define is_int(got, want, ...) do { \
	long long got_ = (long long)(got), want_ = (long long)(want); \
	if (!ok(got_ == want_, __VA_ARGS__)) \
		printf("# got %lld, want %lld\n", got_, want_); \
} while (0)

static bool __attribute__((noinline, unused))
tap_same(const char *got, const char *want)
{
	return got == want ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0);
}

static void __attribute__((noinline, unused))
tap_differ(const char *got, const char *want)
{
	printf("# got  '%s'\n# want '%s'\n", got == NULL ? "(null)" : got,
	    want == NULL ? "(null)" : want);
}

/* Either may be NULL. */
#define is_str(got, want, ...) do { \
	const char *got_ = (got), *want_ = (want); \
	if (!ok(tap_same(got_, want_), __VA_ARGS__)) \
		tap_differ(got_, want_); \
} while (0)

static inline void
skip(const char *why)
{
	printf("ok %d # SKIP %s\n", ++tap_count, why);
}

static inline int
done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0;
}

#endif
