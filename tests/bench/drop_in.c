/*
 * The rows of the benchmark's table that are about start-stop-daemon: the same
 * command lines by ours, dpkg's and busybox's, in turns.
 */
#include "config.h"

#include "rows.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "measure.h"
#include "subject.h"

enum { OURS, DPKG, BUSYBOX, TOOLS };

/* A command line: the tool's words, and then these. */
struct line {
	const char *argv[24];
};

static int tools;		/* BUSYBOX only where it is there */

static void
make_line(struct line *l, int tool, const char *const *words)
{
	size_t n = 0;

	if (tool == OURS)
		l->argv[n++] = place.holdfast;
	if (tool == BUSYBOX)
		l->argv[n++] = "busybox";
	l->argv[n++] = SSD;
	while (*words != NULL && n < 23)
		l->argv[n++] = *words++;
	l->argv[n] = NULL;
}

static struct start_times
start(int tool, struct ear *ear, const char *ms, struct beacon *word)
{
	const char *const words[] = { "-S", "-q", "-b", "-m", "-p", pidfile(),
	    "-x", place.beacon, "--", ear->path, ms, NULL };
	struct line l;

	make_line(&l, tool, words);
	return timed_start(l.argv, ear, word);
}

static void
row_start_and_status(struct ear *ear)
{
	struct samples s[TOOLS] = { { 0 } }, runs[TOOLS] = { { 0 } },
	    asked[TOOLS] = { { 0 } };
	const char *const words[] = { "-T", "-p", pidfile(), NULL };
	struct start_times t;
	struct beacon word;
	struct line l;

	for (int i = setting("HFBENCH_RUNS", 300); i > 0; i--) {
		for (int tool = 0; tool < tools; tool++) {
			t = start(tool, ear, "0", &word);
			samples_add(&s[tool], t.both);
			samples_add(&runs[tool], t.began);
			/* busybox has no --status */
			make_line(&l, tool, words);
			if (tool != BUSYBOX)
				samples_add(&asked[tool], run(l.argv));
			end_process(word.pid);
			unlink(pidfile());
		}
	}
	print_row("-S -b -m -p: until it returned and the daemon runs",
	    samples_median(&s[OURS]), "dpkg", samples_median(&s[DPKG]), "ms",
	    1.0);
	print_row("- until the daemon's main()", samples_median(&runs[OURS]),
	    "dpkg", samples_median(&runs[DPKG]), "ms", 1.0);
	if (tools > BUSYBOX)
		print_row("- the first, beside busybox's",
		    samples_median(&s[OURS]), "busybox",
		    samples_median(&s[BUSYBOX]), "ms", 0);
	print_row("-T -p", samples_median(&asked[OURS]), "dpkg",
	    samples_median(&asked[DPKG]), "ms", 0.9);
	for (int tool = 0; tool < tools; tool++) {
		samples_free(&s[tool]);
		samples_free(&runs[tool]);
		samples_free(&asked[tool]);
	}
}

static int stopping;		/* whose turn it is to stop */

static int64_t
stop(void)
{
	const char *const words[] = { "-K", "-q", "-R", "TERM/30/KILL/5", "-p",
	    pidfile(), NULL };
	struct line l;

	make_line(&l, stopping, words);
	return run(l.argv);
}

static void
row_retry(struct ear *ear, const char *ms)
{
	struct samples s[TOOLS] = { { 0 } };
	struct beacon word;
	char work[64];

	for (int i = setting("HFBENCH_STOPS", 15); i > 0; i--) {
		/* busybox does not wait. */
		for (stopping = OURS; stopping <= DPKG; stopping++) {
			start(stopping, ear, ms, &word);
			samples_add(&s[stopping], beyond(ear, stop));
			unlink(pidfile());
		}
	}
	snprintf(work, sizeof(work), "-K -R: beyond a death of %s ms", ms);
	print_row(work, samples_median(&s[OURS]), NULL, 0, "ms", 2);
	print_row("- how dpkg does", samples_median(&s[OURS]), "dpkg",
	    samples_median(&s[DPKG]), "ms", 0);
	samples_free(&s[OURS]);
	samples_free(&s[DPKG]);
}

