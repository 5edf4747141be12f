/*
 * Wait for the record to change: inotify on the service's run directory, or
 * a look every 10 ms where no inotify instance is left.
 */
#ifndef HOLDFAST_WATCH_H
#define HOLDFAST_WATCH_H

#include <stdint.h>

struct watch {
	int fd;			/* inotify, or -1: poll by time */
};

/* Watch directory dir.  Never fails: without inotify it falls back. */
void watch_open(struct watch *w, const char *dir);
/* Stop watching; w may be closed already (fd -1). */
void watch_close(struct watch *w);

/*
 * Wait until something in the directory changed, one of fds (count of them,
 * -1 entries skipped) is readable, or deadline passed (monotonic usec,
 * INT64_MAX: none).  Returns the index of a readable fd, -1 for a change or
 * for nothing in particular (look again), -2 when the deadline passed.
 */
int watch_wait(struct watch *w, const int *fds, int count, int64_t deadline);

/* CLOCK_MONOTONIC and CLOCK_REALTIME in microseconds. */
int64_t watch_now(void);
int64_t watch_realtime(void);

#endif
