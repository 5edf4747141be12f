/*
 * Many commands at one moment: all wait at a barrier and exec together, for
 * some rounds; then what each said is checked against what the service itself
 * reported.  It judges, but starts no service of its own.
 *
 *	storm [OPTION...] COUNT:COMMAND...
 *
 * COMMAND is a line of words, for instance "64:holdfast start web -- /bin/x";
 * @kill in its place kills the keeper that RECORD names.
 *	-r ROUNDS	(1)
 *	-b COMMAND	before each round
 *	-a COMMAND	after each round; must exit 0
 *	-p REPORT	the service appends its pid to it when it runs
 *	-d DOUBLE	a file that must stay absent
 *	-e EVENTS	the service's history, which names what was started
 *	-k RECORD	for @kill
 *	-1		every command exits 0, the service has run once in the
 *			round, and every pid that is said is its
 *	-t SECONDS	for one round (60)
 * Without -1: 0 or 1, and a pid that is said is one that was started: what was
 * stopped in its first moment had no time to report.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 64
#define KINDS_MAX 16
#define RUNNERS_MAX 512
#define PIDS_MAX 4096
#define FAILURES_MAX 10	/* that are told, and then it ends */

struct kind {
	int count;
	char *words[WORDS_MAX];
};

struct runner {
	const struct kind *kind;
	pid_t pid;
	int output;		/* a memfd */
	int status;
	bool done;
};

static struct kind kinds[KINDS_MAX];
static struct runner runners[RUNNERS_MAX];
static int kind_count, runner_count;
static int rounds = 1, seconds = 60;
static bool once;
static const char *report, *double_path, *record, *events;
static long report_seen;	/* how much of REPORT earlier rounds wrote */
static long winners, losers, refused;
static int failures;

static void
split(char *line, char **words)
{
	int n;

	n = 0;
	for (char *w = strtok(line, " "); w != NULL && n < WORDS_MAX - 1;
	    w = strtok(NULL, " "))
		words[n++] = w;
	words[n] = NULL;
}

static int
run_line(const char *line)
{
	char *words[WORDS_MAX], *copy;
	int status;
	pid_t pid;

	copy = strdup(line);
	split(copy, words);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDOUT_FILENO);
		execvp(words[0], words);
		_exit(127);
	}
	free(copy);
	if (waitpid(pid, &status, 0) == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Kill the keeper that the record names, now, if it lives. */
static int
kill_keeper(void)
{
	char line[512];
	FILE *f;
	int pid;

	f = fopen(record, "r");
	if (f == NULL)
		return 0;
	pid = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "HoldfastKeeperPID=%d", &pid) == 1)
			break;
	}
	fclose(f);
	if (pid > 1)
		kill(pid, SIGKILL);
	return 0;
}

/* Runs in the child: says that it is there, waits for all, execs. */
static void
child(const struct runner *r, int ready, int gate)
{
	char c;
	int null;

	null = open("/dev/null", O_RDONLY);
	dup2(null, STDIN_FILENO);
	dup2(r->output, STDOUT_FILENO);
	dup2(r->output, STDERR_FILENO);
	if (write(ready, "", 1) != 1)
		_exit(126);
	/* The barrier: end of file reaches all of them at once. */
	if (read(gate, &c, 1) != 0)
		_exit(126);
	for (int fd = 3; fd < RUNNERS_MAX + 16; fd++)
		close(fd);
	if (strcmp(r->kind->words[0], "@kill") == 0)
		_exit(kill_keeper());
	execvp(r->kind->words[0], r->kind->words);
	_exit(127);
}

