/*
 * The unit format: words, files good and bad, and that what is written is
 * read back to the same definition.
 */
#include "config.h"

#include "define/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "define/directive.h"
#include "define/envfile.h"
#include "define/words.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The words of list as "[a][b]". */
static const char *
joined(const struct strings *list)
{
	static char buf[4096];
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < list->count; i++) {
		strlcat(buf, "[", sizeof(buf));
		strlcat(buf, list->items[i], sizeof(buf));
		strlcat(buf, "]", sizeof(buf));
	}
	return buf;
}

/* As a unit file does. */
static const char *
set_directive(struct service *s, const char *name, const char *value)
{
	const struct directive *d = directive_find(name);

	return d == NULL ? "unknown directive" : d->parse(s, d, value);
}

static void
test_split(void)
{
	static const struct {
		const char *text, *words;	/* NULL: refused */
	} rows[] = {
		{ "", "" }, { "  ", "" }, { "a b", "[a][b]" },
		{ " a\t b ", "[a][b]" }, { "'a b' c", "[a b][c]" },
		{ "\"a b\"", "[a b]" }, { "a'b c'd", "[ab cd]" },
		{ "''", "[]" }, { "a '' b", "[a][][b]" },
		{ "\"it's\"", "[it's]" }, { "'a\\'b'", "[a'b]" },
		{ "a\\sb", "[a b]" }, { "\\n\\t", "[\n\t]" },
		{ "\\x41\\101\\\\\\\"", "[AA\\\"]" },
		{ "\\xff", "[\377]" }, { "x\\;", NULL },
		{ "\\u00e9\\u0041", "[\303\251A]" },
		{ "\\u07ff\\u0800", "[\337\277\340\240\200]" },
		{ "\\U0001f600", "[\360\237\230\200]" },
		{ "\\u00e", NULL }, { "\\u0000", NULL }, { "\\ud800", NULL },
		{ "\\U00110000", NULL }, { "\\U1f600", NULL },
		{ "a \\; b", "[a][;][b]" }, { "a \";\" b", "[a][;][b]" },
		{ "a;b", "[a;b]" }, { "a ; b", "[a][;][b]" },
		{ "'a", NULL }, { "\"a", NULL }, { "a\\", NULL },
		{ "\\q", NULL }, { "\\x4", NULL }, { "\\x00", NULL },
		{ "\\400", NULL }, { "\\000", NULL }, { "\\18", NULL },
	};
	struct strings words = { 0 };
	const char *error;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		error = words_split(rows[i].text, &words);
		is_str(error == NULL ? joined(&words) : NULL, rows[i].words,
		    "split: <%s> is %s", rows[i].text,
		    rows[i].words == NULL ? "refused" : rows[i].words);
		if (rows[i].words == NULL)
			is_int(words.count, 0, "split: <%s> leaves no words",
			    rows[i].text);
		strings_clear(&words);
	}
}

static void
test_quote(void)
{
	static const struct {
		const char *word, *quoted;
	} rows[] = {
		{ "plain", "plain" }, { "", "\"\"" }, { "a b", "\"a b\"" },
		{ ";", "\";\"" }, { "a;b", "a;b" }, { "it's", "\"it's\"" },
		{ "\"", "\"\\\"\"" }, { "\\", "\"\\\\\"" },
		{ "a\nb\tc\rd", "\"a\\nb\\tc\\rd\"" },
		{ "\001\177", "\"\\x01\\x7f\"" }, { "\303\251", "\303\251" },
		{ "\303", "\"\\xc3\"" }, { "\355\240\200",
		    "\"\\xed\\xa0\\x80\"" }, { "\300\200", "\"\\xc0\\x80\"" },
		{ "\360\237\230\200", "\360\237\230\200" },
		{ "\364\220\200\200", "\"\\xf4\\x90\\x80\\x80\"" },
		{ "100%", "100%" }, { "$HOME", "$HOME" },
	};
	struct strings words = { 0 };
	char *quoted, word[2] = "";
	int bad = 0;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		quoted = words_quote(rows[i].word);
		is_str(quoted, rows[i].quoted, "quote: <%s> is %s",
		    rows[i].word, rows[i].quoted);
		free(quoted);
	}
	for (i = 1; i < 256; i++) {
		word[0] = (char)i;
		quoted = words_quote(word);
		bad += words_split(quoted, &words) != NULL ||
		    words.count != 1 || strcmp(words.items[0], word) != 0;
		strings_clear(&words);
		free(quoted);
	}
	is_int(bad, 0, "quote: every byte is split back to itself");
}

