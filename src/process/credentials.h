/*
 * Names to ids, and becoming that user for good.
 */
#ifndef HOLDFAST_CREDENTIALS_H
#define HOLDFAST_CREDENTIALS_H

#include <stddef.h>

#include "process/lookup.h"

/*
 * Resolve user (name, number; or NULL), group (the same) and further groups
 * (count names or numbers).  Done before any
 * fork: the lookups allocate and may load modules.  Returns 0, or -1 with one
 * line in err ("unknown user 'nosuch'"), and there is nothing to free.
 */
int credentials_resolve(const char *user, const char *group,
    char *const *further, size_t count, struct credentials *ret, char *err, size_t size);
/* Free what resolving allocated; c is all zeros then, and may be before. */
void credentials_free(struct credentials *c);

/* Groups, gid, uid, and check that root cannot be had back.  0 or -1 errno. */
int credentials_apply(const struct credentials *c);

#endif
