/*
 * The service's definition: what was asked for.  Built by directive.c from
 * options or a unit file, checked whole by service_check(), and const from
 * then on.  It knows nothing of how it was written.
 */
#ifndef HOLDFAST_SERVICE_H
#define HOLDFAST_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "define/exec.h"
#include "define/schedule.h"
#include "define/strings.h"
#include "define/value.h"

enum kill_mode {
	KILL_CONTROL_GROUP,	/* the whole tree (the default) */
	KILL_MIXED,		/* the main process; SIGKILL to the tree */
	KILL_PROCESS,		/* the main process; the rest is left alone */
	KILL_PROCESS_GROUP,	/* the main process's group; the rest is left */
};

enum restart_policy {
	RESTART_NO,
	RESTART_ON_SUCCESS,
	RESTART_ON_FAILURE,
	RESTART_ON_ABNORMAL,
	RESTART_ON_ABORT,
	RESTART_ALWAYS,
};

enum ready_kind { READY_EXEC, READY_SETTLE };

enum output_kind {
	OUTPUT_LOG,		/* through the keeper's pipe to the log */
	OUTPUT_APPEND,		/* a file, without the pipe */
	OUTPUT_TRUNCATE,	/* the same, emptied at each start */
	OUTPUT_NULL,
	OUTPUT_INHERIT,		/* the starter's own */
};

/* ioprio_set(2)'s, of which not every libc has the header. */
enum io_class { IO_NONE, IO_REALTIME, IO_BEST_EFFORT, IO_IDLE };

struct limit {
	bool is_set;
	struct rlimit value;
};

struct service {
	char *name;
	char *description;		/* Description=, or NULL */
	struct exec_list exec_start;	/* ExecStart=; one */

	/* the process's surroundings */
	char *working_directory;	/* WorkingDirectory=, never NULL; "~" is
					   the user's home */
	bool working_directory_is_optional; /* "-" was before it */
	char *user;			/* User=, or NULL */
	char *group;			/* Group=, or NULL */
	mode_t umask;			/* UMask=, 022 */
	struct strings environment;	/* Environment=, "K=V" */
	struct strings environment_files; /* EnvironmentFile=, with its "-" */
	struct strings pass_environment; /* PassEnvironment=, until it is read */
	struct strings unset_environment; /* UnsetEnvironment= */
	struct strings supplementary_groups; /* SupplementaryGroups= */
	bool ignore_sigpipe;		/* IgnoreSIGPIPE=, true */
	bool no_new_privileges;		/* NoNewPrivileges= */
	bool scheduling_is_set;
	int scheduling_policy;		/* CPUSchedulingPolicy=: SCHED_... */
	int scheduling_priority;	/* CPUSchedulingPriority=, or -1 */
	bool scheduling_reset_on_fork;	/* CPUSchedulingResetOnFork= */
	int io_class;			/* IOSchedulingClass=: enum io_class, or
					   -1 */
	int io_priority;		/* IOSchedulingPriority=, or -1 */
	bool nice_is_set;
	int nice;			/* Nice=, -20 to 19 */
	struct limit limits[RLIM_NLIMITS]; /* Limit*= */
	bool oom_score_adjust_is_set;
	int oom_score_adjust;		/* OOMScoreAdjust= */
	enum output_kind output;	/* StandardOutput= */
	char *output_path;		/* of OUTPUT_APPEND, OUTPUT_TRUNCATE */

	/* how it is stopped */
	int kill_signal;		/* KillSignal=, SIGTERM */
	bool kill_signal_is_set;
	int64_t timeout_stop_usec;	/* TimeoutStopSec=, 30 s */
	bool timeout_stop_is_set;
	struct schedule stop_schedule;	/* filled by service_check() */
	bool stop_schedule_is_set;	/* X-HoldfastStopSchedule= */
	bool stop_schedule_is_time;	/* it was one time alone: the first
					   signal is that of KillSignal= */
	enum kill_mode kill_mode;	/* KillMode= */

	/* how it is restarted */
	enum restart_policy restart;	/* Restart= */
	bool restart_usec_is_set;
	int64_t restart_usec;		/* RestartSec= */
	/*
	 * StartLimitIntervalSec= and StartLimitBurst=; 0 is off.  Before
	 * service_check() 0 is "not set", and -1 is "set to 0".
	 */
	int64_t start_limit_interval_usec;
	int start_limit_burst;

	/* how it is ready */
	enum ready_kind ready;		/* X-HoldfastReady= */
	int64_t ready_settle_usec;	/* of READY_SETTLE */
	int64_t timeout_start_usec;	/* TimeoutStartSec=, 90 s */

	/* what it runs without: "KEY=VALUE" */
	struct strings ungiven;

	/* how it is held */
	bool keeper;			/* X-HoldfastKeeper=, true */
	char *pidfile;			/* X-HoldfastPIDFile=, or NULL */
};

/* The defaults that are not 0. */
#define SERVICE_DIRECTORY "/"
#define SERVICE_UMASK 022
#define SERVICE_TIMEOUT_START_USEC (90 * USEC_PER_SEC)
#define SERVICE_TIMEOUT_STOP_USEC (30 * USEC_PER_SEC)

/* Replace a text of the service by a copy of text, or by NULL. */
void service_set_text(char **field, const char *text);

/* A definition with every default and no command.  Dies when out of memory. */
void service_init(struct service *s, const char *name);
void service_free(struct service *s);

/*
 * Two directives contradict each other: their names are then in *ret_one and
 * *ret_other.
 */
bool service_contradicts(const struct service *s, const char **ret_one,
    const char **ret_other);

/*
 * Check the definition as a whole and derive stop_schedule.  Returns 0, or -1
 * with in err one line that names the two directives that contradict each
 * other, or the missing one.
 */
int service_check(struct service *s, char *err, size_t size);

#endif
