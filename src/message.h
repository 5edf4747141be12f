/*
 * What is said, and the exit statuses that go with it.  message_say() and
 * message_print() go to standard output, all else to standard error.
 * Control characters in the text become '?', so that a message is one line
 * whatever a file name or an argument held.
 */
#ifndef HOLDFAST_MESSAGE_H
#define HOLDFAST_MESSAGE_H

#include <stdbool.h>

/* LSB's numbers for actions and, from STATUS_DEAD_PIDFILE on, for status. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_IMPLEMENTED = 3,
	EXIT_NO_PERMISSION = 4,
	EXIT_NOT_INSTALLED = 5,
	EXIT_NOT_CONFIGURED = 6,
	EXIT_NOT_RUNNING = 7,

	STATUS_RUNNING = 0,
	STATUS_DEAD_PIDFILE = 1,
	STATUS_NOT_RUNNING = 3,
	STATUS_UNKNOWN = 4,
};

enum verbosity { QUIET = -1, NORMAL, VERBOSE };

/* Set how much is said: QUIET drops message_say() and notes. */
void message_set_verbosity(enum verbosity level);
enum verbosity message_verbosity(void);

/*
 * Once, first: what is written to standard output goes out by message_flush()
 * or, to a terminal, line by line.  (musl else writes the first line at once,
 * and the reason why that failed is lost.)  always_flushed: who begins flushes
 * after each line anyway.
 */
void message_begin(bool always_flushed);

/* What stands before errors instead of "holdfast"; kept. */
void message_set_name(const char *name);

/* "holdfast: TEXT" on standard error, always. */
void message_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* The same, for what is not an error; silent when quiet. */
void message_warn(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* The same, only when verbose. */
void message_note(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* A line without the program's name on standard error, always. */
void message_line(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * A line on standard output that tells what was done; silent when quiet, or
 * when standard output was closed when the program started.
 */
void message_say(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* A line on standard output that was asked for: always. */
void message_print(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * Standard output cannot be written: it was closed when the program started
 * (main() then opens it for reading only).
 */
bool message_stdout_closed(void);

/*
 * Flush standard output.  Returns 0, or -1 with errno when what was written
 * did not arrive (a full disk, say); says nothing of its own.  What did not
 * arrive is dropped, so that a second call does not fail again.
 */
int message_flush(void);

/*
 * What strerror(3) says of error, in the same words with every libc: glibc's,
 * which people know and search for.  Good until the next call.
 */
const char *message_strerror(int error);

/* What message_die() is to call, to leave nothing behind; NULL for nothing. */
void message_set_last_deed(void (*deed)(void));

/* Out of memory or a bug: say so and exit with EXIT_FAILED. */
void message_die(const char *fmt, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#endif
