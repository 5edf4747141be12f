/*
 * The rows of the benchmark's table that are about many processes: beside
 * them, and of them.  Invariant: each row ends what it began.
 */
#include "config.h"

#include "rows.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "runit.h"
#include "subject.h"

#define FEW 10			/* services of the memory row */

enum { START, STATUS, STOP, SSD_STATUS, N_KINDS };

/* Rounds of holdfast's start, status and stop, and of dpkg's status. */
static void
crowd_rounds(struct ear *ear, int rounds, struct samples *s)
{
	struct beacon word;
	int i;

	ssd_start(ear, "0", &word);
	for (i = 0; i < rounds; i++) {
		struct beacon own;

		samples_add(&s[START], holdfast_start(ear, "0", &own).both);
		samples_add(&s[STATUS], holdfast_status());
		samples_add(&s[SSD_STATUS], ssd_status());
		samples_add(&s[STOP], holdfast_stop());
	}
	end_process(word.pid);
}

void
row_crowd(void)
{
	static const char *const names[] = { "start", "status", "stop",
	    "- dpkg's own status" };
	struct samples few[N_KINDS] = { { 0 } }, many[N_KINDS] = { { 0 } };
	char work[64];
	struct ear ear;
	int i, count, rounds;

	ear_open(&ear, "ear");
	count = setting("HFBENCH_OTHERS", 10000);
	rounds = setting("HFBENCH_RUNS", 300);
	/* Half before and half after: what drifts comes to both. */
	crowd_rounds(&ear, rounds / 2, few);
	i = others_begin(count);
	if (i < count) {
		children_end(SIGKILL);
		snprintf(work, sizeof(work), "the limit is %d processes", i);
		print_skip("with many other processes", work);
	} else {
		crowd_rounds(&ear, rounds, many);
		children_end(SIGKILL);
		crowd_rounds(&ear, rounds - rounds / 2, few);
		for (i = 0; i < N_KINDS; i++) {
			snprintf(work, sizeof(work), "%s, with %d others",
			    names[i], count);
			print_row(work, samples_median(&many[i]), "without",
			    samples_median(&few[i]), "ms",
			    i == SSD_STATUS ? 0 : 1.2);
		}
	}
	for (i = 0; i < N_KINDS; i++) {
		samples_free(&few[i]);
		samples_free(&many[i]);
	}
	ear_close(&ear);
}

/* "holdfast VERB OPTION NAME-0 ... NAME-(count-1)" of many services. */
static int64_t
many_services(const char *verb, const char *option, int count)
{
	const char **argv;
	char *names;
	int64_t time;
	int i, n;

	argv = calloc((size_t)count + 4, sizeof(*argv));
	names = calloc((size_t)count, 16);
	if (argv == NULL || names == NULL)
		die("out of memory");
	n = 0;
	argv[n++] = place.holdfast;
	argv[n++] = verb;
	if (option != NULL)
		argv[n++] = option;
	for (i = 0; i < count; i++) {
		snprintf(names + 16 * i, 16, "many-%d", i);
		argv[n++] = names + 16 * i;
	}
	time = run(argv);
	free(argv);
	free(names);
	return time;
}

/* Start many-0 to many-(count-1); their first words go to words, if any. */
static void
many_begin(int count, struct ear *ear, struct beacon *words)
{
	struct beacon word;
	char name[16];
	const char *const argv[] = { place.holdfast, "start", name, "--",
	    place.beacon, ear->path, NULL };
	int i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		timed_start(argv, ear, &word);
		if (words != NULL)
			words[i] = word;
	}
}

/* The pss of runsv and of its svlogd, kB. */
static long
runit_pss(pid_t runsv, pid_t service)
{
	char path[64];
	long total;
	int child;
	FILE *f;

	total = pss_of(runsv);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", runsv,
	    runsv);
	f = fopen(path, "re");
	if (f == NULL)
		die("cannot read %s", path);
	while (fscanf(f, "%d", &child) == 1)
		if (child != service)
			total += pss_of(child);
	fclose(f);
	return total;
}

void
row_memory(void)
{
	struct beacon ours[FEW], theirs[FEW];
	struct samples keepers = { 0 }, runits = { 0 };
	struct ear ear, peer;
	int i;

	if (!have("runsv") || !have("svlogd")) {
		print_skip("memory of a keeper", "no runit");
		return;
	}
	ear_open(&ear, "ear");
	ear_open(&peer, "peer");
	many_begin(FEW, &ear, ours);
	runit_begin(FEW, &peer, true);
	for (i = 0; i < FEW; i++)
		ear_hear(&peer, BEACON_BEGAN, &theirs[i]);
	/* svlogd has started when its directory has a log. */
	runit_wait(FEW);
	for (i = 0; i < FEW; i++) {
		samples_add(&keepers, pss_of(ours[i].parent));
		samples_add(&runits, runit_pss(theirs[i].parent,
		    theirs[i].pid));
	}
	many_services("stop", NULL, FEW);
	runit_end();
	print_row("memory (PSS) of a service's keeper and log",
	    samples_median(&keepers), "runsv + svlogd",
	    samples_median(&runits), "kB", 0.5);
	samples_free(&keepers);
	samples_free(&runits);
	ear_close(&ear);
	ear_close(&peer);
}

static int64_t
sv_status(int count)
{
	const char **argv;
	char *names;
	int64_t time;
	int i;

	argv = calloc((size_t)count + 3, sizeof(*argv));
	names = calloc((size_t)count, PATH_MAX);
	if (argv == NULL || names == NULL)
		die("out of memory");
	argv[0] = "sv";
	argv[1] = "status";
	for (i = 0; i < count; i++) {
		argv[i + 2] = names + (size_t)i * PATH_MAX;
		runit_directory(i, names + (size_t)i * PATH_MAX, PATH_MAX);
	}
	time = run(argv);
	free(argv);
	free(names);
	return time;
}

void
row_thousand(void)
{
	struct samples s[4] = { { 0 } };
	const char *const list[] = { place.holdfast, "list", NULL };
	struct beacon word;
	struct ear ear, peer;
	char work[64];
	int i, count;

	count = setting("HFBENCH_SERVICES", 1000);
	snprintf(work, sizeof(work), "status of %d services", count);
	if (!have("runsv") || !have("sv")) {
		print_skip(work, "no runit");
		return;
	}
	ear_open(&ear, "ear");
	ear_open(&peer, "peer");
	many_begin(count, &ear, NULL);
	runit_begin(count, &peer, true);
	for (i = 0; i < count; i++)
		ear_hear(&peer, BEACON_BEGAN, &word);
	runit_wait(count);
	for (i = 0; i < 21; i++) {
		samples_add(&s[0], many_services("status", NULL, count));
		samples_add(&s[1], sv_status(count));
		samples_add(&s[2], many_services("status", "--quiet", count));
		samples_add(&s[3], run(list));
	}
	many_services("stop", NULL, count);
	runit_end();
	print_row(work, samples_median(&s[0]), "sv status",
	    samples_median(&s[1]), "ms", 0.5);
	print_row("- with --quiet", samples_median(&s[2]), "sv status",
	    samples_median(&s[1]), "ms", 0);
	print_row("- as a list", samples_median(&s[3]), "sv status",
	    samples_median(&s[1]), "ms", 0);
	for (i = 0; i < 4; i++)
		samples_free(&s[i]);
	ear_close(&ear);
	ear_close(&peer);
}
