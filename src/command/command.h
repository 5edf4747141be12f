/*
 * What a person types: one file and one row for each command.
 */
#ifndef HOLDFAST_COMMAND_H
#define HOLDFAST_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "define/options.h"
#include "define/service.h"
#include "state/paths.h"
#include "state/record.h"

struct command {
	const char *name;
	const char *usage;	/* "NAME... [options]", after the name */
	const char *help;	/* one line */
	/* argv[0] is the command's name.  Returns an exit status. */
	int (*run)(int argc, char **argv);
};

extern const struct command command_start, command_stop, command_restart,
    command_try_restart, command_reload, command_force_reload, command_status,
    command_list, command_show, command_verify, command_signal, command_wait,
    command_logs, command_forget, command_help;

/* The table, in the help text's order; ends with NULL. */
extern const struct command *const commands[];

/* main()'s argv: the keeper's title goes there. */
extern char **command_argv;

/* Dispatch argv[1...]; the exit status of the program. */
int command_main(int argc, char **argv);

/* One option of a command's own, beside the common ones. */
struct command_option {
	const char *name;	/* "timeout" */
	char letter;		/* or 0 */
	const char **value;	/* where its argument goes, or NULL */
	bool *flag;		/* or: what becomes true */
};

/*
 * Read the options of a command other than start; own ends with a name of
 * NULL.  The operands are added to operands.  Sets the verbosity.  Returns 0;
 * or -1 when the line is wrong (said already: exit EXIT_USAGE).
 */
int command_options(int argc, char **argv, const struct command_option *own,
    struct common_options *common, struct strings *operands);

/*
 * From here on a reader of our output that has gone is an error of the write,
 * not our death by SIGPIPE with a started service left behind.
 */
void command_ignore_pipe(void);

/* "holdfast: CULPRIT: expected ..."; returns EXIT_USAGE. */
int command_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The exit status of an action that failed with errno error. */
int command_status_of(int error);

/* The same of a definition that cannot be read, or is wrong (error is 0). */
int command_status_of_definition(int error);

/*
 * "web: cannot lock pidfile PATH: REASON", of a hold_take() that failed with
 * errno error and found holder.  Returns the exit status.
 */
int command_say_cannot_lock(const char *name, const char *path, int error,
    pid_t holder);

/*
 * What is known of a service: its record, and what is alive of it.  As status
 * sees it; read only.
 */
enum liveness {
	LIVE_DOWN,		/* not running, nothing left */
	LIVE_DOWN_PIDFILE,	/* not running, but a pidfile was left */
	LIVE_UP,		/* the main process is alive */
	LIVE_BUSY,		/* keeper alive, no main process just now:
				   starting, stopping, waiting to restart */
	LIVE_UNKNOWN,		/* cannot tell; error says why */
};

struct view {
	bool known;		/* there is a record */
	struct record record;
	enum liveness live;
	bool keeper_alive;
	int error;		/* errno of LIVE_UNKNOWN */
	int64_t cpu_usec;	/* of the main process, when LIVE_UP */
	int64_t rss_bytes;
	int threads;
	struct record_text text; /* last: of most of it no page is touched */
};

/* Look at the service that p was set to by paths_for(). */
void view_read(const struct paths *p, struct view *v);
/*
 * The same but for what is only in /proc (cpu_usec, rss_bytes, threads), in half
 * the time when the keeper vouches for the record.
 */
void view_glance(const struct paths *p, struct view *v);
/* The same for who has the hold: what is in the pidfile's place is known. */
void view_read_record(const struct paths *p, struct view *v);

/* The LSB status of what was seen: STATUS_RUNNING, ... */
int view_status(const struct view *v);

/*
 * "web: cannot look at ...", of a view that is LIVE_UNKNOWN.  Returns the exit
 * status of a command that is not status.
 */
int view_say_unknown(const char *name, const struct paths *p,
    const struct view *v);

/*
 * Run action once for each name, with paths set up and the run directory
 * checked; names are checked first, all of them, before anything is touched.
 * Returns the highest status.
 */
int command_each(const struct strings *names,
    const struct common_options *common,
    int (*action)(const char *name, struct paths *p, void *context),
    void *context);
/* The same, of an action that only looks and prints: many are shared out among
 * processes, so that what it changes in memory may be lost (share.h). */
int command_look_at_each(const struct strings *names,
    const struct common_options *common,
    int (*action)(const char *name, struct paths *p, void *context),
    void *context);

/*
 * The whole of a command without options of its own: read those of every
 * command into *common, then command_each() of the names.
 */
int command_run(int argc, char **argv, struct common_options *common,
    int (*action)(const char *name, struct paths *p, void *context),
    void *context);

/*
 * What a list row or a status heading says: "running", "starting", "stopping",
 * "restarting in 3 s", "stopped", "failed", "running (no keeper)", ...
 */
void view_describe(const struct view *v, char *buf, size_t size);

/*
 * A service that waits to be restarted is not to wait until somebody asks
 * (RestartSec=infinity: the record says 0, or a time without end).
 */
bool view_restarts_by_itself(const struct record *r);

/* How the last run ended: "exit 0", "killed by SIGSEGV (core dumped)"; "" . */
void view_ending(const struct record *r, char *buf, size_t size);

/*
 * The last lines of the log since offset, each after "    | ", to stderr.
 * Silent when there is no log.
 */
void command_show_tail(const char *log, int64_t offset, unsigned lines);

#endif
