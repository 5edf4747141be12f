/*
 * The command line of start: its grammar, what is refused and in which words,
 * and what is taken over from the caller.
 */
#include "config.h"

#include "define/options.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "define/directive.h"
#include "define/unit.h"
#include "define/words.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char dir[] = "/tmp/holdfast-options.XXXXXX";

/* Parse line, a command line after "start" as words_split() reads it. */
static int
parse(const char *line, struct start_options *o, char *err, size_t size)
{
	/* What --run-dir gives points into it: it lives until the next. */
	static struct strings argv;
	const char *error;

	strings_clear(&argv);
	strings_add(&argv, "start");
	error = words_split(line, &argv);
	if (error != NULL)
		printf("Bail out! %s: %s\n", line, error);
	return options_parse_start((int)argv.count, argv.items, o, err, size);
}

static void
test_refused(void)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{ "", "expected the name of a service" },
		{ "-q", "expected the name of a service" },
		{ "'a b'", "'a b': expected a service's name "
		    "(letters, digits and :_.@-, not starting with . or -)" },
		{ "..", "'..': expected a service's name "
		    "(letters, digits and :_.@-, not starting with . or -)" },
		{ "web --frob", "unknown option '--frob'" },
		{ "web --frob=1", "unknown option '--frob'" },
		{ "web --use a -- x", "unknown option '--use'" },
		{ "web --json", "unknown option '--json'" },
		{ "web -z", "unknown option '-z'" },
		{ "web -qz", "unknown option '-z'" },
		{ "web --user", "--user: expected an argument (USER)" },
		{ "web -u", "-u: expected an argument (USER)" },
		{ "web --user -- x", "--user: expected an argument (USER)" },
		{ "web --user= -- x", "--user: '': expected USER" },
		{ "web --clear-env=x -- y",
		    "--clear-env: expected no argument, not 'x'" },
		{ "web --", "expected a command after --" },
		{ "web -- ''", "'': expected a command after --" },
		{ "web db -- x", "'db': expected one name only "
		    "where there is a command" },
		{ "web --nice 5", "--nice: expected a command after -- "
		    "(a definition that exists is not changed)" },
		{ "web --clear-env", "--clear-env: expected a command after "
		    "-- (a definition that exists is not changed)" },
		{ "web --stop-timeout abc -- x", "--stop-timeout: 'abc': "
		    "expected a time such as 5s or 100ms" },
		{ "web -s TREM -- x", "-s: 'TREM': "
		    "expected a signal such as TERM, SIGHUP or 15" },
		{ "web --nice 20 -- x", "--nice: '20': "
		    "expected a number from -20 to 19" },
		{ "web --oom-score-adj -1001 -- x", "--oom-score-adj: "
		    "'-1001': expected a number from -1000 to 1000" },
		{ "web -k 8 -- x", "-k: '8': "
		    "expected an octal mode from 0 to 777" },
		{ "web --env 1=2 -- x", "--env: '1=2': expected NAME=VALUE" },
		{ "web --env HOLDFAST_NOT_SET -- x", "--env: "
		    "'HOLDFAST_NOT_SET': expected NAME=VALUE, "
		    "or the name of a variable that is set" },
		{ "web --env-file /nonexistent/x -- x", "--env-file: cannot "
		    "read /nonexistent/x: No such file or directory" },
		{ "web --env-file bad.env -- x",
		    "--env-file: DIR/bad.env:2: expected NAME=VALUE" },
		{ "web --limit FOO=1 -- x", "--limit: 'FOO=1': "
		    "expected a limit such as NOFILE=1024" },
		{ "web --limit NOFILE -- x", "--limit: 'NOFILE': "
		    "expected a limit such as NOFILE=1024" },
		{ "web --limit NOFILE=x -- x", "--limit NOFILE: 'x': "
		    "expected a number, infinity, or SOFT:HARD" },
		{ "web --start-limit x/5 -- x", "--start-limit: 'x/5': "
		    "expected a number from 0 to 1000000" },
		{ "web --start-limit /5 -- x", "--start-limit: '/5': "
		    "expected BURST/INTERVAL such as 5/10s, or no" },
		{ "web --start-limit 5/x -- x", "--start-limit: '5/x': "
		    "expected a time such as 5s or 100ms" },
		{ "web --property Foo=1 -- x", "--property: 'Foo=1': "
		    "expected KEY=VALUE with a directive that is known" },
		{ "web --property Nice -- x", "--property: 'Nice': "
		    "expected KEY=VALUE with a directive that is known" },
		{ "web --property Nice=x -- x", "--property Nice: 'x': "
		    "expected a number from -20 to 19" },
		{ "web --property ExecStart=/x -- x", "--property: "
		    "'ExecStart=/x': expected the command after --" },
		{ "web --user a: -- x",
		    "--user: 'a:': expected USER or USER:GROUP" },
		{ "web --user :b -- x",
		    "--user: ':b': expected USER or USER:GROUP" },
		{ "web --restart maybe -- x", "--restart: 'maybe': "
		    "expected no, on-success, on-failure, on-abnormal, "
		    "on-abort or always" },
		{ "web --ready tcp:80 -- x", "--ready: 'tcp:80': "
		    "expected exec or settle:TIME" },
		{ "web --kill-mode none -- x", "--kill-mode: 'none': "
		    "expected control-group, mixed, process "
		    "or process-group" },
		{ "web --chdir '/a\\n' -- x", "--chdir: '/a\n': "
		    "expected no control characters" },
		{ "web --chdir some/where -- x", "--chdir: 'some/where': "
		    "expected an absolute path" },
		{ "web --run-dir= -- x", "--run-dir: '': expected DIR" },
		/* contradictions */
		{ "web -q -v", "--quiet and --verbose "
		    "contradict each other" },
		{ "web --same-dir -d / -- x", "--same-dir and -d "
		    "contradict each other" },
		{ "web -d / --same-dir -- x", "--same-dir and -d "
		    "contradict each other" },
		{ "web -R TERM/5 --stop-signal INT -- x", "-R and "
		    "--stop-signal contradict each other" },
		{ "web --stop-timeout 5 --stop-schedule TERM/5 -- x",
		    "--stop-schedule and --stop-timeout "
		    "contradict each other" },
		{ "web --no-keeper --restart always -- x", "--no-keeper and "
		    "--restart contradict each other" },
		{ "web --restart always --property X-HoldfastKeeper=no -- x",
		    "--property X-HoldfastKeeper and --restart "
		    "contradict each other" },
		{ "web --user a -c b -- x", "--user 'a' and -c 'b' "
		    "contradict each other" },
		{ "web --user a:b --group c -- x", "--user 'b' and "
		    "--group 'c' contradict each other" },
		{ "web --user a --property User=b -- x", "--user 'a' and "
		    "--property User 'b' contradict each other" },
		{ "web --limit CPU=1 --limit cpu=2 -- x", "--limit CPU '1' "
		    "and --limit cpu '2' contradict each other" },
		{ "web --run-dir /a --run-dir /b", "--run-dir '/a' and "
		    "--run-dir '/b' contradict each other" },
		{ "web --stop-schedule 5/5 -- x", "X-HoldfastStopSchedule=: "
		    "expected at least one signal" },
	};
	struct start_options o;
	char err[512], want[512];
	const char *mark;
	size_t i;
	int ret;

	for (i = 0; i < COUNT(rows); i++) {
		err[0] = '\0';
		ret = parse(rows[i].line, &o, err, sizeof(err));
		mark = strstr(rows[i].error, "DIR/");
		strlcpy(want, rows[i].error, sizeof(want));
		if (mark != NULL)
			snprintf(want, sizeof(want), "%.*s%s%s",
			    (int)(mark - rows[i].error), rows[i].error, dir,
			    mark + 3);
		is_str(ret == -1 ? err : NULL, want, "refused: start %s",
		    rows[i].line);
		options_free_start(&o);
	}
}

