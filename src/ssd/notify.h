/*
 * Readiness by notification: sd_notify(3)'s protocol, as --notify-await has it.
 */
#ifndef HOLDFAST_SSD_NOTIFY_H
#define HOLDFAST_SSD_NOTIFY_H

#include <limits.h>

struct child;
struct program;
struct ssd;

enum notify_kind {
	NOTIFY_BY_NOTHING,
	NOTIFY_BY_SOCKET,	/* --notify-await */
	NOTIFY_BY_LINE,		/* --notify=fd:N: a newline there */
};

struct notify {
	enum notify_kind kind;
	int socket;		/* or the end of a pipe that is read */
	int other;		/* the end that the program has; -1 */
	int status;		/* the exit status that it came to */
	char directory[PATH_MAX];	/* a private one */
	char path[PATH_MAX];	/* of the socket in it */
};

#define NOTIFY_NONE { .socket = -1, .other = -1 }

/*
 * Make what is asked for: the socket, which is put into the environment, or the
 * pipe, which is put into the program.  A failure is the end.
 */
void notify_open(const struct ssd *s, struct notify *n, struct program *p);

/* The program is begun: it has what is its. */
void notify_begun(struct notify *n);

/*
 * Wait until child is ready, failed, died or took too long: said, and n->status
 * set.  0; -1 when it is not there any more.
 */
int notify_wait(const struct ssd *s, struct notify *n, const struct child *c);

/* Remove it. */
void notify_close(struct notify *n);

#endif
