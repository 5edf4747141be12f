/*
 * Resource limits as systemd.exec(5) writes them: "SOFT:HARD", or one value
 * for both.  Pure.
 */
#ifndef HOLDFAST_LIMIT_H
#define HOLDFAST_LIMIT_H

#include <stddef.h>

#include "define/service.h"

/*
 * text is the limit of resource (RLIMIT_NOFILE, ...).  Returns NULL, or what
 * was expected, *ret then untouched.
 */
const char *limit_parse(const char *text, int resource, struct limit *ret);

/* As limit_parse() reads it.  Always terminated. */
void limit_print(const struct limit *limit, char *buf, size_t size);

#endif
