/*
 * The events: a bounded history of the service, a line each,
 * "REALTIME_USEC TEXT".
 */
#ifndef HOLDFAST_EVENTS_H
#define HOLDFAST_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#define EVENTS_MAX_BYTES 65536

/* Append an event; when the file is too long, drop its older half.  Errors
 * are not reported: history must never stop a service. */
void events_add(const char *path, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

struct event_line {
	int64_t usec;
	const char *text;
};

/*
 * The last max events, oldest first, into lines; their text lies in buf.
 * Returns how many, 0 when there is no history.  A last line without its newline
 * is left out.
 */
size_t events_tail(const char *path, struct event_line *lines, size_t max,
    char *buf, size_t size);

#endif
