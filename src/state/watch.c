/*
 * Waiting for the record: see watch.h.  The record is replaced by rename, so
 * it is the directory that is watched.
 */
#include "config.h"

#include "state/watch.h"

#include <sys/inotify.h>

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define LOOK_AGAIN_MSEC 10
#define WATCH_MAX 16

int64_t
watch_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
watch_realtime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
watch_open(struct watch *w, const char *dir)
{
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd == -1)
		return;
	if (inotify_add_watch(w->fd, dir,
	    IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF) == -1) {
		close(w->fd);
		w->fd = -1;
	}
}

void
watch_close(struct watch *w)
{
	if (w->fd != -1)
		close(w->fd);
	w->fd = -1;
}

static int
timeout_msec(const struct watch *w, int64_t deadline)
{
	int64_t left;

	left = deadline == INT64_MAX ? INT64_MAX : deadline - watch_now();
	if (left <= 0)
		return 0;
	if (w->fd == -1 && left > LOOK_AGAIN_MSEC * 1000)
		return LOOK_AGAIN_MSEC;
	if (left == INT64_MAX)
		return -1;
	left = (left + 999) / 1000;
	return left > 1000000 ? 1000000 : (int)left;
}

int
watch_wait(struct watch *w, const int *fds, int count, int64_t deadline)
{
	struct pollfd polled[WATCH_MAX];
	char events[4096];
	int n;

	if (count > WATCH_MAX - 1)
		count = WATCH_MAX - 1;
	for (int i = 0; i < count; i++)
		polled[i] = (struct pollfd){ fds[i], POLLIN, 0 };
	polled[count] = (struct pollfd){ w->fd, POLLIN, 0 };
	n = poll(polled, count + 1, timeout_msec(w, deadline));
	if (n == -1)
		return -1;	/* EINTR, or no memory: look again */
	for (int i = 0; i < count; i++) {
		if (polled[i].revents != 0)
			return i;
	}
	if (w->fd != -1 && polled[count].revents != 0) {
		while (read(w->fd, events, sizeof(events)) > 0)
			continue;
		return -1;
	}
	return deadline != INT64_MAX && watch_now() >= deadline ? -2 : -1;
}
