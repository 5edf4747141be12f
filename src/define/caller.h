/*
 * What a start takes over from its caller: environment, directory, PATH.
 */
#ifndef HOLDFAST_CALLER_H
#define HOLDFAST_CALLER_H

#include <stdbool.h>

#include "define/strings.h"

/* Where programs are when no PATH says it. */
#define CALLER_DEFAULT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/*
 * Add the caller's environment to env, but for what belongs to the caller's
 * session only; for another user also without who the caller is.
 */
void caller_environment(struct strings *env, bool for_other_user);

/* path as seen from anywhere; the caller frees it.  NULL with errno. */
char *caller_absolute(const char *path);

/*
 * The program that command names: by its path, else looked up in search_path
 * (NULL: the usual directories).  What cannot be executed is taken only when
 * there is nothing better; command itself when there is nothing at all.  The
 * caller frees it.  NULL with errno when the caller's directory is unknown.
 */
char *caller_find_program(const char *command, const char *search_path);

#endif