/* Each option is this directive. */
static void
test_directives(void)
{
	static const struct {
		const char *line, *text;	/* what unit_text() then has */
	} rows[] = {
		{ "--description 'a b'", "Description=a b" },
		{ "-d /a%b", "WorkingDirectory=/a%%b" },
		{ "--same-dir", "WorkingDirectory=DIR" },
		{ "-u www", "User=www" }, { "-c www", "User=www" },
		{ "-uwww", "User=www" },
		{ "--user www:adm", "User=www\nGroup=adm" },
		{ "--user www:adm -g adm", "User=www\nGroup=adm" },
		{ "--group adm", "Group=adm" }, { "-k 077", "UMask=0077" },
		{ "-e 'A=x y%'", "Environment=\"A=x y%%\"" },
		{ "--env-file good.env", "EnvironmentFile=DIR/good.env" },
		{ "--env-file -none.env", "EnvironmentFile=-DIR/none.env" },
		{ "-N -5", "Nice=-5" }, { "--nice=5", "Nice=5" },
		{ "--limit nofile=1:2", "LimitNOFILE=1:2" },
		{ "--limit AS=1G", "LimitAS=1073741824" },
		{ "--oom-score-adj 7", "OOMScoreAdjust=7" },
		{ "-s HUP", "KillSignal=SIGHUP" },
		{ "--stop-timeout 90", "TimeoutStopSec=1min 30s" },
		{ "-R 5", "X-HoldfastStopSchedule=5" },
		{ "--kill-mode mixed", "KillMode=mixed" },
		{ "--restart on-failure", "Restart=on-failure" },
		{ "--restart-sec 0", "RestartSec=0" },
		{ "--start-limit 5/20s",
		    "StartLimitIntervalSec=20s\nStartLimitBurst=5" },
		{ "--start-limit 3",
		    "StartLimitIntervalSec=10s\nStartLimitBurst=3" },
		{ "--ready=settle:1s", "X-HoldfastReady=settle:1s" },
		{ "--no-keeper --ready settle:1s", "X-HoldfastKeeper=no" },
		{ "--start-timeout 5", "TimeoutStartSec=5s" },
		{ "-O out.log", "StandardOutput=append:DIR/out.log" },
		{ "-O null", "StandardOutput=null" },
		{ "--output inherit", "StandardOutput=inherit" },
		{ "-O ./null", "StandardOutput=append:DIR/null" },
		{ "--property UMask=07", "UMask=0007" },
		{ "--property 'Environment=Z=1 \"Y=2 3\"'",
		    "Environment=\"Y=2 3\"" },
		{ "-p web.pid", "X-HoldfastPIDFile=DIR/web.pid" },
		{ "--nice 5 --nice 5", "Nice=5" },
	};
	struct start_options o;
	char err[512], line[256], want[512], *text;
	const char *mark;
	size_t i, length = 0;

	for (i = 0; i < COUNT(rows); i++) {
		err[0] = '\0';
		snprintf(line, sizeof(line), "web %s -- /bin/true",
		    rows[i].line);
		is_int(parse(line, &o, err, sizeof(err)), 0,
		    "directive: start %s is read (%s)", line, err);
		mark = strstr(rows[i].text, "DIR");
		strlcpy(want, rows[i].text, sizeof(want));
		if (mark != NULL)
			snprintf(want, sizeof(want), "%.*s%s%s",
			    (int)(mark - rows[i].text), rows[i].text, dir,
			    mark + 3);
		strlcat(want, "\n", sizeof(want));
		text = o.service.exec_start.count == 0 ? strdup("") :
		    unit_text(&o.service, &length);
		ok(strstr(text, want) != NULL, "directive: %s is %s",
		    rows[i].line, rows[i].text);
		free(text);
		options_free_start(&o);
	}
}

