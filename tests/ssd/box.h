/*
 * The box in which a case is run: what its files share.  See box.c.
 */
#ifndef BOX_H
#define BOX_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define BOX "/run/box"		/* a tmpfs of the case's own is on /run */
#define BOX_PROGRAM BOX "/bin/start-stop-daemon"
#define FIRST_PID 4000		/* so that a pid is not taken for a signal */

struct step {
	bool is_run;		/* the program; else a part of the set-up */
	const char *shell;	/* that part */
	char **arguments;	/* of the program */
	int count;
};

/* All texts are in the file of cases, which stays in memory. */
struct test {
	const char *name;
	uid_t uid;		/* as whom the program is run */
	gid_t gid;
	const char *called;	/* argv[0], if it is not the path */
	const char *before;	/* done in a shell that becomes the program */
	char *environment[64];
	size_t environment_count;
	bool terminal;		/* the program has one */
	bool unordered;		/* what is said on it comes from several */
	int deadline_ms;
	struct step steps[16];
	size_t step_count;
};

struct tools {
	const char *probe;	/* compiled probe.c */
	const char *library;	/* setup.bash */
};

/* room.c: never returns; the report is written to fd.  For pid 1. */
void room_run(const struct test *t, const char *program,
    const struct tools *tools, int fd) __attribute__((noreturn));

/* names.c and report.c: what is found in the room. */
struct command {
	pid_t pid;		/* of the program that was run in a step */
	bool has_ended, is_daemon, was_late;
	int status;
};

struct report {
	FILE *f;
	const struct command *commands;
	size_t command_count;
};

void report_field(struct report *r, const char *name, const char *text);
void report_file(struct report *r, const char *name, const char *path);
void report_exit(struct report *r, const char *name,
    const struct command *c);
void report_room(struct report *r);

/* What /proc/PID/status says, as far as it matters; false: it is gone. */
struct seen {
	char state, name[32];
	pid_t parent;
	bool has_pending;
};

bool see_process(pid_t pid, struct seen *ret);
/* Calls it with each process but the first. */
void for_each_process(void (*do_it)(pid_t pid, void *context), void *context);
/* The pid of a label that the set-up gave; 0 if there is none such. */
pid_t label_pid(const char *label);

struct name {
	pid_t pid;
	char text[64];
	bool is_probe;
};

extern struct name names[];
extern size_t name_count;

/* Names for all that there is by now. */
void give_names(const struct report *r);
/* NULL: it has none. */
const struct name *find_name(pid_t pid);
/* A text without what depends on the run; pids: every number may be one. */
void put_normal(FILE *f, const char *text, size_t size, bool are_pids);

#endif