static void
test_bad_units(void)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "[Service]\nNice=abc\n", "w:2: Nice: 'abc': "
		    "expected a number from -20 to 19" },
		{ "\n# c\n[Service]\n\nFrob=1\n", "w:5: Frob: '1': "
		    "unknown directive" },
		{ "Nice=1\n", "w:1: line: 'Nice=1': "
		    "expected [Unit] or [Service] before it" },
		{ "[Service]\nNice\n", "w:2: line: 'Nice': "
		    "expected KEY=VALUE or [SECTION]" },
		{ "[Service]\n=1\n", "w:2: line: '=1': "
		    "expected KEY=VALUE or [SECTION]" },
		{ "[Service\n", "w:1: section: '[Service': expected a ]" },
		{ "[Socket]\n", "w:1: section: 'Socket': "
		    "expected Unit, Service or Install" },
		{ "[Unit]\nNice=1\n", "w:2: Nice: '1': expected in [Service]" },
		{ "[Service]\nDescription=x\n",
		    "w:2: Description: 'x': expected in [Unit]" },
		{ "[Service]\nAfter=x\n",
		    "w:2: After: 'x': unknown directive" },
		{ "[Unit]\nConditionPathExists=/x\n", "w:2: "
		    "ConditionPathExists: '/x': unknown directive" },
		{ "[Service]\nExecStart=/a \\\n  b \\\n # c\n 'd\n",
		    "w:2: ExecStart: '/a  b  'd': expected a closing quote" },
		{ "[Service]\nType=forking\n", "w:2: Type: 'forking': expected "
		    "exec or simple (other types are not supported yet)" },
		{ "[Service]\nExecStart=+!/a\n", "w:2: ExecStart: '+!/a': "
		    "expected + or !, not both" },
		{ "[Service]\nExecStart=--/a\n", "w:2: ExecStart: '--/a': "
		    "expected each prefix once" },
		{ "[Service]\nExecStart=@/a\n", "w:2: ExecStart: '@/a': "
		    "expected argv[0] after the command" },
		{ "[Service]\nExecStart=/a ; ; /b\n", "w:2: ExecStart: "
		    "'/a ; ; /b': expected a command" },
		{ "[Service]\nExecStart=/a/\n", "w:2: ExecStart: '/a/': "
		    "expected the path of a file" },
		{ "[Service]\nExecStart=./a\n", "w:2: ExecStart: './a': "
		    "expected an absolute path" },
		{ "[Service]\nWorkingDirectory=a\n", "w:2: WorkingDirectory: "
		    "'a': expected an absolute path" },
		{ "[Service]\nEnvironment=A=1 B\n", "w:2: Environment: "
		    "'A=1 B': expected NAME=VALUE" },
		{ "[Service]\nEnvironment=1A=1\n", "w:2: Environment: "
		    "'1A=1': expected NAME=VALUE" },
		{ "[Service]\nLimitNOFILE=9:8\n", "w:2: LimitNOFILE: '9:8': "
		    "expected a soft limit not above the hard one" },
		{ "[Service]\nUMask=1000\n", "w:2: UMask: '1000': "
		    "expected an octal mode from 0 to 777" },
		{ "[Service]\nOOMScoreAdjust=1001\n", "w:2: OOMScoreAdjust: "
		    "'1001': expected a number from -1000 to 1000" },
		{ "[Service]\nX-HoldfastReady=settle:infinity\n",
		    "w:2: X-HoldfastReady: 'settle:infinity': "
		    "expected a time after settle:, such as settle:500ms" },
		{ "[Service]\nUser=a b\n", "w:2: User: 'a b': "
		    "expected a user's name or number" },
	};
	struct service s;
	char err[512];
	size_t i;
	int ret;

	for (i = 0; i < COUNT(rows); i++) {
		service_init(&s, "web");
		err[0] = '\0';
		ret = unit_parse(&s, "w", rows[i].text, strlen(rows[i].text),
		    err, sizeof(err));
		is_str(ret == -1 ? err : NULL, rows[i].error,
		    "bad unit: %s", rows[i].error);
		service_free(&s);
	}
}

