/*
 * Environment files: systemd.exec(5), EnvironmentFile=.
 */
#ifndef HOLDFAST_ENVFILE_H
#define HOLDFAST_ENVFILE_H

#include "define/strings.h"

/*
 * Read an environment file into env, each variable over one that is there.
 * Returns 0, or -1 with errno for the file, ENOMEM among them, or -1 with errno
 * EINVAL and in *ret_line the number of the line that is wrong.
 */
int envfile_read(const char *path, struct strings *env, unsigned *ret_line);

#endif
