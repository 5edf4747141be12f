/*
 * The generated definition in the run directory.
 */
#ifndef HOLDFAST_DEFINITION_H
#define HOLDFAST_DEFINITION_H

#include <stddef.h>

struct service;

/* Replace the file whole, mode 0600: it holds the environment.  0, or -1 with
 * errno; the old one stays. */
int definition_write(const char *path, const struct service *s);

/*
 * Read it into s, which service_init() has prepared, and check it.  Returns 0;
 * 1 when there is none; -1 with one line in err, *ret_errno then errno or 0.
 */
int definition_read(const char *path, struct service *s, int *ret_errno,
    char *err, size_t size);

#endif
