/*
 * The record: what was written is read back, and what is not a record is not
 * taken for one.
 */
#include "config.h"

#include "state/record.h"

#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static void
fill(struct record *r)
{
	record_init(r);
	r->active_state = STATE_DEACTIVATING;
	r->sub_state = "stuck";
	r->result = RESULT_CORE_DUMP;
	r->main_pid = 4242;
	r->main_start = UINT64_C(123456789012);
	r->session = 4241;
	r->has_keeper = false;
	r->boot_id = "boot";
	r->invocation_id = "0123456789abcdef0123456789abcdef";
	r->exec_main_code = CLD_DUMPED;
	r->exec_main_status = SIGSEGV;
	r->n_restarts = 4000000000u;
	r->started_usec = INT64_C(1795365196883631);
	r->command = "/bin/sh -c 'echo a=b'";
}

static void
test_round_trip(void)
{
	static struct record_text text;
	struct record r, back;

	fill(&r);
	ok(record_print(&r, text.text, sizeof(text.text)) > 0,
	    "a record is printed");
	ok(record_parse(text.text, &back) == 0, "what was printed is parsed");
	ok(back.active_state == r.active_state && back.result == r.result &&
	    back.main_pid == r.main_pid && back.main_start == r.main_start &&
	    back.session == r.session && !back.has_keeper &&
	    back.exec_main_code == CLD_DUMPED &&
	    back.n_restarts == r.n_restarts &&
	    back.started_usec == r.started_usec, "its numbers are the same");
	is_str(back.command, r.command, "its command is the same");
	is_str(back.sub_state, "stuck", "its substate is the same");
}

static void
test_one_line(void)
{
	static struct record_text text;
	struct record r, back;

	fill(&r);
	r.command = "a\nMainPID=7\nb";
	record_print(&r, text.text, sizeof(text.text));
	ok(record_parse(text.text, &back) == 0 && back.main_pid == 4242,
	    "a newline in a value adds no line");
}

/* Replace the line of key, or drop it when line is NULL, and parse. */
static int
parse_with(const char *key, const char *line)
{
	static struct record_text text, changed;
	struct record r, back;
	char *from, *to;

	fill(&r);
	record_print(&r, text.text, sizeof(text.text));
	from = strstr(text.text, key);
	to = strchr(from, '\n') + 1;
	*from = '\0';
	snprintf(changed.text, sizeof(changed.text), "%s%s%s", text.text,
	    line != NULL ? line : "", to);
	return record_parse(changed.text, &back);
}

static void
test_refused(void)
{
	static const struct {
		const char *key, *line;
	} rows[] = {
		{ "MainPID=", "MainPID=1\n" },
		{ "MainPID=", "MainPID=-1\n" },
		{ "MainPID=", "MainPID=99999999999999999999\n" },
		{ "MainPID=", "MainPID=12x\n" },
		{ "MainPID=", "MainPID=\n" },
		{ "HoldfastKeeperPID=", "HoldfastKeeperPID=1\n" },
		{ "ActiveState=", "ActiveState=perhaps\n" },
		{ "HoldfastKeeper=", "HoldfastKeeper=maybe\n" },
		{ "Result=", "Result\n" },
		{ "ActiveState=", NULL },
		{ "MainPID=", NULL },
		{ "HoldfastMainStart=", NULL },
		{ "HoldfastKeeperPID=", NULL },
		{ "HoldfastKeeperStart=", NULL },
		{ "HoldfastBootID=", NULL },
		{ "InvocationID=", NULL },
		{ "InvocationID=", "MainPID=4242\n" },
	};

	ok(parse_with("MainPID=", "MainPID=0\n") == 0,
	    "no main process is a record");
	ok(parse_with("MainPID=", "MainPID=4242\nLaterKey=x\n") == 0,
	    "a key of a later version is skipped");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(parse_with(rows[i].key, rows[i].line) == -1 &&
		    errno == EBADMSG, "no record: %s %.*s", rows[i].key,
		    rows[i].line == NULL ? 7 :
		    (int)strcspn(rows[i].line, "\n"),
		    rows[i].line == NULL ? "is left" : rows[i].line);
}