static void
launch(void)
{
	int gate[2], ready[2];
	char c;

	if (pipe(gate) == -1 || pipe(ready) == -1) {
		perror("storm: pipe");
		exit(125);
	}
	for (int i = 0; i < runner_count; i++) {
		struct runner *r = &runners[i];

		r->done = false;
		r->output = memfd_create("output", MFD_CLOEXEC);
		r->pid = fork();
		if (r->pid == -1) {
			perror("storm: fork");
			exit(125);
		}
		if (r->pid == 0) {
			close(gate[1]);
			child(r, ready[1], gate[0]);
		}
	}
	for (int i = 0; i < runner_count; i++) {
		if (read(ready[0], &c, 1) != 1)
			exit(125);
	}
	close(gate[1]);
	close(gate[0]);
	close(ready[0]);
	close(ready[1]);
}

static void
output_of(const struct runner *r, char *buf, size_t size)
{
	ssize_t n;

	n = pread(r->output, buf, size - 1, 0);
	buf[n > 0 ? n : 0] = '\0';
}

static void
fail(int round, const struct runner *r, const char *what)
{
	char text[2048];

	if (++failures > FAILURES_MAX)
		return;
	printf("# round %d: %s\n", round, what);
	if (r == NULL)
		return;
	output_of(r, text, sizeof(text));
	printf("#   %s %s, status 0x%x, said: %s\n", r->kind->words[0],
	    r->kind->words[1] != NULL ? r->kind->words[1] : "",
	    (unsigned)r->status, text);
}

static void
collect(int round)
{
	struct timespec now, end;
	int left, status;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (left = runner_count; left > 0;) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0) {
			poll(NULL, 0, 1);
			clock_gettime(CLOCK_MONOTONIC, &now);
			if (now.tv_sec >= end.tv_sec)
				break;
			continue;
		}
		for (int i = 0; i < runner_count; i++) {
			if (runners[i].pid == pid && !runners[i].done) {
				runners[i].status = status;
				runners[i].done = true;
				left--;
			}
		}
	}
	for (int i = 0; i < runner_count; i++) {
		if (runners[i].done)
			continue;
		fail(round, &runners[i], "did not end in time");
		kill(runners[i].pid, SIGKILL);
		waitpid(runners[i].pid, &runners[i].status, 0);
	}
}

/* The pids that the service reported in this round. */
static int
read_report(int *pids, int max)
{
	FILE *f;
	int n;

	f = report != NULL ? fopen(report, "r") : NULL;
	if (f == NULL)
		return 0;
	fseek(f, report_seen, SEEK_SET);
	n = 0;
	while (n < max && fscanf(f, "%d\n", &pids[n]) == 1)
		n++;
	fclose(f);
	return n;
}

/* Add the pids of the lines "TIME started, pid N" and the like. */
static int
read_events(int *pids, int n, int max)
{
	char line[512], *p;
	FILE *f;

	f = events != NULL && !once ? fopen(events, "r") : NULL;
	if (f == NULL)
		return n;
	while (n < max && fgets(line, sizeof(line), f) != NULL) {
		p = strstr(line, " started");
		p = p != NULL ? strstr(p, "pid ") : NULL;
		if (p != NULL)
			pids[n++] = atoi(p + 4);
	}
	fclose(f);
	return n;
}

static void
forget_report(void)
{
	FILE *f;

	f = report != NULL ? fopen(report, "r") : NULL;
	if (f == NULL)
		return;
	fseek(f, 0, SEEK_END);
	report_seen = ftell(f);
	fclose(f);
}

static bool
is_among(int pid, const int *pids, int count)
{
	for (int i = 0; i < count; i++) {
		if (pids[i] == pid)
			return true;
	}
	return false;
}

static void
judge_start(int round, const struct runner *r, const int *pids, int count)
{
	char text[4096], *said;
	bool loser;
	int pid;

	output_of(r, text, sizeof(text));
	said = strstr(text, "already running, pid ");
	loser = said != NULL;
	if (!loser)
		said = strstr(text, "running, pid ");
	if (WEXITSTATUS(r->status) != 0) {
		refused++;
		return;
	}
	if (said == NULL) {
		fail(round, r, "a start that exits 0 names no pid");
		return;
	}
	pid = atoi(strstr(said, "pid ") + 4);
	if (!is_among(pid, pids, count))
		fail(round, r, "the pid that was said is not the service's");
	if (loser)
		losers++;
	else
		winners++;
}