static void
test_grammar(void)
{
	struct start_options o;
	char err[256] = "";

	is_int(parse("--nice 5 web -tv --run-dir /r -- cmd --nice -- -x", &o,
	    err, sizeof(err)), 0, "grammar: options go anywhere (%s)", err);
	is_str(o.names.items[0], "web", "grammar: the name");
	is_int(o.service.nice, 5, "grammar: an option before the name");
	ok(o.common.verbose && o.common.dry_run && !o.common.quiet,
	    "grammar: letters together");
	is_str(o.common.run_dir, "/r", "grammar: --run-dir");
	is_int(o.command.count, 4, "grammar: after -- all is the command's");
	is_str(o.command.items[2], "--", "grammar: another -- too");
	is_str(o.service.exec_start.items[0].program, "cmd",
	    "grammar: a command that is nowhere stays as it is");
	options_free_start(&o);

	is_int(parse("web db -q", &o, err, sizeof(err)), 0,
	    "grammar: several names without a command are good");
	is_int(o.names.count, 2, "grammar: there are two");
	ok(o.service.exec_start.count == 0,
	    "grammar: and nothing else");
	options_free_start(&o);
}

static void
touch(const char *path, mode_t mode, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) == -1 ||
	    fchmod(fd, mode) == -1)
		printf("Bail out! cannot write %s\n", path);
	close(fd);
}