static void
test_bytes(void)
{
	static const char nul[] = "[Service]\nNice=1\0002\n";
	size_t size = UNIT_LINE_MAX + 64;
	char err[256] = "", *text = malloc(size);
	struct service s;

	service_init(&s, "web");
	is_int(unit_parse(&s, "w", nul, sizeof(nul) - 1, err, sizeof(err)), -1,
	    "bytes: a NUL is refused");
	is_str(err, "w:2: expected text, not a NUL byte",
	    "bytes: and its line is named");
	memset(text, 'x', size);
	memcpy(text, "[Unit]\nDescription=", 19);
	is_int(unit_parse(&s, "w", text, UNIT_LINE_MAX + 7, err, sizeof(err)),
	    0, "bytes: a line of 1 MiB is read");
	is_int(unit_parse(&s, "w", text, UNIT_LINE_MAX + 8, err, sizeof(err)),
	    -1, "bytes: a longer one is refused");
	is_str(err, "w:2: expected a line of at most 1 MiB",
	    "bytes: and its line is named");
	memset(text + 7, '\n', size - 7);
	text[7] = '#';
	is_int(unit_parse(&s, "w", text, size, err, sizeof(err)), 0,
	    "bytes: a file of empty lines is read");
	is_int(unit_parse(&s, "w", "", 0, err, sizeof(err)), 0,
	    "bytes: an empty file is read");
	is_int(unit_parse(&s, "w", "[Unit]\nDescription=a\\", 21, err,
	    sizeof(err)), 0, "bytes: a file may end in a continuation");
	is_str(s.description, "a", "bytes: which then continues nothing");
	free(text);
	service_free(&s);
}

static const char packaged[] =
    "\357\273\277# a comment\r\n"
    "; another\n"
    "[Unit]\r\n"
    "Description = Web %% server \r\n"
    "Documentation=man:web(8)\n"
    "After=network.target\n"
    "X-Foo=bar\n"
    "StartLimitIntervalSec=30\n"
    "[X-Other]\n"
    "Anything\n"
    "[Service]\n"
    "Type=simple\n"
    "X-Other-Key=1\n"
    "  ExecStart=/usr/bin/web --name \"a b\" \\\n"
    "# in between\n"
    "    --cost $$5 --mail a$b 100%% x\\\\\n"
    "Environment=\"A=1 2\" B=3\n"
    "Environment=C=%% D='x\"y'\n"
    "EnvironmentFile=-/etc/default/web\n"
    "StartLimitBurst=3\n"
    "LimitNOFILE=1024:1M\n"
    "LimitCPU=2min\n"
    "LimitCORE=infinity\n"
    "LimitMEMLOCK=64K:1M\n"
    "LimitNICE=-5\n"
    "LimitRTTIME=1s\n"
    "StandardOutput=file:/var/log/w%%\n"
    "[Install]\n"
    "WantedBy=multi-user.target\n";

