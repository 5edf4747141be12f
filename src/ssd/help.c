/*
 * start-stop-daemon's --help and --version, in our words.
 */
#include "config.h"

#include <stdio.h>

#include "ssd/private.h"

static const char help[] =
"Usage: start-stop-daemon OPTION... COMMAND [-- ARGUMENT...]\n"
"\n"
"Commands, one of:\n"
"  -S, --start               start a program, unless it runs\n"
"  -K, --stop                signal what runs\n"
"  -T, --status              tell by the exit status whether it runs\n"
"      --pidof               the same, and print the pids\n"
"  -H, --help                print this\n"
"  -V, --version             print the version\n"
"\n"
"What is meant (at least one; all that are given must match):\n"
"      --pid PID             the process with this number\n"
"      --ppid PID            children of this one\n"
"  -p, --pidfile FILE        the process whose number is in FILE\n"
"  -x, --exec PROGRAM        processes that run this file\n"
"  -n, --name NAME           processes of this name (15 characters)\n"
"  -u, --user USER           processes of this user\n"
"\n"
"With --start:\n"
"  -a, --startas PROGRAM     start this instead of that of --exec\n"
"  -b, --background          in the background\n"
"  -m, --make-pidfile        write its number to the file of --pidfile\n"
"  -c, --chuid USER[:GROUP]  as this user\n"
"  -g, --group GROUP         with this group\n"
"  -r, --chroot DIRECTORY    in this root\n"
"  -d, --chdir DIRECTORY     in this directory (default: /)\n"
"  -k, --umask MASK          with this umask\n"
"  -N, --nicelevel N         nicer by N\n"
"  -P, --procsched POLICY[:PRIORITY]\n"
"                            scheduled so: other, fifo, rr\n"
"  -I, --iosched CLASS[:PRIORITY]\n"
"                            scheduled so for input and output: real-time,\n"
"                            best-effort, idle\n"
"  -C, --no-close            leave its descriptors open\n"
"  -O, --output FILE         append its output to FILE\n"
"      --notify-await        wait until it says that it is ready\n"
"      --notify-timeout N    for at most N seconds (default: 60)\n"
"      --supervise           under a keeper; takes options of holdfast start\n"
"\n"
"With --stop:\n"
"  -s, --signal SIGNAL       what to send (default: TERM)\n"
"  -R, --retry TIMEOUT       wait until it is gone; kill it after TIMEOUT\n"
"                            seconds and wait as long once more\n"
"  -R, --retry ITEM/ITEM...  a schedule of signals (TERM, -15), seconds and\n"
"                            'forever', which repeats what follows it\n"
"      --remove-pidfile      remove the file of --pidfile in the end\n"
"\n"
"  -t, --test                only say what would be done\n"
"  -o, --oknodo              exit 0, not 1, when there was nothing to do\n"
"  -q, --quiet               say less\n"
"  -v, --verbose             say more\n"
"      --dialect NAME        be busybox's or openrc's (with --help: their help)\n"
"\n"
"OpenRC's, which start-stop-daemon(8) describes:\n"
"      --stdin FILE, --stdout FILE, --stderr FILE\n"
"      --stdout-logger COMMAND, --stderr-logger COMMAND\n"
"      --env NAME[=VALUE], --wait MILLISECONDS, --notify fd:N|socket:ready\n"
"      --interpreted, --ionice CLASS[:DATA], --scheduler POLICY\n"
"      --scheduler-priority N, --oom-score-adj N, --capabilities LIST\n"
"      --secbits N, --no-new-privs, --progress\n"
"\n"
"Exit status: 0 done; 1 nothing was to be done; 2 it would not die, or\n"
"something failed; 3 the command line is wrong.  With --status: 0 it runs;\n"
"1 it does not, but the pidfile is there; 3 it does not; 4 cannot tell.\n";

static const char help_busybox[] =
"Usage: start-stop-daemon [OPTIONS] [-S|-K] ... [-- ARGS...]\n"
"\n"
"As BusyBox's (--dialect=busybox), one of:\n"
"  -S               start a program, unless a process matches\n"
"  -K               signal all that match\n"
"\n"
"What is meant (all that are given must match):\n"
"  -u USER          processes of this user\n"
"  -n NAME          processes of this name (14 characters)\n"
"  -x PROGRAM       processes with this path, or called so\n"
"  -p FILE          the process whose number is in FILE\n"
"\n"
"With -S:\n"
"  -x PROGRAM       start this (else -a, else the first of ARGS)\n"
"  -a NAME          call it so\n"
"  -b               in the background\n"
"  -m               write its number to the file of -p\n"
"  -c USER[:GROUP]  as this user\n"
"  -d DIRECTORY     in this directory\n"
"  -N N             nicer by N\n"
"  -O FILE          append its output to FILE\n"
"\n"
"With -K:\n"
"  -s SIGNAL        what to send (default: TERM)\n"
"  -t               only tell by the exit status whether it is there\n"
"\n"
"  -o               exit 0, not 1, when there was nothing to do\n"
"  -q               say less\n"
"  -v, -R           are taken, and do nothing\n";

static const char help_openrc[] =
"Usage: start-stop-daemon [OPTIONS] [--start|--stop] [PROGRAM] [-- ARGS...]\n"
"\n"
"As OpenRC's (--dialect=openrc):\n"
"  -S, --start                  start it, unless it runs (the default)\n"
"  -K, --stop                   stop it: TERM, and wait for 5 seconds\n"
"  -s, --signal SIGNAL          send this; alone: nothing but this\n"
"  -R, --retry SCHEDULE         seconds, or signals and seconds in turn\n"
"  -t, --test                   only say what would be done\n"
"\n"
"  -x, --exec PROGRAM           what is meant\n"
"  -p, --pidfile FILE           the process whose number is in FILE\n"
"  -n, --name NAME              what it is called\n"
"  -u, --user USER[:GROUP]      whose it is; and as whom it is started\n"
"  -g, --group GROUP            with this group\n"
"  -i, --interpreted            it is a script\n"
"\n"
"  -b, --background             in the background\n"
"  -m, --make-pidfile           write its number to the file of --pidfile\n"
"  -w, --wait MILLISECONDS      see whether it lives after that\n"
"      --notify fd:N|socket:ready  wait until it says that it is ready\n"
"  -P, --progress               print dots while waiting\n"
"  -d, --chdir DIRECTORY        in this directory\n"
"  -r, --chroot DIRECTORY       in this root\n"
"  -e, --env NAME=VALUE         with this in the environment\n"
"  -k, --umask MASK             with this umask (default: 022)\n"
"  -N, --nicelevel N            with this niceness\n"
"  -I, --ionice CLASS[:DATA]    scheduled so for input and output\n"
"      --scheduler POLICY, --scheduler-priority N\n"
"      --oom-score-adj N, --capabilities LIST, --secbits N, --no-new-privs\n"
"  -0, --stdin FILE    -1, --stdout FILE    -2, --stderr FILE\n"
"  -3, --stdout-logger COMMAND  -4, --stderr-logger COMMAND\n"
"\n"
"  -q, --quiet    -v, --verbose    -h, --help    -V, --version\n";

void
ssd_print_help_busybox(FILE *to)
{
	fputs(help_busybox, to);
}

void
ssd_print_help_openrc(FILE *to)
{
	fputs(help_openrc, to);
}

void
ssd_print_help(void)
{
	fputs(help, stdout);
}

void
ssd_print_version(void)
{
	puts("start-stop-daemon " PACKAGE_VERSION " (" PACKAGE_NAME ")");
}
