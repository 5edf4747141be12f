/*
 * Who is measured: the same actions by holdfast and by start-stop-daemon, each
 * with one service, the beacon.
 */
#ifndef HOLDFAST_SUBJECT_H
#define HOLDFAST_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "measure.h"

#define SSD "start-stop-daemon"

/* What one start took. */
struct start_times {
	int64_t began;		/* until the service's main() */
	int64_t both;		/* until that, and the command returned */
};

/* start-stop-daemon's */
const char *pidfile(void);

/* Start the beacon by argv; its first word goes to *ret_word. */
struct start_times timed_start(const char *const *argv, struct ear *ear,
    struct beacon *ret_word);

/* ms: what the beacon takes to die. */
struct start_times holdfast_start(struct ear *ear, const char *ms,
    struct beacon *ret_word);
struct start_times holdfast_start_alone(struct ear *ear,
    struct beacon *ret_word);
struct start_times ssd_start(struct ear *ear, const char *ms,
    struct beacon *ret_word);

/* What the command took. */
int64_t holdfast_stop(void);
int64_t holdfast_status(void);
int64_t holdfast_status_quiet(void);
int64_t ssd_stop(void);
int64_t ssd_status(void);

/* What a stop took after the service's own death. */
int64_t beyond(struct ear *ear, int64_t (*stop)(void));

#endif
