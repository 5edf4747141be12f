/*
 * A service whose record cannot be used: nothing may be done to it, and the
 * user is told the way out.
 */
#ifndef HOLDFAST_DAMAGED_H
#define HOLDFAST_DAMAGED_H

#include <stdbool.h>

struct hold;
struct paths;
struct view;

/*
 * Of a view that is LIVE_UNKNOWN: say that what ("stop it") cannot be done, why,
 * and what to do.  Returns the exit status.
 */
int damaged_refuse(const char *name, const struct paths *p,
    const struct view *v, const char *what);

/*
 * Of the same: nothing runs that the pidfile tells of, so the record may be
 * dropped.  hold: ours; or NULL when it was not taken.
 */
bool damaged_may_drop(const struct hold *hold, const struct paths *p,
    const struct view *v);

#endif
