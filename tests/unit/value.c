/*
 * Values: what each parser takes and refuses, and that what is printed is
 * read back.
 */
#include "config.h"

#include "define/value.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "define/limit.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define REFUSED (-1)
#define MIN (60 * USEC_PER_SEC)
#define DAY (24 * 60 * MIN)

static void
test_spans(void)
{
	static const struct {
		const char *text;
		int64_t usec;
	} rows[] = {
		{ "5", 5 * USEC_PER_SEC }, { "0", 0 }, { "00", 0 },
		{ "1.5s", 1500000 }, { "1.5", 1500000 }, { "100ms", 100000 },
		{ "1us", 1 }, { "7\302\265s", 7 }, { "2min 30s", 150000000 },
		{ "2min30s", 150000000 }, { "2min 30", 150000000 },
		{ " 5 s ", 5000000 }, { "1h", 60 * MIN }, { "1d", DAY },
		{ "1w", 7 * DAY }, { "2 weeks", 14 * DAY },
		{ "1m", MIN }, { "1M", INT64_C(2629800000000) },
		{ "1y", INT64_C(31557600000000) },
		{ "0.5h", 30 * MIN }, { "0.0000001s", 0 },
		{ "infinity", USEC_INFINITY },
		{ "1000y", INT64_C(31557600000000000) },
		{ " infinity\t", USEC_INFINITY }, { "+5", 5000000 },
		{ "5 +5", 10000000 }, { "5s+5s", 10000000 }, { ".5", 500000 },
		{ "5 .5", 5500000 }, { "5s.5s", 5500000 },
		{ "1.9999999us", 1 }, { "1001y", USEC_INFINITY },
		{ "1000y 1us", USEC_INFINITY }, { "584541y", USEC_INFINITY },
		{ "9223372036854775807us", USEC_INFINITY },
		{ "18446744073709us", INT64_C(18446744073709) },
		{ "", REFUSED }, { " ", REFUSED }, { "-1", REFUSED },
		{ "-0", REFUSED }, { "++1", REFUSED }, { "+.5", REFUSED },
		{ "5+5", REFUSED }, { "+", REFUSED }, { ".", REFUSED },
		{ "abc", REFUSED }, { "5x", REFUSED }, { "1.s", REFUSED },
		{ "5s,", REFUSED }, { "5 s s", REFUSED }, { "1.", REFUSED },
		{ "1.2.3", REFUSED }, { "s", REFUSED }, { "5 -1", REFUSED },
		{ "18014398509481984h", REFUSED }, { "584543y", REFUSED },
		{ "584541y 2y", REFUSED }, { "18446744073710", REFUSED },
		{ "9223372036854775808us", REFUSED },
		{ "99999999999999999999", REFUSED }, { "0x10", REFUSED },
		{ "infinity s", REFUSED }, { "Infinity", REFUSED },
		{ "infinitys", REFUSED },
		{ "5s -1s", REFUSED }, { "1e3", REFUSED },
	};
	int64_t usec;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		usec = REFUSED;
		value_parse_span(rows[i].text, &usec);
		is_int(usec, rows[i].usec, rows[i].usec == REFUSED ?
		    "span: '%s' is refused" : "span: '%s' is read",
		    rows[i].text);
	}
	is_str(value_parse_span("abc", &usec),
	    "expected a time such as 5s or 100ms",
	    "span: what was expected is said");
}

static void
test_exact_times(void)
{
	uint64_t usec = 0;

	ok(value_parse_time("5 1ms", 1, &usec) == NULL && usec == 1005,
	    "time: a number alone has the unit that was asked for");
	ok(value_parse_time("584541y", 1, &usec) == NULL &&
	    usec == UINT64_C(18446711061600000000),
	    "time: what is longer than 1000 years is exact");
	ok(value_parse_time("infinity", 1, &usec) == NULL &&
	    usec == UINT64_MAX, "time: infinity is the largest number");
	usec = 7;
	ok(value_parse_time("5 x", 1, &usec) != NULL && usec == 7,
	    "time: a refusal leaves the result alone");
}

