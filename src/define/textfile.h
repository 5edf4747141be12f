/*
 * A text file, read whole: for unit files and environment files.
 */
#ifndef HOLDFAST_TEXTFILE_H
#define HOLDFAST_TEXTFILE_H

#include <stddef.h>

/*
 * The bytes of the regular file at path, with a NUL behind them; the caller
 * frees them.  NULL with errno: EISDIR for a directory, ENOTSUP for what else
 * is not a regular file (it is not waited for), EFBIG above 64 MiB.
 */
char *textfile_read(const char *path, size_t *ret_length);

#endif
