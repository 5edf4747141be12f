/*
 * From fork to exec: the service sets itself up.
 */
#ifndef HOLDFAST_CHILD_H
#define HOLDFAST_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct credentials;
struct hold;
struct paths;
struct service;

/* The steps of the set-up, in their order. */
enum child_step {
	STEP_PROCESS_GROUP,
	STEP_SIGNALS,
	STEP_PIDFILE,
	STEP_RECORD,
	STEP_LIMIT,
	STEP_NICE,
	STEP_OOM_SCORE,
	STEP_SCHEDULING,
	STEP_IO_SCHEDULING,
	STEP_CREDENTIALS,
	STEP_NO_NEW_PRIVILEGES,
	STEP_DIRECTORY,
	STEP_DESCRIPTORS,
	STEP_EXEC,
};

/* What the child says of a step that did not go as asked. */
struct child_report {
	enum child_step step;
	int error;		/* errno */
	int detail;		/* of STEP_LIMIT: the RLIMIT_ number */
	bool fatal;		/* false: it went on with what was allowed */
};

struct child_order {
	const struct service *service;
	const struct credentials *credentials; /* NULL: stays as it is */
	struct hold *hold;	/* published by the child */
	char **arguments, **environment;
	const char *directory;
	int output, error;	/* become descriptors 1 and 2 */
	pid_t parent;		/* the keeper, which is the caller; 0: none, a
				   child of init, the hold rides along */
	int word;		/* a socket: no exec before a byte is there, and
				   none when it ends without; -1: none */
	/*
	 * Called in the child while it has its copy of the hold, and before it
	 * changes anything of itself: writes the record that names it.  0, or
	 * -1 with errno, and then nothing is executed.
	 */
	int (*name)(void *context, pid_t session);
	void *context;
};

struct child {
	pid_t pid;
	pid_t session;
	int channel;		/* reports come here; non-blocking */
};

/* What a forked child does; it does not return. */
typedef void child_run(void *context, pid_t session, int channel);

/*
 * Fork a child that runs run(), in a session of its own whose leader is dead,
 * as our own child or as nobody's.  channel, close-on-exec, leads to
 * ret->channel.  In the child nothing may be called that allocates or locks.
 * Returns 0, or -1 with errno.
 */
int child_fork(bool ours, child_run *run, void *context, struct child *ret);

/*
 * Fork the service: in a session of its own whose leader is dead, as our own
 * child (with a keeper) or nobody's.  It names itself, sets itself up, waits for
 * the word and goes on to its exec, unless its keeper is dead by then.  Returns
 * 0, or -1 with errno.
 */
int child_spawn(struct child_order *order, struct child *ret);

enum child_news {
	CHILD_REPORT,		/* *ret is set */
	CHILD_EXECUTED,		/* end of file: exec was done, or it is dead */
	CHILD_QUIET,		/* nothing yet, or it cannot be read just now */
};

/* Read from the channel, without waiting. */
enum child_news child_read(const struct child *c, struct child_report *ret);

/*
 * What the step tried to do, with its object: "change directory to /x",
 * "execute /x: its interpreter /y"; fits "cannot ...: REASON".
 */
void child_describe(const struct child_report *report,
    const struct service *s, const struct paths *p, char *buf, size_t size);

#endif
