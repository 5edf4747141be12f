/*
 * The channel between the keeper and the service that sets itself up: what was
 * said on it arrives, whatever became of who said it.
 */
#include "config.h"

#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static const struct child_report said = {
	.step = STEP_DIRECTORY,
	.error = ENOENT,
	.fatal = true,
};

/* Both ends of a channel, as child_spawn() makes it. */
static void
open_channel(struct child *c, int *ret_end)
{
	int pair[2];

	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) == -1)
		abort();
	*c = (struct child){ .pid = 4242, .channel = pair[0] };
	*ret_end = pair[1];
}

static void
say(int end)
{
	if (write(end, &said, sizeof(said)) != (ssize_t)sizeof(said))
		abort();
}

static void
test_read(void)
{
	struct child_report report;
	struct child c;
	int end;

	open_channel(&c, &end);
	say(end);
	close(end);
	ok(child_read(&c, &report) == CHILD_REPORT &&
	    report.step == STEP_DIRECTORY && report.error == ENOENT,
	    "a report is read after its sender has died");
	ok(child_read(&c, &report) == CHILD_EXECUTED,
	    "and then the end of file");
	close(c.channel);
}

static void
test_quiet(void)
{
	struct child_report report;
	struct child c;
	int end;

	open_channel(&c, &end);
	ok(child_read(&c, &report) == CHILD_QUIET,
	    "without news the channel is quiet");
	close(end);
	close(c.channel);
}

int
main(void)
{
	test_read();
	test_quiet();
	return done();
}
