/*
 * The definition: its lists, its defaults, and what contradicts itself.
 */
#include "config.h"

#include "define/service.h"

#include <signal.h>
#include <stdlib.h>

#include "define/directive.h"
#include "define/unit.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* As a unit file does. */
static const char *
set_directive(struct service *s, const char *name, const char *value)
{
	const struct directive *d = directive_find(name);

	return d == NULL ? "unknown directive" : d->parse(s, d, value);
}

static void
test_strings(void)
{
	struct strings list = { 0 };
	char item[32];
	int i, bad = 0;

	for (i = 0; i < 100; i++) {
		snprintf(item, sizeof(item), "K%d=%d", i, i);
		strings_add(&list, item);
		bad += list.count != (size_t)i + 1 ||
		    list.items[list.count] != NULL;
	}
	is_int(bad, 0, "strings: the list ends with NULL at each length");
	is_str(strings_get(&list, "K42"), "42", "strings: a value is found");
	is_str(strings_get(&list, "K"), NULL,
	    "strings: half a key finds nothing");
	strings_set(&list, "K42=x=y");
	is_str(strings_get(&list, "K42"), "x=y", "strings: it is replaced");
	is_int(list.count, 100, "strings: in its place");
	strings_set(&list, "NEW=");
	is_str(strings_get(&list, "NEW"), "", "strings: a new key is added");
	strings_clear(&list);
	ok(list.items == NULL && list.count == 0, "strings: it is cleared");
	strings_add(&list, "again");
	is_str(list.items[0], "again", "strings: and can be filled again");
	strings_clear(&list);
}

static void
test_defaults(void)
{
	struct service s;
	char text[64], err[128] = "";

	service_init(&s, "web");
	is_str(s.name, "web", "default: the name");
	is_str(s.working_directory, "/", "default: the directory is /");
	is_int(s.umask, 022, "default: umask 022");
	ok(s.keeper, "default: there is a keeper");
	is_int(s.restart, RESTART_NO, "default: no restart");
	is_int(s.timeout_start_usec, 90 * USEC_PER_SEC,
	    "default: 90 s to start");
	is_int(service_check(&s, err, sizeof(err)), -1,
	    "default: without a command it is not complete");
	is_str(err, "expected a command (ExecStart=)",
	    "default: which is said");
	exec_add(&s.exec_start, "/bin/true");
	is_int(service_check(&s, err, sizeof(err)), 0,
	    "default: with one it is");
	schedule_print(&s.stop_schedule, text, sizeof(text));
	is_str(text, "TERM/30/KILL/5", "default: the stop schedule");
	is_int(s.start_limit_burst, 0, "default: no start limit");
	service_free(&s);
	service_init(&s, NULL);
	is_str(s.name, NULL, "default: the name may come later");
	exec_add(&s.exec_start, "");
	is_int(service_check(&s, err, sizeof(err)), -1,
	    "default: an empty command is none");
	service_free(&s);
}

static void
test_check(void)
{
	static const struct {
		const char *set[3][2];
		const char *error;	/* NULL: it is good */
	} rows[] = {
		{ { { "X-HoldfastStopSchedule", "TERM/5" },
		    { "KillSignal", "INT" } }, "X-HoldfastStopSchedule= and "
		    "KillSignal= contradict each other" },
		{ { { "TimeoutStopSec", "5" },
		    { "X-HoldfastStopSchedule", "TERM/5" } },
		    "X-HoldfastStopSchedule= and TimeoutStopSec= "
		    "contradict each other" },
		{ { { "X-HoldfastStopSchedule", "5" },
		    { "TimeoutStopSec", "5" } }, "X-HoldfastStopSchedule= and "
		    "TimeoutStopSec= contradict each other" },
		{ { { "X-HoldfastStopSchedule", "5" },
		    { "KillSignal", "INT" } }, NULL },
		{ { { "X-HoldfastStopSchedule", "5" },
		    { "X-HoldfastStopSchedule", "TERM" },
		    { "KillSignal", "INT" } }, "X-HoldfastStopSchedule= and "
		    "KillSignal= contradict each other" },
		{ { { "X-HoldfastKeeper", "no" }, { "Restart", "always" } },
		    "X-HoldfastKeeper= and Restart= contradict each other" },
		{ { { "X-HoldfastKeeper", "no" }, { "Restart", "no" },
		    { "X-HoldfastReady", "settle:1s" } }, NULL },
		{ { { "X-HoldfastKeeper", "yes" },
		    { "Restart", "on-failure" } }, NULL },
		{ { { "KillSignal", "INT" }, { "TimeoutStopSec", "5" } },
		    NULL },
		{ { { "X-HoldfastStopSchedule", "forever/5/5" } },
		    "X-HoldfastStopSchedule=: expected at least one signal" },
	};
	struct service s;
	char err[256];
	size_t i, k;
	int ret;

	for (i = 0; i < COUNT(rows); i++) {
		service_init(&s, "web");
		exec_add(&s.exec_start, "/bin/true");
		for (k = 0; k < 3 && rows[i].set[k][0] != NULL; k++)
			set_directive(&s, rows[i].set[k][0],
			    rows[i].set[k][1]);
		err[0] = '\0';
		ret = service_check(&s, err, sizeof(err));
		is_str(ret == 0 ? NULL : err, rows[i].error,
		    "check: %s=%s and %s=%s", rows[i].set[0][0],
		    rows[i].set[0][1],
		    k > 1 ? rows[i].set[1][0] : "nothing",
		    k > 1 ? rows[i].set[1][1] : "");
		service_free(&s);
	}
}