/* Without a pidfile, all processes are looked at. */
static void
row_scan(struct ear *ear)
{
	char lone[PATH_MAX + 16];	/* which the others do not run */
	const char *const starting[] = { "-S", "-q", "-b", "-x", lone, "--",
	    ear->path, "0", NULL };
	const char *const ending[] = { "-K", "-q", "-R", "TERM/30/KILL/5",
	    "-x", lone, NULL };
	struct samples s[2] = { { 0 } }, k[2] = { { 0 } };
	struct beacon word;
	struct line l;
	char work[64];
	int count = setting("HFBENCH_OTHERS", 10000), n;

	snprintf(lone, sizeof(lone), "%s/lone", place.work);
	copy_program(place.beacon, lone);
	n = others_begin(count);
	snprintf(work, sizeof(work), "-S -x among %d processes", count);
	if (n < count) {
		children_end(SIGKILL);
		print_skip(work, "too many for this machine");
		return;
	}
	for (int i = setting("HFBENCH_SCANS", 25); i > 0; i--) {
		for (int tool = OURS; tool <= DPKG; tool++) {
			make_line(&l, tool, starting);
			samples_add(&s[tool],
			    timed_start(l.argv, ear, &word).both);
			make_line(&l, tool, ending);
			samples_add(&k[tool], run(l.argv));
		}
	}
	children_end(SIGKILL);
	print_row(work, samples_median(&s[OURS]), "dpkg",
	    samples_median(&s[DPKG]), "ms", 0.5);
	print_row("- -K -R -x", samples_median(&k[OURS]), "dpkg",
	    samples_median(&k[DPKG]), "ms", 0.5);
	for (int tool = OURS; tool <= DPKG; tool++) {
		samples_free(&s[tool]);
		samples_free(&k[tool]);
	}
}

/* dpkg's command ends before the daemon has closed its descriptors. */
static int
all_of(const struct calls *c)
{
	return c->command + c->others + c->after;
}

static void
row_ssd_calls(struct ear *ear)
{
	const char *const words[3][14] = {
	    { "-S", "-q", "-b", "-m", "-p", pidfile(), "-x", place.beacon,
		"--", ear->path, NULL },
	    { "-T", "-p", pidfile(), NULL },
	    { "-K", "-q", "-R", "TERM/30/KILL/5", "-p", pidfile(), NULL } };
	static const char *const names[] = { "system calls: -S -b -m -p, all",
	    "- -T -p", "- -K -R -p" };
	struct calls c[2][3];
	struct line l[3];

	if (!have("strace")) {
		print_skip("system calls of start-stop-daemon", "no strace");
		return;
	}
	for (int tool = OURS; tool <= DPKG; tool++) {
		for (int i = 0; i < 3; i++)
			make_line(&l[i], tool, words[i]);
		count_calls(ear, l[0].argv, l[1].argv, l[2].argv, c[tool]);
		unlink(pidfile());
	}
	for (int i = 0; i < 3; i++)
		print_row(names[i], all_of(&c[OURS][i]), "dpkg",
		    all_of(&c[DPKG][i]), "calls", 0.5);
}

void
row_drop_in(void)
{
	static const char *const times[] = { "0", "20", "200" };
	struct ear ear;

	if (!have(SSD)) {
		print_skip("start-stop-daemon", "no " SSD);
		return;
	}
	tools = have("busybox") ? TOOLS : BUSYBOX;
	ear_open(&ear, "ear");
	row_start_and_status(&ear);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		row_retry(&ear, times[i]);
	row_scan(&ear);
	row_ssd_calls(&ear);
	ear_close(&ear);
}
