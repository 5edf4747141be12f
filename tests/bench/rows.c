/*
 * The rows of the benchmark's table that are about one service.  How a time
 * is taken is measure.c's, with which command lines subject.c's.  Invariant:
 * within a row the programs take turns, and each round leaves nothing running
 * that the next one could meet.
 */
#include "config.h"

#include "rows.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "calls.h"
#include "measure.h"
#include "runit.h"
#include "subject.h"

void
row_start(void)
{
	struct samples s[6] = { { 0 } };
	struct start_times t;
	struct beacon word;
	struct ear ear;
	int i, rounds;

	if (!have(SSD)) {
		print_skip("start", "no " SSD);
		return;
	}
	ear_open(&ear, "ear");
	rounds = setting("HFBENCH_RUNS", 300);
	for (i = 0; i < rounds; i++) {
		t = holdfast_start(&ear, "0", &word);
		samples_add(&s[0], t.began);
		samples_add(&s[1], t.both);
		holdfast_stop();
		t = ssd_start(&ear, "0", &word);
		samples_add(&s[2], t.began);
		samples_add(&s[3], t.both);
		end_process(word.pid);
		t = holdfast_start_alone(&ear, &word);
		samples_add(&s[4], t.began);
		samples_add(&s[5], t.both);
		holdfast_stop();
	}
	print_row("start: until it returned and the service runs",
	    samples_median(&s[1]), "dpkg -S -b -m", samples_median(&s[3]),
	    "ms", 1.0);
	print_row("- until the service's main()", samples_median(&s[0]),
	    "dpkg -S -b -m", samples_median(&s[2]), "ms", 0);
	print_row("- the first, with --no-keeper", samples_median(&s[5]),
	    "dpkg -S -b -m", samples_median(&s[3]), "ms", 0);
	print_row("- the second, with --no-keeper", samples_median(&s[4]),
	    "dpkg -S -b -m", samples_median(&s[2]), "ms", 0);
	for (i = 0; i < 6; i++)
		samples_free(&s[i]);
	ear_close(&ear);
}

void
row_status(void)
{
	struct samples s[3] = { { 0 } };
	struct beacon ours, theirs;
	struct ear ear;
	int i, rounds;

	if (!have(SSD)) {
		print_skip("status", "no " SSD);
		return;
	}
	ear_open(&ear, "ear");
	holdfast_start(&ear, "0", &ours);
	ssd_start(&ear, "0", &theirs);
	rounds = setting("HFBENCH_RUNS", 300);
	for (i = 0; i < rounds; i++) {
		samples_add(&s[0], holdfast_status());
		samples_add(&s[1], ssd_status());
		samples_add(&s[2], holdfast_status_quiet());
	}
	holdfast_stop();
	end_process(theirs.pid);
	print_row("status", samples_median(&s[0]), "dpkg -T",
	    samples_median(&s[1]), "ms", 0.9);
	print_row("status --quiet", samples_median(&s[2]), "dpkg -T",
	    samples_median(&s[1]), "ms", 0.9);
	for (i = 0; i < 3; i++)
		samples_free(&s[i]);
	ear_close(&ear);
}

static void
stop_at(struct ear *ear, const char *ms, int rounds)
{
	struct samples ours = { 0 }, theirs = { 0 };
	struct beacon word;
	char work[64];
	int i;

	for (i = 0; i < rounds; i++) {
		holdfast_start(ear, ms, &word);
		samples_add(&ours, beyond(ear, holdfast_stop));
		ssd_start(ear, ms, &word);
		samples_add(&theirs, beyond(ear, ssd_stop));
	}
	snprintf(work, sizeof(work), "stop: beyond a death of %s ms", ms);
	print_row(work, samples_median(&ours), NULL, 0, "ms", 2);
	print_row("- how dpkg does", samples_median(&ours), "dpkg -K",
	    samples_median(&theirs), "ms", 0);
	samples_free(&ours);
	samples_free(&theirs);
}

void
row_stop(void)
{
	static const char *const times[] = { "0", "5", "20", "50", "200" };
	struct ear ear;
	size_t i;

	if (!have(SSD)) {
		print_skip("stop", "no " SSD);
		return;
	}
	ear_open(&ear, "ear");
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		stop_at(&ear, times[i], setting("HFBENCH_STOPS", 15));
	ear_close(&ear);
}

/* More than the second after which a restart is immediate, in both. */
static void
stay_up(void)
{
	int64_t end;

	end = now_ns() + INT64_C(1050000000);
	while (now_ns() < end)
		usleep(20000);
}