static bool
has_killers(void)
{
	for (int i = 0; i < kind_count; i++) {
		if (kinds[i].words[0][0] == '@')
			return true;
	}
	return false;
}

static void
judge(int round)
{
	static int pids[PIDS_MAX];
	const char *verb;
	int count, status;
	long before;

	/* It was started, but may not have come to its report yet. */
	for (int i = 0; once && i < seconds * 1000 &&
	    read_report(pids, PIDS_MAX) == 0; i++)
		poll(NULL, 0, 1);
	count = read_report(pids, PIDS_MAX);
	count = read_events(pids, count, PIDS_MAX);
	before = winners;
	for (int i = 0; i < runner_count; i++) {
		const struct runner *r = &runners[i];

		if (!r->done || r->kind->words[0][0] == '@')
			continue;
		/* A stop may be the keeper for a moment: @kill meets it. */
		if (WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGKILL &&
		    record != NULL && has_killers())
			continue;
		if (!WIFEXITED(r->status)) {
			fail(round, r, "was killed");
			continue;
		}
		verb = r->kind->words[1];
		status = WEXITSTATUS(r->status);
		if (strcmp(verb, "status") == 0) {
			if (status != 0 && status != 1 && status != 3)
				fail(round, r, "a status that cannot be");
		} else if (status > 1 || (once && status != 0))
			fail(round, r, "a status that cannot be");
		if (strcmp(verb, "start") == 0)
			judge_start(round, r, pids, count);
	}
	if (once && count != 1)
		fail(round, NULL, "the service did not run exactly once");
	if (once && winners != before + 1)
		fail(round, NULL, "not exactly one start said that it started");
	if (double_path != NULL && access(double_path, F_OK) == 0)
		fail(round, NULL, "two instances at once");
}

static void
play(int round, const char *before, const char *after)
{
	forget_report();
	if (before != NULL)
		run_line(before);
	launch();
	collect(round);
	judge(round);
	for (int i = 0; i < runner_count; i++)
		close(runners[i].output);
	if (after != NULL && run_line(after) != 0)
		fail(round, NULL, "the command after the round failed");
}

static void
add_kind(char *argument)
{
	struct kind *k;
	char *colon;

	k = &kinds[kind_count++];
	colon = strchr(argument, ':');
	if (colon == NULL || kind_count == KINDS_MAX) {
		fprintf(stderr, "storm: %s: COUNT:COMMAND expected\n",
		    argument);
		exit(2);
	}
	k->count = atoi(argument);
	split(colon + 1, k->words);
	for (int i = 0; i < k->count && runner_count < RUNNERS_MAX; i++)
		runners[runner_count++].kind = k;
}

int
main(int argc, char **argv)
{
	const char *after = NULL, *before = NULL;
	int c;

	while ((c = getopt(argc, argv, "+1a:b:d:e:k:p:r:t:")) != -1) {
		switch (c) {
		case '1':
			once = true;
			break;
		case 'a':
			after = optarg;
			break;
		case 'b':
			before = optarg;
			break;
		case 'd':
			double_path = optarg;
			break;
		case 'e':
			events = optarg;
			break;
		case 'k':
			record = optarg;
			break;
		case 'p':
			report = optarg;
			break;
		case 'r':
			rounds = atoi(optarg);
			break;
		case 't':
			seconds = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	for (int i = optind; i < argc; i++)
		add_kind(argv[i]);
	for (int round = 1; round <= rounds && failures < FAILURES_MAX; round++)
		play(round, before, after);
	printf("%d rounds of %d commands: %ld started, %ld found it running, "
	    "%ld refused; %d failures\n", rounds, runner_count, winners,
	    losers, refused, failures);
	return failures != 0;
}