static void
test_good_unit(void)
{
	char err[256] = "", *text = strdup(packaged);
	struct service s;

	service_init(&s, "web");
	/* 1M is no count: the one line that a good unit must not have. */
	is_int(unit_parse(&s, "w", text, strlen(text), err, sizeof(err)), -1,
	    "good unit: a count has no suffix");
	memcpy(strstr(text, "1024:1M"), "1024:99", 7);
	memcpy(strstr(text, "1024:99"), "  88:99", 7);
	service_free(&s);
	service_init(&s, "web");
	is_int(unit_parse(&s, "w", text, strlen(text), err, sizeof(err)), 0,
	    "good unit: it is read (%s)", err);
	is_str(s.description, "Web % server", "good unit: Description=");
	is_str(joined(&s.exec_start.items[0].words), "[/usr/bin/web][--name][a b][--cost][$5]"
	    "[--mail][a$b][100%][x\\]", "good unit: ExecStart=");
	is_str(joined(&s.environment), "[A=1 2][B=3][C=%][D=x\"y]",
	    "good unit: Environment=");
	is_str(joined(&s.environment_files), "[-/etc/default/web]",
	    "good unit: EnvironmentFile=");
	is_int(s.start_limit_interval_usec, 30 * USEC_PER_SEC,
	    "good unit: StartLimitIntervalSec= in [Unit]");
	is_int(s.start_limit_burst, 3,
	    "good unit: StartLimitBurst= in [Service]");
	is_int(s.limits[RLIMIT_NOFILE].value.rlim_cur, 88,
	    "good unit: soft limit");
	is_int(s.limits[RLIMIT_NOFILE].value.rlim_max, 99,
	    "good unit: hard limit");
	is_int(s.limits[RLIMIT_CPU].value.rlim_cur, 120,
	    "good unit: LimitCPU= takes a time");
	ok(s.limits[RLIMIT_CORE].value.rlim_max == RLIM_INFINITY,
	    "good unit: a limit may be infinity");
	is_int(s.limits[RLIMIT_MEMLOCK].value.rlim_cur, 65536,
	    "good unit: a limit may be in K");
	is_int(s.limits[RLIMIT_NICE].value.rlim_cur, 25,
	    "good unit: LimitNICE= takes a nice value");
	is_int(s.limits[RLIMIT_RTTIME].value.rlim_cur, 1000000,
	    "good unit: LimitRTTIME= is in microseconds");
	is_int(s.output, OUTPUT_APPEND,
	    "good unit: file: empties nothing");
	is_str(s.output_path, "/var/log/w%", "good unit: its path");
	free(text);
	service_free(&s);
}

static void
test_resets(void)
{
	static const char text[] = "[Service]\nExecStart=/a\nExecStart=\n"
	    "ExecStart=/b\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2\n"
	    "EnvironmentFile=/a\nEnvironmentFile=\nUser=a\nUser=\n"
	    "WorkingDirectory=/a\nWorkingDirectory=\n"
	    "TimeoutStopSec=0\n";
	struct service s;
	char err[256] = "";

	service_init(&s, "web");
	is_int(unit_parse(&s, "w", text, sizeof(text) - 1, err, sizeof(err)),
	    0, "resets: they are read (%s)", err);
	is_str(joined(&s.exec_start.items[0].words), "[/b]", "resets: ExecStart=");
	is_str(joined(&s.environment), "[B=2]", "resets: Environment=");
	is_int(s.environment_files.count, 0, "resets: EnvironmentFile=");
	is_str(s.user, NULL, "resets: User=");
	is_str(s.working_directory, "/", "resets: WorkingDirectory=");
	ok(s.timeout_stop_usec == USEC_INFINITY,
	    "resets: a timeout of 0 is none, as in systemd");
	service_free(&s);
}

