/*
 * The stop schedule: signals and waits in turn, "TERM/30/KILL/5".  Pure.
 */
#ifndef HOLDFAST_SCHEDULE_H
#define HOLDFAST_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_MAX 32

enum schedule_kind { SCHEDULE_SIGNAL, SCHEDULE_WAIT, SCHEDULE_FOREVER };

struct schedule_item {
	enum schedule_kind kind;
	int signal;		/* of SCHEDULE_SIGNAL */
	int64_t wait_usec;	/* of SCHEDULE_WAIT; may be USEC_INFINITY */
};

/*
 * length 0 is "not given".  SCHEDULE_FOREVER goes back to the item that
 * follows it, for ever (start-stop-daemon's "forever").
 */
struct schedule {
	size_t length;
	struct schedule_item items[SCHEDULE_MAX];
};

/*
 * SIG/TIME/SIG/TIME..., start-stop-daemon's --retry: a signal is a name with
 * or without SIG or - before it, or -NUMBER; a time is a span ("30", "500ms").
 * One time alone means TERM/TIME/KILL/TIME.  Returns NULL, or what was expected,
 * *ret then untouched.
 */
const char *schedule_parse(const char *text, struct schedule *ret);

/* signal/usec/KILL/5s, what KillSignal= and TimeoutStopSec= mean. */
void schedule_default(int signal, int64_t usec, struct schedule *ret);

/* As schedule_parse() reads it.  Truncates to size, always terminated. */
void schedule_print(const struct schedule *s, char *buf, size_t size);

/* One move through the schedule. */
enum schedule_move { MOVE_SIGNAL, MOVE_WAIT, MOVE_EXHAUSTED };

/*
 * What item *position says, and advance *position past it.  MOVE_SIGNAL sets
 * *ret_signal, MOVE_WAIT sets *ret_usec.  At the end MOVE_EXHAUSTED, and the
 * position stays.  Start with *position = 0.
 */
enum schedule_move schedule_next(const struct schedule *s, size_t *position,
    int *ret_signal, int64_t *ret_usec);

#endif
