/*
 * The events: what was added is there, whatever the disk did in between.
 */
#include "config.h"

#include "state/events.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

#define LINES 4

static char path[64];
static struct event_line lines[LINES];
static char buf[1024];

static size_t
tail(void)
{
	return events_tail(path, lines, LINES, buf, sizeof(buf));
}

static off_t
size(void)
{
	struct stat st;

	return stat(path, &st) == -1 ? -1 : st.st_size;
}

/* Files may have this many bytes: what is behind is not written. */
static void
limit_size(rlim_t bytes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == -1)
		abort();
	limit.rlim_cur = bytes;
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
		abort();
}

static void
test_full_disk(void)
{
	struct rlimit before;
	off_t whole;

	events_add(path, "one");
	events_add(path, "two");
	whole = size();
	if (getrlimit(RLIMIT_FSIZE, &before) == -1)
		abort();
	limit_size((rlim_t)whole + 5);
	events_add(path, "three");
	limit_size(before.rlim_cur);
	is_int(size(), whole, "of an event that did not fit nothing is left");
	events_add(path, "four");
	is_int(tail(), 3, "the others are all there");
	is_str(lines[0].text, "one", "the first is whole");
	is_str(lines[1].text, "two", "so is the one before it");
	is_str(lines[2].text, "four", "and the one after it");
}

static void
test_half_line(void)
{
	int fd;

	fd = open(path, O_WRONLY | O_APPEND);
	if (fd == -1 || write(fd, "12 hal", 6) != 6)
		abort();
	close(fd);
	is_int(tail(), 3, "half a line does not hide the others");
	is_str(lines[2].text, "four", "and is none");
	if (truncate(path, 3) == -1)
		abort();
	is_int(tail(), 0, "half a line alone is no history");
}

static void
test_bound(void)
{
	off_t largest = 0;
	int halved = 0;

	for (int i = 0; i < 2000; i++) {
		events_add(path, "event %d, with a text that has some length "
		    "so that it does not take too many", i);
		if (size() > largest)
			largest = size();
		else
			halved++;
	}
	ok(halved > 0 && largest < EVENTS_MAX_BYTES,
	    "a long history is shortened");
	is_int(tail(), LINES, "its last lines are there");
	ok(strncmp(lines[LINES - 1].text, "event 1999, ", 12) == 0 &&
	    strncmp(lines[0].text, "event 1996, ", 12) == 0,
	    "they are the newest");
}

static void
test_shortened(void)
{
	char first[32] = "", *end;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd == -1 || read(fd, first, sizeof(first) - 1) == -1)
		abort();
	close(fd);
	ok(strtoll(first, &end, 10) > 0 && strncmp(end, " event ", 7) == 0,
	    "it begins with a whole line");
}

int
main(void)
{
	char dir[] = "/tmp/holdfast-events-XXXXXX";

	signal(SIGXFSZ, SIG_IGN);
	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/events", dir);
	is_int(tail(), 0, "without a file there is no history");
	test_full_disk();
	test_half_line();
	test_bound();
	test_shortened();
	unlink(path);
	rmdir(dir);
	return done();
}
