/*
 * What the benchmark's rows are made with: running a command and timing it,
 * hearing the beacon, medians, the other processes, and ending all of it.
 * Anything that does not work ends the benchmark with a reason.
 */
#ifndef HOLDFAST_MEASURE_H
#define HOLDFAST_MEASURE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "beacon.h"
#include "place.h"

/*
 * Go on as a child of a process that reaps, as an init does; what is measured
 * then does not depend on how soon this machine's first process reaps (in a
 * container, it may take seconds, and the dead count as alive for dpkg).
 */
void reaper_begin(void);
/*
 * Clean up and die on SIGINT and the like; tick, so that what waits can look;
 * and have the soft limit of open files that most systems have.
 */
void usual_begin(void);
/* Say why, clean up, exit with 1. */
void die(const char *fmt, ...) __attribute__((noreturn,
    format(printf, 1, 2)));

int64_t now_ns(void);
/* A positive number from the environment, or the default. */
int setting(const char *name, int otherwise);

/* Measured times, in nanoseconds (or other numbers). */
struct samples {
	int64_t *values;
	size_t count, room;
};

void samples_add(struct samples *s, int64_t value);
/* 0 when there is none. */
double samples_median(struct samples *s);
void samples_free(struct samples *s);

/* Start argv (looked up in PATH) with 0, 1 and 2 on /dev/null. */
pid_t spawn(const char *const *argv);
/* Wait for it; the wait status.  It has a minute. */
int finish(pid_t pid);
/*
 * Run argv, which must exit with 0; the time from just before it is made to
 * just after it was waited for.
 */
int64_t run(const char *const *argv);
/* Whether a program is there. */
bool have(const char *program);

/* The FIFO that beacons tell, one for each who is measured. */
struct ear {
	char path[PATH_MAX + 32];
	int fd;
};

void ear_open(struct ear *e, const char *name);
/* The next word of a beacon, which must be of that kind; waits for it. */
void ear_hear(struct ear *e, enum beacon_kind kind, struct beacon *ret);
/* Drop what was said and not heard. */
void ear_drain(struct ear *e);
void ear_close(struct ear *e);

/* SIGKILL, and wait until it is gone, whoever its parent is. */
void end_process(pid_t pid);

/* A child that goes on; children_end() sends sig to all, and reaps them. */
void child_keep(pid_t pid);
void children_end(int sig);

/* Children that do nothing.  Returns how many the machine allowed. */
int others_begin(int count);

/* Pss: of /proc/PID/smaps_rollup in kB. */
long pss_of(pid_t pid);

#endif
