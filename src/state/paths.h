/*
 * Where things are: run directory, log, definition.  Checks that nobody else
 * can write there.
 */
#ifndef HOLDFAST_PATHS_H
#define HOLDFAST_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "define/strings.h"

/*
 * Room for a path.  Less than PATH_MAX: a keeper has these in its memory for
 * as long as its service runs, and a page each is more than all else it has.
 */
#define PATHS_MAX 512

struct paths {
	char root[PATHS_MAX];	/* the run directory: /run/holdfast */
	char dir[PATHS_MAX];	/* root/NAME */
	char pid[PATHS_MAX];	/* root/NAME/pid: the hold */
	char record[PATHS_MAX];
	char definition[PATHS_MAX]; /* root/NAME/service */
	char events[PATHS_MAX];
	char output[PATHS_MAX];	/* the FIFO */
	char log_dir[PATHS_MAX];
	char log[PATHS_MAX];
	const char *definition_dirs; /* DIR:DIR..., or NULL: the usual ones */
	const char *file;	/* a definition that was named itself, or NULL */
};

/*
 * Work out root, log_dir and definition_dirs: what is given, else
 * HOLDFAST_RUN_DIR, HOLDFAST_LOG_DIR and HOLDFAST_DEFINITION_DIR, else by the
 * effective user (DESIGN's table).  Touches nothing, and keeps definition_dir.
 * Returns 0, or -1 with one line in err.
 */
int paths_init(struct paths *p, const char *run_dir, const char *log_dir,
    const char *definition_dir, char *err, size_t size);

/* The directories of definitions, the nearest first, to be cleared. */
void paths_definition_dirs(const struct paths *p, struct strings *ret);

/* Fill in dir, pid, record, ... for service name.  -1: too long. */
int paths_for(struct paths *p, const char *name);

/*
 * Check that root is a directory, owned by us (or root's), not a symlink, not
 * writable by others.  Returns 0; 1 when it does not exist; -1 with one line
 * in err ("will not use /run/holdfast: it belongs to user 33, not to you").
 */
int paths_check(const struct paths *p, char *err, size_t size);

/* Make root alone, and check it; as paths_make(). */
int paths_make_root(const struct paths *p, char *err, size_t size);

/* Make root and dir, and check both.  0, or -1 with one line in err, and errno:
 * EACCES when there is no permission to make one, ENOTSUP when what is there is
 * refused. */
int paths_make(const struct paths *p, char *err, size_t size);

/* Make the log's directory.  0, or -1 with one line in err. */
int paths_make_log_dir(const struct paths *p, char *err, size_t size);

#endif
