/*
 * What the files of start-stop-daemon share.
 */
#ifndef HOLDFAST_SSD_PRIVATE_H
#define HOLDFAST_SSD_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <getopt.h>

#include "define/schedule.h"
#include "define/service.h"
#include "process/capability.h"
#include "process/child.h"
#include "process/lookup.h"
#include "process/program.h"

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

/* How a process is compared with --exec. */
enum ssd_matching {
	SSD_BY_FILE,		/* what it executes is that file */
	SSD_BY_TEXT,		/* its path or argv[0] is that text */
	SSD_BY_NAME,		/* its name is the last part of that */
};

/* The values as they were written: looked at when all options are known. */
struct ssd_texts {
	const char *pid, *ppid, *signal, *policy, *io, *umask, *notify;
};

/*
 * OpenRC's options that Debian's has not, which are taken in Debian's dialect
 * as well, in their long form.
 */
struct ssd_extras {
	const char *input, *output, *error;	/* files */
	const char *output_logger, *error_logger; /* shell commands */
	const char *scheduler;
	bool priority_is_set;
	int priority;
	bool nice_is_absolute;	/* OpenRC's dialect alone */
	bool oom_score_is_set, capabilities_is_set, secure_bits_is_set;
	bool no_new_privileges, interpreted, progress;
	int oom_score;
	unsigned secure_bits;
	struct capabilities capabilities;
	int64_t wait_usec;	/* 0: not at all */
	int ready_as;		/* the number of a descriptor; -1: none */
};

struct notify;
struct process_stat;
struct ssd_dialect;

/* The command line. */
struct ssd {
	const struct ssd_dialect *dialect;
	enum ssd_command command;
	struct ssd_texts texts;
	struct ssd_extras extras;
	bool background, no_close, make_pidfile, remove_pidfile;
	bool notify_await, notify_timeout_is_set;
	bool oknodo, test, quiet, verbose;
	bool supervise;
	struct strings keeper_options;	/* of `holdfast start` */
	int (*holdfast)(int argc, char **argv);	/* which this is */
	const char *pidfile, *exec, *name, *user;
	const char *startas;		/* what is started */
	const char *called;		/* its argv[0]; NULL: startas */
	const char *chuid, *group, *root, *output;
	const char *directory;		/* NULL: where we are */
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
	enum ssd_matching matching;
	char *const *begins;		/* its argv begins so; or NULL */
	bool any_pidfile;		/* whoever could have written it */
	bool exec_is_there;
	const char *exec_path;		/* where it would be, without links */
	struct stat exec_status;	/* of exec, if it is there */
	uid_t match_uid;
	bool change_group, change_user, change_groups;
	struct credentials credentials;
	const char *group_name;		/* for --test; "" for a user's own */
};

/* Whose command line and ways. */
struct ssd_dialect {
	const char *name;
	int failed, usage;		/* exit statuses */
	/* Read the command line; do not return when it is wrong. */
	void (*read)(struct ssd *s, int argc, char **argv);
	/* Look up what it names. */
	void (*prepare)(struct ssd *s);
	/* --start, --stop: do it; the exit status. */
	int (*start)(struct ssd *s);
	int (*stop)(struct ssd *s);
	/* After the message about a wrong line. */
	void (*hint)(const char *program);
	/* The reason why something failed stands in brackets. */
	bool has_brackets;
};

extern const struct ssd_dialect ssd_debian, ssd_busybox, ssd_openrc;

/* values.c: read them into s; does not return when one is wrong. */
void ssd_read_values(struct ssd *s);
/* --retry alone. */
void ssd_read_retry(struct ssd *s);
/* A whole number: it needs no lookup. */
bool ssd_is_number(const char *text, unsigned *ret);

/* What one dialect's options are. */
struct ssd_options {
	const char *letters;		/* with a "+" in front */
	const struct option *longs;
	void (*take)(struct ssd *s, int code);	/* one, with its optarg */
};

/*
 * options.c: read the options.  False at a fault of its form: what getopt_long(3)
 * says of it, aloud, is libc's affair, and has to be in glibc's words.
 */
bool ssd_read_line(struct ssd *s, const struct ssd_options *options, int argc,
    char **argv, bool aloud);
/*
 * The same for a dialect that is somebody else's: does not return at a fault.
 * Sets the operands.  argv is put into another order.
 */
void ssd_read_foreign(struct ssd *s, const struct ssd_options *options,
    int argc, char **argv);