static void
test_derived(void)
{
	static const struct {
		const char *interval, *burst;
		int64_t want_interval;
		int want_burst;
	} rows[] = {
		{ NULL, NULL, 0, 0 }, { "30", "3", 30 * USEC_PER_SEC, 3 },
		{ "30", NULL, 30 * USEC_PER_SEC, 5 },
		{ NULL, "3", 10 * USEC_PER_SEC, 3 },
		{ "0", NULL, 0, 0 }, { NULL, "0", 0, 0 }, { "0", "3", 0, 0 },
		{ "30", "0", 0, 0 },
	};
	struct service s;
	char text[64], err[128] = "";
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		service_init(&s, "web");
		exec_add(&s.exec_start, "/bin/true");
		if (rows[i].burst != NULL)
			set_directive(&s, "StartLimitBurst", rows[i].burst);
		if (rows[i].interval != NULL)
			set_directive(&s, "StartLimitIntervalSec",
			    rows[i].interval);
		service_check(&s, err, sizeof(err));
		service_check(&s, err, sizeof(err));
		ok(s.start_limit_interval_usec == rows[i].want_interval &&
		    s.start_limit_burst == rows[i].want_burst,
		    "start limit: %s in %s is %d in %lld us",
		    rows[i].burst == NULL ? "nothing" : rows[i].burst,
		    rows[i].interval == NULL ? "nothing" : rows[i].interval,
		    rows[i].want_burst, (long long)rows[i].want_interval);
		service_free(&s);
	}
	service_init(&s, "web");
	exec_add(&s.exec_start, "/bin/true");
	set_directive(&s, "KillSignal", "INT");
	set_directive(&s, "TimeoutStopSec", "1500ms");
	is_int(service_check(&s, err, sizeof(err)), 0,
	    "schedule: a signal and a timeout are good");
	schedule_print(&s.stop_schedule, text, sizeof(text));
	is_str(text, "INT/1s 500ms/KILL/5", "schedule: it is made of them");
	service_free(&s);
	service_init(&s, "web");
	exec_add(&s.exec_start, "/bin/true");
	set_directive(&s, "X-HoldfastStopSchedule", "7");
	set_directive(&s, "KillSignal", "INT");
	service_check(&s, err, sizeof(err));
	schedule_print(&s.stop_schedule, text, sizeof(text));
	is_str(text, "INT/7/KILL/7",
	    "schedule: one time alone goes with the signal, set before or after");
	service_free(&s);
}

static void
test_long_command(void)
{
	struct service s;
	char err[128] = "", *text = malloc(UNIT_LINE_MAX);

	memset(text, 'x', UNIT_LINE_MAX);
	text[UNIT_LINE_MAX - sizeof("ExecStart=/bin/true ") + 1] = '\0';
	service_init(&s, "web");
	strings_add(&exec_add(&s.exec_start, "/bin/true")->words, text);
	is_int(service_check(&s, err, sizeof(err)), 0,
	    "long: a command that fills a line is good");
	text[0] = '"';
	service_set_text(&s.exec_start.items[0].words.items[1], text);
	is_int(service_check(&s, err, sizeof(err)), -1,
	    "long: one that when quoted does not is refused");
	is_str(err, "ExecStart=: expected a command of at most 1 MiB",
	    "long: which is said");
	free(text);
	service_free(&s);
}

static void
test_table(void)
{
	const struct directive *d, *other;
	int bad = 0;
	struct service s;

	for (d = directives; d->name != NULL; d++) {
		bad += d->option != NULL && (d->help == NULL ||
		    d->argument == NULL);
		for (other = directives; other < d; other++) {
			bad += strcmp(d->name, other->name) == 0;
			bad += d->letter != 0 && d->letter == other->letter;
			bad += d->option != NULL && other->option != NULL &&
			    strcmp(d->option, other->option) == 0;
		}
	}
	is_int(bad, 0, "table: names, options and letters are there once");
	service_init(&s, "web");
	ok(directive_find("Nope") == NULL,
	    "table: what is not in it is not found");
	ok(directive_find("LimitNOFILE") != NULL, "table: LimitNOFILE is in");
	is_str(directive_set_literal(&s, directive_find("Environment"),
	    "A=%h \"x\" $y"), NULL, "literal: a variable is set");
	is_str(strings_get(&s.environment, "A"), "%h \"x\" $y",
	    "literal: to just that");
	is_str(directive_set_literal(&s, directive_find("WorkingDirectory"),
	    "/a\nb"), "expected no control characters",
	    "literal: what no unit file can hold is refused");
	is_str(s.working_directory, "/", "literal: and changes nothing");
	service_free(&s);
}

int
main(void)
{
	test_strings();
	test_defaults();
	test_check();
	test_derived();
	test_long_command();
	test_table();
	return done();
}
