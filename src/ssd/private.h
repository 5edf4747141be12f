/*
 * What the files of start-stop-daemon share.
 */
#ifndef HOLDFAST_SSD_PRIVATE_H
#define HOLDFAST_SSD_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "define/schedule.h"
#include "define/service.h"
#include "process/lookup.h"

enum ssd_command {
	SSD_NONE,
	SSD_START,
	SSD_STOP,
	SSD_STATUS,
	SSD_PIDOF,
	SSD_HELP,
	SSD_VERSION,
};

/* Exit statuses: what the manual of Debian's says, and what it does. */
enum {
	SSD_DONE = 0,
	SSD_NOTHING = 1,	/* 0 with --oknodo */
	SSD_FAILED = 2,		/* would not die, and every error at run time */
	SSD_USAGE = 3,
	/* of --status */
	SSD_RUNNING = 0,
	SSD_DEAD_PIDFILE = 1,
	SSD_DEAD = 3,
	SSD_UNKNOWN = 4,
};

/* A scheduling policy or class that was asked for, and its priority. */
struct ssd_schedule {
	const char *name;	/* NULL: not asked for */
	int value, priority;
};

/* The command line. */
struct ssd {
	enum ssd_command command;
	bool background, no_close, make_pidfile, remove_pidfile;
	bool notify_await, notify_timeout_is_set;
	bool oknodo, test, quiet, verbose;
	bool supervise;
	struct strings keeper_options;	/* of `holdfast start` */
	int (*holdfast)(int argc, char **argv);	/* which this is */
	const char *pidfile, *exec, *name, *user;
	const char *startas, *chuid, *group, *root, *output;
	const char *directory;
	pid_t pid, ppid;		/* 0: not given */
	int signal;
	const char *retry;		/* as it was written */
	struct schedule schedule;	/* length 0: none */
	struct ssd_schedule policy, io;
	int nice;
	bool umask_is_set;
	mode_t umask;
	int64_t notify_usec;
	char **arguments;		/* of the program, from argv[1] on */
	int argument_count;

	/* Worked out from these. */
	bool exec_is_there;
	const char *exec_path;		/* where it would be, without links */
	struct stat exec_status;	/* of exec, if it is there */
	uid_t match_uid;
	bool change_group, change_user;
	struct credentials credentials;
	const char *group_name;		/* for --test; "" for a user's own */
};

/* The values as they were written: looked at when all options are known. */
struct ssd_texts {
	const char *pid, *ppid, *signal, *policy, *io, *umask, *notify;
};

/* values.c: read them into s; does not return when one is wrong. */
void ssd_read_values(struct ssd *s, const struct ssd_texts *texts);
/* A whole number: it needs no lookup. */
bool ssd_is_number(const char *text, unsigned *ret);

/* options.c: read the command line; does not return when it is wrong. */
void ssd_read_options(struct ssd *s, int argc, char **argv);

/* ssd.c: "PROGRAM: TEXT" and a hint; exits with SSD_USAGE, or SSD_UNKNOWN. */
void ssd_usage(const struct ssd *s, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
/* "PROGRAM: TEXT"; exits with SSD_FAILED, or SSD_UNKNOWN. */
void ssd_fail(const struct ssd *s, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
/* The same with what errno error means. */
void ssd_fail_errno(const struct ssd *s, int error, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
/* A line on standard output, unless quiet; and only when verbose. */
void ssd_say(const struct ssd *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void ssd_say_more(const struct ssd *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A process that matches all that was given. */
struct ssd_match {
	pid_t pid;
	uint64_t start;		/* 0: it is not there any more */
	int fd;			/* pidfd, to be signalled by; -1: none */
	pid_t parent;
	bool is_signalled;	/* by the last signal */
	bool is_keeper;		/* of one that matches: its end is waited for */
};

struct ssd_found {
	struct ssd_match *items;	/* few, or allocated */
	size_t count, room;
	struct ssd_match few[4];
	pid_t pid;		/* of the pidfile, which is read once */
	struct ssd_match first;	/* what was seen at --pid, or at that one */
};

/* match.c: one more; and give up all, with their pidfds. */
void ssd_add(struct ssd_found *f, const struct ssd_match *m);
void ssd_drop(struct ssd_found *f);

/*
 * match.c: find the processes that match, in the order of Debian's: the one of
 * --pid, that in the pidfile, or all.  Returns a status of --status; a failure
 * ends the program.  With --stop, those found have pidfds.
 */
int ssd_find(const struct ssd *s, struct ssd_found *f);

/* Is it still there, and does it still match? */
bool ssd_still_matches(const struct ssd *s, const struct ssd_match *m);

/* start.c, stop.c: do it; the exit status. */
int ssd_start(struct ssd *s);
int ssd_stop(const struct ssd *s);

/* supervise.c: start the program under a keeper; the exit status. */
int supervise_start(const struct ssd *s);
/* The living keeper that has m for its main process. */
bool supervise_find(const struct ssd_match *m, struct ssd_match *ret);
/* The living keeper of the service with that pidfile, whatever is in it. */
bool supervise_find_pidfile(const char *pidfile, struct ssd_match *ret);
/* Is the signal one that means the end? */
bool supervise_is_stop(int signal);

/* help.c */
void ssd_print_help(void);
void ssd_print_version(void);

#endif
