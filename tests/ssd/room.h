/*
 * What the files share that are a box's first process.  See room.c.
 */
#ifndef ROOM_H
#define ROOM_H

#include "box.h"

#define COMMANDS_MAX 16

struct room {
	const struct test *test;
	struct report report;
	struct command commands[COMMANDS_MAX];
	int terminal;			/* its master, or -1 */
	char screen[65536];
	size_t screen_size;
	off_t probe_size;		/* of every copy of it */
	dev_t program_dev;
	ino_t program_ino;
};

void give_up(const char *fmt, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* furniture.c */
void furnish(struct room *r, const char *program, const struct tools *tools);

/* execute.c */
void begin_child(void);
void redirect(const char *out, const char *errors);
void child_of_run(const struct test *t, const struct step *s, int number);
pid_t start_in_terminal(struct room *r, const struct step *s);

#endif
