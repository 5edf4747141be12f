/*
 * A pidfile as start-stop-daemon has them: a number and a newline, not locked,
 * anywhere.  (The hold, which is locked, is hold.h's.)
 */
#ifndef HOLDFAST_PIDFILE_H
#define HOLDFAST_PIDFILE_H

#include <sys/stat.h>
#include <sys/types.h>

/*
 * Write pid, so that a reader never sees an empty file: a new one comes into
 * being whole, one that is there keeps its owner and mode.  A symbolic link is
 * not followed (ELOOP).  Nothing is allocated.  0, or -1 with errno.
 */
int pidfile_put(const char *path, pid_t pid);

enum pidfile_content {
	PIDFILE_ABSENT,
	PIDFILE_PID,		/* *ret_pid, which is greater than 1 */
	PIDFILE_UNUSABLE,	/* no number, or one that may not be signalled */
	PIDFILE_ERROR,		/* cannot be opened: errno */
};

/*
 * Read one, without waiting for the writer of a fifo.  *ret_status is of the
 * file that was read.
 */
enum pidfile_content pidfile_get(const char *path, pid_t *ret_pid,
    struct stat *ret_status);

#endif
