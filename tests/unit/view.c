/*
 * What is seen of a service, from records built by hand: how it is described,
 * how it ended, and what view_read() makes of a record, of live and dead
 * processes, and of what lies in the place of the pidfile.  The live process
 * is this one.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"
#include "message.h"
#include "process/process.h"
#include "state/watch.h"
#include "tap.h"

static struct paths paths;
static uint64_t own_start;

static const char *
usual_sub_state(enum active_state state)
{
	switch (state) {
	case STATE_INACTIVE:
		return "dead";
	case STATE_FAILED:
		return "failed";
	case STATE_ACTIVATING:
		return "start";
	case STATE_ACTIVE:
		return "running";
	case STATE_DEACTIVATING:
		return "stop";
	}
	return "";
}

struct description {
	bool known;
	enum liveness live;
	enum active_state state;
	bool has_keeper, keeper_alive;
	const char *want;
};

static void
check_description(const struct description *d, const char *sub_state)
{
	struct view v = { .known = d->known, .live = d->live,
		.keeper_alive = d->keeper_alive };
	char text[128];

	record_init(&v.record);
	v.record.active_state = d->state;
	v.record.sub_state = sub_state;
	v.record.has_keeper = d->has_keeper;
	view_describe(&v, text, sizeof(text));
	is_str(text, d->want, "described as '%s', %s", d->want, sub_state);
}

static void
test_describe(void)
{
	static const struct description rows[] = {
		{ true, LIVE_UP, STATE_ACTIVE, true, true, "running" },
		{ true, LIVE_UP, STATE_ACTIVE, true, false,
		    "running (no keeper)" },
		{ true, LIVE_UP, STATE_ACTIVE, false, false, "running" },
		{ true, LIVE_UP, STATE_ACTIVATING, true, true, "starting" },
		{ true, LIVE_UP, STATE_DEACTIVATING, true, true, "stopping" },
		{ true, LIVE_BUSY, STATE_ACTIVATING, true, true, "starting" },
		{ true, LIVE_BUSY, STATE_DEACTIVATING, true, true, "stopping" },
		{ true, LIVE_BUSY, STATE_ACTIVE, true, true,
		    "main process ended" },
		{ true, LIVE_BUSY, STATE_ACTIVE, false, false,
		    "main process ended, others remain" },
		{ true, LIVE_BUSY, STATE_INACTIVE, true, false, "starting" },
		{ false, LIVE_BUSY, STATE_INACTIVE, true, false, "starting" },
		{ true, LIVE_DOWN, STATE_INACTIVE, true, false, "stopped" },
		{ true, LIVE_DOWN, STATE_FAILED, true, false, "failed" },
		{ true, LIVE_DOWN, STATE_ACTIVE, true, false, "dead" },
		{ false, LIVE_DOWN, STATE_INACTIVE, true, false, "not known" },
		{ true, LIVE_DOWN_PIDFILE, STATE_ACTIVE, true, false,
		    "dead, pidfile left" },
		{ false, LIVE_DOWN_PIDFILE, STATE_INACTIVE, true, false,
		    "not known, pidfile left" },
		{ false, LIVE_UNKNOWN, STATE_INACTIVE, true, false,
		    "cannot tell" },
	};
	const struct description stuck = { true, LIVE_UP, STATE_DEACTIVATING,
		true, true, "stopping, stuck" };
	const struct description restart = { true, LIVE_BUSY, STATE_ACTIVATING,
		true, true, "waiting for a restart" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_description(&rows[i], usual_sub_state(rows[i].state));
	check_description(&stuck, "stuck");
	check_description(&restart, "auto-restart");
}

static void
test_describe_restart(void)
{
	struct view v = { .known = true, .live = LIVE_BUSY,
		.keeper_alive = true };
	char text[128];

	record_init(&v.record);
	v.record.active_state = STATE_ACTIVATING;
	v.record.sub_state = "auto-restart";
	v.record.restart_in_usec = 3600 * USEC_PER_SEC;
	v.record.changed_usec = watch_realtime();
	view_describe(&v, text, sizeof(text));
	ok(strncmp(text, "restarting in ", 14) == 0,
	    "a restart to come says when: %s", text);
	/* As after the clock was set back by a day. */
	v.record.changed_usec += 24 * 3600 * USEC_PER_SEC;
	view_describe(&v, text, sizeof(text));
	is_str(text, "restarting in 1 h",
	    "a clock that was set back does not put off a restart");
	v.record.changed_usec = watch_realtime() - 3601 * USEC_PER_SEC;
	view_describe(&v, text, sizeof(text));
	is_str(text, "restarting", "a restart that is due");
	v.record.changed_usec = watch_realtime();
	v.record.restart_in_usec = INT64_MAX - 1000;
	view_describe(&v, text, sizeof(text));
	is_str(text, "waiting for a restart",
	    "a restart that never comes by itself is not put a time to");
}

static void
test_ending(void)
{
	static const struct { int code, status; const char *want; } rows[] = {
		{ 0, 0, "" },
		{ CLD_EXITED, 0, "exit 0" },
		{ CLD_EXITED, 255, "exit 255" },
		{ CLD_KILLED, SIGSEGV, "killed by SIGSEGV" },
		{ CLD_DUMPED, SIGABRT, "killed by SIGABRT (core dumped)" },
	};
	struct record r;
	char text[64];

	record_init(&r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r.exec_main_code = rows[i].code;
		r.exec_main_status = rows[i].status;
		view_ending(&r, text, sizeof(text));
		is_str(text, rows[i].want, "ended with '%s'", rows[i].want);
	}
}

