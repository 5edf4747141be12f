/*
 * The benchmark: what holdfast costs, beside its peers from Debian's packages
 * (dpkg's start-stop-daemon, runit's runsv, svlogd and sv), on the same work,
 * on the same machine, in the same run.
 *
 *	bench [--check] [ROW...]	rows 1 to 9; all without an argument
 *
 * Each round does the work once with each program, in turns, so that what else
 * the machine does comes to all of them; a figure is the median of the rounds.
 * The absolute times say little about another machine; the ratios should hold.
 * The exit status is 0 even when a bar is missed, unless --check is given.
 *
 * Times are CLOCK_MONOTONIC.  A command's time is from just before it is made
 * (posix_spawn, which is vfork) until it was waited for.  When a service began,
 * and when it died, it says itself (beacon.c).  "Beyond the death" is what a
 * stop takes after the service's last moment.
 *
 * HFBENCH_RUNS		rounds of rows 1, 2 and 4 (300)
 * HFBENCH_STOPS	rounds of row 3, for each time to die (15)
 * HFBENCH_OTHERS	processes of row 4 (10000)
 * HFBENCH_CRASHES	rounds of row 5, more than a second each (12)
 * HFBENCH_SERVICES	services of row 7 (1000)
 * HFBENCH_SCANS	rounds among many processes of row 9 (25)
 * TMPDIR		where logs and service directories are made; what would
 *			be in /run is in a file system in memory, if there is one
 * HOLDFAST, HFBENCH_BEACON	the programs
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "rows.h"

int missed;

static void (*const rows[])(void) = { row_start, row_status, row_stop,
    row_crowd, row_crash, row_memory, row_thousand, row_calls,
    row_drop_in };

#define N_ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static void
print_figure(double value, const char *unit)
{
	char text[64];

	if (strcmp(unit, "ms") == 0)
		snprintf(text, sizeof(text), "%.2f ms", value / 1e6);
	else
		snprintf(text, sizeof(text), "%.0f %s", value, unit);
	printf(" %s |", text);
}

void
print_row(const char *work, double ours, const char *peer, double theirs,
    const char *unit, double bar)
{
	double got;

	printf("| %s |", work);
	print_figure(ours, unit);
	if (peer != NULL) {
		printf(" %s", peer);
		print_figure(theirs, unit);
		got = theirs > 0 ? ours / theirs : 0;
		printf(" %.2f |", got);
		if (bar > 0)
			printf(" <= %.1f |", bar);
	} else {
		printf(" | |");
		got = ours / 1e6;
		if (bar > 0)
			printf(" <= %.0f ms |", bar);
	}
	if (!(bar > 0))
		printf(" | |\n");
	else if (got <= bar)
		printf(" pass |\n");
	else {
		printf(" **miss** |\n");
		missed++;
	}
	fflush(stdout);
}

void
print_skip(const char *work, const char *why)
{
	printf("| %s | | %s | | | skipped |\n", work, why);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	bool wanted[N_ROWS + 1] = { false }, check = false, some = false;
	int i, n;

	for (i = 1; i < argc; i++) {
		n = atoi(argv[i]);
		if (strcmp(argv[i], "--check") == 0)
			check = true;
		else if (n >= 1 && n <= N_ROWS)
			wanted[n] = some = true;
		else {
			fprintf(stderr, "bench: %s: expected --check or a "
			    "row from 1 to %d\n", argv[i], N_ROWS);
			return 2;
		}
	}
	reaper_begin();
	usual_begin();
	place_begin(argv[0]);
	printf("| on the same work | holdfast | beside | ratio | bar | |\n"
	    "|---|---|---|---|---|---|\n");
	fflush(stdout);
	for (n = 1; n <= N_ROWS; n++)
		if (!some || wanted[n])
			rows[n - 1]();
	place_end();
	if (missed > 0)
		fprintf(stderr, "bench: %d bar%s missed\n", missed,
		    missed == 1 ? "" : "s");
	return check && missed > 0 ? 1 : 0;
}