void ssd_read_debian(struct ssd *s, int argc, char **argv);
void ssd_set_command(struct ssd *s, enum ssd_command command);
/* "USER[:GROUP]" into chuid and group. */
void ssd_split_user(struct ssd *s, const char *text);

/* extras.c: the codes of those options, and their long names. */
enum ssd_extra {
	EXTRA_FIRST = 600,
	EXTRA_CAPABILITIES = EXTRA_FIRST, EXTRA_SECBITS, EXTRA_NO_NEW_PRIVS,
	EXTRA_IONICE, EXTRA_OOM_SCORE, EXTRA_ENV, EXTRA_INTERPRETED, EXTRA_WAIT,
	EXTRA_STDIN, EXTRA_STDOUT, EXTRA_STDERR, EXTRA_STDOUT_LOGGER,
	EXTRA_STDERR_LOGGER, EXTRA_PROGRESS, EXTRA_SCHEDULER,
	EXTRA_SCHEDULER_PRIORITY, EXTRA_NOTIFY, EXTRA_NOCOLOR, EXTRA_END,
};
extern const struct option ssd_extra_longs[];
void ssd_take_extra(struct ssd *s, int code, const char *value);
/*
 * Take those out of a line, by their whole names.  Returns how many arguments
 * are left.
 */
int ssd_take_extras(struct ssd *s, int argc, char **argv);
/* When all are known: does not return when they do not go together. */
void ssd_check_extras(struct ssd *s);
/* The name of one that is given and that a keeper cannot do; or NULL. */
const char *ssd_first_extra(const struct ssd *s);
/* Put them into the program. */
void ssd_fill_extras(const struct ssd *s, struct program *p);
/*
 * With --interpreted: what runs script (as it is called, and where it is) has
 * these before its own arguments.  NULL when it is no script.
 */
char **ssd_find_interpreter(const char *script, const char *file,
    char *const *arguments);

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

/* compare.c: /proc, opened once: a path from there is found sooner. */
int ssd_open_proc(void);
/*
 * Is what was given true of pid, of whom st tells?  Without st: as far as it
 * can be seen at less cost than that.
 */
bool ssd_compare(const struct ssd *s, pid_t pid,
    const struct process_stat *st);

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

/* resolve.c: look up what is named, in Debian's order. */
void ssd_resolve(struct ssd *s);
/*
 * The file of that name in PATH, below root if that is not NULL; allocated, or
 * NULL.  What is returned has root in front.
 */
char *ssd_search(const char *root, const char *name);
/* chuid and group into credentials: digits are a number. */
enum ssd_unknown { SSD_KNOWN, SSD_UNKNOWN_USER, SSD_UNKNOWN_GROUP };
enum ssd_unknown ssd_resolve_user(struct ssd *s);
/* --user into match_uid.  False when there is none. */
bool ssd_resolve_match(struct ssd *s);

/* start.c */
int ssd_start(struct ssd *s);
/*
 * Two starts of the same thing at once: the second one looks when the first
 * one has done it.  Without a place for that (-1) both may start.
 */
int ssd_take_turn(const struct ssd *s);
void ssd_fill_program(const struct ssd *s, struct program *p);
/*
 * Start it as nobody's child, or as ours; returns after its exec.  A step that
 * failed ends the program.
 */
void ssd_launch(const struct ssd *s, struct program *p, bool ours,
    struct child *ret, struct notify *n);
/* The same in our place. */
void ssd_become(const struct ssd *s, struct program *p)
    __attribute__((noreturn));
/* Does it live when the time of --wait is over? */
bool ssd_outlives_wait(const struct ssd *s, const struct child *c);

/*
 * stop.c: signals to what matches, and the wait for its death.  The functions
 * are the dialect's words; the last may be NULL.
 */
struct ssd_stopping {
	const struct ssd *s;
	void (*say_would)(const struct ssd *s, int signal, pid_t pid);
	void (*say_failed)(const struct ssd *s, pid_t pid, int error);
	void (*say_second)(void);	/* each second of a wait */
	struct ssd_found found;
	int n_killed, n_left;	/* of the last signal */
	bool has_looked, any;
};
int ssd_stop(struct ssd *s);
/* Find what matches, and signal it. */
void ssd_signal_all(struct ssd_stopping *k, int signal);
/* True when nothing that matches is left before the time is over. */
bool ssd_wait_until_gone(struct ssd_stopping *k, int64_t usec);
/* For --progress. */
void ssd_say_dot(void);

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
void ssd_print_help_busybox(FILE *to);
void ssd_print_help_openrc(FILE *to);

#endif