/* What becomes of the command, with the caller's PATH and options. */
static void
test_command(void)
{
	static const struct {
		const char *path, *line, *want, *what;
	} rows[] = {
		{ "/nonexistent:DIR/one:DIR/two", "web -- prog",
		    "DIR/two/prog", "what is not executable is passed over" },
		{ "DIR/one:/nonexistent", "web -- prog", "DIR/one/prog",
		    "where there is nothing better it is taken" },
		{ "two", "web -- prog", "DIR/two/prog",
		    "a relative directory in PATH is the caller's" },
		{ "/nonexistent::", "web -- here", "DIR/here",
		    "an empty one is the caller's directory" },
		{ "/nonexistent", "web -- prog", "prog",
		    "what is nowhere stays as it is" },
		{ "DIR", "web -- two", "two", "a directory is no program" },
		{ "/nonexistent", "web -- ./two/prog", "DIR/two/prog",
		    "a path is the caller's" },
		{ "/nonexistent", "web -- two/none", "DIR/two/none",
		    "also of what is not there" },
		{ "/nonexistent", "web -- /x/../y", "/x/../y",
		    "an absolute path is left alone" },
		{ "/nonexistent", "web -e PATH=DIR/two -- prog",
		    "DIR/two/prog", "--env PATH counts" },
		{ "DIR/two", "web --clear-env -- prog", "prog",
		    "with --clear-env the caller's PATH does not count" },
		{ "DIR/two", "web --clear-env -e PATH -- prog",
		    "DIR/two/prog", "unless it is taken over by name" },
		{ "/nonexistent", "web --clear-env -- env", "/usr/bin/env",
		    "with --clear-env the usual directories count" },
	};
	struct start_options o;
	char text[3][512], err[256], *saved = strdup(getenv("PATH"));
	const char *from, *p;
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++) {
		for (k = 0; k < 3; k++) {
			from = k == 0 ? rows[i].path : k == 1 ? rows[i].line :
			    rows[i].want;
			text[k][0] = '\0';
			while ((p = strstr(from, "DIR")) != NULL) {
				snprintf(text[k] + strlen(text[k]),
				    sizeof(text[k]) - strlen(text[k]),
				    "%.*s%s", (int)(p - from), from, dir);
				from = p + 3;
			}
			strlcat(text[k], from, sizeof(text[k]));
		}
		setenv("PATH", text[0], 1);
		err[0] = '\0';
		is_int(parse(text[1], &o, err, sizeof(err)), 0,
		    "command: start %s is read (%s)", rows[i].line, err);
		is_str(o.service.exec_start.count > 0 ?
		    o.service.exec_start.items[0].program : NULL, text[2], "command: %s",
		    rows[i].what);
		options_free_start(&o);
	}
	setenv("PATH", saved, 1);
	free(saved);
}

