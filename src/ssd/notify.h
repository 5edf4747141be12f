/*
 * Readiness by notification: sd_notify(3)'s protocol, as --notify-await has it.
 */
#ifndef HOLDFAST_SSD_NOTIFY_H
#define HOLDFAST_SSD_NOTIFY_H

#include <limits.h>

struct child;
struct ssd;

struct notify {
	int socket;
	int status;		/* the exit status that it came to */
	char directory[PATH_MAX];	/* a private one */
	char path[PATH_MAX];	/* of the socket in it */
};

/* Make the socket and put it into the environment.  A failure is the end. */
void notify_open(const struct ssd *s, struct notify *n);

/*
 * Wait until child is ready, failed, died or took too long: said, and n->status
 * set.  0; -1 when it is not there any more.
 */
int notify_wait(const struct ssd *s, struct notify *n, const struct child *c);

/* Remove it. */
void notify_close(struct notify *n);

#endif
