/*
 * Who is measured, and with which command lines.  Each of the two has one
 * service and one pidfile; whoever starts it stops it.
 */
#include "config.h"

#include "subject.h"

#include <stdio.h>

const char *
pidfile(void)
{
	static char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/ssd.pid", place.state);
	return path;
}

struct start_times
timed_start(const char *const *argv, struct ear *ear, struct beacon *ret_word)
{
	struct start_times t;
	int64_t begin, returned;

	ear_drain(ear);
	begin = now_ns();
	returned = run(argv);
	ear_hear(ear, BEACON_BEGAN, ret_word);
	t.began = ret_word->ns - begin;
	t.both = returned > t.began ? returned : t.began;
	return t;
}

struct start_times
holdfast_start(struct ear *ear, const char *ms, struct beacon *ret_word)
{
	const char *const argv[] = { place.holdfast, "start", "bench", "--",
	    place.beacon, ear->path, ms, NULL };

	return timed_start(argv, ear, ret_word);
}

struct start_times
holdfast_start_alone(struct ear *ear, struct beacon *ret_word)
{
	const char *const argv[] = { place.holdfast, "start", "bench",
	    "--no-keeper", "--", place.beacon, ear->path, NULL };

	return timed_start(argv, ear, ret_word);
}

struct start_times
ssd_start(struct ear *ear, const char *ms, struct beacon *ret_word)
{
	const char *const argv[] = { SSD, "-S", "-q", "-b", "-m", "-p",
	    pidfile(), "-x", place.beacon, "--", ear->path, ms, NULL };

	return timed_start(argv, ear, ret_word);
}

int64_t
holdfast_stop(void)
{
	const char *const argv[] = { place.holdfast, "stop", "bench", NULL };

	return run(argv);
}

int64_t
ssd_stop(void)
{
	const char *const argv[] = { SSD, "-K", "-q", "-R", "TERM/30/KILL/5",
	    "-p", pidfile(), NULL };

	return run(argv);
}

int64_t
holdfast_status(void)
{
	const char *const argv[] = { place.holdfast, "status", "bench", NULL };

	return run(argv);
}

int64_t
holdfast_status_quiet(void)
{
	const char *const argv[] = { place.holdfast, "status", "--quiet",
	    "bench", NULL };

	return run(argv);
}

int64_t
ssd_status(void)
{
	const char *const argv[] = { SSD, "-T", "-p", pidfile(), NULL };

	return run(argv);
}

int64_t
beyond(struct ear *ear, int64_t (*stop)(void))
{
	struct beacon last;
	int64_t returned;

	stop();
	returned = now_ns();
	ear_hear(ear, BEACON_ENDS, &last);
	return returned - last.ns;
}