/* Everything, with values that tempt a writer to get it wrong. */
static void
fill(struct service *s)
{
	static const char *const command[] = { "/bin/a $x%n\\", "", ";", "$",
		"$$", "${HOME}", "%h%%", "a\nb", "it's \"x\"", "-\t-",
		" lead", "trail ", "\303\251", "\377\001", "#", "a\\nb",
		"=", "[Service]", "\\" };
	static const char *const environment[] = { "EMPTY=", "Q=\"'`",
		"NL=a\nb\n", "PCT=%h %% %", "DOLLAR=$HOME ${X} $$",
		"BS=\\ \\\\ \\n", "TAB=\ta\t", "SPACES=  x  ",
		"UTF=\342\202\254", "HIGH=\200\377", "EQ=a=b=c", "SEMI=;" };
	static const char *const set[][2] = {
		{ "Description", "a %% b \"c\" 'd' # e" },
		{ "StartLimitIntervalSec", "1min 500ms" },
		{ "StartLimitBurst", "7" }, { "WorkingDirectory", "/a b%%\\c" },
		{ "User", "www%%data" }, { "Group", "33" }, { "UMask", "077" },
		{ "EnvironmentFile", "-/a b" }, { "EnvironmentFile", "/c%%" },
		{ "Nice", "-5" }, { "LimitNOFILE", "5:infinity" },
		{ "LimitCPU", "7" }, { "LimitRTTIME", "100:2s" },
		{ "LimitNICE", "+3" }, { "LimitAS", "1G" },
		{ "LimitRTPRIO", "0" },
		{ "OOMScoreAdjust", "-1000" },
		{ "StandardOutput", "truncate:/l %%" },
		{ "KillSignal", "RTMIN+2" }, { "TimeoutStopSec", "90s" },
		{ "KillMode", "process-group" }, { "Restart", "on-abnormal" },
		{ "RestartSec", "0" }, { "X-HoldfastReady", "settle:1500us" },
		{ "TimeoutStartSec", "infinity" },
		{ "X-HoldfastPIDFile", "/run/a b.pid" },
	};
	size_t i;

	for (i = 0; i < COUNT(command); i++)
		if (i == 0)
			exec_add(&s->exec_start, command[i]);
		else
			strings_add(&s->exec_start.items[0].words, command[i]);
	for (i = 0; i < COUNT(environment); i++)
		strings_add(&s->environment, environment[i]);
	for (i = 0; i < COUNT(set); i++)
		is_str(set_directive(s, set[i][0], set[i][1]), NULL,
		    "round trip: %s=%s is set", set[i][0], set[i][1]);
}

