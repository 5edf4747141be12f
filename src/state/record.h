/*
 * The record: what is known of a service, in key=value lines under systemd's
 * property names where it has one.  Written whole by rename, by whoever has
 * the hold; read by anybody.
 */
#ifndef HOLDFAST_RECORD_H
#define HOLDFAST_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum active_state {
	STATE_INACTIVE,		/* stopped; the tree was seen to be gone */
	STATE_FAILED,		/* the same, after a failure */
	STATE_ACTIVATING,
	STATE_ACTIVE,
	STATE_DEACTIVATING,
};

enum result {
	RESULT_SUCCESS,
	RESULT_EXIT_CODE,
	RESULT_SIGNAL,
	RESULT_CORE_DUMP,
	RESULT_TIMEOUT,		/* not ready in time, or would not stop */
	RESULT_EXEC,		/* execve(2) failed; other steps: RESOURCES */
	RESULT_START_LIMIT,	/* "start-limit-hit" */
	RESULT_RESOURCES,	/* a step of the set-up failed, or the keeper
				   could not fork, open, ... */
	RESULT_INTERRUPTED,	/* the start was undone by its caller */
};

struct record {
	enum active_state active_state;	/* ActiveState= */
	const char *sub_state;		/* SubState=: start running
					   auto-restart stop stuck dead failed */
	enum result result;		/* Result= */

	pid_t main_pid;			/* MainPID=, 0: none */
	uint64_t main_start;		/* HoldfastMainStart=, clock ticks */
	pid_t session;			/* HoldfastSession=, of the main one */
	bool has_keeper;		/* HoldfastKeeper=yes|no */
	pid_t keeper_pid;		/* HoldfastKeeperPID=, 0: none */
	uint64_t keeper_start;		/* HoldfastKeeperStart= */
	const char *boot_id;		/* HoldfastBootID= */
	const char *invocation_id;	/* InvocationID=, 32 hex digits */

	int exec_main_code;		/* ExecMainCode=: 0, CLD_EXITED, ... */
	int exec_main_status;		/* ExecMainStatus=: status or signal */
	const char *failed_step;	/* HoldfastFailedStep=, or "" */
	int failed_errno;		/* HoldfastFailedErrno= */

	unsigned n_restarts;		/* NRestarts=, automatic ones */
	int64_t started_usec;		/* ExecMainStartTimestamp=, realtime */
	int64_t active_usec;		/* ActiveEnterTimestamp= */
	int64_t exited_usec;		/* ExecMainExitTimestamp= */
	int64_t changed_usec;		/* StateChangeTimestamp= */
	int64_t ready_took_usec;	/* HoldfastReadyUSec=, from the start */
	int64_t stop_took_usec;		/* HoldfastStopUSec= */
	int stop_signal;		/* HoldfastStopSignal=, the last sent */
	int64_t restart_in_usec;	/* HoldfastRestartUSec=, of auto-restart */
	int64_t log_offset;		/* HoldfastLogOffset=: this run's first */

	const char *command;		/* ExecStart=, for people */
	const char *log;		/* HoldfastLog=, or "" */
	const char *pidfile;		/* PIDFile=: --pidfile, or "" */
	const char *user;		/* User=, or "" */
};

/* Room for a record's text; the strings of a record that was read lie here. */
#define RECORD_TEXT_MAX 8192
struct record_text {
	char text[RECORD_TEXT_MAX];
};

void record_init(struct record *r);

/*
 * Read the record at path.  Returns 0; -1 with errno: ENOENT when there is
 * none, EBADMSG when it is not a record, or that of open(2) and read(2).  The
 * strings in *r live in *text.  *r is as record_init() left it on failure.
 * *ret_vouching, unless that is NULL: the process that vouches for it, or 0.
 */
int record_read(const char *path, struct record *r, struct record_text *text,
    pid_t *ret_vouching);

/*
 * Parse text (terminated; it is cut up).  0, or -1 with errno EBADMSG.  What
 * tells whose the pids are must be there; the rest, as in a record of an
 * older version, may be missing and is then as record_init() sets it.
 */
int record_parse(char *text, struct record *r);

/*
 * Replace the record at path whole, by way of a file whose name has suffix
 * added: two who may write at the same time (the keeper, and its child before
 * it executes) must not share one.  0, or -1 with errno (ENAMETOOLONG, EMSGSIZE
 * when the record is too long, or of open(2), write(2), rename(2)); the old one
 * stays.
 */
#define RECORD_BY_KEEPER ".new"
#define RECORD_BY_CHILD ".child"
int record_write(const char *path, const char *suffix,
    const struct record *r, int *vouch);
void record_take_back(int *vouch);

/* As written.  Returns the length, or -1 when it would not fit. */
int record_print(const struct record *r, char *buf, size_t size);

/* The run is over, and its tree was seen to be gone. */
bool record_is_final(const struct record *r);

const char *record_state_name(enum active_state state);
const char *record_result_name(enum result result);

/* Of this boot; also when the record, or the kernel, does not say. */
bool record_is_of_this_boot(const struct record *r);

/* This boot's id, 36 characters, or "" where the kernel does not say. */
const char *record_boot_id(void);

#endif
