/*
 * The stop schedule: what is read, what is refused, and each way through it.
 */
#include "config.h"

#include "define/schedule.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "define/value.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first moves of s as text: "15 w30000000 9 end". */
static void
walk(const struct schedule *s, int moves, char *buf, size_t size)
{
	enum schedule_move move;
	size_t position = 0;
	char step[40];
	int64_t usec = 0;
	int sig = 0;

	buf[0] = '\0';
	for (; moves > 0; moves--) {
		move = schedule_next(s, &position, &sig, &usec);
		if (move == MOVE_SIGNAL)
			snprintf(step, sizeof(step), "%d ", sig);
		else if (move == MOVE_WAIT)
			snprintf(step, sizeof(step), "w%lld ",
			    (long long)usec);
		else
			snprintf(step, sizeof(step), "end");
		strlcat(buf, step, size);
		if (move == MOVE_EXHAUSTED)
			break;
	}
}

static void
test_good(void)
{
	static const struct {
		const char *text, *printed, *walked;
	} rows[] = {
		{ "TERM/30/KILL/5", "TERM/30/KILL/5",
		    "15 w30000000 9 w5000000 end" },
		{ "5", "TERM/5/KILL/5", "15 w5000000 9 w5000000 end" },
		{ "500ms", "TERM/500ms/KILL/500ms",
		    "15 w500000 9 w500000 end" },
		{ "-TERM/1", "TERM/1", "15 w1000000 end" },
		{ "SIGHUP/-9/2", "HUP/KILL/2", "1 9 w2000000 end" },
		{ "-32/0", "-32/0", "32 w0 end" },
		{ "KILL", "KILL", "9 end" },
		{ "RTMIN+2/90s", "RTMIN+2/90", "36 w90000000 end" },
		{ "TERM/forever/1/KILL", "TERM/forever/1/KILL",
		    "15 w1000000 9 w1000000 9 w1000000 9 " },
		{ "forever/INT/1min 500ms", "forever/INT/1min 500ms",
		    "2 w60500000 2 w60500000 2 w60500000 2 " },
		{ "TERM/infinity", "TERM/infinity",
		    "15 w9223372036854775807 end" },
	};
	struct schedule s, back;
	char buf[2048];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&s, 0, sizeof(s));
		memset(&back, 0, sizeof(back));
		is_str(schedule_parse(rows[i].text, &s), NULL,
		    "%s is read", rows[i].text);
		schedule_print(&s, buf, sizeof(buf));
		is_str(buf, rows[i].printed, "%s is printed", rows[i].text);
		ok(schedule_parse(buf, &back) == NULL &&
		    memcmp(&s, &back, sizeof(s)) == 0,
		    "%s is read back to the same", rows[i].text);
		walk(&s, 7, buf, sizeof(buf));
		is_str(buf, rows[i].walked, "%s is gone through",
		    rows[i].text);
	}
}

static void
test_refused(void)
{
	static const char *const rows[] = { "", "/", "TERM/", "/5", "TERM//5",
		"TREM/5", "TERM/5x", "TERM/-5s", "5/5/x", "forever",
		"TERM/forever", "forever/TERM", "TERM/forever/KILL/0",
		"TERM/1/forever/KILL", "forever/1/forever/1", "TERM /5",
		"--9/5", "-0/5", "-65/5", "Forever/5",
		"TERM/99999999999999999999" };
	struct schedule s = { .length = 77 };
	char text[33 * 4 + 1] = "";
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ok(schedule_parse(rows[i], &s) != NULL &&
		    s.length == 77, "'%s' is refused", rows[i]);
	memset(text, '0', 70);
	ok(schedule_parse(text, &s) != NULL,
	    "a time of 70 digits is refused");
	text[0] = '\0';
	for (i = 0; i < 32; i++)
		strlcat(text, i == 0 ? "INT" : "/INT", sizeof(text));
	ok(schedule_parse(text, &s) == NULL && s.length == 32,
	    "32 items are good");
	strlcat(text, "/INT", sizeof(text));
	ok(schedule_parse(text, &s) != NULL, "33 are refused");
}

static void
test_edges(void)
{
	struct schedule s = { .length = 0 };
	char buf[64];

	walk(&s, 3, buf, sizeof(buf));
	is_str(buf, "end", "an empty schedule is exhausted at once");
	s.length = 1;
	s.items[0].kind = SCHEDULE_FOREVER;
	walk(&s, 3, buf, sizeof(buf));
	is_str(buf, "end", "forever with nothing behind it is exhausted");
	schedule_default(SIGINT, 7 * USEC_PER_SEC, &s);
	schedule_print(&s, buf, sizeof(buf));
	is_str(buf, "INT/7/KILL/5", "the default is signal, wait, KILL, 5 s");
	schedule_print(&s, buf, 6);
	is_str(buf, "INT/7", "printing stops where the buffer ends");
}

int
main(void)
{
	test_good();
	test_refused();
	test_edges();
	return done();
}