/* SIGKILL to the beacon that spoke last, and what its next one took. */
static int64_t
crash(struct ear *ear, struct beacon *word)
{
	int64_t begin;

	begin = now_ns();
	kill(word->pid, SIGKILL);
	ear_hear(ear, BEACON_BEGAN, word);
	return word->ns - begin;
}

/* Each round is a new service's first crash: no back-off has begun. */
void
row_crash(void)
{
	struct samples ours = { 0 }, theirs = { 0 };
	struct beacon word, peer;
	struct ear ear, peer_ear;
	const char *const argv[] = { place.holdfast, "start", "bench",
	    "--restart=always", "--", place.beacon, ear.path, NULL };
	bool runit;
	int i;

	ear_open(&ear, "ear");
	ear_open(&peer_ear, "peer");
	runit = have("runsv");
	if (runit) {
		runit_begin(1, &peer_ear, false);
		ear_hear(&peer_ear, BEACON_BEGAN, &peer);
	}
	for (i = setting("HFBENCH_CRASHES", 12); i > 0; i--) {
		timed_start(argv, &ear, &word);
		stay_up();
		samples_add(&ours, crash(&ear, &word));
		holdfast_stop();
		if (runit)
			samples_add(&theirs, crash(&peer_ear, &peer));
	}
	print_row("crash to running again", samples_median(&ours), NULL, 0,
	    "ms", 2);
	if (runit) {
		runit_end();
		print_row("- how runit does", samples_median(&ours), "runsv",
		    samples_median(&theirs), "ms", 0);
	}
	samples_free(&ours);
	samples_free(&theirs);
	ear_close(&ear);
	ear_close(&peer_ear);
}

/* Run argv under strace; what it called. */
static pid_t
traced(const char *const *argv, const char *log)
{
	const char *full[24] = { "strace", "-f", "-q", "-o", log };
	size_t i;

	for (i = 5; i < 23 && argv[i - 5] != NULL; i++)
		full[i] = argv[i - 5];
	full[i] = NULL;
	return spawn(full);
}

void
count_calls(struct ear *ear, const char *const *start,
    const char *const *status, const char *const *stop, struct calls *ret)
{
	char first[PATH_MAX + 16], second[PATH_MAX + 16];
	struct beacon word;
	pid_t starting;

	snprintf(first, sizeof(first), "%s/calls.1", place.work);
	snprintf(second, sizeof(second), "%s/calls.2", place.work);
	unlink(first);
	ear_drain(ear);
	/* This strace ends with the last that it follows: after the stop. */
	starting = traced(start, first);
	ear_hear(ear, BEACON_BEGAN, &word);
	calls_wait(first);
	finish(traced(status, second));
	calls_count(second, &ret[1]);
	finish(traced(stop, second));
	calls_count(second, &ret[2]);
	finish(starting);
	calls_count(first, &ret[0]);
}

void
row_calls(void)
{
	struct calls ours[3], theirs[3];
	struct ear ear;
	const char *const starts[2][14] = {
	    { place.holdfast, "start", "bench", "--", place.beacon, ear.path },
	    { SSD, "-S", "-q", "-b", "-m", "-p", pidfile(), "-x",
		place.beacon, "--", ear.path } };
	const char *const statuses[2][6] = {
	    { place.holdfast, "status", "bench" },
	    { SSD, "-T", "-p", pidfile() } };
	const char *const stops[2][8] = {
	    { place.holdfast, "stop", "bench" },
	    { SSD, "-K", "-q", "-R", "TERM/30/KILL/5", "-p", pidfile() } };

	if (!have(SSD) || !have("strace")) {
		print_skip("system calls", "no strace");
		return;
	}
	ear_open(&ear, "ear");
	count_calls(&ear, starts[0], statuses[0], stops[0], ours);
	count_calls(&ear, starts[1], statuses[1], stops[1], theirs);
	print_row("system calls: start, the command", ours[0].command,
	    "dpkg", theirs[0].command, "calls", 0);
	print_row("- start, what it forked until it returned",
	    ours[0].others, "dpkg", theirs[0].others, "calls", 0);
	print_row("- status", ours[1].command, "dpkg", theirs[1].command,
	    "calls", 0);
	print_row("- stop, the command", ours[2].command, "dpkg",
	    theirs[2].command, "calls", 0);
	print_row("- the keeper after the start, a stop included",
	    ours[0].after, NULL, 0, "calls", 0);
	ear_close(&ear);
}