/* As an older version wrote it, for one that has more to say. */
static void
test_older(void)
{
	static char text[] = "ActiveState=active\nMainPID=4242\n"
	    "HoldfastMainStart=7\nHoldfastKeeperPID=4241\n"
	    "HoldfastKeeperStart=6\nHoldfastBootID=boot\n"
	    "InvocationID=0123456789abcdef0123456789abcdef\n";
	struct record r;

	ok(record_parse(text, &r) == 0, "a record may lack what is not needed");
	ok(r.main_pid == 4242 && r.keeper_pid == 4241 && r.has_keeper &&
	    r.session == 0, "what it has is read, the rest is the default");
	is_str(r.user, "", "a text that it lacks is empty");
}

static void
test_too_long(void)
{
	char path[PATH_MAX];
	struct record r;

	fill(&r);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	errno = 0;
	ok(record_write(path, RECORD_BY_KEEPER, &r, NULL) == -1 &&
	    errno == ENAMETOOLONG, "a path that is too long is ENAMETOOLONG");
}

static void
test_file(void)
{
	char dir[] = "/tmp/holdfast-record-XXXXXX", path[64], new[80];
	static struct record_text text;
	struct record r, back;

	if (mkdtemp(dir) == NULL) {
		ok(false, "a directory for the test is made");
		return;
	}
	snprintf(path, sizeof(path), "%s/record", dir);
	snprintf(new, sizeof(new), "%s.new", path);
	ok(record_read(path, &back, &text, NULL) == -1 && errno == ENOENT,
	    "no file is ENOENT");
	fill(&r);
	ok(record_write(path, RECORD_BY_KEEPER, &r, NULL) == 0, "a record is written");
	ok(record_read(path, &back, &text, NULL) == 0 && back.main_pid == 4242,
	    "and read");
	ok(access(new, F_OK) == -1, "nothing is left beside it");
	if (truncate(path, 40) == -1)
		abort();
	ok(record_read(path, &back, &text, NULL) == -1 && errno == EBADMSG &&
	    back.main_pid == 0, "half a record is none");
	unlink(path);
	rmdir(dir);
}

/* Who a child of ours sees to vouch for the record at path: a lock is not seen by
 * who has it. */
static pid_t
vouching(const char *path)
{
	struct record_text text;
	struct record r;
	pid_t pid, seen = -1;
	int ends[2];

	if (pipe(ends) == -1)
		abort();
	pid = fork();
	if (pid == 0) {
		if (record_read(path, &r, &text, &seen) == -1)
			seen = -1;
		_exit(write(ends[1], &seen, sizeof(seen)) != sizeof(seen));
	}
	if (read(ends[0], &seen, sizeof(seen)) != sizeof(seen))
		seen = -1;
	close(ends[0]);
	close(ends[1]);
	waitpid(pid, NULL, 0);
	return seen;
}

static void
test_vouch(void)
{
	char dir[] = "/tmp/holdfast-record-XXXXXX", path[64];
	struct record r;
	int vouch = -1;

	if (mkdtemp(dir) == NULL) {
		ok(false, "a directory for the test is made");
		return;
	}
	snprintf(path, sizeof(path), "%s/record", dir);
	fill(&r);
	if (record_write(path, RECORD_BY_KEEPER, &r, &vouch) == -1 ||
	    record_write(path, RECORD_BY_KEEPER, &r, &vouch) == -1)
		abort();
	ok(vouching(path) == getpid(), "the writer vouches for its last record");
	record_take_back(&vouch);
	ok(vouch == -1 && vouching(path) == 0, "until it takes that back");
	if (record_write(path, RECORD_BY_KEEPER, &r, &vouch) == -1 ||
	    record_write(path, RECORD_BY_CHILD, &r, NULL) == -1)
		abort();
	ok(vouching(path) == 0, "and never for a record of another");
	record_take_back(&vouch);
	unlink(path);
	rmdir(dir);
}

int
main(void)
{
	test_round_trip();
	test_one_line();
	test_refused();
	test_older();
	test_too_long();
	test_file();
	test_vouch();
	return done();
}