/* By its own text first, then field by field where that could hide a loss. */
static void
compare(struct service *s, const char *what)
{
	struct service back;
	const struct strings *words, *back_words;
	char err[512] = "", *text, *again;
	size_t i, length = 0, again_length = 0;
	int bad = 0;

	service_check(s, err, sizeof(err));
	service_init(&back, "web");
	text = unit_text(s, &length);
	is_int(unit_parse(&back, "w", text, length, err, sizeof(err)), 0,
	    "%s: what is written is read (%s)", what, err);
	again = unit_text(&back, &again_length);
	is_str(again, text, "%s: and written again the same", what);
	is_int(service_check(&back, err, sizeof(err)), 0,
	    "%s: it is as good as before (%s)", what, err);
	words = &s->exec_start.items[0].words;
	back_words = &back.exec_start.items[0].words;
	is_int(back_words->count, words->count, "%s: all arguments", what);
	for (i = 0; i < words->count && i < back_words->count; i++)
		bad += !tap_same(back_words->items[i], words->items[i]);
	is_int(bad, 0, "%s: each argument is the same", what);
	is_int(back.environment.count, s->environment.count,
	    "%s: all variables", what);
	for (i = 0; i < s->environment.count && i < back.environment.count;
	    i++)
		is_str(back.environment.items[i], s->environment.items[i],
		    "%s: %s", what, s->environment.items[i]);
	is_str(back.description, s->description, "%s: description", what);
	is_str(back.working_directory, s->working_directory, "%s: directory",
	    what);
	is_str(back.user, s->user, "%s: user", what);
	is_str(back.output_path, s->output_path, "%s: output", what);
	is_str(back.pidfile, s->pidfile, "%s: pidfile", what);
	is_int(back.environment_files.count, s->environment_files.count,
	    "%s: environment files", what);
	is_int(memcmp(back.limits, s->limits, sizeof(s->limits)), 0,
	    "%s: limits", what);
	ok(back.umask == s->umask && back.nice == s->nice &&
	    back.oom_score_adjust == s->oom_score_adjust &&
	    back.output == s->output && back.kill_mode == s->kill_mode &&
	    back.restart == s->restart && back.ready == s->ready &&
	    back.keeper == s->keeper, "%s: numbers", what);
	ok(back.kill_signal == s->kill_signal &&
	    back.timeout_stop_usec == s->timeout_stop_usec &&
	    back.restart_usec == s->restart_usec &&
	    back.restart_usec_is_set == s->restart_usec_is_set &&
	    back.ready_settle_usec == s->ready_settle_usec &&
	    back.timeout_start_usec == s->timeout_start_usec &&
	    back.start_limit_interval_usec == s->start_limit_interval_usec &&
	    back.start_limit_burst == s->start_limit_burst, "%s: times", what);
	is_int(memcmp(&back.stop_schedule, &s->stop_schedule,
	    sizeof(s->stop_schedule)), 0, "%s: schedule", what);
	free(text);
	free(again);
	service_free(&back);
}

static void
test_round_trip(void)
{
	struct service s;
	size_t length = 0;
	char *text;

	service_init(&s, "web");
	exec_add(&s.exec_start, "/bin/true");
	text = unit_text(&s, &length);
	is_str(text, "[Service]\nType=exec\nExecStart=/bin/true\n",
	    "defaults: nothing is written of them");
	is_int(length, strlen(text), "defaults: the length is the text's");
	free(text);
	compare(&s, "defaults");
	service_free(&s);

	service_init(&s, "web");
	fill(&s);
	text = unit_text(&s, &length);
	ok(strncmp(text, "[Unit]\nDescription=", 19) == 0 &&
	    strstr(text, "\n\n[Service]\nType=exec\nExecStart=\"/bin/a "
	    "$x%%n\\\\\" \"\" \";\" $$ $$$$ $${HOME} %%h%%%% \"a\\nb\" ")
	    != NULL, "everything: it is written as systemd reads it");
	free(text);
	compare(&s, "everything");
	service_free(&s);

	service_init(&s, "web");
	exec_add(&s.exec_start, "/bin/true");
	set_directive(&s, "X-HoldfastStopSchedule", "-32/1min 500ms/forever/"
	    "KILL/5");
	set_directive(&s, "X-HoldfastKeeper", "no");
	set_directive(&s, "StandardOutput", "inherit");
	compare(&s, "schedule");
	service_free(&s);

	service_init(&s, "web");
	exec_add(&s.exec_start, "/bin/true");
	set_directive(&s, "X-HoldfastStopSchedule", "7");
	set_directive(&s, "KillSignal", "INT");
	compare(&s, "a time alone");
	service_free(&s);
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		printf("Bail out! cannot write %s\n", path);
	close(fd);
}

