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

struct capabilities;
struct credentials;

/* In their order, except for what "inside" moves. */
enum program_step {
	PROGRAM_PIDFILE,
	PROGRAM_NULL,		/* open /dev/null */
	PROGRAM_INPUT,
	PROGRAM_OUTPUT,
	PROGRAM_ERROR,
	PROGRAM_NICE,
	PROGRAM_SCHEDULING,
	PROGRAM_IO_SCHEDULING,
	PROGRAM_OOM_SCORE,
	PROGRAM_CHDIR_ROOT,	/* to the new root */
	PROGRAM_CHROOT,
	PROGRAM_CHDIR,
	PROGRAM_GROUP,
	PROGRAM_GROUPS,
	PROGRAM_USER,
	PROGRAM_CAPABILITIES,
	PROGRAM_SECURE_BITS,
	PROGRAM_NO_NEW_PRIVILEGES,
	PROGRAM_DESCRIPTORS,
	PROGRAM_EXEC,
	PROGRAM_BEGUN,		/* no failure: all but the exec is done */
};

struct program_report {
	enum program_step step;
	int error;		/* errno */
	bool fatal;		/* false: it goes on without */
};

/*
 * A descriptor of the program: a file, or what a shell command reads; NULL is
 * /dev/null or, without that, what it is.
 */
struct program_file {
	const char *path, *command;
	bool is_null;
};

struct program {
	const char *path;
	char *const *arguments;	/* argv, argv[0] included */
	char *const *environment;
	const char *pidfile;	/* to be written, or NULL */
	bool pidfile_is_ours;	/* mode 0644, in the background, whatever the
				   umask */
	bool umask_is_set;
	mode_t umask;
	int nice;		/* added to what it is, or what it becomes */
	bool nice_is_absolute;
	bool scheduling_is_set;
	int policy, priority;	/* sched_setscheduler(2); policy -1: as it is */
	int io_priority;	/* ioprio_set(2); -1: as it is */
	bool oom_score_is_set;
	int oom_score;
	const char *root;	/* or NULL */
	const char *directory;	/* or NULL: where we are */
	/* The paths of pidfile, input, output and error are those in the new
	 * root; the last three are opened, and commands run, as the new user. */
	bool inside;
	bool change_group, change_user, change_groups;
	struct credentials *credentials;
	const struct capabilities *capabilities;	/* or NULL */
	bool secure_bits_is_set;
	unsigned secure_bits;	/* PR_SET_SECUREBITS of prctl(2) */
	bool no_new_privileges;
	struct program_file input;
	struct program_file output;
	struct program_file error; /* the same path as output's: one open file */
	mode_t output_mode;	/* of a new file */
	bool close_files;	/* from 3 on */
	int given, given_as;	/* a descriptor that it has by this number; -1 */
};

/*
 * Become the program.  Returns only when that failed, with *ret saying where;
 * what is not fatal is told to say() on the way.
 */
void program_execute(const struct program *p,
    void (*say)(const struct program_report *r), struct program_report *ret);

/*
 * Start it in a session whose leader is dead, as our own child or nobody's.  0,
 * or -1 with errno.
 */
int program_start(struct program *p, bool ours, struct child *ret);

enum program_news {
	PROGRAM_REPORT,		/* *ret is set */
	PROGRAM_END,		/* executed if it had begun, else dead */
	PROGRAM_QUIET,		/* nothing yet */
};

/* Read what it reports, without waiting. */
enum program_news program_read(const struct child *c,
    struct program_report *ret);

#endif