static void
test_environment(void)
{
	static const char *const mine[] = { "INVOCATION_ID", "NOTIFY_SOCKET",
		"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "MAINPID",
		"OLDPWD", "PWD", "_", "HOLDFAST_RUN_DIR", "BASH_FUNC_f%%" };
	static const char *const who[] = { "HOME", "USER", "LOGNAME",
		"SHELL" };
	struct start_options o;
	char err[256] = "";
	size_t i;

	for (i = 0; i < COUNT(mine); i++)
		setenv(mine[i], "1", 1);
	for (i = 0; i < COUNT(who); i++)
		setenv(who[i], "me", 1);
	setenv("FOO", "foo", 1);
	is_int(parse("web -e FOO=bar -e NEW=1 -- /bin/true", &o, err,
	    sizeof(err)), 0, "environment: it is read (%s)", err);
	for (i = 0; i < COUNT(mine); i++)
		is_str(strings_get(&o.service.environment, mine[i]), NULL,
		    "environment: %s stays with the caller", mine[i]);
	for (i = 0; i < COUNT(who); i++)
		is_str(strings_get(&o.service.environment, who[i]), "me",
		    "environment: %s is taken over", who[i]);
	is_str(strings_get(&o.service.environment, "FOO"), "bar",
	    "environment: --env goes before the caller's");
	is_str(strings_get(&o.service.environment, "NEW"), "1",
	    "environment: --env adds");
	options_free_start(&o);

	is_int(parse("web -e HOME=/h --user a -- /bin/true", &o, err,
	    sizeof(err)), 0, "environment: with --user (%s)", err);
	is_str(strings_get(&o.service.environment, "HOME"), "/h",
	    "environment: of another user HOME can be set");
	for (i = 1; i < COUNT(who); i++)
		is_str(strings_get(&o.service.environment, who[i]), NULL,
		    "environment: of another user %s is not taken over",
		    who[i]);
	is_str(strings_get(&o.service.environment, "FOO"), "foo",
	    "environment: of another user the rest is");
	options_free_start(&o);

	is_int(parse("web -e A=1 --clear-env -e FOO -- /bin/true", &o, err,
	    sizeof(err)), 0, "environment: with --clear-env (%s)", err);
	is_int(o.service.environment.count, 2,
	    "environment: --clear-env leaves what was asked for");
	is_str(strings_get(&o.service.environment, "FOO"), "foo",
	    "environment: a bare name takes the caller's over");
	options_free_start(&o);
}

static void
test_help(void)
{
	const struct directive *d;
	char *text = NULL, option[64];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int missing = 0;

	options_print_help(out);
	fclose(out);
	for (d = directives; d->name != NULL; d++) {
		if (d->option == NULL)
			continue;
		snprintf(option, sizeof(option), "--%s=", d->option);
		missing += strstr(text, option) == NULL;
	}
	is_int(missing, 0, "help: each directive's option is in it");
	ok(strstr(text, "\n      --clear-env ") != NULL,
	    "help: and those that are no directives");
	free(text);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("one", 0700) == -1 || mkdir("two", 0700) == -1) {
		printf("Bail out! cannot make %s\n", dir);
		return 1;
	}
	touch("good.env", 0600, "A=1\n");
	touch("bad.env", 0600, "A=1\nfoo\n");
	touch("one/prog", 0600, "");
	touch("two/prog", 0700, "");
	touch("here", 0700, "");
	test_refused();
	test_directives();
	test_grammar();
	test_command();
	test_environment();
	test_help();
	unlink("good.env");
	unlink("bad.env");
	unlink("one/prog");
	unlink("two/prog");
	unlink("here");
	rmdir("one");
	rmdir("two");
	rmdir(dir);
	return done();
}
