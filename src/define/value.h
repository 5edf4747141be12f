/*
 * Values as systemd writes them: time spans, sizes, signals, modes, booleans.
 * Pure: nothing here touches the system.  Parsers return NULL, or a static
 * string that says what was expected ("expected a time such as 5s or 100ms");
 * they leave *ret alone on failure.
 */
#ifndef HOLDFAST_VALUE_H
#define HOLDFAST_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define USEC_INFINITY INT64_MAX
#define USEC_PER_SEC INT64_C(1000000)
#define USEC_PER_MSEC INT64_C(1000)

/*
 * A time span in microseconds: "5" (seconds), "1.5s", "100ms", "2min 30s",
 * "1h", "1d", "infinity" (USEC_INFINITY).  systemd.time(7)'s units.  What is
 * longer than 1000 years is infinity too.
 */
const char *value_parse_span(const char *text, int64_t *ret_usec);
/*
 * The same, exact: a number alone counts default_unit microseconds, infinity
 * is UINT64_MAX.
 */
const char *value_parse_time(const char *text, uint64_t default_unit,
    uint64_t *ret_usec);
/* The shortest exact form: "1min 30s", "100ms", "infinity". */
void value_print_span(int64_t usec, char *buf, size_t size);
/* For people, rounded: "61 ms", "3 s", "40 min", "2 h 13 min", "5 d 3 h". */
void value_print_ago(int64_t usec, char *buf, size_t size);

/* "TERM", "SIGTERM", "15", "RTMIN+3"; 1 to SIGRTMAX. */
const char *value_parse_signal(const char *text, int *ret_signal);
/* "SIGTERM"; "SIGRTMIN+3".  Static or per-call storage in buf. */
const char *value_signal_name(int signal, char *buf, size_t size);

/* 1 yes y true t on / 0 no n false f off, as systemd. */
const char *value_parse_bool(const char *text, bool *ret);

/* Octal, at most 07777. */
const char *value_parse_mode(const char *text, mode_t *ret);

/*
 * An integer in [min, max]: decimal, 0x1f, 0o17 or 017, or 0b11; a plus sign
 * may stand before it where a minus sign could.  The text of what was expected
 * names the range; it is good until the next call.
 */
const char *value_parse_int(const char *text, int min, int max, int *ret);

/* The same without an end, and without a minus sign. */
bool value_parse_unsigned(const char *text, uint64_t *ret);

/* What a digit is worth, up to f in either case; -1 when it is none. */
int value_digit(char c);

/* An environment variable's name (length bytes): [A-Za-z_][A-Za-z0-9_]*. */
bool value_is_variable(const char *text, size_t length);

/* A service's name: [A-Za-z0-9:_.@-], 1 to 128, not starting with . or -. */
const char *value_check_name(const char *text);

/* How many bytes the UTF-8 character at p has; 0 when it is none. */
size_t value_utf8_length(const unsigned char *p);

#endif