static void
test_numbers(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t number;
	} rows[] = {
		{ "0", true, 0 }, { "010", true, 8 }, { "0x1F", true, 31 },
		{ "0o17", true, 15 }, { "0b11", true, 3 }, { "+5", true, 5 },
		{ "+010", true, 8 }, { "+0x5", true, 5 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "0xffffffffffffffff", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 }, { "", false, 0 },
		{ "0x10000000000000000", false, 0 }, { "0x", false, 0 },
		{ "0b", false, 0 }, { "0b2", false, 0 }, { "08", false, 0 },
		{ "+0b1", false, 0 }, { "-0", false, 0 }, { "++1", false, 0 },
		{ "5 ", false, 0 }, { "a", false, 0 }, { "+", false, 0 },
	};
	uint64_t number;
	bool good;

	for (size_t i = 0; i < COUNT(rows); i++) {
		number = 0;
		good = value_parse_unsigned(rows[i].text, &number);
		ok(good == rows[i].good && number == rows[i].number,
		    "number: '%s' is %s", rows[i].text,
		    rows[i].good ? "read" : "refused");
	}
}

static void
test_print_spans(void)
{
	static const struct {
		int64_t usec;
		const char *text, *ago;
	} rows[] = {
		{ 0, "0", "0 ms" }, { 1, "1us", "0 ms" },
		{ 61000, "61ms", "61 ms" }, { 999999, "999ms 999us", "999 ms" },
		{ 3 * USEC_PER_SEC, "3s", "3 s" },
		{ 90 * USEC_PER_SEC, "1min 30s", "1 min" },
		{ 40 * MIN, "40min", "40 min" },
		{ 133 * MIN, "2h 13min", "2 h 13 min" },
		{ 120 * MIN, "2h", "2 h" },
		{ 5 * DAY + 180 * MIN, "5d 3h", "5 d 3 h" },
		{ 5 * DAY, "5d", "5 d" },
		{ DAY + 1, "1d 1us", "1 d" },
		{ USEC_INFINITY, "infinity", "infinity" },
	};
	int64_t back;
	char buf[128];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		value_print_span(rows[i].usec, buf, sizeof(buf));
		is_str(buf, rows[i].text, "span: %s is printed", rows[i].text);
		back = REFUSED;
		value_parse_span(buf, &back);
		is_int(back, rows[i].usec, "span: %s is read back",
		    rows[i].text);
		value_print_ago(rows[i].usec, buf, sizeof(buf));
		is_str(buf, rows[i].ago, "ago: %s is rounded to %s",
		    rows[i].text, rows[i].ago);
	}
	value_print_ago(-5 * USEC_PER_SEC, buf, sizeof(buf));
	is_str(buf, "0 ms", "ago: a clock set back is no negative age");
	value_print_span(150 * USEC_PER_SEC, buf, 4);
	is_str(buf, "2mi", "span: a small buffer is not overrun");
}

static void
test_signals(void)
{
	static const struct {
		const char *text;
		int signal;
	} rows[] = {
		{ "TERM", SIGTERM }, { "SIGTERM", SIGTERM }, { "15", 15 },
		{ "hup", SIGHUP }, { "sigusr1", SIGUSR1 }, { "1", 1 },
		{ "64", 64 }, { "CLD", SIGCHLD }, { "IO", SIGIO },
		{ "SYS", SIGSYS }, { "POLL", SIGIO },
		{ "+15", 15 }, { "0x0f", 15 }, { "017", 15 },
		{ "RTMIN+0x3", 37 },
		{ "RTMIN", 34 }, { "RTMIN+3", 37 }, { "SIGRTMAX", 64 },
		{ "RTMAX-2", 62 }, { "RTMIN+30", 64 },
		{ "", REFUSED }, { "0", REFUSED }, { "65", REFUSED },
		{ "-9", REFUSED }, { "SIG", REFUSED }, { "TREM", REFUSED },
		{ "15x", REFUSED }, { "TERM ", REFUSED }, { " TERM", REFUSED },
		{ "RTMIN+31", REFUSED }, { "RTMIN-1", REFUSED },
		{ "RTMAX+1", REFUSED }, { "RTMIN+", REFUSED },
		{ "RTMIN+-1", REFUSED }, { "RTMINX", REFUSED },
		{ "SIGSIGTERM", REFUSED }, { "99999999999", REFUSED },
	};
	char name[32];
	int sig, back;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		sig = REFUSED;
		value_parse_signal(rows[i].text, &sig);
		is_int(sig, rows[i].signal, rows[i].signal == REFUSED ?
		    "signal: '%s' is refused" : "signal: '%s' is read",
		    rows[i].text);
	}
	for (sig = 1; sig <= 64; sig++) {
		back = REFUSED;
		value_parse_signal(value_signal_name(sig, name, sizeof(name)),
		    &back);
		is_int(back, sig, "signal: %d is read back from its name %s",
		    sig, name);
	}
	is_str(value_signal_name(SIGSEGV, name, sizeof(name)), "SIGSEGV",
	    "signal: 11 is called SIGSEGV");
	is_str(value_signal_name(SIGIO, name, sizeof(name)), "SIGIO",
	    "signal: 29 has the name that systemd reads");
	is_str(value_signal_name(37, name, sizeof(name)),
	    "SIGRTMIN+3", "signal: 37 is called SIGRTMIN+3");
}

