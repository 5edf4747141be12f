/*
 * A program that is started and let go: in the place of this process or in the
 * background, with no keeper and no hold.  start-stop-daemon's way: its order of
 * steps is a contract with the scripts that call it.
 */
#ifndef HOLDFAST_PROGRAM_H
#define HOLDFAST_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "process/child.h"

struct credentials;

/* In their order. */
enum program_step {
	PROGRAM_PIDFILE,
	PROGRAM_NULL,		/* open /dev/null */
	PROGRAM_OUTPUT,
	PROGRAM_NICE,
	PROGRAM_SCHEDULING,
	PROGRAM_IO_SCHEDULING,
	PROGRAM_CHDIR_ROOT,	/* to the new root */
	PROGRAM_CHROOT,
	PROGRAM_CHDIR,
	PROGRAM_GROUP,
	PROGRAM_GROUPS,
	PROGRAM_USER,
	PROGRAM_DESCRIPTORS,
	PROGRAM_EXEC,
	PROGRAM_BEGUN,		/* no failure: all but the exec is done */
};

struct program_report {
	enum program_step step;
	int error;		/* errno */
	bool fatal;		/* false: it goes on without */
};

struct program {
	const char *path;
	char *const *arguments;	/* argv, argv[0] included */
	char *const *environment;
	const char *pidfile;	/* to be written, or NULL */
	bool umask_is_set;
	mode_t umask;
	int nice;		/* added to what it is */
	bool scheduling_is_set;
	int policy, priority;	/* sched_setscheduler(2) */
	int io_priority;	/* ioprio_set(2); -1: as it is */
	const char *root;	/* or NULL */
	const char *directory;
	bool change_group, change_user;
	struct credentials *credentials;
	const char *output;	/* becomes 1 and 2; NULL: /dev/null when
				   close_files is set, else nothing does */
	bool close_files;	/* 0 becomes /dev/null; the rest is closed */
};

/*
 * Become the program.  Returns only when that failed, with *ret saying where;
 * what is not fatal is told to say() on the way.
 */
void program_execute(const struct program *p,
    void (*say)(const struct program_report *r), struct program_report *ret);

/*
 * Start it in the background, as nobody's child, in a session whose leader is
 * dead; its pidfile has mode 0644 whatever the umask.  0, or -1 with errno.
 */
int program_start(struct program *p, struct child *ret);

enum program_news {
	PROGRAM_REPORT,		/* *ret is set */
	PROGRAM_END,		/* executed if it had begun, else dead */
	PROGRAM_QUIET,		/* nothing yet */
};

/* Read what it reports, without waiting. */
enum program_news program_read(const struct child *c,
    struct program_report *ret);

#endif
