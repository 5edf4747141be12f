/*
 * The service's whole tree.
 */
#ifndef HOLDFAST_TREE_H
#define HOLDFAST_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_member {
	pid_t pid;
	uint64_t start;
	pid_t group;
};

struct tree {
	struct tree_member *members;
	size_t count, room;
};

/* t, which is all zeros at first, keeps its memory from call to call. */
void tree_free(struct tree *t);

/* All descendants of process root, without root itself.  0, or -1 errno. */
int tree_descendants(pid_t root, struct tree *t);

/*
 * The members of a service whose keeper is gone: the main process if it is
 * alive, its descendants, its session's processes (only while the main one is
 * alive: the number may be another's later), and whoever has
 * INVOCATION_ID=invocation in its environment (invocation "": nobody).  0, or
 * -1 with errno.
 */
int tree_of_run(pid_t main_pid, uint64_t main_start, pid_t session,
    const char *invocation, struct tree *t);

#endif