static void
test_small_values(void)
{
	static const struct {
		const char *text;
		int value;
	} bools[] = {
		{ "1", 1 }, { "yes", 1 }, { "Y", 1 }, { "TRUE", 1 },
		{ "t", 1 }, { "on", 1 }, { "0", 0 }, { "no", 0 }, { "n", 0 },
		{ "false", 0 }, { "f", 0 }, { "Off", 0 }, { "", REFUSED },
		{ "2", REFUSED }, { "yess", REFUSED }, { " yes", REFUSED },
	}, modes[] = {
		{ "022", 022 }, { "0", 0 }, { "7777", 07777 },
		{ "0000777", 0777 }, { "", REFUSED }, { "8", REFUSED },
		{ "10000", REFUSED }, { "-1", REFUSED }, { "0x1", REFUSED },
		{ "22 ", REFUSED }, { "777777777777777777777777", REFUSED },
	}, ints[] = {
		{ "-20", -20 }, { "19", 19 }, { "0", 0 }, { "007", 7 },
		{ "-0", 0 }, { "20", REFUSED }, { "-21", REFUSED },
		{ "+5", 5 }, { "0x10", 16 }, { "-0x10", -16 }, { "010", 8 },
		{ "-010", -8 }, { "0b11", 3 }, { "024", REFUSED },
		{ "", REFUSED }, { "-", REFUSED }, { "++5", REFUSED },
		{ "-+5", REFUSED }, { "08", REFUSED }, { "-0b11", REFUSED },
		{ " 5", REFUSED }, { "5 ", REFUSED }, { "5.0", REFUSED },
		{ "99999999999999999999", REFUSED },
	};
	bool truth = false;
	mode_t mode;
	int number;
	size_t i;

	for (i = 0; i < COUNT(bools); i++) {
		number = value_parse_bool(bools[i].text, &truth) == NULL ?
		    truth : REFUSED;
		is_int(number, bools[i].value, "bool: '%s' is %d",
		    bools[i].text, bools[i].value);
	}
	for (i = 0; i < COUNT(modes); i++) {
		mode = (mode_t)REFUSED;
		value_parse_mode(modes[i].text, &mode);
		is_int((int)mode, modes[i].value, "mode: '%s' is %d",
		    modes[i].text, modes[i].value);
	}
	for (i = 0; i < COUNT(ints); i++) {
		/* -1 is in the range here, so it cannot mark a refusal. */
		number = 99;
		value_parse_int(ints[i].text, -20, 19, &number);
		is_int(number == 99 ? REFUSED : number, ints[i].value,
		    "int: '%s' is %d", ints[i].text, ints[i].value);
	}
	ok(value_parse_int("+5", 0, 19, &number) != NULL,
	    "int: no sign where no number can be negative");
	is_str(value_parse_int("20", -20, 19, &number),
	    "expected a number from -20 to 19", "int: the range is named");
}

static void
test_names(void)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "web", true }, { "a", true }, { "getty@tty1", true },
		{ "a:b_c.d-e@F9", true }, { "..", false }, { ".web", false },
		{ "-web", false }, { "", false }, { "a/b", false },
		{ "a b", false }, { "a\n", false }, { "w\303\251b", false },
		{ "a..b", true }, { "a%b", false },
	};
	char text[130];
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ok((value_check_name(rows[i].text) == NULL) == rows[i].good,
		    "name: '%s' is %s", rows[i].text,
		    rows[i].good ? "good" : "refused");
	memset(text, 'a', sizeof(text));
	text[128] = '\0';
	ok(value_check_name(text) == NULL, "name: 128 characters are good");
	text[128] = 'a';
	text[129] = '\0';
	ok(value_check_name(text) != NULL, "name: 129 are refused");
	ok(value_is_variable("_A9", 3), "variable: _A9 is a name");
	ok(!value_is_variable("9A", 2), "variable: 9A is none");
	ok(!value_is_variable("", 0), "variable: nothing is none");
	ok(!value_is_variable("A-B", 3), "variable: A-B is none");
	ok(value_is_variable("A-B", 1), "variable: the length counts");
}

