/*
 * Where things are: run directory, log, definition.  Checks that nobody else
 * can write there.
 */
#ifndef HOLDFAST_PATHS_H
#define HOLDFAST_PATHS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct paths {
	char root[PATH_MAX];	/* the run directory: /run/holdfast */
	char dir[PATH_MAX];	/* root/NAME */
	char pid[PATH_MAX];	/* root/NAME/pid: the hold */
	char record[PATH_MAX];
	char definition[PATH_MAX]; /* root/NAME/service */
	char events[PATH_MAX];
	char output[PATH_MAX];	/* the FIFO */
	char log_dir[PATH_MAX];
	char log[PATH_MAX];
};

/*
 * Work out root and log_dir: run_dir and log_dir when given, else
 * HOLDFAST_RUN_DIR and HOLDFAST_LOG_DIR, else by the effective user (DESIGN's
 * table).  Touches nothing.  Returns 0, or -1 with one line in err.
 */
int paths_init(struct paths *p, const char *run_dir, const char *log_dir,
    char *err, size_t size);

/* Fill in dir, pid, record, ... for service name.  -1: too long. */
int paths_for(struct paths *p, const char *name);

/*
 * Check that root is a directory, owned by us (or root's), not a symlink, not
 * writable by others.  Returns 0; 1 when it does not exist; -1 with one line
 * in err ("/run/holdfast: owned by user 33, not by you").
 */
int paths_check(const struct paths *p, char *err, size_t size);

/* Make root and dir, and check both.  0, or -1 with one line in err, and errno
 * EACCES when that was the reason. */
int paths_make(const struct paths *p, char *err, size_t size);

/* Make the log's directory.  0, or -1 with one line in err. */
int paths_make_log_dir(const struct paths *p, char *err, size_t size);

#endif
