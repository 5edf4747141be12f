/*
 * Work on many services, shared out among processes.
 */
#ifndef HOLDFAST_SHARE_H
#define HOLDFAST_SHARE_H

#include <stddef.h>

/*
 * Call work(from, to, context) for ranges that together are 0 to count, and
 * return the highest of what it returns (0 to 255).  When there are many, and
 * more than one processor, it is called in several processes at a time; what
 * they print to stdout comes out in order, what they write to stderr as it
 * comes.  So work may print and return, but what else it changes is lost.
 * A process that is killed counts as if_killed, and is reported.
 */
int share_out(size_t count, int (*work)(size_t from, size_t to, void *context),
    void *context, int if_killed);

#endif