static void
test_utf8(void)
{
	static const struct {
		const char *text;
		size_t want;
	} rows[] = {
		{ "a", 1 }, { "\xc3\xa9", 2 }, { "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 }, { "\x80", 0 }, { "\xc0\x80", 0 },
		{ "\xe0\x80\x80", 0 }, { "\xf0\x80\x80\x80", 0 },
		{ "\xed\xa0\x80", 0 }, { "\xf4\x90\x80\x80", 0 },
		{ "\xc3", 0 }, { "\xe2\x82", 0 }, { "\xff", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(value_utf8_length((const unsigned char *)rows[i].text),
		    rows[i].want, "utf-8: row %zu has %zu bytes", i,
		    rows[i].want);
}

static void
test_limits(void)
{
	static const struct {
		int resource;
		const char *text, *printed;	/* NULL: it is refused */
	} rows[] = {
		{ RLIMIT_NOFILE, "0x10", "16" }, { RLIMIT_NOFILE, "010", "8" },
		{ RLIMIT_NOFILE, "+5", "5" }, { RLIMIT_NOFILE, "5: 6", "5:6" },
		{ RLIMIT_NOFILE, "5:", NULL }, { RLIMIT_NOFILE, ":5", NULL },
		{ RLIMIT_NOFILE, "5:6:7", NULL }, { RLIMIT_NOFILE, "1K", NULL },
		{ RLIMIT_NOFILE, "18446744073709551614",
		    "18446744073709551614" },
		{ RLIMIT_NOFILE, "18446744073709551615", NULL },
		{ RLIMIT_NOFILE, "infinity", "infinity" },
		{ RLIMIT_NOFILE, "infinity:5", NULL },
		{ RLIMIT_NOFILE, "00000000000000000000000000000000000000000000"
		    "0000000000000000000000000005", "5" },
		{ RLIMIT_AS, "1.5G", "1610612736" },
		{ RLIMIT_AS, "1.1K", "1126" }, { RLIMIT_AS, "1.K", "1024" },
		{ RLIMIT_AS, "1G 512M", "1610612736" },
		{ RLIMIT_AS, "1K1", "1025" }, { RLIMIT_AS, "1 K", "1024" },
		{ RLIMIT_AS, "5B", "5" }, { RLIMIT_AS, "15E",
		    "17293822569102704640" },
		{ RLIMIT_AS, "1KB", NULL }, { RLIMIT_AS, "1K 1G", NULL },
		{ RLIMIT_AS, "1k", NULL }, { RLIMIT_AS, ".5K", NULL },
		{ RLIMIT_AS, "16E", NULL }, { RLIMIT_AS, "1K ", NULL },
		{ RLIMIT_AS, "18446744073709551615.5K", NULL },
		{ RLIMIT_AS, "1 1", NULL }, { RLIMIT_AS, "-1K", NULL },
		{ RLIMIT_NICE, "-5", "25" }, { RLIMIT_NICE, "+0x5", "15" },
		{ RLIMIT_NICE, "40", "40" }, { RLIMIT_NICE, "41", NULL },
		{ RLIMIT_NICE, "infinity", NULL },
		{ RLIMIT_CPU, "1ms", "1" }, { RLIMIT_CPU, "1.5", "2" },
		{ RLIMIT_CPU, " infinity", "infinity" },
		{ RLIMIT_CPU, "1001y", "31589157600" },
		{ RLIMIT_CPU, "18446744073710", NULL },
		{ RLIMIT_RTTIME, "1s 500", "1000500" },
		{ RLIMIT_RTTIME, "1.5", "1" },
		{ RLIMIT_RTTIME, "584541y", NULL },
	};
	struct limit limit;
	char text[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		limit = (struct limit){ 0 };
		limit_parse(rows[i].text, rows[i].resource, &limit);
		limit_print(&limit, text, sizeof(text));
		is_str(limit.is_set ? text : NULL, rows[i].printed,
		    "limit: '%s' is %s", rows[i].text,
		    rows[i].printed == NULL ? "refused" : rows[i].printed);
		if (!limit.is_set)
			continue;
		limit_parse(text, rows[i].resource, &limit);
		limit_print(&limit, text, sizeof(text));
		is_str(text, rows[i].printed, "limit: %s is read back", text);
	}
}

int
main(void)
{
	test_spans();
	test_exact_times();
	test_numbers();
	test_print_spans();
	test_signals();
	test_small_values();
	test_names();
	test_limits();
	test_utf8();
	return done();
}