static void
test_files(const char *dir)
{
	char path[4096], err[5000] = "", want[5000];
	struct service s;
	int error = 0;

	service_init(&s, "web");
	snprintf(path, sizeof(path), "%s/unit", dir);
	is_int(unit_read(&s, path, &error, err, sizeof(err)), -1,
	    "file: one that is missing is refused");
	is_int(error, ENOENT, "file: with its errno");
	snprintf(want, sizeof(want),
	    "cannot read %s: No such file or directory", path);
	is_str(err, want, "file: and its name");
	is_int(unit_read(&s, dir, &error, err, sizeof(err)), -1,
	    "file: a directory is refused");
	is_int(error, EISDIR, "file: with its errno");
	mkfifo(path, 0600);
	is_int(unit_read(&s, path, &error, err, sizeof(err)), -1,
	    "file: a FIFO is refused, not waited for");
	is_int(error, ENOTSUP, "file: with its errno");
	unlink(path);
	write_file(path, "[Service]\nNice=7\n");
	is_int(unit_read(&s, path, &error, err, sizeof(err)), 0,
	    "file: a good one is read");
	is_int(s.nice, 7, "file: and means what it says");
	write_file(path, "[Service]\nNice=x\n");
	is_int(unit_read(&s, path, &error, err, sizeof(err)), -1,
	    "file: a bad one is refused");
	is_int(error, 0, "file: without an errno");
	unlink(path);
	service_free(&s);
}

static void
test_environment(const char *dir)
{
	static const struct {
		const char *text, *items;	/* NULL: refused in line */
		unsigned line;
	} rows[] = {
		{ "A=1\nB=2\n", "[A=1][B=2]", 0 },
		{ "# c\n; d\n\n  A = x y  \n", "[A=x y]", 0 },
		{ "A=\"x  y \"\n", "[A=x  y ]", 0 },
		{ "A='$x \\n'\n", "[A=$x \\n]", 0 },
		{ "A=\"a\\\"b\\$c\\d\"\n", "[A=a\"b$c\\d]", 0 },
		{ "A=\"two\nlines\"\nB=1", "[A=two\nlines][B=1]", 0 },
		{ "A=a\\\nb\n", "[A=ab]", 0 }, { "A=a\\ \n", "[A=a ]", 0 },
		{ "A=it's\n", "[A=it's]", 0 }, { "A=\n", "[A=]", 0 },
		{ "A=x\"y\"\n", "[A=x\"y\"]", 0 },
		{ "A='x'\"y\"\n", "[A=xy]", 0 },
		{ "A=1\r\nB=2\r\n", "[A=1][B=2]", 0 },
		{ "A=1\nA=2\n", "[A=2]", 0 }, { "A==\n", "[A==]", 0 },
		{ "", "", 0 }, { "A=# b\n", "[A=# b]", 0 },
		{ "A=1\nfoo\n", NULL, 2 }, { "export A=1\n", NULL, 1 },
		{ "A=1\n1B=2\n", NULL, 2 }, { "A='1\n\n", NULL, 1 },
		{ "\n\nA=\"1\n", NULL, 3 }, { "=x\n", NULL, 1 },
	};
	struct strings env = { 0 };
	char path[4096];
	unsigned line;
	size_t i;
	int ret;

	snprintf(path, sizeof(path), "%s/env", dir);
	for (i = 0; i < COUNT(rows); i++) {
		write_file(path, rows[i].text);
		line = 0;
		ret = envfile_read(path, &env, &line);
		is_str(ret == 0 ? joined(&env) : NULL, rows[i].items,
		    "environment: <%s> is %s", rows[i].text,
		    rows[i].items == NULL ? "refused" : "read");
		is_int(line, rows[i].line, "environment: <%s>: line %u",
		    rows[i].text, rows[i].line);
		strings_clear(&env);
	}
	unlink(path);
	ret = envfile_read(path, &env, &line);
	ok(ret == -1 && errno == ENOENT,
	    "environment: a missing file is an errno");
}

int
main(void)
{
	char dir[] = "/tmp/holdfast-unit.XXXXXX";

	test_split();
	test_quote();
	test_bad_units();
	test_bytes();
	test_good_unit();
	test_resets();
	test_round_trip();
	if (mkdtemp(dir) == NULL) {
		printf("Bail out! cannot make %s\n", dir);
		return 1;
	}
	test_files(dir);
	test_environment(dir);
	rmdir(dir);
	return done();
}
