/*
 * The table of directives: see directive.h.  Its order is that of the help
 * text and of a generated definition.  How a value is read and printed is the
 * business of the functions in private.h.
 */
#include "config.h"

#include "define/directive.h"

#include <sys/resource.h>

#include <string.h>

#include "define/private.h"

#define FIELD(member) offsetof(struct service, member)

/* A directive with an option of start, and one without. */
#define OPTION(name, section, option, letter, argument, help, parser, \
    printer, offset, detail) \
	{ name, section, option, letter, argument, help, \
	    directive_parse_##parser, directive_print_##printer, offset, \
	    detail }
#define AT(name, section, parser, printer, offset, detail) \
	{ name, section, NULL, 0, NULL, NULL, directive_parse_##parser, \
	    directive_print_##printer, offset, detail }
#define PLAIN(name, section, parser, printer) \
	AT(name, section, parser, printer, 0, 0)
#define LIMIT(name) \
	{ "Limit" #name, "Service", NULL, 0, NULL, NULL, \
	    directive_parse_limit, directive_print_limit, 0, RLIMIT_##name }

const struct directive directives[] = {
	OPTION("Description", "Unit", "description", 0, "TEXT",
	    "what the service is, for people", text, text,
	    FIELD(description), 0),
	PLAIN("StartLimitIntervalSec", "Unit", limit_interval, limit_interval),
	PLAIN("StartLimitInterval", "Unit", limit_interval, nothing),
	PLAIN("StartLimitBurst", "Unit", limit_burst, limit_burst),

	PLAIN("Type", "Service", type, type),
	AT("ExecStart", "Service", exec, exec, FIELD(exec_start), 0),
	OPTION("WorkingDirectory", "Service", "chdir", 'd', "DIR",
	    "its working directory (default /)", directory, directory,
	    FIELD(working_directory), 0),
	OPTION("User", "Service", "user", 'u', "USER",
	    "run as USER, a name or number, or USER:GROUP (also -c)", user,
	    text, FIELD(user), 0),
	OPTION("Group", "Service", "group", 'g', "GROUP",
	    "run as GROUP, a name or number", user, text, FIELD(group), 0),
	OPTION("UMask", "Service", "umask", 'k', "MODE",
	    "its file mode mask (default 022)", umask, umask, 0, 0),
	OPTION("Environment", "Service", "env", 'e', "NAME=VALUE",
	    "set a variable; NAME alone takes the caller's", environment,
	    environment, 0, 0),
	OPTION("EnvironmentFile", "Service", "env-file", 0, "FILE",
	    "read variables from FILE (-FILE: if it is there)",
	    environment_file, environment_file, 0, 0),
	OPTION("Nice", "Service", "nice", 'N', "NUMBER",
	    "its nice value, -20 to 19", nice, int, FIELD(nice),
	    (int)FIELD(nice_is_set)),
	AT("SupplementaryGroups", "Service", groups, words,
	    FIELD(supplementary_groups), 0),
	AT("PassEnvironment", "Service", variables, words,
	    FIELD(pass_environment), 0),
	AT("UnsetEnvironment", "Service", unset, words,
	    FIELD(unset_environment), 0),
	AT("IgnoreSIGPIPE", "Service", flag, flag, FIELD(ignore_sigpipe), 1),
	AT("NoNewPrivileges", "Service", flag, flag, FIELD(no_new_privileges),
	    0),
	PLAIN("CPUSchedulingPolicy", "Service", policy, policy),
	AT("CPUSchedulingPriority", "Service", number, number,
	    FIELD(scheduling_priority), 99),
	AT("CPUSchedulingResetOnFork", "Service", flag, flag,
	    FIELD(scheduling_reset_on_fork), 0),
	PLAIN("IOSchedulingClass", "Service", io_class, io_class),
	AT("IOSchedulingPriority", "Service", number, number,
	    FIELD(io_priority), 7),
	LIMIT(CPU),
	LIMIT(FSIZE),
	LIMIT(DATA),
	LIMIT(STACK),
	LIMIT(CORE),
	LIMIT(RSS),
	LIMIT(NOFILE),
	LIMIT(AS),
	LIMIT(NPROC),
	LIMIT(MEMLOCK),
	LIMIT(LOCKS),
	LIMIT(SIGPENDING),
	LIMIT(MSGQUEUE),
	LIMIT(NICE),
	LIMIT(RTPRIO),
	LIMIT(RTTIME),
	OPTION("OOMScoreAdjust", "Service", "oom-score-adj", 0, "NUMBER",
	    "how ready the kernel is to kill it, -1000 to 1000", oom, int,
	    FIELD(oom_score_adjust), (int)FIELD(oom_score_adjust_is_set)),
	OPTION("StandardOutput", "Service", "output", 'O', "FILE",
	    "append its output to FILE, or: log (default), null, inherit",
	    output, output, 0, 0),
	OPTION("KillSignal", "Service", "stop-signal", 's', "SIGNAL",
	    "what stops it first (default TERM)", kill_signal, kill_signal,
	    0, 0),
	OPTION("TimeoutStopSec", "Service", "stop-timeout", 0, "TIME",
	    "how long it may take to stop (default 30s; 0: no limit)",
	    timeout_stop, timeout_stop, 0, 0),
	OPTION("X-HoldfastStopSchedule", "Service", "stop-schedule", 'R',
	    "SCHEDULE", "signals and waits, such as TERM/30/KILL/5",
	    stop_schedule, stop_schedule, 0, 0),
	OPTION("KillMode", "Service", "kill-mode", 0, "MODE",
	    "control-group (default), mixed, process, process-group",
	    kill_mode, kill_mode, 0, 0),
	OPTION("Restart", "Service", "restart", 0, "POLICY",
	    "no (default), on-failure, always, on-success, ...", restart,
	    restart, 0, 0),
	OPTION("RestartSec", "Service", "restart-sec", 0, "TIME",
	    "wait TIME before each restart, without back-off", restart_sec,
	    restart_sec, 0, 0),
	OPTION("X-HoldfastReady", "Service", "ready", 0, "WHEN",
	    "exec (default), or settle:TIME without dying", ready, ready,
	    0, 0),
	OPTION("TimeoutStartSec", "Service", "start-timeout", 0, "TIME",
	    "how long it may take to be ready (default 90s; 0: no limit)",
	    timeout_start, timeout_start, 0, 0),
	PLAIN("X-HoldfastKeeper", "Service", keeper, keeper),
	OPTION("X-HoldfastPIDFile", "Service", "pidfile", 'p', "FILE",
	    "another pidfile, where an old script expects it", path, text,
	    FIELD(pidfile), 0),
	{ .name = NULL },
};

const struct directive *
directive_find(const char *name)
{
	const struct directive *d;

	for (d = directives; d->name != NULL; d++) {
		if (strcmp(d->name, name) == 0)
			return d;
	}
	return NULL;
}