/* A record of a service whose main process is this one, with this keeper. */
static struct record
running(pid_t keeper, uint64_t keeper_start)
{
	struct record r;

	record_init(&r);
	r.active_state = STATE_ACTIVE;
	r.sub_state = "running";
	r.boot_id = record_boot_id();
	r.main_pid = getpid();
	r.main_start = own_start;
	r.keeper_pid = keeper;
	r.keeper_start = keeper_start;
	return r;
}

static void
look(const struct record *r, struct view *v)
{
	if (record_write(paths.record, RECORD_BY_KEEPER, r, NULL) == -1)
		perror(paths.record);
	view_read(&paths, v);
}

static void
test_processes(void)
{
	static struct view v;
	struct record r;

	/* The start time of the parent is wrong on purpose: not looked at. */
	r = running(getppid(), 1);
	look(&r, &v);
	is_int(v.live, LIVE_UP, "the main process lives: up");
	ok(v.keeper_alive, "a keeper that is the parent lives");
	is_int(v.threads, 1, "its threads are counted");

	r = running(getpid(), 1);
	look(&r, &v);
	is_int(v.live, LIVE_UP, "up without its keeper, too");
	ok(!v.keeper_alive, "a keeper with another start time is dead");

	r = running(getpid(), own_start);
	r.main_start++;
	look(&r, &v);
	is_int(v.live, LIVE_BUSY,
	    "another's pid: not up; its keeper lives: busy");

	r = running(getpid(), own_start);
	r.boot_id = "00000000-0000-0000-0000-000000000000";
	look(&r, &v);
	is_int(v.live, LIVE_DOWN, "of another boot nothing is alive");

	r = running(getpid(), own_start);
	r.active_state = STATE_INACTIVE;
	look(&r, &v);
	is_int(v.live, LIVE_DOWN, "a final record is believed");
	unlink(paths.record);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f;

	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		perror(path);
}

static void
test_records(void)
{
	static struct view v;

	view_read(&paths, &v);
	ok(!v.known && v.live == LIVE_DOWN, "no record: not known, down");
	write_file(paths.record, "garbage");
	view_read(&paths, &v);
	is_int(v.live, LIVE_UNKNOWN, "a damaged record: cannot tell");
	is_int(v.error, EBADMSG, "and says that it is damaged");
	unlink(paths.record);
	if (symlink("/dev/null", paths.record) == -1)
		perror(paths.record);
	view_read(&paths, &v);
	is_int(v.live, LIVE_UNKNOWN, "a symlink as record is not followed");
	unlink(paths.record);
}

static void
test_pidfiles(void)
{
	static struct view v;
	static const char *const texts[] = { "", "1", "-1", "garbage\n" };
	char own[16];
	int fd;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_file(paths.pid, texts[i]);
		view_read(&paths, &v);
		is_int(v.live, LIVE_DOWN_PIDFILE, "'%s' was left", texts[i]);
	}
	snprintf(own, sizeof(own), "%d", getpid());
	write_file(paths.pid, own);
	view_read(&paths, &v);
	is_int(v.live, LIVE_DOWN_PIDFILE,
	    "a live pid in a free pidfile is no service");
	fd = open(paths.pid, O_RDWR | O_CLOEXEC);
	(void)flock(fd, LOCK_EX);
	view_read(&paths, &v);
	is_int(v.live, LIVE_BUSY, "held without a record: a start");
	close(fd);
	unlink(paths.pid);

	(void)mkfifo(paths.pid, 0600);
	view_read(&paths, &v);
	is_int(v.live, LIVE_DOWN_PIDFILE, "a FIFO is in the way");
	unlink(paths.pid);
	(void)mkdir(paths.pid, 0700);
	view_read(&paths, &v);
	is_int(v.live, LIVE_DOWN_PIDFILE, "a directory is in the way");
	rmdir(paths.pid);
}

static void
test_extra_pidfile(void)
{
	static struct view v;
	struct record r;
	char extra[] = "/tmp/holdfast-view-XXXXXX";
	int fd;

	fd = mkstemp(extra);
	record_init(&r);
	r.pidfile = extra;
	look(&r, &v);
	is_int(v.live, LIVE_DOWN_PIDFILE, "its --pidfile was left");
	(void)flock(fd, LOCK_EX);
	look(&r, &v);
	is_int(v.live, LIVE_DOWN, "held, it is another service's by now");
	close(fd);
	unlink(extra);
	look(&r, &v);
	is_int(v.live, LIVE_DOWN, "and gone, nothing is left");
	unlink(paths.record);
}

int
main(void)
{
	char root[] = "/tmp/holdfast-view-XXXXXX", err[256];
	struct process_stat st;

	if (mkdtemp(root) == NULL || process_stat(getpid(), &st) == -1 ||
	    paths_init(&paths, root, root, NULL, err,
	    sizeof(err)) == -1 ||
	    paths_for(&paths, "web") == -1)
		return 1;
	own_start = st.start;
	test_describe();
	test_describe_restart();
	test_ending();
	if (mkdir(paths.dir, 0700) == -1)
		return 1;
	test_processes();
	test_records();
	test_pidfiles();
	test_extra_pidfile();
	rmdir(paths.dir);
	rmdir(root);
	return done();
}
